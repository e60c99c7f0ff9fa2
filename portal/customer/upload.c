/*
 * Many premises at once, by a spreadsheet: the file is read here, and what is badly written
 * told with its line and column; the clock of agreements then looks at what proves each, some
 * at a time, while the page tells how far that has come. What came of each line stands on the
 * page and in a file.
 */
#include "premises.h"

#include <string.h>

#include "meter/roster.h"
#include "rt/work.h"
#include "says.h"

enum { PAGE = 100, STEP_MS = 30000 };

struct upload_row {
	int64_t upload, at;
	struct str state;
	int32_t lines, done, good, held, faulty;
	bool mailed;
};
static const struct db_field upload_fields[] = {
	DB_INT8(upload_row, upload),
	DB_STAMP(upload_row, at),
	DB_TEXT(upload_row, state),
	DB_INT4(upload_row, lines),
	DB_INT4(upload_row, done),
	DB_INT4(upload_row, good),
	DB_INT4(upload_row, held),
	DB_INT4(upload_row, faulty),
	DB_BOOL(upload_row, mailed),
};
static const struct field fields[] = {
	{ "file", "file", "off", 1, TEXT_SHEET_FILE, TEXT_UPLOAD_HINT, TEXT_WRONG_SHEET },
};

/* ---- the form, and what was handed in before ---- */

static const struct column past_columns[] = {
	{ TEXT_UPLOAD_AT, false },
	{ TEXT_UPLOAD_LINES, true },
	{ TEXT_UPLOAD_GOOD, true },
	{ TEXT_UPLOAD_HELD, true },
	{ TEXT_UPLOAD_FAULTY, true },
};

static bool
show(struct task *t, struct page *p, int status, const enum text *wrong, struct err *e)
{
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_UPLOADS, ARGS(P_ME(p)), e);
	struct upload_row r;
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "past", TEXT_UPLOAD_PAST, past_columns,
				nitems(past_columns), rows_count(rows), e))
		return false;
	while (ROWS_NEXT(rows, upload_fields, &r)) {
		listing_row(&l);
		listing_link(
		    &l, page_time(p, r.at), "/premises/file/%lld", (long long)r.upload);
		listing_number(&l, r.lines);
		listing_number(&l, r.good);
		listing_number(&l, r.held);
		listing_number(&l, r.faulty);
	}
	view_c(&p->view, "some", rows_count(rows) > 0 ? "1" : "");
	return listing_end(&l, TEXT_UPLOAD_NONE, TEXT_UPLOAD_LEAD, e) &&
	       fields_set(p, "fields", fields, nitems(fields), NULL, wrong, e) &&
	       page_send(t, p, status, "premise_upload.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, NULL, 0);
	return show(t, p, 200, NULL, e);
}

/* ---- a file is handed in ---- */

struct handed {
	struct roster roster;
	struct str file;
	bool read;
};

static void
read_all(void *arg)
{
	struct handed *h = arg;

	h->read = roster_read(&h->roster, h->file);
}

/* The file as a whole cannot be taken. */
static bool
refuse(struct task *t, struct page *p, const struct roster *all, struct err *e)
{
	static const enum text wrong[] = { TEXT_WRONG_UPLOAD };
	const struct roster_row *w = &all->why;

	if (all->refused)
		says_sheet_line(p, w->line, w->column, w->found, w->expected);
	page_say(p, "wrong", TEXT_WRONG_UPLOAD);
	return show(t, p, 422, wrong, e);
}

static bool
hand_in(struct task *t, struct page *p, struct handed *h, struct err *e)
{
	struct made {
		int64_t upload;
	} made;
	static const struct db_field made_fields[] = { DB_INT8(made, upload) };
	const struct roster *all = &h->roster;
	size_t n;
	int status;

	if (!work_run(t, read_all, h, e))
		return false;
	if (!h->read) {
		*e = h->roster.e;
		return false;
	}
	n = all->n;
	if (all->refused || n == 0)
		return refuse(t, p, all, e);
	task_deadline(t, 0);
	task_deadline(t, STEP_MS);
	status = act_row(t, p, SQL_PORTAL_UPLOAD,
	    ARGS(P_ME(p), P_INT8S(all->lines, n), P_INT4S(all->columns, n),
		P_TEXTS(all->texts[ROSTER_ESIID], n), P_TEXTS(all->texts[ROSTER_METER], n),
		P_TEXTS(all->texts[ROSTER_REP], n), P_TEXTS(all->texts[ROSTER_GROUP], n),
		P_TEXTS(all->texts[ROSTER_CODE], n), P_TEXTS(all->texts[ROSTER_FOUND], n),
		P_TEXTS(all->texts[ROSTER_EXPECTED], n), P_STR(page_source(p))),
	    made_fields, nitems(made_fields), &made, NULL, e);
	if (status != 200)
		return status != 0 && show(t, p, status, NULL, e);
	portal_count_answer("UPLOAD");
	return act_go(t, p, "1", e, "/premises/file/%lld", (long long)made.upload);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	static const enum text missing[] = { TEXT_WRONG_SHEET };
	struct handed *h = arena_get(p->memory, sizeof *h);
	struct form *f;
	enum text wrong;
	bool ok;

	act_page(p, NULL, 0);
	if (h == NULL)
		return err(e, ERR_BUSY, "no memory for a list");
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, e);
	*h = (struct handed){ .file = form_get(f, "file") };
	if (h->file.len == 0) {
		page_say(p, "wrong", TEXT_WRONG_SEE);
		return show(t, p, 422, missing, e);
	}
	ok = hand_in(t, p, h, e);
	roster_auto(&h->roster);
	return ok;
}

