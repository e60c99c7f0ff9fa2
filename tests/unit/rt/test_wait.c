/* Waits: every kind honours deadline and cancel; nothing ends early; wakes go where they
 * belong. */
#include "rt_test.h"

#include "rt/gate.h"
#include "rt/inside.h"
#include "rt/io.h"

/* ---- every kind of wait that a deadline or a cancel must end ---- */

struct place {		 /* things to wait for in vain */
	int empty, full; /* a socket to read from, one that takes no more */
	int peer[2];	 /* their other ends */
	struct stream *reading, *writing;
	struct watch *watch;
	int listener;
	struct gate gate;
};

static bool
wait_park(struct task *t, struct place *p, struct err *e)
{
	(void)p;
	return task_park(t, e);
}

static bool
wait_sleep(struct task *t, struct place *p, struct err *e)
{
	(void)p;
	return task_sleep(t, 60000, e);
}

static bool
wait_read(struct task *t, struct place *p, struct err *e)
{
	return task_wait_fd(t, p->empty, TASK_READ, e);
}

static bool
wait_write(struct task *t, struct place *p, struct err *e)
{
	return task_wait_fd(t, p->full, TASK_WRITE, e);
}

static bool
wait_line(struct task *t, struct place *p, struct err *e)
{
	struct str line;

	return stream_line(t, p->reading, 100, &line, e) == IO_OK;
}

static bool
wait_bytes(struct task *t, struct place *p, struct err *e)
{
	char to[4];

	return stream_exactly(t, p->reading, to, sizeof to, e) == IO_OK;
}

static bool
wait_writing(struct task *t, struct place *p, struct err *e)
{
	return stream_write(t, p->writing, "more", 4, e);
}

static bool
wait_watch(struct task *t, struct place *p, struct err *e)
{
	char name[256];
	int id;

	return watch_next(t, p->watch, &id, name, sizeof name, e);
}

static bool
wait_accept(struct task *t, struct place *p, struct err *e)
{
	return io_accept(t, p->listener, e) >= 0;
}

static bool
wait_gate(struct task *t, struct place *p, struct err *e)
{
	return gate_enter(t, &p->gate, e);
}

static bool
wait_turn(struct task *t, struct place *p, struct err *e)
{
	(void)p;
	while (task_yield(t, e))
		;
	return false;
}

static const struct wait_case {
	const char *name;
	bool (*wait)(struct task *t, struct place *p, struct err *e);
} waits[] = {
	{ "park", wait_park },
	{ "sleep", wait_sleep },
	{ "read", wait_read },
	{ "write", wait_write },
	{ "line", wait_line },
	{ "bytes", wait_bytes },
	{ "writing", wait_writing },
	{ "watch", wait_watch },
	{ "accept", wait_accept },
	{ "gate", wait_gate },
	{ "yield", wait_turn },
};

struct waiter {
	const struct wait_case *c;
	struct place *p;
	uint64_t deadline_ms;
	bool began, ok, later_ok;
	struct err e, later;
};

static void
wait_twice(struct task *t, void *arg)
{
	struct waiter *w = arg;

	w->began = true;
	task_deadline(t, w->deadline_ms);
	w->ok = w->c->wait(t, w->p, &w->e);
	w->later_ok = w->c->wait(t, w->p, &w->later);
}

static void
place_make(struct place *p)
{
	const char room[4096] = { 0 };
	int in[2], out[2];

	*p = (struct place){ .gate = GATE(1, 5) };
	p->gate.inside = 1; /* somebody who never leaves */
	socket_pair(in);
	socket_pair(out);
	p->peer[0] = in[1];
	p->peer[1] = out[1];
	p->empty = in[0];
	p->full = out[0];
	while (write(p->full, room, sizeof room) > 0)
		;
	p->reading = stream_fd(dup(p->empty), NULL);
	p->writing = stream_fd(dup(p->full), NULL);
	p->watch = watch_new(NULL);
	p->listener = io_listen("tcp:127.0.0.1:0", 0, 1, NULL);
	assert_true(p->reading && p->writing && p->watch && p->listener >= 0);
}

