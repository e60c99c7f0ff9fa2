/* busbar mail: mails on their way, and who gets none. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/mailbox.h"

enum { LIST_MOST = 100000, LIST_PRESET = 100 };

static const struct list_column columns[] = {
	{ "mail", "NUMBER", CELL_INT },
	{ "kind", "KIND", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "csp", "CSP", CELL_TEXT },
	{ "agreement", "AGREEMENT", CELL_INT },
	{ "attempts", "TRIED", CELL_INT },
	{ "due_at", "DUE", CELL_STAMP },
	{ "accepted_at", "SENT", CELL_STAMP },
	{ "reply", "REPLY", CELL_TEXT },
	{ "language", NULL, CELL_TEXT },
	{ "queued_at", NULL, CELL_STAMP },
	{ "give_up_at", NULL, CELL_STAMP },
};

struct list_args {
	int64_t agreement, most;
	struct str state;
};

static const struct option list_options[] = {
	OPT_WORD(list_args, state, "--state", "WORD", OPTION_OPTIONAL,
	    "queued|sending|sent|bounced|failed|cancelled|suppressed",
	    "queued, sending, sent, bounced, failed, cancelled or suppressed only"),
	OPT_INT(list_args, agreement, "--agreement", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "of this one only"),
	OPT_INT(list_args, most, "--most", "N", OPTION_OPTIONAL, 1, LIST_MOST,
	    "the newest so many (default: 100)"),
};

static bool
mail_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL &&
	       list_rows(&l, t, c, SQL_MAIL_LIST,
		   ARGS(P_STR(a->state),
		       a->agreement == INT64_MIN ? (struct param)P_NULL()
						 : (struct param)P_INT8(a->agreement),
		       P_INT4(a->most == INT64_MIN ? LIST_PRESET : a->most)),
		   e) &&
	       list_print(&l, cli, e);
}

struct one_args {
	int64_t number;
};

static const struct option one_options[] = {
	ARG_INT(one_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the mail"),
};

static bool
mail_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column one[] = {
		{ "mail", "NUMBER", CELL_INT },
		{ "kind", "KIND", CELL_TEXT },
		{ "state", "STATE", CELL_TEXT },
		{ "csp", "CSP", CELL_TEXT },
		{ "agreement", "AGREEMENT", CELL_INT },
		{ "language", "LANGUAGE", CELL_TEXT },
		{ "attempts", "TRIED", CELL_INT },
		{ "queued_at", "QUEUED", CELL_STAMP },
		{ "due_at", "DUE", CELL_STAMP },
		{ "give_up_at", "GIVEN UP", CELL_STAMP },
		{ "accepted_at", "SENT", CELL_STAMP },
		{ "bounced_at", "CAME BACK", CELL_STAMP },
		{ "reply", "REPLY", CELL_TEXT },
		{ "facts", "TELLS", CELL_JSON },
	};
	const struct one_args *a = args;
	AUTO(list) l = LIST(one);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_MAIL_SHOW, ARGS(P_INT8(a->number)), e) &&
	       list_print_one(&l, cli, "mail", e);
}

static bool
mail_retry(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column one[] = { { "mail", "DUE NOW", CELL_INT } };
	const struct one_args *a = args;
	AUTO(list) l = LIST(one);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	list_int(&l, a->number);
	return c != NULL &&
	       db_exec(t, c, SQL_MAIL_AGAIN, ARGS(P_INT8(a->number), P_TEXT(actor)), NULL, e) ==
		   DB_FOUND &&
	       list_print_one(&l, cli, "mail", e);
}

/* ---- who gets none ---- */

struct box_args {
	struct str email, csp;
};

static const struct option box_options[] = {
	OPT_TEXT(box_args, email, "--email", "ADDRESS", OPTION_REQUIRED, "the mailbox"),
	OPT_TEXT(box_args, csp, "--csp", "CSP", OPTION_OPTIONAL,
	    "mails of this third party only (default: of all)"),
};

/* The index of a mailbox, and the third party or null. */
static bool
find(struct task *t, struct cli *cli, struct conn *c, const struct box_args *a,
    struct mailbox *m, struct param *csp, struct err *e)
{
	AUTO_PTR(keys) k = NULL;
	struct party p;

