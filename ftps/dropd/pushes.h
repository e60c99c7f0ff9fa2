/*
 * Deliveries to partners' own servers: what is queued (delivery.push) is handed to busbar-push,
 * which has the network that this process has not. A delivery is a connection to it: the job
 * and the files' descriptors go in, lines come out, and hanging up ends it, whatever it does.
 */
#ifndef DROPD_PUSHES_H
#define DROPD_PUSHES_H

#include "store/objects.h"
#include "sys/conf.h"
#include "sys/db.h"

struct keys;

struct pushes {
	const struct conf *conf;
	struct objects *objects;
	struct keys *keys; /* push.key; NULL: none was made, and nothing is pushed */
	/* the rest is its own */
	struct db *db;
	struct task *task;
	bool look;
	unsigned running;
};

/* Before rights are dropped: reads push.key. That there is none is told in the log. */
bool pushes_open(struct pushes *p, const struct conf *conf, struct err *e);
/* A task; runs until it is cancelled. */
void pushes_run(struct task *t, void *pushes);

/* metrics.c: an attempt to deliver ended so. kind: "SFTP". */
struct said;
void count_push(const char *kind, const struct said *end);

#endif
