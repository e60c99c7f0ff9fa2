/* One file of invitations, from the ledger's waiting row to its end. See sheet.h. */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "rt/log.h"

enum { GROUPS_A_BATCH = 20, COUNTS_MOST = 4096 };

/* ---- bytes ---- */

struct file_read { /* in the work pool */
	int fd;
	struct buf *to;
	struct err e;
	bool ok;
};

static void
read_work(void *arg)
{
	struct file_read *r = arg;
	char *room;
	ssize_t n;

	do {
		room = buf_room(r->to, 64 * 1024);
		n = room == NULL ? -1 : read(r->fd, room, 64 * 1024);
		if (n > 0)
			buf_grew(r->to, (size_t)n);
	} while (n > 0);
	r->ok = n == 0 || (room == NULL ? err(&r->e, ERR_BUSY, "out of memory")
					: err_errno(&r->e, ERR_IO, "cannot read the file"));
}

static bool
read_bytes(struct task *t, struct sheet *s, struct buf *to, struct err *e)
{
	AUTO_FD fd = object_open(
	    s->all->in->objects, OBJECT_IN, (const unsigned char *)s->row->sha256.at, e);
	struct file_read r = { .fd = fd, .to = to };

	if (fd < 0 || !work_run(t, read_work, &r, e))
		return false;
	if (!r.ok)
		return err(e, r.e.code, "%s", r.e.text);
	s->bytes = buf_view(to);
	return true;
}

static void
parse_work(void *arg)
{
	struct sheet *s = arg;

	s->read = invitations_read(&s->invitations, s->bytes);
}

static bool
parse(struct task *t, struct sheet *s, struct err *e)
{
	if (!work_run(t, parse_work, s, e))
		return false;
	return s->read || err(e, s->invitations.e.code, "%s", s->invitations.e.text);
}

/* ---- invitations ---- */

struct said { /* of a line */
	int64_t line, agreement;
	struct str code, message;
};
static const struct db_field said_fields[] = { DB_INT8(said, line), DB_INT8(said, agreement),
	DB_TEXT(said, code), DB_TEXT(said, message) };

static void
gather(struct sheet *s, size_t first)
{
	const struct invitation *at = s->invitations.at;

	s->premises = 0;
	do {
		s->line[s->premises] = (int64_t)at[first].line;
		s->esiid[s->premises] = at[first].esiid;
		s->meter[s->premises] = at[first].meter;
		s->rep[s->premises] = at[first].rep;
		s->premises++;
		first = at[first].next;
	} while (first != 0);
}

/* "interval; billing" as items, each once. */
static size_t
kinds_of(struct str list, struct str to[3])
{
	static const struct str all[] = { { "interval", 8 }, { "register", 8 },
		{ "billing", 7 } };
	size_t n = 0;

	for (size_t i = 0; i < nitems(all); i++)
		if (str_has(list, all[i]))
			to[n++] = all[i];
	return n;
}

/* What came of a line of this group; lines of a group go up, and so do the answers. */
static void
take(struct sheet *s, struct invitation *i, const struct said *row)
{
	if (row->code.at != NULL) {
		char code[INVITATION_CODE_SIZE];

		str_copy(code, sizeof code, row->code);
		invitation_fault(i, code, 0, STR(""), row->message);
		return;
	}
	s->invited += i->first;
	i->agreement = row->agreement;
}

static struct param
months_or_null(const struct invitation *i)
{
	return i->months == 0 ? (struct param)P_NULL() : (struct param)P_INT4(i->months);
}

