/* The page of a customer's use; see use.h. */
#include <stdlib.h>

#include "use.h"

enum { CHOICE_VALUES = 3, KEEP_MOST = 160 };

static const enum text span_texts[SPANS] = { TEXT_SPAN_DAY, TEXT_SPAN_WEEK, TEXT_SPAN_35,
	TEXT_SPAN_MONTH, TEXT_SPAN_YEAR };
static const enum text by_texts[BYS] = { TEXT_BY_15, TEXT_BY_DAY, TEXT_BY_MONTH };
static const enum text vs_texts[VSS] = { TEXT_VS_NONE, TEXT_VS_BEFORE, TEXT_VS_YEAR };

struct wanted {
	struct place place;
	struct use_ask ask;
	int32_t newest;
};

static void
set_choice(struct page *p, struct view *to, enum text text, struct str link, bool here)
{
	view_set(to, "path", link);
	view_set(to, "choice", text_of(p->language, text));
	view_c(to, "here", here ? "1" : "");
}

static int32_t
earlier(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Spans that end where the page's does, its steps, and what to compare with. */
static bool
set_choices(struct page *p, const struct wanted *w, struct err *e)
{
	struct view *spans = page_items(p, SPANS, CHOICE_VALUES, e),
		    *bys = page_items(p, BYS, CHOICE_VALUES, e),
		    *vss = page_items(p, VSS, CHOICE_VALUES, e);
	int32_t at = earlier(w->ask.to, w->newest);
	size_t n = 0;

	if (spans == NULL || bys == NULL || vss == NULL)
		return false;
	at = at < w->ask.from ? w->ask.from : at;
	for (int i = 0; i < SPANS; i++) {
		struct use_ask a = w->ask;

		a.span = (enum use_span)i;
		for (a.by = BY_DAY; !use_may(a.span, a.by);
		     a.by = a.by == BY_DAY ? BY_15 : BY_MONTH)
			;
		if (a.span == SPAN_YEAR)
			a.by = BY_MONTH;
		set_choice(p, &spans[i], span_texts[i], use_link(p, &w->place, &a, at),
		    a.span == w->ask.span);
	}
	for (int i = 0; i < BYS; i++) {
		struct use_ask a = w->ask;

		a.by = (enum use_by)i;
		if (use_may(a.span, a.by))
			set_choice(p, &bys[n++], by_texts[i],
			    use_link(p, &w->place, &a, w->ask.to), a.by == w->ask.by);
	}
	for (int i = 0; i < VSS; i++) {
		struct use_ask a = w->ask;

		a.vs = (enum use_vs)i;
		set_choice(p, &vss[i], vs_texts[i], use_link(p, &w->place, &a, w->ask.to),
		    a.vs == w->ask.vs);
	}
	view_list(&p->view, "spans", spans, SPANS);
	view_list(&p->view, "bys", bys, n);
	view_c(&p->view, "toggle", n > 1 ? "1" : "");
	view_list(&p->view, "vss", vss, w->ask.span == SPAN_YEAR ? VSS - 1 : VSS);
	return true;
}

/* The range before and the one behind; none where the customer did not live there, or nothing
 * can be there yet. */
static void
set_turns(struct page *p, const struct wanted *w)
{
	int32_t before = w->ask.from - 1, behind = w->ask.to + 1, from, to;
	bool more = w->place.first_day == DAY_NONE || w->place.first_day <= before;

	view_set(&p->view, "before", more ? use_link(p, &w->place, &w->ask, before) : STR(""));
	from = to = behind;
	if (w->ask.span == SPAN_WEEK || w->ask.span == SPAN_35) /* they end with a day */
		to = earlier(w->ask.to + (w->ask.to - w->ask.from + 1), w->newest);
	view_set(&p->view, "behind",
	    from <= w->newest ? use_link(p, &w->place, &w->ask, to) : STR(""));
}

/* A year of quarter-hours is at most 60 kB as it is sent, in steps of so many Wh: what is
 * random of a value takes bytes, and of two channels twice as many (docs/performance.md). */
static int64_t
year_round(const struct use *u)
{
	const struct use_sum *used = &u->total[CHANNEL_LOAD],
			     *given = &u->total[CHANNEL_GENERATION];
	int64_t slots = used->slots > given->slots ? used->slots : given->slots;
	int64_t mean = slots > 0 ? (used->wh + given->wh) / slots : 0, round = 1;

	while (round < 1000 && mean > round * (u->generation ? 60 : 480))
		round *= 10;
	return round;
}

/* What static/long.js needs: every quarter-hour, where there are more than a page shows well.
 */
static void
set_long(struct page *p, const struct wanted *w, const struct use *u)
{
	const struct portal_file *uplot = file_named(STR("uplot.js"));
	bool year = w->ask.span == SPAN_YEAR;
	int64_t round = year ? year_round(u) : 1;
	char date[CIVIL_DATE_SIZE];

	view_c(&p->view, "long",
	    year || (w->ask.by == BY_15 && w->ask.span != SPAN_DAY && uplot != NULL) ? "1"
										     : "");
	view_c(&p->view, "map", year ? "1" : "");
	view_set(&p->view, "by_wh", page_number(p, round));
	view_c(&p->view, "round",
	    round == 10	   ? "0.01 kWh"
	    : round == 100 ? "0.1 kWh"
			   : "1 kWh");
	view_set(&p->view, "rounded", round == 1 ? STR("") : page_text(p, TEXT_USE_ROUNDED));
	/* what is compared is in the chart that the page has */
	view_c(&p->view, "instead", year || w->ask.vs != VS_NONE ? "" : "1");
	view_c(&p->view, "uplot", uplot == NULL ? "" : uplot->tag);
	view_c(&p->view, "uplot_style", uplot == NULL ? "" : file_named(STR("uplot.css"))->tag);
	view_c(&p->view, "long_script", file_named(STR("long.js"))->tag);
	civil_date(date, w->ask.from);
	view_set(&p->view, "first_day", page_keep(p, str_of(date)));
	civil_date(date, w->ask.to);
	view_set(&p->view, "last_day", page_keep(p, str_of(date)));
	view_set(&p->view, "zone", page_keep(p, w->place.zone));
}

/* What the page in the other language is of, too: as it was understood, not as it came. */
static void
set_keep(struct page *p, const struct wanted *w)
{
	AUTO(buf) b = BUF(KEEP_MOST);
	char at[CIVIL_DATE_SIZE];

	civil_date(at, w->ask.to);
	buf_fmt(&b, "&premise=" STR_FMT "&span=%s&by=%s&vs=%s&at=%s", STR_ARG(w->place.esiid),
	    use_spans[w->ask.span], use_bys[w->ask.by], use_vss[w->ask.vs], at);
	view_set(&p->view, "keep", page_keep(p, buf_view(&b)));
}

static bool
fill(struct task *t, struct page *p, const struct wanted *w, struct use *u, struct use *vs,
    struct err *e)
{
	bool two = w->ask.vs != VS_NONE;

	if (!use_read(t, p, &w->place, w->ask.from, w->ask.to, w->ask.by, true, u, e) ||
	    (two && !use_read(t, p, &w->place, w->ask.vs_from, w->ask.vs_to, w->ask.by, false,
			vs, e)) ||
	    !use_set(p, &w->place, &w->ask, u, two ? vs : NULL, w->newest, e) ||
	    !set_choices(p, w, e))
		return false;
	set_turns(p, w);
	set_long(p, w, u);
	set_keep(p, w);
	view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
	view_c(&p->view, "use_script", file_named(STR("use.js"))->tag);
	return page_send(t, p, 200, "use.html", e);
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	AUTO(places) x = { 0 };
	struct use u = { 0 }, vs = { 0 };
	struct wanted w = { 0 };
	bool ok;

	if (!places_read(t, p, &x, e))
		return e->code == ERR_NOT_FOUND ? page_unknown(t, p->portal, p->call, e)
						: false;
	if (x.one == NULL) {
		view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
		return page_send(t, p, 200, "use_none.html", e);
	}
	w.place = *x.one;
	w.newest = place_newest(&w.place);
	if (!places_set(p, &x, e))
		return false;
	use_asked(p, w.newest, &w.ask);
	ok = fill(t, p, &w, &u, &vs, e);
	use_auto(&u);
	use_auto(&vs);
	return ok;
}

bool
use_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}
