/*
 * Asks many customers by a spreadsheet, read as those that are put into in/ of the box
 * (docs/formats/invitations.md). Each agreement's worth of rows stands by itself: what is good
 * is asked, and what is not is told row by row. Sent again, the same file tells what came of it
 * the first time, and goes on behind that: so one that takes longer than a browser waits is
 * sent until it is done, by static/sheet.js or by hand, and the page says how far it has come.
 */
#include "csp.h"

#include <string.h>

#include "base/code.h"
#include "base/csv.h"
#include "figures.h"
#include "meter/invitation.h"
#include "rt/loop.h"
#include "rt/work.h"
#include "says.h"
#include "store/mailbox.h"
#include "sys/digest.h"

enum {
	ROWS_MOST = 10000,
	STEP_MS = 3000, /* of one request */
	ROW_MS = 10000,
	GROUP_MOST = 100,
	READS_MOST = 3,
	SHOWN_MOST = 500,   /* rows of the result */
	FAULTS_MOST = 2500, /* of its file */
	FAULTS_BYTES_MOST = 500 * 1024
};

static const struct field fields[] = {
	{ "file", "file", "off", 1, TEXT_SHEET_FILE, TEXT_SHEET_HINT, TEXT_WRONG_SHEET },
};

struct sheet {
	struct invitations all;
	struct str bytes;
	bool read;
	unsigned char batch[DIGEST_BYTES];
	struct mailbox box;
	size_t n, asked; /* premises of the group; customers that were asked */
	struct str esiids[GROUP_MOST], meters[GROUP_MOST], reps[GROUP_MOST];
	size_t place[GROUP_MOST];
};

static void
read_all(void *arg)
{
	struct sheet *s = arg;

	s->read = invitations_read(&s->all, s->bytes);
}

/* ---- one agreement's worth ---- */

static bool
gather(struct sheet *s, size_t at)
{
	const struct invitation *row = s->all.at;

	s->n = 0;
	do {
		if (s->n == GROUP_MOST)
			return false;
		s->esiids[s->n] = row[at].esiid;
		s->meters[s->n] = row[at].meter;
		s->reps[s->n] = row[at].rep;
		s->place[s->n++] = at;
		at = row[at].next;
	} while (at != 0);
	return true;
}

static size_t
reads_of(struct str list, struct str to[READS_MOST])
{
	static const struct str all[READS_MOST] = { { "interval", 8 }, { "register", 8 },
		{ "billing", 7 } };
	size_t n = 0;

	for (size_t i = 0; i < nitems(all); i++)
		if (str_has(list, all[i]))
			to[n++] = all[i];
	return n;
}

struct asked {
	int64_t agreement;
	int32_t row, n;
	struct str code, message;
};
static const struct db_field asked_fields[] = {
	DB_INT8(asked, agreement),
	DB_INT4(asked, row),
	DB_TEXT(asked, code),
	DB_TEXT(asked, message),
};
static const struct db_field before_fields[] = {
	DB_INT4(asked, n),
	DB_INT8(asked, agreement),
	DB_INT4(asked, row),
	DB_TEXT(asked, code),
	DB_TEXT(asked, message),
};

/* All of a group are asked for, or none: where nobody was, each row has a fault. */
static void
settle(struct sheet *s, int64_t agreement, const char *code, struct str message)
{
	for (size_t i = 0; i < s->n; i++) {
		struct invitation *row = &s->all.at[s->place[i]];

		row->agreement = agreement;
		if (agreement == 0 && row->fault.code[0] == '\0')
			invitation_fault(row, code, 0, STR(""), message);
	}
	s->asked += agreement != 0;
}

static void
note(struct sheet *s, const struct asked *a)
{
	char code[INVITATION_CODE_SIZE];

	if (a->code.at == NULL)
		return;
	str_copy(code, sizeof code, a->code);
	for (size_t i = 0; i < s->n; i++)
		if (a->row == 0 || (size_t)a->row == i + 1)
			invitation_fault(&s->all.at[s->place[i]], code, 0, STR(""), a->message);
}

static void
end(struct sheet *s, int64_t agreement)
{
	settle(s, agreement, "group", STR("nobody is asked for a group that has a fault"));
}

static void
take(struct sheet *s, struct rows *rows)
{
	int64_t agreement = 0;
	struct asked a;

	while (ROWS_NEXT(rows, asked_fields, &a)) {
		agreement = a.agreement;
		note(s, &a);
	}
	end(s, agreement);
}

