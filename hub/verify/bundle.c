/*
 * An exported log is a folder:
 *
 *   entries      a line for each entry: its leaf hash and salt in hex, and its row as JSON
 *   checkpoint   the signed checkpoint over all of them
 *   checkpoints  earlier ones: a line "busbar checkpoints N", then N of them
 *   key          the public keys, as the hub says; the caller should have his own
 *
 * Each line is hashed by itself, so a change of it is named at once. One who changed the line's
 * hash as well has another root: then the earlier checkpoints tell between which two entries.
 */
#include <inttypes.h>
#include <string.h>

#include "base/code.h"
#include "verify.h"

enum {
	HASH_HEX = 2 * TREE_HASH,
	SALT_HEX = 2 * TREE_SALT,
	ROW_AT = HASH_HEX + 1 + SALT_HEX + 1,
	SHOWN = 100, /* bytes of a row that a person is shown */
};

struct log {
	struct verify *v;
	struct str rest; /* of entries */
	struct edge edge;
	struct digest *digest;
	struct checkpoint last;
	struct str notes;	/* of earlier checkpoints, those that are to come */
	struct checkpoint next; /* the first of them; size 0: no more */
	uint64_t sound;		/* entries under the last checkpoint that had its root */
	uint64_t earlier;
};

static bool
bad(struct log *l, struct err *e, uint64_t entry, const char *why, struct str row)
{
	size_t shown = row.len < SHOWN ? row.len : SHOWN;

	l->v->entry = (int64_t)entry;
	return err(e, ERR_FINDINGS, "entry %" PRIu64 " %s%s" STR_FMT, entry, why,
	    shown > 0 ? ": " : "", (int)shown, row.at);
}

/* Lower case only: a letter that was made large is a change too. */
static bool
unhex(struct str hex, unsigned char *to, size_t len)
{
	for (size_t i = 0; i < hex.len; i++)
		if (hex.at[i] >= 'A' && hex.at[i] <= 'F')
			return false;
	return code_unhex(to, len, hex);
}

static bool
row_number(struct str row, uint64_t *n)
{
	static const char head[] = "{\"entry\":";
	struct str digits, rest;

	if (!str_starts(row, head))
		return false;
	row.at += sizeof head - 1;
	row.len -= sizeof head - 1;
	return str_cut(str_first(row, 24), ',', &digits, &rest) && note_number(digits, n);
}

static bool
line_leaf(struct log *l, struct str line, struct hash *leaf, struct err *e)
{
	struct str hash = { line.at, HASH_HEX }, salt = { line.at + HASH_HEX + 1, SALT_HEX };
	unsigned char salted[TREE_SALT];
	uint64_t entry = l->edge.size, number;
	struct hash told;
	struct str row;

	if (line.len < ROW_AT || line.at[HASH_HEX] != ' ' || line.at[ROW_AT - 1] != ' ' ||
	    !unhex(hash, told.at, TREE_HASH) || !unhex(salt, salted, TREE_SALT))
		return bad(l, e, entry, "was changed: its line is none", line);
	row = (struct str){ line.at + ROW_AT, line.len - ROW_AT };
	tree_leaf(l->digest, salted, row, leaf);
	if (!hash_eq(leaf, &told))
		return bad(l, e, entry, "was changed: its row is not what was hashed", row);
	if (!row_number(row, &number))
		return bad(l, e, entry, "was changed: it does not begin with its number", row);
	if (number > entry)
		return bad(l, e, entry, "is missing; in its place stands", row);
	if (number < entry)
		return bad(l, e, entry, "is not in its place; there stands", row);
	return true;
}

/* ---- roots on the way ---- */

static bool
next_checkpoint(struct log *l, struct err *e)
{
	uint64_t was = l->next.size;
	struct str note;

	l->next.size = 0;
	if (!note_next(&l->notes, &note))
		return true;
	if (!checkpoint_open(&l->next, note, l->v->keys, l->v->key_count, e))
		return err_at(e, "a checkpoint after that of %" PRIu64 " entries", was);
	if (!witnesses_look(l->v, note, l->next.size, e))
		return err_at(e, "the checkpoint of %" PRIu64 " entries", l->next.size);
	if (l->next.size <= was || l->next.size > l->last.size)
		return err(e, ERR_FINDINGS,
		    "the checkpoint of %" PRIu64 " entries is not in its place", l->next.size);
	l->earlier++;
	return true;
}

