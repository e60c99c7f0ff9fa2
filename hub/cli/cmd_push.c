/* busbar push: deliveries to partners' own servers. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

enum { LIST_MOST = 100000, LIST_PRESET = 100 };

static const struct list_column columns[] = {
	{ "push", "NUMBER", CELL_INT },
	{ "drop", "DROP", CELL_INT },
	{ "login", "ACCOUNT", CELL_TEXT },
	{ "label", "WHAT", CELL_TEXT },
	{ "period", "PERIOD", CELL_TEXT },
	{ "host", "TO", CELL_TEXT },
	{ "state", "STATE", CELL_TEXT },
	{ "attempts", "TRIED", CELL_INT },
	{ "next_at", "NEXT", CELL_STAMP },
	{ "bytes", "BYTES", CELL_INT },
	{ "sent_at", "SENT", CELL_STAMP },
	{ "reason", "REASON", CELL_TEXT },
	{ "says", "SAYS", CELL_TEXT },
	{ "receipt", NULL, CELL_TEXT },
	{ "total", NULL, CELL_INT },
	{ "endpoint", NULL, CELL_INT },
	{ "party_code", NULL, CELL_TEXT },
	{ "kind", NULL, CELL_TEXT },
	{ "queued_at", NULL, CELL_STAMP },
};

struct list_args {
	int64_t endpoint, most;
	struct str state;
};

static const struct option list_options[] = {
	OPT_INT(list_args, endpoint, "--endpoint", "N", OPTION_OPTIONAL, 1, INT64_MAX,
	    "to this one only"),
	OPT_WORD(list_args, state, "--state", "WORD", OPTION_OPTIONAL,
	    "queued|sending|sent|failed|cancelled|withdrawn",
	    "queued, sending, sent, failed, cancelled or withdrawn only"),
	OPT_INT(list_args, most, "--most", "N", OPTION_OPTIONAL, 1, LIST_MOST,
	    "the newest so many (default: 100)"),
};

static bool
push_list(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL &&
	       list_rows(&l, t, c, SQL_PUSH_LIST,
		   ARGS(a->endpoint == INT64_MIN ? (struct param)P_NULL()
						 : (struct param)P_INT8(a->endpoint),
		       P_STR(a->state), P_INT4(a->most == INT64_MIN ? LIST_PRESET : a->most)),
		   e) &&
	       list_print(&l, cli, e);
}

struct one_args {
	int64_t number;
	struct str words;
};

static bool
done(struct cli *cli, int64_t number, struct err *e)
{
	static const struct list_column one[] = { { "push", "DONE", CELL_INT } };
	AUTO(list) l = LIST(one);

	list_int(&l, number);
	return list_print_one(&l, cli, "delivery", e);
}

static const struct option retry_options[] = {
	ARG_INT(one_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the delivery"),
};

static bool
push_retry(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct one_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_PUSH_AGAIN, ARGS(P_INT8(a->number), P_TEXT(actor)), NULL, e) ==
		   DB_FOUND &&
	       done(cli, a->number, e);
}

static const struct option cancel_options[] = {
	ARG_INT(one_args, number, "NUMBER", OPTION_REQUIRED, 1, INT64_MAX, "the delivery"),
	OPT_TEXT(one_args, words, "--why", "TEXT", OPTION_OPTIONAL, "for the record"),
};

static bool
push_cancel(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct one_args *a = args;
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	char actor[ACTOR_SIZE];

	cli_actor(actor, sizeof actor);
	return c != NULL &&
	       db_exec(t, c, SQL_PUSH_CANCEL,
		   ARGS(P_INT8(a->number), P_STR(a->words), P_TEXT(actor)), NULL,
		   e) == DB_FOUND &&
	       done(cli, a->number, e);
}

const struct command cmd_push_list = {
	.name = "push list",
	.help = "list deliveries to partners' own servers",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = push_list,
};

const struct command cmd_push_retry = {
	.name = "push retry",
	.help = "try a delivery again now, and for as long again",
	COMMAND_OPTIONS(retry_options),
	.args_bytes = sizeof(struct one_args),
	.needs = NEEDS_CONF,
	.run = push_retry,
};

const struct command cmd_push_cancel = {
	.name = "push cancel",
	.help = "give up a delivery",
	.about =
	    "One that is under way ends before its files get their names. What of it lies\n"
	    "at the partner's under temporary names is removed.",
	COMMAND_OPTIONS(cancel_options),
	.args_bytes = sizeof(struct one_args),
	.needs = NEEDS_CONF,
	.run = push_cancel,
};
