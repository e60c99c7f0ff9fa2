/*
 * Where a release is read: on a standby as soon as it knows the release, which was opened on
 * the primary; else there. So no byte leaves before its event is on the primary, and what the
 * standby shows is at least as new as the event.
 */
#ifndef STORE_STANDBY_H
#define STORE_STANDBY_H

#include "sys/conf.h"
#include "sys/db.h"

struct standby {
	struct db *db;			   /* NULL: there is none */
	uint64_t rests_until_ms;	   /* nobody asks it before */
	bool failed;			   /* the last one who asked had nothing of it */
	int64_t given, busy, behind, away; /* how often which */
};

/* By db.standby, which may be empty. */
bool standby_open(struct standby *s, const struct conf *c, const char *role,
    const char *application, struct err *e);
/* A connection to it that knows the release; NULL: ask the primary. */
struct conn *standby_lease(struct task *t, struct standby *s, int64_t number);
/* The metric `busbar_PROCESS_standby_total`. */
struct metric;
void standby_count(const struct standby *s, struct metric *to);

#endif
