/* busbar audit: what was done, how far it is signed, and with which key. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

/* ---- tail ---- */

enum { TAIL_PRESET = 20, TAIL_MOST = 10000 };

static const struct list_column tail_columns[] = {
	{ "event", "EVENT", CELL_INT },
	{ "recorded_at", "AT", CELL_MOMENT },
	{ "kind", "WHAT", CELL_TEXT },
	{ "actor", "WHO", CELL_TEXT },
	{ "party", "PARTY", CELL_DIGITS },
	{ "premise", "PREMISE", CELL_DIGITS },
	{ "detail", "DETAIL", CELL_JSON },
};

struct tail_args {
	struct str party;
	int64_t most;
};

static const struct option tail_options[] = {
	OPT_TEXT(tail_args, party, "--party", "CODE", OPTION_OPTIONAL, "of this party only"),
	OPT_INT(tail_args, most, "--most", "N", OPTION_OPTIONAL, 1, TAIL_MOST,
	    "so many (default: 20)"),
};

static bool
tail(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct tail_args *a = args;
	AUTO(list) l = LIST(tail_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct param party = P_NULL();
	struct party p;

	if (c == NULL)
		return false;
	if (a->party.at != NULL) {
		if (!party_get(t, c, a->party, NULL, &p, e))
			return false;
		party = (struct param)P_INT4(p.party);
	}
	return list_rows(&l, t, c, SQL_AUDIT_LATEST,
		   ARGS(party, P_INT4(a->most == INT64_MIN ? TAIL_PRESET : a->most)), e) &&
	       list_print(&l, cli, e);
}

/* ---- status and keys ---- */

static const struct list_column status_columns[] = {
	{ "origin", "TREE", CELL_TEXT },
	{ "size", "ENTRIES", CELL_INT },
	{ "signed_size", "SIGNED", CELL_INT },
	{ "signed_at", "SIGNED AT", CELL_STAMP },
	{ "behind_s", "OLDEST UNSIGNED S", CELL_INT },
	{ "receipts", "RECEIPTS WAITING", CELL_INT },
};

static bool
status(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(status_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_AUDIT_STATE, NO_ARGS, e) &&
	       list_print_one(&l, cli, "tree", e);
}

static const struct list_column key_columns[] = {
	{ "known_as", "PUBLIC KEY", CELL_TEXT },
	{ "since", "SINCE", CELL_STAMP },
	{ "name", NULL, CELL_TEXT },
};

static bool
keys(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(key_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_AUDIT_KEYS, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

/* ---- checkpoint ---- */

struct checkpoint_args {
	bool last;
};

static const struct option checkpoint_options[] = {
	OPT_FLAG(checkpoint_args, last, "--last",
	    "the last one that was signed, though events have come since"),
};

static bool
checkpoint(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct checkpoint_args *a = args;
	AUTO(signed_tree) s = { 0 };
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO(buf) out = BUF(NOTE_BYTES_MOST * 2);
	struct json j = json_to(&out);

	if (c == NULL || !(a->last ? audit_last(t, c, &s, e)
				   : audit_sign_now(t, cli, c, "checkpoint_asked", &s, e)))
		return false;
	if (!cli->json)
		return cli_out(s.note, e);
	json_open(&j, NULL);
	json_int(&j, "size", (int64_t)s.size);
	json_text(&j, "checkpoint", s.note);
	json_end(&j);
	buf_byte(&out, '\n');
	return cli_out(buf_view(&out), e);
}

/* ---- receipts ---- */

struct receipt_args {
	int64_t agreement, receipt;
};

static const struct option receipt_options[] = {
	ARG_INT(receipt_args, agreement, "AGREEMENT", OPTION_OPTIONAL, 1, INT64_MAX,
	    "whose receipts: its number"),
	OPT_INT(receipt_args, receipt, "--receipt", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "this one alone"),
};

static struct param
number_or_null(int64_t n)
{
	return n == INT64_MIN ? (struct param)P_NULL() : (struct param)P_INT8(n);
}

/* Each as it was signed, a line each: the bytes are what is verified. */
static bool
receipt(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct receipt_args *a = args;
	struct receipt_row {
		struct str signed_;
	};
	static const struct db_field fields[] = { { "signed", DB_T_TEXT,
	    offsetof(struct receipt_row, signed_) } };
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) r = NULL;
	struct receipt_row row;
	unsigned n = 0;

	if ((a->agreement == INT64_MIN) == (a->receipt == INT64_MIN))
		return err(e, ERR_USAGE, "expected the number of an agreement, or --receipt");
	c = cli_lease(t, cli, e);
	r = c == NULL ? NULL
		      : db_rows(t, c, SQL_AUDIT_RECEIPTS,
			    ARGS(number_or_null(a->agreement), number_or_null(a->receipt)), e);
	if (r == NULL)
		return false;
	for (; ROWS_NEXT(r, fields, &row); n++)
		if (row.signed_.at == NULL)
			cli_say("a receipt is not signed yet");
		else if (!cli_out(row.signed_, e))
			return false;
	return n > 0 || err(e, ERR_NOT_FOUND, "there is no such receipt");
}

/* ---- erase ---- */

static bool
erase(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	enum { MOST = 10000 };
	static const struct list_column columns[] = { { "erased", "ERASED", CELL_INT } };
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	(void)args;
	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       list_rows(
		   &l, t, c, SQL_AUDIT_PERSONAL_ERASE, ARGS(P_INT4(MOST), P_TEXT(actor)), e) &&
	       list_print_one(&l, cli, "number", e);
}

/* ---- verify: the stand-alone program, with the key of this installation ---- */

struct verify_args {
	struct texts what;
	struct str key;
};

static const struct option verify_options[] = {
	ARG_TEXTS(verify_args, what, "FOLDER|FILE", OPTION_REQUIRED,
	    "what is verified; then checkpoints that were kept"),
	OPT_TEXT(verify_args, key, "--key", "KEY", OPTION_OPTIONAL,
	    "the public key, or a file with it (default: the setting audit.public_key)"),
};

static bool
verify(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct verify_args *a = args;
	char program[4096], *argv[OPTION_TEXTS_MOST + 8];
	const char *key = a->key.at != NULL ? a->key.at : cli->conf.audit_public_key;
	int n = 0;

	(void)t;
	if (!audit_beside(program, sizeof program, "busbar-verify", e))
		return false;
	argv[n++] = program;
	if (cli->json)
		argv[n++] = (char *)"--json";
	if (a->key.at != NULL || access(key, R_OK) == 0) {
		argv[n++] = (char *)"--key";
		argv[n++] = (char *)key;
	}
	for (size_t i = 0; i < a->what.n; i++)
		argv[n++] = (char *)a->what.at[i].at;
	argv[n] = NULL;
	execv(program, argv);
	return err_errno(e, ERR_UNAVAILABLE, "cannot run %s", program);
}

const struct command cmd_audit_tail = {
	.name = "audit tail",
	.help = "show the latest audit events, newest first",
	COMMAND_OPTIONS(tail_options),
	.args_bytes = sizeof(struct tail_args),
	.needs = NEEDS_CONF,
	.run = tail,
};

const struct command cmd_audit_status = {
	.name = "audit status",
	.help = "show how many events are in the tree and how many are signed",
	.needs = NEEDS_CONF,
	.run = status,
};

const struct command cmd_audit_key = {
	.name = "audit key",
	.help = "show the public keys that checkpoints and receipts are signed with",
	.about = "To be handed to whoever verifies, by another way than what is verified.",
	.needs = NEEDS_CONF,
	.run = keys,
};

const struct command cmd_audit_checkpoint = {
	.name = "audit checkpoint",
	.help = "sign everything until now, and show the checkpoint",
	.about =
	    "Keep it: with it you can prove later that nothing of what it covers was changed\n"
	    "or removed. The form is C2SP tlog-checkpoint.",
	COMMAND_OPTIONS(checkpoint_options),
	.args_bytes = sizeof(struct checkpoint_args),
	.needs = NEEDS_CONF,
	.run = checkpoint,
};

const struct command cmd_audit_receipt = {
	.name = "audit receipt",
	.help = "show the signed receipts of consent of an agreement",
	COMMAND_OPTIONS(receipt_options),
	.args_bytes = sizeof(struct receipt_args),
	.needs = NEEDS_CONF,
	.run = receipt,
};

const struct command cmd_audit_erase = {
	.name = "audit erase",
	.help = "erase personal text whose time is over",
	.about =
	    "busbar-auditd does so by itself every hour. Setting audit.personal_keep_years.\n"
	    "Events, receipts and affirmations stay.",
	.needs = NEEDS_CONF,
	.run = erase,
};

const struct command cmd_audit_verify = {
	.name = "audit verify",
	.help = "check an exported log, a receipt, a proof or a checkpoint",
	.about =
	    "Runs busbar-verify, which needs neither the hub nor a network: hand it to "
	    "whoever\n"
	    "is to verify. Exit 1: something is not as it was signed; the first bad entry is\n"
	    "named.",
	COMMAND_OPTIONS(verify_options),
	.args_bytes = sizeof(struct verify_args),
	.needs = NEEDS_CONF,
	.run = verify,
};
