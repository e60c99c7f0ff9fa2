/* busbar drop: what was built of subscriptions, and what became of it. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

static const struct list_column columns[] = {
	{ "drop", "DROP", CELL_INT },
	{ "login", "LOGIN", CELL_TEXT },
	{ "label", "LABEL", CELL_TEXT },
	{ "period", "PERIOD", CELL_TEXT },
	{ "revision", "REVISION", CELL_INT },
	{ "state", "STATE", CELL_TEXT },
	{ "premises", "PREMISES", CELL_INT },
	{ "rows", "ROWS", CELL_INT },
	{ "files", "FILES", CELL_INT },
	{ "bytes", "BYTES", CELL_INT },
	{ "built_at", "BUILT", CELL_STAMP },
	{ "pushed", "PUSHED", CELL_TEXT },
	{ "says", "WHY", CELL_TEXT },
	{ "subscription", NULL, CELL_INT },
	{ "party_code", NULL, CELL_TEXT },
	{ "schedule", NULL, CELL_TEXT },
	{ "due_at", NULL, CELL_STAMP },
	{ "from_day", NULL, CELL_DATE },
	{ "to_day", NULL, CELL_DATE },
	{ "begun_at", NULL, CELL_STAMP },
	{ "ended_at", NULL, CELL_STAMP },
	{ "attempts", NULL, CELL_INT },
	{ "watermark", NULL, CELL_INT },
	{ "first_at", NULL, CELL_STAMP },
	{ "last_at", NULL, CELL_STAMP },
	{ "may_go", NULL, CELL_BOOL },
};

enum { LIST_PRESET = 100, LIST_LIMIT = 100000 };

struct list_args {
	int64_t subscription, most;
	struct str state;
};

static const struct option list_options[] = {
	OPT_INT(list_args, subscription, "--subscription", "NUMBER", OPTION_OPTIONAL, 1,
	    INT64_MAX, "of this one only"),
	OPT_WORD(list_args, state, "--state", "STATE", OPTION_OPTIONAL,
	    "due|building|built|delivered|failed|cancelled|withdrawn",
	    "only those: due, building, built, delivered, failed, cancelled, withdrawn"),
	OPT_INT(list_args, most, "--most", "N", OPTION_OPTIONAL, 1, LIST_LIMIT,
	    "how many, newest first (default: 100)"),
};

static bool
drop_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	struct param of = P_NULL();
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (a->subscription != INT64_MIN)
		of = (struct param)P_INT8(a->subscription);
	return c != NULL &&
	       list_rows(&l, t, c, SQL_DROP_LIST,
		   ARGS(of, P_STR(a->state),
		       P_INT4(a->most == INT64_MIN ? LIST_PRESET : (int32_t)a->most), P_NULL()),
		   e) &&
	       list_print(&l, cli, e);
}

/* ---- one ---- */

static const struct list_column file_columns[] = {
	{ "name", "FILE", CELL_TEXT },
	{ "kind", "KIND", CELL_TEXT },
	{ "manifest", NULL, CELL_BOOL },
	{ "size", "BYTES", CELL_INT },
	{ "rows", "ROWS", CELL_INT },
	{ "sha256", "SHA-256", CELL_TEXT },
	{ "plain_sha256", NULL, CELL_TEXT },
	{ "first_at", "FIRST", CELL_STAMP },
	{ "last_at", "LAST", CELL_STAMP },
	{ "in_box", "IN THE BOX", CELL_BOOL },
};

static const struct list_column basis_columns[] = {
	{ "agreement", "AGREEMENT", CELL_INT },
	{ "kind", "KIND", CELL_TEXT },
	{ "first_day", "FROM", CELL_DATE },
	{ "last_day", "TO", CELL_DATE },
	{ "premises", "PREMISES", CELL_INT },
};

struct drop_args {
	int64_t number;
	struct str reason;
};

