/*
 * One task looks what is due and gives each delivery a task of its own; a listener wakes it.
 * What became of a delivery is told to the database by whoever has its token, so a delivery
 * that this process loses is taken again and finds at the partner's what is there.
 *
 * The clock is here: a delivery has push.clock and the time that its bytes need at
 * push.least_rate; when that is over the connection is closed, and busbar-push's supervisor
 * kills what was at its other end.
 */
#include "pushes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "push_job.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "said.h"
#include "sys/secret.h"

enum {
	CONNECTIONS = 6, /* calls of deliveries are short; one is the listener's */
	WAIT_MOST_MS = 30000,
	WAIT_LEAST_MS = 20,
	AGAIN_MS = 1000,
	CLOCK_MOST_MS = 12 * 3600 * 1000,
	CLOSE_MS = 60000,	/* of the lease beyond the clock */
	TELL_TRIES = 10,	/* what became of a delivery, while the database is away */
	MOVED_EVERY_MS = 10000, /* how often progress is put on record */
};

struct delivery {
	struct pushes *p;
	struct push_job job;
	struct said end;
	int64_t moved, told_ms;
	uint64_t clock_ms;
	char host[PUSH_TEXT_SIZE], kind[8];
	int64_t endpoint;
	int32_t attempts;
};

/* ---- one delivery ---- */

static bool
lease(struct task *t, struct delivery *d, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->p->db, e);

	return c != NULL && db_exec(t, c, SQL_PUSH_LEASE,
				ARGS(P_INT8(d->job.push), P_TEXT(d->job.token),
				    P_INT8((int64_t)(d->clock_ms + CLOSE_MS) / 1000)),
				NULL, e) == DB_FOUND;
}

/* Some of it went: put on record soon, since a later attempt may go on only with what is known
 * to be ours, and then from time to time. */
static bool
moved(struct task *t, struct delivery *d, int64_t bytes, struct err *e)
{
	int64_t now = (int64_t)loop_now_ms(task_loop(t));
	AUTO_PTR(conn) c = NULL;

	d->moved = bytes;
	if (d->told_ms != 0 && now - d->told_ms < MOVED_EVERY_MS)
		return true;
	d->told_ms = now;
	c = db_lease(t, d->p->db, e);
	return c != NULL && db_exec(t, c, SQL_PUSH_MOVED,
				ARGS(P_INT8(d->job.push), P_TEXT(d->job.token), P_INT8(bytes)),
				NULL, e) == DB_FOUND;
}

/* May it be published? The word for it, or NULL when that cannot be known now. */
static const char *
word(struct task *t, struct delivery *d, struct err *e)
{
	struct may {
		bool may;
	} row = { false };
	static const struct db_field fields[] = { DB_BOOL(may, may) };
	AUTO_PTR(conn) c = db_lease(t, d->p->db, e);

	if (c == NULL ||
	    db_one(t, c, SQL_PUSH_PUBLISH,
		ARGS(P_INT8(d->job.push), P_TEXT(d->job.token), P_INT8(d->job.bytes)), fields,
		nitems(fields), &row, NULL, e) != DB_FOUND)
		return NULL;
	return row.may ? "publish\n" : "withdraw\n";
}

static bool
answer(struct task *t, struct delivery *d, struct stream *s, struct err *e)
{
	const char *say = word(t, d, e);

	return say != NULL && stream_write(t, s, say, strlen(say), e);
}

/* Reads on to the end, which d->end has then; false: there was none. */
static bool
hear(struct task *t, struct delivery *d, struct stream *s, struct err *e)
{
	struct str line;
	enum io_got got;

	while ((got = stream_line(t, s, SAID_LINE_MOST, &line, e)) == IO_OK) {
		said_read(&d->end, line);
		switch (d->end.what) {
		case SAID_MOVED:
			if (!moved(t, d, d->end.number, e))
				return false;
			break;
		case SAID_RESUMED:
			log_info(t, "push.resumed", "push=%lld at=%lld", (long long)d->job.push,
			    (long long)d->end.number);
			break;
		case SAID_UPLOADED:
			if (!answer(t, d, s, e))
				return false;
			break;
		case SAID_SENT:
		case SAID_WITHDRAWN:
		case SAID_FAILED:
			return true;
		case SAID_NONSENSE:
			return err(e, ERR_BUG, "busbar-push says what is no answer");
		}
	}
	if (got == IO_END)
		err(e, ERR_GONE, "busbar-push ended without an answer");
	return false;
}

/* From the job to its end; what went wrong here is an end like any other. */
static void
deliver(struct task *t, struct delivery *d)
{
	struct err e = { 0 };
	struct stream *s = NULL;
	bool ok;
	int fd;

	task_deadline(t, d->clock_ms);
	fd = io_connect(t, d->p->conf->push_socket, &e);
	ok = fd >= 0 && push_job_send(t, &d->job, fd, &e);
	if (ok)
		s = stream_fd(fd, &e);
	else
		fd_auto(&fd);
	ok = s != NULL && hear(t, d, s, &e);
	stream_free(&s);
	task_deadline(t, 0);
	if (ok)
		return;
	d->end = (struct said){ .what = SAID_FAILED };
	str_copy(d->end.reason, sizeof d->end.reason,
	    e.code == ERR_TIMEOUT ? STR("stall") : STR("ours"));
	if (e.code == ERR_TIMEOUT)
		err(&e, ERR_TIMEOUT, "it was not done within %llu s",
		    (unsigned long long)d->clock_ms / 1000);
	str_plain(d->end.text, sizeof d->end.text, str_of(e.text));
}

