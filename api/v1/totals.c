/*
 * A customer with many premises: its groups, and what they used in some days, by group or each.
 * The numbers are those of the portal's page: the same release, the same two functions.
 */
#include <stdio.h>

#include "base/csv.h"
#include "body.h"

struct opened {
	int64_t number;
	int32_t first_day, last_day;
};
static const struct db_field opened_fields[] = {
	DB_INT8(opened, number),
	DB_DATE(opened, first_day),
	DB_DATE(opened, last_day),
};
/* A group, or a premise: what only the other has is null. */
struct total {
	struct str part, esiid, street, city, group_name;
	int32_t premise_group;
	int64_t premises, load_wh, generation_wh, due, days, intervals, estimated, missing;
};
static const struct db_field total_fields[] = {
	DB_TEXT(total, part),
	DB_INT4(total, premise_group),
	DB_TEXT(total, group_name),
	DB_TEXT(total, esiid),
	DB_TEXT(total, street),
	DB_TEXT(total, city),
	DB_INT8(total, premises),
	DB_INT8(total, load_wh),
	DB_INT8(total, generation_wh),
	DB_INT8(total, due),
	DB_INT8(total, days),
	DB_INT8(total, intervals),
	DB_INT8(total, estimated),
	DB_INT8(total, missing),
};

enum { KWH_DECIMALS = 3, WH_OF_KWH = 1000, KWH_SIZE = 32 };

static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "days_due", offsetof(struct total, due) },
	{ "days", offsetof(struct total, days) },
	{ "intervals", offsetof(struct total, intervals) },
	{ "estimated", offsetof(struct total, estimated) },
	{ "missing", offsetof(struct total, missing) },
};

static int64_t
number_of(const struct total *x, size_t i)
{
	return *(const int64_t *)(const void *)((const char *)x + numbers[i].offset);
}

/* ---- what is asked ---- */

struct totals_asked {
	struct param from, to, group;
	bool each, csv;
};

static bool
day_or_null(const struct call *c, const char *name, struct param *to, struct err *e)
{
	struct str text;
	int32_t day;

	*to = (struct param)P_NULL();
	if (!call_query(c, name, &text))
		return true;
	if (!civil_read_date(text, &day))
		return err(e, ERR_USAGE, "\"%s\" is no day such as 2026-04-21", name);
	*to = (struct param)P_DATE(day);
	return true;
}

/* Whether it is the second of two words; not there: the first. */
static bool
second(const struct call *c, const char *name, const char *first, const char *other, bool *to,
    struct err *e)
{
	struct str text;

	*to = false;
	if (!call_query(c, name, &text) || str_is(text, first))
		return true;
	*to = str_is(text, other);
	return *to ||
	       err(e, ERR_USAGE, "\"%s\" is not known, expected %s or %s", name, first, other);
}

static bool
read_asked(const struct call *c, struct totals_asked *to, struct err *e)
{
	return call_only(c, "from to by group format", e) &&
	       day_or_null(c, "from", &to->from, e) && day_or_null(c, "to", &to->to, e) &&
	       v1_query_number(c, "group", &to->group, e) &&
	       second(c, "by", "group", "premise", &to->each, e) &&
	       second(c, "format", "json", "csv", &to->csv, e);
}

/* ---- in which form ---- */

static void
put_json(struct json *j, const struct total *x, bool each)
{
	json_open(j, NULL);
	if (each) {
		json_text(j, "esiid", x->esiid);
		json_text(j, "street", x->street);
		json_text(j, "city", x->city);
	} else {
		json_text(j, "part", x->part);
		json_int(j, "premises", x->premises);
	}
	if (x->premise_group != 0)
		json_int(j, "group", x->premise_group);
	else
		json_null(j, "group");
	json_text(j, "group_name", x->group_name);
	json_decimal(j, "kwh", x->load_wh, KWH_DECIMALS);
	json_decimal(j, "generation_kwh", x->generation_wh, KWH_DECIMALS);
	for (size_t i = 0; i < nitems(numbers); i++)
		json_int(j, numbers[i].name, number_of(x, i));
	json_end(j);
}