static void
place_free(struct place *p)
{
	assert_int_equal(p->gate.waiting, 0);
	stream_free(&p->reading);
	stream_free(&p->writing);
	watch_free(&p->watch);
	for (const int *fd =
		 (const int[]){ p->empty, p->full, p->peer[0], p->peer[1], p->listener, -1 };
	     *fd >= 0; fd++)
		close(*fd);
}

static void
check_failed(const struct waiter *w, enum err_code code, const char *says)
{
	if (!w->began || w->ok || w->later_ok)
		fail_msg("%s: the wait went well", w->c->name);
	if (w->e.code != code || strcmp(w->e.text, says) != 0)
		fail_msg("%s: %s", w->c->name, w->e.text);
	if (w->later.code != code || strcmp(w->later.text, says) != 0)
		fail_msg("%s, later: %s", w->c->name, w->later.text);
}

/* Cancelled while it waits, or before it begins. */
static bool
cancel_body(struct task *t, void *arg, struct err *e)
{
	for (size_t i = 0; i < 2 * nitems(waits); i++) {
		struct place p;
		struct waiter w = { .c = &waits[i / 2], .p = &p };
		struct group g = { 0 };

		place_make(&p);
		assert_true(group_spawn(t, &g, "waiter", wait_twice, &w, e));
		for (int turn = 0; i % 2 == 0 && turn < 3; turn++) {
			assert_true(task_yield(t, e));
			assert_true(w.began && g.alive == 1 && w.e.code == 0);
		}
		group_cancel(&g);
		assert_int_equal(g.alive, 1); /* it goes by itself, at its turn */
		group_join(t, &g);
		check_failed(&w, ERR_CANCELLED, "task waiter was cancelled");
		place_free(&p);
	}
	(void)arg;
	return true;
}

static void
a_cancel_ends_every_kind_of_wait(void **state)
{
	unsigned files = open_files();

	(void)state;
	in_loop(cancel_body, NULL);
	assert_int_equal(open_files(), files);
}

static bool
deadline_body(struct task *t, void *arg, struct err *e)
{
	for (size_t i = 0; i < nitems(waits); i++) {
		uint64_t began = loop_now_ms(task_loop(t));
		struct place p;
		struct waiter w = { .c = &waits[i], .p = &p, .deadline_ms = 20 };
		struct group g = { 0 };

		place_make(&p);
		assert_true(group_spawn(t, &g, "waiter", wait_twice, &w, e));
		group_join(t, &g);
		check_failed(&w, ERR_TIMEOUT, "the time allowed to task waiter is over");
		assert_in_range(loop_now_ms(task_loop(t)) - began, 20, 10000);
		place_free(&p);
	}
	(void)arg;
	return true;
}

static void
a_deadline_ends_every_kind_of_wait(void **state)
{
	unsigned files = open_files();

	(void)state;
	in_loop(deadline_body, NULL);
	assert_int_equal(open_files(), files);
}

/* ---- deadlines put in and put back ---- */

static bool
nested_body(struct task *t, void *arg, struct err *e)
{
	uint64_t outer, inner, inmost;

	(void)arg;
	assert_int_equal(task_left_ms(t), UINT64_MAX);
	outer = task_deadline(t, 50000);
	assert_int_equal(outer, 0);
	assert_in_range(task_left_ms(t), 40000, 50000);
	inner = task_deadline(t, 1000);
	assert_in_range(task_left_ms(t), 1, 1000);
	inmost = task_deadline(t, 90000); /* cannot extend its caller's */
	assert_in_range(task_left_ms(t), 1, 1000);
	task_deadline(t, inmost);
	assert_in_range(task_left_ms(t), 1, 1000);
	task_deadline(t, inner);
	assert_in_range(task_left_ms(t), 40000, 50000);
	task_deadline(t, outer);
	assert_int_equal(task_left_ms(t), UINT64_MAX);

	task_deadline(t, 5);
	assert_false(task_sleep(t, 60000, e));
	assert_int_equal(e->code, ERR_TIMEOUT);
	assert_int_equal(task_left_ms(t), 0);
	inner = task_deadline(t, 60000); /* what is over stays over */
	assert_false(task_yield(t, e));
	task_deadline(t, 0);
	assert_true(task_yield(t, e));
	task_deadline(t, inner);
	assert_false(task_yield(t, e));
	task_deadline(t, 0);
	return true;
}