/* ---- what became of it ---- */

static bool
tell_once(struct task *t, struct delivery *d, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->p->db, e);
	const struct push_job *j = &d->job;

	if (c == NULL)
		return false;
	switch (d->end.what) {
	case SAID_SENT:
		return db_exec(t, c, SQL_PUSH_SENT,
			   ARGS(P_INT8(j->push), P_TEXT(j->token), P_INT8(d->end.number),
			       P_TEXT(d->end.text)),
			   NULL, e) == DB_FOUND;
	case SAID_WITHDRAWN:
		return db_exec(t, c, SQL_PUSH_WITHDRAWN,
			   ARGS(P_INT8(j->push), P_TEXT(j->token)), NULL, e) == DB_FOUND;
	default:
		return db_exec(t, c, SQL_PUSH_FAILED,
			   ARGS(P_INT8(j->push), P_TEXT(j->token), P_TEXT(d->end.reason),
			       P_TEXT(d->end.text)),
			   NULL, e) == DB_FOUND;
	}
}

/* A delivery that is no longer ours (ERR_SEQUENCE, as the database says) was lost or cancelled
 * meanwhile; nothing is to be said then. */
static void
tell(struct task *t, struct delivery *d)
{
	struct err e = { 0 };

	for (int i = 0; i < TELL_TRIES; i++) {
		if (tell_once(t, d, &e) || e.code == ERR_SEQUENCE)
			return;
		if (!task_sleep(t, AGAIN_MS, &e))
			break;
	}
	log_error(t, "push.untold", "push=%lld says=\"%s\"", (long long)d->job.push, e.text);
}

static void
log_end(struct task *t, const struct delivery *d, uint64_t begun_ms)
{
	long long ms = (long long)(loop_now_ms(task_loop(t)) - begun_ms);
	char why[LOG_TEXT_SIZE];

	if (d->end.what == SAID_SENT)
		log_info(t, "push.sent", "push=%lld endpoint=%lld bytes=%lld ms=%lld",
		    (long long)d->job.push, (long long)d->endpoint, (long long)d->end.number,
		    ms);
	else if (d->end.what == SAID_WITHDRAWN)
		log_info(t, "push.withdrawn", "push=%lld endpoint=%lld", (long long)d->job.push,
		    (long long)d->endpoint);
	else if (strcmp(d->end.reason, "pin") == 0)
		log_error(t, "push.pin", "endpoint=%lld host=%s says=%s",
		    (long long)d->endpoint, d->host, log_text(why, str_of(d->end.text)));
	else
		log_warn(t, "push.failed",
		    "push=%lld endpoint=%lld attempt=%d reason=%s moved=%lld ms=%lld says=%s",
		    (long long)d->job.push, (long long)d->endpoint, d->attempts, d->end.reason,
		    (long long)d->moved, ms, log_text(why, str_of(d->end.text)));
}

static void
delivery_free(struct delivery *d)
{
	push_job_free(&d->job);
	free(d);
}

static void
delivery_run(struct task *t, void *arg)
{
	struct delivery *d = arg;
	struct pushes *p = d->p;
	uint64_t begun_ms = loop_now_ms(task_loop(t));
	struct err e = { 0 };

	if (lease(t, d, &e)) {
		deliver(t, d);
		/* told to end: the lease goes back to who begins next */
		if (!task_cancelled(t)) {
			log_end(t, d, begun_ms);
			count_push(d->kind, &d->end);
			tell(t, d);
		}
	}
	delivery_free(d);
	p->running--;
	p->look = true;
	task_wake(p->task);
}

/* ---- taking ---- */

static void
refuse(struct task *t, struct conn *c, const struct push_row *row, const struct err *why)
{
	struct err e = { 0 };

	log_error(t, "push.job", "push=%lld says=\"%s\"", (long long)row->push, why->text);
	db_exec(t, c, SQL_PUSH_FAILED,
	    ARGS(P_INT8(row->push), P_STR(row->token), P_TEXT("ours"), P_TEXT(why->text)), NULL,
	    &e);
}

static uint64_t
clock_of(const struct conf *c, int64_t bytes)
{
	int64_t ms = c->push_clock_ms + bytes / c->push_least_rate_bytes * 1000;

	return (uint64_t)(ms < CLOCK_MOST_MS ? ms : CLOCK_MOST_MS);
}