static bool
invite(struct task *t, struct conn *c, struct sheet *s, size_t first, struct err *e)
{
	struct invitation *at = s->invitations.at, *i = &at[first];
	struct str kinds[3];
	size_t kinds_count = kinds_of(i->reads, kinds), of = first;
	struct said row;

	gather(s, first);
	if (!mailbox_seal(&s->mailbox, s->all->in->keys, "agreement.email", i->email, e))
		return false;
	AUTO_PTR(rows)
	rows = db_rows(t, c, SQL_SHEET_INVITE,
	    ARGS(P_INT8(s->row->file), P_INT8S(s->line, s->premises),
		P_TEXTS(s->esiid, s->premises), P_TEXTS(s->meter, s->premises),
		P_TEXTS(s->rep, s->premises), P_MAILBOX(s->mailbox), P_STR(i->kind),
		P_TEXTS(kinds, kinds_count), months_or_null(i), P_INT4(i->history),
		P_STR(i->language), P_STR(i->reference),
		P_BYTES(s->mailbox.domain, sizeof s->mailbox.domain)),
	    e);
	if (rows == NULL)
		return false;
	if (rows_count(rows) != s->premises)
		return err(e, ERR_BUG, "%zu lines were answered by %zu", s->premises,
		    rows_count(rows));
	while (ROWS_NEXT(rows, said_fields, &row)) {
		take(s, &at[of], &row);
		of = at[of].next;
	}
	return true;
}

struct batch {
	struct sheet *s;
	size_t past; /* where the next one begins */
	int64_t invited;
};

/* May be called again for the same batch, after a deadlock: all that it keeps is set anew. */
static bool
batch_in(struct task *t, struct conn *c, void *arg, struct err *e)
{
	struct batch *b = arg;
	struct sheet *s = b->s;
	size_t at = s->at, groups = 0;

	s->invited = b->invited;
	for (; at < s->invitations.n && groups < GROUPS_A_BATCH; at++) {
		struct invitation *i = &s->invitations.at[at];

		if (!i->first || i->fault.code[0] != '\0')
			continue;
		if (!invite(t, c, s, at, e))
			return false;
		groups++;
	}
	b->past = at;
	return true;
}

static bool
invite_all(struct task *t, struct sheet *s, struct err *e)
{
	while (s->at < s->invitations.n) {
		struct batch b = { .s = s, .invited = s->invited };

		if (db_transaction(t, s->all->db, DB_READ_COMMITTED, batch_in, &b, e) !=
		    DB_FOUND)
			return false;
		s->at = b.past;
	}
	return true;
}

/* ---- ends ---- */

static int64_t
faults_of(const struct sheet *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->invitations.n; i++)
		n += s->invitations.at[i].fault.code[0] != '\0';
	return n;
}

static void
put_counts(const struct sheet *s, struct buf *to)
{
	struct json j = json_to(to);
	int64_t records = (int64_t)s->invitations.n, faults = faults_of(s);

	json_open(&j, NULL);
	json_int(&j, "records", records);
	json_int(&j, "accepted", records - faults);
	json_int(&j, "rejected", faults);
	json_int(&j, "invitations", s->invited);
	json_end(&j);
	buf_byte(to, '\0');
}

struct columns { /* of the faults, an array a column of ledger.reject */
	size_t n;
	int64_t *line;
	int32_t *col;
	struct str *code, *esiid, *found, *expected;
};

static void
columns_auto(struct columns *c)
{
	free(c->line);
	free(c->col);
	free(c->code);
	free(c->esiid);
	free(c->found);
	free(c->expected);
}

static bool
columns_make(struct columns *c, const struct sheet *s, struct err *e)
{
	size_t room = (size_t)faults_of(s) + 1;

	c->line = calloc(room, sizeof *c->line);
	c->col = calloc(room, sizeof *c->col);
	c->code = calloc(room, sizeof *c->code);
	c->esiid = calloc(room, sizeof *c->esiid);
	c->found = calloc(room, sizeof *c->found);
	c->expected = calloc(room, sizeof *c->expected);
	if (c->line == NULL || c->col == NULL || c->code == NULL || c->esiid == NULL ||
	    c->found == NULL || c->expected == NULL)
		return err(e, ERR_BUSY, "out of memory");
	for (size_t k = 0; k < s->invitations.n; k++) {
		const struct invitation *i = &s->invitations.at[k];

		if (i->fault.code[0] == '\0')
			continue;
		c->line[c->n] = (int64_t)i->line;
		c->col[c->n] = (int32_t)i->fault.column;
		c->code[c->n] = str_of(i->fault.code);
		c->esiid[c->n] = i->esiid;
		c->found[c->n] = str_of(i->fault.found);
		c->expected[c->n] = str_of(i->fault.expected);
		c->n++;
	}
	return true;
}

