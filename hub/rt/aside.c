#include "rt/aside.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct aside {
	aside_fn *fn, *done_with;
	void *arg;
	int ready;	   /* eventfd: the thread is through */
	atomic_uint state; /* of enum aside_state: the second of the two cleans up */
};
enum aside_state { THREAD_THROUGH = 1, TASK_GONE = 2 };

static atomic_uint running;

static void
clean(struct aside *a)
{
	close(a->ready);
	free(a);
}

static void *
thread_run(void *arg)
{
	struct aside *a = arg;
	uint64_t one = 1;

	a->fn(a->arg);
	/* told first, while the descriptor is still there for sure */
	while (write(a->ready, &one, sizeof one) < 0 && errno == EINTR)
		;
	if (atomic_fetch_or(&a->state, THREAD_THROUGH) & TASK_GONE) {
		a->done_with(a->arg);
		clean(a);
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static bool
start(struct aside *a, struct err *e)
{
	sigset_t all, was;
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	if (atomic_fetch_add(&running, 1) >= ASIDE_MOST) {
		atomic_fetch_sub(&running, 1);
		return err(e, ERR_BUSY, "%d calls are waited for aside", ASIDE_MOST);
	}
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all); /* signals are the loop's */
	pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(&thread, &attr, thread_run, a);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	pthread_attr_destroy(&attr);
	if (rc == 0)
		return true;
	atomic_fetch_sub(&running, 1);
	errno = rc;
	return err_errno(e, ERR_BUSY, "no thread for a call aside");
}

bool
aside_run(
    struct task *t, aside_fn *fn, void *arg, aside_fn *done_with, uint64_t ms, struct err *e)
{
	struct aside *a = malloc(sizeof *a);
	uint64_t was;
	bool ok;

	if (a == NULL || (a->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
		free(a);
		done_with(arg);
		return err(e, ERR_BUSY, "no memory or descriptor for a call aside");
	}
	a->fn = fn;
	a->done_with = done_with;
	a->arg = arg;
	atomic_init(&a->state, 0);
	if (!start(a, e)) {
		done_with(arg);
		clean(a);
		return false;
	}
	was = task_deadline(t, ms);
	ok = task_wait_fd(t, a->ready, TASK_READ, e);
	task_deadline(t, was);
	if (ok) {
		/* it has told, and will not touch it any more in a moment */
		while ((atomic_load(&a->state) & THREAD_THROUGH) == 0)
			sched_yield();
		clean(a);
	} else if ((atomic_fetch_or(&a->state, TASK_GONE) & THREAD_THROUGH) != 0) {
		done_with(arg);
		clean(a);
	}
	return ok;
}