	*csp = (struct param)P_NULL();
	if (!secret_start(e) || (k = keys_open(cli->conf.keys_path, e)) == NULL ||
	    !mailbox_seal(m, k, "mail.email", a->email, e))
		return false;
	if (a->csp.at == NULL)
		return true;
	if (!party_get(t, c, a->csp, "CSP", &p, e))
		return false;
	*csp = (struct param)P_INT4(p.party);
	return true;
}

static bool
tell(struct cli *cli, bool changed, const char *done, struct err *e)
{
	static const struct list_column one[] = { { "result", "MAILS", CELL_TEXT } };
	AUTO(list) l = LIST(one);

	list_text(&l, str_of(changed ? done : "unchanged"));
	return list_print_one(&l, cli, "mailbox", e);
}

struct changed {
	bool changed;
};
static const struct db_field changed_fields[] = { DB_BOOL(changed, changed) };

static bool
mail_suppress(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct changed row;
	struct mailbox m;
	struct param csp;

	cli_actor(actor, sizeof actor);
	return c != NULL && find(t, cli, c, args, &m, &csp, e) &&
	       db_one(t, c, SQL_MAIL_OPT_OUT,
		   ARGS(
		       P_BYTES(m.index, sizeof m.index), csp, P_TEXT("OPT_OUT"), P_TEXT(actor)),
		   changed_fields, nitems(changed_fields), &row, NULL, e) == DB_FOUND &&
	       tell(cli, row.changed, "suppressed", e);
}

static bool
mail_allow(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct changed row;
	struct mailbox m;
	struct param csp;

	cli_actor(actor, sizeof actor);
	return c != NULL && find(t, cli, c, args, &m, &csp, e) &&
	       db_one(t, c, SQL_MAIL_OPT_IN,
		   ARGS(P_BYTES(m.index, sizeof m.index), csp, P_TEXT(actor)), changed_fields,
		   nitems(changed_fields), &row, NULL, e) == DB_FOUND &&
	       tell(cli, row.changed, "allowed", e);
}

static bool
mail_suppressed(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column rows[] = {
		{ "recipient_index", "MAILBOX", CELL_HEX },
		{ "csp", "CSP", CELL_TEXT },
		{ "reason", "WHY", CELL_TEXT },
		{ "since", "SINCE", CELL_STAMP },
	};
	AUTO(list) l = LIST(rows);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_MAIL_SUPPRESSIONS, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_mail_list = {
	.name = "mail list",
	.help = "list mails, the newest first",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = mail_list,
};

const struct command cmd_mail_show = {
	.name = "mail show",
	.help = "show one mail: what became of it, and what it tells",
	.about =
	    "Whose mailbox it is stands nowhere but sealed, and is forgotten when it is sent.",
	COMMAND_OPTIONS(one_options),
	.args_bytes = sizeof(struct one_args),
	.needs = NEEDS_CONF,
	.run = mail_show,
};

const struct command cmd_mail_retry = {
	.name = "mail retry",
	.help = "try a mail now",
	.about = "One that waits, or that was given up: then for as long again. A failed "
		 "invitation\n"
		 "is not sent again: its agreement has ended, so the customer is asked anew.",
	COMMAND_OPTIONS(one_options),
	.args_bytes = sizeof(struct one_args),
	.needs = NEEDS_CONF,
	.run = mail_retry,
};

const struct command cmd_mail_suppress = {
	.name = "mail suppress",
	.help = "send no more mails to a mailbox, but those that must go",
	COMMAND_OPTIONS(box_options),
	.args_bytes = sizeof(struct box_args),
	.needs = NEEDS_CONF,
	.run = mail_suppress,
};

const struct command cmd_mail_allow = {
	.name = "mail allow",
	.help = "send mails to a mailbox again",
	.about =
	    "Takes back what `mail suppress`, a link to opt out by, a report or bounces did.",
	COMMAND_OPTIONS(box_options),
	.args_bytes = sizeof(struct box_args),
	.needs = NEEDS_CONF,
	.run = mail_allow,
};

const struct command cmd_mail_suppressed = {
	.name = "mail suppressed",
	.help = "list mailboxes that get no mails, by their index",
	.needs = NEEDS_CONF,
	.run = mail_suppressed,
};
