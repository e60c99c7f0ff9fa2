#include "synth/weather.h"

#include "base/civil.h"
#include "synth/draw.h"

enum {
	SOLAR_NOON_UTC_Q = 74 /* 18:30 UTC, the middle of Texas */,
	MIDSUMMER = 172,
	YEAR = 365
};

static const struct {
	int month_df[12], swing_df;
} normals[CLIMATES] = {
	[CLIMATE_NORTH] = { { 460, 505, 580, 660, 740, 820, 860, 860, 785, 680, 570, 480 },
	    200 },
	[CLIMATE_GULF] = { { 540, 575, 635, 700, 770, 825, 845, 850, 800, 720, 625, 555 },
	    175 },
	[CLIMATE_SOUTH] = { { 575, 615, 670, 730, 785, 830, 850, 855, 815, 750, 660, 590 },
	    160 },
	[CLIMATE_WEST] = { { 450, 490, 570, 655, 730, 810, 840, 835, 760, 660, 550, 460 },
	    225 },
	[CLIMATE_COAST] = { { 560, 590, 645, 710, 775, 830, 850, 855, 820, 750, 660, 580 },
	    120 },
};

int
turn_cos(int step, int turn)
{
	int64_t x, v;
	bool below;

	/* cos x = sin(x + 90°), and Bhaskara's formula holds for 0° to 180° */
	step =
	    ((4 * step + turn) % (4 * turn) + 4 * turn) % (4 * turn); /* quarters of a step */
	below = step >= 2 * turn;
	if (below)
		step -= 2 * turn;
	x = (int64_t)step * 180 * 16 / (2 * turn); /* degrees * 16 */
	v = x * (180 * 16 - x);
	v = 256 * 4 * v / (40500 * 256 - v);
	return (int)(below ? -v : v);
}

/* -256 to 256, straight between values drawn every `days` days. */
static int
noise(uint64_t seed, enum purpose what, int climate, int32_t day, int days)
{
	uint64_t key = draw(seed, what, (uint64_t)(climate * 64 + days));
	int32_t at = day / days;
	int part = day % days;
	int a = (int)draw_below(key, what, (uint64_t)at, 513) - 256;
	int b = (int)draw_below(key, what, (uint64_t)at + 1, 513) - 256;

	return (a * (days - part) + b * part) / days;
}

static int
normal_df(enum climate c, int32_t day)
{
	int y, m, d, other, part;

	civil_ymd(day, &y, &m, &d);
	/* normals stand for the 15th; between them a straight line */
	other = d < 15 ? (m + 10) % 12 : m % 12;
	part = d < 15 ? 15 - d : d - 15;
	return normals[c].month_df[m - 1] +
	       (normals[c].month_df[other] - normals[c].month_df[m - 1]) * part / 31;
}

void
weather_of(uint64_t seed, enum climate c, int32_t day, struct weather *w)
{
	int y, m, d, normal = normal_df(c, day), of_year;
	int unrest = (1100 - normal) / 4; /* percent: 160 in January, 60 in August */
	int wander = noise(seed, FOR_WEATHER, (int)c, day, 9) * 90 +
		     noise(seed, FOR_WEATHER, (int)c, day, 3) * 45 +
		     noise(seed, FOR_WEATHER, (int)c, day, 1) * 20;

	w->mean_df = normal + wander / 256 * unrest / 100;
	w->cloud = 110 + (noise(seed, FOR_CLOUD, (int)c, day, 4) * 70 +
			     noise(seed, FOR_CLOUD, (int)c, day, 1) * 70) /
			     256;
	w->cloud = w->cloud < 0 ? 0 : w->cloud > 255 ? 255 : w->cloud;
	w->swing_df = normals[c].swing_df * (384 - w->cloud) / 256;
	civil_ymd(day, &y, &m, &d);
	of_year = day - civil_day(y, 1, 1) + 1;
	w->half_day_q = 24 + 4 * turn_cos(of_year - MIDSUMMER, YEAR) / 256;
}

int
weather_temperature_df(const struct weather *w, int quarter)
{
	return w->mean_df + w->swing_df * turn_cos(quarter - 66, 96) / 512;
}

int
weather_sun(const struct weather *w, int utc_quarter)
{
	int off = utc_quarter - SOLAR_NOON_UTC_Q, h = w->half_day_q;

	if (off < -48)
		off += 96;
	if (off >= h || off <= -h)
		return 0;
	return 256 * (h * h - off * off) / (h * h) * (1024 - 3 * w->cloud) / 1024;
}
