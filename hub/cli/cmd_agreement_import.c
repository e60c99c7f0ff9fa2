/* busbar agreement import: a file of invitations, handed in for a third party. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/sending.h"

struct import_args {
	struct str file, as, name;
};

static const struct option options[] = {
	ARG_TEXT(import_args, file, "FILE", OPTION_REQUIRED,
	    "a CSV, as docs/formats/invitations.md says"),
	OPT_TEXT(import_args, as, "--as", "CSP", OPTION_REQUIRED, "the third party that asks"),
	OPT_TEXT(import_args, name, "--name", "NAME", OPTION_OPTIONAL,
	    "the name it is known by (default: FILE's own)"),
};

static const struct list_column columns[] = {
	{ "line", "LINE", CELL_INT },
	{ "agreement", "AGREEMENT", CELL_DIGITS },
	{ "state", "STATE", CELL_TEXT },
	{ "column", "COLUMN", CELL_DIGITS },
	{ "code", "FAULT", CELL_TEXT },
	{ "found", "FOUND", CELL_TEXT },
	{ "expected", "EXPECTED", CELL_TEXT },
};

static bool
verdict(const struct receipt *r, const struct outcome *o, struct err *e)
{
	if (!str_is(o->state, "INVITED"))
		return err(e, ERR_BAD_FILE, "The file is " STR_FMT ": " STR_FMT,
		    STR_ARG(o->state), STR_ARG(o->hold_text));
	if (o->refused > 0)
		return err(e, ERR_FINDINGS,
		    "%lld of %lld records were not used; file %lld has no more than this.",
		    (long long)o->refused, (long long)o->records, (long long)r->file);
	return true;
}

static bool
tell_rows(struct task *t, struct cli *cli, int64_t file, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	return c != NULL && list_rows(&l, t, c, SQL_SHEET_ROWS, ARGS(P_INT8(file)), e) &&
	       list_print(&l, cli, e);
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct import_args *a = args;
	const struct sending what = {
		.file = a->file, .as = a->as, .name = a->name, .kind = "CSP"
	};
	AUTO_PTR(rows) keep = NULL;
	struct receipt r = { 0 };
	struct outcome o;

	if (!sending_receive(t, cli, &what, &r, e))
		return false;
	if (cli->progress || r.repeated)
		cli_say(r.repeated ? "here already as file %lld: nobody is asked twice"
				   : "received as file %lld",
		    (long long)r.file);
	return sending_wait(t, cli, r.file, &o, &keep, e) && tell_rows(t, cli, r.file, e) &&
	       verdict(&r, &o, e);
}

const struct command cmd_agreement_import = {
	.name = "agreement import",
	.help = "invite the customers of a spreadsheet's rows",
	.about =
	    "The file is the one that a third party may put into in/ of its box itself. It is\n"
	    "received first and then read by busbar-ingestd, once, whatever happens: the same\n"
	    "bytes again tell what became of them the first time. The exit status is 1 when a\n"
	    "record was not used, 65 when the file could not be read at all.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct import_args),
	.needs = NEEDS_CONF,
	.run = run,
};
