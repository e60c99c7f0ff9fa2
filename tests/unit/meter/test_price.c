/* What readings cost: bands of the wall clock, also on days when it changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meter/price.h"

enum { FALL = 20394 /* 2025-11-02, a Sunday of 25 hours */, MONDAY = FALL + 1 };

static struct prices
bands(void)
{
	struct prices p = { 0 };
	struct price night = { .first = FALL,
		.last = MONDAY,
		.days = PRICE_ALL,
		.to_min = 120,
		.micro = 50000 },
		     day = { .first = FALL,
			     .last = MONDAY,
			     .days = PRICE_WEEKDAY,
			     .from_min = 120,
			     .to_min = 1440,
			     .micro = 142500 },
		     rest = { .first = FALL,
			     .last = MONDAY,
			     .days = PRICE_WEEKEND,
			     .from_min = 120,
			     .to_min = 1440,
			     .micro = -10000 };

	assert_true(prices_add(&p, &night, STR("USD")));
	assert_true(prices_add(&p, &day, STR("USD")));
	assert_true(prices_add(&p, &rest, STR("USD")));
	assert_false(prices_add(&p, &rest, STR("CAD")));
	return p;
}

static const struct {
	int32_t day;
	unsigned interval_s, channel, slot;
	int64_t micro; /* INT64_MIN: none */
} slots[] = {
	{ MONDAY, 900, 0, 0, 50000 },
	{ MONDAY, 900, 0, 7, 50000 },
	{ MONDAY, 900, 0, 8, 142500 },
	{ MONDAY, 900, 0, 95, 142500 },
	{ MONDAY, 900, 1, 8, INT64_MIN },   /* another channel */
	{ FALL, 900, 0, 7, 50000 },	    /* 01:45 for the first time */
	{ FALL, 900, 0, 8, 50000 },	    /* 01:00 for the second */
	{ FALL, 900, 0, 11, 50000 },	    /* 01:45 */
	{ FALL, 900, 0, 12, -10000 },	    /* 02:00 */
	{ FALL, 900, 0, 99, -10000 },	    /* 23:45 */
	{ FALL - 1, 900, 0, 0, INT64_MIN }, /* before the first day */
	{ MONDAY + 1, 900, 0, 0, INT64_MIN },
};

static void
a_slot_has_the_price_of_its_band(void **state)
{
	const struct zone *z = zone_get("America/Chicago", NULL);
	struct prices p = bands();

	(void)state;
	for (size_t i = 0; i < nitems(slots); i++) {
		struct day d = { .day = slots[i].day,
			.interval_s = slots[i].interval_s,
			.channel = (uint8_t)slots[i].channel };
		int64_t micro = INT64_MIN;

		if (price_of(&p, &d, z, slots[i].slot, &micro))
			assert_true(micro == slots[i].micro);
		else
			assert_true(slots[i].micro == INT64_MIN);
	}
}

/* Two prices for one slot are none; twice the same is one. */
static void
what_is_ambiguous_has_no_price(void **state)
{
	const struct zone *z = zone_get("America/Chicago", NULL);
	struct prices p = bands();
	struct price again = { .first = MONDAY,
		.last = MONDAY,
		.days = PRICE_ALL,
		.to_min = 120,
		.micro = 50000 };
	struct day d = { .day = MONDAY, .interval_s = 900 };
	int64_t micro;

	(void)state;
	assert_true(prices_add(&p, &again, STR("USD")));
	assert_true(price_of(&p, &d, z, 0, &micro));
	again.micro = 50001;
	assert_true(prices_add(&p, &again, STR("USD")));
	assert_false(price_of(&p, &d, z, 0, &micro));
	/* an hour that lies in two bands */
	d.interval_s = 3600;
	p.at[0].to_min = 90;
	assert_false(price_of(&p, &d, z, 1, &micro));
}

static const struct {
	int64_t wh, micro, cost;
} costs[] = {
	{ 1000, 100000, 10000 }, /* 1 kWh at 0.1: 0.10000 */
	{ 0, 100000, 0 },
	{ 155, 142500, 2209 }, /* 0.0220875 */
	{ 1, 5000, 1 },	       /* half a unit, away from zero */
	{ 1, 4999, 0 },
	{ -1, 5000, -1 },
	{ 1000, -45000, -4500 },
};

static void
a_cost_is_rounded_to_hundred_thousandths(void **state)
{
	int64_t cost;

	(void)state;
	for (size_t i = 0; i < nitems(costs); i++) {
		assert_true(price_cost(costs[i].wh, costs[i].micro, &cost));
		assert_true(cost == costs[i].cost);
	}
	assert_false(price_cost(INT64_MAX, 2, &cost));
	assert_false(price_cost(INT64_C(1) << 50, 8000, &cost));
}

static void
prices_have_an_end(void **state)
{
	struct prices p = { 0 };
	struct price one = { .to_min = 1440 };

	(void)state;
	for (int i = 0; i < PRICES_MOST; i++)
		assert_true(prices_add(&p, &one, STR("USD")));
	assert_false(prices_add(&p, &one, STR("USD")));
	p.n = 0;
	assert_false(prices_add(&p, &one, STR("DOLLAR")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_has_the_price_of_its_band),
		cmocka_unit_test(what_is_ambiguous_has_no_price),
		cmocka_unit_test(a_cost_is_rounded_to_hundred_thousandths),
		cmocka_unit_test(prices_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
