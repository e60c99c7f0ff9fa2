/* busbar retention: how long what is kept, and the removal of what is over. */

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "thing", "WHAT", CELL_TEXT },
	{ "keep_days", "DAYS", CELL_INT },
	{ "least_days", "AT LEAST", CELL_INT },
	{ "removed_by", "REMOVED BY", CELL_TEXT },
	{ "since", "COUNTED FROM", CELL_TEXT },
	{ "holds", "WHICH IS", CELL_TEXT },
	{ "why", NULL, CELL_TEXT },
};

static bool
retention_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO(list) l = LIST(columns);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_RETENTION_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

struct set_args {
	struct str thing;
	int64_t days;
};

static const struct option set_options[] = {
	ARG_TEXT(
	    set_args, thing, "WHAT", OPTION_REQUIRED, "as `busbar retention list` names it"),
	ARG_INT(set_args, days, "DAYS", OPTION_REQUIRED, 1, 36500, "to keep it for"),
};

static bool
retention_set(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column set_columns[] = {
		{ "thing", "WHAT", CELL_TEXT },
		{ "keep_days", "DAYS", CELL_INT },
	};
	const struct set_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO(list) l = LIST(set_columns);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	if (c == NULL || db_exec(t, c, SQL_RETENTION_SET,
			     ARGS(P_STR(a->thing), P_INT4((int32_t)a->days), P_TEXT(actor)),
			     NULL, e) == DB_FAILED)
		return false;
	list_text(&l, a->thing);
	list_int(&l, a->days);
	return list_print_one(&l, cli, "retention", e);
}

/* Step by step, each a transaction of its own, until nothing is left. */
static bool
retention_run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column done_columns[] = {
		{ "thing", "WHAT", CELL_TEXT },
		{ "before", "FROM BEFORE", CELL_TEXT },
		{ "gone", "ROWS", CELL_INT },
	};
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO(list) l = LIST(done_columns);
	char actor[ACTOR_SIZE];
	size_t before;

	(void)args;
	cli_actor(actor, sizeof actor);
	do {
		before = list_count(&l);
		if (c == NULL ||
		    !list_rows(&l, t, c, SQL_RETENTION_STEP, ARGS(P_TEXT(actor)), e))
			return false;
		if (cli->progress)
			cli_say("%zu steps", list_count(&l));
	} while (list_count(&l) > before);
	return list_print(&l, cli, e);
}

const struct command cmd_retention_list = {
	.name = "retention list",
	.help = "show how long what is kept, and why",
	.about =
	    "No row of days: for ever. What is not removed by `busbar retention run` follows a "
	    "setting\nof its own, which is named with --json.",
	.needs = NEEDS_CONF,
	.run = retention_list,
};

const struct command cmd_retention_set = {
	.name = "retention set",
	.help = "keep something for longer or shorter",
	.about = "Not for less than AT LEAST of the list; it is on record in the audit log.",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct set_args),
	.needs = NEEDS_CONF,
	.run = retention_set,
};

const struct command cmd_retention_run = {
	.name = "retention run",
	.help = "remove what has been kept for its time",
	.about =
	    "By the hub's clock, in steps of 10,000 rows that are transactions of their own; "
	    "each is on "
	    "record\nin the audit log. For a timer: once a day, before `busbar check --sweep`.",
	.needs = NEEDS_CONF,
	.run = retention_run,
};
