/*
 * Reference files: each record of a CSV becomes a row of stage.<format>; then one SQL function
 * applies them all at once and says which it could not. What identifies a customer is sealed
 * here, so it is never in the database in clear.
 */
#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "ingest.h"
#include "meter/format_csv.h"
#include "rt/log.h"
#include "source.h"

enum {
	STAGE_BYTES = 4 * 1024 * 1024, /* copied in when more than this has gathered */
	STAGE_MOST_BYTES = 64 * 1024 * 1024,
	SEALED_MOST = 512
};

struct rows_under_way {
	struct loading *l;
	struct reader *reader;
	struct buf stage;
	int32_t load;
	enum io_got got;
	struct err e;
};

struct stage { /* one row a format: what to copy into, what applies it */
	const char *format;
	enum sql copy, apply;
};
static const struct stage stages[] = {
	{ "premise", SQL_STAGE_PREMISE, SQL_LOAD_PREMISE },
	{ "meter", SQL_STAGE_METER, SQL_LOAD_METER },
	{ "rep", SQL_STAGE_REP, SQL_LOAD_REP },
	{ "occupancy", SQL_STAGE_OCCUPANCY, SQL_LOAD_OCCUPANCY },
	{ "customer", SQL_STAGE_CUSTOMER, SQL_LOAD_CUSTOMER },
	{ "register", SQL_STAGE_REGISTER, SQL_LOAD_REGISTER },
	{ "billing", SQL_STAGE_BILLING, SQL_LOAD_BILLING },
	{ "rate", SQL_STAGE_RATE, SQL_LOAD_RATE },
};

static const struct stage *
stage_of(const struct format *f)
{
	for (size_t i = 0; i < nitems(stages); i++)
		if (strcmp(stages[i].format, f->name) == 0)
			return &stages[i];
	return NULL;
}

/* ---- sealing ---- */

struct sealed {
	char bytes[SEALED_MOST + SEAL_EXTRA];
	unsigned char index[INDEX_BYTES];
	char normal[SEALED_MOST];
	struct str sealed_text, index_text;
};

/* A text without a normal form has no index. */
static void
index_of(struct rows_under_way *w, const char *kind, struct str text, struct sealed *s)
{
	s->index_text = (struct str){ NULL, 0 };
	if (text.at == NULL || !normal_form(kind, text, s->normal, sizeof s->normal))
		return;
	blind_index(w->l->in->keys, s->index, kind, str_of(s->normal));
	s->index_text = (struct str){ (const char *)s->index, INDEX_BYTES };
}

/* place: the column, then the account's index: a value moved to another row does not open. */
static void
seal_field(struct rows_under_way *w, const char *column, const char *kind, struct str account,
    struct str text, struct sealed *s)
{
	char place[64 + INDEX_BYTES];
	size_t len;

	s->sealed_text = s->index_text = (struct str){ NULL, 0 };
	if (text.at == NULL || text.len > SEALED_MOST)
		return;
	len = strlen(column);
	memcpy(place, column, len);
	memcpy(place + len, account.at, account.len);
	s->sealed_text.at = s->bytes;
	s->sealed_text.len =
	    seal(w->l->in->keys, s->bytes, text, (struct str){ place, len + account.len });
	index_of(w, kind, text, s);
}

static void
seal_list(struct rows_under_way *w, const char *column, const char *kind, struct str account,
    struct str list)
{
	struct sealed *s = calloc(LIST_ITEMS_MOST, sizeof *s);
	struct str sealed[LIST_ITEMS_MOST], index[LIST_ITEMS_MOST], rest = list, item;
	size_t n = 0;

	while (s != NULL && n < LIST_ITEMS_MOST && list_next(&rest, &item)) {
		seal_field(w, column, kind, account, item, &s[n]);
		/* "n/a" as a phone: kept, by an index that no number can have */
		if (s[n].index_text.at == NULL) {
			blind_index(w->l->in->keys, s[n].index, kind, item);
			s[n].index_text = (struct str){ (const char *)s[n].index, INDEX_BYTES };
		}
		sealed[n] = s[n].sealed_text;
		index[n] = s[n].index_text;
		n++;
	}
	copy_array(&w->stage, sealed, n, true);
	copy_array(&w->stage, index, n, true);
	free(s);
}

