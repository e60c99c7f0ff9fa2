/*
 * A thread of its own for a call that may block for long and cannot be cut short: a name that
 * is looked up. The task waits for it with an end; when that comes first, the thread is left to
 * itself and frees what it worked on when it is through. What blocks on the disk or takes CPU
 * is for the pool (work.h), which such calls would fill.
 */
#ifndef RT_ASIDE_H
#define RT_ASIDE_H

#include "rt/task.h"

enum { ASIDE_MOST = 64 }; /* threads at once */

typedef void aside_fn(void *arg);

/* Runs fn(arg) aside and waits for `ms` at most. True: it is done, arg is the caller's again.
 * False: `done_with` has been or will be called with arg, by whoever is last; ERR_BUSY when
 * there are ASIDE_MOST, ERR_TIMEOUT, ERR_CANCELLED. fn touches nothing but arg. */
bool aside_run(
    struct task *t, aside_fn *fn, void *arg, aside_fn *done_with, uint64_t ms, struct err *e);

#endif
