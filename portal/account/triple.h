/*
 * What proves that somebody knows a home: ESI ID, meter number and the retailer's certificate
 * number, as rows of a form. Whether they belong together only the database finds, and no
 * answer tells.
 */
#ifndef PORTAL_TRIPLE_H
#define PORTAL_TRIPLE_H

#include "fields.h"

enum { TRIPLE_ESIID, TRIPLE_METER, TRIPLE_REP, TRIPLE_FIELDS };

enum { TRIPLE_TYPED_MOST = 40 };

/* What a table of fields begins with. */
/* clang-format off */
#define TRIPLE_ROWS \
	{ "esiid", "text", "off", TRIPLE_TYPED_MOST, TEXT_UP_ESIID, TEXT_UP_ESIID_HINT, TEXT_WRONG_ESIID }, \
	{ "meter", "text", "off", TRIPLE_TYPED_MOST, TEXT_UP_METER, TEXT_UP_METER_HINT, TEXT_WRONG_METER }, \
	{ "rep", "select", "off", TRIPLE_TYPED_MOST, TEXT_UP_REP, TEXT_UP_REP_HINT, TEXT_WRONG_REP }
/* clang-format on */

struct triple {
	struct str esiid, meter, rep;
};
/* As they were typed, without the blanks between digits; in the page's memory. Adds to `wrong`
 * what is wrong with how they are written. False: something is. */
bool triple_read(
    struct page *p, const struct form *f, struct triple *to, enum text wrong[TRIPLE_FIELDS]);

/* Each as an array of one, for the database. */
#define P_TRIPLE(x) P_TEXTS(&(x).esiid, 1), P_TEXTS(&(x).meter, 1), P_TEXTS(&(x).rep, 1)

#endif
