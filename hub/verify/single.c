/* One file that stands for itself, with the public key alone. */
#include <inttypes.h>
#include <string.h>

#include "base/code.h"
#include "verify.h"

static const char proof_head[] = "c2sp.org/tlog-proof@v1\n",
		  bridge_head[] = "busbar consistency proof v1\n";

/* Lines of hashes up to an empty one. */
static bool
read_hashes(struct str *rest, struct hash *to, size_t *n, struct err *e)
{
	struct str line;

	for (*n = 0; str_cut(*rest, '\n', &line, rest); ++*n) {
		if (line.len == 0)
			return true;
		if (*n == TREE_SPANS_MOST || !note_hash(line, &to[*n]))
			break;
	}
	return err(e, ERR_FINDINGS, "hash %zu of the proof is none", *n);
}

/* The checkpoints that were kept must be those that the file is about. */
static bool
kept_fit(const struct verify *v, const struct checkpoint *a, const struct checkpoint *b,
    struct err *e)
{
	for (size_t i = 0; i < v->kept_count; i++) {
		const struct checkpoint *k = &v->kept[i];

		if ((k->size == a->size && hash_eq(&k->root, &a->root)) ||
		    (k->size == b->size && hash_eq(&k->root, &b->root)))
			continue;
		return err(e, ERR_FINDINGS,
		    "%s is not the checkpoint of %" PRIu64 " entries here%s", v->kept_name[i],
		    k->size,
		    k->size == a->size || k->size == b->size
			? ": there are two of that size, so the log was forked"
			: "");
	}
	return true;
}

static bool
receipt_verify(struct verify *v, struct str text, struct err *e)
{
	struct str body;

	if (!receipt_open(text, v->keys, v->key_count, &body, e))
		return false;
	buf_c(&v->says, "the receipt is as it was signed\n");
	return true;
}

/* The row and its salt stand in `extra`, which the root vouches for: they give the leaf. */
static bool
proof_verify(struct verify *v, struct str rest, struct err *e)
{
	static unsigned char entry[RECEIPT_BYTES_MOST];
	struct hash leaf, proof[TREE_SPANS_MOST];
	AUTO_PTR(digest) d = digest_new();
	struct str extra, number;
	struct checkpoint c;
	uint64_t index;
	size_t n, len;

	if (!str_cut(rest, '\n', &extra, &rest) || !str_starts(extra, "extra ") ||
	    !code_unb64(
		entry, sizeof entry, &len, (struct str){ extra.at + 6, extra.len - 6 }) ||
	    len < TREE_SALT || !str_cut(rest, '\n', &number, &rest) ||
	    !str_starts(number, "index ") ||
	    !note_number((struct str){ number.at + 6, number.len - 6 }, &index))
		return err(e, ERR_FINDINGS, "that is no proof of an entry, or not all of it");
	if (!read_hashes(&rest, proof, &n, e) ||
	    !checkpoint_open(&c, rest, v->keys, v->key_count, e) || !kept_fit(v, &c, &c, e) ||
	    !witnesses_look(v, rest, c.size, e))
		return false;
	tree_leaf(d, entry, (struct str){ (char *)entry + TREE_SALT, len - TREE_SALT }, &leaf);
	if (!tree_includes(&leaf, index, c.size, proof, n, &c.root)) {
		v->entry = (int64_t)index;
		return err(e, ERR_FINDINGS,
		    "entry %" PRIu64
		    " is not what was signed: it is not under the checkpoint of %" PRIu64
		    " entries",
		    index, c.size);
	}
	buf_fmt(&v->says,
	    "entry %" PRIu64 " is under the checkpoint of %" PRIu64 " entries:\n%.*s\n", index,
	    c.size, (int)(len - TREE_SALT), (char *)entry + TREE_SALT);
	return witnesses_say(v, e);
}

static bool
bridge_verify(struct verify *v, struct str rest, struct err *e)
{
	struct hash proof[TREE_SPANS_MOST];
	struct checkpoint old, new;
	struct str note;
	size_t n;

	if (!read_hashes(&rest, proof, &n, e))
		return false;
	if (!note_next(&rest, &note) || !checkpoint_open(&old, note, v->keys, v->key_count, e))
		return err_at(e, "the older checkpoint");
	if (!checkpoint_open(&new, rest, v->keys, v->key_count, e))
		return err_at(e, "the newer checkpoint");
	if (!kept_fit(v, &old, &new, e) || !witnesses_look(v, note, old.size, e) ||
	    !witnesses_look(v, rest, new.size, e))
		return false;
	if (!tree_continues(old.size, &old.root, new.size, &new.root, proof, n))
		return err(e, ERR_FINDINGS,
		    "the log of %" PRIu64 " entries does not continue that of %" PRIu64
		    ": an entry of the older one was changed or removed, or the proof was",
		    new.size, old.size);
	buf_fmt(&v->says,
	    "the log of %" PRIu64 " entries continues that of %" PRIu64
	    ": none of those was changed or "
	    "removed\n",
	    new.size, old.size);
	return witnesses_say(v, e);
}

static bool
checkpoint_verify(struct verify *v, struct str text, struct err *e)
{
	struct checkpoint c;

	if (!checkpoint_open(&c, text, v->keys, v->key_count, e) ||
	    !witnesses_look(v, text, c.size, e))
		return false;
	for (size_t i = 0; i < v->kept_count; i++)
		if (v->kept[i].size == c.size && !hash_eq(&v->kept[i].root, &c.root))
			return err(e, ERR_FINDINGS,
			    "%s is another checkpoint of %" PRIu64
			    " entries: the log was forked",
			    v->kept_name[i], c.size);
	buf_fmt(
	    &v->says, "the checkpoint of %" PRIu64 " entries is as it was signed\n", c.size);
	if (v->kept_count > 0)
		buf_c(&v->says, "whether it continues another one, a bundle or a proof shows "
				"(busbar audit prove --from)\n");
	return witnesses_say(v, e);
}

bool
single_verify(struct verify *v, struct str text, struct err *e)
{
	static const struct {
		const char *head;
		bool (*verify)(struct verify *v, struct str text, struct err *e);
	} kinds[] = {
		{ proof_head, proof_verify },
		{ bridge_head, bridge_verify },
	};

	if (receipt_is(text))
		return receipt_verify(v, text, e);
	for (size_t i = 0; i < nitems(kinds); i++) {
		size_t len = strlen(kinds[i].head);

		if (str_starts(text, kinds[i].head))
			return kinds[i].verify(
			    v, (struct str){ text.at + len, text.len - len }, e);
	}
	return checkpoint_verify(v, text, e);
}
