/*
 * Several processes that do the same work: made by fork from a parent that has opened what they
 * share (listeners, keys), started again when they die, stopped together. The parent does
 * nothing else; without it the others end at once.
 */
#ifndef FTPSD_WORKERS_H
#define FTPSD_WORKERS_H

#include "base/err.h"

struct workers {
	unsigned count;
	int (*work)(unsigned number, void *arg); /* a worker's life; its exit status */
	void (*reload)(void *arg); /* in the parent, on SIGHUP, before the workers' own */
	void *arg;
};

enum { WORKERS_MOST = 64 };

/* Until SIGTERM or SIGINT; then 0. A worker that finds its settings wrong (status 65) ends
 * all, with that status. */
int workers_run(const struct workers *w);

#endif
