/*
 * Makes an exported audit log of N entries, as `busbar audit export` would, with a key of its
 *own: for measuring the verifier without a database of that size.
 *
 *	audit_log FOLDER ENTRIES CHECKPOINTS
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "tree/note.h"

static unsigned char seed[SIGN_SEED_BYTES] = "a key for measuring, nobody's...";
static struct note_key key;

static FILE *
create(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	return f;
}

static void
finish(FILE *f)
{
	if (fflush(f) != 0 || fclose(f) != 0) {
		perror("writing");
		exit(1);
	}
}

static void
sign(FILE *f, const struct edge *g)
{
	AUTO(buf) note = BUF(4096);
	struct hash root;
	size_t len;

	edge_root(g, &root);
	checkpoint_write(&note, key.name, g->size, &root);
	len = note.len;
	buf_byte(&note, '\n');
	note_sign(&note, &key, seed, (struct str){ note.at, len });
	fwrite(note.at, 1, note.len, f);
}

static void
entry(FILE *f, struct digest *d, struct edge *g)
{
	unsigned char salt[DIGEST_BYTES];
	char row[512], hash_hex[2 * TREE_HASH + 1], salt_hex[2 * TREE_SALT + 1];
	struct hash leaf;
	uint64_t n = g->size;
	int len;

	digest_of(&n, sizeof n, salt);
	len = snprintf(row, sizeof row,
	    "{\"entry\":%" PRIu64 ",\"event\":%" PRIu64
	    ",\"at\":\"2026-11-26T14:%02u:%02u.%06uZ\","
	    "\"kind\":\"reads.released\",\"actor\":\"csp1\",\"party\":17,\"premise\":%u,"
	    "\"detail\":{\"to\": "
	    "\"2026-11-25\", \"from\": \"2026-11-01\", \"door\": \"HTTPS\", \"release\": "
	    "%" PRIu64 ", \"agreement\": %u}}",
	    n, n + 1, (unsigned)(n / 60 % 60), (unsigned)(n % 60), (unsigned)(n % 1000000),
	    (unsigned)(n * 7919 % 1000003), n + 5, (unsigned)(n % 9973));
	tree_leaf(d, salt, (struct str){ row, (size_t)len }, &leaf);
	code_hex(hash_hex, leaf.at, TREE_HASH);
	code_hex(salt_hex, salt, TREE_SALT);
	fprintf(f, "%s %s %s\n", hash_hex, salt_hex, row);
	edge_add(g, &leaf, NULL, NULL);
}

int
main(int argc, char **argv)
{
	unsigned char public_key[SIGN_PUBLIC_BYTES];
	AUTO_PTR(digest) d = digest_new();
	AUTO(buf) known_as = BUF(512);
	static struct edge g;
	FILE *entries, *earlier, *file;
	struct err e = { 0 };
	uint64_t n, every;

	if (argc != 4)
		return 64;
	n = strtoull(argv[2], NULL, 10);
	every = n / strtoull(argv[3], NULL, 10);
	sign_public(public_key, seed);
	note_key_make(&key, NOTE_LOG, "bench.example/audit", public_key, &e);
	note_key_write(&known_as, &key);
	file = create(argv[1], "key");
	fprintf(file, "%.*s\n", (int)known_as.len, known_as.at);
	finish(file);
	entries = create(argv[1], "entries");
	earlier = create(argv[1], "checkpoints");
	fprintf(earlier, "busbar checkpoints %" PRIu64 "\n", (n - 1) / every);
	while (g.size < n) {
		entry(entries, d, &g);
		if (g.size % every == 0 && g.size < n)
			sign(earlier, &g);
	}
	finish(entries);
	finish(earlier);
	file = create(argv[1], "checkpoint");
	sign(file, &g);
	finish(file);
	return 0;
}
