/*
 * Fibers as threads, of which one runs at a time: the turn passes between the loop's thread and
 * a task's thread under a lock. A third of the speed; for platforms without ucontext, and so
 * that ThreadSanitizer can watch what the work pool and tasks share.
 */
#include "rt/inside.h"

#if BUSBAR_TASK_THREADS

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/* A thread's own storage is part of its stack, and ThreadSanitizer's is large. */
enum { THREAD_STACK_BYTES = TASK_STACK_BYTES + 1024 * 1024 };

struct fiber {
	struct task *task;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	bool task_turn;
};

static void
wait_turn(struct fiber *f, bool task_turn)
{
	while (f->task_turn != task_turn)
		pthread_cond_wait(&f->turned, &f->lock);
}

static void
give_turn(struct fiber *f, bool task_turn)
{
	f->task_turn = task_turn;
	pthread_cond_broadcast(&f->turned);
}

static void *
fiber_start(void *arg)
{
	struct fiber *f = arg;

	pthread_mutex_lock(&f->lock);
	wait_turn(f, true);
	pthread_mutex_unlock(&f->lock);
	task_body(f->task);
	pthread_mutex_lock(&f->lock);
	give_turn(f, false);
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

struct fiber *
fiber_new(struct task *t)
{
	struct fiber *f = calloc(1, sizeof *f);
	sigset_t all, before;
	pthread_attr_t how;
	int failed;

	if (f == NULL)
		return NULL;
	f->task = t;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->turned, NULL);
	pthread_attr_init(&how);
	pthread_attr_setstacksize(&how, THREAD_STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the loop's thread */
	failed = pthread_create(&f->thread, &how, fiber_start, f);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&how);
	if (failed) {
		free(f);
		return NULL;
	}
	return f;
}

void
fiber_enter(struct fiber *f)
{
	pthread_mutex_lock(&f->lock);
	give_turn(f, true);
	wait_turn(f, false);
	pthread_mutex_unlock(&f->lock);
}

void
fiber_leave(struct fiber *f)
{
	pthread_mutex_lock(&f->lock);
	give_turn(f, false);
	wait_turn(f, true);
	pthread_mutex_unlock(&f->lock);
}

/* Threads keep what they have. */
void
fiber_trim(struct fiber *f)
{
	(void)f;
}

void
fiber_free(struct loop *l, struct fiber *f)
{
	(void)l;
	pthread_join(f->thread, NULL);
	pthread_cond_destroy(&f->turned);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

void
fibers_end(struct loop *l)
{
	(void)l;
}

#else
typedef int task_thread_unused; /* a translation unit must not be empty */
#endif
