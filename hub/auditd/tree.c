/*
 * The one task that writes. A round: number what is new, take its hashes up into the edge, sign
 * a checkpoint when one is due, sign receipts, erase what is due; then rest until the next look
 * or until somebody asks. Each step is one transaction that says from where to where it goes,
 * so a round that was cut short anywhere is simply begun again from what the database has.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "auditd.h"
#include "rt/log.h"
#include "rt/loop.h"

enum {
	SEQUENCE_MOST = 20000, /* events that one transaction numbers */
	HASHES_MOST = 20000,
	NODES_MOST = 128, /* of HASHES_MOST entries: 79 of 256, one or two larger ones */
	NODE_LEVELS = 8,  /* nodes of every eighth level are stored */
	RECEIPTS_MOST = 100,
	ERASE_MOST = 10000,
	ERASE_EVERY_MS = 3600000,
	AGAIN_MS = 1000
};

/* ---- numbering ---- */

struct sequenced {
	int32_t taken;
	int64_t size;
};

static bool
sequence_tx(struct task *t, struct conn *c, void *arg, struct err *e)
{
	static const struct db_field fields[] = { DB_INT4(sequenced, taken),
		DB_INT8(sequenced, size) };

	return db_one(t, c, SQL_AUDIT_SEQUENCE, ARGS(P_INT4(SEQUENCE_MOST)), fields,
		   nitems(fields), arg, NULL, e) == DB_FOUND;
}

/* All that is visible when it begins, in transactions of a bounded size. */
static bool
sequence(struct task *t, struct auditd *a, struct err *e)
{
	struct sequenced row = { 0 };

	do {
		if (db_transaction(t, a->db, DB_REPEATABLE_READ, sequence_tx, &row, e) !=
		    DB_FOUND)
			return false;
		a->size = (uint64_t)row.size;
		count_entries(row.taken);
	} while (row.taken == SEQUENCE_MOST);
	return true;
}

/* ---- the edge ---- */

struct nodes {
	size_t n;
	int32_t level[NODES_MOST];
	int64_t index[NODES_MOST];
	unsigned char hash[NODES_MOST][TREE_HASH];
};

static void
node_full(void *arg, unsigned level, uint64_t index, const struct hash *subtree)
{
	struct nodes *n = arg;

	if (level % NODE_LEVELS != 0)
		return;
	assert(n->n < NODES_MOST);
	n->level[n->n] = (int32_t)level;
	n->index[n->n] = (int64_t)index;
	memcpy(n->hash[n->n++], subtree->at, TREE_HASH);
}

