/*
 * Use of a class at a quarter-hour = base by the hour and kind of day + cooling above and
 * heating below a comfortable temperature. The day's energy, which the registers count, is that
 * power at eight moments of the day; the slots share it out later. So the energy up to any day
 * is one look into a table, which is what makes register readings a function of the day alone.
 */
#include "synth/world.h"

#include <assert.h>
#include <stdlib.h>

#include "meter/day.h"
#include "synth/draw.h"
#include "synth/weather.h"

enum { SLOT_S = 900, DAY_QUARTERS = 96, SUN_PEAK_W = 4200 };

struct world {
	uint64_t seed;
	const struct zone *zone;
	int32_t last_day;
	uint64_t *before_wh; /* [climate][class][day - SYNTH_EPOCH] */
};

/* clang-format off */
/* Watts by hour of the local clock: Monday to Friday, then Saturday and Sunday. */
#define HOME_WORKDAY { 420, 370, 350, 340, 350, 420, 620, 760, 640, 520, 480, 480, 500, 480, 480, 520, 640, 860, 1020, 1080, 1040, 920, 720, 540 }
#define HOME_FREE    { 460, 400, 370, 350, 350, 380, 450, 580, 720, 800, 820, 820, 840, 800, 760, 760, 800, 920, 1020, 1060, 1020, 920, 760, 580 }
static const struct habits {
	uint16_t hour_w[2][24]; /* times unit_w / 1000 */
	uint32_t unit_w;
	uint32_t cool_w, heat_w;     /* a degree F away from comfort */
	uint32_t floor_wh;
} habits[CLASSES] = {
	[CLASS_HOME_GAS]      = { { HOME_WORKDAY, HOME_FREE }, 1000, 70,  6, 11000 },
	[CLASS_HOME_ELECTRIC] = { { HOME_WORKDAY, HOME_FREE },  950, 66, 62, 10500 },
	[CLASS_HOME_SOLAR]    = { { HOME_WORKDAY, HOME_FREE }, 1150, 64, 30,  4000 },
	[CLASS_SHOP] = { {
		{ 900, 880, 880, 880, 900, 950, 1200, 1900, 2900, 3700, 4100, 4300, 4400, 4400, 4300, 4300, 4300, 4300, 4200, 3700, 2600, 1700, 1200, 950 },
		{ 900, 880, 880, 880, 900, 900, 1000, 1400, 2300, 3400, 4100, 4500, 4600, 4600, 4500, 4400, 4300, 4100, 3600, 2800, 1900, 1400, 1100, 950 } },
		1000, 95, 40, 36000 },
	[CLASS_OFFICE] = { {
		{ 1300, 1250, 1250, 1250, 1300, 1600, 2800, 4600, 6200, 6900, 7100, 7000, 6600, 6900, 7000, 6900, 6500, 5300, 3600, 2500, 2000, 1700, 1500, 1400 },
		{ 1300, 1250, 1250, 1250, 1250, 1300, 1400, 1500, 1700, 1800, 1900, 1900, 1900, 1900, 1800, 1800, 1700, 1600, 1500, 1500, 1400, 1400, 1350, 1300 } },
		1000, 140, 60, 20000 },
	[CLASS_LARGE] = { {
		{ 620, 610, 610, 610, 640, 820, 1080, 1150, 1180, 1190, 1190, 1160, 1120, 1170, 1190, 1180, 1170, 1160, 1150, 1140, 1120, 1080, 900, 700 },
		{ 560, 550, 550, 550, 560, 600, 680, 720, 740, 750, 750, 740, 730, 740, 750, 740, 720, 700, 680, 660, 640, 620, 600, 570 } },
		95000, 420, 60, 700000 },
	[CLASS_SUN] = { .floor_wh = 2500 },
};
/* clang-format on */

static uint32_t
base_w(const struct habits *h, bool free_day, int quarter)
{
	const uint16_t *hour = h->hour_w[free_day];
	int at = quarter / 4, part = quarter % 4;
	uint32_t w = ((uint32_t)hour[at] * (uint32_t)(4 - part) +
			 (uint32_t)hour[(at + 1) % 24] * (uint32_t)part) /
		     4;

	return w * h->unit_w / 1000;
}

/* Watts of a class at a quarter-hour of the local clock, and of UTC for the sun. */
static uint32_t
use_w(enum load_class k, const struct weather *w, bool free_day, int quarter, int utc_quarter)
{
	const struct habits *h = &habits[k];
	uint32_t sun = (uint32_t)weather_sun(w, utc_quarter), use;
	int df = weather_temperature_df(w, quarter);

	if (k == CLASS_SUN)
		return SUN_PEAK_W * sun / 256;
	use = base_w(h, free_day, quarter);
	if (df > 700)
		use += h->cool_w * (uint32_t)(df - 700) / 10;
	if (df < 620)
		use += h->heat_w * (uint32_t)(620 - df) / 10;
	if (k == CLASS_HOME_SOLAR)
		use = use * (288 - sun) / 288;
	return use;
}

