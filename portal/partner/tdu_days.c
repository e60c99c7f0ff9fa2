/*
 * How complete and timely a utility's reads are, by day; and of one day the premises of which
 * reads are due and have not come.
 */
#include "partner.h"

enum { DAYS = 31, DAYS_MOST = 62, ABSENT = 201 };

struct day_row {
	int32_t day;
	int64_t due, received, unknown, intervals, estimated, missing, late, changed, by_six,
	    by_noon, by_night;
};

static const struct db_field fields[] = {
	DB_DATE(day_row, day),
	DB_INT8(day_row, due),
	DB_INT8(day_row, received),
	DB_INT8(day_row, unknown),
	DB_INT8(day_row, intervals),
	DB_INT8(day_row, estimated),
	DB_INT8(day_row, missing),
	DB_INT8(day_row, late),
	DB_INT8(day_row, changed),
	DB_INT8(day_row, by_six),
	DB_INT8(day_row, by_noon),
	DB_INT8(day_row, by_night),
};

static const struct column columns[] = {
	{ TEXT_DAYS_DAY, false },
	{ TEXT_SCORE_COMPLETE, true },
	{ TEXT_DAYS_BAR, false },
	{ TEXT_DAYS_SIX, true },
	{ TEXT_DAYS_NOON, true },
	{ TEXT_DAYS_NIGHT, true },
	{ TEXT_SCORE_ESTIMATED, true },
	{ TEXT_SCORE_MISSING, true },
	{ TEXT_SCORE_CHANGED, true },
	{ TEXT_DAYS_UNKNOWN, true },
};

static const struct field filter[] = {
	{ "last", "date", "off", 10, TEXT_SCORE_LAST, TEXTS, TEXTS },
};

static void
put(struct listing *l, const struct day_row *r)
{
	char day[CIVIL_DATE_SIZE];
	struct page *p = l->p;

	civil_date(day, r->day);
	listing_row(l);
	listing_link(l, page_day(p, r->day, TEXT_DATE), "/tdu/days/%s", day);
	listing_text(l, page_percent(p, r->received, r->due));
	view_set(&p->view, "part", page_grouped(p, r->received));
	view_set(&p->view, "count", page_grouped(p, r->due));
	listing_more(l, page_text(p, TEXT_DAYS_PART));
	listing_share(l, r->received, r->due);
	listing_text(l, page_percent(p, r->by_six, r->due));
	listing_text(l, page_percent(p, r->by_noon, r->due));
	listing_text(l, page_percent(p, r->by_night, r->due));
	listing_text(l, page_percent(p, r->estimated, r->intervals));
	listing_text(l, page_percent(p, r->missing, r->intervals));
	listing_text(l, page_grouped(p, r->changed));
	listing_text(l, page_grouped(p, r->unknown));
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_DAYS,
	    ARGS(P_ME(p), P_DATE(partner_day(asked, "last")), P_INT4(DAYS)), e);
	struct day_row r = { 0 };
	struct listing l;
	char before[CIVIL_DATE_SIZE];

	if (rows == NULL ||
	    !listing_begin(&l, p, "days", TEXT_DAYS, columns, nitems(columns), DAYS_MOST, e))
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		put(&l, &r);
	if (r.due > 0) { /* before the first day of all there is nothing */
		civil_date(before, r.day - 1);
		listing_next(&l, "last", page_keep(p, str_of(before)));
	}
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_DAYS_NONE, TEXT_DAYS_NONE_SAYS, e) &&
	       fields_put(
		   p, &p->view, "fields", filter, nitems(filter), NULL, 0, asked, NULL, e) &&
	       page_send(t, p, 200, "tdu_days.html", e);
}

bool
tdu_days_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}

/* ---- one day: who is missing ---- */

struct absent {
	int32_t place, due, here;
	struct str esiid, city;
};

static const struct db_field absent_fields[] = {
	DB_INT4(absent, place),
	DB_TEXT(absent, esiid),
	DB_INT4(absent, due),
	DB_INT4(absent, here),
	DB_TEXT(absent, city),
};

static const struct column absent_columns[] = {
	{ TEXT_ESIID, false },
	{ TEXT_ABSENT_CITY, false },
	{ TEXT_ABSENT_WHAT, false },
};

static bool
set_absent(struct task *t, struct page *p, int32_t day, struct err *e)
{
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_ABSENT,
	    ARGS(P_ME(p), P_DATE(day),
		P_INT4((int32_t)partner_number(fields_query(p), "after", 0))),
	    e);
	struct absent r = { 0 };
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "premises", TEXT_ABSENT, absent_columns,
				nitems(absent_columns), ABSENT, e))
		return false;
	view_c(&p->view, "more_to_see", "");
	while (ROWS_NEXT(rows, absent_fields, &r)) {
		if (r.esiid.at == NULL) { /* the last row */
			if (r.place != 0) {
				listing_next(&l, "after", page_number(p, r.place));
				view_c(&p->view, "more_to_see", "1");
			}
			break;
		}
		listing_row(&l);
		listing_text(&l, r.esiid);
		listing_text(&l, r.city);
		listing_say(&l, r.here == 0 ? TEXT_ABSENT_ALL : TEXT_ABSENT_PART);
	}
	return listing_end(&l, TEXT_ABSENT_NONE, TEXT_ABSENT_NONE_SAYS, e);
}

static bool
set_figures(struct task *t, struct page *p, int32_t day, struct err *e)
{
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_DAYS, ARGS(P_ME(p), P_DATE(day), P_INT4(1)), e);
	struct day_row r = { 0 };

	if (rows == NULL || !ROWS_NEXT(rows, fields, &r))
		return false;
	view_set(&p->view, "complete", page_percent(p, r.received, r.due));
	view_set(&p->view, "noon", page_percent(p, r.by_noon, r.due));
	view_set(&p->view, "night", page_percent(p, r.by_night, r.due));
	view_set(
	    &p->view, "lack", page_grouped(p, r.due > r.received ? r.due - r.received : 0));
	view_set(&p->view, "estimated", page_percent(p, r.estimated, r.intervals));
	view_set(&p->view, "title", page_day(p, day, TEXT_DATE));
	return true;
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	int32_t day;

	/* far from any day that there is, no row can tell anything either */
	if (!civil_read_date(str_of(p->call->param[0]), &day) || day < 0 ||
	    day > civil_day(2100, 1, 1))
		return page_unknown(t, p->portal, p->call, e);
	act_page(p, NULL, 0);
	return set_figures(t, p, day, e) && set_absent(t, p, day, e) &&
	       page_send(t, p, 200, "tdu_day.html", e);
}

bool
tdu_day_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
