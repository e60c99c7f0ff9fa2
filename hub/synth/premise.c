#include "synth/premise.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synth/draw.h"

enum {
	NEVER = 1 << 20,   /* days: one spell lasts for all of synthetic time */
	VACANT_PARTS = 26, /* of 256: what an empty house still uses */
	ID_STEP = 13,
	ID_FIRST_DIGIT = 9, /* behind the utility code: no real number is known to start so */
};

static const struct {
	enum load_class class;
	uint32_t share; /* of 1000 */
} mix[] = {
	{ CLASS_HOME_GAS, 400 },
	{ CLASS_HOME_ELECTRIC, 370 },
	{ CLASS_HOME_SOLAR, 60 },
	{ CLASS_SHOP, 90 },
	{ CLASS_OFFICE, 60 },
	{ CLASS_LARGE, 20 },
};

static const enum load_class fixed_class[FIXED_PREMISES] = { CLASS_HOME_GAS,
	CLASS_HOME_ELECTRIC, CLASS_HOME_SOLAR, CLASS_LARGE, CLASS_HOME_GAS, CLASS_SHOP,
	CLASS_OFFICE, CLASS_OFFICE, CLASS_SHOP };
/* SAMPLE_REP_n: the first is REP1's in every installation made from this */
static const uint8_t fixed_rep[FIXED_PREMISES] = { 0, 1, 2, 0, 3, 4, 4, 4, 4 };

static enum load_class
class_of(uint64_t key)
{
	uint32_t at = draw_below(key, FOR_CLASS, 0, 1000);

	for (size_t i = 0; i < nitems(mix); i++) {
		if (at < mix[i].share)
			return mix[i].class;
		at -= mix[i].share;
	}
	return CLASS_HOME_GAS;
}

static void
name_premise(struct premise *p)
{
	const struct area *a = premise_area(p);
	uint64_t own = ID_FIRST_DIGIT;
	int len;

	for (unsigned i = 1; i < a->own_digits; i++)
		own *= 10;
	/* gaps as in real number ranges, but never twice the same */
	own += (uint64_t)p->index * ID_STEP +
	       (p->fixed ? 1 : draw_below(p->key, FOR_PREMISE, 1, ID_STEP));
	len = snprintf(p->esiid, sizeof p->esiid, "%s%0*llu", a->prefix, (int)a->own_digits,
	    (unsigned long long)own);
	assert(len > 0 && len < ESIID_SIZE);
	if (!esiid_read((struct str){ p->esiid, (size_t)len }, &p->id))
		abort(); /* an ESI ID of our own is of the right shape */
}

static struct spell
spell_from(
    uint64_t key, enum purpose what, uint32_t least_days, uint32_t range_days, bool never)
{
	struct spell s = { SYNTH_EPOCH, NEVER };

	if (never)
		return s;
	s.length = (int32_t)(least_days + draw_below(key, what, 0, range_days));
	s.first = SYNTH_EPOCH - (int32_t)draw_below(key, what, 1, (uint32_t)s.length);
	return s;
}

void
premise_of(const struct world *w, unsigned tdu, uint32_t index, struct premise *p)
{
	const struct tdu *t = &tdus[tdu];
	uint64_t seed;
	bool owns;

	*p = (struct premise){ .world = w, .tdu = (uint8_t)tdu, .index = index };
	p->fixed = tdu == 0 && index < FIXED_PREMISES;
	seed = p->fixed ? 0 : world_seed(w);
	p->key = draw(draw(seed, FOR_TDU, tdu), FOR_PREMISE, index);
	p->area = t->every != 0 && index % t->every == t->at;
	p->class = p->fixed ? fixed_class[index] : class_of(p->key);
	name_premise(p);
	/* half to one and a half of the typical */
	p->size = p->fixed ? 300 : 128 + draw_below(p->key, FOR_SIZE, 0, 256);
	p->multiplier = p->class != CLASS_LARGE ? 1 : 40u << draw_below(p->key, FOR_SIZE, 1, 2);
	p->dials = 5;
	/* most houses change hands; firms stay */
	owns = draw_below(p->key, FOR_MOVES, 2, 100) < (p->class >= CLASS_SHOP ? 80 : 45);
	p->tenancy = spell_from(p->key, FOR_MOVES, 400, 800, p->fixed || owns);
	p->contract = spell_from(p->key, FOR_CONTRACT, 200, 1300, p->fixed);
	p->meter = spell_from(p->key, FOR_METER, 1200, 2400, p->fixed);
}