/* Takes one and gives it a task. *none: nothing is due. */
static bool
take(struct task *t, struct pushes *p, struct group *g, struct conn *c, bool *none,
    struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct push_row row;
	struct delivery *d;
	enum db_got got = db_one(t, c, SQL_PUSH_TAKE,
	    ARGS(P_TEXT(p->conf->drops_name), P_INT8(p->conf->push_give_up_ms / 1000)),
	    push_fields, push_field_count, &row, &keep, e);

	*none = got == DB_NONE;
	if (got != DB_FOUND)
		return *none;
	d = calloc(1, sizeof *d);
	if (d == NULL)
		return err(e, ERR_BUSY, "out of memory");
	d->p = p;
	d->endpoint = row.endpoint;
	d->attempts = row.attempts;
	str_copy(d->host, sizeof d->host, row.host);
	str_copy(d->kind, sizeof d->kind, row.kind);
	if (!push_job_make(t, &d->job, p, c, &row, e)) {
		refuse(t, c, &row, e);
		delivery_free(d);
		return true;
	}
	d->clock_ms = clock_of(p->conf, d->job.bytes);
	if (!group_spawn(t, g, "push", delivery_run, d, e)) {
		delivery_free(d);
		return false;
	}
	p->running++;
	return true;
}

/* ---- the task ---- */

static bool
look(struct task *t, struct pushes *p, struct group *g, int64_t *wait_ms, struct err *e)
{
	struct next {
		int64_t next_ms;
	} next;
	static const struct db_field fields[] = { DB_INT8(next, next_ms) };
	AUTO_PTR(conn) c = db_lease(t, p->db, e);
	bool none = false;

	p->look = false;
	if (c == NULL)
		return false;
	while (!none && p->running < (unsigned)p->conf->push_at_once)
		if (!take(t, p, g, c, &none, e))
			return false;
	if (!push_notices(t, p, c, e))
		return false;
	/* when all places are taken, or an endpoint's two, the end of one wakes us */
	if (db_one(t, c, SQL_PUSH_NEXT_MS, NO_ARGS, fields, nitems(fields), &next, NULL, e) !=
	    DB_FOUND)
		return false;
	if (next.next_ms > 0 && next.next_ms < *wait_ms)
		*wait_ms = next.next_ms;
	return true;
}

static bool
start(struct task *t, struct pushes *p, struct err *e)
{
	struct started {
		int32_t lost;
	} row;
	static const struct db_field fields[] = { DB_INT4(started, lost) };
	AUTO_PTR(conn) c = db_lease(t, p->db, e);

	return c != NULL && db_one(t, c, SQL_PUSH_START, ARGS(P_TEXT(p->conf->drops_name)),
				fields, nitems(fields), &row, NULL, e) == DB_FOUND;
}

static void
listen_for(struct task *t, void *arg)
{
	static const char *const channels[] = { "delivery_push", "ops_clock" };
	struct pushes *p = arg;
	char channel[64], payload[128];
	struct err e = { 0 };

	while (!task_cancelled(t)) {
		struct listener *l = listen_open(p->db, channels, nitems(channels), &e);

		while (l != NULL && listen_next(t, l, channel, sizeof channel, payload,
					sizeof payload, &e)) {
			p->look = true;
			task_wake(p->task);
		}
		listen_close(&l);
		if (task_cancelled(t) || !task_sleep(t, AGAIN_MS, &e))
			break;
	}
}

static void
rest(struct task *t, const struct pushes *p, int64_t wait_ms)
{
	struct err e = { 0 };

	task_deadline(t, (uint64_t)(wait_ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : wait_ms));
	while (!p->look && task_park(t, &e))
		;
	task_deadline(t, 0);
}

static void
serve(struct task *t, struct pushes *p, struct group *g)
{
	struct err e = { 0 };

	while (!start(t, p, &e) && !task_cancelled(t)) {
		log_warn(t, "push.wait", "says=\"%s\"", e.text);
		if (!task_sleep(t, AGAIN_MS, &e))
			return;
	}
	while (!task_cancelled(t)) {
		int64_t wait_ms = WAIT_MOST_MS;

		if (!look(t, p, g, &wait_ms, &e)) {
			if (task_cancelled(t))
				return;
			log_warn(t, "push.look", "says=\"%s\"", e.text);
			wait_ms = AGAIN_MS;
		}
		rest(t, p, wait_ms);
	}
}

bool
pushes_open(struct pushes *p, const struct conf *conf, struct err *e)
{
	struct err why = { 0 };

	p->conf = conf;
	if (!secret_start(e))
		return false;
	p->keys = keys_open_push(conf->keys_path, &why);
	if (p->keys == NULL)
		log_warn(NULL, "push.off", "says=\"%s\"", why.text);
	return true;
}

void
pushes_run(struct task *t, void *arg)
{
	struct pushes *p = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	p->task = t;
	if (p->keys == NULL)
		return;
	p->db = db_open(
	    p->conf->db_conninfo, p->conf->drops_role, "busbar-dropd push", CONNECTIONS, &e);
	if (p->db == NULL || !group_spawn(t, &g, "push listen", listen_for, p, &e)) {
		log_error(t, "push.off", "says=\"%s\"", e.text);
		return;
	}
	serve(t, p, &g);
	group_join(t, &g);
	db_close(&p->db);
}