static bool
end_invited(struct task *t, struct sheet *s, struct err *e)
{
	AUTO(columns) c = { 0 };
	AUTO(buf) counts = BUF(COUNTS_MOST);
	struct object_name result;

	if (!columns_make(&c, s, e) || !result_keep(t, s, &result, e))
		return false;
	put_counts(s, &counts);
	AUTO_PTR(conn) conn = db_lease(t, s->all->db, e);
	if (conn == NULL ||
	    db_exec(t, conn, SQL_SHEET_END,
		ARGS(P_INT8(s->row->file), P_TEXT(counts.at),
		    P_BYTES(result.sha256, DIGEST_BYTES), P_INT8(result.size),
		    P_INT8S(c.line, c.n), P_INT4S(c.col, c.n), P_TEXTS(c.code, c.n),
		    P_TEXTS(c.esiid, c.n), P_TEXTS(c.found, c.n), P_TEXTS(c.expected, c.n)),
		NULL, e) > DB_NONE)
		return false;
	log_info(t, "sheet.invited", "records=%zu invitations=%lld faults=%zu",
	    s->invitations.n, (long long)s->invited, c.n);
	count_sheet("INVITED", (int64_t)(s->invitations.n - c.n), (int64_t)c.n);
	return true;
}

static bool
end_refused(struct task *t, struct sheet *s, struct err *e)
{
	const struct invitation_fault *why = &s->invitations.why;
	struct object_name result;
	char words[FAULT_TEXT];

	snprintf(words, sizeof words, "line %llu: found \"%s\", expected %s",
	    (unsigned long long)s->invitations.why_line, why->found, why->expected);
	if (!result_keep(t, s, &result, e))
		return false;
	AUTO_PTR(conn) conn = db_lease(t, s->all->db, e);
	if (conn == NULL ||
	    db_exec(t, conn, SQL_SHEET_REFUSE,
		ARGS(P_INT8(s->row->file), P_TEXT(why->code), P_TEXT(words),
		    P_INT8((int64_t)s->invitations.why_line), P_INT4((int32_t)why->column),
		    P_TEXT(why->found), P_TEXT(why->expected),
		    P_BYTES(result.sha256, DIGEST_BYTES), P_INT8(result.size)),
		NULL, e) > DB_NONE)
		return false;
	log_warn(t, "sheet.refused", "rule=%s", why->code);
	count_sheet("REFUSED", 0, 0);
	return true;
}

static void
refuse(struct sheet *s, uint64_t line, const char *code, struct str found, struct str expected)
{
	struct invitation i = { 0 };

	invitation_fault(&i, code, 0, found, expected);
	s->invitations.refused = true;
	s->invitations.why_line = line;
	s->invitations.why = i.fault;
}

static bool
load(struct task *t, struct sheet *s, struct err *e)
{
	AUTO(buf) bytes = BUF(INVITATION_FILE_MOST_BYTES + 64 * 1024);
	char found[64];

	if (s->row->size > INVITATION_FILE_MOST_BYTES) {
		snprintf(found, sizeof found, "%lld bytes", (long long)s->row->size);
		refuse(s, 1, "too-long", str_of(found), STR("a file of at most 8 MiB"));
		return end_refused(t, s, e);
	}
	return read_bytes(t, s, &bytes, e) && parse(t, s, e) &&
	       (s->invitations.refused ? end_refused(t, s, e)
				       : invite_all(t, s, e) && end_invited(t, s, e));
}

bool
sheet_load(struct task *t, struct sheets *all, const struct sheet_row *row, struct err *e)
{
	struct sheet *s = calloc(1, sizeof *s);
	bool ok;

	if (s == NULL)
		return err(e, ERR_BUSY, "out of memory");
	s->all = all;
	s->row = row;
	ok = load(t, s, e);
	invitations_auto(&s->invitations);
	free(s);
	return ok;
}

bool
sheet_trouble(struct task *t, struct sheets *all, const struct sheet_row *row,
    const char *words, struct err *e)
{
	struct sheet *s = calloc(1, sizeof *s);
	bool ok;

	if (s == NULL)
		return err(e, ERR_BUSY, "out of memory");
	s->all = all;
	s->row = row;
	refuse(s, 1, "file-trouble", STR("a failure of the hub"), str_of(words));
	ok = end_refused(t, s, e);
	free(s);
	return ok;
}
