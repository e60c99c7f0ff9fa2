/* busbar account: the boxes that parties have, and what each may use. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "login", "LOGIN", CELL_TEXT },
	{ "party_code", "PARTY", CELL_TEXT },
	{ "kind", "KIND", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "files", "FILES", CELL_INT },
	{ "used_bytes", "BYTES", CELL_INT },
	{ "quota_bytes", "QUOTA", CELL_INT },
	{ "keep_days", "KEPT DAYS", CELL_INT },
	{ "sessions_most", "SESSIONS AT MOST", CELL_INT },
	{ "data_tls", "TLS RESUMPTION", CELL_TEXT },
	{ "networks", "NETWORKS", CELL_TEXT },
	{ "made_at", "MADE", CELL_STAMP },
	{ "account", NULL, CELL_INT },
};

static bool
account_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_ACCOUNT_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

struct login_args {
	struct str login;
};

static const struct option login_options[] = {
	ARG_TEXT(login_args, login, "LOGIN", OPTION_REQUIRED, "the account's name"),
};

static bool
show(struct task *t, struct cli *cli, struct str login, struct err *e)
{
	AUTO(list) all = LIST(columns);
	AUTO(list) one = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !list_rows(&all, t, c, SQL_ACCOUNT_LIST, NO_ARGS, e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (str_ieq(list_cell(&all, row, 0).text, login))
			for (size_t i = 0; i < nitems(columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "account of that name", e);
}

static bool
account_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct login_args *a = args;

	return show(t, cli, a->login, e);
}

/* ---- limits, which add and set share ---- */

enum { KEEP_DAYS_MOST = 3650, QUOTA_GIB_MOST = 1000000, SESSIONS_MOST = 10000 };

struct limits {
	struct str login, party, data_tls;
	int64_t keep_days, quota_gib, sessions;
	struct texts network;
	bool anywhere;
};

/* clang-format off */
#define LIMITS									\
	OPT_INT(limits, keep_days, "--keep-days", "N", OPTION_OPTIONAL, 1, KEEP_DAYS_MOST,	\
	    "days that files stay in the box (10)"),				\
	OPT_INT(limits, quota_gib, "--quota", "GIB", OPTION_OPTIONAL, 1, QUOTA_GIB_MOST,	\
	    "most that it may have put, in GiB (20)"),				\
	OPT_INT(limits, sessions, "--sessions", "N", OPTION_OPTIONAL, 1, SESSIONS_MOST,		\
	    "sessions that it may have at once (50)"),						\
	OPT_WORD(limits, data_tls, "--data-tls", "WORD", OPTION_OPTIONAL, "require|prefer|off",	\
	    "resumption of TLS on FTPS data connections: require, prefer or off (require)"),	\
	OPT_TEXTS(limits, network, "--network", "CIDR", OPTION_OPTIONAL,		\
	    "where it may come from, as 192.0.2.0/24; not given: anywhere")
/* clang-format on */

static struct param
int4_or_null(int64_t n)
{
	return n == INT64_MIN ? (struct param)P_NULL() : (struct param)P_INT4(n);
}

static struct param
quota_or_null(int64_t gib)
{
	return gib == INT64_MIN ? (struct param)P_NULL()
				: (struct param)P_INT8(gib * 1024 * 1024 * 1024);
}

static struct param
networks_or_null(const struct limits *a)
{
	if (a->network.n == 0 && !a->anywhere)
		return (struct param)P_NULL();
	return (struct param)P_TEXTS(a->network.at, a->network.n);
}

/* As the database has it, in capitals; what was not given is null. */
static struct param
data_tls_or_null(char to[16], const struct limits *a)
{
	str_copy(to, 16, a->data_tls);
	for (char *at = to; *at != '\0'; at++)
		*at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
	return a->data_tls.at == NULL ? (struct param)P_NULL() : (struct param)P_TEXT(to);
}

static const struct option add_options[] = {
	ARG_TEXT(limits, login, "LOGIN", OPTION_REQUIRED,
	    "its name: up to 64 small letters, digits, dots, hyphens"),
	OPT_TEXT(
	    limits, party, "--party", "CODE", OPTION_REQUIRED, "whose box it is, as oncor"),
	LIMITS,
};

struct made_row {
	int32_t account;
};

static const struct db_field made_fields[] = { DB_INT4(made_row, account) };

/* A login that is taken is bad input: trying again would not help. */
static bool
insert(struct task *t, struct conn *c, struct args a, struct err *e)
{
	struct made_row row;

	if (db_one(t, c, SQL_ACCOUNT_ADD, a, made_fields, nitems(made_fields), &row, NULL, e) ==
	    DB_FOUND)
		return true;
	if (e->code == ERR_CONFLICT)
		e->code = ERR_BAD_INPUT;
	return false;
}

