/* Blocks that can be read and are wrong, odd, or somebody else's. */
#include "synth/dirt.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { REGISTER_OFF_WH = 5000, MANY_BLOCKS = 110 };

/* A block of home 1 between two good ones. What is changed may be the reads, the premise or, by
 * its eight digits, the date. */
struct odd {
	struct premise p;
	struct day day;
	const char *date; /* in rows 1, NULL: as it is */
};

static void
put_odd(struct dirt *d, const struct odd *o)
{
	char room[BLOCK_MOST];
	struct str block = dirt_block(d, &o->p, &o->day, room);
	char *row = room, *start = memchr(row, ',', block.len);

	for (int i = 0; o->date != NULL && i < 4; i++) {
		if (i >= 2) /* start and stop: fields 3 and 4 */
			memcpy(start + 1, o->date, 8);
		start = memchr(start + 1, ',', block.len - (size_t)(start + 1 - room));
		assert(start != NULL);
	}
	dirt_text(d, block);
}

static void
begin(struct dirt *d, const char *folder, struct odd *o)
{
	dirt_case(d, folder);
	dirt_good(d, 0, d->day);
	o->p = d->home[1];
	o->date = NULL;
	dirt_day(d, 1, d->day, &o->day);
}

/* Puts the block in and says what is wrong with it, as a whole. */
static bool
finish(struct dirt *d, const struct odd *o, enum rule rule, enum rule also, struct err *e)
{
	unsigned line = d->lines + 1;

	put_odd(d, o);
	if (rule != RULES)
		dirt_fault(d, line, 0, rule);
	if (also != RULES)
		dirt_fault(d, line, 0, also);
	if (d->rejected == 0)
		d->accepted++;
	dirt_good(d, 2, d->day);
	return dirt_lse(d, "LOADED", RULES, e);
}

/* ---- numbers of intervals ---- */

static bool
counts(struct dirt *d, struct err *e)
{
	struct odd o;

	begin(d, "one-interval-short", &o);
	o.day.stop_wh -= o.day.wh[o.day.n - 1];
	o.day.n--;
	if (!finish(d, &o, RULE_COUNT, RULES, e))
		return false;
	begin(d, "spring-on-a-usual-day", &o);
	o.day.n = 92;
	if (!finish(d, &o, RULE_COUNT, RULES, e))
		return false;
	begin(d, "autumn-on-a-usual-day", &o);
	memset(o.day.status + o.day.n, STATUS_ACTUAL, 4);
	o.day.n = 100;
	return finish(d, &o, RULE_COUNT, RULES, e);
}

/* 96 intervals on a day of 23 or 25 hours; the blocks around it are right. */
static bool
usual_on(struct dirt *d, const char *folder, unsigned slots, struct err *e)
{
	const struct zone *z = world_zone(d->world);
	int32_t day = d->run->from - 1;
	char date[STAMP_14 + 1] = "";
	unsigned line;
	struct odd o;

	while (day_slots(z, day, 900) != slots)
		day--;
	dirt_case(d, folder);
	dirt_good(d, 0, day);
	o.p = d->home[1];
	dirt_day(d, 1, d->day, &o.day);
	stamp_14(date, (int64_t)day * 86400);
	o.date = date;
	line = d->lines + 1;
	put_odd(d, &o);
	dirt_fault(d, line, 0, RULE_COUNT);
	dirt_good(d, 2, day);
	return dirt_lse(d, "LOADED", RULES, e);
}

/* ---- whose ---- */

static bool
owners(struct dirt *d, struct err *e)
{
	struct odd o;

	begin(d, "other-utility", &o);
	premise_of(d->world, (d->tdu_index + 1) % TDUS, FIXED_PREMISES, &o.p);
	if (!finish(d, &o, RULE_OTHER_TDU, RULES, e))
		return false;
	/* 1099998: no utility's; the hub has heard neither of the prefix nor of the premise */
	begin(d, "unknown-prefix", &o);
	memcpy(o.p.esiid, "1099998", 7);
	if (!finish(d, &o, RULE_PREFIX, RULE_UNKNOWN_ESIID, e))
		return false;
	begin(d, "unknown-esiid", &o);
	o.p.esiid[7] = '8';
	return finish(d, &o, RULE_UNKNOWN_ESIID, RULES, e);
}

