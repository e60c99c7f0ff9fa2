/*
 * Which (series, day) of a utility have gone by: bits in pages that are made when first
 * touched. Blocks that stand twice in a file are found by it without asking the database, and
 * so are the first ones of a day that comes in many files. A bit too many costs a look into the
 * database, no more: marks of a load that came to nothing stay.
 */
#ifndef INGESTD_SEEN_H
#define INGESTD_SEEN_H

#include "base/err.h"

struct seen;

struct seen *seen_new(struct err *e);
void seen_free(struct seen **s);
/* Marks it; *before: it was marked already, or may have been: once SEEN_PAGES_MOST pages of 1
 * KB are in use, days and meters that would need another one are not remembered. */
bool seen_mark(struct seen *s, int32_t series, int32_t day, bool *before, struct err *e);

bool seen_full(const struct seen *s); /* the limit was met */

enum { SEEN_PAGES_MOST = 64 * 1024 };

#endif
