/*
 * The task that looks at clocks: it has agreements do what is due, and wakes senders when a
 * mail is. It sleeps until the next of these, and is woken by what others tell: a mail that was
 * queued, the hub's clock that was moved.
 */
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agreementd.h"
#include "rt/log.h"

enum { WAIT_MOST_MS = 60000, WAIT_LEAST_MS = 20, AGAIN_MS = 1000, BOOT_SIZE = 64 };

/* Which start of the machine this is: a clock that counts from it says how much time has gone
 * by, whatever is done to the other one. */
static void
read_boot(char to[BOOT_SIZE])
{
	AUTO_FD fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, to, BOOT_SIZE - 1);

	to[n > 0 ? n : 0] = '\0';
	to[strcspn(to, "\n")] = '\0';
}

static int64_t
uptime_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_BOOTTIME, &at);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

void
listen_run(struct task *t, void *arg)
{
	static const char *const channels[] = { "mail_outbox", "agreement_due", "radar_csp",
		"ops_clock" };
	struct agreementd *d = arg;
	char channel[64], payload[128];
	struct err e = { 0 };

	while (!task_cancelled(t)) {
		struct listener *l = listen_open(d->db, channels, nitems(channels), &e);

		while (l != NULL && listen_next(t, l, channel, sizeof channel, payload,
					sizeof payload, &e)) {
			/* "": connected anew, something may be lost. All are the same to us. */
			d->look = true;
			if (d->clock != NULL)
				task_wake(d->clock);
			senders_wake(d);
		}
		listen_close(&l);
		if (task_cancelled(t))
			break;
		log_error(t, "agreements.deaf", "again_in_ms=%d says=\"%s\"", AGAIN_MS, e.text);
		if (!task_sleep(t, AGAIN_MS, &e))
			break;
	}
}

/* All that is due for agreements; *wait_ms: until the next is. */
static bool
look_agreements(
    struct task *t, const char *boot, struct conn *c, int64_t *wait_ms, struct err *e)
{
	struct done {
		int32_t done;
	} row;
	struct next {
		int64_t next_ms;
	} next;
	static const struct db_field done_fields[] = { DB_INT4(done, done) };
	static const struct db_field next_fields[] = { DB_INT8(next, next_ms) };

	do {
		if (db_one(t, c, SQL_AGREEMENT_TICK, ARGS(P_TEXT(boot), P_INT8(uptime_ms())),
			done_fields, nitems(done_fields), &row, NULL, e) != DB_FOUND)
			return false;
		count_ticks(row.done);
	} while (row.done > 0);
	if (db_one(t, c, SQL_AGREEMENT_NEXT_MS, NO_ARGS, next_fields, nitems(next_fields),
		&next, NULL, e) != DB_FOUND)
		return false;
	/* what is due and was not done is tried again, but not in a circle */
	if (next.next_ms >= 0 && next.next_ms < AGAIN_MS)
		next.next_ms = AGAIN_MS;
	if (next.next_ms > 0 && next.next_ms < *wait_ms)
		*wait_ms = next.next_ms;
	return true;
}

/* Mails that are due; *wait_ms: until the next is. */
static bool
look_mails(
    struct task *t, struct agreementd *d, struct conn *c, int64_t *wait_ms, struct err *e)
{
	struct next {
		int64_t next_ms;
	} row;
	static const struct db_field fields[] = { DB_INT8(next, next_ms) };

	if (db_one(t, c, SQL_MAIL_NEXT_MS, NO_ARGS, fields, nitems(fields), &row, NULL, e) !=
	    DB_FOUND)
		return false;
	if (row.next_ms == 0)
		senders_wake(d);
	else if (row.next_ms > 0 && row.next_ms < *wait_ms)
		*wait_ms = row.next_ms;
	return true;
}

static bool
look(struct task *t, struct agreementd *d, const char *boot, int64_t *wait_ms, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->db, e);

	d->look = false;
	return c != NULL && look_agreements(t, boot, c, wait_ms, e) &&
	       look_mails(t, d, c, wait_ms, e);
}

static void
rest(struct task *t, const struct agreementd *d, int64_t wait_ms)
{
	struct err e = { 0 };

	task_deadline(t, (uint64_t)(wait_ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : wait_ms));
	while (!d->look && task_park(t, &e))
		;
	task_deadline(t, 0);
}

void
clock_run(struct task *t, void *arg)
{
	struct agreementd *d = arg;
	struct err e = { 0 };
	char boot[BOOT_SIZE];

	read_boot(boot);
	d->clock = t;
	while (!task_cancelled(t)) {
		int64_t wait_ms = WAIT_MOST_MS;

		if (!look(t, d, boot, &wait_ms, &e)) {
			if (task_cancelled(t))
				break;
			log_warn(t, "agreements.look", "says=\"%s\"", e.text);
			wait_ms = AGAIN_MS;
		}
		rest(t, d, wait_ms);
	}
	d->clock = NULL;
}
