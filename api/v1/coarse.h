/* Days with longer intervals: hours, or the day as one. Nothing here waits. */
#ifndef API_V1_COARSE_H
#define API_V1_COARSE_H

#include "meter/day.h"

enum { COARSE_HOUR_S = 3600, COARSE_DAY_S = 86400 };

/* `by_s`: how long the intervals become. An interval of which a part is missing is missing; one
 * of which a part is estimated is estimated. The day as one has interval_s 86400, however many
 * hours it has. False when by_s is shorter than what there is: then *to is not written. */
bool coarse_day(struct day *to, const struct day *from, uint32_t by_s);

#endif
