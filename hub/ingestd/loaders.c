/*
 * Which utility has files waiting: looked up at start, at each notification of a receipt, and
 * when a loader has come to its end. One loader a utility at a time, so that ledger order is
 * load order.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest.h"
#include "rt/log.h"

enum { RETRY_FIRST_MS = 250, RETRY_MOST_MS = 15000 };

static const struct db_field waiting_fields[] = { DB_INT8(waiting, file), DB_INT4(waiting, tdu),
	DB_TEXT(waiting, tdu_code), DB_TEXT(waiting, name), DB_BYTES(waiting, sha256),
	DB_INT8(waiting, size), DB_STAMP(waiting, received_at), DB_STAMP(waiting, hub_at),
	DB_BOOL(waiting, released), DB_INT4(waiting, revision) };

struct loader {
	struct ingest *in;
	struct tdu *tdu;
};

void
loaders_wake(struct ingest *in)
{
	in->look = true;
	if (in->dispatcher != NULL)
		task_wake(in->dispatcher);
}

/* The utility's oldest waiting file; *keep holds its texts. DB_NONE: nothing waits. */
static enum db_got
next_waiting(struct task *t, struct ingest *in, int32_t tdu, struct waiting *w,
    struct rows **keep, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, in->db, e);

	*keep = c == NULL ? NULL : db_rows(t, c, SQL_LEDGER_WAITING, NO_ARGS, e);
	if (*keep == NULL)
		return DB_FAILED;
	while (ROWS_NEXT(*keep, waiting_fields, w))
		if (w->tdu == tdu)
			return DB_FOUND;
	return DB_NONE;
}

/* One file, or the news that there is none. */
static enum db_got
step(struct task *t, const struct loader *l, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct waiting w;
	enum db_got got = next_waiting(t, l->in, l->tdu->party, &w, &keep, e);

	if (got != DB_FOUND)
		return got;
	task_label(t, "tdu=%s file=%lld", l->tdu->code, (long long)w.file);
	if (!gate_enter(t, &l->in->gate, e))
		return DB_FAILED;
	got = file_load(t, l->in, l->tdu, &w, e) ? DB_FOUND : DB_FAILED;
	gate_leave(&l->in->gate);
	return got;
}

static void
loader_run(struct task *t, void *arg)
{
	struct loader *l = arg;
	uint32_t pause_ms = RETRY_FIRST_MS;
	struct err e = { 0 };
	enum db_got got;

	(void)tdus_read(t, l->in, &e); /* names and DUNS numbers may have come since */
	while ((got = step(t, l, &e)) != DB_NONE && !task_cancelled(t)) {
		if (got == DB_FOUND) {
			pause_ms = RETRY_FIRST_MS;
			continue;
		}
		/* a commit may have succeeded without the news of it */
		l->tdu->answered = false;
		log_warn(t, "ingest.retry", "in_ms=%u says=\"%s\"", pause_ms, e.text);
		if (!task_sleep(t, pause_ms, &e))
			break;
		pause_ms = pause_ms * 2 < RETRY_MOST_MS ? pause_ms * 2 : RETRY_MOST_MS;
	}
	if (got == DB_NONE)
		answers_late(t, l->in, l->tdu);
	l->tdu->loading = false;
	/* what came after the last look has set `look` again, or is found by this one */
	loaders_wake(l->in);
	free(l);
}

static bool
spawn(struct task *t, struct ingest *in, struct tdu *u, struct err *e)
{
	struct loader *l = malloc(sizeof *l);

	if (l == NULL)
		return err(e, ERR_BUSY, "out of memory");
	*l = (struct loader){ in, u };
	u->loading = true;
	if (task_spawn(task_loop(t), "loader", loader_run, l, e) != NULL)
		return true;
	u->loading = false;
	free(l);
	return false;
}

static bool
look(struct task *t, struct ingest *in, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, in->db, e);
	AUTO_PTR(rows) rows = c == NULL ? NULL : db_rows(t, c, SQL_LEDGER_WAITING, NO_ARGS, e);
	struct waiting w;

	if (rows == NULL)
		return false;
	count_waiting((int64_t)rows_count(rows));
	while (ROWS_NEXT(rows, waiting_fields, &w)) {
		struct tdu *u = tdu_of(in, w.tdu);

		/* a utility that was added since */
		if (u == NULL && (!tdus_read(t, in, e) || (u = tdu_of(in, w.tdu)) == NULL))
			return false;
		if (!u->loading && !spawn(t, in, u, e))
			return false;
	}
	/* a crash may have left answers hidden of files that do not wait any more */
	for (size_t i = 0; i < in->tdus; i++)
		if (!in->tdu[i].answered && !in->tdu[i].loading &&
		    !spawn(t, in, &in->tdu[i], e))
			return false;
	return true;
}

void
loaders_run(struct task *t, void *arg)
{
	struct ingest *in = arg;
	struct err e = { 0 };

	in->dispatcher = t;
	in->look = true;
	while (!task_cancelled(t)) {
		while (!in->look && task_park(t, &e))
			;
		if (task_cancelled(t))
			break;
		in->look = false;
		if (look(t, in, &e))
			continue;
		log_warn(t, "ingest.look", "says=\"%s\"", e.text);
		in->look = true;
		if (!task_sleep(t, RETRY_FIRST_MS, &e))
			break;
	}
	in->dispatcher = NULL;
}
