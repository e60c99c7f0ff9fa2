/* The two fields in which a password is chosen. */
#ifndef PORTAL_CHOOSE_H
#define PORTAL_CHOOSE_H

#include "fields.h"
#include "login.h"

enum { CHOOSE_PASSWORD, CHOOSE_AGAIN, CHOOSE_FIELDS };
extern const struct field choose_fields[CHOOSE_FIELDS];

/* False: something is wrong with them, and `wrong` says what. */
bool choose_check(const struct form *f, enum text wrong[CHOOSE_FIELDS]);
/* argon2id of the password in l->password under a salt, in the work pool. */
bool choose_derive(struct task *t, struct login *l, struct str salt, struct err *e);
/* The salt of who is signed in. */
bool own_salt(struct task *t, const struct page *p, struct login *l, struct err *e);

#endif
