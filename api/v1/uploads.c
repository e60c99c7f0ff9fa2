/*
 * A customer hands in a list of premises, as on the portal's page: read here, looked at by the
 * clock of agreements; and what came of it, line by line.
 */
#include "meter/roster.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "body.h"
#include "rt/work.h"

enum { STEP_MS = 30000, LINES_MOST = ROSTER_ROWS_MOST, REPLY_MOST = 256 };

/* ---- one is handed in ---- */

struct reading_file {
	struct roster roster;
	struct str file;
	bool read;
};

static void
read_all(void *arg)
{
	struct reading_file *f = arg;

	f->read = roster_read(&f->roster, f->file);
}

static bool
make(struct task *t, struct call *c, const struct roster *all, int64_t *made, struct err *e)
{
	struct made_row {
		int64_t upload;
	} row;
	static const struct db_field fields[] = { DB_INT8(made_row, upload) };
	AUTO_PTR(conn) db = call_lease(t, c, e);
	size_t n = all->n;

	if (db == NULL)
		return false;
	task_deadline(t, 0);
	task_deadline(t, STEP_MS);
	if (db_one(t, db, SQL_V1_UPLOAD_MAKE,
		ARGS(P_SHOWN(c), P_INT8S(all->lines, n), P_INT4S(all->columns, n),
		    P_TEXTS(all->texts[ROSTER_ESIID], n), P_TEXTS(all->texts[ROSTER_METER], n),
		    P_TEXTS(all->texts[ROSTER_REP], n), P_TEXTS(all->texts[ROSTER_GROUP], n),
		    P_TEXTS(all->texts[ROSTER_CODE], n), P_TEXTS(all->texts[ROSTER_FOUND], n),
		    P_TEXTS(all->texts[ROSTER_EXPECTED], n), P_STR(call_from(c))),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*made = row.upload;
	return true;
}

static bool
refuse(const struct roster *all, struct err *e)
{
	const struct roster_row *w = &all->why;

	if (!all->refused)
		return err(e, ERR_BAD_FILE, "the list has no records");
	return err(e, ERR_BAD_FILE,
	    "line %llu, column %u: found \"" STR_FMT "\", expected " STR_FMT,
	    (unsigned long long)w->line, w->column, STR_ARG(w->found), STR_ARG(w->expected));
}

static bool
reply_made(struct task *t, struct call *c, int64_t made, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_int(&j, "upload", made);
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(c->http, "Location", "/v1/uploads/%lld", (long long)made);
	return answer_json(t, c, 202, &b, e);
}

bool
v1_upload(struct task *t, struct call *c, struct err *e)
{
	struct reading_file f = { 0 };
	int64_t made;
	bool ok;

	if (!call_only(c, "", e))
		return false;
	/* said before anything is read; the database asks once more */
	if (strcmp(call_kind(c), "CUSTOMER") != 0)
		return err(e, ERR_FORBIDDEN, "that is for customers");
	if (!str_starts(http_var(c->http, SCGI_TYPE), "text/csv"))
		return err(e, ERR_MEDIA, "expected a body of type text/csv");
	if (!call_body(t, c, &f.file, e) || !work_run(t, read_all, &f, e))
		return false;
	if (!f.read) {
		*e = f.roster.e;
		ok = false;
	} else if (f.roster.refused || f.roster.n == 0) {
		ok = refuse(&f.roster, e);
	} else {
		ok = make(t, c, &f.roster, &made, e) && reply_made(t, c, made, e);
	}
	roster_auto(&f.roster);
	return ok;
}

/* ---- what came of it ---- */

bool
v1_upload_state(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_body(t, c, SQL_V1_UPLOAD, ARGS(P_SHOWN(c), P_INT8(v1_number(c))), 200, e);
}

struct line_row {
	int32_t n, col;
	int64_t line;
	struct str esiid, group_name, code, found, expected;
};
static const struct db_field line_fields[] = {
	DB_INT4(line_row, n),
	DB_INT8(line_row, line),
	DB_INT4(line_row, col),
	DB_TEXT(line_row, esiid),
	DB_TEXT(line_row, group_name),
	DB_TEXT(line_row, code),
	DB_TEXT(line_row, found),
	DB_TEXT(line_row, expected),
};

static void
put_json(struct json *j, const struct line_row *r)
{
	json_open(j, NULL);
	json_int(j, "line", r->line);
	if (r->col > 0)
		json_int(j, "column", r->col);
	else
		json_null(j, "column");
	json_text(j, "esiid", r->esiid);
	json_text(j, "group_name", r->group_name);
	json_text(j, "outcome", r->code);
	json_text(j, "found", r->found);
	json_text(j, "expected", r->expected);
	json_end(j);
}

static void
put_csv(struct buf *b, const struct line_row *r)
{
	const struct str texts[] = { r->esiid, r->group_name, r->code, r->found, r->expected };

	buf_fmt(b, "%lld,", (long long)r->line);
	if (r->col > 0)
		buf_fmt(b, "%d", (int)r->col);
	for (size_t i = 0; i < nitems(texts); i++) {
		buf_byte(b, ',');
		csv_put(b, texts[i]);
	}
	buf_c(b, "\r\n");
}

static bool
reply_lines(struct task *t, struct call *c, struct rows *rows, bool csv, struct err *e)
{
	AUTO(answer) a = { .fd = -1 };
	struct json j;
	struct line_row r;

	answer_begin(
	    &a, c, csv ? "text/csv; charset=utf-8; header=present" : "application/json");
	j = json_to(answer_to(&a));
	if (csv) {
		http_header(c->http, "Content-Disposition",
		    "attachment; filename=\"premises-%lld.csv\"", (long long)v1_number(c));
		buf_c(answer_to(&a), "line,column,esiid,group,outcome,found,expected\r\n");
	} else {
		json_open(&j, NULL);
		json_list(&j, "items");
	}
	while (ROWS_NEXT(rows, line_fields, &r)) {
		if (csv)
			put_csv(answer_to(&a), &r);
		else
			put_json(&j, &r);
		if (!answer_more(&a, e))
			return false;
	}
	if (!csv) {
		json_end(&j);
		json_end(&j);
		buf_byte(answer_to(&a), '\n');
	}
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

bool
v1_upload_lines(struct task *t, struct call *c, struct err *e)
{
	struct str format = STR("json"), faults = STR("false");
	AUTO_PTR(rows) rows = NULL;

	if (!call_only(c, "format faults", e))
		return false;
	if (call_query(c, "faults", &faults) && !str_is(faults, "true") &&
	    !str_is(faults, "false"))
		return err(e, ERR_USAGE, "\"faults\" is not known, expected true or false");
	if (call_query(c, "format", &format) && !str_is(format, "csv") &&
	    !str_is(format, "json"))
		return err(e, ERR_USAGE, "\"format\" is not known, expected json or csv");
	{
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL)
			return false;
		rows = db_rows(t, db, SQL_V1_UPLOAD_LINES,
		    ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_BOOL(str_is(faults, "true")),
			P_NULL(), P_INT4(LINES_MOST)),
		    e);
	}
	return rows != NULL && reply_lines(t, c, rows, str_is(format, "csv"), e);
}
