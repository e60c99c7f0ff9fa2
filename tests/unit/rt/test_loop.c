/* The loop: signals, an orderly stop, tasks that wait for nothing. */
#include "rt_test.h"

#include <signal.h>

struct seen {
	struct loop *l;
	struct trace *r;
	int times;
};

static void
on_usr1(void *arg)
{
	struct seen *s = arg;

	s->times++;
	if (s->times == 3)
		loop_stop(s->l);
}

static void
raise_twice(struct task *t, void *arg)
{
	struct seen *s = arg;

	for (int i = 1; i <= 2; i++) {
		kill(getpid(), SIGUSR1);
		while (s->times < i)
			assert_true(task_yield(t, NULL));
	}
	kill(getpid(), SIGUSR1);
	assert_false(task_park(t, NULL)); /* until the third one stops all */
	assert_true(loop_stopping(s->l));
	assert_int_equal(s->times, 3);
}

static void
a_signal_calls_in_the_loop_and_may_stop_it(void **state)
{
	struct err e = { 0 };
	struct seen s = { .l = loop_new(&e) };

	(void)state;
	assert_non_null(s.l);
	assert_true(loop_on_signal(s.l, SIGUSR1, on_usr1, &s, &e));
	assert_non_null(task_spawn(s.l, "raiser", raise_twice, &s, &e));
	assert_true(loop_run(s.l, &e));
	assert_int_equal(loop_tasks(s.l), 0);
	loop_free(&s.l);
	assert_null(s.l);
}

static void
born_late(struct task *t, void *arg)
{
	struct trace *r = arg;
	struct err e;

	assert_false(task_yield(t, &e));
	note(r, "late:%s ", err_rows[e.code].name);
}

static void
lives_on(struct task *t, void *arg)
{
	struct trace *r = arg;
	struct err e;

	assert_false(task_sleep(t, 60000, &e));
	note(r, "%s:%s ", task_name(t), err_rows[e.code].name);
	if (task_name(t)[0] == 'b')
		assert_non_null(task_spawn(task_loop(t), "late", born_late, r, NULL));
}

static void
stopper(struct task *t, void *arg)
{
	struct trace *r = arg;

	assert_false(loop_stopping(task_loop(t)));
	loop_stop(task_loop(t));
	note(r, "stop ");
	assert_false(task_yield(t, NULL)); /* it is cancelled as well */
}

static void
a_stop_cancels_all_and_waits_for_them(void **state)
{
	struct trace r = { 0 };
	struct loop *l = loop_new(NULL);

	(void)state;
	assert_non_null(task_spawn(l, "a", lives_on, &r, NULL));
	assert_non_null(task_spawn(l, "b", lives_on, &r, NULL));
	assert_non_null(task_spawn(l, "stopper", stopper, &r, NULL));
	assert_true(loop_run(l, NULL));
	assert_string_equal(r.at, "stop b:ERR_CANCELLED a:ERR_CANCELLED late:ERR_CANCELLED ");
	loop_free(&l);
}

static void
parks(struct task *t, void *arg)
{
	struct trace *r = arg;
	struct err e;

	assert_false(task_park(t, &e));
	note(r, "%s ", err_rows[e.code].name);
}

static void
tasks_that_wait_for_nothing_are_a_bug_and_are_cancelled(void **state)
{
	struct trace r = { 0 };
	struct loop *l = loop_new(NULL);
	struct err e = { 0 };

	(void)state;
	assert_non_null(task_spawn(l, "one", parks, &r, NULL));
	assert_non_null(task_spawn(l, "two", parks, &r, NULL));
	assert_false(loop_run(l, &e));
	assert_int_equal(e.code, ERR_BUG);
	assert_string_equal(e.text, "2 tasks wait for nothing, the youngest is two");
	assert_string_equal(r.at, "ERR_CANCELLED ERR_CANCELLED ");
	assert_true(loop_run(l, &e)); /* nobody is left */
	loop_free(&l);
}

static bool
says_no(struct task *t, void *arg, struct err *e)
{
	(void)t;
	return err(e, ERR_NOT_FOUND, "no %s here", (const char *)arg);
}

static void
once_gives_what_its_function_gave(void **state)
{
	struct err e;

	(void)state;
	assert_false(loop_once(says_no, (void *)(uintptr_t) "meter", &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.text, "no meter here");
}

struct busy {
	int fd;
	bool told;
};

static void
busy_yields(struct task *t, void *arg)
{
	struct busy *b = arg;

	while (!b->told)
		assert_true(task_yield(t, NULL));
}

static bool
fair_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };
	int pair[2];
	struct busy b = { 0 };

	(void)arg;
	socket_pair(pair);
	b.fd = pair[0];
	for (int i = 0; i < 3; i++)
		assert_true(group_spawn(t, &g, "busy", busy_yields, &b, e));
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_true(task_wait_fd(t, pair[0], TASK_READ, e)); /* comes through all the same */
	assert_true(task_sleep(t, 2, e));
	b.told = true;
	group_join(t, &g);
	close(pair[0]);
	close(pair[1]);
	return true;
}

static void
tasks_that_always_yield_do_not_hold_up_descriptors_and_timers(void **state)
{
	(void)state;
	in_loop(fair_body, NULL);
}

static void
a_loop_leaves_no_descriptor_open_and_sigpipe_ignored(void **state)
{
	unsigned files = open_files();
	struct sigaction is;
	struct loop *l;

	(void)state;
	signal(SIGPIPE, SIG_DFL);
	l = loop_new(NULL);
	assert_true(loop_on_signal(l, SIGUSR1, on_usr1, NULL, NULL));
	loop_free(&l);
	loop_free(&l); /* nothing */
	assert_int_equal(open_files(), files);
	assert_int_equal(sigaction(SIGPIPE, NULL, &is), 0);
	assert_true(is.sa_handler == SIG_IGN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_calls_in_the_loop_and_may_stop_it),
		cmocka_unit_test(a_stop_cancels_all_and_waits_for_them),
		cmocka_unit_test(tasks_that_wait_for_nothing_are_a_bug_and_are_cancelled),
		cmocka_unit_test(once_gives_what_its_function_gave),
		cmocka_unit_test(tasks_that_always_yield_do_not_hold_up_descriptors_and_timers),
		cmocka_unit_test(a_loop_leaves_no_descriptor_open_and_sigpipe_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
