/* How the hub does: also on the front page. */
#ifndef PORTAL_STATUS_H
#define PORTAL_STATUS_H

#include "portal.h"

/* Sets `well`, `state`, `at` and the list `utilities`. */
bool status_set(struct task *t, struct page *p, struct err *e);

#endif
