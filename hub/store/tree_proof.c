/* The parts of a proof that come from the database. */
#include "store/tree_proof.h"

#include <inttypes.h>
#include <string.h>

#include "base/code.h"

enum { ROW_BYTES_MOST = 1024 * 1024 };

/* A span is put together from the complete subtrees that it consists of. */
static bool
span_of(struct task *t, struct conn *c, struct span span, struct hash *to, struct err *e)
{
	struct hashes_row {
		struct str hashes;
	} row;
	static const struct db_field fields[] = { DB_BYTES(hashes_row, hashes) };
	struct subtree parts[TREE_LEVELS];
	int32_t level[TREE_LEVELS];
	int64_t index[TREE_LEVELS];
	struct hash hash[TREE_LEVELS];
	AUTO_PTR(rows) keep = NULL;
	size_t n = span_parts(span, parts);

	for (size_t i = 0; i < n; i++) {
		level[i] = (int32_t)parts[i].level;
		index[i] = (int64_t)parts[i].index;
	}
	if (db_one(t, c, SQL_AUDIT_SUBTREES, ARGS(P_INT4S(level, n), P_INT8S(index, n)), fields,
		nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.hashes.len != n * TREE_HASH)
		return err(e, ERR_BUG, "%zu subtrees have %zu bytes", n, row.hashes.len);
	memcpy(hash, row.hashes.at, row.hashes.len);
	span_hash(hash, n, to);
	return true;
}

bool
tree_proof_hashes(struct task *t, struct conn *c, const struct span *spans, size_t n,
    struct buf *out, struct err *e)
{
	char b64[code_b64_size(TREE_HASH)];
	struct hash hash;

	for (size_t i = 0; i < n; i++) {
		if (!span_of(t, c, spans[i], &hash, e))
			return false;
		code_b64(b64, hash.at, TREE_HASH);
		buf_fmt(out, "%s\n", b64);
	}
	buf_byte(out, '\n');
	return true;
}

bool
tree_proof_entry(struct buf *out, struct str line, uint64_t entry, struct err *e)
{
	enum { SALT_AT = 2 * TREE_HASH + 1, ROW_AT = SALT_AT + 2 * TREE_SALT + 1 };
	AUTO(buf) extra = BUF(ROW_BYTES_MOST);
	AUTO(buf) b64 = BUF(ROW_BYTES_MOST * 2);
	unsigned char salt[TREE_SALT];

	if (line.len < ROW_AT ||
	    !code_unhex(salt, TREE_SALT, (struct str){ line.at + SALT_AT, 2 * TREE_SALT }))
		return err(e, ERR_BUG, "the entry's line is none");
	buf_add(&extra, salt, TREE_SALT);
	buf_add(&extra, line.at + ROW_AT, line.len - ROW_AT);
	if (!buf_ok(&extra) || buf_room(&b64, code_b64_size(extra.len)) == NULL)
		return err(e, ERR_TOO_BIG, "the entry is too long for a proof");
	code_b64(b64.at, extra.at, extra.len);
	buf_fmt(out, "c2sp.org/tlog-proof@v1\nextra %s\nindex %" PRIu64 "\n", b64.at, entry);
	return true;
}
