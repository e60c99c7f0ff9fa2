/* busbar budget: how often a party may ask the API for something. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "party_code", "PARTY", CELL_TEXT },
	{ "class", "CLASS", CELL_TEXT },
	{ "most", "REQUESTS", CELL_INT },
	{ "window_s", "IN SECONDS", CELL_INT },
	{ "own", "OWN", CELL_BOOL },
	{ "about", "FOR", CELL_TEXT },
};

static bool
list(struct task *t, struct cli *cli, struct conn *c, struct param of, struct err *e)
{
	AUTO(list) l = LIST(columns);

	return list_rows(&l, t, c, SQL_BUDGET_LIST, ARGS(of), e) && list_print(&l, cli, e);
}

struct list_args {
	struct str party;
};

static const struct option list_options[] = {
	ARG_TEXT(list_args, party, "PARTY", OPTION_OPTIONAL,
	    "of this party (default: what all have, and who has another)"),
};

static bool
budget_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct param of = P_NULL();
	struct party p;

	if (c == NULL || (a->party.at != NULL && !party_get(t, c, a->party, NULL, &p, e)))
		return false;
	if (a->party.at != NULL)
		of = (struct param)P_INT4(p.party);
	return list(t, cli, c, of, e);
}

struct set_args {
	struct str party, class_;
	int64_t most;
};

static const struct option set_options[] = {
	ARG_TEXT(set_args, party, "PARTY", OPTION_REQUIRED, "whose"),
	ARG_WORD(set_args, class_, "CLASS", OPTION_REQUIRED, "NORMAL|READS|BULK|WRITE",
	    "NORMAL, READS, BULK or WRITE"),
	ARG_INT(set_args, most, "REQUESTS", OPTION_OPTIONAL, 1, 10000000,
	    "in the class's window (default: as many as all have)"),
};

static bool
budget_set(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct set_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct party p;

	cli_actor(actor, sizeof actor);
	return c != NULL && party_get(t, c, a->party, NULL, &p, e) &&
	       db_exec(t, c, SQL_BUDGET_SET,
		   ARGS(P_INT4(p.party), P_STR(a->class_),
		       a->most == INT64_MIN ? (struct param)P_NULL()
					    : (struct param)P_INT4((int32_t)a->most),
		       P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       list(t, cli, c, (struct param)P_INT4(p.party), e);
}

const struct command cmd_budget_list = {
	.name = "budget list",
	.help = "list how often parties may ask the API for something",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = budget_list,
};

const struct command cmd_budget_set = {
	.name = "budget set",
	.help = "give a party another budget of the API than all have",
	.about = "It holds from the party's next window on, for all of its programs.",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct set_args),
	.needs = NEEDS_CONF,
	.run = budget_set,
};
