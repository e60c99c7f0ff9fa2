/*
 * Pages that are the same for everybody: no cookie, nobody signed in, nothing of a person. What
 * such a page tells is kept for some seconds, and one is made at a time: whoever asks, and how
 * often, costs one connection.
 *
 *   open.c        language, ways, what is kept
 *   front.c       whoever comes without a link
 *   companies.c   third parties that one may share with
 *   status.c      how the hub does, and how it kept its promises
 *   scoreboard.c  how the utilities do
 *   help.c        answers and guides
 *   privacy.c     what is kept of whom
 */
#ifndef PORTAL_PUBLIC_H
#define PORTAL_PUBLIC_H

#include "portal.h"

enum { PUBLIC_KEY_SIZE = 160 };

struct public_page {
	const char *view;
	int keep_s;
	char key[PUBLIC_KEY_SIZE]; /* what was asked for, beside the page and the language */
	/* Sets the values of the template; NULL: there are none. */
	bool (*fill)(struct task *t, struct page *p, void *arg, struct err *e);
	void *arg;
};

typedef bool public_fn(struct task *t, struct page *p, struct err *e);
/* Opens the page in the language that is asked for, with the ways, and calls fn. */
bool public_open(struct task *t, struct call *c, public_fn *fn, struct err *e);
/* Sends it: what is kept, or else made now. */
bool public_send(struct task *t, struct page *p, struct public_page *of, struct err *e);

#endif
