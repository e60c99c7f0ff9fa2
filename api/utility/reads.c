/* Which reads are asked for, and a release of each meter's; see utility.h. */
#include <stdio.h>
#include <string.h>

#include "meter/out_put.h"
#include "utility.h"

#define NAMES "meters authorizations start end limit order after access_token"

enum { FILTERS_MOST = 16 * 1024, FIRST_YEAR = 2000, LAST_YEAR = 2200 };

void
utility_ask_auto(struct utility_ask *a)
{
	rows_free(&a->rows);
}

/* ---- what is asked ---- */

/* A day, or an instant; its local day is not known yet, so one more on either side is. */
static bool
when(const struct call *c, const char *name, int32_t *day, int64_t *at_s, struct err *e)
{
	struct str text;

	*at_s = DB_STAMP_NONE;
	if (!call_query(c, name, &text) || civil_read_date(text, day))
		return true;
	if (!civil_read_stamp(text, at_s))
		return err(e, ERR_USAGE,
		    "%s is \"" STR_FMT "\", expected a day (2026-04-21) or an instant "
		    "(2026-04-21T00:00:00-05:00)",
		    name, STR_ARG(str_first(text, 40)));
	*day = (int32_t)(*at_s / 86400) + (strcmp(name, "start") == 0 ? -1 : 1);
	return true;
}

static bool
order(const struct call *c, bool *latest, struct err *e)
{
	struct str text;

	*latest = !call_query(c, "order", &text) || str_is(text, "latest_first");
	return *latest || str_is(text, "earliest_first") ||
	       err(e, ERR_USAGE,
		   "order is \"" STR_FMT "\", expected latest_first or "
		   "earliest_first",
		   STR_ARG(str_first(text, 40)));
}

bool
utility_plan(struct task *t, struct call *c, const char *kind, int64_t preset, int64_t most,
    struct utility_ask *a, struct err *e)
{
	AUTO(buf) filters = BUF(FILTERS_MOST);
	AUTO_PTR(conn) db = NULL;

	*a = (struct utility_ask){ .kind = kind,
		.from = civil_day(FIRST_YEAR, 1, 1),
		.to = civil_day(LAST_YEAR, 1, 1) };
	if (!utility_filters(c, NAMES, &filters, e) ||
	    !utility_limit(c, preset, most, &a->limit, e) || !order(c, &a->latest, e) ||
	    !when(c, "start", &a->from, &a->from_s, e) || !when(c, "end", &a->to, &a->to_s, e))
		return false;
	if (a->from > a->to)
		return err(e, ERR_USAGE, "start is behind end");
	if (!call_query(c, "after", &a->after))
		a->after = (struct str){ NULL, 0 };
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	a->rows = db_rows(t, db, SQL_UTILITY_READ_PLAN,
	    ARGS(P_SHOWN(c), P_STR(buf_view(&filters)), P_TEXT(kind), P_DATE(a->from),
		P_DATE(a->to)),
	    e);
	return a->rows != NULL;
}

bool
utility_plan_next(struct utility_ask *a, struct utility_meter *m)
{
	static const struct db_field row[] = {
		DB_TEXT(utility_meter, uid),
		DB_INT8(utility_meter, agreement),
		DB_TEXT(utility_meter, esiid),
		DB_TEXT(utility_meter, utility),
		DB_TEXT(utility_meter, zone),
		DB_DATE(utility_meter, first_day),
		DB_DATE(utility_meter, last_day),
		DB_TEXT(utility_meter, base),
	};

	return ROWS_NEXT(a->rows, row, m);
}

/* ---- where a page goes on ---- */

static int
compare(struct str a, struct str b)
{
	int by = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return by != 0 ? by : (a.len > b.len) - (a.len < b.len);
}

/* "17-10443720000000001-2026-04": agreements fall, ESI IDs rise, what is behind them goes by
 * the order. A meter that is gone meanwhile still has its place. */
