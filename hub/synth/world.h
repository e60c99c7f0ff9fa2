/*
 * What all premises of a synthetic world share: the zone, the weather, and how much power a
 * typical premise of each class draws at each quarter-hour. Read-only once made, so threads may
 * share it.
 */
#ifndef SYNTH_WORLD_H
#define SYNTH_WORLD_H

#include "base/civil.h"
#include "synth/parties.h"

/* Meters count from here; no day before it exists. 2015-01-01. */
enum { SYNTH_EPOCH = 16436, SYNTH_LAST = 47481 /* 2099-12-31 */, SLOTS_MOST = 100 };

enum load_class {
	CLASS_HOME_GAS,	     /* heats with gas */
	CLASS_HOME_ELECTRIC, /* heat pump */
	CLASS_HOME_SOLAR,    /* panels: little from the grid by day */
	CLASS_SHOP,	     /* open every day */
	CLASS_OFFICE,	     /* Monday to Friday */
	CLASS_LARGE,	     /* two shifts, over 15,000 kWh in every month */
	CLASS_SUN,	     /* not a premise: what panels give to the grid */
	CLASSES
};

struct world;

/* For the days SYNTH_EPOCH to last_day; NULL with ERR_USAGE or ERR_CONF. */
struct world *world_new(uint64_t seed, int32_t last_day, struct err *e);
void world_free(struct world **w);
uint64_t world_seed(const struct world *w);
const struct zone *world_zone(const struct world *w);

/* Wh that a typical premise used from the epoch to the start of `day` (at most last_day + 1).
 */
uint64_t world_before_wh(const struct world *w, enum climate c, enum load_class k, int32_t day);
/* Wh a day that no day of the class stays below. */
uint32_t world_floor_wh(enum load_class k);

struct shape {	    /* mean power by slot of the local day */
	unsigned n; /* 92, 96 or 100 */
	uint32_t w[SLOTS_MOST];
};
struct shapes { /* of one day */
	int32_t day;
	struct shape of[CLIMATES][CLASSES];
};
void world_shapes(const struct world *w, int32_t day, struct shapes *s);

#endif
