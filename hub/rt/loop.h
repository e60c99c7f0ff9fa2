/*
 * The event loop: one per process, in the thread that made it. Holds the run queue of tasks,
 * timers and signals; the only other file that sees libevent is wait.c. Ignores SIGPIPE for the
 * process.
 */
#ifndef RT_LOOP_H
#define RT_LOOP_H

#include "rt/task.h"

struct loop;

struct loop *loop_new(struct err *e);
void loop_free(struct loop **l); /* no task may be alive */
/* Runs until loop_stop() or until no task is alive (daemons keep one task that waits). When
 * tasks are alive but nothing can wake any of them, cancels all and gives ERR_BUG. */
bool loop_run(struct loop *l, struct err *e);
void loop_stop(
    struct loop *l); /* orderly: all tasks are cancelled; run ends when they are gone */
bool loop_stopping(const struct loop *l);
unsigned loop_tasks(const struct loop *l);
/* fn runs in the loop, not in a task, each time the signal arrives. */
bool loop_on_signal(struct loop *l, int signal, void (*fn)(void *), void *arg, struct err *e);
uint64_t loop_now_ms(const struct loop *l); /* monotonic */
/* Runs fn(t, arg) as the only first task, and the loop until all is done: for programs and
 * tests. False when fn returned false; e is fn's. */
bool loop_once(bool (*fn)(struct task *t, void *arg, struct err *e), void *arg, struct err *e);

#endif