/* One step: the hashes of the next entries. *edge is the auditor's only when it is stored. */
static bool
grow_step(struct task *t, struct conn *c, struct edge *edge, uint64_t to, struct err *e)
{
	struct hashes_row {
		struct str hashes;
	} row;
	static const struct db_field fields[] = { DB_BYTES(hashes_row, hashes) };
	static struct nodes nodes; /* too large for a stack; one task uses it */
	static unsigned char packed[TREE_LEVELS * TREE_HASH];
	AUTO_PTR(rows) keep = NULL;
	uint64_t was = edge->size;
	struct hash leaf;
	size_t len;

	if (db_one(t, c, SQL_AUDIT_HASHES, ARGS(P_INT8((int64_t)was), P_INT8((int64_t)to)),
		fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.hashes.len != (to - was) * TREE_HASH)
		return err(e, ERR_BUG,
		    "entries %" PRIu64 " to %" PRIu64 " have %zu bytes of hashes", was, to,
		    row.hashes.len);
	nodes.n = 0;
	for (size_t i = 0; i < to - was; i++) {
		memcpy(leaf.at, row.hashes.at + i * TREE_HASH, TREE_HASH);
		edge_add(edge, &leaf, node_full, &nodes);
	}
	len = edge_pack(edge, packed);
	return db_exec(t, c, SQL_AUDIT_GROW,
		   ARGS(P_INT8((int64_t)was), P_INT8((int64_t)to), P_BYTES(packed, len),
		       P_INT4S(nodes.level, nodes.n), P_INT8S(nodes.index, nodes.n),
		       P_BYTES(nodes.hash, nodes.n * TREE_HASH)),
		   NULL, e) == DB_FOUND;
}

static bool
grow(struct task *t, struct auditd *a, struct conn *c, struct err *e)
{
	static struct edge edge; /* as above */

	while (a->edge.size < a->size) {
		uint64_t to = a->edge.size + HASHES_MOST;

		edge = a->edge;
		if (!grow_step(t, c, &edge, to < a->size ? to : a->size, e))
			return false;
		a->edge = edge;
	}
	return true;
}

/* ---- what is signed ---- */

static bool
checkpoint(struct task *t, struct auditd *a, struct conn *c, struct err *e)
{
	AUTO(buf) note = BUF(4096);
	struct hash root;
	size_t len;

	edge_root(&a->edge, &root);
	checkpoint_write(&note, a->key.name, a->edge.size, &root);
	len = note.len;
	buf_byte(&note, '\n');
	note_sign(&note, &a->key, keys_seed(a->keys), (struct str){ note.at, len });
	if (!memory_keep(t, a, (struct str){ note.at, len }, e) ||
	    db_exec(t, c, SQL_AUDIT_CHECKPOINT_ADD,
		ARGS(P_INT8((int64_t)a->edge.size), P_BYTES(root.at, TREE_HASH),
		    P_STR(buf_view(&note))),
		NULL, e) != DB_FOUND)
		return false;
	a->signed_size = a->edge.size;
	a->waits_since_ms = 0;
	count_checkpoint();
	log_info(t, "audit.signed", "entries=%" PRIu64, a->signed_size);
	return true;
}

/* When the oldest that waits has waited long enough, or somebody asked. */
static bool
checkpoint_due(struct task *t, struct auditd *a, bool asked)
{
	uint64_t now_ms = loop_now_ms(task_loop(t));

	if (a->edge.size == a->signed_size)
		return false;
	if (a->waits_since_ms == 0)
		a->waits_since_ms = now_ms;
	return asked || now_ms - a->waits_since_ms >= (uint64_t)a->conf.audit_checkpoint_ms;
}

static bool
receipt(struct task *t, struct auditd *a, struct conn *c, int64_t number, struct str body,
    struct err *e)
{
	AUTO(buf) text = BUF(RECEIPT_BYTES_MOST + 1024);

	receipt_sign(&text, &a->key, keys_seed(a->keys), body);
	if (!buf_ok(&text)) {
		log_error(t, "audit.receipt", "receipt=%" PRId64 " says=\"too long\"", number);
		return true; /* the others go on */
	}
	return db_exec(t, c, SQL_AUDIT_RECEIPT_SIGN,
		   ARGS(P_INT8(number), P_STR(buf_view(&text))), NULL, e) == DB_FOUND;
}

static bool
receipts(struct task *t, struct auditd *a, struct conn *c, struct err *e)
{
	struct body_row {
		int64_t receipt;
		struct str body;
	} row;
	static const struct db_field fields[] = { DB_INT8(body_row, receipt),
		DB_TEXT(body_row, body) };
	size_t n;

	do {
		AUTO_PTR(rows)
		rows =
		    db_rows(t, c, SQL_AUDIT_RECEIPTS_WAITING, ARGS(P_INT4(RECEIPTS_MOST)), e);

		if (rows == NULL)
			return false;
		n = rows_count(rows);
		while (ROWS_NEXT(rows, fields, &row))
			if (!receipt(t, a, c, row.receipt, row.body, e))
				return false;
		count_receipts((int64_t)n);
		if (n > 0)
			log_info(t, "audit.receipts", "signed=%zu", n);
	} while (n == RECEIPTS_MOST);
	return true;
}

/* ---- what is erased ---- */

static bool
erase(struct task *t, struct auditd *a, struct conn *c, struct err *e)
{
	struct erased_row {
		int64_t erased;
	} row;
	static const struct db_field fields[] = { DB_INT8(erased_row, erased) };
	uint64_t now_ms = loop_now_ms(task_loop(t));

	if (now_ms < a->erase_at_ms)
		return true;
	do {
		if (db_one(t, c, SQL_AUDIT_ERASE, ARGS(P_INT4(ERASE_MOST), P_TEXT("auditd")),
			fields, nitems(fields), &row, NULL, e) != DB_FOUND)
			return false;
		count_erased(row.erased);
		if (row.erased > 0)
			log_info(t, "audit.erased", "texts=%" PRId64, row.erased);
	} while (row.erased >= ERASE_MOST);
	a->erase_at_ms = now_ms + ERASE_EVERY_MS;
	return true;
}

/* ---- start ---- */

/* The root over the first `size` entries, from what the database stores of them. */
static bool
known_root(struct task *t, struct conn *c, uint64_t size, struct hash *root, struct err *e)
{
	struct known_row {
		struct str hashes;
	} row;
	static const struct db_field fields[] = { DB_BYTES(known_row, hashes) };
	struct subtree parts[TREE_LEVELS];
	struct hash hash[TREE_LEVELS];
	int32_t level[TREE_LEVELS];
	int64_t index[TREE_LEVELS];
	AUTO_PTR(rows) keep = NULL;
	size_t n = span_parts((struct span){ 0, size }, parts);

	for (size_t i = 0; i < n; i++) {
		level[i] = (int32_t)parts[i].level;
		index[i] = (int64_t)parts[i].index;
	}
	if (db_one(t, c, SQL_AUDIT_KNOWN, ARGS(P_INT4S(level, n), P_INT8S(index, n)), fields,
		nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.hashes.len != n * TREE_HASH)
		return err(e, ERR_BUG, "the tree has %zu bytes of hashes for %zu subtrees",
		    row.hashes.len, n);
	memcpy(hash, row.hashes.at, row.hashes.len);
	span_hash(hash, n, root);
	return true;
}

struct start_row {
	int64_t size, grown, checkpoint_size;
	struct str edge, checkpoint_root;
	bool moved;
};
static const struct db_field start_fields[] = { DB_INT8(start_row, size),
	DB_INT8(start_row, grown), DB_INT8(start_row, checkpoint_size),
	DB_BYTES(start_row, edge), DB_BYTES(start_row, checkpoint_root),
	DB_BOOL(start_row, moved) };

/* Whether the stored tree has this root over its first `size` entries. */
static bool
root_is(struct task *t, struct conn *c, uint64_t size, const struct hash *root,
    const char *whose, struct err *e)
{
	struct hash found;

	if (!known_root(t, c, size, &found, e))
		return false;
	return hash_eq(&found, root) || err(e, ERR_SEQUENCE,
					    "the stored tree has another root over %" PRIu64
					    " entries than %s: nothing is signed",
					    size, whose);
}

/* Nothing is signed that contradicts what was signed before: the stored tree must still have
 * the root of the last checkpoint, also of the one in the file, and the edge that of the stored
 * tree. */
static bool
fits(struct task *t, struct conn *c, struct auditd *a, const struct start_row *row,
    struct err *e)
{
	uint64_t grown = (uint64_t)row->grown, was = (uint64_t)row->checkpoint_size, told;
	struct hash root;

	if (!memory_last(a, &told, &root, e))
		return false;
	if (grown < was || grown < told)
		return err(e, ERR_SEQUENCE,
		    "a checkpoint of %" PRIu64 " entries was signed, the database has %" PRIu64
		    ": it is an older one. Nothing is signed; docs/audit.md says what to do",
		    told > was ? told : was, grown);
	if (told > 0 && !root_is(t, c, told, &root, a->conf.audit_memory, e))
		return false;
	edge_root(&a->edge, &root);
	if (grown > 0 && !root_is(t, c, grown, &root, "its edge", e))
		return false;
	if (was == 0)
		return true;
	if (row->checkpoint_root.len != TREE_HASH)
		return err(e, ERR_BUG, "the last checkpoint has no root");
	memcpy(root.at, row->checkpoint_root.at, TREE_HASH);
	return root_is(t, c, was, &root, "its last checkpoint", e);
}

bool
tree_start(struct task *t, struct auditd *a, struct err *e)
{
	AUTO(buf) known_as = BUF(512);
	AUTO_PTR(conn) c = db_lease(t, a->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct start_row row;

	note_key_write(&known_as, &a->key);
	if (c == NULL ||
	    db_one(t, c, SQL_AUDIT_START,
		ARGS(P_TEXT(a->key.name), P_BYTES(a->key.public_key, SIGN_PUBLIC_BYTES),
		    P_STR(buf_view(&known_as))),
		start_fields, nitems(start_fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (!edge_unpack(&a->edge, (uint64_t)row.grown, row.edge))
		return err(e, ERR_BUG, "the edge of the tree is not whole");
	if (!fits(t, c, a, &row, e))
		return false;
	if (row.moved)
		log_warn(t, "audit.moved", "entries=%" PRId64, row.size);
	a->size = (uint64_t)row.size;
	a->signed_size = (uint64_t)row.checkpoint_size;
	a->ok_at_ms = loop_now_ms(task_loop(t));
	return true;
}

/* ---- rounds ---- */

static bool
look(struct task *t, struct auditd *a, struct err *e)
{
	bool asked = a->asked;
	AUTO_PTR(conn) c = NULL;

	a->asked = false;
	if (!sequence(t, a, e))
		return false;
	c = db_lease(t, a->db, e);
	return c != NULL && grow(t, a, c, e) &&
	       (!checkpoint_due(t, a, asked) || checkpoint(t, a, c, e)) &&
	       receipts(t, a, c, e) && erase(t, a, c, e);
}

static void
rest(struct task *t, const struct auditd *a, int64_t wait_ms)
{
	struct err e = { 0 };

	task_deadline(t, (uint64_t)wait_ms);
	while (!a->asked && task_park(t, &e))
		;
	task_deadline(t, 0);
}

void
tree_run(struct task *t, void *arg)
{
	struct auditd *a = arg;
	struct err e = { 0 };

	a->worker = t;
	while (!task_cancelled(t)) {
		int64_t wait_ms = a->conf.audit_look_ms;

		if (look(t, a, &e)) {
			a->ok_at_ms = loop_now_ms(task_loop(t));
		} else {
			if (task_cancelled(t))
				break;
			log_warn(t, "audit.look", "says=\"%s\"", e.text);
			count_failure(&e);
			a->asked = false;
			wait_ms = AGAIN_MS;
			/* what came of the last step is in the database, and only there */
			if (!tree_start(t, a, &e))
				log_warn(t, "audit.again", "says=\"%s\"", e.text);
		}
		rest(t, a, wait_ms);
	}
	a->worker = NULL;
}
