/*
 * Weather of five Texas regions, by integer arithmetic so that it is the same on every machine:
 * monthly normals (rounded), a daily swing, and day-to-day noise on three time scales that is
 * stronger in winter (northers) than in summer. Temperatures are in tenths of a degree
 * Fahrenheit.
 */
#ifndef SYNTH_WEATHER_H
#define SYNTH_WEATHER_H

#include "synth/parties.h"

/* 256 * cos of a turn's step-th of `turn`; integer form of Bhaskara's approximation, error < 1.
 */
int turn_cos(int step, int turn);

struct weather { /* of one region and day */
	int mean_df, swing_df;
	int cloud;	/* 0 clear to 255 dark */
	int half_day_q; /* quarter-hours from sunrise to solar noon */
};

void weather_of(uint64_t seed, enum climate c, int32_t day, struct weather *w);
/* At a quarter-hour of the local clock, 0 to 95; warmest at 16:30. */
int weather_temperature_df(const struct weather *w, int quarter);
/* 0 to 256, clear sky at noon = 256, clouds taken off; by UTC quarter, since the sun keeps no
 * DST. */
int weather_sun(const struct weather *w, int utc_quarter);

#endif