/* What came of this file before. */
static bool
recall(struct task *t, struct page *p, struct sheet *s, struct err *e)
{
	AUTO_PTR(rows)
	rows = act_rows(
	    t, p, SQL_PORTAL_CSP_INVITED, ARGS(P_ME(p), P_BYTES(s->batch, DIGEST_BYTES)), e);
	int64_t agreement = 0;
	int32_t n = 0;
	struct asked a;

	if (rows == NULL)
		return false;
	s->n = 0;
	while (ROWS_NEXT(rows, before_fields, &a)) {
		if (a.n < 1 || (size_t)a.n > s->all.n)
			continue;
		if (a.n != n) {
			end(s, agreement);
			gather(s, (size_t)a.n - 1);
			n = a.n;
			agreement = a.agreement;
		}
		note(s, &a);
	}
	end(s, agreement);
	return true;
}

static bool
ask(struct task *t, struct page *p, struct sheet *s, size_t at, struct err *e)
{
	const struct invitation *i = &s->all.at[at];
	struct str reads[READS_MOST];
	size_t n = reads_of(i->reads, reads);
	struct param months = P_INT4((int32_t)i->months);
	AUTO_PTR(rows) rows = NULL;

	if (!gather(s, at)) {
		settle(s, 0, "too-long", STR("a group of at most 100 premises on this page"));
		return true;
	}
	if (!mailbox_seal(&s->box, p->portal->consent_keys, "agreement.email", i->email, e))
		return false;
	if (i->months == 0)
		months = (struct param)P_NULL();
	task_deadline(t, 0);
	task_deadline(t, ROW_MS);
	rows = act_rows(t, p, SQL_PORTAL_CSP_INVITE,
	    ARGS(P_ME(p), P_BYTES(s->batch, DIGEST_BYTES), P_INT4((int32_t)at + 1),
		P_TEXTS(s->esiids, s->n), P_TEXTS(s->meters, s->n), P_TEXTS(s->reps, s->n),
		P_MAILBOX(s->box), P_BYTES(s->box.domain, sizeof s->box.domain), P_STR(i->kind),
		P_TEXTS(reads, n), months, P_INT4((int32_t)i->history), P_STR(i->language),
		P_STR(i->reference), P_STR(page_source(p))),
	    e);
	if (rows == NULL)
		return false;
	take(s, rows);
	return true;
}

/* ---- the page ---- */

static const struct column columns[] = {
	{ TEXT_SHEET_LINE, true },
	{ TEXT_ESIID, false },
	{ TEXT_SHEET_OUTCOME, false },
	{ TEXT_SHEET_EXPECTED, false },
};

static void
put(struct listing *l, const struct invitation *i)
{
	bool good = i->fault.code[0] == '\0';

	listing_row(l);
	listing_number(l, (int64_t)i->line);
	listing_text(l, i->esiid);
	if (good && i->agreement != 0)
		listing_link(l, text_of(l->p->language, TEXT_SHEET_ASKED),
		    "/csp/agreements/%lld", (long long)i->agreement);
	else
		listing_text(l, str_of(i->fault.code));
	if (!good && i->fault.found[0] != '\0')
		listing_more(l, says_sheet(l->p, str_of(i->fault.found)));
	listing_text(l, good ? STR("") : says_sheet(l->p, str_of(i->fault.expected)));
}

/* What is to be put right, as a file that is in the page itself: nothing of it is stored. */
static bool
put_file(struct page *p, const struct sheet *s, struct err *e)
{
	static const char before[] = "data:text/csv;charset=utf-8;base64,";
	AUTO(buf) b = BUF(FAULTS_BYTES_MOST);
	size_t n = 0;
	char *to;

	buf_str(&b, STR("line,esiid,reference,code,column,found,expected\n"));
	for (size_t i = 0; i < s->all.n && n < FAULTS_MOST; i++) {
		const struct invitation *r = &s->all.at[i];

		if (r->fault.code[0] == '\0')
			continue;
		n++;
		buf_fmt(&b, "%llu,", (unsigned long long)r->line);
		csv_put(&b, r->esiid);
		buf_byte(&b, ',');
		csv_put(&b, r->reference);
		buf_fmt(&b, ",%s,", r->fault.code);
		if (r->fault.column > 0)
			buf_fmt(&b, "%u", r->fault.column);
		buf_byte(&b, ',');
		csv_put(&b, says_sheet(p, str_of(r->fault.found)));
		buf_byte(&b, ',');
		csv_put(&b, says_sheet(p, str_of(r->fault.expected)));
		buf_byte(&b, '\n');
	}
	to = arena_get(p->memory, sizeof before + code_b64_size(buf_view(&b).len));
	if (!buf_ok(&b) || to == NULL)
		return err(e, ERR_BUSY, "no memory for a list of faults");
	memcpy(to, before, sizeof before - 1);
	code_b64(to + sizeof before - 1, buf_view(&b).at, buf_view(&b).len);
	view_c(&p->view, "file", n > 0 ? to : "");
	return true;
}

