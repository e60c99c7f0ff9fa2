/* The work pool: off the loop, two at once, back in the loop. */
#include "rt_test.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

#include "rt/work.h"

struct job {
	pthread_t ran_in;
	bool ran, signals_off;
	int in, out;
};

static void
square(void *arg)
{
	struct job *j = arg;
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	j->signals_off = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGHUP);
	j->ran_in = pthread_self();
	j->out = j->in * j->in;
	j->ran = true;
}

static bool
off_body(struct task *t, void *arg, struct err *e)
{
	struct job j = { .in = 12 };

	(void)arg;
	assert_true(work_run(t, square, &j, e));
	assert_int_equal(j.out, 144);
	assert_false(pthread_equal(j.ran_in, pthread_self()));
	assert_true(j.signals_off);
	return true;
}

static void
work_runs_in_another_thread_that_takes_no_signals(void **state)
{
	(void)state;
	in_loop(off_body, NULL);
}

static void
run_some(struct task *t, void *arg)
{
	int *sum = arg;

	for (int i = 0; i < 50; i++) {
		struct job j = { .in = i };

		assert_true(work_run(t, square, &j, NULL));
		*sum += j.out; /* only tasks touch it, one at a time */
	}
}

static bool
several_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };
	int sum = 0;

	(void)arg;
	for (int i = 0; i < 20; i++)
		assert_true(group_spawn(t, &g, "worker", run_some, &sum, e));
	group_join(t, &g);
	assert_int_equal(sum, 20 * (49 * 50 * 99 / 6));
	return true;
}

static void
several_tasks_use_the_pool_at_once(void **state)
{
	(void)state;
	in_loop(several_body, NULL);
}

/* Two works that need each other: they end only when both run at once. */
struct meeting {
	sem_t *mine, *theirs;
};

static void
meet(void *arg)
{
	struct meeting *m = arg;

	sem_post(m->theirs);
	sem_wait(m->mine);
}

static bool
meet_body(struct task *t, void *arg, struct err *e)
{
	sem_t a, b;
	struct meeting one = { &a, &b }, other = { &b, &a };
	struct work first, second;

	(void)arg;
	sem_init(&a, 0, 0);
	sem_init(&b, 0, 0);
	assert_true(work_begin(t, &first, meet, &one, e));
	assert_true(work_begin(t, &second, meet, &other, e));
	work_join(t, &second);
	work_join(t, &first);
	work_join(t, &first); /* once more is nothing */
	sem_destroy(&a);
	sem_destroy(&b);
	return true;
}

static void
two_works_run_at_once(void **state)
{
	(void)state;
	in_loop(meet_body, NULL);
}

static void
wait_for_sem(void *arg)
{
	sem_wait(arg);
}

static void
run_blocked(struct task *t, void *arg)
{
	struct err e;

	/* cancelled meanwhile: the work still ends before its argument does */
	assert_true(work_run(t, wait_for_sem, arg, NULL));
	assert_true(task_cancelled(t));
	assert_false(task_yield(t, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	assert_false(work_run(t, wait_for_sem, arg, &e)); /* nor does another begin */
	assert_int_equal(e.code, ERR_CANCELLED);
}

static bool
cancel_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };
	sem_t go;

	(void)arg;
	sem_init(&go, 0, 0);
	assert_true(group_spawn(t, &g, "blocked", run_blocked, &go, e));
	assert_true(task_yield(t, e));
	group_cancel(&g);
	for (int i = 0; i < 5; i++) { /* the loop goes on meanwhile */
		assert_true(task_sleep(t, 1, e));
		assert_int_equal(g.alive, 1);
	}
	sem_post(&go);
	group_join(t, &g);
	sem_destroy(&go);
	return true;
}

static void
a_running_work_is_waited_for_even_by_a_cancelled_task(void **state)
{
	(void)state;
	in_loop(cancel_body, NULL);
}

static bool
full_body(struct task *t, void *arg, struct err *e)
{
	struct work blocked[WORK_THREADS], *queued = calloc(WORK_QUEUE_MOST, sizeof *queued),
					   more;
	struct job *jobs = calloc(WORK_QUEUE_MOST + 1, sizeof *jobs);
	sem_t entered[WORK_THREADS], go[WORK_THREADS];
	struct meeting m[WORK_THREADS];

	(void)arg;
	for (int i = 0; i < WORK_THREADS; i++) {
		sem_init(&entered[i], 0, 0);
		sem_init(&go[i], 0, 0);
		m[i] = (struct meeting){ &go[i], &entered[i] };
		assert_true(work_begin(t, &blocked[i], meet, &m[i], e));
		sem_wait(&entered[i]); /* it is in a thread, no more in the queue */
	}
	for (int i = 0; i < WORK_QUEUE_MOST; i++) {
		jobs[i].in = i;
		assert_true(work_begin(t, &queued[i], square, &jobs[i], e));
	}
	assert_false(work_begin(t, &more, square, &jobs[WORK_QUEUE_MOST], e));
	assert_int_equal(e->code, ERR_BUSY);
	assert_string_equal(e->text, "1024 works wait already");
	work_join(t, &more); /* was not begun: nothing to wait for */
	for (int i = 0; i < WORK_THREADS; i++)
		sem_post(&go[i]);
	for (int i = 0; i < WORK_THREADS; i++)
		work_join(t, &blocked[i]);
	for (int i = 0; i < WORK_QUEUE_MOST; i++) {
		work_join(t, &queued[i]);
		assert_int_equal(jobs[i].out, i * i);
	}
	assert_false(jobs[WORK_QUEUE_MOST].ran);
	free(queued);
	free(jobs);
	return true;
}

static void
a_full_queue_refuses(void **state)
{
	(void)state;
	in_loop(full_body, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_runs_in_another_thread_that_takes_no_signals),
		cmocka_unit_test(several_tasks_use_the_pool_at_once),
		cmocka_unit_test(two_works_run_at_once),
		cmocka_unit_test(a_running_work_is_waited_for_even_by_a_cancelled_task),
		cmocka_unit_test(a_full_queue_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
