/* Reports of figures, for regulators and of partners their own part: docs/reports. */
#include "body.h"

enum { PAGE = 100, PAGE_MOST = 1000 };

static const struct form_of {
	const char *format, *type;
} forms[] = {
	{ "json", "application/json" },
	{ "csv", "text/csv; charset=utf-8" },
	{ "html", "text/html; charset=utf-8" },
};

bool
v1_reports(struct task *t, struct call *c, struct err *e)
{
	int64_t before, most;

	return call_only(c, "cursor limit", e) && v1_before(c, 'r', &before, e) &&
	       v1_page(c, PAGE, PAGE_MOST, &most, e) &&
	       v1_body(t, c, SQL_V1_REPORTS,
		   ARGS(P_SHOWN(c), P_INT8(before), P_INT4((int32_t)most)), 200, e);
}

static const struct form_of *
form_asked(const struct call *c, struct err *e)
{
	struct str asked = v1_query(c, "format");

	if (asked.at == NULL)
		return &forms[0];
	for (size_t i = 0; i < nitems(forms); i++)
		if (str_is(asked, forms[i].format))
			return &forms[i];
	err(e, ERR_USAGE, "\"format\" is not json, csv or html");
	return NULL;
}

/* In pieces: a report may be longer than one. */
static bool
put(struct answer *a, struct str body, struct err *e)
{
	while (body.len > 0) {
		size_t n = body.len < ANSWER_PIECE ? body.len : ANSWER_PIECE;

		buf_add(answer_to(a), body.at, n);
		if (!answer_more(a, e))
			return false;
		body = (struct str){ body.at + n, body.len - n };
	}
	return true;
}

bool
v1_report(struct task *t, struct call *c, struct err *e)
{
	struct report_row {
		struct str body;
	} row;
	static const struct db_field fields[] = { DB_TEXT(report_row, body) };
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	AUTO(answer) out = { .fd = -1 };
	const struct form_of *form;

	if (!call_only(c, "format", e) || (form = form_asked(c, e)) == NULL ||
	    (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_REPORT,
		ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_TEXT(form->format)), fields,
		nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	http_header(c->http, "Content-Disposition", "attachment; filename=\"report-%lld.%s\"",
	    (long long)v1_number(c), form->format);
	answer_begin(&out, c, form->type);
	return put(&out, row.body, e) && answer_send(t, &out, 200, e);
}

/* A day of the body; DAY_NONE, which is null, when it is not there. */
static bool
day_or(const struct json_value *v, const char *name, int32_t *day, struct err *e)
{
	struct str text;

	*day = DAY_NONE;
	if (!v1_text_or(v, name, &text, e))
		return false;
	return text.at == NULL || civil_read_date(text, day) ||
	       err(e, ERR_BAD_INPUT, "\"%s\" is no date, expected 2026-04-21", name);
}

bool
v1_report_make(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	const struct json_value *v;
	struct str report;
	int32_t from, to;

	if (!call_only(c, "", e) || !call_json(t, c, &in, e))
		return false;
	v = json_in_root(in);
	return json_in_only(v, "report from to", e) && json_in_text(v, "report", &report, e) &&
	       day_or(v, "from", &from, e) && day_or(v, "to", &to, e) &&
	       v1_made(t, c, SQL_V1_REPORT_MAKE,
		   ARGS(P_SHOWN(c), P_STR(report), P_DATE(from), P_DATE(to)), 201,
		   "/v1/reports/", e);
}
