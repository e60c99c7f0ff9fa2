/*
 * What outsiders verify the audit with: the last checkpoint, for everybody, also as the request
 * to a witness (C2SP tlog-witness); the signatures that witnesses give for it; proofs of single
 * events for whom they are of.
 */
#include "body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store/tree_proof.h"
#include "tree/note.h"

enum { PROOF_MOST = 3 * 1024 * 1024, KEYS_MOST = 32 };

static bool
send_text(struct task *t, struct call *c, const char *type, const struct buf *b, struct err *e)
{
	AUTO(answer) a = { .fd = -1 };

	if (!buf_ok(b))
		return err(e, ERR_TOO_BIG, "the answer is too long");
	answer_begin(&a, c, type);
	for (size_t at = 0; at < b->len; at += ANSWER_PIECE) {
		buf_add(answer_to(&a), b->at + at,
		    b->len - at < ANSWER_PIECE ? b->len - at : ANSWER_PIECE);
		if (!answer_more(&a, e))
			return false;
	}
	return answer_send(t, &a, 200, e);
}

/* ---- the last checkpoint ---- */

static bool
old_of(const struct call *c, int64_t *old, bool *asked, struct err *e)
{
	struct str text;

	*old = 0;
	*asked = call_query(c, "old", &text);
	return !*asked || (str_int64(text, old) && *old >= 0) ||
	       err(e, ERR_USAGE, "\"old\" is no number of entries");
}

bool
v1_audit_checkpoint(struct task *t, struct call *c, struct err *e)
{
	struct checkpoint_row {
		int64_t size;
		struct str note;
	} row;
	static const struct db_field fields[] = { DB_INT8(checkpoint_row, size),
		DB_TEXT(checkpoint_row, note) };
	AUTO(buf) out = BUF(2 * NOTE_BYTES_MOST);
	struct span spans[TREE_SPANS_MOST];
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	int64_t old;
	size_t n = 0;
	bool asked;

	if (!call_only(c, "old", e) || !old_of(c, &old, &asked, e) ||
	    (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_AUDIT_CHECKPOINT, ARGS(P_INT8(old)), fields, nitems(fields),
		&row, &keep, e) != DB_FOUND)
		return false;
	if (asked) {
		buf_fmt(&out, "old %" PRId64 "\n", old);
		if (old > 0 && old < row.size)
			n = tree_bridge((uint64_t)old, (uint64_t)row.size, spans);
		if (!tree_proof_hashes(t, db, spans, n, &out, e))
			return false;
	}
	buf_str(&out, row.note);
	return send_text(t, c, "text/plain; charset=utf-8", &out, e);
}

/* ---- what witnesses sign ---- */

struct key_row {
	struct str known_as;
};

/* Keys that the database has: of the log, of its witnesses. */
static bool
keys_of(struct task *t, struct conn *db, enum sql q, struct note_key *keys, size_t *n,
    struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(key_row, known_as) };
	AUTO_PTR(rows) rows = db_rows(t, db, q, NO_ARGS, e);
	struct key_row row;

	if (rows == NULL)
		return false;
	for (*n = 0; *n < KEYS_MOST && ROWS_NEXT(rows, fields, &row); ++*n)
		if (!note_key_read(&keys[*n], row.known_as, e))
			return false;
	return true;
}

struct signature {
	const struct note_key *witness;
	uint64_t time;
	struct str line;
};

static bool
take(struct task *t, const struct call *c, struct conn *db, const struct checkpoint *at,
    const struct signature *s, struct err *e)
{
	return db_exec(t, db, SQL_V1_AUDIT_COSIGN,
		   ARGS(P_SHOWN(c), P_INT8((int64_t)at->size), P_BYTES(at->root.at, TREE_HASH),
		       P_TEXT(s->witness->name), P_STAMP((int64_t)s->time), P_STR(s->line)),
		   NULL, e) == DB_FOUND;
}

