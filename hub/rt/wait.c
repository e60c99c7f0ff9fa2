/*
 * Waiting, waking, cancelling, deadlines. Each wait is the same small loop: is the task
 * cancelled or out of time? has it happened? else arm, leave, look again. libevent's clock is a
 * few ms coarse, so a timer that came early just goes round once more.
 */
#include "rt/inside.h"

#include <assert.h>
#include <event2/event.h>

/* Marks what task_deadline() returned: an instant to be put back, not a number of ms. */
#define BEFORE (UINT64_C(1) << 63)

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct task *t = arg;

	(void)fd;
	t->fired = what;
	loop_ready(t->loop, t);
}

bool
task_check(struct task *t, struct err *e)
{
	if (t->cancelled && !t->shielded)
		return err(e, ERR_CANCELLED, "task %s was cancelled", t->name);
	if (t->deadline_ms != 0 && loop_now_ms(t->loop) >= t->deadline_ms)
		return err(e, ERR_TIMEOUT, "the time allowed to task %s is over", t->name);
	return true;
}

static uint64_t
sooner(uint64_t a_ms, uint64_t b_ms)
{
	return a_ms == 0 || (b_ms != 0 && b_ms < a_ms) ? b_ms : a_ms;
}

static bool
arm(struct task *t, int fd, short events, uint64_t until_ms, struct err *e)
{
	struct event_base *base = t->loop->base;
	uint64_t now = loop_now_ms(t->loop), left_ms = until_ms > now ? until_ms - now : 0;
	struct timeval left = { 0 };

	left.tv_sec = (time_t)(left_ms / 1000);
	left.tv_usec = (suseconds_t)(left_ms % 1000 * 1000);
	if (t->event == NULL)
		t->event = event_new(base, -1, 0, on_event, t);
	if (t->event == NULL)
		return err(e, ERR_BUSY, "no memory to wait");
	if (event_assign(t->event, base, fd, events, on_event, t) != 0 ||
	    event_add(t->event, until_ms != 0 ? &left : NULL) != 0)
		return err_errno(e, ERR_IO, "cannot wait for descriptor %d", fd);
	return true;
}

/* Leaves until fd (or -1) is ready, until_ms has come (0: never), or somebody queues the task.
 */
static bool
leave(
    struct task *t, enum task_wait why, int fd, short events, uint64_t until_ms, struct err *e)
{
	bool armed = fd >= 0 || until_ms != 0;

	assert(t->loop->running == t); /* nobody can wait for somebody else */
	t->fired = 0;
	if (armed && !arm(t, fd, events, until_ms, e))
		return false;
	t->waiting = why;
	fiber_leave(t->fiber);
	if (armed)
		event_del(t->event);
	return true;
}

bool
task_wait_fd(struct task *t, int fd, unsigned want, struct err *e)
{
	short events =
	    (short)((want & TASK_READ ? EV_READ : 0) | (want & TASK_WRITE ? EV_WRITE : 0));

	assert(fd >= 0 && events != 0);
	t->fired = 0;
	for (;;) {
		if (!task_check(t, e))
			return false;
		if ((t->fired & events) != 0)
			return true;
		if (!leave(t, WAIT_FD, fd, events, t->deadline_ms, e))
			return false;
	}
}

bool
task_sleep(struct task *t, uint32_t ms, struct err *e)
{
	uint64_t until_ms = loop_now_ms(t->loop) + ms;

	for (;;) {
		if (!task_check(t, e))
			return false;
		if (loop_now_ms(t->loop) >= until_ms)
			return true;
		if (!leave(t, WAIT_SLEEP, -1, 0, sooner(until_ms, t->deadline_ms), e))
			return false;
	}
}

bool
task_park(struct task *t, struct err *e)
{
	for (;;) {
		if (!task_check(t, e))
			return false;
		if (t->woken)
			break;
		if (!leave(t, WAIT_PARK, -1, 0, t->deadline_ms, e))
			return false;
	}
	t->woken = false;
	return true;
}

void
task_park_firm(struct task *t)
{
	if (!t->woken)
		leave(t, WAIT_FIRM, -1, 0, 0, NULL);
	t->woken = false;
}

bool
task_yield(struct task *t, struct err *e)
{
	if (!task_check(t, e))
		return false;
	loop_ready(t->loop, t);
	leave(t, WAIT_TURN, -1, 0, 0, NULL);
	return task_check(t, e);
}

void
task_wake(struct task *t)
{
	assert(t->magic == TASK_ALIVE);
	t->woken = true; /* kept when it does not park yet: no wake is lost */
	if (t->waiting == WAIT_PARK || t->waiting == WAIT_FIRM)
		loop_ready(t->loop, t);
}

void
task_cancel(struct task *t)
{
	assert(t->magic == TASK_ALIVE);
	t->cancelled = true;
	if (t->waiting == WAIT_PARK || t->waiting == WAIT_FD || t->waiting == WAIT_SLEEP)
		loop_ready(t->loop, t);
}

bool
task_shield(struct task *t, bool on)
{
	bool was = t->shielded;

	t->shielded = on;
	return was;
}

bool
task_cancelled(const struct task *t)
{
	return t->cancelled;
}

uint64_t
task_deadline(struct task *t, uint64_t ms)
{
	uint64_t before = t->deadline_ms == 0 ? 0 : t->deadline_ms | BEFORE;

	if (ms == 0)
		t->deadline_ms = 0;
	else if ((ms & BEFORE) != 0)
		t->deadline_ms = ms & ~BEFORE;
	else
		t->deadline_ms = sooner(t->deadline_ms, loop_now_ms(t->loop) + ms);
	return before;
}

uint64_t
task_left_ms(const struct task *t)
{
	uint64_t now = loop_now_ms(t->loop);

	if (t->deadline_ms == 0)
		return UINT64_MAX;
	return t->deadline_ms > now ? t->deadline_ms - now : 0;
}

void
wait_end(struct task *t)
{
	loop_event_free(&t->event);
}
