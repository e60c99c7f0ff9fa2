/*
 * Forms of who is not signed in: good for one page in one browser. Their answers come when they
 * are due, and are the same whatever there is.
 */
#ifndef PORTAL_NOBODY_H
#define PORTAL_NOBODY_H

#include "fields.h"

/* page_auto() it. name: of the page, to which its forms are bound. */
void nobody_open(struct page *p, struct call *c, const char *name);

/* A page of one form that sends a mail, and says so: what it asks, and what it does. */
struct nobody {
	const char *name, *path, *view; /* of the page: "sign-up", "/sign-up", its template */
	const char *counts_as;
	const struct field *rows;
	size_t n;
	/* Choices of the form's selects: how many; -1: e. NULL: it has none. */
	int (*choices)(struct task *t, struct page *p, struct field_choices *to, struct err *e);
	/* Adds what is wrong with the fields. Where nothing is, does it: false is e, or *wrong.
	 */
	bool (*act)(struct task *t, struct page *p, const struct form *f, enum text *wrong,
	    struct err *e);
};
bool nobody_show(struct task *t, struct call *c, const struct nobody *n, struct err *e);
bool nobody_act(struct task *t, struct call *c, const struct nobody *n, struct err *e);

#endif
