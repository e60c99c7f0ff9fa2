/*
 * How the utilities do: how much of what was due has come, when, how much of it is estimated or
 * missing, how much was corrected. What is about few is not told (decision 0050), and is left
 * out of the sums of several days.
 */
#include <stdio.h>

#include "figures.h"
#include "public.h"

enum {
	DAYS_PRESET = 7,
	DAYS_MOST = 31,
	UTILITIES_MOST = 40,
	UTILITY_VALUES = 20,
	DAY_VALUES = 14
};
enum { BAR_HIGH = 40, BAR_STEP = 10, BAR_LEAST = 2, BAR_GOOD = 39 };

struct figures { /* -1: not told */
	int64_t due, received, intervals, estimated, missing, late, changed;
};

struct score {
	struct str tdu, name;
	bool sandbox;
	int32_t day, least, last; /* last: of all that was asked for */
	int64_t due, received, intervals, estimated, missing, late, changed;
};

static const struct db_field fields[] = {
	DB_TEXT(score, tdu),
	DB_TEXT(score, name),
	DB_BOOL(score, sandbox),
	DB_DATE(score, day),
	DB_INT4(score, least),
	DB_DATE(score, last),
	DB_INT8(score, due),
	DB_INT8(score, received),
	DB_INT8(score, intervals),
	DB_INT8(score, estimated),
	DB_INT8(score, missing),
	DB_INT8(score, late),
	DB_INT8(score, changed),
};

/* ---- what is asked for ---- */

struct ask {
	int32_t day; /* DAY_NONE: yesterday */
	int64_t days;
};

static const int spans[] = { 1, 7, 31 };

/* What is no day or no number of days is as if it was not asked for. */
static void
read_ask(struct page *p, struct ask *a)
{
	a->days = DAYS_PRESET;
	if (!str_int64(page_query(p, "days"), &a->days) || a->days < 1 || a->days > DAYS_MOST)
		a->days = DAYS_PRESET;
	if (!civil_read_date(page_query(p, "day"), &a->day) ||
	    a->day > zone_day_of(p->portal->zone, page_now_ms() / 1000))
		a->day = DAY_NONE;
}

static bool
set_ask(struct page *p, const struct ask *a, int32_t last, struct err *e)
{
	struct view *items = page_items(p, nitems(spans), 3, e);
	char day[CIVIL_DATE_SIZE] = "";

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(spans); i++) {
		view_set(&p->view, "count", page_number(p, spans[i]));
		view_set(&items[i], "days", page_number(p, spans[i]));
		view_set(&items[i], "text",
		    page_text(p, spans[i] == 1 ? TEXT_SCORE_ONE_DAY : TEXT_SCORE_DAYS));
		view_c(&items[i], "chosen", a->days == spans[i] ? "1" : "");
	}
	if (last != DAY_NONE)
		civil_date(day, last);
	view_list(&p->view, "spans", items, nitems(spans));
	view_set(&p->view, "last", page_keep(p, str_of(day)));
	view_set(&p->view, "days", page_number(p, a->days));
	return true;
}

/* ---- what is told ---- */

static struct str
share(struct page *p, int64_t part, int64_t whole)
{
	return part < 0 || whole < 0 ? text_of(p->language, TEXT_SCORE_FEW)
				     : page_percent(p, part, whole);
}

static void
set_figures(struct page *p, const struct figures *f, struct view *to)
{
	view_set(to, "due", f->due < 0 ? STR("") : page_grouped(p, f->due));
	view_set(to, "received", f->received < 0 ? STR("") : page_grouped(p, f->received));
	view_set(to, "complete", share(p, f->received, f->due));
	view_set(to, "late", share(p, f->late, f->received));
	view_set(to, "estimated", share(p, f->estimated, f->intervals));
	view_set(to, "missing", share(p, f->missing, f->intervals));
	view_set(to, "changed",
	    f->changed < 0 ? text_of(p->language, TEXT_SCORE_FEW)
			   : page_grouped(p, f->changed));
}

