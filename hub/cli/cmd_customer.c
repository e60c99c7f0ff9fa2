/* busbar customer: customers' accounts, which nobody needs to share or to stop sharing. */
#include <string.h>

#include "cli/commands.h"
#include "cli/csp.h"
#include "cli/list.h"
#include "cli/party.h"
#include "store/mailbox.h"

struct register_args {
	struct texts esiid, meter, rep;
	struct str email, language;
};

static const struct option register_options[] = {
	OPT_TEXT(register_args, email, "--email", "EMAIL", OPTION_REQUIRED,
	    "the customer's mailbox, which gets a link"),
	OPT_TEXTS(register_args, esiid, "--esiid", "ESIID", OPTION_REQUIRED, "of a premise"),
	OPT_TEXTS(register_args, meter, "--meter", "NUMBER", OPTION_REQUIRED,
	    "the number on its meter, in the same order"),
	OPT_TEXTS(register_args, rep, "--rep", "DIGITS", OPTION_REQUIRED,
	    "the certificate number of its retailer (REP), in the same order"),
	OPT_WORD(register_args, language, "--language", "WORD", OPTION_OPTIONAL, "en|es",
	    "in which the hub writes: en or es (en)"),
};

static bool
customer_register(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "answer", "ANSWER", CELL_TEXT } };
	const struct register_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(keys) k = NULL;
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];
	struct mailbox m;

	cli_actor(actor, sizeof actor);
	if (!secret_start(e) || (k = keys_open(cli->conf.keys_path, e)) == NULL ||
	    !mailbox_seal(&m, k, "holder.email", a->email, e) ||
	    (c = cli_lease(t, cli, e)) == NULL ||
	    db_exec(t, c, SQL_CUSTOMER_REQUEST,
		ARGS(P_TEXTS(a->esiid.at, a->esiid.n), P_TEXTS(a->meter.at, a->meter.n),
		    P_TEXTS(a->rep.at, a->rep.n), P_MAILBOX(m),
		    P_TEXT(str_is(a->language, "es") ? "ES" : "EN"), P_TEXT(actor)),
		NULL, e) != DB_FOUND)
		return false;
	list_text(&l, STR("if all of that belongs together, the mailbox gets a link"));
	return list_print_one(&l, cli, "answer", e);
}

struct confirm_args {
	struct str link;
};

static const struct option confirm_options[] = {
	ARG_TEXT(confirm_args, link, "LINK", OPTION_REQUIRED,
	    "the link of the mail, or what is behind its last slash"),
};

static bool
customer_confirm(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct confirm_args *a = args;

	return csp_confirm_link(t, cli, a->link, e);
}

struct login_args {
	int64_t holder;
	struct str login;
};

static const struct option login_options[] = {
	ARG_INT(login_args, holder, "ACCOUNT", OPTION_REQUIRED, 1, INT32_MAX,
	    "its number in customer list"),
	ARG_TEXT(login_args, login, "LOGIN", OPTION_REQUIRED, "what it logs in by from now on"),
};

static bool
customer_login(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "login", "LOGIN", CELL_TEXT } };
	const struct login_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	list_text(&l, a->login);
	if (c == NULL)
		return false;
	if (db_exec(t, c, SQL_CUSTOMER_LOGIN,
		ARGS(P_INT4((int32_t)a->holder), P_STR(a->login), P_TEXT(actor)), NULL,
		e) != DB_FOUND) {
		/* a name that is taken will still be so tomorrow */
		if (e->code == ERR_CONFLICT)
			e->code = ERR_BAD_INPUT;
		return false;
	}
	return list_print_one(&l, cli, "login", e);
}

/* ---- list ---- */

static const struct list_column columns[] = {
	{ "holder", "ACCOUNT", CELL_INT },
	{ "login", "LOGIN", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "email", "MAILBOX", CELL_TEXT },
	{ "language", "LANGUAGE", CELL_TEXT },
	{ "premises", "PREMISES", CELL_INT },
	{ "made_at", "ASKED", CELL_STAMP },
	{ "confirmed_at", "CONFIRMED", CELL_STAMP },
	{ "ended_at", "ENDED", CELL_STAMP },
};

struct holder_row {
	int32_t holder;
	struct str login, state, language, email_sealed, email_place;
	int64_t premises, made_at, confirmed_at, ended_at;
};

static const struct db_field fields[] = {
	DB_INT4(holder_row, holder),
	DB_TEXT(holder_row, login),
	DB_TEXT(holder_row, state),
	DB_TEXT(holder_row, language),
	DB_BYTES(holder_row, email_sealed),
	DB_BYTES(holder_row, email_place),
	DB_INT8(holder_row, premises),
	DB_STAMP(holder_row, made_at),
	DB_STAMP(holder_row, confirmed_at),
	DB_STAMP(holder_row, ended_at),
};

static void
stamp_or_none(struct list *l, int64_t at)
{
	if (at == DB_STAMP_NONE)
		list_none(l);
	else
		list_int(l, at);
}

static bool
customer_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(keys) k = NULL;
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) r = NULL;
	char email[EMAIL_MOST + 1];
	struct holder_row row;

	(void)args;
	/* who asked at the portal was sealed by consent.key */
	if (!secret_start(e) || (k = keys_open_mail(cli->conf.keys_path, e)) == NULL ||
	    (c = cli_lease(t, cli, e)) == NULL ||
	    (r = db_rows(t, c, SQL_CUSTOMER_LIST, NO_ARGS, e)) == NULL)
		return false;
	while (ROWS_NEXT(r, fields, &row)) {
		list_int(&l, row.holder);
		list_text(&l, row.login);
		list_text(&l, row.state);
		list_text(&l, mailbox_open(email, k, row.email_sealed, row.email_place)
				  ? str_of(email)
				  : STR("(sealed with other keys)"));
		list_text(&l, row.language);
		list_int(&l, row.premises);
		stamp_or_none(&l, row.made_at);
		stamp_or_none(&l, row.confirmed_at);
		stamp_or_none(&l, row.ended_at);
	}
	return list_print(&l, cli, e);
}

const struct command cmd_customer_list = {
	.name = "customer list",
	.help = "list customers' accounts",
	.needs = NEEDS_CONF,
	.run = customer_list,
};

const struct command cmd_customer_register = {
	.name = "customer register",
	.help = "ask for a customer's account, tied to premises",
	.about =
	    "The answer is the same whatever was wrong. An account ends with the occupancy in\n"
	    "which it was made. Nobody needs one to share data or to stop sharing.",
	COMMAND_OPTIONS(register_options),
	.args_bytes = sizeof(struct register_args),
	.needs = NEEDS_CONF,
	.run = customer_register,
};

const struct command cmd_customer_confirm = {
	.name = "customer confirm",
	.help = "confirm a customer's account by the link of its mail",
	COMMAND_OPTIONS(confirm_options),
	.args_bytes = sizeof(struct confirm_args),
	.needs = NEEDS_CONF,
	.run = customer_confirm,
};

const struct command cmd_customer_login = {
	.name = "customer login",
	.help = "give a customer's account a name to log in by",
	.about =
	    "It begins as customer-NUMBER. Its password fits the old name alone, and so ends:\n"
	    "busbar credential add LOGIN --password gives it another.",
	COMMAND_OPTIONS(login_options),
	.args_bytes = sizeof(struct login_args),
	.needs = NEEDS_CONF,
	.run = customer_login,
};