static void
a_deadline_is_never_extended_and_put_back_exactly(void **state)
{
	(void)state;
	in_loop(nested_body, NULL);
}

/* ---- sleeping ---- */

struct sleeper {
	struct trace *r;
	uint32_t ms;
};

static void
sleep_and_tell(struct task *t, void *arg)
{
	struct sleeper *s = arg;
	uint64_t began = loop_now_ms(task_loop(t));

	assert_true(task_sleep(t, s->ms, NULL));
	assert_in_range(loop_now_ms(task_loop(t)) - began, s->ms, 60000);
	note(s->r, "%u ", s->ms);
}

static bool
sleep_body(struct task *t, void *arg, struct err *e)
{
	struct trace *r = arg;
	struct sleeper s[] = { { r, 120 }, { r, 0 }, { r, 60 }, { r, 1 } };
	struct group g = { 0 };

	for (size_t i = 0; i < nitems(s); i++)
		assert_true(group_spawn(t, &g, "sleeper", sleep_and_tell, &s[i], e));
	group_join(t, &g);
	return true;
}

static void
sleepers_wake_by_time_and_never_early(void **state)
{
	struct trace r = { 0 };

	(void)state;
	in_loop(sleep_body, &r);
	assert_string_equal(r.at, "0 1 60 120 ");
}

/* ---- descriptors ---- */

struct fd_wait {
	int fd;
	unsigned want;
	bool ok;
	struct err e;
};

static void
wait_for_fd(struct task *t, void *arg)
{
	struct fd_wait *w = arg;

	w->ok = task_wait_fd(t, w->fd, w->want, &w->e);
	/* a wake before or meanwhile must not have ended it */
}

static bool
ready_body(struct task *t, void *arg, struct err *e)
{
	int pair[2];
	struct group g = { 0 };
	struct fd_wait both = { .want = TASK_READ | TASK_WRITE }, in = { .want = TASK_READ },
		       in2 = { .want = TASK_READ };
	struct task *sleeping;
	char c;

	(void)arg;
	socket_pair(pair);
	both.fd = in.fd = in2.fd = pair[0];
	assert_true(group_spawn(t, &g, "both", wait_for_fd, &both, e));
	assert_true(group_spawn(t, &g, "in", wait_for_fd, &in, e));
	sleeping = task_spawn(task_loop(t), "in2", wait_for_fd, &in2, e);
	for (int i = 0; i < 3; i++)
		assert_true(task_yield(t, e));
	assert_true(both.ok); /* writable at once */
	assert_false(in.ok || in2.ok);
	task_wake(sleeping); /* not its wait */
	assert_true(task_yield(t, e) && task_yield(t, e));
	assert_false(in2.ok);
	assert_int_equal(write(pair[1], "x", 1), 1);
	group_join(t, &g);
	assert_true(task_yield(t, e));
	assert_true(in.ok && in2.ok); /* both who waited for it */
	assert_int_equal(read(pair[0], &c, 1), 1);
	close(pair[1]);
	assert_true(task_wait_fd(t, pair[0], TASK_READ, e));  /* the end is something to read */
	assert_true(task_wait_fd(t, pair[0], TASK_WRITE, e)); /* and to be told when writing */
	close(pair[0]);
	return true;
}

static void
a_wait_for_a_descriptor_ends_when_it_is_ready_and_not_before(void **state)
{
	(void)state;
	in_loop(ready_body, NULL);
}

static bool
no_socket_body(struct task *t, void *arg, struct err *e)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char says[100];

	(void)arg;
	assert_false(task_wait_fd(t, file, TASK_READ, e));
	assert_int_equal(e->code, ERR_IO);
	snprintf(
	    says, sizeof says, "cannot wait for descriptor %d: Operation not permitted", file);
	assert_string_equal(e->text, says);
	close(file);
	return true;
}

static void
a_plain_file_cannot_be_waited_for(void **state)
{
	(void)state;
	in_loop(no_socket_body, NULL);
}

/* Parks with a deadline, is woken, ends: its timer must not come back for it. */
static void
park_in_time(struct task *t, void *arg)
{
	*(uint64_t *)arg = task_deadline(t, 10);
	assert_true(task_park(t, NULL));
}