bool
utility_behind(const struct utility_ask *a, const struct utility_meter *m, const char *tail)
{
	struct str number, rest, esiid, last;
	int64_t agreement;
	int by;

	if (a->after.at == NULL)
		return true;
	(void)str_cut(a->after, '-', &number, &rest);
	(void)str_cut(rest, '-', &esiid, &last);
	if (!str_int64(number, &agreement))
		return true;
	if (agreement != m->agreement)
		return m->agreement < agreement;
	by = compare(m->esiid, esiid);
	if (by != 0)
		return by > 0;
	by = compare(str_of(tail + 1), last);
	return a->latest ? by < 0 : by > 0;
}

/* ---- a release ---- */

bool
utility_open(struct task *t, struct call *c, const struct utility_meter *m, const char *kind,
    int32_t from, int32_t to, struct reads *r, bool *none, struct err *e)
{
	struct open_row {
		int64_t number;
	} row;
	static const struct db_field fields[] = { DB_INT8(open_row, number) };
	enum db_got got = DB_RETRY;

	*none = false;
	*r = (struct reads){ .first = from, .last = to };
	for (int i = 0; i < 3 && (got == DB_RETRY || got == DB_UNCERTAIN); i++) {
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL)
			return false;
		got = db_one(t, db, SQL_UTILITY_RELEASE_OPEN,
		    ARGS(P_SHOWN(c), P_INT8(m->agreement), P_STR(m->esiid), P_TEXT(kind),
			P_DATE(from), P_DATE(to)),
		    fields, nitems(fields), &row, NULL, e);
	}
	if (got != DB_FOUND && e->code == ERR_NOT_FOUND) {
		err_clear(e);
		*none = true; /* it ended since the plan was made */
		return true;
	}
	r->number = row.number;
	return got == DB_FOUND;
}

/* ---- times ---- */

char *
utility_put_local(char *to, const struct zone *z, int64_t utc_s)
{
	int32_t offset_s = zone_offset_s(z, utc_s);
	unsigned left_s;

	to = put_date(to, split_days(utc_s + offset_s, &left_s));
	*to++ = 'T';
	to = put_clock_s(to, left_s);
	to = put_lit(to, ".000000");
	return put_offset(to, offset_s);
}

void
utility_local(struct json *j, const char *name, const struct zone *z, int64_t utc_s)
{
	char text[UTILITY_STAMP_MOST];

	json_text(
	    j, name, (struct str){ text, (size_t)(utility_put_local(text, z, utc_s) - text) });
}

void
utility_stamp(struct json *j, const char *name, int64_t utc_s)
{
	struct utc_text u = { .day = DAY_NONE };
	char text[UTILITY_STAMP_MOST], *p;

	p = put_instant(text, &u, utc_s) - 1;
	p = put_lit(p, ".000000+00:00");
	json_text(j, name, (struct str){ text, (size_t)(p - text) });
}

const struct zone *
utility_zone(const struct utility_meter *m, struct err *e)
{
	char name[64];

	str_copy(name, sizeof name, m->zone);
	return zone_get(name, e);
}

void
utility_begin(struct json *j, const struct utility_meter *m, const char *tail, struct str base)
{
	char text[UTILITY_UID_MOST];

	snprintf(text, sizeof text, STR_FMT "%s", STR_ARG(m->uid), tail);
	json_open(j, NULL);
	json_text(j, "uid", str_of(text));
	json_text(j, "meter_uid", m->uid);
	snprintf(text, sizeof text, "%lld", (long long)m->agreement);
	json_text(j, "authorization_uid", str_of(text));
	json_text(j, "utility", m->utility);
	json_list(j, "notes");
	json_end(j);
	json_raw(j, "base", base);
	json_list(j, "sources");
	json_open(j, NULL);
	json_text(j, "type", STR("utility"));
	json_null(j, "raw_url");
	json_end(j);
	json_end(j);
}
