/* busbar completeness: the scoreboard of a day. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"

struct completeness_args {
	int32_t day;
	struct str as_of;
};

static const struct option options[] = {
	OPT_DATE(completeness_args, day, "--day", OPTION_OPTIONAL,
	    "local day of the utilities (default: yesterday in Chicago)"),
	OPT_STAMP(completeness_args, as_of, "--as-of", OPTION_OPTIONAL,
	    "as it was known then, inclusive"),
};

static const struct list_column columns[] = {
	{ "tdu", "UTILITY", CELL_TEXT },
	{ "due", "DUE", CELL_INT },
	{ "received", "RECEIVED", CELL_INT },
	{ "intervals", "READS", CELL_INT },
	{ "estimated", "ESTIMATED", CELL_INT },
	{ "missing", "MISSING", CELL_INT },
	{ "late", "LATE", CELL_INT },
	{ "changed", "CHANGED", CELL_INT },
	{ "unknown", "UNKNOWN", CELL_INT },
	{ "load_kwh", "LOAD kWh", CELL_KWH },
	{ "generation_kwh", "GENERATION kWh", CELL_KWH },
};

static bool
yesterday(struct task *t, struct conn *c, int32_t *day, struct err *e)
{
	struct date_row {
		int32_t day;
	} row;
	static const struct db_field fields[] = { DB_DATE(date_row, day) };

	if (db_one(t, c, SQL_YESTERDAY, ARGS(P_TEXT("America/Chicago")), fields, nitems(fields),
		&row, NULL, e) != DB_FOUND)
		return false;
	*day = row.day;
	return true;
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct completeness_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char date[CIVIL_DATE_SIZE];
	int32_t day = a->day;

	if (c == NULL || (day == DAY_NONE && !yesterday(t, c, &day, e)))
		return false;
	civil_date(date, day);
	if (!cli->json)
		cli_say("meter-days of %s", date);
	return list_rows(&l, t, c, SQL_COMPLETENESS, ARGS(P_DATE(day), P_STR(a->as_of)), e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_completeness = {
	.name = "completeness",
	.help = "show by utility what of a day was due and what came",
	.about = "Counts are of meter-days but for reads, estimated, missing and changed, "
		 "which are of\n"
		 "intervals. Late ones came after the utility's hour; unknown ones are of ESI "
		 "IDs that\n"
		 "no premise is known for yet; changed counts every interval that a later "
		 "version of\n"
		 "the day altered.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct completeness_args),
	.needs = NEEDS_CONF,
	.run = run,
};
