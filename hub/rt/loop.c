/*
 * The loop: run what is ready, then ask libevent what became ready. Tasks run between two
 * rounds of libevent, never inside one of its callbacks; the callbacks only put tasks on the
 * run queue. Each round runs those that were ready when it began, so tasks that yield all the
 * time do not keep descriptors and timers waiting.
 */
#include "rt/inside.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include "rt/log.h"

/* What is called in the loop, not in a task: for a signal, or a descriptor that became
 * readable. */
struct loop_hook {
	struct event *event;
	void (*fn)(void *);
	void *arg;
	struct loop_hook *next;
};

static void
on_libevent_says(int severity, const char *text)
{
	char safe[LOG_TEXT_SIZE];

	if (severity >= EVENT_LOG_WARN)
		log_warn(NULL, "loop.libevent", "says=%s", log_text(safe, str_of(text)));
}

struct loop *
loop_new(struct err *e)
{
	struct loop *l = calloc(1, sizeof *l);

	event_set_log_callback(on_libevent_says);
	signal(SIGPIPE, SIG_IGN); /* a peer that left is an ordinary error of a write */
	if (l == NULL || (l->base = event_base_new()) == NULL) {
		err_errno(e, ERR_BUSY, "cannot make an event loop");
		free(l);
		return NULL;
	}
	return l;
}

void
loop_free(struct loop **l)
{
	struct loop *old = *l;

	if (old == NULL)
		return;
	assert(old->alive == 0 && old->running == NULL);
	while (old->hooks != NULL) {
		struct loop_hook *h = old->hooks;

		old->hooks = h->next;
		event_free(h->event);
		free(h);
	}
	pool_free(&old->pool);
	fibers_end(old);
	event_base_free(old->base);
	free(old);
	*l = NULL;
}

void
loop_ready(struct loop *l, struct task *t)
{
	if (t->queued)
		return;
	t->queued = true;
	t->ready_next = NULL;
	if (l->ready_last != NULL)
		l->ready_last->ready_next = t;
	else
		l->ready_first = t;
	l->ready_last = t;
}

static void
run_ready(struct loop *l)
{
	const struct task *last = l->ready_last;
	bool more = last != NULL;

	while (more) {
		struct task *t = l->ready_first;

		more = t != last; /* t may be gone afterwards */
		l->ready_first = t->ready_next;
		if (l->ready_first == NULL)
			l->ready_last = NULL;
		t->queued = false;
		task_resume(t);
	}
}

static void
cancel_all(struct loop *l)
{
	for (struct task *t = l->tasks; t != NULL; t = t->next)
		task_cancel(t);
}

bool
loop_run(struct loop *l, struct err *e)
{
	bool stuck = false;

	assert(l->running == NULL);
	for (;;) {
		int got;

		run_ready(l);
		if (l->alive == 0)
			return !stuck;
		got = event_base_loop(
		    l->base, EVLOOP_ONCE | (l->ready_first != NULL ? EVLOOP_NONBLOCK : 0));
		if (got < 0)
			return err_errno(e, ERR_IO, "cannot wait for events");
		if (got == 0 || l->ready_first != NULL)
			continue;
		/* No event is waited for, so nothing can wake anybody: a bug of the tasks. */
		if (!stuck)
			err(e, ERR_BUG, "%u tasks wait for nothing, the youngest is %s",
			    l->alive, l->tasks->name);
		if (stuck)
			return false;
		stuck = true;
		cancel_all(l);
	}
}

void
loop_stop(struct loop *l)
{
	l->stopping = true;
	cancel_all(l);
}

bool
loop_stopping(const struct loop *l)
{
	return l->stopping;
}

unsigned
loop_tasks(const struct loop *l)
{
	return l->alive;
}

static void
on_hook(evutil_socket_t number, short what, void *arg)
{
	struct loop_hook *h = arg;

	(void)number, (void)what;
	h->fn(h->arg);
}

static bool
hook_add(struct loop *l, int number, short events, void (*fn)(void *), void *arg)
{
	struct loop_hook *h = calloc(1, sizeof *h);

	if (h == NULL)
		return false;
	h->fn = fn;
	h->arg = arg;
	h->event = event_new(l->base, number, events | EV_PERSIST, on_hook, h);
	if (h->event == NULL || event_add(h->event, NULL) != 0) {
		loop_event_free(&h->event);
		free(h);
		return false;
	}
	h->next = l->hooks;
	l->hooks = h;
	return true;
}

bool
loop_on_signal(struct loop *l, int number, void (*fn)(void *), void *arg, struct err *e)
{
	return hook_add(l, number, EV_SIGNAL, fn, arg) ||
	       err_errno(e, ERR_IO, "cannot wait for signal %d", number);
}

bool
loop_on_fd(struct loop *l, int fd, void (*fn)(void *), void *arg, struct err *e)
{
	return hook_add(l, fd, EV_READ, fn, arg) ||
	       err_errno(e, ERR_IO, "cannot wait for descriptor %d", fd);
}

void
loop_event_free(struct event **ev)
{
	if (*ev != NULL)
		event_free(*ev);
	*ev = NULL;
}

uint64_t
loop_now_ms(const struct loop *l)
{
	struct timespec now;

	(void)l;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct once {
	bool (*fn)(struct task *t, void *arg, struct err *e);
	void *arg;
	struct err *e;
	bool ok;
};

static void
once_run(struct task *t, void *arg)
{
	struct once *o = arg;

	o->ok = o->fn(t, o->arg, o->e);
}

bool
loop_once(bool (*fn)(struct task *t, void *arg, struct err *e), void *arg, struct err *e)
{
	struct once o = { .fn = fn, .arg = arg, .e = e };
	struct loop *l = loop_new(e);
	struct err stuck;
	bool ran;

	if (l == NULL)
		return false;
	ran = task_spawn(l, "main", once_run, &o, e) != NULL;
	if (ran && !loop_run(l, &stuck)) {
		ran = false;
		if (e != NULL)
			*e = stuck;
	}
	loop_free(&l);
	return ran && o.ok;
}
