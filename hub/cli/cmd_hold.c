/* busbar hold: shares that customers affirmed and a detector held. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/radar.h"

static const struct list_column columns[] = {
	{ "id", "AGREEMENT", CELL_INT },
	{ "csp", "CSP", CELL_TEXT },
	{ "held_at", "AFFIRMED", CELL_STAMP },
	{ "kind", "KIND", CELL_TEXT },
	{ "months", "MONTHS", CELL_INT },
	{ "premises", "PREMISES", CELL_INT },
	{ "reason", "WHY", CELL_TEXT },
	{ "detectors", "DETECTORS", CELL_TEXT },
};

struct list_args {
	struct str csp;
};

static const struct option list_options[] = {
	OPT_TEXT(list_args, csp, "--csp", "CSP", OPTION_OPTIONAL, "of this third party only"),
};

static bool
hold_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct party csp;

	if (c == NULL || (a->csp.at != NULL && !party_get(t, c, a->csp, "CSP", &csp, e)))
		return false;
	return list_rows(&l, t, c, SQL_HOLD_LIST,
		   ARGS(a->csp.at != NULL ? (struct param)P_INT4(csp.party)
					  : (struct param)P_NULL()),
		   e) &&
	       list_print(&l, cli, e);
}

struct hold_args {
	int64_t agreement;
	struct str reason;
};

static const struct option show_options[] = {
	ARG_INT(hold_args, agreement, "AGREEMENT", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
};

static bool
hold_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct hold_args *a = args;

	return radar_evidence(
	    t, cli, (struct param)P_NULL(), (struct param)P_INT8(a->agreement), e);
}

static const struct option decide_options[] = {
	ARG_INT(hold_args, agreement, "AGREEMENT", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
	OPT_TEXT(hold_args, reason, "--reason", "TEXT", OPTION_REQUIRED,
	    "what you found; names nobody"),
};

static const struct list_column decided_columns[] = {
	{ "id", "agreement", CELL_INT },
	{ "state", "state", CELL_TEXT },
};

static bool
decide(struct task *t, struct cli *cli, const struct hold_args *a, bool release, struct err *e)
{
	char actor[ACTOR_SIZE];
	AUTO(list) l = LIST(decided_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       list_rows(&l, t, c, SQL_HOLD_DECIDE,
		   ARGS(P_INT8(a->agreement), P_BOOL(release), P_STR(a->reason), P_TEXT(actor)),
		   e) &&
	       list_print_one(&l, cli, "agreement of that number", e);
}

static bool
hold_release(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return decide(t, cli, args, true, e);
}

static bool
hold_refuse(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return decide(t, cli, args, false, e);
}

const struct command cmd_hold_list = {
	.name = "hold list",
	.help = "list shares that were affirmed and wait for a person",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = hold_list,
};

const struct command cmd_hold_show = {
	.name = "hold show",
	.help = "show why a share is held: the events that speak for it",
	COMMAND_OPTIONS(show_options),
	.args_bytes = sizeof(struct hold_args),
	.needs = NEEDS_CONF,
	.run = hold_show,
};

const struct command cmd_hold_release = {
	.name = "hold release",
	.help = "let a held share begin, as its customer affirmed",
	COMMAND_OPTIONS(decide_options),
	.args_bytes = sizeof(struct hold_args),
	.needs = NEEDS_CONF,
	.run = hold_release,
};

const struct command cmd_hold_refuse = {
	.name = "hold refuse",
	.help = "end a held share; both sides are told",
	COMMAND_OPTIONS(decide_options),
	.args_bytes = sizeof(struct hold_args),
	.needs = NEEDS_CONF,
	.run = hold_refuse,
};
