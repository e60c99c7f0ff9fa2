/*
 * How many requests a door answered, of whom and how: told to the database every so often,
 *where it becomes an event of the log that reports count (docs/reports/use.md). What a process
 *has not told when it ends is lost; /metrics of each has its own counts.
 *
 *	struct use_count use = { .door = "api" };
 *	use_add(&use, "v1", "CSP", 200);
 *	use.db = db; group_spawn(t, &g, "use", use_run, &use, e)
 */
#ifndef SYS_USE_H
#define SYS_USE_H

#include "rt/task.h"
#include "sys/db.h"

enum { USE_MOST = 100, USE_WHAT_SIZE = 16, USE_KIND_SIZE = 12 };

struct use_row {
	char what[USE_WHAT_SIZE], kind[USE_KIND_SIZE];
	int64_t answered, refused, failed;
};

struct use_count {
	const char *door;
	struct db *db;
	uint64_t every_ms;
	struct use_row row[USE_MOST]; /* since it was told last */
	size_t n;
};

/* kind: of who asked, as party.party has it; "": nobody known. Does not wait. */
void use_add(struct use_count *u, const char *what, const char *kind, int status);
void use_run(struct task *t, void *use); /* task, until it is cancelled */

#endif
