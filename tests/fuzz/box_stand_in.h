/*
 * A box in memory for the fuzz targets of doors (hub/store/box.h): one file, one part, folders.
 * What the first letter of a name brings about is in box_stand_in.c.
 */
#ifndef FUZZ_BOX_STAND_IN_H
#define FUZZ_BOX_STAND_IN_H

#include "store/box.h"

extern int box_puts_open;     /* uploads that were begun and not left */
extern int box_entries;	      /* how many a folder has */
extern const char *box_bytes; /* where a file's bytes come from: /dev/null */
extern int64_t box_touched_s; /* the last time that was set */

void box_stand_in_reset(void);

#endif