static void
put_list(struct buf *b, struct str list)
{
	struct str item, rest = list, one[LIST_ITEMS_MOST];
	size_t n = 0;

	while (n < LIST_ITEMS_MOST && list_next(&rest, &item))
		one[n++] = item;
	copy_array(b, one, n, false);
}

enum customer_column {
	ACCOUNT,
	NAME,
	KIND,
	PHONES,
	EMAILS,
	ADDRESS,
	LANGUAGE,
	ESIIDS,
	CREATED
};

static void
put_sealed(struct buf *b, const struct sealed *s)
{
	copy_bytes(b, s->sealed_text);
	copy_bytes(b, s->index_text);
}

static void
put_customer(struct rows_under_way *w, const struct row *r)
{
	const struct value *v = r->value;
	struct sealed s, account;
	struct str key;

	index_of(w, "account", v[ACCOUNT].text, &account);
	key = account.index_text;
	if (key.at == NULL)
		key = (struct str){ "", 0 };
	copy_row(&w->stage, 16);
	copy_int4(&w->stage, w->l->load);
	copy_int4(&w->stage, (int32_t)r->line);
	copy_bytes(&w->stage, key);
	seal_field(w, "customer.account", "account", key, v[ACCOUNT].text, &s);
	copy_bytes(&w->stage, s.sealed_text);
	seal_field(w, "customer.name", "name", key, v[NAME].text, &s);
	put_sealed(&w->stage, &s);
	copy_bytes(&w->stage, v[KIND].text);
	seal_list(w, "contact.phone", "phone", key, v[PHONES].text);
	seal_list(w, "contact.email", "email", key, v[EMAILS].text);
	seal_field(w, "customer.address", "address", key,
	    v[ADDRESS].null ? (struct str){ NULL, 0 } : v[ADDRESS].text, &s);
	put_sealed(&w->stage, &s);
	copy_bytes(&w->stage, v[LANGUAGE].null ? (struct str){ NULL, 0 } : v[LANGUAGE].text);
	put_list(&w->stage, v[ESIIDS].text);
	copy_stamp(&w->stage, v[CREATED].null ? w->l->reading.received_s : v[CREATED].number);
}

/* ---- rows as they are ---- */

static void
put_value(struct rows_under_way *w, const struct column *c, const struct value *v)
{
	if (v->null && c->type == COL_STAMP && strcmp(c->name, "created") == 0) {
		copy_stamp(&w->stage, w->l->reading.received_s);
		return;
	}
	if (v->null) {
		copy_null(&w->stage);
		return;
	}
	switch (c->type) {
	case COL_DATE:
		copy_date(&w->stage, (int32_t)v->number);
		break;
	case COL_STAMP:
		copy_stamp(&w->stage, v->number);
		break;
	case COL_TIME:
	case COL_INT:
		copy_int4(&w->stage, (int32_t)v->number);
		break;
	case COL_KWH:
	case COL_MILLI:
	case COL_MONEY:
	case COL_PRICE:
		copy_int8(&w->stage, v->number);
		break;
	default:
		copy_bytes(&w->stage, v->text);
	}
}

static void
put_account(struct rows_under_way *w, const struct value *v)
{
	struct sealed s;

	index_of(w, "account", v->null ? (struct str){ NULL, 0 } : v->text, &s);
	copy_bytes(&w->stage, s.index_text);
}

static void
put_row(struct rows_under_way *w, const struct row *r)
{
	const struct format *f = w->l->format;
	bool occupancy = strcmp(f->name, "occupancy") == 0;

	copy_row(&w->stage, (int)r->n + 2);
	copy_int4(&w->stage, w->l->load);
	copy_int4(&w->stage, (int32_t)r->line);
	for (size_t i = 0; i < r->n; i++)
		if (occupancy && strcmp(f->columns[i].name, "account") == 0)
			put_account(w, &r->value[i]);
		else
			put_value(w, &f->columns[i], &r->value[i]);
}

/* ---- sink: in the work pool ---- */

