/*
 * The tree. Expected values: RFC 6962 by its published test vectors (certificate-transparency's
 * and transparency-dev/merkle's: eight leaves, their roots, paths and consistency proofs); for
 * larger trees the recursive definitions of the RFC, written down here a second time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/code.h"
#include "tree/tree.h"

static const char *const leaves[] = { "", "00", "10", "2021", "3031", "40414243",
	"5051525354555657", "606162636465666768696a6b6c6d6e6f" };

static const char *const roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static struct hash
hash_of(const char *hex)
{
	struct hash h;

	assert_true(code_unhex(h.at, TREE_HASH, str_of(hex)));
	return h;
}

static void
assert_hash(const struct hash *h, const char *hex)
{
	char text[2 * TREE_HASH + 1];

	code_hex(text, h->at, TREE_HASH);
	assert_string_equal(text, hex);
}

static struct hash
leaf_of(const char *hex)
{
	unsigned char bytes[16];
	size_t len = strlen(hex) / 2;
	struct hash h;

	assert_true(code_unhex(bytes, len, str_of(hex)));
	tree_leaf_of(bytes, len, &h);
	return h;
}

/* ---- RFC 6962, 2.1, as it is defined ---- */

static struct hash
mth(const struct hash *d, uint64_t n)
{
	struct hash l, r, h;
	uint64_t k = 1;

	if (n == 1)
		return d[0];
	while (k * 2 < n)
		k *= 2;
	l = mth(d, k);
	r = mth(d + k, n - k);
	tree_node(&l, &r, &h);
	return h;
}

static struct hash
span_of(const struct hash *d, struct span s)
{
	return mth(d + s.from, s.to - s.from);
}

enum { MANY = 300 };

static struct hash *
many(void)
{
	static struct hash d[MANY];

	for (unsigned i = 0; i < MANY; i++)
		tree_leaf_of(&i, sizeof i, &d[i]);
	return d;
}

/* ---- tests ---- */

static void
hashes_are_those_of_the_rfc(void **state)
{
	unsigned char salt[TREE_SALT] = "0123456789abcdef";
	AUTO_PTR(digest) d = digest_new();
	struct hash h, again;

	(void)state;
	tree_leaf_of("L123456", 7, &h);
	assert_hash(&h, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
	/* and a leaf with a salt is one of salt and row, end to end */
	tree_leaf_of("0123456789abcdefrow", 19, &h);
	tree_leaf(d, salt, STR("row"), &again);
	assert_true(hash_eq(&h, &again));
	tree_leaf(d, salt, STR("raw"), &again);
	assert_false(hash_eq(&h, &again));
}

static void
an_edge_has_the_published_roots(void **state)
{
	struct edge g = { 0 };
	struct hash root, leaf;

	(void)state;
	for (size_t n = 0; n <= nitems(leaves); n++) {
		edge_root(&g, &root);
		assert_hash(&root, roots[n]);
		if (n == nitems(leaves))
			break;
		leaf = leaf_of(leaves[n]);
		edge_add(&g, &leaf, NULL, NULL);
	}
}

struct seen {
	const struct hash *d;
	unsigned n;
};

static void
see(void *arg, unsigned level, uint64_t index, const struct hash *subtree)
{
	struct seen *s = arg;
	struct span of = { index << level, (index + 1) << level };
	struct hash h = span_of(s->d, of);

	assert_true(hash_eq(&h, subtree));
	s->n++;
}

static void
complete_subtrees_are_told_once(void **state)
{
	struct seen s = { many(), 0 };
	struct edge g = { 0 };

	(void)state;
	for (size_t i = 0; i < 256; i++)
		edge_add(&g, &s.d[i], see, &s);
	assert_int_equal(s.n, 255);
}

static void
an_edge_survives_as_bytes(void **state)
{
	unsigned char bytes[TREE_LEVELS * TREE_HASH];
	const struct hash *d = many();
	struct edge g = { 0 }, again;
	struct hash a, b;
	size_t len;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		edge_add(&g, &d[i], NULL, NULL);
		len = edge_pack(&g, bytes);
		assert_int_equal(len, TREE_HASH * __builtin_popcountll(i + 1));
		assert_true(edge_unpack(&again, i + 1, (struct str){ (char *)bytes, len }));
		edge_root(&g, &a);
		edge_root(&again, &b);
		assert_true(hash_eq(&a, &b));
	}
	assert_false(edge_unpack(&again, MANY, (struct str){ (char *)bytes, len - TREE_HASH }));
	assert_false(edge_unpack(&again, UINT64_MAX, STR("")));
}