/* The checkpoint as the log signed it, with the lines of witnesses behind that: each that is of
 * a witness we know must hold. How many. */
static bool
take_all(
    struct task *t, struct call *c, struct conn *db, struct str note, int *n, struct err *e)
{
	struct note_key *keys = calloc(2 * KEYS_MOST, sizeof *keys),
			*witnesses = keys + KEYS_MOST;
	size_t key_n = 0, witness_n = 0;
	struct checkpoint at;
	bool ok;

	*n = 0;
	ok = keys != NULL && keys_of(t, db, SQL_V1_AUDIT_KEYS, keys, &key_n, e) &&
	     keys_of(t, db, SQL_V1_AUDIT_WITNESSES, witnesses, &witness_n, e) &&
	     (checkpoint_open(&at, note, keys, key_n, e) ||
		 err(e, ERR_BAD_INPUT, "%s", e->text));
	for (size_t i = 0; ok && i < witness_n; i++) {
		struct signature s = { .witness = &witnesses[i] };

		if (!note_cosigned(note, s.witness, &s.time, &s.line, e))
			ok = err(e, ERR_BAD_INPUT, "%s", e->text);
		else if (s.time != 0 && (ok = take(t, c, db, &at, &s, e)))
			++*n;
	}
	free(keys);
	return ok;
}

bool
v1_audit_cosign(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO(buf) b = BUF(256);
	struct json j = json_to(&b);
	struct str note;
	int n;

	if (!call_only(c, "", e))
		return false;
	if (strcmp(call_kind(c), "REGULATOR") != 0)
		return err(e, ERR_FORBIDDEN, "that is for the commission");
	if (!call_body(t, c, &note, e) || (db = call_lease(t, c, e)) == NULL ||
	    !take_all(t, c, db, note, &n, e))
		return false;
	if (n == 0)
		return err(e, ERR_BAD_INPUT, "no witness that the hub knows has signed it");
	json_open(&j, NULL);
	json_int(&j, "signatures", n);
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}

/* ---- proofs ---- */

static bool
proof(struct task *t, struct call *c, const char *what, struct err *e)
{
	struct proof_row {
		int64_t entry, size;
		struct str line, note;
	} row;
	static const struct db_field fields[] = { DB_INT8(proof_row, entry),
		DB_TEXT(proof_row, line), DB_INT8(proof_row, size), DB_TEXT(proof_row, note) };
	AUTO(buf) out = BUF(PROOF_MOST);
	struct span spans[TREE_SPANS_MOST];
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;

	if (!call_only(c, "", e) || (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_AUDIT_PROOF,
		ARGS(P_SHOWN(c), P_TEXT(what), P_INT8(v1_number(c))), fields, nitems(fields),
		&row, &keep, e) != DB_FOUND)
		return false;
	if (row.line.at == NULL) {
		http_header(c->http, "Retry-After", "2");
		return err(e, ERR_SEQUENCE, "it is being signed: ask again");
	}
	if (!tree_proof_entry(&out, row.line, (uint64_t)row.entry, e) ||
	    !tree_proof_hashes(t, db, spans,
		tree_path((uint64_t)row.entry, (uint64_t)row.size, spans), &out, e))
		return false;
	buf_str(&out, row.note);
	http_header(c->http, "Content-Disposition",
	    "attachment; filename=\"busbar-proof-%s-%s.tlog-proof\"", what, c->param[0]);
	return send_text(t, c, "text/plain; charset=utf-8", &out, e);
}

bool
v1_release_proof(struct task *t, struct call *c, struct err *e)
{
	return proof(t, c, "release", e);
}

bool
v1_agreement_proof(struct task *t, struct call *c, struct err *e)
{
	return proof(t, c, "agreement", e);
}

bool
v1_event_proof(struct task *t, struct call *c, struct err *e)
{
	return proof(t, c, "event", e);
}
