/* A day of reads as a JSON object on a line. Nothing here waits. */
#ifndef API_V1_DAY_JSON_H
#define API_V1_DAY_JSON_H

#include "base/json.h"
#include "store/rates.h"

struct day_json {
	const struct out_day *o;
	const struct costs *costs; /* NULL: not asked for */
	unsigned first, past;	   /* slots that are given */
};

/* The slots of o that begin at from_s or later and before to_s; false when there are none. */
bool day_json_clip(struct day_json *x, int64_t from_s, int64_t to_s);
void day_json(struct buf *b, const struct day_json *x);
int64_t day_json_wh(const struct day_json *x); /* of what is given */

#endif