/* ---- what came of one ---- */

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
static const struct column line_columns[] = {
	{ TEXT_SHEET_LINE, true },
	{ TEXT_UPLOAD_COLUMN, true },
	{ TEXT_ESIID, false },
	{ TEXT_REJECT_FOUND, false },
	{ TEXT_SHEET_EXPECTED, false },
};
/* What the clock says of a line, in words of the page; of how it is written the file's own. */
static const struct {
	const char *code;
	enum text says, expected;
} words[] = {
	{ "not-matched", TEXT_UPLOAD_NOT_MATCHED, TEXT_UPLOAD_EXPECTED_MATCH },
	{ "not-tried", TEXT_UPLOAD_NOT_TRIED, TEXT_UPLOAD_EXPECTED_FEWER },
	{ "twice", TEXT_UPLOAD_TWICE, TEXT_UPLOAD_EXPECTED_ONCE },
};

static void
put(struct listing *l, const struct line_row *r)
{
	listing_row(l);
	listing_number(l, r->line);
	listing_text(l, r->col > 0 ? page_number(l->p, r->col) : STR(""));
	listing_text(l, r->esiid);
	for (size_t i = 0; i < nitems(words); i++)
		if (str_is(r->code, words[i].code)) {
			listing_say(l, words[i].says);
			listing_say(l, words[i].expected);
			return;
		}
	listing_text(l, says_sheet(l->p, r->found));
	listing_text(l, says_sheet(l->p, r->expected));
}

static void
set_counts(struct page *p, const struct upload_row *u)
{
	bool waits = str_is(u->state, "WAITING");

	view_set(&p->view, "upload", page_number(p, u->upload));
	view_set(&p->view, "lines", page_grouped(p, u->lines));
	view_set(&p->view, "looked", page_grouped(p, u->done));
	view_set(&p->view, "good", page_grouped(p, u->good));
	view_set(&p->view, "held", page_grouped(p, u->held));
	view_set(&p->view, "faulty", page_grouped(p, u->faulty));
	view_c(&p->view, "wrongs", u->faulty > 0 ? "1" : "");
	view_set(&p->view, "most", page_number(p, u->lines));
	view_set(&p->view, "at", page_number(p, u->done));
	view_c(&p->view, "waits", waits ? "1" : "");
	view_c(&p->view, "script", file_named(STR("meter.js"))->tag);
	page_say(p, "counts", waits ? TEXT_UPLOAD_WAITS : TEXT_UPLOAD_COUNTS);
	view_set(&p->view, "mailed", u->mailed ? page_text(p, TEXT_UPLOAD_MAILED) : STR(""));
}

static bool
see_one(struct task *t, struct page *p, struct err *e)
{
	int64_t number = act_number(p, 0), after;
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct upload_row u;
	struct line_row r = { 0 };
	struct listing l;
	int status;

	act_page(p, NULL, 0);
	status = act_row(t, p, SQL_PORTAL_UPLOAD_ONE, ARGS(P_ME(p), P_INT8(number)),
	    upload_fields, nitems(upload_fields), &u, &keep, e);
	if (status != 200)
		return status != 0 && show(t, p, status, NULL, e);
	if (!str_int64(page_query(p, "after"), &after) || after < 0 || after > INT32_MAX)
		after = 0;
	rows = act_rows(t, p, SQL_PORTAL_UPLOAD_ROWS,
	    ARGS(P_ME(p), P_INT8(number), P_BOOL(true), P_INT4((int32_t)after), P_INT4(PAGE)),
	    e);
	if (rows == NULL || !listing_begin(&l, p, "faults", TEXT_UPLOAD_FAULTS, line_columns,
				nitems(line_columns), PAGE, e))
		return false;
	while (ROWS_NEXT(rows, line_fields, &r))
		put(&l, &r);
	if (rows_count(rows) == PAGE)
		listing_next(&l, "after", page_number(p, r.n));
	set_counts(p, &u);
	return listing_end(&l, TEXT_UPLOAD_NO_FAULTS, TEXT_UPLOAD_NO_FAULTS_SAYS, e) &&
	       page_send(t, p, 200, "premise_upload_one.html", e);
}

bool
upload_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
upload_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}

bool
upload_one_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see_one, e);
}
