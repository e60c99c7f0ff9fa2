/* busbar account smt: how an account may log in to the Smart Meter Texas family of the API. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

struct smt_args {
	struct str login, basic, certificate;
};

static const struct option smt_options[] = {
	ARG_TEXT(smt_args, login, "LOGIN", OPTION_REQUIRED, "the account's name"),
	OPT_WORD(smt_args, basic, "--basic", "WORD", OPTION_OPTIONAL, "on|off",
	    "on or off: its name and password with each request"),
	OPT_WORD(smt_args, certificate, "--certificate", "WORD", OPTION_OPTIONAL, "on|off",
	    "on or off: its client certificate"),
};

static struct param
switch_or_null(struct str word)
{
	if (word.at == NULL)
		return (struct param)P_NULL();
	return (struct param)P_BOOL(str_is(word, "on"));
}

static bool
account_smt(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "login", "LOGIN", CELL_TEXT } };
	const struct smt_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	list_text(&l, a->login);
	return c != NULL &&
	       db_exec(t, c, SQL_ACCOUNT_SMT,
		   ARGS(P_STR(a->login), switch_or_null(a->basic),
		       switch_or_null(a->certificate), P_TEXT(actor)),
		   NULL, e) == DB_FOUND &&
	       list_print_one(&l, cli, "login", e);
}

const struct command cmd_account_smt = {
	.name = "account smt",
	.help = "how an account may log in to the Smart Meter Texas API",
	.about =
	    "Every account may ask for a token by name and password (/v2/token/). Before 2025\n"
	    "programs showed both with each request, or a client certificate: each is off "
	    "until\n"
	    "it is switched on here.",
	COMMAND_OPTIONS(smt_options),
	.args_bytes = sizeof(struct smt_args),
	.needs = NEEDS_CONF,
	.run = account_smt,
};
