/*
 * Tasks: straight-line code that may wait. One event loop per process; each task has a stack of
 * its own and runs until it waits. THE RULE: only a function whose first parameter is `struct
 * task *t` may wait, and every call shows it. Nothing read from shared state is trusted after a
 * wait.
 *
 * Each task has one deadline and one cancel flag; every wait honours both and then fails with
 * ERR_TIMEOUT or ERR_CANCELLED, so cleaning up is the ordinary way out. Wakers never switch
 * stacks: they put the task on the run queue. errno and OpenSSL's error queue belong to the
 * thread: read them right after the failing call, before any wait. Frames stay under 8 KB.
 *
 * Built with -DBUSBAR_TASK_THREADS=1 the same interface runs on threads that pass a baton (one
 * runs at a time): for platforms without ucontext and for ThreadSanitizer.
 */
#ifndef RT_TASK_H
#define RT_TASK_H

#include <sys/types.h>

#include "base/err.h"

struct task;
struct loop;

enum { TASK_STACK_BYTES = 256 * 1024, TASKS_MOST = 10000 };
enum task_want { TASK_READ = 1, TASK_WRITE = 2 };

typedef void task_fn(struct task *t, void *arg);

/* Queues a new task; `name` must live as long as it (a literal). NULL with ERR_BUSY when
 * TASKS_MOST are alive. Does not switch. The task's memory ends when fn returns. Once the loop
 * is stopping, tasks are born cancelled. */
struct task *task_spawn(
    struct loop *l, const char *name, task_fn *fn, void *arg, struct err *e);

struct loop *task_loop(const struct task *t);
const char *task_name(const struct task *t);
uint64_t task_id(const struct task *t); /* never reused within the process */
/* Text put before every log line of the task, e.g. "req=7f3 party=oncor"; copied, 96 bytes. */
void task_label(struct task *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
const char *task_label_text(const struct task *t);

/* Waits until fd is ready for `want`. */
bool task_wait_fd(struct task *t, int fd, unsigned want, struct err *e);
bool task_sleep(struct task *t, uint32_t ms, struct err *e);
/* Parks until task_wake(). False only by deadline or cancel. May also return true without a
 * wake: call it in a loop that tests the condition. */
bool task_park(struct task *t, struct err *e);
bool task_yield(struct task *t, struct err *e); /* lets others run, then goes on */
/* Gives back what deeper calls left of the stack: for a task that is going to wait long.
 * Costs about as much as a system call. */
void task_trim(struct task *t);

/* From the loop's thread; never switches. A wake before the park is kept for it. t must be
 * alive: whoever keeps a task to wake it must be told to forget it before the task ends. */
void task_wake(struct task *t);
void task_cancel(struct task *t); /* its present and later waits fail with ERR_CANCELLED */
bool task_cancelled(const struct task *t);
/* While it is on, no cancel ends the waits of t, only its deadline: for what must be put on
 * record although the process is told to end, within a few seconds. Gives what it was. */
bool task_shield(struct task *t, bool on);

/* Deadline in ms from now, for all waits until it is set again; 0 takes it away. A shorter one
 * in force stays, so that a callee cannot extend its caller's: a dialogue that allows each step
 * 60 s says task_deadline(t, 0) first. Returns the one before as a token (0: none; not a number
 * of ms) that puts it back, exactly, when given here: was = task_deadline(t, 500); ...;
 * task_deadline(t, was). */
uint64_t task_deadline(struct task *t, uint64_t ms);
uint64_t task_left_ms(const struct task *t); /* UINT64_MAX without a deadline */

/* A group waits for its tasks: group_spawn(&g, …); …; group_join(t, &g). The join itself cannot
 * be cancelled: when the joiner is cancelled or out of time it cancels the members and still
 * waits. Members may spawn more of them; those of a cancelled group are born cancelled. A group
 * begins as { 0 }, may be used again after a join, and must be joined before its memory ends.
 * Members take over the label of t. */
struct group {
	struct task *joiner;
	struct group_member *members;
	unsigned alive;
	bool cancelled;
};
bool group_spawn(
    struct task *t, struct group *g, const char *name, task_fn *fn, void *arg, struct err *e);
void group_cancel(struct group *g);
void group_join(struct task *t, struct group *g);

#endif
