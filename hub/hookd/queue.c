/*
 * The task that looks: at new events, which get their places in logs, and at endpoints that
 * have something to be told, each of which gets a task. It sleeps until the next of these, and
 * is woken by what others tell.
 */
#include "hookd.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "taken.h"

enum {
	EVENTS_MOST = 10000,
	LEASE_S = 120, /* longer than a request may take, and its page */
	WAIT_MOST_MS = 60000,
	WAIT_LEAST_MS = 20,
	AGAIN_MS = 1000,
	TIDY_MS = 3600000,
	GAUGES_MS = 10000,
};

void
queue_wake(struct hookd *d)
{
	d->look = true;
	if (d->queue != NULL)
		task_wake(d->queue);
}

void
listen_run(struct task *t, void *arg)
{
	static const char *const channels[] = { "hook_event", "hook_due", "radar_csp",
		"ops_clock" };
	struct hookd *d = arg;
	char channel[64], payload[128];
	struct err e = { 0 };

	while (!task_cancelled(t)) {
		struct listener *l = listen_open(d->db, channels, nitems(channels), &e);

		while (l != NULL &&
		       listen_next(t, l, channel, sizeof channel, payload, sizeof payload, &e))
			queue_wake(d); /* "": connected anew, something may be lost */
		listen_close(&l);
		if (task_cancelled(t))
			break;
		log_error(t, "hook.deaf", "again_in_ms=%d says=\"%s\"", AGAIN_MS, e.text);
		if (!task_sleep(t, AGAIN_MS, &e))
			break;
	}
}

static bool
number_events(struct task *t, struct conn *c, struct err *e)
{
	struct numbered {
		int32_t events;
	} row;
	static const struct db_field fields[] = { DB_INT4(numbered, events) };

	do {
		if (db_one(t, c, SQL_HOOK_SEQUENCE, ARGS(P_INT4(EVENTS_MOST)), fields,
			nitems(fields), &row, NULL, e) != DB_FOUND)
			return false;
		count_events(row.events);
	} while (row.events == EVENTS_MOST);
	return true;
}

/* Takes one endpoint; *found: there was one. */
static bool
take(struct task *t, struct hookd *d, struct conn *c, bool *found, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct taken row;
	enum db_got got =
	    db_one(t, c, SQL_HOOK_TAKE, ARGS(P_TEXT(d->conf.hook_name), P_INT4(LEASE_S)),
		taken_fields, taken_field_count, &row, &keep, e);

	*found = got == DB_FOUND;
	return got == DB_NONE || (got == DB_FOUND && send_begin(t, d, &row, &keep, e));
}

static bool
next_ms(struct task *t, struct conn *c, int64_t *wait_ms, struct err *e)
{
	struct next {
		int64_t next_ms;
	} row;
	static const struct db_field fields[] = { DB_INT8(next, next_ms) };

	if (db_one(t, c, SQL_HOOK_NEXT_MS, NO_ARGS, fields, nitems(fields), &row, NULL, e) !=
	    DB_FOUND)
		return false;
	/* what is due and could not be taken is tried again, but not in a circle */
	if (row.next_ms >= 0 && row.next_ms < WAIT_LEAST_MS)
		row.next_ms = AGAIN_MS;
	if (row.next_ms >= 0 && row.next_ms < *wait_ms)
		*wait_ms = row.next_ms;
	return true;
}

static bool
look(struct task *t, struct hookd *d, int64_t *wait_ms, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->db, e);
	bool found = true;

	d->look = false;
	if (c == NULL || !number_events(t, c, e))
		return false;
	while (found && d->running < (unsigned)d->conf.hook_at_once)
		if (!take(t, d, c, &found, e))
			return false;
	/* all tasks are busy: the first that ends wakes us */
	return found || next_ms(t, c, wait_ms, e);
}

static bool
tidy(struct task *t, struct hookd *d, struct err *e)
{
	struct tidied {
		int32_t gone;
	} row;
	static const struct db_field fields[] = { DB_INT4(tidied, gone) };
	AUTO_PTR(conn) c = db_lease(t, d->db, e);

	if (c == NULL)
		return false;
	do {
		if (db_one(t, c, SQL_HOOK_TIDY, NO_ARGS, fields, nitems(fields), &row, NULL,
			e) != DB_FOUND)
			return false;
		if (row.gone > 0)
			log_info(t, "hook.tidied", "rows=%d", row.gone);
	} while (row.gone > 0);
	return true;
}

static bool
gauges(struct task *t, struct hookd *d, struct err *e)
{
	struct gauge {
		struct str name;
		int64_t value;
	} row;
	static const struct db_field fields[] = { DB_TEXT(gauge, name), DB_INT8(gauge, value) };
	AUTO_PTR(conn) c = db_lease(t, d->db, e);
	AUTO_PTR(rows) r = c == NULL ? NULL : db_rows(t, c, SQL_HOOK_GAUGES, NO_ARGS, e);

	if (r == NULL)
		return false;
	while (rows_next(r, fields, nitems(fields), &row))
		gauge_set(row.name, row.value);
	return true;
}

static void
rest(struct task *t, const struct hookd *d, int64_t wait_ms)
{
	struct err e = { 0 };

	task_deadline(t, (uint64_t)(wait_ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : wait_ms));
	while (!d->look && task_park(t, &e))
		;
	task_deadline(t, 0);
}

void
queue_run(struct task *t, void *arg)
{
	uint64_t tidied_ms = loop_now_ms(task_loop(t)) - TIDY_MS, counted_ms = 0;
	struct hookd *d = arg;
	struct err e = { 0 };

	d->queue = t;
	while (!task_cancelled(t)) {
		int64_t wait_ms = WAIT_MOST_MS;
		uint64_t now = loop_now_ms(task_loop(t));
		bool ok = look(t, d, &wait_ms, &e);

		if (ok && now - tidied_ms >= TIDY_MS) {
			ok = tidy(t, d, &e);
			tidied_ms = now;
		}
		if (ok && now - counted_ms >= GAUGES_MS) {
			ok = gauges(t, d, &e);
			counted_ms = now;
		}
		if (!ok) {
			if (task_cancelled(t))
				break;
			log_warn(t, "hook.look", "says=\"%s\"", e.text);
			wait_ms = AGAIN_MS;
			d->look = false;
		}
		rest(t, d, wait_ms);
	}
	d->queue = NULL;
}
