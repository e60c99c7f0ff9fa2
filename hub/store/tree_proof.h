/*
 * Proofs of the audit tree, as busbar-verify reads them: who writes one puts its parts one
 * behind the other, and the signed checkpoint last. For `busbar audit prove` and for /v1.
 */
#ifndef STORE_TREE_PROOF_H
#define STORE_TREE_PROOF_H

#include "sys/db.h"
#include "tree/tree.h"

/* A hash a line, of each span, and an empty line. */
bool tree_proof_hashes(struct task *t, struct conn *c, const struct span *spans, size_t n,
    struct buf *out, struct err *e);
/* The beginning of a proof of an entry; `line` is that of an export. "extra" is its salt and
 * row, from which the leaf is hashed. */
bool tree_proof_entry(struct buf *out, struct str line, uint64_t entry, struct err *e);

#endif
