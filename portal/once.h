/*
 * A secret that was made for who is signed in and is shown once, by the page that the browser
 * is sent to: so reloading that page makes no second one. Nothing is kept here. It travels in a
 * cookie, sealed to the session and the page, for a minute; the page that shows it takes the
 * cookie away.
 */
#ifndef PORTAL_ONCE_H
#define PORTAL_ONCE_H

#include "portal.h"

enum { ONCE_MOST = 400 };

/* 303 to `path`, a page of this session without a query, with ?done=KEY. */
bool once_go(struct task *t, struct page *p, struct str secret, const char *done,
    struct str path, struct err *e);
/* Sets the value "made" of this page: what was made for it, or "". What acted.html says of it
 * is said only when it is not there (any more). Behind act_page(). */
void once_take(struct page *p);

#endif
