/* busbar csp: third parties that customers let read. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column csp_columns[] = {
	{ "code", "CODE", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
};

static bool
csp_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(csp_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_PARTY_LIST, ARGS(P_TEXT("CSP")), e) &&
	       list_print(&l, cli, e);
}

struct csp_add_args {
	struct str code, name, site, privacy, use_en, use_es;
};

static const struct option csp_add_options[] = {
	ARG_TEXT(csp_add_args, code, "CODE", OPTION_REQUIRED, "letters, digits and hyphens"),
	OPT_TEXT(csp_add_args, name, "--name", "NAME", OPTION_REQUIRED, "as people call it"),
	OPT_TEXT(csp_add_args, site, "--site", "URL", OPTION_OPTIONAL,
	    "its site (default: https://CODE.example/)"),
	OPT_TEXT(csp_add_args, privacy, "--privacy", "URL", OPTION_OPTIONAL,
	    "its privacy policy (default: below its site)"),
	OPT_TEXT(csp_add_args, use_en, "--use", "TEXT", OPTION_OPTIONAL,
	    "what it does with reads, as customers are told"),
	OPT_TEXT(csp_add_args, use_es, "--use-es", "TEXT", OPTION_OPTIONAL,
	    "the same in Spanish (default: as --use)"),
};

static bool
csp_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct csp_add_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	int32_t party;

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       party_add(t, c, SQL_CSP_ADD,
		   ARGS(P_STR(a->code), P_STR(a->name), P_TEXT(actor), P_STR(a->site),
		       P_STR(a->privacy), P_STR(a->use_en), P_STR(a->use_es)),
		   &party, e) &&
	       party_tell_made(cli, a->code, party, e);
}

const struct command cmd_csp_list = {
	.name = "csp list",
	.help = "list the third parties (CSPs)",
	.needs = NEEDS_CONF,
	.run = csp_list,
};

const struct command cmd_csp_add = {
	.name = "csp add",
	.help = "take in a third party (CSP), active at once",
	.about =
	    "For a demo or sandbox, where the clock can be moved. Elsewhere a third party is\n"
	    "registered by steps: see csp register.",
	COMMAND_OPTIONS(csp_add_options),
	.args_bytes = sizeof(struct csp_add_args),
	.needs = NEEDS_CONF,
	.run = csp_add,
};
