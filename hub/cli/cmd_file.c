/* busbar file: the ledger of files, and what became of each. */
#include <string.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"

enum { LIST_PRESET = 50, LIST_MOST = 100000 };

/* ---- list ---- */

static const struct list_column list_columns[] = {
	{ "file", "FILE", CELL_INT },
	{ "party_code", "FROM", CELL_TEXT },
	{ "name", "NAME", CELL_TEXT },
	{ "revision", "REV", CELL_INT },
	{ "size", "BYTES", CELL_INT },
	{ "door", NULL, CELL_TEXT },
	{ "received_at", "RECEIVED", CELL_STAMP },
	{ "state", "STATE", CELL_TEXT },
	{ "format", "FORMAT", CELL_TEXT },
	{ "load", NULL, CELL_DIGITS },
	{ "loaded_at", "LOADED", CELL_MOMENT },
	{ "hold_rule", "BECAUSE OF", CELL_TEXT },
	{ "counts", NULL, CELL_JSON },
};

struct list_args {
	struct str from;
	int64_t most;
};

static const struct option list_options[] = {
	OPT_TEXT(
	    list_args, from, "--from", "PARTY", OPTION_OPTIONAL, "only files of this party"),
	OPT_INT(list_args, most, "--most", "N", OPTION_OPTIONAL, 1, LIST_MOST,
	    "how many, newest first (default: 50)"),
};

static bool
list_files(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct list_args *a = args;
	AUTO(list) l = LIST(list_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	int32_t most = a->most == INT64_MIN ? LIST_PRESET : (int32_t)a->most;
	struct param party = P_NULL();
	struct party from;

	if (c == NULL)
		return false;
	if (a->from.at != NULL) {
		if (!party_get(t, c, a->from, NULL, &from, e))
			return false;
		party = (struct param)P_INT4(from.party);
	}
	return list_rows(&l, t, c, SQL_FILE_LIST, ARGS(party, P_INT4(most)), e) &&
	       list_print(&l, cli, e);
}

/* ---- show ---- */

static const struct list_column show_columns[] = {
	{ "file", "file", CELL_INT },
	{ "party_code", "from", CELL_TEXT },
	{ "name", "name", CELL_TEXT },
	{ "revision", "revision", CELL_INT },
	{ "size", "bytes", CELL_INT },
	{ "sha256", "SHA-256", CELL_HEX },
	{ "door", "door", CELL_TEXT },
	{ "actor", "sent by", CELL_TEXT },
	{ "received_at", "received", CELL_STAMP },
	{ "state", "state", CELL_TEXT },
	{ "format", "format", CELL_TEXT },
	{ "load", "load", CELL_DIGITS },
	{ "loaded_at", "loaded", CELL_MOMENT },
	{ "hold_rule", "because of", CELL_TEXT },
	{ "hold_text", "in words", CELL_TEXT },
	{ "released", "released by hand", CELL_BOOL },
	{ "counts", "counts", CELL_JSON },
	{ "rejected", "findings listed", CELL_INT },
	{ "ack_sha256", "acknowledgement", CELL_HEX },
	{ "ack_size", NULL, CELL_DIGITS },
	{ "rejects_sha256", "reject file", CELL_HEX },
	{ "rejects_size", NULL, CELL_DIGITS },
};

struct file_args {
	int64_t file;
};

static const struct option file_options[] = {
	ARG_INT(file_args, file, "FILE", OPTION_REQUIRED, 1, INT64_MAX, "its number"),
};

static bool
show(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct file_args *a = args;
	AUTO(list) l = LIST(show_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_FILE_SHOW, ARGS(P_INT8(a->file)), e) &&
	       list_print_one(&l, cli, "file of that number", e);
}

/* ---- rejects ---- */

static const struct list_column reject_columns[] = {
	{ "line", "LINE", CELL_INT },
	{ "col", "COLUMN", CELL_INT },
	{ "rule", "RULE", CELL_TEXT },
	{ "severity", "SEVERITY", CELL_TEXT },
	{ "esiid", "ESI ID", CELL_TEXT },
	{ "day", "DAY", CELL_DATE },
	{ "channel", "CHANNEL", CELL_TEXT },
	{ "found", "FOUND", CELL_TEXT },
	{ "expected", "EXPECTED", CELL_TEXT },
};

static bool
rejects(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct file_args *a = args;
	AUTO(list) file = LIST(show_columns);
	AUTO(list) l = LIST(reject_columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	if (c == NULL || !list_rows(&file, t, c, SQL_FILE_SHOW, ARGS(P_INT8(a->file)), e))
		return false;
	if (list_count(&file) == 0)
		return err(e, ERR_NOT_FOUND, "there is no file of that number");
	return list_rows(&l, t, c, SQL_FILE_REJECTS, ARGS(P_INT8(a->file)), e) &&
	       list_print(&l, cli, e);
}

/* ---- what a person decides about a held file ---- */

static bool
decide(struct task *t, struct cli *cli, const struct file_args *a, enum sql q, struct err *e)
{
	char actor[ACTOR_SIZE];
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		cli_actor(actor, sizeof actor);
		if (c == NULL ||
		    db_exec(t, c, q, ARGS(P_INT8(a->file), P_TEXT(actor)), NULL, e) != DB_FOUND)
			return false;
	}
	return show(t, cli, a, e);
}

static bool
release(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return decide(t, cli, args, SQL_FILE_RELEASE, e);
}

static bool
discard(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	return decide(t, cli, args, SQL_FILE_DISCARD, e);
}

const struct command cmd_file_list = {
	.name = "file list",
	.help = "list the files that came in",
	COMMAND_OPTIONS(list_options),
	.args_bytes = sizeof(struct list_args),
	.needs = NEEDS_CONF,
	.run = list_files,
};

const struct command cmd_file_show = {
	.name = "file show",
	.help = "show one file: its receipt, state and counts",
	COMMAND_OPTIONS(file_options),
	.args_bytes = sizeof(struct file_args),
	.needs = NEEDS_CONF,
	.run = show,
};

const struct command cmd_file_rejects = {
	.name = "file rejects",
	.help = "list the records of a file that were refused, with place and reason",
	COMMAND_OPTIONS(file_options),
	.args_bytes = sizeof(struct file_args),
	.needs = NEEDS_CONF,
	.run = rejects,
};

const struct command cmd_file_release = {
	.name = "file release",
	.help = "let a held file be loaded after all",
	.about = "The rules that hold whole files do not apply to it again; all others do.",
	COMMAND_OPTIONS(file_options),
	.args_bytes = sizeof(struct file_args),
	.needs = NEEDS_CONF,
	.run = release,
};

const struct command cmd_file_discard = {
	.name = "file discard",
	.help = "give up a held file; its bytes are kept",
	COMMAND_OPTIONS(file_options),
	.args_bytes = sizeof(struct file_args),
	.needs = NEEDS_CONF,
	.run = discard,
};