static uint32_t
slots_of(const struct world *w, int32_t day)
{
	return day_slots(w->zone, day, SLOT_S);
}

static uint32_t
day_wh(enum load_class k, const struct weather *of, int32_t day, unsigned slots)
{
	bool free_day = !civil_is_weekday(day);
	uint32_t sum = 0;

	/* summer time is near enough to UTC-5 here: only the slots need the true offset */
	for (int q = 6; q < DAY_QUARTERS; q += 12)
		sum += 3 * use_w(k, of, free_day, q, (q + 21) % DAY_QUARTERS);
	return sum / DAY_QUARTERS * slots;
}

static void
fill_climate(struct world *w, enum climate c, size_t days)
{
	uint64_t *row = w->before_wh + (size_t)c * CLASSES * (days + 1);

	for (size_t i = 0; i < days; i++) {
		int32_t day = SYNTH_EPOCH + (int32_t)i;
		struct weather of;
		uint32_t slots = slots_of(w, day);

		weather_of(w->seed, c, day, &of);
		for (unsigned k = 0; k < CLASSES; k++) {
			uint64_t *at = row + k * (days + 1) + i;
			uint32_t wh = day_wh((enum load_class)k, &of, day, slots);

			assert(wh >= habits[k].floor_wh);
			at[1] = at[0] + wh;
		}
	}
}

struct world *
world_new(uint64_t seed, int32_t last_day, struct err *e)
{
	size_t days;
	struct world *w;

	if (last_day < SYNTH_EPOCH || last_day > SYNTH_LAST) {
		err(e, ERR_USAGE, "synthetic days lie between 2015-01-01 and 2099-12-31");
		return NULL;
	}
	w = calloc(1, sizeof *w);
	days = (size_t)(last_day - SYNTH_EPOCH) + 1;
	if (w != NULL)
		w->before_wh = calloc(CLIMATES * CLASSES * (days + 1), sizeof *w->before_wh);
	if (w == NULL || w->before_wh == NULL) {
		err(e, ERR_TOO_BIG, "no memory for the weather of %zu days", days);
		world_free(&w);
		return NULL;
	}
	w->seed = seed;
	w->last_day = last_day;
	w->zone = zone_get("America/Chicago", e);
	if (w->zone == NULL) {
		world_free(&w);
		return NULL;
	}
	for (unsigned c = 0; c < CLIMATES; c++)
		fill_climate(w, (enum climate)c, days);
	return w;
}

void
world_free(struct world **w)
{
	if (*w == NULL)
		return;
	free((*w)->before_wh);
	free(*w);
	*w = NULL;
}

uint64_t
world_seed(const struct world *w)
{
	return w->seed;
}

const struct zone *
world_zone(const struct world *w)
{
	return w->zone;
}

uint64_t
world_before_wh(const struct world *w, enum climate c, enum load_class k, int32_t day)
{
	size_t days = (size_t)(w->last_day - SYNTH_EPOCH) + 1;

	if (day < SYNTH_EPOCH)
		return 0;
	assert(day <= w->last_day + 1);
	return w
	    ->before_wh[((size_t)c * CLASSES + k) * (days + 1) + (size_t)(day - SYNTH_EPOCH)];
}

uint32_t
world_floor_wh(enum load_class k)
{
	return habits[k].floor_wh;
}

void
world_shapes(const struct world *w, int32_t day, struct shapes *s)
{
	unsigned n = slots_of(w, day);
	int64_t start_s = zone_day_start(w->zone, day);
	bool free_day = !civil_is_weekday(day);

	assert(n <= SLOTS_MOST);
	s->day = day;
	for (unsigned c = 0; c < CLIMATES; c++) {
		struct weather of;

		weather_of(w->seed, (enum climate)c, day, &of);
		for (unsigned i = 0; i < n; i++) {
			int64_t utc_s = start_s + (int64_t)i * SLOT_S;
			int q = (int)(zone_local_s(w->zone, utc_s) / SLOT_S % DAY_QUARTERS);
			int utc_q = (int)(utc_s / SLOT_S % DAY_QUARTERS);

			for (unsigned k = 0; k < CLASSES; k++)
				s->of[c][k].w[i] =
				    use_w((enum load_class)k, &of, free_day, q, utc_q);
		}
		for (unsigned k = 0; k < CLASSES; k++)
			s->of[c][k].n = n;
	}
}
