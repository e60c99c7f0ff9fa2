/*
 * What operators announce: notices, and outages that are planned or run. views/notices.html
 * shows them at the top of each page of who is signed in; public/status.c shows all. A process
 * looks every quarter of a minute.
 */
#ifndef PORTAL_NEWS_H
#define PORTAL_NEWS_H

#include "portal.h"

/* Sets the list "notices": those that run or begin within two days. When they cannot be read
 * there are none: a page does not fail for that. */
void news_set(struct task *t, struct page *p);

#endif
