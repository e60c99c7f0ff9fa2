/* The tree of RFC 6962: growing it, and proofs about it. */
#include "tree/tree.h"

#include <assert.h>
#include <string.h>

void
tree_leaf(
    struct digest *d, const unsigned char salt[TREE_SALT], struct str row, struct hash *to)
{
	static const unsigned char leaf[1] = { 0 };

	digest_add(d, leaf, sizeof leaf);
	digest_add(d, salt, TREE_SALT);
	digest_add(d, row.at, row.len);
	digest_end(d, to->at);
}

void
tree_leaf_of(const void *bytes, size_t len, struct hash *to)
{
	static const unsigned char leaf[1] = { 0 };
	AUTO_PTR(digest) d = digest_new();

	digest_add(d, leaf, sizeof leaf);
	digest_add(d, bytes, len);
	digest_end(d, to->at);
}

void
tree_node(const struct hash *left, const struct hash *right, struct hash *to)
{
	unsigned char both[1 + 2 * TREE_HASH] = { 1 };

	memcpy(both + 1, left->at, TREE_HASH);
	memcpy(both + 1 + TREE_HASH, right->at, TREE_HASH);
	digest_of(both, sizeof both, to->at);
}

bool
hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->at, b->at, TREE_HASH) == 0;
}

/* ---- growing ---- */

static bool
has(uint64_t size, unsigned level)
{
	return (size >> level & 1) != 0;
}

void
edge_add(struct edge *g, const struct hash *leaf, edge_full_fn *full, void *arg)
{
	struct hash h = *leaf;
	unsigned level = 0;

	for (; has(g->size, level); level++) {
		tree_node(&g->at[level], &h, &h);
		if (full != NULL)
			full(arg, level + 1, g->size >> (level + 1), &h);
	}
	assert(level < TREE_LEVELS);
	g->at[level] = h;
	g->size++;
}

void
edge_root(const struct edge *g, struct hash *to)
{
	bool begun = false;

	if (g->size == 0)
		digest_of("", 0, to->at);
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		if (!has(g->size, level))
			continue;
		if (begun)
			tree_node(&g->at[level], to, to);
		else
			*to = g->at[level];
		begun = true;
	}
}

size_t
edge_pack(const struct edge *g, unsigned char to[TREE_LEVELS * TREE_HASH])
{
	size_t len = 0;

	for (unsigned level = TREE_LEVELS; level-- > 0;) {
		if (!has(g->size, level))
			continue;
		memcpy(to + len, g->at[level].at, TREE_HASH);
		len += TREE_HASH;
	}
	return len;
}

bool
edge_unpack(struct edge *g, uint64_t size, struct str bytes)
{
	size_t at = 0;

	if (size >> TREE_LEVELS != 0 ||
	    bytes.len != TREE_HASH * (size_t)__builtin_popcountll(size))
		return false;
	g->size = size;
	for (unsigned level = TREE_LEVELS; level-- > 0;) {
		if (!has(size, level))
			continue;
		memcpy(g->at[level].at, bytes.at + at, TREE_HASH);
		at += TREE_HASH;
	}
	return true;
}

/* ---- proofs ---- */

/* The largest power of two below n, which is at least 2. */
static uint64_t
split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static size_t
reversed(struct span *spans, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct span s = spans[i];

		spans[i] = spans[n - 1 - i];
		spans[n - 1 - i] = s;
	}
	return n;
}

/* Both go down from the root and note what they leave aside; the RFC lists it upwards. */
size_t
tree_path(uint64_t index, uint64_t size, struct span spans[TREE_SPANS_MOST])
{
	struct span in = { 0, size };
	size_t n = 0;

	assert(index < size);
	while (in.to - in.from > 1) {
		uint64_t middle = in.from + split(in.to - in.from);

		if (index < middle) {
			spans[n++] = (struct span){ middle, in.to };
			in.to = middle;
		} else {
			spans[n++] = (struct span){ in.from, middle };
			in.from = middle;
		}
	}
	return reversed(spans, n);
}

size_t
tree_bridge(uint64_t old, uint64_t size, struct span spans[TREE_SPANS_MOST])
{
	struct span in = { 0, size };
	size_t n = 0;

	assert(old > 0 && old <= size);
	while (old != in.to) {
		uint64_t middle = in.from + split(in.to - in.from);

		if (old <= middle) {
			spans[n++] = (struct span){ middle, in.to };
			in.to = middle;
		} else {
			spans[n++] = (struct span){ in.from, middle };
			in.from = middle;
		}
	}
	if (in.from != 0) /* else it is the old root, which the other side has */
		spans[n++] = in;
	return reversed(spans, n);
}

size_t
span_parts(struct span s, struct subtree parts[TREE_LEVELS])
{
	size_t n = 0;

	while (s.from < s.to) {
		unsigned level = 63 - (unsigned)__builtin_clzll(s.to - s.from);

		assert((s.from & ((UINT64_C(1) << level) - 1)) == 0);
		parts[n++] = (struct subtree){ level, s.from >> level };
		s.from += UINT64_C(1) << level;
	}
	return n;
}

void
span_hash(const struct hash *parts, size_t n, struct hash *to)
{
	assert(n > 0);
	*to = parts[n - 1];
	for (size_t i = n - 1; i-- > 0;)
		tree_node(&parts[i], to, to);
}

/* ---- verifying ---- */

/* Upwards from a node that has no sibling on its right: to where it is one itself. */
static void
rise(uint64_t *node, uint64_t *last)
{
	while ((*node & 1) == 0 && *node != 0) {
		*node >>= 1;
		*last >>= 1;
	}
}

bool
tree_includes(const struct hash *leaf, uint64_t index, uint64_t size, const struct hash *proof,
    size_t n, const struct hash *root)
{
	uint64_t node = index, last = size - 1;
	struct hash r = *leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (last == 0)
			return false;
		if ((node & 1) != 0 || node == last) {
			tree_node(&proof[i], &r, &r);
			rise(&node, &last);
		} else {
			tree_node(&r, &proof[i], &r);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 && hash_eq(&r, root);
}

bool
tree_continues(uint64_t old, const struct hash *old_root, uint64_t size,
    const struct hash *root, const struct hash *proof, size_t n)
{
	uint64_t node = old - 1, last = size - 1;
	bool whole = old != 0 && (old & (old - 1)) == 0; /* the old root is a node of the new */
	struct hash was, is;
	size_t i = 0;

	if (old == 0 || old > size)
		return false;
	if (old == size)
		return n == 0 && hash_eq(old_root, root);
	if (n == 0)
		return false;
	for (; (node & 1) != 0; node >>= 1)
		last >>= 1;
	was = is = whole ? *old_root : proof[i++];
	for (; i < n; i++) {
		if (last == 0)
			return false;
		if ((node & 1) != 0 || node == last) {
			tree_node(&proof[i], &was, &was);
			tree_node(&proof[i], &is, &is);
			rise(&node, &last);
		} else {
			tree_node(&is, &proof[i], &is);
		}
		node >>= 1;
		last >>= 1;
	}
	return last == 0 && hash_eq(&was, old_root) && hash_eq(&is, root);
}
