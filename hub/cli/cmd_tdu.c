/* busbar tdu: the utilities and what makes their ESI IDs known. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

enum { PREFIXES_MOST = 16 };

static const struct list_column tdu_columns[] = {
	{ "code", "CODE", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
	{ "zone", "ZONE", CELL_TEXT },
	{ "late_after_h", "LATE AFTER H", CELL_INT },
	{ "prefixes", "PREFIX/LENGTH", CELL_TEXT },
	{ "duns", "DUNS", CELL_TEXT },
};

static bool
tdu_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(tdu_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_TDU_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

struct tdu_show_args {
	struct str code;
};

static const struct option tdu_show_options[] = {
	ARG_TEXT(tdu_show_args, code, "TDU", OPTION_REQUIRED, "its code, as oncor"),
};

static bool
tdu_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct tdu_show_args *a = args;
	AUTO(list) all = LIST(tdu_columns);
	AUTO(list) one = LIST(tdu_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !list_rows(&all, t, c, SQL_TDU_LIST, NO_ARGS, e))
		return false;
	for (size_t row = 0; row < list_count(&all); row++)
		if (str_ieq(list_cell(&all, row, 0).text, a->code))
			for (size_t i = 0; i < nitems(tdu_columns); i++)
				list_add(&one, list_cell(&all, row, i));
	return list_print_one(&one, cli, "utility of that code", e);
}

struct tdu_add_args {
	struct str code, name, zone;
	struct texts duns, prefix;
	bool sandbox;
};

static const struct option tdu_add_options[] = {
	ARG_TEXT(tdu_add_args, code, "CODE", OPTION_REQUIRED, "letters, digits and hyphens"),
	OPT_TEXT(tdu_add_args, name, "--name", "NAME", OPTION_REQUIRED, "as people call it"),
	OPT_TEXT(tdu_add_args, zone, "--zone", "ZONE", OPTION_OPTIONAL,
	    "time zone of its days (default: America/Chicago)"),
	OPT_TEXTS(tdu_add_args, duns, "--duns", "DUNS", OPTION_REQUIRED,
	    "9 or 13 digits; leading zeros matter"),
	OPT_TEXTS(tdu_add_args, prefix, "--prefix", "DIGITS/LENGTH", OPTION_REQUIRED,
	    "first seven digits of its ESI IDs and their length, as 1044372/17"),
	OPT_FLAG(tdu_add_args, sandbox, "--sandbox",
	    "for trying: its premises are made ones, and open to third parties before they are "
	    "live"),
};

static bool
read_prefix(struct str s, int32_t *prefix, int32_t *length, struct err *e)
{
	struct str digits, rest;
	int64_t p, n;

	if (!str_cut(s, '/', &digits, &rest) || digits.len != 7 || !str_int64(digits, &p) ||
	    !str_int64(rest, &n) || (n != 17 && n != 22))
		return err(e, ERR_USAGE,
		    "--prefix is \"" STR_FMT
		    "\", expected seven digits and a length of 17 or 22 "
		    "as 1044372/17",
		    STR_ARG(s));
	*prefix = (int32_t)p;
	*length = (int32_t)n;
	return true;
}

static bool
tdu_add(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct tdu_add_args *a = args;
	int32_t prefixes[PREFIXES_MOST], lengths[PREFIXES_MOST];
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];
	int32_t party;

	if (a->prefix.n > PREFIXES_MOST)
		return err(e, ERR_USAGE, "more than %d prefixes", PREFIXES_MOST);
	for (size_t i = 0; i < a->prefix.n; i++)
		if (!read_prefix(a->prefix.at[i], &prefixes[i], &lengths[i], e))
			return false;
	cli_actor(actor, sizeof actor);
	c = cli_lease(t, cli, e);
	return c != NULL &&
	       party_add(t, c, SQL_TDU_ADD,
		   ARGS(P_STR(a->code), P_STR(a->name),
		       P_TEXT(a->zone.at != NULL ? a->zone.at : "America/Chicago"),
		       P_TEXTS(a->duns.at, a->duns.n), P_INT4S(prefixes, a->prefix.n),
		       P_INT4S(lengths, a->prefix.n), P_TEXT(actor), P_BOOL(a->sandbox)),
		   &party, e) &&
	       party_tell_made(cli, a->code, party, e);
}

const struct command cmd_tdu_list = {
	.name = "tdu list",
	.help = "list the utilities",
	.needs = NEEDS_CONF,
	.run = tdu_list,
};

const struct command cmd_tdu_show = {
	.name = "tdu show",
	.help = "show one utility",
	COMMAND_OPTIONS(tdu_show_options),
	.args_bytes = sizeof(struct tdu_show_args),
	.needs = NEEDS_CONF,
	.run = tdu_show,
};

const struct command cmd_tdu_add = {
	.name = "tdu add",
	.help = "take in a utility",
	.about = "The code names it on the command line and its spool folder. An ESI ID "
		 "belongs to the\n"
		 "utility that has its first seven digits; days begin and end by the utility's "
		 "zone.",
	COMMAND_OPTIONS(tdu_add_options),
	.args_bytes = sizeof(struct tdu_add_args),
	.needs = NEEDS_CONF,
	.run = tdu_add,
};
