/* busbar file summary: what became of the files, a line a utility. */
#include "cli/commands.h"
#include "cli/list.h"

static const struct list_column columns[] = {
	{ "tdu", "UTILITY", CELL_TEXT },
	{ "files", "FILES", CELL_INT },
	{ "loaded", "LOADED", CELL_INT },
	{ "held", "HELD", CELL_INT },
	{ "refused", "REFUSED", CELL_INT },
	{ "waiting", "WAITING", CELL_INT },
	{ "meter_days", "METER-DAYS", CELL_INT },
	{ "intervals", "READS", CELL_INT },
	{ "estimated", "ESTIMATED", CELL_INT },
	{ "missing", "MISSING", CELL_INT },
	{ "rejected", "REJECTED", CELL_INT },
	{ "median_ms", "MEDIAN ms", CELL_INT },
	{ "worst_ms", "WORST ms", CELL_INT },
	{ "reasons", "FINDINGS", CELL_TEXT },
};

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_FILE_SUMMARY, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_file_summary = {
	.name = "file summary",
	.help = "show what became of the files, a line a utility",
	.about =
	    "Reads, estimated and missing count the intervals of current versions. Median and\n"
	    "worst are milliseconds from the receipt of a file to the moment its reads could\n"
	    "be read. Findings are rules with how often they were broken: rejected records,\n"
	    "and flags on records that were loaded.",
	.needs = NEEDS_CONF,
	.run = run,
};
