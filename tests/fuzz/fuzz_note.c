/*
 * Signed notes, keys, receipts, proofs and the lines of an exported log, as busbar-verify reads
 * them from strangers. Of a log that was signed, no other bytes verify; nor do other bytes than
 * a note's, a receipt's, a key's.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char seed[SIGN_SEED_BYTES] = "a key for fuzzing, nobody's.....";
static struct note_key key;
static struct buf known_as = BUF(1000), entries = BUF(4000), newest = BUF(1000),
		  earlier = BUF(1000), receipt = BUF(1000);
static struct str told; /* what stands in the file entries */

/* ---- the verifier's files ---- */

void
text_auto(struct text *t)
{
	t->s = STR("");
}

bool
text_open(struct text *t, const char *folder, const char *name, struct err *e)
{
	(void)folder;
	(void)e;
	t->s = strcmp(name, "entries") == 0	 ? told
	       : strcmp(name, "checkpoint") == 0 ? buf_view(&newest)
						 : buf_view(&earlier);
	return true;
}

/* ---- a log that was signed ---- */

static void
sign(struct buf *to, const struct edge *g)
{
	AUTO(buf) note = BUF(1000);
	struct hash root;
	size_t len;

	edge_root(g, &root);
	checkpoint_write(&note, key.name, g->size, &root);
	len = note.len;
	buf_byte(&note, '\n');
	note_sign(&note, &key, seed, (struct str){ note.at, len });
	buf_str(to, buf_view(&note));
}

static void
begin(void)
{
	unsigned char public_key[SIGN_PUBLIC_BYTES], salt[TREE_SALT] = "0123456789abcdef";
	AUTO_PTR(digest) d = digest_new();
	static struct edge g;
	struct err e = { 0 };

	sign_public(public_key, seed);
	assert(note_key_make(&key, NOTE_LOG, "fuzz.example/audit", public_key, &e));
	note_key_write(&known_as, &key);
	buf_c(&earlier, "busbar checkpoints 1\n");
	for (unsigned i = 0; i < 3; i++) {
		char row[100], hash_hex[2 * TREE_HASH + 1], salt_hex[2 * TREE_SALT + 1];
		struct hash leaf;

		snprintf(row, sizeof row, "{\"entry\":%u,\"event\":%u}", i, i + 5);
		tree_leaf(d, salt, str_of(row), &leaf);
		code_hex(hash_hex, leaf.at, TREE_HASH);
		code_hex(salt_hex, salt, TREE_SALT);
		buf_fmt(&entries, "%s %s %s\n", hash_hex, salt_hex, row);
		edge_add(&g, &leaf, NULL, NULL);
		if (i == 1)
			sign(&earlier, &g);
	}
	sign(&newest, &g);
	receipt_sign(&receipt, &key, seed, STR("{\"agreement\": 1}"));
}

static struct verify *
verifier(void)
{
	static struct verify v;

	buf_auto(&v.says);
	v = (struct verify){ .key_count = 1, .entry = -1, .says = BUF(RECEIPT_BYTES_MOST) };
	v.keys[0] = key;
	return &v;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, text, rest = in, note;
	struct err e = { 0 };
	struct note_key k;

	if (entries.len == 0) {
		begin();
		told = buf_view(&entries);
		assert(bundle_verify(verifier(), "", &e));
	}
	if (note_open(in, &key, 1, &text, &e))
		assert(text.len < in.len && text.at[text.len - 1] == '\n');
	if (note_key_read(&k, in, &e)) {
		AUTO(buf) again = BUF(1000);

		note_key_write(&again, &k);
		assert(str_eq(in, buf_view(&again)));
	}
	if (receipt_open(in, &key, 1, &text, &e))
		assert(str_eq(in, buf_view(&receipt)));
	while (note_next(&rest, &note))
		assert(note.len > 0);
	if (!single_verify(verifier(), in, &e))
		assert(e.text[0] != '\0');
	told = in;
	if (bundle_verify(verifier(), "", &e))
		assert(str_eq(in, buf_view(&entries)));
	return 0;
}
