/*
 * One premise of the synthetic world: who it is, who lives there and who sells to it at any
 * day, which meter hangs there, and what its registers show. Each answer is a function of
 * (seed, utility, index, day) and of nothing else; see docs/synth.md for the recipe.
 *
 * Time at a premise falls into tenancies (the first weeks of one may be vacant), supply
 * contracts and meters, each kind in even periods of the premise's own length. Energy up to a
 * day is a sum over its tenancies, with a wobble a day that cancels out from one day to the
 * next.
 */
#ifndef SYNTH_PREMISE_H
#define SYNTH_PREMISE_H

#include "meter/day.h"
#include "synth/world.h"

/* Fixed premises of Oncor, the same for every seed; nobody moves, switches or swaps there. */
enum {
	SAMPLE_HOME,  /* 1: CUSTOMER1 */
	SAMPLE_OTHER, /* 2: a home without any agreement */
	SAMPLE_SOLAR, /* 3: CUSTOMER2 */
	SAMPLE_LARGE, /* 4: BUSINESS1 */
	SAMPLES,
	TEST_RESIDENTIAL = SAMPLES, /* the residential test person's */
	TEST_COMMERCIAL,	    /* the first of the commercial test person's four */
	TEST_METERS = 4,
	FIXED_PREMISES = TEST_COMMERCIAL + TEST_METERS
};

struct spell {		       /* even periods; number k begins at first + k * length */
	int32_t first, length; /* first <= SYNTH_EPOCH */
};

struct premise {
	const struct world *world;
	uint64_t key;
	uint32_t index;
	uint8_t tdu, area; /* of tdus[] */
	enum load_class class;
	bool fixed;
	char esiid[ESIID_SIZE];
	struct esiid id;
	uint32_t size;	     /* 256: typical of the class */
	uint32_t multiplier; /* of the meter: Wh per Wh of the register */
	int dials;	     /* whole kWh of the register before it starts again */
	struct spell tenancy, contract, meter;
};

void premise_of(const struct world *w, unsigned tdu, uint32_t index, struct premise *p);
static inline bool
premise_has(const struct premise *p, enum channel c)
{
	return c == CHANNEL_LOAD || (c == CHANNEL_GENERATION && p->class == CLASS_HOME_SOLAR);
}
static inline const struct area *
premise_area(const struct premise *p)
{
	return &tdus[p->tdu].area[p->area];
}

int32_t spell_of(const struct spell *s, int32_t day); /* its number; day >= SYNTH_EPOCH */
int32_t spell_start(const struct spell *s, int32_t k);
/* First day with somebody living in tenancy k (its start, or some weeks later). */
int32_t premise_moved_in(const struct premise *p, int32_t k);
/* Of reps[]. */
unsigned premise_rep(const struct premise *p, int32_t contract);

/* Wh through the channel from the epoch to the start of the day; a multiple of the multiplier.
 */
uint64_t premise_before_wh(const struct premise *p, enum channel c, int32_t day);
/* What the meter of spell k shows at the start of the day, in Wh before the multiplier. */
int64_t premise_register_wh(const struct premise *p, enum channel c, int32_t k, int32_t day);
#define METER_TEXT 16
void premise_meter_number(const struct premise *p, int32_t k, char to[METER_TEXT]);

/* The reads of a day as the utility sends them first (actual false: a lost stretch may be
 * estimated) or after it has found the lost values. False when there is nothing to correct. */
bool premise_day(const struct premise *p, const struct shapes *s, enum channel c, bool actual,
    struct day *d);

#endif
