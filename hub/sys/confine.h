/*
 * What a daemon gives up for good once it has what it needs: the paths that it does not work
 * with (Landlock), and the system calls that lead out of it (seccomp; sandbox.h). Whoever takes
 * it over has what is left, and no more; its children inherit it. Called before there are
 * threads, by proc.h's `confine`.
 */
#ifndef SYS_CONFINE_H
#define SYS_CONFINE_H

#include "base/err.h"

enum { CONFINE_PATHS = 6 };

struct confine {
	bool network; /* sockets other than Unix ones */
	/* Programs that it starts; none: it starts no process at all. */
	const char *program[CONFINE_PATHS];
	const char *file[CONFINE_PATHS]; /* Read, these alone. */
	/* Its own folder of sockets is SOCKETS/PROCESS. */
	const char *sockets, *process;
	/* Below these it may write and make things; what is not there is left out. */
	const char *write[CONFINE_PATHS];
	/* Below these it may read, besides what every process needs (/usr, /etc, /proc, /dev,
	 * /run). A file means its folder, since files are replaced. */
	const char *read[CONFINE_PATHS];
};

/* A kernel without Landlock (5.19 is the first with enough of it) leaves the paths as they are,
 * and says so in the log; systemd's units shut most of them too. */
bool confine(const struct confine *c, struct err *e);

#endif
