/* busbar agreement withdraw, terminate, renew: an agreement's moves that are not the
 * customer's. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "id", "id", CELL_INT },
	{ "state", "state", CELL_TEXT },
};

struct moved {
	struct str state;
};
static const struct db_field fields[] = { DB_TEXT(moved, state) };

static bool
move(struct task *t, struct cli *cli, struct conn *c, enum sql q, struct args a, int64_t number,
    struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(rows) keep = NULL;
	struct moved row;

	if (db_one(t, c, q, a, fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	list_int(&l, number);
	list_text(&l, row.state);
	return list_print_one(&l, cli, "agreement", e);
}

/* ---- the third party's ---- */

struct own_args {
	int64_t number;
	struct str as;
};

static const struct option own_options[] = {
	ARG_INT(own_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the agreement"),
	OPT_TEXT(own_args, as, "--as", "CSP", OPTION_REQUIRED, "the third party whose it is"),
};

static bool
own_move(struct task *t, struct cli *cli, const struct own_args *a, enum sql q, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct party csp;

	cli_actor(actor, sizeof actor);
	return c != NULL && party_get(t, c, a->as, "CSP", &csp, e) &&
	       move(t, cli, c, q, ARGS(P_INT4(csp.party), P_INT8(a->number), P_TEXT(actor)),
		   a->number, e);
}

static bool
withdraw(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return own_move(t, cli, args, SQL_AGREEMENT_WITHDRAW, e);
}

static bool
renew(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return own_move(t, cli, args, SQL_AGREEMENT_RENEW, e);
}

/* ---- anybody's ---- */

struct terminate_args {
	int64_t number;
	struct str by, why;
};

static const struct option terminate_options[] = {
	ARG_INT(
	    terminate_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the agreement"),
	OPT_WORD(terminate_args, by, "--by", "WHO", OPTION_REQUIRED,
	    "customer|csp|operator|commission",
	    "who ends it: customer, csp, operator or commission"),
	OPT_TEXT(terminate_args, why, "--why", "TEXT", OPTION_REQUIRED,
	    "for the record; both sides are told that it ended and by whom"),
};

static bool
terminate(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct terminate_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE], by[16];

	cli_actor(actor, sizeof actor);
	str_copy(by, sizeof by, a->by);
	for (char *at = by; *at != '\0'; at++)
		*at = (char)(*at - 'a' + 'A');
	return c != NULL &&
	       move(t, cli, c, SQL_AGREEMENT_TERMINATE,
		   ARGS(P_INT8(a->number), P_TEXT(by), P_STR(a->why), P_TEXT(actor)), a->number,
		   e);
}

const struct command cmd_agreement_withdraw = {
	.name = "agreement withdraw",
	.help = "take back an invitation that nobody has decided yet",
	COMMAND_OPTIONS(own_options),
	.args_bytes = sizeof(struct own_args),
	.needs = NEEDS_CONF,
	.run = withdraw,
};

const struct command cmd_agreement_renew = {
	.name = "agreement renew",
	.help = "ask a large business now whether it goes on for the same term",
	.about =
	    "What the hub does by itself before the end; one click of the customer renews.",
	COMMAND_OPTIONS(own_options),
	.args_bytes = sizeof(struct own_args),
	.needs = NEEDS_CONF,
	.run = renew,
};

const struct command cmd_agreement_terminate = {
	.name = "agreement terminate",
	.help = "end an agreement; nothing is given out under it from that instant",
	COMMAND_OPTIONS(terminate_options),
	.args_bytes = sizeof(struct terminate_args),
	.needs = NEEDS_CONF,
	.run = terminate,
};
