/* Calls aside: done while others run, left behind when time is up, no more than there may be.
 */
#include "rt_test.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "rt/aside.h"

struct job {
	sem_t *go; /* waits for it */
	pthread_t ran_in;
	bool ran, signals_off;
};
static atomic_int freed;
static sem_t never_yet;

static void
work(void *arg)
{
	struct job *j = arg;
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	j->signals_off = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGHUP);
	j->ran_in = pthread_self();
	if (j->go != NULL)
		sem_wait(j->go);
	j->ran = true;
}

static void
done_with(void *arg)
{
	free(arg);
	atomic_fetch_add(&freed, 1);
}

static struct job *
job(sem_t *go)
{
	struct job *j = calloc(1, sizeof *j);

	assert_non_null(j);
	j->go = go;
	return j;
}

static bool
done_body(struct task *t, void *arg, struct err *e)
{
	struct job *j = job(NULL);

	(void)arg;
	assert_true(aside_run(t, work, j, done_with, 10000, e));
	assert_true(j->ran && j->signals_off);
	assert_false(pthread_equal(j->ran_in, pthread_self()));
	free(j);
	return true;
}

static void
a_call_is_done_in_a_thread_of_its_own(void **state)
{
	(void)state;
	atomic_store(&freed, 0);
	in_loop(done_body, NULL);
	assert_int_equal(atomic_load(&freed), 0); /* it was the caller's again */
}

static bool
late_body(struct task *t, void *arg, struct err *e)
{
	uint64_t begun = loop_now_ms(task_loop(t));

	(void)arg;
	assert_false(aside_run(t, work, job(&never_yet), done_with, 50, e));
	assert_int_equal(e->code, ERR_TIMEOUT);
	assert_in_range(loop_now_ms(task_loop(t)) - begun, 50, 5000);
	assert_int_equal(atomic_load(&freed), 0); /* the thread has it still */
	sem_post(&never_yet);
	for (int i = 0; i < 500 && atomic_load(&freed) == 0; i++)
		assert_true(task_sleep(t, 10, NULL));
	assert_int_equal(atomic_load(&freed), 1);
	/* the task's own deadline holds too, and is as it was afterwards */
	task_deadline(t, 50);
	assert_false(aside_run(t, work, job(&never_yet), done_with, 60000, e));
	task_deadline(t, 0);
	sem_post(&never_yet);
	return true;
}

static void
one_that_takes_too_long_is_left_to_itself(void **state)
{
	(void)state;
	atomic_store(&freed, 0);
	sem_init(&never_yet, 0, 0);
	in_loop(late_body, NULL);
}

static void
waits(struct task *t, void *arg)
{
	(void)arg;
	aside_run(t, work, job(&never_yet), done_with, 60000, NULL);
}

static bool
many_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };

	(void)arg;
	for (int i = 0; i < ASIDE_MOST; i++)
		assert_true(group_spawn(t, &g, "waits", waits, NULL, e));
	assert_true(task_sleep(t, 100, e));
	assert_false(aside_run(t, work, job(&never_yet), done_with, 1000, e));
	assert_int_equal(e->code, ERR_BUSY);
	assert_int_equal(atomic_load(&freed), 1);
	group_cancel(&g);
	group_join(t, &g);
	for (int i = 0; i < ASIDE_MOST; i++)
		sem_post(&never_yet);
	for (int i = 0; i < 500 && atomic_load(&freed) < ASIDE_MOST + 1; i++)
		assert_true(task_sleep(t, 10, NULL));
	assert_int_equal(atomic_load(&freed), ASIDE_MOST + 1);
	return true;
}

static void
there_are_no_more_than_there_may_be(void **state)
{
	struct timespec moment = { 0, 50000000 };

	(void)state;
	nanosleep(&moment, NULL); /* those of the test before are through */
	atomic_store(&freed, 0);
	while (sem_trywait(&never_yet) == 0)
		;
	in_loop(many_body, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_done_in_a_thread_of_its_own),
		cmocka_unit_test(one_that_takes_too_long_is_left_to_itself),
		cmocka_unit_test(there_are_no_more_than_there_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