/* Whether each ESI ID of the row is the sender's; the first that is not refuses the row. */
static bool
mine(struct loading *l, const struct row *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct fault f = fault_at(RULE_OTHER_TDU, &l->rules, r->line, 0);
		struct esiid id;

		if (l->format->columns[i].type != COL_ESIID || r->value[i].null ||
		    !esiid_read(r->value[i].text, &id) || esiid_mine(l, id, &f))
			continue;
		f.esiid = id;
		if (f.severity < SEV_QUARANTINE) {
			findings_note(&l->findings, &f);
			continue;
		}
		findings_reject(&l->findings, &f);
		return false;
	}
	return true;
}

/* What must be found by its index must have one; the value itself is nobody's business. */
static bool
has_index(
    struct rows_under_way *w, const struct row *r, const char *kind, const struct value *v)
{
	struct sealed s;
	struct fault f = fault_at(RULE_FIELD, &w->l->rules, r->line, 0);

	if (v->null)
		return true;
	index_of(w, kind, v->text, &s);
	if (s.index_text.at != NULL)
		return true;
	if (f.severity < SEV_QUARANTINE)
		f.severity = SEV_REJECT;
	fault_found(&f, "%zu bytes", v->text.len);
	fault_expected(&f, "letters or digits in the %s", kind);
	findings_reject(&w->l->findings, &f);
	return false;
}

static bool
findable(struct rows_under_way *w, const struct row *r)
{
	const struct format *f = w->l->format;

	for (size_t i = 0; i < r->n; i++) {
		const char *name = f->columns[i].name;

		if ((strcmp(name, "account") == 0 ||
			(strcmp(f->name, "customer") == 0 && strcmp(name, "name") == 0)) &&
		    !has_index(w, r, name, &r->value[i]))
			return false;
	}
	return true;
}

/* Lines are int4 where they stand beside what was loaded. */
static bool
countable(struct rows_under_way *w, const struct row *r)
{
	struct fault f = fault_at(RULE_STRUCTURE, &w->l->rules, r->line, 0);

	if (r->line <= INT32_MAX)
		return true;
	f.severity = SEV_REJECT;
	fault_expected(&f, "at most %d lines", INT32_MAX);
	findings_reject(&w->l->findings, &f);
	return false;
}

static void
sink_row(void *self, const struct row *r)
{
	struct rows_under_way *w = self;

	w->l->records++;
	if (!countable(w, r) || !mine(w->l, r) || !findable(w, r))
		return;
	w->l->accepted++;
	if (strcmp(w->l->format->name, "customer") == 0)
		put_customer(w, r);
	else
		put_row(w, r);
}

static void
sink_fault(void *self, const struct fault *f)
{
	struct rows_under_way *w = self;

	w->l->records += f->severity >= SEV_QUARANTINE;
	if (f->severity >= SEV_QUARANTINE)
		findings_reject(&w->l->findings, f);
	else
		findings_note(&w->l->findings, f);
}

static void
fill_work(void *arg)
{
	struct rows_under_way *w = arg;
	struct str piece;

	while (w->stage.len < STAGE_BYTES && buf_ok(&w->stage)) {
		w->got = source_piece(w->l->source, &piece, &w->e);
		if (w->got == IO_FAIL || (w->got == IO_OK && piece.len == 0))
			return;
		reader_feed(w->reader, piece, w->got == IO_END);
		if (w->got == IO_END)
			return;
	}
}

/* ---- task ---- */

static bool
copy_stage(struct task *t, struct rows_under_way *w, const struct stage *s, struct err *e)
{
	bool ok;

	if (w->stage.len == COPY_HEADER_BYTES)
		return true;
	copy_trailer(&w->stage);
	if (!buf_ok(&w->stage))
		return err(e, ERR_TOO_BIG, "a piece of the file has too many records");
	ok = copy_in_begin(t, w->l->conn, s->copy, e) &&
	     copy_in_add(t, w->l->conn, w->stage.at, w->stage.len, e) &&
	     copy_in_end(t, w->l->conn, NULL, e);
	buf_reset(&w->stage);
	copy_header(&w->stage);
	return ok;
}

