/*
 * What the files of rt share and nobody else sees: the insides of a loop and of a task, and the
 * seam between scheduling (loop.c, wait.c) and switching stacks (task.c, or task_thread.c).
 */
#ifndef RT_INSIDE_H
#define RT_INSIDE_H

#include "rt/loop.h"

#ifndef BUSBAR_TASK_THREADS
#define BUSBAR_TASK_THREADS 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

struct event;
struct event_base;
struct pool;

struct loop {
	struct event_base *base;
	struct task *ready_first, *ready_last; /* the run queue */
	struct task *tasks;		       /* all that are alive */
	struct task *running;
	unsigned alive;
	bool stopping;
	struct loop_hook *hooks;
	struct pool *pool;   /* work.c; NULL until the first work */
	struct fiber *spare; /* stacks to use again */
	unsigned spares;
};

enum task_wait {
	WAIT_NOT,
	WAIT_TURN, /* on the run queue by its own wish, or not begun yet */
	WAIT_PARK,
	WAIT_FD,
	WAIT_SLEEP,
	WAIT_FIRM /* neither deadline nor cancel ends it */
};

enum { TASK_ALIVE = 0x7a5ca11e, TASK_DEAD = 0x0dead7a5, TASK_LABEL_SIZE = 96 };

struct task {
	unsigned magic;
	struct loop *loop;
	const char *name;
	task_fn *fn;
	void *arg;
	uint64_t id;
	struct fiber *fiber;
	struct event *event; /* made at the first wait that needs one */
	short fired;	     /* what the event told, 0 before */
	enum task_wait waiting;
	bool queued, woken, cancelled, shielded, ended;
	uint64_t deadline_ms; /* on loop_now_ms()'s clock; 0: none */
	struct task *ready_next;
	struct task *next, **link; /* among all alive */
	char label[TASK_LABEL_SIZE];
};

/* loop.c */
void loop_ready(struct loop *l, struct task *t); /* to the end of the run queue, once */
/* Calls fn in the loop whenever fd is readable, until the loop ends. */
bool loop_on_fd(struct loop *l, int fd, void (*fn)(void *), void *arg, struct err *e);
void loop_event_free(struct event **ev);

/* wait.c */
void task_park_firm(struct task *t);		/* until task_wake(), or for no reason */
bool task_check(struct task *t, struct err *e); /* false when cancelled or out of time */
void wait_end(struct task *t);			/* the task is over: its event too */

/* task.c: runs t until it waits or ends; an ended one is gone afterwards */
void task_resume(struct task *t);
void task_body(struct task *t); /* what a fiber runs */

/* task.c or task_thread.c: a fiber is where a task runs. */
struct fiber *fiber_new(struct task *t);
void fiber_enter(struct fiber *f); /* loop to task; comes back when the task leaves */
void fiber_leave(struct fiber *f); /* task to loop; comes back when the loop enters */
void fiber_free(struct loop *l, struct fiber *f);
void fiber_trim(struct fiber *f);
void fibers_end(struct loop *l); /* the loop is over: its spare stacks too */

/* work.c */
void pool_free(struct pool **p);

#endif
