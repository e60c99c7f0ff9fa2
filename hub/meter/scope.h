/*
 * Scopes of Green Button's OAuth: "FB=4_5_15;IntervalDuration=900;BlockDuration=daily;
 * HistoryLength=63072000". A client writes what it would like, the hub writes what it may have:
 *
 *	scope = "FB=" n *("_" n) *(";" term) [";"]
 *	term  = IntervalDuration=v | BlockDuration=v | HistoryLength=n | SubscriptionFrequency=v
 *| AccountCollection=n | BR=id | dataCustodianId=id | AdditionalScope=o *("_" o) |
 *	        PreferredAuthEndDate=epoch | MinAuthEndDate=epoch
 *	v     = (n | billingPeriod | daily | monthly | seasonal | weekly) *("_" v)
 *
 * At most 256 characters, the limit of the ESPI schema. Names of terms and values are taken in
 * any case. Of AdditionalScope the hub knows noedit, meters-all and auth-KIND[-VALUE]; what
 * else stands there is for other custodians and means nothing here. A HistoryLength below 1000
 * is months, as in old examples. Pure: no database, no clock.
 */
#ifndef METER_SCOPE_H
#define METER_SCOPE_H

#include "base/err.h"
#include "base/str.h"

enum { SCOPE_BYTES_MOST = 256, SCOPE_BLOCK_MOST = 127, SCOPE_VALUES_MOST = 8 };
enum { SCOPE_MONTH_S = 2628000 }; /* two years of the standard's examples are 24 of them */

enum scope_term { /* those that limit, in the order in which they are written */
	SCOPE_INTERVAL,
	SCOPE_BLOCK,
	SCOPE_HISTORY,
	SCOPE_FREQUENCY,
	SCOPE_ACCOUNTS,
	SCOPE_WRITTEN, /* the rest is only read */
	SCOPE_PREFER_UNTIL = SCOPE_WRITTEN,
	SCOPE_AT_LEAST_UNTIL,
	SCOPE_TERMS
};
enum scope_auth { SCOPE_NO_AUTH, SCOPE_ACCOUNT, SCOPE_PHONE, SCOPE_EMAIL, SCOPE_ADDRESS };

struct scope {
	bool block[SCOPE_BLOCK_MOST + 1];
	size_t n[SCOPE_TERMS];			       /* 0: the term is not there */
	int64_t value[SCOPE_TERMS][SCOPE_VALUES_MOST]; /* < 0: one of the names */
	bool noedit, meters_all;
	enum scope_auth auth;
	char auth_value[SCOPE_BYTES_MOST + 1]; /* escapes undone; "" when there is none */
	char unknown[32]; /* the first term that nobody knows, "" if none */
};

/* ERR_BAD_INPUT: what was found where, and what was expected. */
bool scope_read(struct scope *s, struct str text, struct err *e);
/* As the hub writes it: blocks ascending, terms in order. At most SCOPE_BYTES_MOST. */
bool scope_write(struct buf *to, const struct scope *s, struct err *e);

/* What of `asked` is within `registered`. Blocks that give no data (those of the interface
 * itself: 1, 3, 13, 39, …) may be left out in silence; another that is not registered is
 * ERR_FORBIDDEN, or left out too when `narrow`. Terms that limit are cut to what is registered.
 */
bool scope_narrow(struct scope *to, const struct scope *asked, const struct scope *registered,
    bool narrow, struct err *e);

/* What blocks are about; one block is about one thing or about none. */
enum scope_about { SCOPE_SERVICE, SCOPE_READS, SCOPE_REGISTER, SCOPE_BILLING, SCOPE_CUSTOMER };
enum scope_about scope_about(int block);
bool scope_has(const struct scope *s, enum scope_about what);
void scope_drop(struct scope *s, enum scope_about what);

const char *scope_auth_name(enum scope_auth a); /* "account", …; "" */

#endif