static bool
root_fits(struct log *l, const struct checkpoint *c, const char *whose, struct err *e)
{
	struct hash root;

	edge_root(&l->edge, &root);
	if (hash_eq(&root, &c->root))
		return true;
	l->v->entry = (int64_t)l->sound;
	return err(e, ERR_FINDINGS,
	    "entry %" PRIu64 " or one behind it, before entry %" PRIu64
	    ", is not what was signed: %s of %" PRIu64 " entries has another root",
	    l->sound, c->size, whose, c->size);
}

/* Whatever was signed at this size. */
static bool
roots_fit(struct log *l, struct err *e)
{
	uint64_t size = l->edge.size;
	const struct verify *v = l->v;

	for (size_t i = 0; i < v->kept_count; i++)
		if (v->kept[i].size == size && !root_fits(l, &v->kept[i], v->kept_name[i], e))
			return false;
	if (l->next.size == size) {
		if (!root_fits(l, &l->next, "the checkpoint", e))
			return false;
		l->sound = size;
		if (!next_checkpoint(l, e))
			return false;
	}
	return size != l->last.size || root_fits(l, &l->last, "the checkpoint", e);
}

static bool
entries_fit(struct log *l, struct err *e)
{
	struct str line;
	struct hash leaf;

	while (l->edge.size < l->last.size) {
		if (l->rest.len == 0)
			return bad(
			    l, e, l->edge.size, "is missing: the log ends before it", STR(""));
		if (!str_cut(l->rest, '\n', &line, &l->rest))
			return bad(l, e, l->edge.size, "is cut off", line);
		if (!line_leaf(l, line, &leaf, e))
			return false;
		edge_add(&l->edge, &leaf, NULL, NULL);
		if (!roots_fit(l, e))
			return false;
	}
	if (l->rest.len == 0)
		return true;
	str_cut(l->rest, '\n', &line, &l->rest);
	return bad(l, e, l->edge.size, "was added: it is under no checkpoint", line);
}

/* ---- the folder ---- */

static bool
earlier_begin(struct log *l, struct str text, uint64_t *told, struct err *e)
{
	static const char head[] = "busbar checkpoints ";
	struct str line;

	if (!str_starts(text, head) || !str_cut(text, '\n', &line, &l->notes) ||
	    !note_number(
		(struct str){ line.at + sizeof head - 1, line.len - (sizeof head - 1) }, told))
		return err(e, ERR_FINDINGS, "the file checkpoints does not begin as one");
	return next_checkpoint(l, e);
}

static bool
kept_fit(const struct log *l, struct err *e)
{
	for (size_t i = 0; i < l->v->kept_count; i++)
		if (l->v->kept[i].size > l->last.size)
			return err(e, ERR_FINDINGS,
			    "%s is of %" PRIu64 " entries, the log has %" PRIu64
			    ": it is older, or some were taken away",
			    l->v->kept_name[i], l->v->kept[i].size, l->last.size);
	return true;
}

static bool
log_verify(struct log *l, struct str earlier, struct err *e)
{
	uint64_t told;

	if (!earlier_begin(l, earlier, &told, e) || !kept_fit(l, e) || !entries_fit(l, e))
		return false;
	if (l->earlier != told)
		return err(e, ERR_FINDINGS,
		    "%" PRIu64 " earlier checkpoints are there of %" PRIu64, l->earlier, told);
	buf_fmt(&l->v->says,
	    "%" PRIu64 " entries of " STR_FMT
	    ": all are there, unchanged, as its checkpoint says\n"
	    "%" PRIu64 " earlier checkpoints and %zu that were kept: all continued by it\n",
	    l->last.size, STR_ARG(l->last.origin), l->earlier, l->v->kept_count);
	return witnesses_say(l->v, e);
}

bool
bundle_verify(struct verify *v, const char *folder, struct err *e)
{
	AUTO(text) entries = { 0 }, newest = { 0 }, earlier = { 0 };
	AUTO_PTR(digest) d = digest_new();
	static struct log l;

	if (!text_open(&newest, folder, "checkpoint", e) ||
	    !text_open(&earlier, folder, "checkpoints", e) ||
	    !text_open(&entries, folder, "entries", e))
		return false;
	l = (struct log){ .v = v, .rest = entries.s, .digest = d };
	if (!checkpoint_open(&l.last, newest.s, v->keys, v->key_count, e) ||
	    !witnesses_look(v, newest.s, l.last.size, e))
		return err_at(e, "checkpoint");
	return log_verify(&l, earlier.s, e);
}
