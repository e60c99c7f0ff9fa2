/*
 * How the hub does: now, and how it kept its promises on the days before. A promise is drawn
 * as a row of bars, one a day; the same numbers stand in a table.
 */
#include "status.h"

#include <stdio.h>

#include "figures.h"
#include "listing.h"
#include "public.h"

/* A drawing of 90 bars of 5 units and a gap, 40 high. */
enum {
	HISTORY_DAYS = 90,
	BAR = 5,
	BAR_STEP = 7,
	BAR_HIGH = 40,
	BAR_GAP = 6,
	BAR_NONE = 3,
	PARTS = 10000
};
enum {
	PROMISES_MOST = 12,
	PROMISE_VALUES = 10,
	DAY_VALUES = 8,
	UTILITY_VALUES = 6,
	NEWS_VALUES = 5
};

/* ---- now ---- */

struct now {
	struct str state, name;
	int64_t at, files_waiting, waiting_s, drops_late, loaded;
	int32_t last_day, complete;
	bool sandbox;
};

static const struct db_field now_fields[] = {
	DB_TEXT(now, state),
	DB_STAMP(now, at),
	DB_INT8(now, files_waiting),
	DB_INT8(now, waiting_s),
	DB_INT8(now, drops_late),
	DB_TEXT(now, name),
	DB_BOOL(now, sandbox),
	DB_STAMP(now, loaded),
	DB_DATE(now, last_day),
	DB_INT4(now, complete),
};

static void
set_utility(struct page *p, const struct now *n, struct view *to)
{
	view_set(to, "name", page_keep(p, n->name));
	view_c(to, "sandbox", n->sandbox ? "1" : "");
	view_set(to, "loaded",
	    n->loaded == DB_STAMP_NONE ? text_of(p->language, TEXT_STATUS_NEVER)
				       : page_moment(p, n->loaded));
	view_set(to, "day", page_day(p, n->last_day, TEXT_DATE));
	view_set(to, "complete",
	    n->complete < 0 ? text_of(p->language, TEXT_SCORE_FEW)
			    : page_percent(p, n->complete, PARTS));
}

/* ---- announcements ---- */

struct news {
	struct str title_en, title_es, body_en, body_es;
	int64_t at, until;
	bool outage;
};

static const struct db_field news_fields[] = {
	DB_BOOL(news, outage),
	DB_STAMP(news, at),
	DB_STAMP(news, until),
	DB_TEXT(news, title_en),
	DB_TEXT(news, title_es),
	DB_TEXT(news, body_en),
	DB_TEXT(news, body_es),
};

static bool
set_news(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	bool es = p->language == LANGUAGE_ES;
	struct view *items;
	struct news r = { 0 };
	size_t n = 0;

	if (c != NULL)
		rows = db_rows(t, c, SQL_PUBLIC_ANNOUNCEMENTS, NO_ARGS, e);
	db_release(&c);
	if (rows == NULL || (items = page_items(p, rows_count(rows), NEWS_VALUES, e)) == NULL)
		return false;
	for (; ROWS_NEXT(rows, news_fields, &r); n++) {
		view_set(&items[n], "title", page_keep(p, es ? r.title_es : r.title_en));
		view_set(&items[n], "body", page_keep(p, es ? r.body_es : r.body_en));
		view_set(&p->view, "from", page_time(p, r.at));
		view_set(&p->view, "to", page_time(p, r.until));
		view_set(&items[n], "during", page_text(p, TEXT_NEWS_DURING));
		view_c(&items[n], "outage", r.outage ? "1" : "");
		view_set(&items[n], "what",
		    text_of(p->language,
			r.at > page_now_ms() / 1000 ? TEXT_NEWS_PLANNED : TEXT_NEWS_OUTAGE));
	}
	view_list(&p->view, "news", items, n);
	return true;
}

bool
status_set(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct view *items;
	struct now now = { 0 };
	size_t n = 0;

	if (c != NULL)
		rows = db_rows(t, c, SQL_PUBLIC_STATUS, NO_ARGS, e);
	db_release(&c);
	if (rows == NULL ||
	    (items = page_items(p, rows_count(rows), UTILITY_VALUES, e)) == NULL)
		return false;
	while (ROWS_NEXT(rows, now_fields, &now))
		if (now.name.len > 0)
			set_utility(p, &now, &items[n++]);
	view_list(&p->view, "utilities", items, n);
	view_c(&p->view, "well", str_is(now.state, "ok") ? "1" : "");
	view_set(&p->view, "files", page_grouped(p, now.files_waiting));
	view_set(&p->view, "lasts", page_lasting(p, now.waiting_s));
	view_set(&p->view, "drops", page_grouped(p, now.drops_late));
	view_set(&p->view, "when", page_moment(p, now.at));
	return set_news(t, p, e);
}

/* ---- the days before ---- */

struct promise {
	struct str name, promise; /* in its own words */
	int32_t from_day, to_day, target, day;
	int64_t within_s, total, good, median_ms, p99_ms, day_total, day_good;
	bool met;
};

static const struct db_field promise_fields[] = {
	DB_TEXT(promise, name),
	DB_TEXT(promise, promise),
	DB_DATE(promise, from_day),
	DB_DATE(promise, to_day),
	DB_INT4(promise, target),
	DB_INT8(promise, within_s),
	DB_INT8(promise, total),
	DB_INT8(promise, good),
	DB_BOOL(promise, met),
	DB_INT8(promise, median_ms),
	DB_INT8(promise, p99_ms),
	DB_DATE(promise, day),
	DB_INT8(promise, day_total),
	DB_INT8(promise, day_good),
};

