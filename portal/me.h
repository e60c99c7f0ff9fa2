/*
 * Who is signed in. The browser has 256 random bits in a cookie of its own; the database knows
 * their digest's digest, and says with each request who that is and whether it still holds.
 * Forms are good for that session alone, since their nonce is bound to it and to the browser.
 */
#ifndef PORTAL_ME_H
#define PORTAL_ME_H

#include "portal.h"

enum { ME_WAY_SIZE = 96 };

struct me {
	struct rows *keep; /* what the slices point into */
	struct str step, login, language;
	int32_t idle_min;
	struct str kind, role; /* CUSTOMER, CSP, …; ADMIN, MEMBER, READER, "" of customers */
	struct str name;       /* of the organisation */
	bool many;	       /* a customer with several premises */
	int is;		       /* PORTAL_CUSTOMER, … and PORTAL_MEMBER, PORTAL_ADMIN */
};
void me_auto(struct me *m);

/* What the browser shows: of nothing, too, so that each takes the same way. */
void me_shown(const struct page *p, unsigned char shown[LINK_BYTES]);
/* DB_NONE: nobody. Sets p->sha256, the language, and the frame: who that is, and the way to the
 * other pages. */
enum db_got me_read(struct task *t, struct page *p, struct me *m, struct err *e);

typedef bool me_fn(struct task *t, struct page *p, struct err *e);
/* A page of who is signed in: p->me. Who is not is sent to do so, and comes back; whom the
 * page's row does not name is told so. */
bool me_page(struct task *t, struct call *c, me_fn *fn, struct err *e);
/* The form of a page of mine. False: the reply is given (*done), or e is. */
bool me_form(struct task *t, struct page *p, struct form **f, enum text *wrong, struct err *e);

/* Whether the row of a page names that one. */
bool me_may(const struct me *m, const struct route *page);
/* A page of the way that is this one's: its address is what /sign-in may lead to, no other.
 * "home":
 * "/home"; anything else: where its way begins. */
const char *me_way(const struct me *m, struct str name);
/* The same for who has yet to sign in: the address of the front page, which leads on. */
void me_way_in(struct str name, char to[ME_WAY_SIZE]);

#endif
