/* Signed deltas of one load, by day: what the scoreboard and the regulator's reports add up. */
#ifndef INGESTD_ROLLUP_H
#define INGESTD_ROLLUP_H

#include "meter/day.h"

enum { ROLLUP_DAYS_MOST = 4096 };

struct rollup_day {
	int32_t day;
	int32_t meter_days, late, unknown;
	int64_t intervals, estimated, missing, changed, load_wh, generation_wh;
	int64_t reason[DAY_REASONS];
};

struct rollup {
	struct rollup_day *at;
	size_t n, room, last;
};

void rollup_auto(struct rollup *r);
struct rollup_day *rollup_of(struct rollup *r, int32_t day, struct err *e);

/* What one version of a channel's day counts for. */
struct weight {
	int64_t total_wh;
	uint16_t n, estimated, missing;
	uint16_t reason[DAY_REASONS];
	uint8_t channel;
};
/* Adds (sign 1) a version that became current, or takes away (-1) the one it replaced.
 * meter_days, late and unknown count first versions only and are the caller's. */
void rollup_weigh(struct rollup_day *r, const struct weight *w, int sign);

#endif