int32_t
spell_of(const struct spell *s, int32_t day)
{
	assert(day >= s->first);
	return (day - s->first) / s->length;
}

int32_t
spell_start(const struct spell *s, int32_t k)
{
	return s->first + k * s->length;
}

int32_t
premise_moved_in(const struct premise *p, int32_t k)
{
	int32_t start = spell_start(&p->tenancy, k);
	uint32_t empty = k == 0 ? 0 : draw_below(p->key, FOR_VACANCY, (uint64_t)k, 60);

	return start + (empty < 15 ? 0 : (int32_t)empty - 14);
}

unsigned
premise_rep(const struct premise *p, int32_t contract)
{
	if (p->fixed)
		return fixed_rep[p->index];
	return draw_below(p->key, FOR_REP, (uint64_t)contract, REPS);
}

/* 256: typical; the household of tenancy k, or nobody. */
static uint32_t
scale_of(const struct premise *p, int32_t k, bool vacant)
{
	if (vacant)
		return p->size * VACANT_PARTS / 256;
	return p->size * (160 + draw_below(p->key, FOR_TENANT, (uint64_t)k, 192)) / 256;
}

static uint64_t
class_before(const struct premise *p, enum load_class k, int32_t day)
{
	return world_before_wh(p->world, premise_area(p)->climate, k, day);
}

/* The sum over tenancies up to the day, times 256; also the scale in force on the day. */
static uint64_t
scaled_before(const struct premise *p, int32_t day, uint32_t *scale)
{
	int32_t last = spell_of(&p->tenancy, day);
	uint64_t sum = 0, from = 0;

	for (int32_t k = 0;; k++) {
		int32_t in = premise_moved_in(p, k), out = spell_start(&p->tenancy, k + 1);
		uint64_t at_in = class_before(p, p->class, k == last && day < in ? day : in);
		uint64_t at_out;

		sum += (at_in - from) * scale_of(p, k, true);
		if (k == last && day < in) {
			*scale = scale_of(p, k, true);
			return sum;
		}
		at_out = class_before(p, p->class, k == last ? day : out);
		sum += (at_out - at_in) * scale_of(p, k, false);
		if (k == last) {
			*scale = scale_of(p, k, false);
			return sum;
		}
		from = at_out;
	}
}

uint64_t
premise_before_wh(const struct premise *p, enum channel c, int32_t day)
{
	enum load_class k = c == CHANNEL_GENERATION ? CLASS_SUN : p->class;
	uint32_t scale = p->size;
	uint64_t sum, wobble_most, wh;

	if (day < SYNTH_EPOCH)
		return 0;
	if (c == CHANNEL_GENERATION)
		sum = class_before(p, k, day) * scale;
	else
		sum = scaled_before(p, day, &scale);
	/* Below every day's use, so that the total never falls: a day that begins with a large
	 * wobble is a small one, and the day before it was a large one. */
	wobble_most = (uint64_t)scale * world_floor_wh(k) / 2;
	wh = (sum + (draw(p->key, FOR_USE, (uint64_t)day * CHANNELS + c) >> 48) * wobble_most /
			65536) /
	     256;
	return wh - wh % p->multiplier;
}

int64_t
premise_register_wh(const struct premise *p, enum channel c, int32_t k, int32_t day)
{
	int32_t since = spell_start(&p->meter, k);
	uint64_t wh = premise_before_wh(p, c, day) - premise_before_wh(p, c, since);
	uint64_t turn = 1000, shown;

	for (int i = 0; i < p->dials; i++)
		turn *= 10;
	/* the first meter hung there before the epoch; a later one comes nearly new */
	shown = draw_below(p->key, FOR_METER_START, (uint64_t)k * CHANNELS + c,
	    k == 0 && c == CHANNEL_LOAD ? 60000000 : 3000);
	return (int64_t)((shown + wh / p->multiplier) % turn);
}

void
premise_meter_number(const struct premise *p, int32_t k, char to[METER_TEXT])
{
	static const char *const maker[] = { "LG", "SE", "IT" };
	unsigned number =
	    100000000u + p->tdu * 200000000u + (p->index * 8u + (unsigned)k % 8u) % 199999999u;

	snprintf(to, METER_TEXT, "%09u%s", number,
	    maker[draw_below(p->key, FOR_METER, 16 + (uint64_t)k, nitems(maker))]);
}
