/*
 * The Merkle tree of RFC 6962, section 2.1: what the auditor builds and what anybody verifies.
 * Pure computation: no I/O, no database, no memory of its own. Used by busbar-auditd, by
 * `busbar audit` and by the stand-alone busbar-verify.
 *
 *	leaf  = SHA-256(0x00 || salt || row)	of entry 0, 1, 2 …
 *	node  = SHA-256(0x01 || left || right)
 *
 * The edge is what must be kept to go on adding: the hashes of the complete subtrees that a
 * tree of `size` leaves consists of, one for each bit of `size`.
 */
#ifndef TREE_TREE_H
#define TREE_TREE_H

#include "sys/digest.h"

enum { TREE_HASH = DIGEST_BYTES, TREE_LEVELS = 63, TREE_SPANS_MOST = 64, TREE_SALT = 16 };

struct hash {
	unsigned char at[TREE_HASH];
};

/* d: any digest that is not in use; it stays usable. */
void tree_leaf(
    struct digest *d, const unsigned char salt[TREE_SALT], struct str row, struct hash *to);
void tree_leaf_of(const void *bytes, size_t len, struct hash *to); /* without a salt */
void tree_node(const struct hash *left, const struct hash *right, struct hash *to);
bool hash_eq(const struct hash *a, const struct hash *b);

/* ---- growing ---- */

struct edge {
	uint64_t size;
	struct hash at[TREE_LEVELS]; /* at[k], where bit k of size is set: of 2^k leaves */
};

/* Told of each subtree that is complete: number `index` of those of 2^level leaves. */
typedef void edge_full_fn(
    void *arg, unsigned level, uint64_t index, const struct hash *subtree);

void edge_add(struct edge *g, const struct hash *leaf, edge_full_fn *full, void *arg);
void edge_root(const struct edge *g, struct hash *to); /* of no leaves: SHA-256 of nothing */
/* As bytes, from the largest subtree to the smallest; false when that is no edge of `size`. */
size_t edge_pack(const struct edge *g, unsigned char to[TREE_LEVELS * TREE_HASH]);
bool edge_unpack(struct edge *g, uint64_t size, struct str bytes);

/* ---- proofs: the spans of leaves whose hashes they are, in the order of the RFC ---- */

struct span {
	uint64_t from, to; /* leaves from .. to - 1 */
};

/* index < size; 0 < old <= size. How many. */
size_t tree_path(uint64_t index, uint64_t size, struct span spans[TREE_SPANS_MOST]);
size_t tree_bridge(uint64_t old, uint64_t size, struct span spans[TREE_SPANS_MOST]);

/* The complete subtrees, from left to right, that a span of a proof (or 0 .. size) consists of;
 * and its hash from theirs. */
struct subtree {
	unsigned level;
	uint64_t index;
};
size_t span_parts(struct span s, struct subtree parts[TREE_LEVELS]);
void span_hash(const struct hash *parts, size_t n, struct hash *to);

/* RFC 9162, 2.1.3.2 and 2.1.4.2. */
bool tree_includes(const struct hash *leaf, uint64_t index, uint64_t size,
    const struct hash *proof, size_t n, const struct hash *root);
bool tree_continues(uint64_t old, const struct hash *old_root, uint64_t size,
    const struct hash *root, const struct hash *proof, size_t n);

#endif
