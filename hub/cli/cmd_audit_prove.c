/* busbar audit prove: that an event is in the log, or that one checkpoint continues another. */
#include <inttypes.h>

#include "cli/audit.h"
#include "cli/commands.h"
#include "store/tree_proof.h"

struct prove_args {
	int64_t event, from, to;
};

static const struct option options[] = {
	ARG_INT(prove_args, event, "EVENT", OPTION_OPTIONAL, 1, INT64_MAX,
	    "the event that is to be proven"),
	OPT_INT(prove_args, from, "--from", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "instead: that the log continues the checkpoint of N entries"),
	OPT_INT(prove_args, to, "--to", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "under the checkpoint of N entries (default: a new one)"),
};

static bool
prove_event(struct task *t, struct conn *c, int64_t event, const struct signed_tree *s,
    struct buf *out, struct err *e)
{
	struct entry_row {
		int64_t entry;
		struct str line;
	} row;
	static const struct db_field fields[] = { DB_INT8(entry_row, entry),
		DB_TEXT(entry_row, line) };
	struct span spans[TREE_SPANS_MOST];
	AUTO_PTR(rows) keep = NULL;

	if (db_one(t, c, SQL_AUDIT_ENTRY_OF, ARGS(P_INT8(event)), fields, nitems(fields), &row,
		&keep, e) != DB_FOUND)
		return e->code == ERR_NOT_FOUND
			   ? err(e, ERR_NOT_FOUND, "there is no event %" PRId64 " in the tree",
				 event)
			   : false;
	if ((uint64_t)row.entry >= s->size)
		return err(e, ERR_NOT_FOUND,
		    "event %" PRId64 " is entry %" PRId64 ", behind that checkpoint", event,
		    row.entry);
	return tree_proof_entry(out, row.line, (uint64_t)row.entry, e) &&
	       tree_proof_hashes(
		   t, c, spans, tree_path((uint64_t)row.entry, s->size, spans), out, e);
}

static bool
prove_bridge(struct task *t, struct conn *c, int64_t from, const struct signed_tree *s,
    struct buf *out, struct err *e)
{
	struct span spans[TREE_SPANS_MOST];
	AUTO(signed_tree) old = { 0 };

	if (!audit_of_size(t, c, (uint64_t)from, &old, e))
		return false;
	if (old.size > s->size)
		return err(e, ERR_BAD_INPUT, "--from is %" PRIu64 ", expected at most %" PRIu64,
		    old.size, s->size);
	buf_c(out, "busbar consistency proof v1\n");
	if (!tree_proof_hashes(t, c, spans, tree_bridge(old.size, s->size, spans), out, e))
		return false;
	buf_str(out, old.note);
	return true;
}

static bool
prove(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct prove_args *a = args;
	AUTO(buf) out = BUF(RECEIPT_BYTES_MOST * 2);
	AUTO(signed_tree) s = { 0 };
	AUTO_PTR(conn) c = NULL;

	if ((a->event == INT64_MIN) == (a->from == INT64_MIN))
		return err(e, ERR_USAGE, "expected the number of an event, or --from");
	c = cli_lease(t, cli, e);
	if (c == NULL ||
	    !(a->to != INT64_MIN ? audit_of_size(t, c, (uint64_t)a->to, &s, e)
				 : audit_sign_now(t, cli, c, "proof_asked", &s, e)) ||
	    !(a->event != INT64_MIN ? prove_event(t, c, a->event, &s, &out, e)
				    : prove_bridge(t, c, a->from, &s, &out, e)))
		return false;
	buf_str(&out, s.note);
	if (!buf_ok(&out))
		return err(e, ERR_TOO_BIG, "the proof is too long");
	return cli_out(buf_view(&out), e);
}

const struct command cmd_audit_prove = {
	.name = "audit prove",
	.help = "prove that an event is in the log, or what a checkpoint continues",
	.about = "One file that busbar-verify checks with the public key alone. Of an event "
		 "the form is\n"
		 "C2SP tlog-proof, its \"extra\" the salt and the row that were hashed.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct prove_args),
	.needs = NEEDS_CONF,
	.run = prove,
};
