/* busbar witness: who else signs checkpoints of the audit log. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "tree/note.h"

static const struct list_column columns[] = {
	{ "name", "WITNESS", CELL_TEXT },
	{ "known_as", "KEY", CELL_TEXT },
	{ "added_at", "SINCE", CELL_STAMP },
	{ "ended_at", "ENDED", CELL_STAMP },
	{ "size", "SIGNED ENTRIES", CELL_INT },
	{ "signed_at", "AT", CELL_STAMP },
};

static bool
show(struct task *t, struct cli *cli, struct conn *c, struct err *e)
{
	AUTO(list) l = LIST(columns);

	return list_rows(&l, t, c, SQL_WITNESS_LIST, NO_ARGS, e) && list_print(&l, cli, e);
}

static bool
witness_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && show(t, cli, c, e);
}

struct add_args {
	struct str key;
};

static const struct option add_options[] = {
	ARG_TEXT(add_args, key, "KEY", OPTION_REQUIRED,
	    "its public key: NAME+ID+KEY, as busbar-witness make shows it"),
};

static bool
witness_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct add_args *a = args;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];
	struct note_key k;

	cli_actor(actor, sizeof actor);
	if (!note_key_read(&k, a->key, e))
		return false;
	if (k.type != NOTE_WITNESS)
		return err(e, ERR_BAD_INPUT, "that is a log's key, expected a witness's");
	c = cli_lease(t, cli, e);
	return c != NULL &&
	       db_exec(t, c, SQL_WITNESS_ADD,
		   ARGS(P_TEXT(k.name), P_STR(a->key), P_TEXT(actor)), NULL, e) == DB_FOUND &&
	       show(t, cli, c, e);
}

struct end_args {
	struct str name;
};

static const struct option end_options[] = {
	ARG_TEXT(end_args, name, "NAME", OPTION_REQUIRED, "which"),
};

static bool
witness_end(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct end_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_WITNESS_END, ARGS(P_STR(a->name), P_TEXT(actor)), NULL, e) ==
		   DB_FOUND &&
	       show(t, cli, c, e);
}

const struct command cmd_witness_list = {
	.name = "witness list",
	.help = "show who else signs checkpoints of the audit log, and how far",
	.needs = NEEDS_CONF,
	.run = witness_list,
};

const struct command cmd_witness_add = {
	.name = "witness add",
	.help = "take signatures of a witness from now on",
	.about =
	    "A witness runs busbar-witness, or any other that signs as C2SP tlog-cosignature\n"
	    "says, on a machine of its own (docs/audit.md). What it signed is handed in by an\n"
	    "account of the commission (POST /v1/audit/cosignatures) and stands in each\n"
	    "checkpoint, export and proof from then on.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct add_args),
	.needs = NEEDS_CONF,
	.run = witness_add,
};

const struct command cmd_witness_end = {
	.name = "witness end",
	.help = "take no more signatures of a witness; what it signed stays",
	COMMAND_OPTIONS(end_options),
	.args_bytes = sizeof(struct end_args),
	.needs = NEEDS_CONF,
	.run = witness_end,
};
