/* busbar command: meter commands, and what utilities made of them. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

enum { LIST_MOST = 100000, LIST_PRESET = 100 };

static const struct list_column columns[] = {
	{ "id", "COMMAND", CELL_INT },
	{ "kind", "KIND", CELL_TEXT },
	{ "tdu", "TDU", CELL_TEXT },
	{ "esiid", "ESI ID", CELL_TEXT },
	{ "asked_by", "ASKED BY", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "reason", "WHY", CELL_TEXT },
	{ "asked_at", "ASKED", CELL_STAMP },
	{ "answered_at", "ANSWERED", CELL_STAMP },
	{ "took_ms", "TOOK MS", CELL_INT },
	{ "takes", "TAKEN", CELL_INT },
};

struct list_args {
	struct str tdu, state;
	int64_t most;
};

static const struct option options[] = {
	OPT_TEXT(list_args, tdu, "--tdu", "TDU", OPTION_OPTIONAL, "of this utility only"),
	OPT_WORD(list_args, state, "--state", "WORD", OPTION_OPTIONAL,
	    "pending|taken|completed|failed", "pending, taken, completed or failed only"),
	OPT_INT(list_args, most, "--most", "N", OPTION_OPTIONAL, 1, LIST_MOST,
	    "the newest so many (default: 100)"),
};

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct param of = P_NULL();
	struct party tdu;

	if (c == NULL || (a->tdu.at != NULL && !party_get(t, c, a->tdu, "TDU", &tdu, e)))
		return false;
	if (a->tdu.at != NULL)
		of = (struct param)P_INT4(tdu.party);
	return list_rows(&l, t, c, SQL_COMMAND_LIST,
		   ARGS(of, P_STR(a->state),
		       P_INT4(a->most == INT64_MIN ? LIST_PRESET : a->most)),
		   e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_command_list = {
	.name = "command list",
	.help = "list meter commands, newest first",
	.about =
	    "Who may read a meter's reads may ask for one more (docs/meter-commands.md). Times "
	    "are\nthe hub's; TOOK is measured by the real clock. Of an ESI ID the last four "
	    "digits are "
	    "shown.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = run,
};
