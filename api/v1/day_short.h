/*
 * A day of reads in as few bytes as JSON allows, for charts: a year of quarter-hours is some
 * 100 KB, half of it packed. docs/api.md tells how it is read. Nothing here waits.
 */
#ifndef API_V1_DAY_SHORT_H
#define API_V1_DAY_SHORT_H

#include "base/json.h"
#include "meter/format.h"

/* round_wh: values are told in multiples of it; 1: as they are. */
void day_short(struct buf *b, const struct out_day *o, int64_t round_wh);

#endif
