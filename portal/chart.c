/* Charts; see chart.h. */
#include "chart.h"

#include <stdio.h>

enum { HIGH = 1000, PATH_MOST = 256 * 1024, GRID = 4, GRID_VALUES = 4, DENSE = 130 };

enum path {
	PATH_UP,
	PATH_UP_GUESSED,
	PATH_DOWN,
	PATH_DOWN_GUESSED,
	PATH_NONE,
	PATH_MARK,
	PATHS
};
static const char *const path_names[PATHS] = { "chart_up", "chart_up_guessed", "chart_down",
	"chart_down_guessed", "chart_none", "chart_mark" };

struct drawing {
	struct buf paths[PATHS];
	int64_t top, low; /* of the scale, both not negative */
	int zero;	  /* where 0 is, from above */
	int side;	  /* of a bar, left free at both sides */
};

int64_t
chart_round(int64_t n)
{
	static const int tenths[] = { 10, 15, 20, 30, 40, 50, 60, 80, 100 };
	int64_t unit = 1;

	while (unit * 100 < n)
		unit *= 10;
	for (size_t i = 0; i < nitems(tenths); i++)
		if (unit * tenths[i] >= n)
			return unit * tenths[i];
	return unit * 100;
}

static int
high(const struct drawing *d, int64_t amount)
{
	return (int)(amount * HIGH / (d->top + d->low));
}

/* A box between two heights. */
static void
box(const struct drawing *d, struct buf *to, size_t i, int from, int past)
{
	if (past > from)
		buf_fmt(to, "M%d %dh%dv%dh-%dz", (int)i * CHART_WIDE + d->side, from,
		    CHART_WIDE - 2 * d->side, past - from, CHART_WIDE - 2 * d->side);
}

static void
bar(struct drawing *d, size_t i, const struct chart_bar *b)
{
	if (b->kind == CHART_NONE)
		box(d, &d->paths[PATH_NONE], i, 0, HIGH);
	else
		box(d, &d->paths[b->kind == CHART_GUESSED ? PATH_UP_GUESSED : PATH_UP], i,
		    d->zero - high(d, b->up), d->zero);
	if (b->kind_down != CHART_NONE)
		box(d, &d->paths[b->kind_down == CHART_GUESSED ? PATH_DOWN_GUESSED : PATH_DOWN],
		    i, d->zero, d->zero + high(d, b->down));
	if (b->mark >= 0)
		buf_fmt(&d->paths[PATH_MARK], "M%d %dh%d", (int)i * CHART_WIDE,
		    d->zero - high(d, b->mark), CHART_WIDE);
}

static struct str
amount(struct page *p, int64_t n, const char *unit)
{
	char text[48];
	long long whole = (long long)(n / 1000), part = (long long)(n % 1000);

	if (part == 0)
		snprintf(text, sizeof text, "%lld %s", whole, unit);
	else
		snprintf(text, sizeof text, "%lld.%0*lld %s", whole,
		    part % 100 == 0  ? 1
		    : part % 10 == 0 ? 2
				     : 3,
		    part % 100 == 0  ? part / 100
		    : part % 10 == 0 ? part / 10
				     : part,
		    unit);
	return page_keep(p, str_of(text));
}

/* Lines of the scale, with where they are in percent for the labels beside. */
static bool
grid(struct page *p, const struct drawing *d, const char *unit, struct err *e)
{
	int64_t at[GRID] = { d->top, d->top / 2, 0, -d->low };
	size_t n = d->low > 0 ? GRID : GRID - 1;
	struct view *items = page_items(p, n, GRID_VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		int y = at[i] < 0 ? d->zero + high(d, -at[i]) : d->zero - high(d, at[i]);
		char percent[16];

		snprintf(
		    percent, sizeof percent, "%d.%d%%", y * 100 / HIGH, y * 1000 / HIGH % 10);
		view_set(&items[i], "y", page_number(p, y));
		view_set(&items[i], "percent", page_keep(p, str_of(percent)));
		view_set(&items[i], "amount", amount(p, at[i] < 0 ? -at[i] : at[i], unit));
		view_c(&items[i], "zero", at[i] == 0 ? "zero" : "line");
	}
	view_list(&p->view, "chart_grid", items, n);
	return true;
}

static void
scale(struct drawing *d, const struct chart_bar *bars, size_t n)
{
	int64_t up = 0, down = 0;

	for (size_t i = 0; i < n; i++) {
		up = bars[i].kind != CHART_NONE && bars[i].up > up ? bars[i].up : up;
		up = bars[i].mark > up ? bars[i].mark : up;
		down = bars[i].kind_down != CHART_NONE && bars[i].down > down ? bars[i].down
									      : down;
	}
	d->top = chart_round(up > 0 || down > 0 ? up : 1000);
	d->low = down == 0 ? 0 : chart_round(down);
	d->zero = high(d, d->top);
	d->side = n > DENSE ? 0 : 1;
}

bool
chart_set(
    struct page *p, const struct chart_bar *bars, size_t n, const char *unit, struct err *e)
{
	struct drawing d = { 0 };
	bool ok;

	for (size_t i = 0; i < PATHS; i++)
		d.paths[i] = (struct buf)BUF(PATH_MOST);
	scale(&d, bars, n);
	for (size_t i = 0; i < n; i++)
		bar(&d, i, &bars[i]);
	ok = grid(p, &d, unit, e);
	for (size_t i = 0; i < PATHS; i++) {
		if (!buf_ok(&d.paths[i]))
			ok = ok && err(e, ERR_TOO_BIG, "a chart of %zu bars", n);
		view_set(&p->view, path_names[i], page_keep(p, buf_view(&d.paths[i])));
		buf_auto(&d.paths[i]);
	}
	view_set(&p->view, "chart_wide", page_number(p, (int64_t)n * CHART_WIDE));
	view_c(&p->view, "chart_dense", n > DENSE ? "1" : "");
	view_set(&p->view, "chart_n", page_number(p, (int64_t)n));
	return ok;
}