static const struct {
	uint64_t index, size;
	size_t n;
	const char *proof[3];
} paths[] = {
	{ 0, 1, 0, { NULL } },
	{ 0, 8, 3,
	    { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
		"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 5, 8, 3,
	    { "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 2, 3, 1, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
	{ 1, 5, 3,
	    { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};

static const struct {
	uint64_t old, size;
	size_t n;
	const char *proof[3];
} bridges[] = {
	{ 1, 1, 0, { NULL } },
	{ 1, 8, 3,
	    { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
		"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
	{ 6, 8, 3,
	    { "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
	{ 2, 5, 2,
	    { "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
};

static void
published_proofs_are_made_and_hold(void **state)
{
	struct hash d[nitems(leaves)], proof[3], root, old_root;
	struct span spans[TREE_SPANS_MOST];

	(void)state;
	for (size_t i = 0; i < nitems(leaves); i++)
		d[i] = leaf_of(leaves[i]);
	for (size_t i = 0; i < nitems(paths); i++) {
		assert_int_equal(tree_path(paths[i].index, paths[i].size, spans), paths[i].n);
		for (size_t k = 0; k < paths[i].n; k++) {
			proof[k] = span_of(d, spans[k]);
			assert_hash(&proof[k], paths[i].proof[k]);
		}
		root = hash_of(roots[paths[i].size]);
		assert_true(tree_includes(&d[paths[i].index], paths[i].index, paths[i].size,
		    proof, paths[i].n, &root));
	}
	for (size_t i = 0; i < nitems(bridges); i++) {
		assert_int_equal(
		    tree_bridge(bridges[i].old, bridges[i].size, spans), bridges[i].n);
		for (size_t k = 0; k < bridges[i].n; k++) {
			proof[k] = span_of(d, spans[k]);
			assert_hash(&proof[k], bridges[i].proof[k]);
		}
		old_root = hash_of(roots[bridges[i].old]);
		root = hash_of(roots[bridges[i].size]);
		assert_true(tree_continues(
		    bridges[i].old, &old_root, bridges[i].size, &root, proof, bridges[i].n));
	}
}

/* Every entry of every size; a proof with anything wrong in it holds for none. */
static void
paths_hold_for_their_entry_alone(void **state)
{
	struct hash proof[TREE_SPANS_MOST + 1], root, parts[TREE_LEVELS], together;
	const struct hash *d = many();
	struct span spans[TREE_SPANS_MOST];
	struct subtree trees[TREE_LEVELS];

	(void)state;
	for (uint64_t size = 1; size < 70; size++) {
		root = mth(d, size);
		for (uint64_t i = 0; i < size; i++) {
			size_t n = tree_path(i, size, spans);

			for (size_t k = 0; k < n; k++) {
				size_t p = span_parts(spans[k], trees);

				for (size_t x = 0; x < p; x++)
					parts[x] = span_of(
					    d, (struct span){ trees[x].index << trees[x].level,
						   (trees[x].index + 1) << trees[x].level });
				span_hash(parts, p, &together);
				proof[k] = span_of(d, spans[k]);
				assert_true(hash_eq(&proof[k], &together));
			}
			assert_true(tree_includes(&d[i], i, size, proof, n, &root));
			assert_false(tree_includes(&d[size], i, size, proof, n, &root));
			assert_false(tree_includes(&d[i], i, size, proof, n, &d[MANY - 1]));
			assert_false(tree_includes(&d[i], size, size, proof, n, &root));
			proof[n] = root;
			assert_false(tree_includes(&d[i], i, size, proof, n + 1, &root));
			if (i + 1 < size)
				assert_false(
				    tree_includes(&d[i], i + 1, size, proof, n, &root));
			if (n == 0)
				continue;
			assert_false(tree_includes(&d[i], i, size, proof, n - 1, &root));
			proof[n / 2].at[5] ^= 8;
			assert_false(tree_includes(&d[i], i, size, proof, n, &root));
		}
	}
}

static void
bridges_hold_for_their_two_sizes_alone(void **state)
{
	struct hash proof[TREE_SPANS_MOST + 1], old_root, root;
	const struct hash *d = many();
	struct span spans[TREE_SPANS_MOST];

	(void)state;
	for (uint64_t size = 1; size < 70; size++) {
		root = mth(d, size);
		for (uint64_t old = 1; old <= size; old++) {
			size_t n = tree_bridge(old, size, spans);

			old_root = mth(d, old);
			for (size_t k = 0; k < n; k++)
				proof[k] = span_of(d, spans[k]);
			assert_true(tree_continues(old, &old_root, size, &root, proof, n));
			assert_false(tree_continues(old, &d[MANY - 1], size, &root, proof, n));
			assert_false(
			    tree_continues(old, &old_root, size, &d[MANY - 1], proof, n));
			assert_false(
			    tree_continues(size + 1, &old_root, size, &root, proof, n));
			proof[n] = root;
			assert_false(tree_continues(old, &old_root, size, &root, proof, n + 1));
			if (n == 0)
				continue;
			assert_false(tree_continues(old, &old_root, size, &root, proof, n - 1));
			proof[n / 2].at[5] ^= 8;
			assert_false(tree_continues(old, &old_root, size, &root, proof, n));
		}
	}
	assert_false(tree_continues(0, &root, 8, &root, NULL, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_the_rfc),
		cmocka_unit_test(an_edge_has_the_published_roots),
		cmocka_unit_test(complete_subtrees_are_told_once),
		cmocka_unit_test(an_edge_survives_as_bytes),
		cmocka_unit_test(published_proofs_are_made_and_hold),
		cmocka_unit_test(paths_hold_for_their_entry_alone),
		cmocka_unit_test(bridges_hold_for_their_two_sizes_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