static bool
read_all(struct task *t, struct rows_under_way *w, const struct stage *s, struct err *e)
{
	copy_header(&w->stage);
	do {
		if (!work_run(t, fill_work, w, e))
			return false;
		if (w->got == IO_FAIL) {
			if (e != NULL)
				*e = w->e;
			return false;
		}
		if (!copy_stage(t, w, s, e))
			return false;
		if (w->got == IO_OK && !source_wait(t, w->l->source, e))
			return false;
	} while (w->got != IO_END);
	return source_done(t, w->l->source, e);
}

struct applied {
	int64_t line;
	int32_t col;
	struct str rule, severity, esiid, found, expected;
};
static const struct db_field applied_fields[] = { DB_INT8(applied, line), DB_INT4(applied, col),
	DB_TEXT(applied, rule), DB_TEXT(applied, severity), DB_TEXT(applied, esiid),
	DB_TEXT(applied, found), DB_TEXT(applied, expected) };

static enum rule
rule_of(struct str code)
{
	for (int i = 0; i < RULES; i++)
		if (str_is(code, rule_rows[i].code))
			return (enum rule)i;
	return RULE_CONFLICT;
}

/* Whether the SQL functions keep the record; the others they take out, whatever the utility's
 * severity. */
static bool
is_kept(enum rule rule)
{
	return rule == RULE_UNKNOWN_ESIID || rule == RULE_UNKNOWN_ACCOUNT ||
	       rule == RULE_REGISTER;
}

static bool
apply(struct task *t, struct loading *l, const struct stage *s, struct err *e)
{
	struct applied row;
	AUTO_PTR(rows) rows = db_rows(t, l->conn, s->apply, ARGS(P_INT4(l->load)), e);

	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, applied_fields, &row)) {
		struct fault f = fault_at(
		    rule_of(row.rule), &l->rules, (uint64_t)row.line, (uint32_t)row.col);

		if (row.esiid.at == NULL || !esiid_read(row.esiid, &f.esiid))
			f.esiid = (struct esiid){ 0, 0 };
		fault_found(&f, STR_FMT, STR_ARG(row.found));
		fault_expected(&f, STR_FMT, STR_ARG(row.expected));
		if (is_kept(f.rule)) {
			f.severity = SEV_FLAG;
			findings_note(&l->findings, &f);
			continue;
		}
		if (f.severity != SEV_QUARANTINE)
			f.severity = SEV_REJECT;
		l->accepted--;
		findings_reject(&l->findings, &f);
	}
	return true;
}

struct touched {
	int32_t premise;
	struct str esiid;
	bool known;
};
static const struct db_field touched_fields[] = { DB_INT4(touched, premise),
	DB_TEXT(touched, esiid), DB_BOOL(touched, known) };

/* The table of ESI IDs learns what this load announced. It may know more than is committed when
 * the load fails later: tdu_premises() is then read anew (see file.c). */
static bool
learn(struct task *t, struct loading *l, struct err *e)
{
	struct touched row;
	AUTO_PTR(rows)
	rows = db_rows(t, l->conn, SQL_PREMISE_OF_LOAD, ARGS(P_INT4(l->load)), e);

	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, touched_fields, &row)) {
		struct esiid id;

		if (esiid_read(row.esiid, &id) &&
		    !premises_put(l->tdu->premises, id, row.premise, row.known, e))
			return false;
	}
	return true;
}

bool
rows_load(struct task *t, struct loading *l, struct err *e)
{
	struct rows_under_way w = { .l = l, .stage = BUF(STAGE_MOST_BYTES) };
	struct sink sink = { .self = &w, .row = sink_row, .fault = sink_fault };
	const struct stage *s = stage_of(l->format);
	bool ok;

	if (s == NULL)
		return err(e, ERR_BUG, "no staging table for the format %s", l->format->name);
	w.reader = reader_new(l->format, &l->reading, &sink, e);
	ok = w.reader != NULL && read_all(t, &w, s, e) && apply(t, l, s, e) && learn(t, l, e);
	reader_free(&w.reader);
	buf_auto(&w.stage);
	if (ok)
		loading_hold(l, RULE_FILE_FOREIGN, l->foreign, l->records);
	return ok;
}
