/*
 * Two threads for what takes more than about 2 ms of CPU (parsing, hashing, compression) or
 * blocks on the disk (fsync). The function runs outside the loop: it must not touch tasks,
 * streams or logs of tasks, and nothing that another thread may change.
 */
#ifndef RT_WORK_H
#define RT_WORK_H

#include "rt/task.h"

enum { WORK_THREADS = 2, WORK_QUEUE_MOST = 1024 };

typedef void work_fn(void *arg);

struct work {
	work_fn *fn;
	void *arg;
	bool done, begun;
	struct task *waiter;
	struct work *next;
};

/* Runs fn(arg) in the pool and waits. The wait cannot be cut short (arg is in use): a deadline
 * or cancel shows at the next wait. False with ERR_BUSY when the queue is full. */
bool work_run(struct task *t, work_fn *fn, void *arg, struct err *e);
/* The same in two steps, to do something else meanwhile. w must stay until work_join()
 * returned; a work that was begun must be joined. */
bool work_begin(struct task *t, struct work *w, work_fn *fn, void *arg, struct err *e);
void work_join(struct task *t, struct work *w);

#endif
