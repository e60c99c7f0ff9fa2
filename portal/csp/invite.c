/*
 * Asks one customer, for one premise or some. Without script: another premise is another
 * button, which gives the form back with one more row. What is wrong stands beside its field,
 * also what only the database can know.
 */
#include "csp.h"

#include <stdio.h>

#include "reps.h"
#include "store/mailbox.h"
#include "sys/digest.h"

enum { ROWS_MOST = 8, PARTS = 3, ESIID_AT = 0, METER_AT, REP_AT, NAME_SIZE = 12 };
enum { EMAIL, REFERENCE, LANGUAGE, KIND, MONTHS, READS, HISTORY, TERMS };
enum { READS_MOST = 3, MONTHS_MOST = 36, MONTHS_HOME = 12, HISTORY_MOST = 24 };

static const struct field parts[PARTS] = {
	{ "esiid", "text", "off", 30, TEXT_ESIID, TEXT_ESIID_HINT, TEXT_WRONG_ESIID },
	{ "meter", "text", "off", 40, TEXT_METER_NUMBER, TEXT_METER_HINT, TEXT_WRONG_METER },
	{ "rep", "select", "off", 10, TEXT_REP, TEXT_REP_HINT, TEXT_ASK_WRONG_REP },
};

static const struct field terms[TERMS] = {
	[EMAIL] = { "email", "email", "off", 254, TEXT_CUSTOMER_EMAIL, TEXT_CUSTOMER_EMAIL_HINT,
	    TEXT_WRONG_EMAIL },
	[REFERENCE] = { "reference", "text", "off", 100, TEXT_REFERENCE, TEXT_REFERENCE_HINT,
	    TEXTS },
	[LANGUAGE] = { "language", "select", "off", 2, TEXT_MAIL_LANGUAGE, TEXTS, TEXTS },
	[KIND] = { "kind", "select", "off", 20, TEXT_AGREEMENT_KIND, TEXTS, TEXTS },
	[MONTHS] = { "months", "number", "off", 2, TEXT_TERM_ASKED, TEXT_TERM_HINT, TEXTS },
	[READS] = { "reads", "checks", "off", 1, TEXT_READS, TEXTS, TEXTS },
	[HISTORY] = { "history", "number", "off", 2, TEXT_HISTORY_MONTHS_ASKED,
	    TEXT_HISTORY_HINT, TEXTS },
};

static const struct field_preset presets[] = {
	{ "rows", "1" },
	{ "language", "EN" },
	{ "kind", "ENERGY" },
	{ "months", "12" },
	{ "reads-interval", "1" },
	{ "reads-register", "1" },
	{ "reads-billing", "1" },
	{ "history", "0" },
};

struct wish {
	const struct form *f;
	size_t rows; /* that are shown */
	struct field *row;
	enum text bad_row[ROWS_MOST * PARTS], bad[TERMS];
	struct field_choices choices[3], reps;
	/* what is asked */
	struct str esiids[ROWS_MOST], meters[ROWS_MOST], reps_of[ROWS_MOST], reads[READS_MOST];
	size_t place[ROWS_MOST]; /* the row that each was in */
	size_t n, n_reads;
	int64_t months, history; /* months 0: none */
	struct str kind, language;
	struct mailbox box;
	bool faulty;
};

/* ---- the form ---- */

/* "esiid1", "meter1", "rep1", … */
static bool
name_rows(struct page *p, struct wish *w, struct err *e)
{
	char name[NAME_SIZE];

	w->row = arena_get(p->memory, ROWS_MOST * PARTS * sizeof *w->row);
	if (w->row == NULL)
		return err(e, ERR_BUSY, "no memory for a form");
	for (size_t i = 0; i < ROWS_MOST * PARTS; i++) {
		w->row[i] = parts[i % PARTS];
		snprintf(name, sizeof name, "%s%zu", parts[i % PARTS].name, i / PARTS + 1);
		w->row[i].name = page_keep(p, str_of(name)).at;
		if (i >= PARTS)
			w->row[i].missing = TEXTS;
	}
	return true;
}

static bool
prepare(struct task *t, struct page *p, struct wish *w, const struct form *f, struct err *e)
{
	int64_t rows = 1;

	*w = (struct wish){ .f = f };
	(void)act_form_number(f, "rows", &rows);
	w->rows = rows < 1 ? 1 : rows > ROWS_MOST ? ROWS_MOST : (size_t)rows;
	for (size_t i = 0; i < nitems(w->bad_row); i++)
		w->bad_row[i] = TEXTS;
	for (size_t i = 0; i < TERMS; i++)
		w->bad[i] = TEXTS;
	return name_rows(p, w, e) && reps_read(t, p, "rep", &w->reps, e) &&
	       csp_languages(p, &w->choices[0], e) && csp_kinds(p, &w->choices[1], false, e) &&
	       csp_kinds_of_reads(p, &w->choices[2], e);
}

