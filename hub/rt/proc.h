/*
 * How every daemon starts, in a fixed order: settings, log, listen, keys, drop rights,
 * confine, database, loop; and how it stops: SIGTERM or SIGINT cancels all tasks, waits for
 * them, exits 0. A second signal, or PROC_STOP_S, ends it at once with status 75. SIGHUP calls
 * reload, or does nothing. Core dumps are off and the process is not dumpable. systemd is told
 * READY=1 before the first task runs.
 */
#ifndef RT_PROC_H
#define RT_PROC_H

#include "rt/loop.h"

struct proc {
	const char *name; /* "ingestd" */
	const char *user; /* to become when started as root; NULL or "" stays */
	int log_level;
	bool (*open)(void *arg, struct err *e); /* before rights are dropped: listen, keys */
	/* once rights are dropped, before there is a thread: what it gives up for good */
	bool (*confine)(void *arg, struct err *e);
	void (*run)(
	    struct task *t, void *arg); /* first task; the process lives while any does */
	void (*reload)(void *arg);
	void *arg;
};

enum { PROC_STOP_S = 20 };

/* The exit status for main(): 0 after an orderly end, that of the error otherwise. One at a
 * time. */
int proc_run(const struct proc *p);
/* For run(): logs e as an error, stops all tasks, and makes proc_run() return the status of e.
 */
void proc_fail(struct task *t, const struct err *e);

/* Becomes `user` with its groups for good; no effect when not root. Checks that root cannot
 * come back: ERR_BUG when it can, ERR_CONF for an unknown user or one with root's rights. */
bool proc_become(const char *user, struct err *e);
/* No core dumps, not dumpable (but in builds with sanitizers), no new privileges. */
bool proc_harden(struct err *e);
/* Tells systemd's notify socket, when there is one. */
void proc_notify(const char *state);

#endif
