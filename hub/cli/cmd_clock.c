/* busbar clock: the hub's clock, which a demo or sandbox may move. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"

static const struct list_column columns[] = {
	{ "now", "HUB'S TIME", CELL_STAMP },
	{ "real", "REAL TIME", CELL_STAMP },
	{ "ahead_s", "SECONDS AHEAD", CELL_INT },
	{ "movable", "MOVABLE", CELL_BOOL },
};

static bool
show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_CLOCK_SHOW, NO_ARGS, e) &&
	       list_print_one(&l, cli, "clock", e);
}

struct advance_args {
	int64_t by;
};

static const struct option advance_options[] = {
	ARG_SPAN(advance_args, by, "SPAN", OPTION_REQUIRED, "how far: 9d, 36h, 1d12h"),
};

/* Does what a statement says, then shows. */
static bool
move(struct task *t, struct cli *cli, enum sql q, struct args a, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && db_exec(t, c, q, a, NULL, e) == DB_FOUND;
}

static bool
advance(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct advance_args *a = args;
	char actor[80];

	cli_actor(actor, sizeof actor);
	return move(t, cli, SQL_CLOCK_ADVANCE, ARGS(P_INT8(a->by), P_TEXT(actor)), e) &&
	       show(t, cli, NULL, e);
}

static bool
reset(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	char actor[80];

	(void)args;
	cli_actor(actor, sizeof actor);
	return move(t, cli, SQL_CLOCK_RESET, ARGS(P_TEXT(actor)), e) && show(t, cli, NULL, e);
}

static bool
trust(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	char actor[80];

	(void)args;
	cli_actor(actor, sizeof actor);
	return move(t, cli, SQL_CLOCK_TRUST, ARGS(P_TEXT(actor)), e) && show(t, cli, NULL, e);
}

const struct command cmd_clock_show = {
	.name = "clock show",
	.help = "show the hub's clock and the real one",
	.needs = NEEDS_CONF,
	.run = show,
};

const struct command cmd_clock_advance = {
	.name = "clock advance",
	.help = "move the hub's clock ahead (demo and sandbox only)",
	.about =
	    "Adds elapsed time to the hub's clock, by which agreements, schedules and reading\n"
	    "dates go, and tells every process. Where the clock is not movable it is refused.",
	COMMAND_OPTIONS(advance_options),
	.args_bytes = sizeof(struct advance_args),
	.needs = NEEDS_CONF,
	.run = advance,
};

const struct command cmd_clock_reset = {
	.name = "clock reset",
	.help = "put the hub's clock back to the real time",
	.about = "Undoes nothing that happened while the clock was ahead.",
	.needs = NEEDS_CONF,
	.run = reset,
};

const struct command cmd_clock_trust = {
	.name = "clock trust",
	.help = "say that the real time is right after it jumped",
	.about = "When the real time and the machine's own counter are more than a minute "
		 "apart, no\n"
		 "agreement lapses or ends (\"clock.expiry\" of busbar status) until the two "
		 "agree again\n"
		 "or somebody has looked at the time and says this.",
	.needs = NEEDS_CONF,
	.run = trust,
};
