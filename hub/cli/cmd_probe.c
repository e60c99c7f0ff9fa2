/* busbar probe: what a prober outside saw of the hub's doors. */
#include <inttypes.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "cli/whole.h"

enum { LINES_MOST = 4 * 1024 * 1024 };

struct record_args {
	struct str file;
};

static const struct option record_options[] = {
	ARG_TEXT(record_args, file, "FILE", OPTION_OPTIONAL,
	    "lines of deploy/prober (default: standard input)"),
};

static bool
record(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	struct recorded {
		int32_t n;
	} row;
	static const struct db_field fields[] = { DB_INT4(recorded, n) };
	const struct record_args *a = args;
	AUTO(buf) lines = BUF(LINES_MOST);
	AUTO_PTR(conn) c = NULL;
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	if (!whole_file(&lines, a->file.at == NULL ? STR("/dev/stdin") : a->file, e))
		return false;
	c = cli_lease(t, cli, e);
	if (c == NULL ||
	    db_one(t, c, SQL_PROBE_RECORD, ARGS(P_STR(buf_view(&lines)), P_TEXT(actor)), fields,
		nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	cli_say("%d new", row.n);
	return true;
}

static const struct list_column columns[] = {
	{ "target", "DOOR", CELL_TEXT },
	{ "at", "AT", CELL_STAMP },
	{ "ok", "ANSWERED", CELL_BOOL },
	{ "ms", "MS", CELL_INT },
	{ "says", "SAID", CELL_TEXT },
	{ "certificate_until", "CERTIFICATE UNTIL", CELL_STAMP },
};

static bool
list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_PROBES_LAST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

const struct command cmd_probe_record = {
	.name = "probe record",
	.help = "take in what a prober outside saw",
	.about = "Lines that are there already change nothing. They are the promise "
		 "\"availability\" of the status page\n"
		 "and the report of that name.",
	COMMAND_OPTIONS(record_options),
	.args_bytes = sizeof(struct record_args),
	.needs = NEEDS_CONF,
	.run = record,
};

const struct command cmd_probe_list = {
	.name = "probe list",
	.help = "show each door as a prober saw it last, within a day",
	.needs = NEEDS_CONF,
	.run = list,
};
