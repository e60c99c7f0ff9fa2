/* busbar report: figures for regulators and partners, which can be made again (docs/reports).
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

enum { MADE_MOST = 1000 };

struct print_args {
	struct str report, format, party;
	int64_t snapshot;
	int32_t from, to;
};

static const struct option print_options[] = {
	ARG_TEXT(
	    print_args, report, "NAME", OPTION_REQUIRED, "as `busbar report kinds` has it"),
	OPT_INT(print_args, snapshot, "--snapshot", "ID", OPTION_OPTIONAL, 1, INT64_MAX,
	    "of what was known then; the days are those of then too"),
	OPT_DATE(print_args, from, "--from", OPTION_OPTIONAL,
	    "first day in Chicago (default: of the month before this one)"),
	OPT_DATE(print_args, to, "--to", OPTION_OPTIONAL, "last day, inclusive"),
	OPT_TEXT(print_args, party, "--party", "PARTY", OPTION_OPTIONAL, "its part alone"),
	OPT_WORD(print_args, format, "--format", "WORD", OPTION_OPTIONAL, "csv|json|html",
	    "html is a page to print (default: csv; json with --json)"),
};

struct printed {
	struct str body;
	int64_t made, snapshot;
};
static const struct db_field printed_fields[] = {
	DB_TEXT(printed, body),
	DB_INT8(printed, made),
	DB_INT8(printed, snapshot),
};

static bool
print(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct print_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO_PTR(rows) keep = NULL;
	char actor[ACTOR_SIZE];
	struct str format = a->format;
	struct printed row;

	cli_actor(actor, sizeof actor);
	if (format.at == NULL)
		format = str_of(cli->json ? "json" : "csv");
	if (c == NULL ||
	    db_one(t, c, SQL_REPORT_PRINT,
		ARGS(P_STR(a->report),
		    a->snapshot == INT64_MIN ? (struct param)P_NULL()
					     : (struct param)P_INT8(a->snapshot),
		    P_DATE(a->from), P_DATE(a->to), P_STR(a->party), P_STR(format),
		    P_TEXT(actor)),
		printed_fields, nitems(printed_fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (!cli->json)
		cli_say("report %lld, of snapshot %lld", (long long)row.made,
		    (long long)row.snapshot);
	return cli_out(row.body, e);
}

static const struct list_column kind_columns[] = {
	{ "report", "REPORT", CELL_TEXT },
	{ "title", "TITLE", CELL_TEXT },
	{ "parties", "OWN PART FOR", CELL_TEXT },
	{ "monthly", "MONTHLY", CELL_BOOL },
};

static bool
kinds(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(kind_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_REPORT_KINDS, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

static const struct list_column made_columns[] = {
	{ "made", "MADE", CELL_INT },
	{ "report", "REPORT", CELL_TEXT },
	{ "party", "PARTY", CELL_TEXT },
	{ "from_day", "FROM", CELL_DATE },
	{ "to_day", "TO", CELL_DATE },
	{ "snapshot", "SNAPSHOT", CELL_INT },
	{ "entries", "ENTRIES", CELL_INT },
	{ "made_at", "AT", CELL_STAMP },
	{ "made_by", "BY", CELL_TEXT },
	{ "monthly", NULL, CELL_BOOL },
	{ "sha256", NULL, CELL_TEXT },
	{ "event", "EVENT", CELL_INT },
};

static bool
list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(made_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_REPORT_LIST, ARGS(P_INT4(MADE_MOST)), e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_report = {
	.name = "report",
	.help = "make a report, or make one again as it was",
	.about =
	    "Without --snapshot of what is known now. With the one of a report that was "
	    "made before, its\n"
	    "queries of that time run again over what was known at that time, and the bytes "
	    "are the same;\n"
	    "if they are not, that is an error. docs/reports says what is counted.",
	COMMAND_OPTIONS(print_options),
	.args_bytes = sizeof(struct print_args),
	.needs = NEEDS_CONF,
	.run = print,
};

const struct command cmd_report_kinds = {
	.name = "report kinds",
	.help = "list which reports there are",
	.needs = NEEDS_CONF,
	.run = kinds,
};

const struct command cmd_report_list = {
	.name = "report list",
	.help = "list the reports that were made, newest first",
	.about =
	    "The EVENT is in the audit log: `busbar audit prove EVENT` proves the report's "
	    "SHA-256.",
	.needs = NEEDS_CONF,
	.run = list,
};
