/* A day of reads in few bytes; see day_short.h. */
#include "day_short.h"

#include <string.h>

enum { DELTA_MOST = 14 };

/* Base64 VLQ, as source maps have it: five bits a letter, the lowest first, the sign below
 * them; a letter of 32 or more goes on. */
static char *
put_delta(char *p, int64_t delta)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t n = delta < 0 ? (uint64_t)-delta << 1 | 1 : (uint64_t)delta << 1;

	do {
		unsigned five = n & 31;

		n >>= 5;
		*p++ = letters[five | (n > 0 ? 32u : 0u)];
	} while (n > 0);
	return p;
}

/* Halves away from zero. */
static int64_t
rounded(int64_t wh, int64_t to)
{
	return (wh + (wh < 0 ? -to / 2 : to / 2)) / to;
}

/* Of what is missing nothing changes. */
static void
put_wh(struct json *j, const struct day *d, int64_t round_wh)
{
	char text[DAY_SLOTS_MOST * DELTA_MOST], *p = text;
	int64_t before = 0;

	for (unsigned i = 0; i < d->n; i++) {
		int64_t wh =
		    d->status[i] == STATUS_MISSING ? before : rounded(d->wh[i], round_wh);

		p = put_delta(p, wh - before);
		before = wh;
	}
	json_text(j, "wh", (struct str){ text, (size_t)(p - text) });
}

static bool
all_actual(const struct day *d)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->status[i] != STATUS_ACTUAL)
			return false;
	return true;
}

void
day_short(struct buf *b, const struct out_day *o, int64_t round_wh)
{
	const struct day *d = o->d;
	struct json j = json_to(b);

	json_open(&j, NULL);
	json_text(&j, "esiid", str_of(o->esiid));
	json_text(&j, "channel",
	    d->channel == CHANNEL_GENERATION ? STR("generation") : STR("consumption"));
	json_date(&j, "date", d->day);
	json_int(
	    &j, "interval_s", d->n == 1 ? zone_day_s(o->zone, d->day) : (int64_t)d->interval_s);
	if (round_wh != 1)
		json_int(&j, "unit_wh", round_wh);
	put_wh(&j, d, round_wh);
	if (!all_actual(d))
		json_text(&j, "status", (struct str){ d->status, d->n });
	json_end(&j);
}
