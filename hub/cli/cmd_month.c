/* busbar month: closed months into one partition each, old ones away. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

struct merge_args {
	struct str month;
};

static const struct option merge_options[] = {
	ARG_TEXT(merge_args, month, "MONTH", OPTION_REQUIRED, "as 2026-07"),
};

struct purge_args {
	int32_t before;
};

static const struct option purge_options[] = {
	OPT_DATE(purge_args, before, "--before", OPTION_REQUIRED,
	    "reads of days before this one are dropped for good"),
};

struct done {
	int64_t done;
};
static const struct db_field done_fields[] = { DB_INT8(done, done) };

static bool
tell(const struct cli *cli, const char *name, const char *title, int64_t n, struct err *e)
{
	const struct list_column columns[] = { { name, title, CELL_INT } };
	AUTO(list) l = LIST(columns);

	list_int(&l, n);
	return list_print_one(&l, cli, "result", e);
}

static bool
by_day(struct task *t, struct cli *cli, enum sql q, int32_t day, int64_t *n, struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	struct done row = { 0 };

	cli_actor(actor, sizeof actor);
	if (c == NULL || db_one(t, c, q, ARGS(P_DATE(day), P_TEXT(actor)), done_fields,
			     nitems(done_fields), &row, NULL, e) != DB_FOUND)
		return false;
	*n = row.done;
	return true;
}

static bool
merge(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct merge_args *a = args;
	AUTO(buf) text = BUF(32);
	int64_t rows;
	int32_t day;

	buf_str(&text, a->month);
	buf_c(&text, "-01");
	if (a->month.len != 7 || !civil_read_date(buf_view(&text), &day))
		return err(e, ERR_USAGE,
		    "MONTH is \"" STR_FMT "\", expected a month as 2026-07", STR_ARG(a->month));
	return by_day(t, cli, SQL_MONTH_MERGE, day, &rows, e) &&
	       tell(cli, "rows", "rows merged", rows, e);
}

static bool
purge(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct purge_args *a = args;
	int64_t parts;

	return by_day(t, cli, SQL_MONTH_PURGE, a->before, &parts, e) &&
	       tell(cli, "partitions", "partitions dropped", parts, e);
}

/* Step by step, each a transaction of its own, until nothing is left. */
static bool
housekeep(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "done", "DONE", CELL_TEXT } };
	struct step {
		struct str done;
	} row;
	static const struct db_field fields[] = { DB_TEXT(step, done) };
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];
	enum db_got got;

	(void)args;
	if (c == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	do {
		AUTO_PTR(rows) keep = NULL;

		got = db_one(t, c, SQL_MONTH_HOUSEKEEP, ARGS(P_TEXT(actor)), fields,
		    nitems(fields), &row, &keep, e);
		if (got != DB_FOUND)
			break;
		if (cli->progress)
			cli_say(STR_FMT, STR_ARG(row.done));
		list_text(&l, row.done);
	} while (got == DB_FOUND);
	return got == DB_NONE && list_print(&l, cli, e);
}

const struct command cmd_month_merge = {
	.name = "month merge",
	.help = "put the days of a closed month into one partition",
	.about = "The same rows in the order of their series: a year of one meter is then read "
		 "in a\n"
		 "fraction of the time. Loading into the month waits meanwhile.",
	COMMAND_OPTIONS(merge_options),
	.args_bytes = sizeof(struct merge_args),
	.needs = NEEDS_CONF,
	.run = merge,
};

const struct command cmd_month_purge = {
	.name = "month purge",
	.help = "drop the reads of days before a date, for good",
	.about = "Whole partitions only: of a merged month nothing goes until all of it may "
		 "go. It is\n"
		 "on record in the audit log.",
	COMMAND_OPTIONS(purge_options),
	.args_bytes = sizeof(struct purge_args),
	.needs = NEEDS_CONF,
	.run = purge,
};

const struct command cmd_month_housekeep = {
	.name = "month housekeep",
	.help = "purge and merge what is due by the settings of the database",
	.about =
	    "Drops reads older than reads.keep_months, then merges each month that ended more\n"
	    "than reads.merge_after_days ago. For a timer: once a day.",
	.needs = NEEDS_CONF,
	.run = housekeep,
};