static void
put_kwh(struct buf *b, int64_t wh)
{
	buf_fmt(b, ",%lld.%03lld", (long long)(wh / WH_OF_KWH), (long long)(wh % WH_OF_KWH));
}

static void
put_csv(struct buf *b, const struct total *x, bool each)
{
	if (each) {
		csv_put_plain(b, x->esiid);
		buf_byte(b, ',');
		csv_put(b, x->street);
		buf_byte(b, ',');
		csv_put(b, x->city);
		buf_byte(b, ',');
		csv_put(b, x->group_name);
	} else {
		csv_put_plain(b, x->part);
		buf_byte(b, ',');
		csv_put(b, x->group_name);
		buf_fmt(b, ",%lld", (long long)x->premises);
	}
	put_kwh(b, x->load_wh);
	put_kwh(b, x->generation_wh);
	for (size_t i = 0; i < nitems(numbers); i++)
		buf_fmt(b, ",%lld", (long long)number_of(x, i));
	buf_c(b, "\r\n");
}

static bool
reply_csv(struct task *t, struct call *c, const struct opened *o, struct rows *rows, bool each,
    struct err *e)
{
	AUTO(answer) a = { .fd = -1 };
	char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];
	struct total x;

	civil_date(from, o->first_day);
	civil_date(to, o->last_day);
	http_header(c->http, "Content-Disposition", "attachment; filename=\"totals-%s-%s.csv\"",
	    from, to);
	answer_begin(&a, c, "text/csv; charset=utf-8; header=present");
	buf_c(answer_to(&a), each ? "esiid,street,city,group" : "part,group,premises");
	buf_c(
	    answer_to(&a), ",kwh,generation_kwh,days_due,days,intervals,estimated,missing\r\n");
	while (ROWS_NEXT(rows, total_fields, &x)) {
		put_csv(answer_to(&a), &x, each);
		if (!answer_more(&a, e))
			return false;
	}
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

static bool
reply_json(struct task *t, struct call *c, const struct opened *o, struct rows *rows, bool each,
    struct err *e)
{
	AUTO(answer) a = { .fd = -1 };
	struct json j;
	struct total x;

	answer_begin(&a, c, "application/json");
	j = json_to(answer_to(&a));
	json_open(&j, NULL);
	json_date(&j, "from", o->first_day);
	json_date(&j, "to", o->last_day);
	json_list(&j, "items");
	while (ROWS_NEXT(rows, total_fields, &x)) {
		put_json(&j, &x, each);
		if (!answer_more(&a, e))
			return false;
	}
	json_end(&j);
	json_end(&j);
	buf_byte(answer_to(&a), '\n');
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

bool
v1_totals(struct task *t, struct call *c, struct err *e)
{
	struct totals_asked asked;
	struct opened o = { 0 };
	AUTO_PTR(rows) rows = NULL;

	if (!read_asked(c, &asked, e))
		return false;
	{
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL ||
		    db_one(t, db, SQL_V1_TOTALS_OPEN, ARGS(P_SHOWN(c), asked.from, asked.to),
			opened_fields, nitems(opened_fields), &o, NULL, e) != DB_FOUND)
			return false;
		rows = asked.each ? db_rows(t, db, SQL_V1_TOTALS_EACH,
					ARGS(P_SHOWN(c), P_INT8(o.number), asked.group), e)
				  : db_rows(t, db, SQL_V1_TOTALS,
					ARGS(P_SHOWN(c), P_INT8(o.number), asked.group), e);
	}
	if (rows == NULL)
		return false;
	return asked.csv ? reply_csv(t, c, &o, rows, asked.each, e)
			 : reply_json(t, c, &o, rows, asked.each, e);
}

bool
v1_groups(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && v1_body(t, c, SQL_V1_GROUPS, ARGS(P_SHOWN(c)), 200, e);
}
