/*
 * busbar-hookd: tells partners' programs what has happened. What has to survive is rows of the
 * schema hook; this process may be killed at any instant and is started again.
 *
 *   queue.c   one task: gives new events their places in the logs of those they are for, and
 *             starts a task for each endpoint that has something to be told; one that listens
 *   send.c    one task an endpoint: takes a page of its log, sends it, tells what became of it
 *   body.c    what is sent, in the words of each family (pure)
 *   mark.c    signatures, pauses, what an answer means (pure)
 *   metrics.c what is counted
 *
 * To one endpoint goes one request at a time, and the next only when it has taken that, so what
 * concerns a premise comes in its order; many endpoints are spoken to at once. An endpoint that
 * is slow or away holds up nobody but itself. What was sent and not put on record goes again,
 * with the same ids.
 */
#ifndef HOOKD_HOOKD_H
#define HOOKD_HOOKD_H

#include "sys/conf.h"
#include "sys/db.h"
#include "sys/fetch.h"
#include "sys/ops.h"

struct keys;

enum { IDLE_MOST = 64 };

struct hookd {
	struct conf conf;
	struct db *db;
	struct keys *keys;
	struct fetch_rules rules;
	struct group *group; /* of all tasks */
	struct task *queue;
	bool look; /* the queue has something to look at */
	unsigned running;
	struct { /* connections of endpoints that nobody speaks to now */
		int64_t endpoint;
		struct fetch *fetch;
	} idle[IDLE_MOST];
	unsigned idles;
	struct ops ops;
};

/* queue.c */
void queue_run(struct task *t, void *hookd);  /* task */
void listen_run(struct task *t, void *hookd); /* task */
void queue_wake(struct hookd *d);

/* send.c */
struct taken; /* an endpoint that is held */
extern const struct db_field taken_fields[];
extern const size_t taken_field_count;
/* A task for what was taken, whose texts are in `row`; takes that over. False: given back. */
bool send_begin(struct task *t, struct hookd *d, const struct taken *row, struct rows **keep,
    struct err *e);
void send_end(struct hookd *d); /* closes what is idle */

/* metrics.c */
void count_request(const char *kind, const char *result);
void count_items(int64_t n);
void count_events(int64_t n);
void gauge_set(struct str name, int64_t value);
void hook_metrics(struct buf *to, void *hookd);

#endif
