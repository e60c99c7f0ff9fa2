/*
 * Which (series, day) of a file have gone by: bits in pages that are made when first touched,
 * so that blocks which stand twice in a file are found without asking the database.
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

enum { SEEN_PAGES_MOST = 64 * 1024 };

#endif
