/* Files that a command hands in for a party, by the receive path of every door. See sending.h.
 */
#include "cli/sending.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/party.h"
#include "rt/loop.h"

enum { LOOK_MS = 1000, CHANNEL_SIZE = 64, PAYLOAD_SIZE = 128 };

/* ---- the receipt ---- */

struct str
sending_name(struct str path)
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

bool
sending_receive(struct task *t, struct cli *cli, const struct sending *what, struct receipt *r,
    struct err *e)
{
	AUTO_FD fd = open_file(what->file, e);
	struct objects *o = NULL;
	struct party from;
	char actor[ACTOR_SIZE];
	bool ok;

	if (fd < 0)
		return false;
	{
		AUTO_PTR(conn) c = cli_lease(t, cli, e);

		if (c == NULL || !party_get(t, c, what->as, what->kind, &from, e))
			return false;
	}
	o = objects_open(cli->conf.store_path, e);
	if (o == NULL)
		return false;
	cli_actor(actor, sizeof actor);
	ok = receive_fd(t, cli_db(cli, e), o, fd, cli->conf.ingest_file_max_bytes,
	    &(struct sender){ from.party, "submit", actor },
	    what->name.at != NULL ? what->name : sending_name(what->file), r, e);
	objects_free(&o);
	return ok;
}

/* ---- what became of it ---- */

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

bool
sending_wait(struct task *t, struct cli *cli, int64_t file, struct outcome *o,
    struct rows **keep, struct err *e)
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
