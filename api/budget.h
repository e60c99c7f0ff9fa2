/*
 * What a client may ask for in a minute, by class of request. The database holds what was taken
 * of it; a process takes some requests at a time, so that a request seldom costs a question,
 * and a refusal never does.
 */
#ifndef API_BUDGET_H
#define API_BUDGET_H

#include "route_who.h"
#include "sys/route.h"

enum { BUDGETS_MOST = 4096, BUDGET_AT_ONCE = 20 };

/* Takes one request out of the caller's budget and sets the RateLimit headers. ERR_WAIT when
 * nothing is left, with Retry-After. */
bool budget_take(struct task *t, struct call *c, struct err *e);
/* What the caller has used of its budgets is where the database can tell it. */
bool budget_tell(struct task *t, struct call *c, struct err *e);

#endif