static bool
result(struct task *t, struct page *p, struct sheet *s, struct err *e)
{
	struct listing l;
	size_t faulty = 0, shown = s->all.n < SHOWN_MOST ? s->all.n : SHOWN_MOST;

	if (!listing_begin(
		&l, p, "result", TEXT_SHEET_RESULT, columns, nitems(columns), shown, e))
		return false;
	for (size_t i = 0; i < s->all.n; i++)
		faulty += s->all.at[i].fault.code[0] != '\0';
	/* what is to be put right comes first */
	for (int good = 0; good < 2; good++)
		for (size_t i = 0; i < s->all.n && l.n_rows < shown; i++)
			if ((s->all.at[i].fault.code[0] == '\0') == (good == 1))
				put(&l, &s->all.at[i]);
	view_set(&p->view, "asked", page_grouped(p, (int64_t)s->asked));
	view_set(&p->view, "count", page_grouped(p, (int64_t)s->all.n));
	view_set(&p->view, "faulty", page_grouped(p, (int64_t)faulty));
	view_set(&p->view, "shown", page_grouped(p, (int64_t)shown));
	view_c(&p->view, "cut", shown < s->all.n ? "1" : "");
	return put_file(p, s, e) &&
	       listing_end(&l, TEXT_SHEET_EMPTY, TEXT_SHEET_EMPTY_SAYS, e) &&
	       page_send(t, p, faulty > 0 ? 422 : 200, "csp_sheet_result.html", e);
}

static bool
show(struct task *t, struct page *p, int status, const enum text *wrong, struct err *e)
{
	view_c(&p->view, "script", file_named(STR("sheet.js"))->tag);
	return fields_set(p, "fields", fields, nitems(fields), NULL, wrong, e) &&
	       page_send(t, p, status, "csp_sheet.html", e);
}

/* There is more of the file than one request may take. */
static bool
go_on(struct task *t, struct page *p, const struct sheet *s, struct err *e)
{
	size_t looked = 0;

	for (size_t i = 0; i < s->all.n; i++)
		looked += s->all.at[i].agreement != 0 || s->all.at[i].fault.code[0] != '\0';
	view_set(&p->view, "looked", page_grouped(p, (int64_t)looked));
	view_set(&p->view, "lines", page_grouped(p, (int64_t)s->all.n));
	view_set(&p->view, "at", page_number(p, (int64_t)looked));
	view_set(&p->view, "most", page_number(p, (int64_t)s->all.n));
	return show(t, p, 200, NULL, e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, NULL, 0);
	view_c(&p->view, "looked", "");
	return show(t, p, 200, NULL, e);
}

/* The file as a whole cannot be taken. */
static bool
refuse(struct task *t, struct page *p, const struct sheet *s, struct err *e)
{
	const struct invitation_fault *w = &s->all.why;
	enum text wrong[] = { TEXT_WRONG_SHEET };

	if (s->all.refused) {
		says_sheet_line(
		    p, s->all.why_line, w->column, str_of(w->found), str_of(w->expected));
	} else {
		wrong[0] = TEXT_WRONG_SHEET_LONG;
	}
	page_say(p, "wrong", wrong[0]);
	return show(t, p, 422, wrong, e);
}

static bool
ask_all(struct task *t, struct page *p, struct sheet *s, struct err *e)
{
	uint64_t until = loop_now_ms(task_loop(t)) + STEP_MS;
	int status;

	for (size_t i = 0; i < s->all.n; i++) {
		const struct invitation *row = &s->all.at[i];

		if (!row->first || row->fault.code[0] != '\0' || row->agreement != 0)
			continue;
		if (loop_now_ms(task_loop(t)) >= until)
			return go_on(t, p, s, e);
		if (!ask(t, p, s, i, e)) {
			status = act_refused(p, e);
			return status != 0 && show(t, p, status, NULL, e);
		}
	}
	return result(t, p, s, e);
}

static bool
invite(struct task *t, struct page *p, struct sheet *s, struct err *e)
{
	digest_of(s->bytes.at, s->bytes.len, s->batch);
	if (!work_run(t, read_all, s, e))
		return false;
	if (!s->read) {
		*e = s->all.e;
		return false;
	}
	if (s->all.refused || s->all.n == 0 || s->all.n > ROWS_MOST)
		return refuse(t, p, s, e);
	return recall(t, p, s, e) && ask_all(t, p, s, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, missing[] = { TEXT_WRONG_SHEET };
	struct sheet *s = arena_get(p->memory, sizeof *s);
	struct form *f;
	bool ok;

	act_page(p, NULL, 0);
	view_c(&p->view, "looked", "");
	if (s == NULL)
		return err(e, ERR_BUSY, "no memory for a sheet");
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, e);
	s->bytes = form_get(f, "file");
	if (s->bytes.len == 0) {
		page_say(p, "wrong", TEXT_WRONG_SEE);
		return show(t, p, 422, missing, e);
	}
	ok = invite(t, p, s, e);
	invitations_auto(&s->all);
	return ok;
}

bool
csp_sheet_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_sheet_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
