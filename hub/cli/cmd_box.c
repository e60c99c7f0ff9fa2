/* busbar session, busbar box: who is in the boxes now, and what is past its time in them. */
#include "cli/commands.h"
#include "cli/list.h"

static bool
session_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = {
		{ "login", "LOGIN", CELL_TEXT },
		{ "party_code", "PARTY", CELL_TEXT },
		{ "door", "DOOR", CELL_TEXT },
		{ "from_address", "FROM", CELL_TEXT },
		{ "opened_at", "SINCE", CELL_STAMP },
		{ "seen_at", "SEEN", CELL_STAMP },
	};
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	return c != NULL && list_rows(&l, t, c, SQL_SESSION_LIST, NO_ARGS, e) &&
	       list_print(&l, cli, e);
}

static bool
box_sweep(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	static const struct list_column columns[] = { { "parts", "UPLOADS GIVEN UP",
	    CELL_INT } };
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	AUTO_PTR(rows) parts = c == NULL ? NULL : db_rows(t, c, SQL_BOX_SWEEP, NO_ARGS, e);

	(void)args;
	if (parts == NULL)
		return false;
	list_int(&l, (int64_t)rows_count(parts));
	return list_print_one(&l, cli, "result", e);
}

const struct command cmd_session_list = {
	.name = "session list",
	.help = "list who is in a box now",
	.needs = NEEDS_CONF,
	.run = session_list,
};

const struct command cmd_box_sweep = {
	.name = "box sweep",
	.help = "take out of the boxes what is past its time",
	.about =
	    "Files that are older than the account keeps them, and uploads that nobody "
	    "went on\n"
	    "with for a day. The bytes go by check --sweep, which runs after it every night.",
	.needs = NEEDS_CONF,
	.run = box_sweep,
};
