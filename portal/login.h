/*
 * A name (or mailbox) and a password. argon2id is made here, in the work pool; the database has
 * its digest, compares, and counts what was wrong. Whether there is such a name no answer
 * tells, neither by what it says nor by when it comes.
 */
#ifndef PORTAL_LOGIN_H
#define PORTAL_LOGIN_H

#include "portal.h"

enum { LOGIN_MOST = 200, LOGIN_ANSWER_MS = 400 };

struct login {
	struct str typed, password; /* of the form: borrowed */
	bool mailbox;		    /* what was typed may be one */
	unsigned char index[INDEX_BYTES];
	unsigned char salt[SECRET_SALT_BYTES], derived[SECRET_DERIVED_BYTES];
	bool ok;
	struct err e;
};

/* What was typed, and the index of it if it may be a mailbox. */
void login_mailbox(const struct page *p, struct str typed, struct login *to);
/* From the fields "user" and "password"; false: one of them is missing or too long. */
bool login_read(const struct page *p, const struct form *f, struct login *to);
/* Makes l->derived. No connection is held meanwhile. */
bool login_derive(struct task *t, const struct page *p, struct login *l, struct err *e);
/* The same when l->salt is known already. */
bool login_work(struct task *t, struct login *l, struct err *e);
void login_auto(struct login *l); /* wipes */

#define P_LOGIN_NAME(l) \
	P_STR((l)->typed), P_BYTES((l)->mailbox ? (l)->index : NULL, INDEX_BYTES)
#define P_LOGIN(l) P_LOGIN_NAME(l), P_BYTES((l)->derived, SECRET_DERIVED_BYTES)

#endif
