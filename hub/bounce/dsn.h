/*
 * A mail that came to the envelope sender of one of ours: whose it was, and whether it did not
 * arrive. Delivery status notifications are read as RFC 3464 has them, wherever in the message
 * they stand; everything else (answers of machines and of people) says nothing.
 */
#ifndef BOUNCE_DSN_H
#define BOUNCE_DSN_H

#include "base/str.h"

enum { DSN_VERP_SIZE = 21, DSN_SAYS_SIZE = 300, DSN_MOST = 1024 * 1024 };

struct dsn {
	char verp[DSN_VERP_SIZE]; /* "": none was found */
	bool found;		  /* it tells of a delivery */
	bool permanent;		  /* which has failed; else it is late */
	char says[DSN_SAYS_SIZE]; /* "5.1.1 smtp; 550 no such user", without addresses */
};

/* bounce: the mailbox that codes are put into, "bounce@hub.example". The code is looked for in
 * `to` (the address it came to, may be empty) and then in the message. */
void dsn_read(struct dsn *d, struct str message, const char *bounce, struct str to);

#endif