static void
set_day(struct page *p, const struct score *s, size_t i, struct view *to)
{
	struct figures f = { s->due, s->received, s->intervals, s->estimated, s->missing,
		s->late, s->changed };
	bool told = s->due > 0 && s->received >= 0;
	/* cut, so that only what is nearly all is as high as all */
	int64_t high = told ? BAR_HIGH * s->received / s->due : 0;

	if (high > BAR_HIGH)
		high = BAR_HIGH;
	set_figures(p, &f, to);
	view_set(to, "day", page_day(p, s->day, TEXT_DATE));
	view_set(to, "x", page_number(p, (int64_t)i * BAR_STEP));
	view_set(to, "y", page_number(p, BAR_HIGH - (high < BAR_LEAST ? BAR_LEAST : high)));
	view_set(to, "high", page_number(p, high < BAR_LEAST ? BAR_LEAST : high));
	view_c(to, "kind", !told ? "bar idle" : high < BAR_GOOD ? "bar missed" : "bar");
}

/* Of days that are told, each figure by itself. */
static void
sum(struct figures *to, const struct score *s)
{
	if (s->due >= 0) {
		to->due += s->due;
		to->received += s->received;
	}
	if (s->intervals >= 0) {
		to->intervals += s->intervals;
		to->estimated += s->estimated;
		to->missing += s->missing;
		to->late += s->late;
		to->changed += s->changed;
	}
}

/* The rows of a utility, which are in the order of their days, as one item. */
static bool
set_utility(struct page *p, struct rows *rows, struct score *s, bool *more, struct err *e,
    struct view *to)
{
	struct view *days = page_items(p, DAYS_MOST, DAY_VALUES, e);
	struct score first = *s;
	struct figures all = { 0 };
	size_t n = 0, told = 0;

	if (days == NULL)
		return false;
	while (*more && str_eq(s->tdu, first.tdu)) {
		if (n < DAYS_MOST) {
			set_day(p, s, n, &days[n]);
			n++;
		}
		sum(&all, s);
		told += s->intervals >= 0;
		*more = ROWS_NEXT(rows, fields, s);
	}
	if (all.due == 0)
		all.due = all.received = -1;
	if (told == 0)
		all.intervals = all.estimated = all.missing = all.late = all.changed = -1;
	set_figures(p, &all, to);
	view_set(to, "tdu", page_keep(p, first.tdu));
	view_set(to, "name", page_keep(p, first.name));
	view_c(to, "sandbox", first.sandbox ? "1" : "");
	view_list(to, "each", days, n);
	view_c(to, "told", all.due >= 0 || told > 0 ? "1" : "");
	view_c(to, "many", n > 1 ? "1" : "");
	return true;
}

static bool
fill(struct task *t, struct page *p, void *arg, struct err *e)
{
	const struct ask *a = arg;
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct view *items;
	struct score s = { 0 };
	int32_t last = DAY_NONE;
	size_t n = 0;
	bool more;

	if (c != NULL)
		rows = db_rows(t, c, SQL_PUBLIC_SCOREBOARD,
		    ARGS(P_DATE(a->day), P_INT4((int32_t)a->days)), e);
	db_release(&c);
	if (rows == NULL || (items = page_items(p, UTILITIES_MOST, UTILITY_VALUES, e)) == NULL)
		return false;
	view_c(&p->view, "least", "");
	more = ROWS_NEXT(rows, fields, &s);
	while (more && n < UTILITIES_MOST) {
		last = s.last;
		view_set(&p->view, "least", page_number(p, s.least));
		if (!set_utility(p, rows, &s, &more, e, &items[n++]))
			return false;
	}
	view_list(&p->view, "scores", items, n);
	if (last != DAY_NONE) {
		view_set(&p->view, "from", page_day(p, last - (int32_t)a->days + 1, TEXT_DATE));
		view_set(&p->view, "to", page_day(p, last, TEXT_DATE));
	}
	view_set(&p->view, "span",
	    n == 0 ? STR("")
		   : page_text(p, a->days == 1 ? TEXT_SCORE_OF_DAY : TEXT_SCORE_OF_DAYS));
	return set_ask(p, a, last, e);
}

static bool
scoreboard(struct task *t, struct page *p, struct err *e)
{
	struct ask a;
	struct public_page page = { "scoreboard.html", 10, "", fill, &a };

	read_ask(p, &a);
	snprintf(page.key, sizeof page.key, "%d %d", (int)a.day, (int)a.days);
	return public_send(t, p, &page, e);
}

bool
scoreboard_get(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, scoreboard, e);
}
