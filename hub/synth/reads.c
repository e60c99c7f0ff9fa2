/*
 * A day's energy, which the registers fix, shared out over the slots of the day: by the shape
 * of the class with each slot's own chance on top, none during an outage. Rounding is carried
 * on, so the slots add up to the registers' advance to the watt-hour.
 */
#include "synth/premise.h"

#include <assert.h>
#include <string.h>

#include "synth/draw.h"

enum {
	FEEDER_METERS = 64,
	OUTAGES_PER_1000_DAYS = 3,
	OUTAGE_LEAST = 2,
	OUTAGE_RANGE = 13,
	/* 4 % of the meter-days lose 8 to 40 of 96 slots: 1 % of all */
	LOST_PER_1000_DAYS = 42,
	LOST_LEAST = 8,
	LOST_RANGE = 33,
	STAMP_FIRST_S = 6 * 3600,
	STAMP_RANGE_S = 7200,
	CORRECTED_AFTER_S = 86400 + 2 * 3600 + 1800
};

struct stretch { /* of slots; n 0: none */
	unsigned at, n;
};

/* Feeders fail as a whole: neighbours are dark together. */
static struct stretch
outage_of(const struct premise *p, int32_t day, unsigned slots)
{
	uint64_t key = draw(
	    draw(world_seed(p->world), FOR_TDU, p->tdu), FOR_OUTAGE, p->index / FEEDER_METERS);
	uint64_t number = (uint64_t)day * 4;
	struct stretch o = { 0, 0 };

	if (p->fixed || draw_below(key, FOR_OUTAGE, number, 1000) >= OUTAGES_PER_1000_DAYS)
		return o;
	o.n = OUTAGE_LEAST + draw_below(key, FOR_OUTAGE, number + 1, OUTAGE_RANGE);
	o.at = draw_below(key, FOR_OUTAGE, number + 2, slots - o.n);
	return o;
}

static bool
lost_on(const struct premise *p, enum channel c, int32_t day)
{
	return draw_below(p->key, FOR_ESTIMATE, ((uint64_t)day * CHANNELS + c) * 4, 1000) <
	       LOST_PER_1000_DAYS;
}

/* What the utility lacks on the morning after; never two days in a row. */
static struct stretch
lost_of(const struct premise *p, enum channel c, int32_t day, unsigned slots)
{
	uint64_t number = ((uint64_t)day * CHANNELS + c) * 4;
	struct stretch l = { 0, 0 };

	if (!lost_on(p, c, day) || lost_on(p, c, day - 1))
		return l;
	l.n = LOST_LEAST + draw_below(p->key, FOR_ESTIMATE, number + 1, LOST_RANGE);
	l.at = draw_below(p->key, FOR_ESTIMATE, number + 2, slots - l.n + 1);
	return l;
}

/* Weights of the slots, summed up; homes are restless, firms even, the sun is what it is. */
static uint64_t
weigh(const struct premise *p, const struct shape *s, enum channel c, int32_t day,
    uint64_t sum[SLOTS_MOST])
{
	uint64_t chance = draw(p->key, FOR_SLOTS, (uint64_t)day * CHANNELS + c), total = 0;
	struct stretch dark = outage_of(p, day, s->n);
	bool home = p->class <= CLASS_HOME_SOLAR && c == CHANNEL_LOAD;
	uint32_t least = home ? 64 : 208, range = home ? 192 : 96;

	for (unsigned i = 0; i < s->n; i++) {
		uint32_t part;

		if ((i & 3) == 0)
			chance = draw_mix(chance + i + 1);
		part = (uint32_t)(chance >> (16 * (i & 3))) & 0xffff;
		if (i - dark.at >= dark.n) {
			uint64_t w = (uint64_t)s->w[i] * (least + (range * (part & 0xff) >> 8));

			/* now and then something large is on: an oven, a dryer */
			total += home && part >> 12 == 0 ? 3 * w : w;
		}
		sum[i] = total;
	}
	return total;
}

static void
share_out(struct day *d, const uint64_t sum[SLOTS_MOST], uint64_t total, uint64_t wh)
{
	uint64_t before = 0;

	/* sum < 2^36 and wh < 2^27: three shifts and the largest plant on its largest day */
	assert(total > 0 && total < UINT64_C(1) << 36 && wh < UINT64_C(1) << 27);
	for (unsigned i = 0; i < d->n; i++) {
		uint64_t upto = sum[i] * wh / total;

		d->wh[i] = (int64_t)(upto - before);
		before = upto;
	}
	d->total_wh = (int64_t)wh;
}

/* An estimate has the right energy, as the register shows, but not its course. */
static void
estimate(struct day *d, struct stretch lost)
{
	int64_t wh = 0, before = 0;

	for (unsigned i = 0; i < lost.n; i++)
		wh += d->wh[lost.at + i];
	for (unsigned i = 0; i < lost.n; i++) {
		int64_t upto = wh * (i + 1) / lost.n;

		d->wh[lost.at + i] = upto - before;
		before = upto;
	}
	memset(d->status + lost.at, STATUS_ESTIMATED, lost.n);
	d->estimated = (uint16_t)lost.n;
}

bool
premise_day(
    const struct premise *p, const struct shapes *s, enum channel c, bool actual, struct day *d)
{
	const struct shape *shape =
	    &s->of[premise_area(p)->climate][c == CHANNEL_GENERATION ? CLASS_SUN : p->class];
	struct stretch lost = lost_of(p, c, s->day, shape->n);
	int32_t meter = spell_of(&p->meter, s->day);
	uint64_t sum[SLOTS_MOST], total, wh;

	if (actual && lost.n == 0)
		return false;
	wh = premise_before_wh(p, c, s->day + 1) - premise_before_wh(p, c, s->day);
	d->esiid = p->id;
	d->day = s->day;
	d->interval_s = 900;
	d->n = (uint16_t)shape->n;
	d->channel = (uint8_t)c;
	d->has_start = d->has_stop = true;
	d->start_wh = premise_register_wh(p, c, meter, s->day);
	d->stop_wh = premise_register_wh(p, c, meter, s->day + 1);
	d->estimated = d->missing = 0;
	memset(d->status, STATUS_ACTUAL, shape->n);
	total = weigh(p, shape, c, s->day, sum);
	share_out(d, sum, total, wh);
	if (!actual)
		estimate(d, lost);
	d->created_s = zone_utc_s(world_zone(p->world),
	    (int64_t)(s->day + 1) * 86400 + STAMP_FIRST_S +
		draw_below(p->key, FOR_STAMP, (uint64_t)s->day, STAMP_RANGE_S) +
		(actual ? CORRECTED_AFTER_S : 0),
	    NULL);
	return true;
}
