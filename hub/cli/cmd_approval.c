/* busbar approval: what one person asked for and another must confirm; csp suspend and its kin.
 */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "approval", "APPROVAL", CELL_INT },
	{ "about", "WHAT", CELL_TEXT },
	{ "subject", "OF", CELL_TEXT },
	{ "reason", "WHY", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "asked_by", "ASKED BY", CELL_TEXT },
	{ "valid_until", "UNTIL", CELL_STAMP },
	{ "decided_by", "DECIDED BY", CELL_TEXT },
	{ "action", NULL, CELL_TEXT },
	{ "asked_at", NULL, CELL_STAMP },
	{ "decided_at", NULL, CELL_STAMP },
};

struct list_args {
	bool all;
};

static const struct option list_options[] = {
	OPT_FLAG(list_args, all, "--all", "those too that were decided or are over"),
};

static bool
approval_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_APPROVAL_LIST, ARGS(P_BOOL(!a->all)), e) &&
	       list_print(&l, cli, e);
}

static bool
show(struct task *t, struct cli *cli, struct conn *c, int64_t number, struct err *e)
{
	AUTO(list) all = LIST(columns);
	AUTO(list) one = LIST(columns);

	if (!list_rows(&all, t, c, SQL_APPROVAL_LIST, ARGS(P_BOOL(false)), e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (list_cell(&all, row, 0).number == number)
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "approval of that number", e);
}

struct approval_args {
	int64_t approval;
};

static const struct option approval_options[] = {
	ARG_INT(
	    approval_args, approval, "APPROVAL", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
};

static bool
decide(struct task *t, struct cli *cli, const void *args, enum sql q, struct err *e)
{
	const struct approval_args *a = args;
	char actor[ACTOR_SIZE];
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, q, ARGS(P_INT8(a->approval), P_TEXT(actor)), NULL, e) ==
		   DB_FOUND &&
	       show(t, cli, c, a->approval, e);
}

static bool
approval_confirm(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return decide(t, cli, args, SQL_APPROVAL_CONFIRM, e);
}

static bool
approval_refuse(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return decide(t, cli, args, SQL_APPROVAL_REFUSE, e);
}

/* ---- suspending a third party ---- */

struct csp_args {
	struct str csp, reason;
};

static const struct option csp_options[] = {
	ARG_TEXT(csp_args, csp, "CSP", OPTION_REQUIRED, "the third party"),
	OPT_TEXT(csp_args, reason, "--reason", "TEXT", OPTION_REQUIRED, "why; names nobody"),
};

static const struct list_column suspension_columns[] = {
	{ "suspension", "SUSPENSION", CELL_INT },
	{ "csp", "CSP", CELL_TEXT },
	{ "state", "CSP IS", CELL_TEXT },
	{ "cause", "CAUSE", CELL_TEXT },
	{ "reason", "WHY", CELL_TEXT },
	{ "began_at", "FROM", CELL_STAMP },
	{ "began_by", "BY", CELL_TEXT },
	{ "ended_at", "LIFTED", CELL_STAMP },
	{ "ended_by", "LIFTED BY", CELL_TEXT },
	{ "hit", NULL, CELL_INT },
	{ "complaint", NULL, CELL_INT },
	{ "commission_order", NULL, CELL_INT },
};

static bool
suspensions_of(struct task *t, struct cli *cli, struct conn *c, struct param csp, struct err *e)
{
	AUTO(list) l = LIST(suspension_columns);

	return list_rows(&l, t, c, SQL_CSP_SUSPENSIONS, ARGS(csp), e) && list_print(&l, cli, e);
}

static bool
csp_suspend(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct csp_args *a = args;
	char actor[ACTOR_SIZE];
	struct party csp;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL && party_get(t, c, a->csp, "CSP", &csp, e) &&
	       db_exec(t, c, SQL_CSP_SUSPEND,
		   ARGS(P_INT4(csp.party), P_STR(a->reason), P_TEXT(actor)), NULL,
		   e) == DB_FOUND &&
	       suspensions_of(t, cli, c, (struct param)P_INT4(csp.party), e);
}

static bool
csp_resume(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct asked {
		int64_t number;
	} row;
	static const struct db_field fields[] = { DB_INT8(asked, number) };
	const struct csp_args *a = args;
	char actor[ACTOR_SIZE];
	struct party csp;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL && party_get(t, c, a->csp, "CSP", &csp, e) &&
	       db_one(t, c, SQL_CSP_RESUME_ASK,
		   ARGS(P_INT4(csp.party), P_STR(a->reason), P_TEXT(actor)), fields,
		   nitems(fields), &row, NULL, e) == DB_FOUND &&
	       show(t, cli, c, row.number, e);
}

static bool
csp_revoke(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct csp_args *a = args;
	char actor[ACTOR_SIZE];
	struct party csp;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	cli_actor(actor, sizeof actor);
	return c != NULL && party_get(t, c, a->csp, "CSP", &csp, e) &&
	       db_exec(t, c, SQL_CSP_REVOKE,
		   ARGS(P_INT4(csp.party), P_STR(a->reason), P_TEXT(actor)), NULL,
		   e) == DB_FOUND;
}

static bool
csp_suspensions(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && suspensions_of(t, cli, c, (struct param)P_NULL(), e);
}

const struct command cmd_approval_list = {
	.name = "approval list",
	.help = "list what waits for a second person",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = approval_list,
};

const struct command cmd_approval_confirm = {
	.name = "approval confirm",
	.help = "confirm what another person asked for; it is done at once",
	.about = "Who you are is your Unix login; under sudo, that of who called it.",
	COMMAND_OPTIONS(approval_options),
	.args_bytes = sizeof(struct approval_args),
	.needs = NEEDS_CONF,
	.run = approval_confirm,
};

const struct command cmd_approval_refuse = {
	.name = "approval refuse",
	.help = "refuse what was asked for",
	COMMAND_OPTIONS(approval_options),
	.args_bytes = sizeof(struct approval_args),
	.needs = NEEDS_CONF,
	.run = approval_refuse,
};

const struct command cmd_csp_suspend = {
	.name = "csp suspend",
	.help = "stop all that a third party gets, at once, and tell its contacts",
	.about =
	    "Reads, drops, pushes and its invitations stop within a second; its agreements\n"
	    "stay and go on when it is resumed.",
	COMMAND_OPTIONS(csp_options),
	.args_bytes = sizeof(struct csp_args),
	.needs = NEEDS_CONF,
	.run = csp_suspend,
};

const struct command cmd_csp_resume = {
	.name = "csp resume",
	.help = "ask that a suspension is lifted; another person confirms",
	COMMAND_OPTIONS(csp_options),
	.args_bytes = sizeof(struct csp_args),
	.needs = NEEDS_CONF,
	.run = csp_resume,
};

const struct command cmd_csp_revoke = {
	.name = "csp revoke",
	.help = "end a third party's access for good: agreements, boxes, all",
	.about = "It is not told. There is no way back; csp suspend has one.",
	COMMAND_OPTIONS(csp_options),
	.args_bytes = sizeof(struct csp_args),
	.needs = NEEDS_CONF,
	.run = csp_revoke,
};

const struct command cmd_csp_suspensions = {
	.name = "csp suspensions",
	.help = "list suspensions of third parties and what lifted them",
	.needs = NEEDS_CONF,
	.run = csp_suspensions,
};
