/* The second factor's code on a form, and what the database is told of it. */
#ifndef PORTAL_FACTOR_H
#define PORTAL_FACTOR_H

#include "login.h"
#include "totp.h"

struct factor {
	struct rows *keep;
	struct str sealed, place, login;
	bool is_set;
	unsigned char secret[TOTP_BYTES];
};
void factor_auto(struct factor *x); /* wipes */

/* DB_NONE: there is none, and none was begun. */
enum db_got factor_read(struct task *t, const struct page *p, struct factor *x, struct err *e);

/* What was typed: the step of time that it is of, and what it is as a recovery code. */
struct factor_typed {
	int64_t step;
	unsigned char recovery[32];
};
void factor_typed(const struct factor *x, struct str typed, struct factor_typed *to);
#define P_TYPED(y) P_INT8((y).step), P_BYTES((y).recovery, 32)

#endif
