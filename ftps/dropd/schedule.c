/*
 * The one task that looks at clocks. It sleeps until something falls due, a build is to be
 * tried again or a minute is over, and is woken by what others tell: a subscription that was
 * added, a load, a right that ended, the hub's clock that was moved.
 */
#include <string.h>

#include "dropd.h"
#include "rt/log.h"
#include "rt/loop.h"

enum {
	DUE_MOST = 500,
	WAIT_MOST_MS = 60000, /* rights may also end by the clock alone */
	WAIT_LEAST_MS = 20,
	SWEEP_MS = 3600000,
	AGAIN_MS = 1000
};

struct due_row {
	int32_t looked, made;
	int64_t next_in_ms;
};
static const struct db_field due_fields[] = { DB_INT4(due_row, looked), DB_INT4(due_row, made),
	DB_INT8(due_row, next_in_ms) };

/* ---- what is told ---- */

static const struct channel {
	const char *name;
	bool look, rights, build;
} told[] = {
	/* name              due    rights build */
	{ "delivery_schedule", true, false, false }, { "delivery_drop", false, false, true },
	{ "delivery_rights", false, true, false }, { "reads_loaded", true, true, false },
	{ "ops_clock", true, true, true },
	{ "", true, true, true }, /* connected anew: something may be lost */
};

static void
hear(struct dropd *d, const char *channel)
{
	for (size_t i = 0; i < nitems(told); i++) {
		if (strcmp(told[i].name, channel) != 0)
			continue;
		d->look = d->look || told[i].look;
		d->rights = d->rights || told[i].rights;
		if (told[i].build)
			builders_wake(d);
	}
	if (d->scheduler != NULL)
		task_wake(d->scheduler);
	d->report = strcmp(channel, "ops_clock") == 0 || d->report;
	if (d->report && d->reporter != NULL)
		task_wake(d->reporter);
}

void
listen_run(struct task *t, void *arg)
{
	const char *channels[nitems(told) - 1];
	struct dropd *d = arg;
	char channel[64], payload[128];
	struct err e = { 0 };

	for (size_t i = 0; i < nitems(channels); i++)
		channels[i] = told[i].name;
	while (!task_cancelled(t)) {
		struct listener *l = listen_open(d->db, channels, nitems(channels), &e);

		while (l != NULL &&
		       listen_next(t, l, channel, sizeof channel, payload, sizeof payload, &e))
			hear(d, channel);
		listen_close(&l);
		if (task_cancelled(t))
			break;
		log_error(t, "drops.deaf", "again_in_ms=%d says=\"%s\"", AGAIN_MS, e.text);
		if (!task_sleep(t, AGAIN_MS, &e))
			break;
	}
}

/* ---- what is done ---- */

/* Makes the drops of all that has fallen due; *wait_ms: until the next does. */
static bool
look_due(struct task *t, struct dropd *d, struct conn *c, int64_t *wait_ms, struct err *e)
{
	struct due_row row;

	do {
		if (db_one(t, c, SQL_DROPS_SCHEDULE, ARGS(P_INT4(DUE_MOST)), due_fields,
			nitems(due_fields), &row, NULL, e) != DB_FOUND)
			return false;
		if (row.made > 0) {
			count_schedule(row.made, 0);
			log_info(t, "drops.due", "drops=%d", row.made);
			builders_wake(d);
		}
	} while (row.looked > 0 && row.next_in_ms == 0);
	if (row.next_in_ms >= 0 && row.next_in_ms < *wait_ms)
		*wait_ms = row.next_in_ms;
	return true;
}

static bool
look_rights(struct task *t, struct conn *c, struct err *e)
{
	struct ended {
		int32_t withdrawn;
	} row;
	static const struct db_field fields[] = { DB_INT4(ended, withdrawn) };

	if (db_one(t, c, SQL_DROPS_RIGHTS, NO_ARGS, fields, nitems(fields), &row, NULL, e) !=
	    DB_FOUND)
		return false;
	count_schedule(0, row.withdrawn);
	if (row.withdrawn > 0)
		log_info(t, "drops.withdrawn", "drops=%d", row.withdrawn);
	return true;
}

/* Builds that wait to be tried again, or whose builder is gone. */
static bool
look_late(struct task *t, struct dropd *d, struct conn *c, int64_t *wait_ms, struct err *e)
{
	struct next {
		int64_t next_ms;
	} row;
	static const struct db_field fields[] = { DB_INT8(next, next_ms) };

	if (db_one(t, c, SQL_DROP_NEXT_MS, NO_ARGS, fields, nitems(fields), &row, NULL, e) !=
	    DB_FOUND)
		return false;
	if (row.next_ms == 0)
		builders_wake(d);
	else if (row.next_ms > 0 && row.next_ms < *wait_ms)
		*wait_ms = row.next_ms;
	return true;
}

static bool
sweep(struct task *t, struct dropd *d, struct conn *c, struct err *e)
{
	struct part_row {
		struct str part_name;
	} row;
	static const struct db_field fields[] = { DB_TEXT(part_row, part_name) };
	AUTO_PTR(rows) rows = db_rows(t, c, SQL_DROPS_SWEEP, NO_ARGS, e);
	char name[64];

	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, fields, &row)) {
		str_copy(name, sizeof name, row.part_name);
		part_forget(d->objects, name);
	}
	log_info(t, "drops.swept", "parts=%zu", rows_count(rows));
	return true;
}

static bool
look(struct task *t, struct dropd *d, uint64_t *swept_ms, int64_t *wait_ms, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->db, e);
	uint64_t now_ms = loop_now_ms(task_loop(t));

	d->look = d->rights = false;
	if (c == NULL || !look_rights(t, c, e) || !look_due(t, d, c, wait_ms, e) ||
	    !look_late(t, d, c, wait_ms, e))
		return false;
	if (*swept_ms != 0 && now_ms < *swept_ms + SWEEP_MS)
		return true;
	*swept_ms = now_ms;
	return sweep(t, d, c, e);
}

static void
rest(struct task *t, const struct dropd *d, int64_t wait_ms)
{
	struct err e = { 0 };

	task_deadline(t, (uint64_t)(wait_ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : wait_ms));
	while (!d->look && !d->rights && task_park(t, &e))
		;
	task_deadline(t, 0);
}

void
schedule_run(struct task *t, void *arg)
{
	struct dropd *d = arg;
	uint64_t swept_ms = 0;
	struct err e = { 0 };

	d->scheduler = t;
	while (!task_cancelled(t)) {
		int64_t wait_ms = WAIT_MOST_MS;

		if (!look(t, d, &swept_ms, &wait_ms, &e)) {
			if (task_cancelled(t))
				break;
			log_warn(t, "drops.look", "says=\"%s\"", e.text);
			wait_ms = AGAIN_MS;
		}
		rest(t, d, wait_ms);
	}
	d->scheduler = NULL;
}