static const struct option drop_options[] = {
	ARG_INT(drop_args, number, "DROP", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
};

enum { SHOW_MOST = 64 * 1024 * 1024 };

/* Three lists: the drop, its files, and what it was built under. */
static bool
print_all(struct cli *cli, const struct list *one, const struct list *files,
    const struct list *bases, struct err *e)
{
	AUTO(buf) b = BUF(SHOW_MOST);

	list_draw_one(one, cli->json, &b);
	if (cli->json) {
		/* the first object takes the lists in */
		while (b.len > 0 && (b.at[b.len - 1] == '\n' || b.at[b.len - 1] == '}'))
			b.len--;
		buf_c(&b, ",\"files\":");
		list_draw(files, true, false, &b);
		b.len -= b.len > 0 && b.at[b.len - 1] == '\n';
		buf_c(&b, ",\"basis\":");
		list_draw(bases, true, false, &b);
		b.len -= b.len > 0 && b.at[b.len - 1] == '\n';
		buf_c(&b, "}\n");
	} else {
		buf_byte(&b, '\n');
		list_draw(files, false, cli->colour, &b);
		buf_byte(&b, '\n');
		list_draw(bases, false, cli->colour, &b);
	}
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the drop is too large to print");
	return cli_out(buf_view(&b), e);
}

static bool
show(struct task *t, struct cli *cli, int64_t number, struct err *e)
{
	AUTO(list) one = LIST(columns);
	AUTO(list) files = LIST(file_columns);
	AUTO(list) bases = LIST(basis_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL ||
	    !list_rows(&one, t, c, SQL_DROP_LIST,
		ARGS(P_NULL(), P_NULL(), P_INT4(1), P_INT8(number)), e) ||
	    !list_rows(&files, t, c, SQL_DROP_FILE_LIST, ARGS(P_INT8(number)), e) ||
	    !list_rows(&bases, t, c, SQL_DROP_BASIS_LIST, ARGS(P_INT8(number)), e))
		return false;
	if (list_count(&one) == 0)
		return err(e, ERR_NOT_FOUND, "there is no drop %lld", (long long)number);
	return print_all(cli, &one, &files, &bases, e);
}

static bool
drop_show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct drop_args *a = args;

	return show(t, cli, a->number, e);
}

/* ---- build, replay, cancel ---- */

struct made {
	int64_t drop;
};

static const struct db_field made_fields[] = { DB_INT8(made, drop) };

static bool
make(struct task *t, struct cli *cli, enum sql q, struct args a, struct err *e)
{
	struct made row;
	bool ok;

	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok = c != NULL && db_one(t, c, q, a, made_fields, nitems(made_fields), &row,
				      NULL, e) == DB_FOUND;
	}
	return ok && show(t, cli, row.drop, e);
}

struct build_args {
	int64_t subscription;
	struct str period;
};

static const struct option build_options[] = {
	ARG_INT(build_args, subscription, "SUBSCRIPTION", OPTION_REQUIRED, 1, INT64_MAX,
	    "its number"),
	OPT_TEXT(build_args, period, "--period", "PERIOD", OPTION_OPTIONAL,
	    "2026-11-24, 2026-11-16/2026-11-22 or 2026-10 by its schedule (default: the "
	    "latest)"),
};

static bool
drop_build(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct build_args *a = args;
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return make(t, cli, SQL_DROP_BUILD,
	    ARGS(P_INT8(a->subscription), P_STR(a->period), P_TEXT(actor)), e);
}

static bool
drop_replay(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct drop_args *a = args;
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return make(t, cli, SQL_DROP_AGAIN, ARGS(P_INT8(a->number), P_TEXT(actor)), e);
}

static const struct option cancel_options[] = {
	ARG_INT(drop_args, number, "DROP", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
	OPT_TEXT(drop_args, reason, "--reason", "TEXT", OPTION_OPTIONAL,
	    "why; its party is told when it asks for the file"),
};

static bool
drop_cancel(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct drop_args *a = args;
	char actor[ACTOR_SIZE];
	bool ok;

	cli_actor(actor, sizeof actor);
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		ok = c != NULL && db_exec(t, c, SQL_DROP_CANCEL,
				      ARGS(P_INT8(a->number), P_STR(a->reason), P_TEXT(actor)),
				      NULL, e) == DB_FOUND;
	}
	return ok && show(t, cli, a->number, e);
}

const struct command cmd_drop_list = {
	.name = "drop list",
	.help = "list what was built of subscriptions, newest first",
	.about =
	    "due: waits to be built; built: lies in the box; delivered: was pushed to the\n"
	    "partner's server; withdrawn: a right that it was built under ended.",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = drop_list,
};

const struct command cmd_drop_show = {
	.name = "drop show",
	.help = "show one drop, its files and what it was built under",
	COMMAND_OPTIONS(drop_options),
	.args_bytes = sizeof(struct drop_args),
	.needs = NEEDS_CONF,
	.run = drop_show,
};

const struct command cmd_drop_build = {
	.name = "drop build",
	.help = "build a period of a subscription now",
	.about =
	    "A period that was built before is built again as its next revision; the files of\n"
	    "the one before go.",
	COMMAND_OPTIONS(build_options),
	.args_bytes = sizeof(struct build_args),
	.needs = NEEDS_CONF,
	.run = drop_build,
};

const struct command cmd_drop_replay = {
	.name = "drop replay",
	.help = "build and send one drop again, as its next revision",
	.about =
	    "With the reads, and under the rights, of now. The files of the one before go.",
	COMMAND_OPTIONS(drop_options),
	.args_bytes = sizeof(struct drop_args),
	.needs = NEEDS_CONF,
	.run = drop_replay,
};

const struct command cmd_drop_cancel = {
	.name = "drop cancel",
	.help = "take a drop back: it is not built, or its files are given out no more",
	COMMAND_OPTIONS(cancel_options),
	.args_bytes = sizeof(struct drop_args),
	.needs = NEEDS_CONF,
	.run = drop_cancel,
};