static const struct {
	const char *name;
	enum text title;
} promises[] = {
	{ "freshness", TEXT_SLO_FRESHNESS },
	{ "drops", TEXT_SLO_DROPS },
	{ "commands", TEXT_SLO_COMMANDS },
	{ "webhooks", TEXT_SLO_WEBHOOKS },
	{ "availability", TEXT_SLO_AVAILABILITY },
};

static struct str
seconds(struct page *p, int64_t ms)
{
	char text[24];

	if (ms < 0)
		return STR("\xe2\x80\x93");
	snprintf(
	    text, sizeof text, "%lld.%lld s", (long long)ms / 1000, (long long)ms / 100 % 10);
	return page_keep(p, str_of(text));
}

static void
set_promise(struct page *p, const struct promise *r, struct view *to)
{
	struct str title = page_keep(p, r->promise); /* one that has no text here yet */

	for (size_t i = 0; i < nitems(promises); i++)
		if (str_is(r->name, promises[i].name))
			title = text_of(p->language, promises[i].title);
	view_set(to, "id", page_keep(p, r->name));
	view_set(to, "title", title);
	view_c(to, "met", r->met ? "1" : "");
	view_c(to, "any", r->total > 0 ? "1" : "");
	view_set(&p->view, "part", page_percent(p, r->good, r->total));
	view_set(&p->view, "target", page_percent(p, r->target, PARTS));
	view_set(&p->view, "count", page_grouped(p, r->total));
	view_set(&p->view, "median", seconds(p, r->median_ms));
	view_set(&p->view, "most", seconds(p, r->p99_ms));
	view_set(to, "kept", page_text(p, TEXT_SLO_KEPT));
	view_set(to, "took", r->median_ms < 0 ? STR("") : page_text(p, TEXT_SLO_TOOK));
}

/* A day on which nothing was due is a short grey bar; one that missed the target is another
 * colour and has a gap above that tells how much. */
static void
set_day(struct page *p, const struct promise *r, int i, int32_t day, struct view *to)
{
	bool due = r != NULL && r->day_total > 0;
	bool missed = due && r->day_good * PARTS < r->target * r->day_total;
	int64_t high = !due ? BAR_NONE : BAR_HIGH * r->day_good / r->day_total;

	if (missed) /* neither so little short nor so little left that nobody would see it */
		high = high > BAR_HIGH - BAR_GAP ? BAR_HIGH - BAR_GAP
		       : high < BAR_GAP		 ? BAR_GAP
						 : high;
	view_set(to, "x", page_number(p, i * BAR_STEP));
	view_set(to, "y", page_number(p, BAR_HIGH - high));
	view_set(to, "high", page_number(p, high));
	view_c(to, "kind", missed ? "bar missed" : due ? "bar" : "bar idle");
	view_set(to, "day", page_day(p, day, TEXT_DATE));
	view_set(to, "due", due ? page_grouped(p, r->day_total) : STR(""));
	view_set(to, "share", due ? page_percent(p, r->day_good, r->day_total) : STR(""));
}

/* The rows of a promise, which are in the order of their days, as one item with all days. */
static bool
set_days(struct page *p, struct rows *rows, struct promise *r, bool *more, size_t most,
    struct err *e, struct view *to)
{
	struct promise first = *r;
	struct view *days = page_items(p, most, DAY_VALUES, e);
	int32_t day = first.from_day;
	size_t n = 0;

	if (days == NULL)
		return false;
	set_promise(p, &first, to);
	while (*more && str_eq(r->name, first.name)) {
		for (; r->day != DAY_NONE && day < r->day && n < most; day++, n++)
			set_day(p, NULL, (int)n, day, &days[n]);
		if (r->day != DAY_NONE && n < most) {
			set_day(p, r, (int)n, day, &days[n]);
			n++;
			day++;
		}
		*more = ROWS_NEXT(rows, promise_fields, r);
	}
	for (; day <= first.to_day && n < most; day++, n++)
		set_day(p, NULL, (int)n, day, &days[n]);
	view_list(to, "days", days, n);
	view_set(to, "width", page_number(p, (int64_t)n * BAR_STEP - (BAR_STEP - BAR)));
	return true;
}

static bool
fill(struct task *t, struct page *p, void *arg, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct view *items;
	struct promise r = { 0 };
	size_t n = 0;
	bool more;

	(void)arg;
	if (!status_set(t, p, e))
		return false;
	c = db_lease(t, p->portal->db, e);
	if (c != NULL)
		rows = db_rows(t, c, SQL_PUBLIC_SLO, ARGS(P_INT4(HISTORY_DAYS)), e);
	db_release(&c);
	if (rows == NULL || (items = page_items(p, PROMISES_MOST, PROMISE_VALUES, e)) == NULL)
		return false;
	more = ROWS_NEXT(rows, promise_fields, &r);
	while (more && n < PROMISES_MOST)
		if (!set_days(p, rows, &r, &more, HISTORY_DAYS + 1, e, &items[n++]))
			return false;
	view_list(&p->view, "promises", items, n);
	return true;
}

static bool
status(struct task *t, struct page *p, struct err *e)
{
	struct public_page page = { .view = "status.html", .keep_s = 10, .fill = fill };

	return public_send(t, p, &page, e);
}

bool
status_get(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, status, e);
}
