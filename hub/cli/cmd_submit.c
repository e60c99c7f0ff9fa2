/* busbar submit: the simplest door. Uses the same receive path as every other. */
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/sending.h"

struct submit_args {
	struct str file, as, name;
	bool wait;
};

static const struct option options[] = {
	ARG_TEXT(submit_args, file, "FILE", OPTION_REQUIRED, "what to send, as it is"),
	OPT_TEXT(submit_args, as, "--as", "TDU", OPTION_REQUIRED, "the utility it comes from"),
	OPT_TEXT(submit_args, name, "--name", "NAME", OPTION_OPTIONAL,
	    "the name it is known by (default: FILE's own)"),
	OPT_FLAG(submit_args, wait, "--wait", "until it is loaded, held or refused"),
};

/* ---- telling ---- */

static const struct list_column columns[] = {
	{ "file", "file", CELL_INT },
	{ "name", "name", CELL_TEXT },
	{ "revision", "revision", CELL_INT },
	{ "repeated", "here already", CELL_BOOL },
	{ "size", "bytes", CELL_INT },
	{ "sha256", "SHA-256", CELL_HEX },
	{ "received_at", "received", CELL_STAMP },
	{ "state", "state", CELL_TEXT },
	{ "records", "records", CELL_DIGITS },
	{ "accepted", "accepted", CELL_DIGITS },
	{ "refused", "refused", CELL_DIGITS },
	{ "flagged", "flagged", CELL_DIGITS },
	{ "hold_rule", "because of", CELL_TEXT },
	{ "hold_text", "in words", CELL_TEXT },
};

static void
add_count(struct list *l, const struct outcome *o, int64_t n)
{
	AUTO(buf) b = BUF(32);

	if (o == NULL) {
		list_none(l);
		return;
	}
	buf_fmt(&b, "%lld", (long long)n);
	list_text(l, buf_view(&b));
}

static void
add_words(struct list *l, const struct outcome *o, struct str words)
{
	if (o == NULL || words.len == 0)
		list_none(l);
	else
		list_text(l, words);
}

static bool
tell(const struct cli *cli, const struct submit_args *a, const struct receipt *r,
    const struct outcome *o, struct err *e)
{
	AUTO(list) l = LIST(columns);

	list_int(&l, r->file);
	list_text(&l, a->name.at != NULL ? a->name : sending_name(a->file));
	list_int(&l, r->revision);
	list_int(&l, r->repeated);
	list_int(&l, r->object.size);
	list_text(&l, (struct str){ (const char *)r->object.sha256, DIGEST_BYTES });
	list_int(&l, r->received_s);
	list_text(&l, o != NULL ? o->state : str_of(r->state));
	add_count(&l, o, o != NULL ? o->records : 0);
	add_count(&l, o, o != NULL ? o->accepted : 0);
	add_count(&l, o, o != NULL ? o->refused : 0);
	add_count(&l, o, o != NULL ? o->flagged : 0);
	add_words(&l, o, o != NULL ? o->hold_rule : (struct str){ NULL, 0 });
	add_words(&l, o, o != NULL ? o->hold_text : (struct str){ NULL, 0 });
	return list_print_one(&l, cli, "receipt", e);
}

static bool
verdict(const struct receipt *r, const struct outcome *o, struct err *e)
{
	if (!str_is(o->state, "LOADED"))
		return err(e, ERR_FINDINGS, "The file is " STR_FMT ": " STR_FMT,
		    STR_ARG(o->state), STR_ARG(o->hold_text));
	if (o->refused > 0)
		return err(e, ERR_FINDINGS,
		    "%lld records were refused; \"busbar file rejects %lld\" lists them.",
		    (long long)o->refused, (long long)r->file);
	return true;
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct submit_args *a = args;
	AUTO_PTR(rows) keep = NULL;
	struct receipt r = { 0 };
	struct outcome o;

	if (!sending_receive(t, cli,
		&(struct sending){
		    .file = a->file, .as = a->as, .name = a->name, .kind = "TDU" },
		&r, e))
		return false;
	if (!a->wait)
		return tell(cli, a, &r, NULL, e);
	if (cli->progress)
		cli_say("received as file %lld", (long long)r.file);
	return sending_wait(t, cli, r.file, &o, &keep, e) && tell(cli, a, &r, &o, e) &&
	       verdict(&r, &o, e);
}

const struct command cmd_submit = {
	.name = "submit",
	.help = "send a file as a utility",
	.about = "When the receipt is printed the file is on disk and in the ledger, whatever "
		 "happens\n"
		 "next. The same bytes from the same utility give the first receipt again; the "
		 "same\n"
		 "name with other bytes is a new revision. With --wait the exit status is 1 "
		 "when any\n"
		 "record was refused or the file was not loaded.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct submit_args),
	.needs = NEEDS_CONF,
	.run = run,
};
