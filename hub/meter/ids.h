/*
 * Identifiers of the field. An ESI ID is "10", a 5-digit utility code and 10 or 15 digits of
 * the utility's own (17 or 22 in all); it names a point of delivery. It is text everywhere but
 * here, where 68 bits are its exact number form for tables. Source: domain facts in
 * docs/glossary.md.
 */
#ifndef METER_IDS_H
#define METER_IDS_H

#include "base/err.h"

enum { ESIID_MOST = 22, ESIID_SIZE = 23, METER_NUMBER_MOST = 32, DUNS_MOST = 13 };

struct esiid {
	uint64_t rest; /* the utility's own digits */
	uint32_t head; /* utility code * 2 + (22 digits long) */
};

bool esiid_read(struct str s, struct esiid *id); /* false: not of either shape */
size_t esiid_write(char to[ESIID_SIZE], struct esiid id);
static inline bool
esiid_same(struct esiid a, struct esiid b)
{
	return a.rest == b.rest && a.head == b.head;
}
/* Its first seven digits as a number (1044372 for Oncor). */
uint32_t esiid_prefix(struct esiid id);
bool duns_ok(struct str s); /* 9 or 13 digits; leading zeros matter, so DUNS stay text */
/* Normal form for comparing: upper case, outer blanks off; false when empty, over 32 or not
 * [A-Z0-9-]. */
bool meter_number_normal(struct str s, char to[METER_NUMBER_MOST + 1]);
/* One mailbox as mail servers of any age take it: NAME@DOMAIN in ASCII, 64 bytes of name and
 * 254 in all at most (RFC 5321, 4.5.3.1), no quotes, a dot in the domain. */
enum { EMAIL_MOST = 254, EMAIL_NAME_MOST = 64 };
bool email_ok(struct str s);

#endif