static bool
put_rows(struct page *p, struct wish *w, struct err *e)
{
	struct view *items = page_items(p, w->rows, 2, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < w->rows; i++) {
		struct field_choices reps = w->reps;

		reps.field = w->row[i * PARTS + REP_AT].name;
		view_set(&items[i], "place", page_number(p, (int64_t)i + 1));
		if (!fields_put(p, &items[i], "fields", w->row + i * PARTS, PARTS, &reps, 1,
			w->f, w->bad_row + i * PARTS, e))
			return false;
	}
	view_list(&p->view, "premises", items, w->rows);
	view_set(&p->view, "rows", page_number(p, (int64_t)w->rows));
	view_c(&p->view, "room", w->rows < ROWS_MOST ? "1" : "");
	return true;
}

static bool
show(struct task *t, struct page *p, int status, struct wish *w, struct err *e)
{
	return put_rows(p, w, e) &&
	       fields_put(p, &p->view, "fields", terms, TERMS, w->choices, nitems(w->choices),
		   w->f, w->bad, e) &&
	       page_send(t, p, status, "csp_invite.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	struct form *f = fields_preset(p, presets, nitems(presets), e);
	struct wish w;

	act_page(p, NULL, 0);
	return f != NULL && prepare(t, p, &w, f, e) && show(t, p, 200, &w, e);
}

/* ---- what was filled in ---- */

static void
mark(struct wish *w, enum text *where, enum text what)
{
	*where = what;
	w->faulty = true;
}

/* A row that is empty is no premise, but for the first. */
static void
read_row(struct wish *w, size_t i)
{
	const struct field *row = w->row + i * PARTS;
	struct str esiid = str_trim(form_get(w->f, row[ESIID_AT].name)),
		   meter = str_trim(form_get(w->f, row[METER_AT].name)),
		   rep = fields_chosen(w->f, row[REP_AT].name, w->reps.at, w->reps.n);
	char normal[METER_NUMBER_MOST + 1];
	enum text *bad = w->bad_row + i * PARTS;
	struct esiid id;

	if (i > 0 && esiid.len == 0 && meter.len == 0 && rep.len == 0)
		return;
	if (!esiid_read(esiid, &id))
		mark(w, &bad[ESIID_AT], TEXT_WRONG_ESIID);
	if (!meter_number_normal(meter, normal))
		mark(w, &bad[METER_AT], TEXT_WRONG_METER);
	if (rep.len == 0)
		mark(w, &bad[REP_AT], TEXT_ASK_WRONG_REP);
	w->place[w->n] = i;
	w->esiids[w->n] = esiid;
	w->meters[w->n] = meter;
	w->reps_of[w->n++] = rep;
}

static bool
number_of(const struct form *f, const char *name, int64_t least, int64_t most, int64_t *n)
{
	*n = 0;
	if (str_trim(form_get(f, name)).len == 0)
		return least == 0;
	return act_form_number(f, name, n) && *n >= least && *n <= most;
}

static void
read_terms(struct page *p, struct wish *w)
{
	enum text found[FIELDS_MOST];
	struct err e = { 0 };
	bool once, device;

	w->language = fields_chosen(w->f, "language", w->choices[0].at, w->choices[0].n);
	w->kind = fields_chosen(w->f, "kind", w->choices[1].at, w->choices[1].n);
	once = str_is(w->kind, "ENERGY_ONCE");
	device = str_starts(w->kind, "DEVICE");
	if (w->language.len == 0)
		w->language = STR("EN");
	if (!once && !number_of(w->f, "months", 1, MONTHS_MOST, &w->months))
		mark(w, &w->bad[MONTHS], TEXT_WRONG_MONTHS);
	if (!number_of(w->f, "history", once ? 1 : 0, HISTORY_MOST, &w->history))
		mark(w, &w->bad[HISTORY], TEXT_WRONG_HISTORY);
	if (!device)
		w->n_reads =
		    fields_checked(w->f, "reads", w->choices[2].at, READS_MOST, w->reads);
	if (!device && w->n_reads == 0)
		mark(w, &w->bad[READS], TEXT_WRONG_KINDS);
	if (!mailbox_seal(&w->box, p->portal->consent_keys, "agreement.email",
		str_trim(form_get(w->f, "email")), &e))
		mark(w, &w->bad[EMAIL], TEXT_WRONG_EMAIL);
	if (!fields_check(&terms[REFERENCE], 1, w->f, found))
		mark(w, &w->bad[REFERENCE], found[0]);
}

/* ---- asking ---- */

/* What the database finds, and where it is said: beside the premise of the row, or a term. */
static const struct {
	const char *code;
	enum text text;
	int term; /* -1: the row's */
} findings[] = {
	{ "not-matched", TEXT_FAULT_MATCH, -1 },
	{ "twice", TEXT_FAULT_TWICE, -1 },
	{ "open-invitation", TEXT_FAULT_OPEN, -1 },
	{ "not-live", TEXT_FAULT_NOT_LIVE, -1 },
	{ "term", TEXT_FAULT_TERM, MONTHS },
	{ "mailbox-limit", TEXT_FAULT_MAILBOX, EMAIL },
};

struct asked {
	int64_t agreement;
	int32_t row;
	struct str code, message;
};
static const struct db_field asked_fields[] = {
	DB_INT8(asked, agreement),
	DB_INT4(asked, row),
	DB_TEXT(asked, code),
	DB_TEXT(asked, message),
};

static void
finding(struct page *p, struct wish *w, const struct asked *a)
{
	size_t at = a->row > 0 && (size_t)a->row <= w->n ? w->place[a->row - 1] : 0;

	w->faulty = true;
	for (size_t i = 0; i < nitems(findings); i++) {
		if (!str_is(a->code, findings[i].code))
			continue;
		if (findings[i].term < 0)
			w->bad_row[at * PARTS + ESIID_AT] = findings[i].text;
		else
			w->bad[findings[i].term] = findings[i].text;
		return;
	}
	view_set(&p->view, "detail", page_keep(p, a->message));
}

/* The same form again asks for the same: what came of it is told again. */
static void
batch_of(const struct form *f, unsigned char to[DIGEST_BYTES])
{
	AUTO_PTR(digest) d = digest_new();

	for (size_t i = 0; d != NULL && i < f->n; i++) {
		digest_add(d, f->at[i].name.at, f->at[i].name.len + 1);
		digest_add(d, f->at[i].value.at, f->at[i].value.len + 1);
	}
	if (d != NULL)
		digest_end(d, to);
}

static bool
ask(struct task *t, struct page *p, struct wish *w, int64_t *agreement, struct err *e)
{
	unsigned char batch[DIGEST_BYTES] = { 0 };
	struct param months = P_INT4((int32_t)w->months);
	AUTO_PTR(rows) rows = NULL;
	struct asked a;

	batch_of(w->f, batch);
	if (w->months == 0)
		months = (struct param)P_NULL();
	rows = act_rows(t, p, SQL_PORTAL_CSP_INVITE,
	    ARGS(P_ME(p), P_BYTES(batch, DIGEST_BYTES), P_INT4(1), P_TEXTS(w->esiids, w->n),
		P_TEXTS(w->meters, w->n), P_TEXTS(w->reps_of, w->n), P_MAILBOX(w->box),
		P_BYTES(w->box.domain, sizeof w->box.domain), P_STR(w->kind),
		P_TEXTS(w->reads, w->n_reads), months, P_INT4((int32_t)w->history),
		P_STR(w->language), P_STR(str_trim(form_get(w->f, "reference"))),
		P_STR(page_source(p))),
	    e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, asked_fields, &a)) {
		*agreement = a.agreement;
		if (a.code.at != NULL)
			finding(p, w, &a);
	}
	return true;
}

static bool
send(struct task *t, struct page *p, struct wish *w, struct err *e)
{
	int64_t agreement = 0;
	int status;

	for (size_t i = 0; i < w->rows; i++)
		read_row(w, i);
	read_terms(p, w);
	if (!w->faulty && !ask(t, p, w, &agreement, e)) {
		status = act_refused(p, e);
		return status != 0 && show(t, p, status, w, e);
	}
	if (agreement > 0) {
		portal_count_answer("INVITED");
		return act_go(t, p, "invited", e, "/csp/agreements/%lld", (long long)agreement);
	}
	page_say(p, "wrong", TEXT_WRONG_SEE);
	return show(t, p, 422, w, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct form *f;
	enum text wrong;
	struct wish w;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e) || !prepare(t, p, &w, f, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), &w, e);
	if (!str_is(form_get(f, "do"), "more"))
		return send(t, p, &w, e);
	w.rows += w.rows < ROWS_MOST;
	return show(t, p, 200, &w, e);
}

bool
csp_invite_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_invite_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