static bool
no_late_timer_body(struct task *t, void *arg, struct err *e)
{
	uint64_t none;
	struct task *other = task_spawn(task_loop(t), "in time", park_in_time, &none, e);

	(void)arg;
	assert_true(task_yield(t, e));
	task_wake(other);
	assert_true(task_yield(t, e));
	assert_int_equal(loop_tasks(task_loop(t)), 1);
	return task_sleep(t, 30, e); /* past the other's deadline */
}

static void
the_timer_of_a_finished_task_does_not_fire(void **state)
{
	(void)state;
	in_loop(no_late_timer_body, NULL);
}

/* The same without ending: what a park armed must not reach into the waits after it. */
enum { REARMED = 50, ROUNDS = 3 };

struct rearmed {
	struct task *task; /* NULL when it has ended */
	unsigned i;
};

static void
park_then_sleep(struct task *t, void *arg)
{
	struct rearmed *r = arg;

	for (int round = 0; round < ROUNDS; round++) {
		task_deadline(t, 30 + 1000 * (r->i % 3));
		assert_true(task_park(t, NULL) || task_left_ms(t) == 0); /* a slow machine */
		task_deadline(t, 0);
		assert_true(task_sleep(t, r->i % 4, NULL));
	}
	r->task = NULL;
}

static bool
rearm_body(struct task *t, void *arg, struct err *e)
{
	struct rearmed r[REARMED];

	(void)arg;
	for (unsigned i = 0; i < REARMED; i++) {
		r[i].i = i;
		r[i].task = task_spawn(task_loop(t), "rearmed", park_then_sleep, &r[i], e);
	}
	for (int round = 0; round < ROUNDS; round++) {
		assert_true(task_sleep(t, 8, e));
		for (unsigned i = 0; i < REARMED; i++)
			if (r[i].task != NULL)
				task_wake(r[i].task);
	}
	while (loop_tasks(task_loop(t)) > 1)
		assert_true(task_sleep(t, 5, e));
	return true;
}

static void
what_one_wait_armed_does_not_reach_the_next(void **state)
{
	(void)state;
	in_loop(rearm_body, NULL);
}

static bool
cancel_self_body(struct task *t, void *arg, struct err *e)
{
	(void)arg;
	assert_false(task_cancelled(t));
	task_cancel(t);
	assert_true(task_cancelled(t));
	assert_false(task_sleep(t, 60000, e));
	assert_int_equal(e->code, ERR_CANCELLED);
	return true;
}

static void
a_task_may_cancel_itself(void **state)
{
	(void)state;
	in_loop(cancel_self_body, NULL);
}

static void
shielded_task(struct task *t, void *arg)
{
	bool *held = arg;
	struct err e = { 0 };

	task_cancel(t);
	assert_false(task_shield(t, true));
	*held = task_sleep(t, 5, &e); /* the last words get through */
	assert_true(task_cancelled(t));
	task_deadline(t, 5);
	assert_false(task_sleep(t, 60000, &e)); /* but not for ever */
	assert_int_equal(e.code, ERR_TIMEOUT);
	task_deadline(t, 0);
	assert_true(task_shield(t, false));
	assert_false(task_sleep(t, 5, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
}

static void
a_shield_keeps_a_cancel_off_but_no_deadline(void **state)
{
	struct err e = { 0 };
	struct loop *l = loop_new(&e);
	bool held = false;

	(void)state;
	assert_non_null(task_spawn(l, "shielded", shielded_task, &held, &e));
	assert_true(loop_run(l, &e));
	assert_true(held);
	loop_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cancel_ends_every_kind_of_wait),
		cmocka_unit_test(a_deadline_ends_every_kind_of_wait),
		cmocka_unit_test(a_deadline_is_never_extended_and_put_back_exactly),
		cmocka_unit_test(sleepers_wake_by_time_and_never_early),
		cmocka_unit_test(a_wait_for_a_descriptor_ends_when_it_is_ready_and_not_before),
		cmocka_unit_test(a_plain_file_cannot_be_waited_for),
		cmocka_unit_test(the_timer_of_a_finished_task_does_not_fire),
		cmocka_unit_test(what_one_wait_armed_does_not_reach_the_next),
		cmocka_unit_test(a_task_may_cancel_itself),
		cmocka_unit_test(a_shield_keeps_a_cancel_off_but_no_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
