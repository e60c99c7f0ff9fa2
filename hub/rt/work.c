/*
 * The work pool of a loop: two threads, started with the first work. A work goes to the threads
 * through `todo` and comes back through `done`, both under one lock; an eventfd tells the loop
 * that `done` is not empty. Only the loop's thread touches a task or sets work.done.
 */
#include "rt/work.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "rt/inside.h"

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct work *todo_first, *todo_last, *finished;
	unsigned queued;
	bool end;
	int told; /* eventfd */
	unsigned threads;
	pthread_t thread[WORK_THREADS];
};

static void *
work_thread(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct work *w = p->todo_first;

		if (w == NULL && p->end)
			break;
		if (w == NULL) {
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		p->todo_first = w->next;
		p->queued--;
		pthread_mutex_unlock(&p->lock);
		w->fn(w->arg);
		pthread_mutex_lock(&p->lock);
		w->next = p->finished;
		p->finished = w;
		eventfd_write(p->told, 1);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* In the loop: takes back what is finished. */
static void
on_told(void *arg)
{
	struct pool *p = arg;
	struct work *w;
	eventfd_t n;

	eventfd_read(p->told, &n);
	pthread_mutex_lock(&p->lock);
	w = p->finished;
	p->finished = NULL;
	pthread_mutex_unlock(&p->lock);
	while (w != NULL) {
		struct work *next = w->next; /* w is its owner's again */

		w->done = true;
		if (w->waiter != NULL)
			task_wake(w->waiter);
		w = next;
	}
}

/* Threads take no signals: those belong to the loop. */
static bool
threads_start(struct pool *p)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->threads < WORK_THREADS &&
	       pthread_create(&p->thread[p->threads], NULL, work_thread, p) == 0)
		p->threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return p->threads > 0;
}

static struct pool *
pool_of(struct loop *l, struct err *e)
{
	struct pool *p;

	if (l->pool != NULL)
		return l->pool;
	p = calloc(1, sizeof *p);
	if (p == NULL) {
		err(e, ERR_BUSY, "no memory for the work pool");
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	p->told = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (p->told < 0 || !threads_start(p) || !loop_on_fd(l, p->told, on_told, p, NULL)) {
		err_errno(e, ERR_BUSY, "cannot start the work pool");
		pool_free(&p);
	}
	l->pool = p;
	return p;
}

void
pool_free(struct pool **p)
{
	struct pool *old = *p;

	if (old == NULL)
		return;
	pthread_mutex_lock(&old->lock);
	assert(old->todo_first == NULL);
	old->end = true;
	pthread_cond_broadcast(&old->more);
	pthread_mutex_unlock(&old->lock);
	for (unsigned i = 0; i < old->threads; i++)
		pthread_join(old->thread[i], NULL);
	if (old->told >= 0)
		close(old->told);
	pthread_cond_destroy(&old->more);
	pthread_mutex_destroy(&old->lock);
	free(old);
	*p = NULL;
}

bool
work_begin(struct task *t, struct work *w, work_fn *fn, void *arg, struct err *e)
{
	struct pool *p;
	bool full;

	*w = (struct work){ .fn = fn, .arg = arg };
	if (!task_check(t, e) || (p = pool_of(t->loop, e)) == NULL)
		return false;
	pthread_mutex_lock(&p->lock);
	full = p->queued >= WORK_QUEUE_MOST;
	if (!full) {
		*(p->todo_first != NULL ? &p->todo_last->next : &p->todo_first) = w;
		p->todo_last = w;
		p->queued++;
		pthread_cond_signal(&p->more);
	}
	pthread_mutex_unlock(&p->lock);
	if (full)
		return err(e, ERR_BUSY, "%d works wait already", WORK_QUEUE_MOST);
	w->begun = true;
	return true;
}

void
work_join(struct task *t, struct work *w)
{
	if (!w->begun)
		return;
	w->waiter = t;
	while (!w->done)
		task_park_firm(t);
	w->begun = false;
}

bool
work_run(struct task *t, work_fn *fn, void *arg, struct err *e)
{
	struct work w;

	if (!work_begin(t, &w, fn, arg, e))
		return false;
	work_join(t, &w);
	return true;
}
