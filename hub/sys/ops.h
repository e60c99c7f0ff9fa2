/*
 * /metrics and /healthz of a daemon, for the operator's machines: a socket of its own for
 *nginx, which serves them on loopback only as /<process>/metrics and /<process>/healthz (port
 *9100).
 *
 * A daemon fills a struct ops, listens before or after it gives up root (the folder
 * <web.sockets>/<process>/ is its own), and keeps one task:
 *
 *	static struct ops ops = { .process = "dropd", .write = write_metrics, .arg = &dropd };
 *	ops_listen(&ops, &conf, 1);
 *	if (!group_spawn(t, &g, "ops", ops_run, &ops, e) …
 *
 * One that runs several times either gives each its number (2: /<process>.2/metrics), or, where
 * forked workers share what they count, listens in the parent: whichever worker is asked tells
 * the sum. Where it cannot listen that is logged, and no failure: a door that nobody can look
 * at is still a door.
 */
#ifndef SYS_OPS_H
#define SYS_OPS_H

#include "rt/task.h"
#include "sys/conf.h"
#include "sys/db.h"

struct ops {
	const char *process;
	void (*write)(struct buf *to, void *arg); /* all metrics; the process's own come by
						     themselves. Does not wait. */
	/* More, for which it asks somebody; may wait. NULL: none. */
	bool (*ask)(struct task *t, struct buf *to, void *arg, struct err *e);
	/* Whether it can do its work; may wait. NULL: that it answers is enough. */
	bool (*healthy)(struct task *t, void *arg, struct err *e);
	void *arg;
	/* ours */
	int fd;
	unsigned peer;
};

void ops_listen(struct ops *o, const struct conf *c, int number);
void ops_run(struct task *t, void *ops); /* task, until it is cancelled */

/* For healthy: whether the database answers within two seconds. */
bool ops_database(struct task *t, struct db *db, struct err *e);

#endif
