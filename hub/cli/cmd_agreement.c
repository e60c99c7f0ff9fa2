/* busbar agreement record: an agreement that the operator vouches for, until customers affirm.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

struct record_args {
	struct str as;
	struct texts esiid, kind;
	int64_t months, history;
};

static const struct option options[] = {
	OPT_TEXT(record_args, as, "--as", "CSP", OPTION_REQUIRED, "who may read"),
	OPT_TEXTS(record_args, esiid, "--esiid", "ESIID", OPTION_REQUIRED, "of which premise"),
	OPT_TEXTS(record_args, kind, "--kind", "KIND", OPTION_OPTIONAL,
	    "interval, register or billing (default: all)"),
	OPT_INT(record_args, months, "--months", "N", OPTION_REQUIRED, 1, 36, "for how long"),
	OPT_INT(record_args, history, "--history", "N", OPTION_OPTIONAL, 0, 24,
	    "months before now that may be read too (default: 0)"),
};

static const struct list_column columns[] = {
	{ "id", "agreement", CELL_INT },
	{ "state", "state", CELL_TEXT },
};

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct str all[] = { { "interval", 8 }, { "register", 8 },
		{ "billing", 7 } };
	struct agreement {
		int64_t agreement;
	} row;
	static const struct db_field fields[] = { DB_INT8(agreement, agreement) };
	const struct record_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct party csp;

	cli_actor(actor, sizeof actor);
	if (c == NULL || !party_get(t, c, a->as, "CSP", &csp, e) ||
	    db_one(t, c, SQL_AGREEMENT_RECORD,
		ARGS(P_INT4(csp.party), P_TEXTS(a->esiid.at, a->esiid.n),
		    P_TEXTS(a->kind.n > 0 ? a->kind.at : all,
			a->kind.n > 0 ? a->kind.n : nitems(all)),
		    P_INT4((int32_t)a->months),
		    P_INT4(a->history == INT64_MIN ? 0 : (int32_t)a->history), P_TEXT(actor)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	list_int(&l, row.agreement);
	list_text(&l, STR("ACTIVE"));
	return list_print_one(&l, cli, "agreement", e);
}

const struct command cmd_agreement_record = {
	.name = "agreement record",
	.help = "let a third party read premises, on the operator's word",
	.about =
	    "For a demo or sandbox: the agreement is active at once, without an invitation.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct record_args),
	.needs = NEEDS_CONF,
	.run = run,
};
