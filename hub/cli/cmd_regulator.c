/* busbar regulator: who looks after the hub and its parties. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column regulator_columns[] = {
	{ "code", "CODE", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
};

static bool
regulator_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(regulator_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_PARTY_LIST, ARGS(P_TEXT("REGULATOR")), e) &&
	       list_print(&l, cli, e);
}

struct regulator_add_args {
	struct str code, name;
};

static const struct option regulator_add_options[] = {
	ARG_TEXT(
	    regulator_add_args, code, "CODE", OPTION_REQUIRED, "letters, digits and hyphens"),
	OPT_TEXT(
	    regulator_add_args, name, "--name", "NAME", OPTION_REQUIRED, "as people call it"),
};

static bool
regulator_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct regulator_add_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	int32_t party;

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       party_add(t, c, SQL_REGULATOR_ADD,
		   ARGS(P_STR(a->code), P_STR(a->name), P_TEXT(actor)), &party, e) &&
	       party_tell_made(cli, a->code, party, e);
}

const struct command cmd_regulator_list = {
	.name = "regulator list",
	.help = "list the regulators",
	.needs = NEEDS_CONF,
	.run = regulator_list,
};

const struct command cmd_regulator_add = {
	.name = "regulator add",
	.help = "take in a regulator",
	COMMAND_OPTIONS(regulator_add_options),
	.args_bytes = sizeof(struct regulator_add_args),
	.needs = NEEDS_CONF,
	.run = regulator_add,
};
