/*
 * Interval files as a utility's head end writes them, fast: rows of 24 triples, no library call
 * a slot. What the rows mean stands in meter/lse.h.
 */
#ifndef SYNTH_LSE_TEXT_H
#define SYNTH_LSE_TEXT_H

#include "synth/premise.h"

enum { BLOCK_MOST = 4096, ROW_SLOTS = 24, STAMP_14 = 14 };

/* One block; returns its length, at most BLOCK_MOST. */
size_t lse_block(
    char to[BLOCK_MOST], const struct premise *p, const struct day *d, const char *eol);
/* YYYYMMDDHHMMSS of a wall time; no NUL. */
void stamp_14(char to[STAMP_14], int64_t local_s);
#define LSE_NAME 64
/* <DUNS>IntervalData<yyyymmddhhmmss><3-digit counter>.lse */
void lse_file_name(char to[LSE_NAME], const char *duns, int64_t local_s, unsigned counter);

#endif
