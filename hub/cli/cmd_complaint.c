/* busbar complaint: what no counter sees, told by a customer, a utility or the commission. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/radar.h"

static const struct list_column columns[] = {
	{ "complaint", "COMPLAINT", CELL_INT },
	{ "at", "AT", CELL_STAMP },
	{ "from", "FROM", CELL_TEXT },
	{ "from_party", "WHO", CELL_TEXT },
	{ "csp", "CSP", CELL_TEXT },
	{ "agreement", "AGREEMENT", CELL_INT },
	{ "flag", "FLAG", CELL_TEXT },
	{ "words", "WHAT", CELL_TEXT },
	{ "reference", "REFERENCE", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "evidence_name", NULL, CELL_TEXT },
	{ "evidence_sha256", NULL, CELL_HEX },
	{ "decided_at", NULL, CELL_STAMP },
	{ "decided_by", NULL, CELL_TEXT },
	{ "decision", NULL, CELL_TEXT },
};

struct list_args {
	struct str csp;
};

static const struct option list_options[] = {
	OPT_TEXT(
	    list_args, csp, "--csp", "CSP", OPTION_OPTIONAL, "about this third party only"),
};

static bool
complaint_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	struct party csp;

	if (c == NULL || (a->csp.at != NULL && !party_get(t, c, a->csp, "CSP", &csp, e)))
		return false;
	return list_rows(&l, t, c, SQL_COMPLAINT_LIST,
		   ARGS(a->csp.at != NULL ? (struct param)P_INT4(csp.party)
					  : (struct param)P_NULL()),
		   e) &&
	       list_print(&l, cli, e);
}

/* The one of a number, after it was made or decided. */
static bool
show(struct task *t, struct cli *cli, struct conn *c, int64_t number, struct err *e)
{
	AUTO(list) all = LIST(columns);
	AUTO(list) one = LIST(columns);

	if (!list_rows(&all, t, c, SQL_COMPLAINT_LIST, ARGS(P_NULL()), e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (list_cell(&all, row, 0).number == number)
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "complaint of that number", e);
}

struct add_args {
	struct str csp, from, flag, reference, evidence, tdu;
	int64_t agreement;
};

static const struct option add_options[] = {
	ARG_TEXT(add_args, csp, "CSP", OPTION_REQUIRED, "whom it is about"),
	OPT_WORD(add_args, from, "--from", "WORD", OPTION_REQUIRED, "customer|tdu|commission",
	    "who complains"),
	OPT_TEXT(add_args, tdu, "--tdu", "TDU", OPTION_OPTIONAL, "which utility, with tdu"),
	OPT_WORD(add_args, flag, "--flag", "LETTER", OPTION_REQUIRED, "a|b|c|d|e|f",
	    "which red flag of docket 47472"),
	OPT_TEXT(add_args, reference, "--reference", "TEXT", OPTION_REQUIRED,
	    "of your own file on it, as a ticket's number; names nobody"),
	OPT_TEXT(add_args, evidence, "--evidence", "FILE", OPTION_OPTIONAL,
	    "its digest is kept, the file stays with you"),
	OPT_INT(add_args, agreement, "--agreement", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "when it is about one"),
};

static bool
insert(struct task *t, struct conn *c, const struct add_args *a, int64_t *number, struct err *e)
{
	struct made {
		int64_t number;
	} row;
	static const struct db_field fields[] = { DB_INT8(made, number) };
	char actor[ACTOR_SIZE], from[16];
	struct party csp, tdu = { 0 };
	struct evidence x;

	cli_actor(actor, sizeof actor);
	str_copy(from, sizeof from, a->from);
	for (char *at = from; *at != '\0'; at++)
		*at = (char)(*at - 'a' + 'A');
	if (!party_get(t, c, a->csp, "CSP", &csp, e) ||
	    (a->tdu.at != NULL && !party_get(t, c, a->tdu, "TDU", &tdu, e)) ||
	    (a->evidence.at != NULL && !evidence_read(&x, a->evidence, e)))
		return false;
	if (db_one(t, c, SQL_COMPLAINT_ADD,
		ARGS(P_TEXT(from),
		    a->tdu.at != NULL ? (struct param)P_INT4(tdu.party)
				      : (struct param)P_NULL(),
		    P_INT4(csp.party),
		    a->agreement != INT64_MIN ? (struct param)P_INT8(a->agreement)
					      : (struct param)P_NULL(),
		    P_STR(a->flag), P_STR(a->reference),
		    a->evidence.at != NULL ? (struct param)P_TEXT(x.name)
					   : (struct param)P_NULL(),
		    a->evidence.at != NULL ? (struct param)P_BYTES(x.sha256, sizeof x.sha256)
					   : (struct param)P_NULL(),
		    P_TEXT(actor)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*number = row.number;
	return true;
}

static bool
complaint_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	int64_t number;

	return c != NULL && insert(t, c, args, &number, e) && show(t, cli, c, number, e);
}

struct decide_args {
	int64_t complaint;
	struct str how, reason;
};

static const struct option decide_options[] = {
	ARG_INT(
	    decide_args, complaint, "COMPLAINT", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
	ARG_WORD(decide_args, how, "HOW", OPTION_REQUIRED, "dismiss|uphold|suspend",
	    "dismiss, uphold, or uphold and suspend at once"),
	OPT_TEXT(decide_args, reason, "--reason", "TEXT", OPTION_REQUIRED,
	    "what you found; names nobody"),
};

static bool
complaint_decide(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct decide_args *a = args;
	char actor[ACTOR_SIZE];
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_COMPLAINT_DECIDE,
		   ARGS(P_INT8(a->complaint), P_BOOL(!str_is(a->how, "dismiss")),
		       P_BOOL(str_is(a->how, "suspend")), P_STR(a->reason), P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       show(t, cli, c, a->complaint, e);
}

const struct command cmd_complaint_list = {
	.name = "complaint list",
	.help = "list complaints about third parties",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = complaint_list,
};

const struct command cmd_complaint_add = {
	.name = "complaint add",
	.help = "record a complaint of a customer, a utility or the commission",
	.about =
	    "Red flags: a, interfering with or falsifying customer affirmation; b, receiving\n"
	    "data that was not authorized; c, falsifying IP addresses; d, not ending access\n"
	    "when told to; e, sharing or selling data without authorization; f, altering data.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct add_args),
	.needs = NEEDS_CONF,
	.run = complaint_add,
};

const struct command cmd_complaint_decide = {
	.name = "complaint decide",
	.help = "dismiss a complaint, uphold it, or uphold it and suspend",
	COMMAND_OPTIONS(decide_options),
	.args_bytes = sizeof(struct decide_args),
	.needs = NEEDS_CONF,
	.run = complaint_decide,
};
