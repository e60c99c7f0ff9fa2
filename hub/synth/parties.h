/*
 * Who takes part in the synthetic world: the four utilities (DUNS and ESI ID prefixes are the
 * real, public ones), invented retail electric providers, invented persons and addresses.
 */
#ifndef SYNTH_PARTIES_H
#define SYNTH_PARTIES_H

#include "base/str.h"

enum { TDUS = 4, AREAS_MOST = 2, REPS = 12 };
enum climate {
	CLIMATE_NORTH,
	CLIMATE_GULF,
	CLIMATE_SOUTH,
	CLIMATE_WEST,
	CLIMATE_COAST,
	CLIMATES
};

struct area { /* a territory with its own number range */
	const char *duns, *prefix;
	unsigned own_digits; /* of the ESI ID behind the prefix */
	enum climate climate;
	const char *profile_zone; /* in the load profile's name */
	const char *phone_area;
	const char *const *cities; /* "DALLAS,75201"; NULL at the end */
};

struct tdu {
	const char *name; /* also the folder: "oncor" */
	const char *title;
	const char *eol; /* of its interval files */
	unsigned areas;
	struct area area[AREAS_MOST];
	/* the premise of index m lies in area 1 when m % every == at (every 0: never) */
	unsigned every, at;
};

struct rep {
	const char *certificate, *code, *name;
};

extern const struct tdu tdus[TDUS];
extern const struct rep reps[REPS];

extern const char *const first_names[64], *const last_names[64], *const street_names[64];
extern const char *const trades[16], *const works[16];

/* -1 when there is none of that name. */
int tdu_named(struct str name);

#endif