static bool
account_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct limits *a = args;
	char actor[ACTOR_SIZE], data_tls[16];
	bool ok;

	cli_actor(actor, sizeof actor);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok = c != NULL &&
		     insert(t, c,
			 ARGS(P_STR(a->party), P_STR(a->login), int4_or_null(a->keep_days),
			     quota_or_null(a->quota_gib), int4_or_null(a->sessions),
			     data_tls_or_null(data_tls, a), networks_or_null(a), P_TEXT(actor)),
			 e);
	}
	return ok && show(t, cli, a->login, e);
}

static const struct option set_options[] = {
	ARG_TEXT(limits, login, "LOGIN", OPTION_REQUIRED, "the account's name"),
	LIMITS,
	OPT_FLAG(limits, anywhere, "--anywhere", "it may come from anywhere again"),
};

static bool
account_set(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct limits *a = args;
	char actor[ACTOR_SIZE], data_tls[16];
	bool ok;

	if (a->anywhere && a->network.n > 0)
		return err(e, ERR_USAGE, "--anywhere and --network exclude each other");
	cli_actor(actor, sizeof actor);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok = c != NULL &&
		     db_exec(t, c, SQL_ACCOUNT_SET,
			 ARGS(P_STR(a->login), int4_or_null(a->keep_days),
			     quota_or_null(a->quota_gib), int4_or_null(a->sessions),
			     data_tls_or_null(data_tls, a), networks_or_null(a), P_TEXT(actor)),
			 NULL, e) == DB_FOUND;
	}
	return ok && show(t, cli, a->login, e);
}

static bool
account_close(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct login_args *a = args;
	char actor[ACTOR_SIZE];
	bool ok;

	cli_actor(actor, sizeof actor);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok =
		    c != NULL && db_exec(t, c, SQL_ACCOUNT_CLOSE,
				     ARGS(P_STR(a->login), P_TEXT(actor)), NULL, e) == DB_FOUND;
	}
	return ok && show(t, cli, a->login, e);
}

static bool
account_factor(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct login_args *a = args;
	char actor[ACTOR_SIZE];
	bool ok;

	cli_actor(actor, sizeof actor);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok =
		    c != NULL && db_exec(t, c, SQL_ACCOUNT_FACTOR,
				     ARGS(P_STR(a->login), P_TEXT(actor)), NULL, e) == DB_FOUND;
	}
	return ok && show(t, cli, a->login, e);
}

const struct command cmd_account_list = {
	.name = "account list",
	.help = "list the accounts: the boxes that parties have",
	.needs = NEEDS_CONF,
	.run = account_list,
};

const struct command cmd_account_show = {
	.name = "account show",
	.help = "show one account",
	COMMAND_OPTIONS(login_options),
	.args_bytes = sizeof(struct login_args),
	.needs = NEEDS_CONF,
	.run = account_show,
};

const struct command cmd_account_add = {
	.name = "account add",
	.help = "give a party a box",
	.about =
	    "The folders of the box go by the kind of party. Nobody can log in before the\n"
	    "account has a credential: see credential add.",
	COMMAND_OPTIONS(add_options),
	.args_bytes = sizeof(struct limits),
	.needs = NEEDS_CONF,
	.run = account_add,
};

const struct command cmd_account_set = {
	.name = "account set",
	.help = "change the limits of an account",
	.about = "What is not given stays. Networks that are given replace those that were "
		 "there.",
	COMMAND_OPTIONS(set_options),
	.args_bytes = sizeof(struct limits),
	.needs = NEEDS_CONF,
	.run = account_set,
};

const struct command cmd_account_close = {
	.name = "account close",
	.help = "close an account for good",
	.about =
	    "Its sessions can do nothing more from that moment. What the account put stays "
	    "in\n"
	    "the ledger.",
	COMMAND_OPTIONS(login_options),
	.args_bytes = sizeof(struct login_args),
	.needs = NEEDS_CONF,
	.run = account_close,
};

const struct command cmd_account_factor = {
	.name = "account factor",
	.help = "take the second factor away from who has lost it",
	.about = "For somebody who lost the phone and the recovery codes, and has shown who "
		 "that is. The\n"
		 "password alone signs in then; its holder is told by mail.",
	COMMAND_OPTIONS(login_options),
	.args_bytes = sizeof(struct login_args),
	.needs = NEEDS_CONF,
	.run = account_factor,
};
