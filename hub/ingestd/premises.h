/*
 * ESI ID → premise, for one utility: an open-addressing table of 16 bytes a slot that is asked
 * once for every block. 8 million ESI IDs take 256 MB, and half as much again while it grows.
 * Readers in the work pool only find; the loader's task puts, never at the same time.
 */
#ifndef INGESTD_PREMISES_H
#define INGESTD_PREMISES_H

#include "meter/ids.h"

struct premises;

struct premises *premises_new(struct err *e);
void premises_free(struct premises **p);
/* The premise's number, or 0. *known: it was announced, and is not a stub made by its reads. */
int32_t premises_find(const struct premises *p, struct esiid id, bool *known);
bool premises_put(
    struct premises *p, struct esiid id, int32_t premise, bool known, struct err *e);
size_t premises_count(const struct premises *p);

#endif