/* ---- when ---- */

static bool
dates(struct dirt *d, struct err *e)
{
	struct odd o;

	begin(d, "future", &o);
	o.date = "20980601";
	if (!finish(d, &o, RULE_FUTURE, RULES, e))
		return false;
	begin(d, "too-old", &o);
	o.date = "20100601";
	return finish(d, &o, RULE_TOO_OLD, RULES, e);
}

/* ---- how much ---- */

static bool
amounts(struct dirt *d, struct err *e)
{
	struct odd o;
	int64_t more;

	begin(d, "spike", &o);
	more = o.day.total_wh + 10000;
	o.day.wh[40] += more;
	o.day.stop_wh += more;
	if (!finish(d, &o, RULE_SPIKE, RULES, e))
		return false;
	begin(d, "zeros", &o);
	memset(o.day.wh, 0, sizeof o.day.wh);
	o.day.stop_wh = o.day.start_wh;
	if (!finish(d, &o, RULE_ZERO_RUN, RULES, e))
		return false;
	begin(d, "register", &o);
	o.day.stop_wh += REGISTER_OFF_WH;
	if (!finish(d, &o, RULE_REGISTER, RULES, e))
		return false;
	/* nothing wrong: what a utility writes when it knows nothing */
	begin(d, "zero-estimated", &o);
	o.day.stop_wh -= o.day.wh[10];
	o.day.wh[10] = 0;
	o.day.status[10] = STATUS_ESTIMATED;
	return finish(d, &o, RULES, RULES, e);
}

/* ---- twice ---- */

static bool
twice(struct dirt *d, struct err *e)
{
	struct odd o;
	int64_t moved;

	begin(d, "repeated-block", &o);
	put_odd(d, &o);
	d->accepted++;
	dirt_fault(d, d->lines + 1, 0, RULE_REPEATED);
	put_odd(d, &o);
	if (!dirt_lse(d, "LOADED", RULES, e))
		return false;
	begin(d, "overlapping-block", &o);
	put_odd(d, &o);
	d->accepted++;
	moved = o.day.wh[50] / 2 + 1;
	o.day.wh[50] += o.day.wh[60] < moved ? 0 : moved;
	o.day.wh[60] -= o.day.wh[60] < moved ? 0 : moved;
	o.day.status[60] = STATUS_ESTIMATED;
	return finish(d, &o, RULE_OVERLAP, RULES, e);
}

/* Three mornings with an estimate; the third is one too many. */
static bool
estimates(struct dirt *d, struct err *e)
{
	int32_t first;
	char name[LSE_NAME];

	dirt_case(d, "estimate-streak");
	first = d->day -= 2;
	for (int i = 0; i < 3; i++) {
		struct odd o = { .p = d->home[0] };

		d->day = first + i;
		dirt_day(d, 0, d->day, &o.day);
		o.day.status[30] = STATUS_ESTIMATED;
		put_odd(d, &o);
		d->accepted++;
		if (i == 2)
			dirt_fault(d, 1, 0, RULE_ESTIMATES);
		dirt_lse_name(d, 1, name);
		if (!dirt_file(d, name, "LOADED", RULES, e))
			return false;
	}
	d->day = first;
	return true;
}

bool
dirty_lse_days(struct dirt *d, struct err *e)
{
	return counts(d, e) && usual_on(d, "usual-on-spring-day", 92, e) &&
	       usual_on(d, "usual-on-autumn-day", 100, e) && owners(d, e) && dates(d, e) &&
	       amounts(d, e) && twice(d, e) && estimates(d, e);
}
