/* busbar submit: the simplest door. Uses the same receive path as every other. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/list.h"
#include "cli/party.h"
#include "rt/loop.h"
#include "store/receive.h"

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

enum { LOOK_MS = 1000, CHANNEL_SIZE = 64, PAYLOAD_SIZE = 128 };

/* ---- the receipt ---- */

static struct str
base_name(struct str path)
{
	size_t at = path.len;

	while (at > 0 && path.at[at - 1] != '/')
		at--;
	return (struct str){ path.at + at, path.len - at };
}

/* Only plain files have an end that can be trusted to be the end. */
static int
open_file(struct str path, struct err *e)
{
	int fd = open(path.at, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		err_errno(e, ERR_BAD_INPUT, "opening " STR_FMT, STR_ARG(path));
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	err(e, ERR_BAD_INPUT, STR_FMT " is not a plain file", STR_ARG(path));
	return -1;
}

static bool
receive(struct task *t, struct cli *cli, const struct submit_args *a, struct receipt *r,
    struct err *e)
{
	AUTO_FD fd = open_file(a->file, e);
	struct objects *o = NULL;
	struct party tdu;
	char actor[ACTOR_SIZE];
	bool ok;

	if (fd < 0)
		return false;
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		if (c == NULL || !party_get(t, c, a->as, "TDU", &tdu, e))
			return false;
	}
	o = objects_open(cli->conf.store_path, e);
	if (o == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	ok = receive_fd(t, cli_db(cli, e), o, fd, cli->conf.ingest_file_max_bytes,
	    &(struct sender){ tdu.party, "submit", actor },
	    a->name.at != NULL ? a->name : base_name(a->file), r, e);
	objects_free(&o);
	return ok;
}

/* ---- what became of it ---- */

struct outcome {
	struct str state, hold_rule, hold_text;
	int64_t records, accepted, flagged, refused;
};

static const struct db_field outcome_fields[] = {
	DB_TEXT(outcome, state),
	DB_TEXT(outcome, hold_rule),
	DB_TEXT(outcome, hold_text),
	DB_INT8(outcome, records),
	DB_INT8(outcome, accepted),
	DB_INT8(outcome, flagged),
	DB_INT8(outcome, refused),
};

static bool
look(struct task *t, struct cli *cli, int64_t file, struct outcome *o, struct rows **keep,
    struct err *e)
{
	AUTO_PTR(conn) c = cli_lease(t, cli, e);
	enum db_got got;

	if (c == NULL)
		return false;
	rows_free(keep);
	got = db_one(t, c, SQL_FILE_STATE, ARGS(P_INT8(file)), outcome_fields,
	    nitems(outcome_fields), o, keep, e);
	if (got == DB_NONE)
		return err(e, ERR_BUG, "file %lld is not in the ledger", (long long)file);
	return got == DB_FOUND;
}

struct bell {
	struct listener *listener;
	struct task *waiter;
};

/* Wakes the waiter at each notification, whatever it says: it looks for itself. */
static void
ring(struct task *t, void *arg)
{
	struct bell *bell = arg;
	char channel[CHANNEL_SIZE], payload[PAYLOAD_SIZE];
	struct err e = { 0 };

	while (listen_next(
	    t, bell->listener, channel, sizeof channel, payload, sizeof payload, &e))
		task_wake(bell->waiter);
}

/* Looks when something was loaded, and once a second: holding a file rings no bell. */
static bool
watch(struct task *t, struct cli *cli, int64_t file, struct outcome *o, struct rows **keep,
    struct err *e)
{
	struct progress p = progress_start(cli, "waiting,", "s", 0);
	uint64_t begun_ms = loop_now_ms(task_loop(t));

	while (look(t, cli, file, o, keep, e)) {
		uint64_t before;

		if (!str_is(o->state, "RECEIVED")) {
			progress_end(&p);
			return true;
		}
		progress_tell(&p, (int64_t)(loop_now_ms(task_loop(t)) - begun_ms) / 1000);
		before = task_deadline(t, LOOK_MS);
		task_park(t, NULL);
		task_deadline(t, before);
		if (task_cancelled(t)) {
			err(e, ERR_CANCELLED, "file %lld is received and not loaded yet",
			    (long long)file);
			break;
		}
	}
	progress_end(&p);
	return false;
}

static bool
wait_for(struct task *t, struct cli *cli, int64_t file, struct outcome *o, struct rows **keep,
    struct err *e)
{
	static const char *const channels[] = { "reads_loaded" };
	struct bell bell = { listen_open(cli_db(cli, e), channels, nitems(channels), e), t };
	struct group g = { 0 };
	bool ok;

	if (bell.listener == NULL)
		return false;
	ok = group_spawn(t, &g, "bell", ring, &bell, e) && watch(t, cli, file, o, keep, e);
	group_cancel(&g);
	group_join(t, &g);
	listen_close(&bell.listener);
	return ok;
}

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
	list_text(&l, a->name.at != NULL ? a->name : base_name(a->file));
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

	if (!receive(t, cli, a, &r, e))
		return false;
	if (!a->wait)
		return tell(cli, a, &r, NULL, e);
	if (cli->progress)
		cli_say("received as file %lld", (long long)r.file);
	return wait_for(t, cli, r.file, &o, &keep, e) && tell(cli, a, &r, &o, e) &&
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
