/* busbar han: at which premises the meter speaks to devices in the home. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "esiid", "ESI ID", CELL_TEXT },
	{ "since", "SINCE", CELL_STAMP },
	{ "by_whom", "BY", CELL_TEXT },
	{ "joined", "DEVICES", CELL_INT },
	{ "joining", "JOINING", CELL_INT },
};

static bool
show(struct task *t, struct cli *cli, struct conn *c, struct err *e)
{
	AUTO(list) l = LIST(columns);

	return list_rows(&l, t, c, SQL_HAN_LIST, NO_ARGS, e) && list_print(&l, cli, e);
}

static bool
han_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && show(t, cli, c, e);
}

struct set_args {
	struct str esiid;
};

static const struct option set_options[] = {
	ARG_TEXT(set_args, esiid, "ESIID", OPTION_REQUIRED, "of the premise"),
};

static bool
set(struct task *t, struct cli *cli, const void *args, bool on, struct err *e)
{
	const struct set_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_HAN_SET, ARGS(P_STR(a->esiid), P_BOOL(on), P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       show(t, cli, c, e);
}

static bool
han_on(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return set(t, cli, args, true, e);
}

static bool
han_off(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return set(t, cli, args, false, e);
}

const struct command cmd_han_list = {
	.name = "han list",
	.help = "list premises whose meter speaks to devices in the home",
	.about = "docs/meter-commands.md. Of an ESI ID the last four digits are shown.",
	.needs = NEEDS_CONF,
	.run = han_list,
};

const struct command cmd_han_on = {
	.name = "han on",
	.help = "let devices join at a premise: its meter can speak to them",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct set_args),
	.needs = NEEDS_CONF,
	.run = han_on,
};

const struct command cmd_han_off = {
	.name = "han off",
	.help = "no more commands to devices there; those that have joined stay in the list",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct set_args),
	.needs = NEEDS_CONF,
	.run = han_off,
};
