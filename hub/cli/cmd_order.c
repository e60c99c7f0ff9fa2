/* busbar order: what the commission directs about a third party. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/radar.h"

static const struct list_column columns[] = {
	{ "order", "ORDER", CELL_INT },
	{ "docket", "DOCKET", CELL_TEXT },
	{ "csp", "CSP", CELL_TEXT },
	{ "what", "WHAT", CELL_TEXT },
	{ "notice_on", "NOTICE", CELL_DATE },
	{ "tdus", "DIRECTED", CELL_TEXT },
	{ "carried_out_at", "CARRIED OUT", CELL_STAMP },
	{ "carried_out_by", "BY", CELL_TEXT },
	{ "state", "CSP IS", CELL_TEXT },
	{ "evidence_name", NULL, CELL_TEXT },
	{ "evidence_sha256", NULL, CELL_HEX },
	{ "recorded_at", NULL, CELL_STAMP },
	{ "recorded_by", NULL, CELL_TEXT },
};

static bool
order_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_ORDER_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

static bool
show(struct task *t, struct cli *cli, struct conn *c, int64_t number, struct err *e)
{
	AUTO(list) all = LIST(columns);
	AUTO(list) one = LIST(columns);

	if (!list_rows(&all, t, c, SQL_ORDER_LIST, NO_ARGS, e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (list_cell(&all, row, 0).number == number)
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "order of that number", e);
}

struct add_args {
	struct str csp, docket, what, file;
	struct texts tdu;
	int32_t notice;
};

static const struct option add_options[] = {
	ARG_TEXT(add_args, csp, "CSP", OPTION_REQUIRED, "whom it is about"),
	OPT_TEXT(add_args, docket, "--docket", "NUMBER", OPTION_REQUIRED, "of the commission"),
	OPT_WORD(add_args, what, "--what", "WORD", OPTION_REQUIRED, "suspend|terminate|lift",
	    "suspend, terminate, or lift what an order asked before"),
	OPT_DATE(add_args, notice, "--notice", OPTION_REQUIRED,
	    "the day on which the third party was given notice"),
	OPT_TEXTS(add_args, tdu, "--tdu", "TDU", OPTION_REQUIRED,
	    "the utility that the commission directs; more by more options"),
	OPT_TEXT(add_args, file, "--file", "FILE", OPTION_REQUIRED,
	    "the order itself: its digest is kept, the file stays with you"),
};

static bool
order_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct made {
		int64_t number;
	} row;
	static const struct db_field fields[] = { DB_INT8(made, number) };
	const struct add_args *a = args;
	char actor[ACTOR_SIZE], what[16];
	struct evidence x;
	struct party csp;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	str_copy(what, sizeof what, a->what);
	for (char *at = what; *at != '\0'; at++)
		*at = (char)(*at - 'a' + 'A');
	return c != NULL && party_get(t, c, a->csp, "CSP", &csp, e) &&
	       evidence_read(&x, a->file, e) &&
	       db_one(t, c, SQL_ORDER_ADD,
		   ARGS(P_STR(a->docket), P_INT4(csp.party), P_TEXT(what), P_DATE(a->notice),
		       P_TEXTS(a->tdu.at, a->tdu.n), P_TEXT(x.name),
		       P_BYTES(x.sha256, sizeof x.sha256), P_TEXT(actor)),
		   fields, nitems(fields), &row, NULL, e) == DB_FOUND &&
	       show(t, cli, c, row.number, e);
}

struct carry_args {
	int64_t order;
};

static const struct option carry_options[] = {
	ARG_INT(carry_args, order, "ORDER", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
};

static bool
order_carry_out(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct carry_args *a = args;
	char actor[ACTOR_SIZE];
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_ORDER_CARRY_OUT, ARGS(P_INT8(a->order), P_TEXT(actor)), NULL,
		   e) == DB_FOUND &&
	       show(t, cli, c, a->order, e);
}

const struct command cmd_order_list = {
	.name = "order list",
	.help = "list the commission's orders about third parties",
	.needs = NEEDS_CONF,
	.run = order_list,
};

const struct command cmd_order_add = {
	.name = "order add",
	.help = "record an order of the commission; carry-out does what it says",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct add_args),
	.needs = NEEDS_CONF,
	.run = order_add,
};

const struct command cmd_order_carry_out = {
	.name = "order carry-out",
	.help = "suspend, terminate or lift, as an order says, at once",
	.about = "What an order suspended is lifted by an order alone. A third party that is\n"
		 "suspended for another reason too stays so.",
	COMMAND_OPTIONS(carry_options),
	.args_bytes = sizeof(struct carry_args),
	.needs = NEEDS_CONF,
	.run = order_carry_out,
};
