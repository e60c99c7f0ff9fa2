/* The synthetic world by itself: energy, registers, clocks, chance. */
#include "synth_help.h"

#include "synth/person.h"

static struct world *world;

static int
make_world(void **state)
{
	struct err e;

	(void)state;
	world = world_new(7, civil_day(2026, 12, 31), &e);
	return world == NULL;
}

static int
end_world(void **state)
{
	(void)state;
	world_free(&world);
	return 0;
}

static void
check_day(const struct premise *p, const struct shapes *s, enum channel c, unsigned slots)
{
	struct day d;
	int64_t sum = 0, advance;

	memset(&d, 0, sizeof d);
	assert_true(premise_day(p, s, c, false, &d));
	assert_int_equal(d.n, slots);
	for (unsigned i = 0; i < d.n; i++) {
		assert_true(d.wh[i] >= 0);
		sum += d.wh[i];
	}
	assert_int_equal(sum, d.total_wh);
	assert_true(sum > 0);
	advance = d.stop_wh - d.start_wh;
	if (advance < 0)
		advance += INT64_C(100000000); /* five dials turn at 100,000 kWh */
	assert_int_equal(sum, advance * p->multiplier);
}

static void
slots_add_up_to_the_registers_on_days_of_every_length(void **state)
{
	/* 2026: clocks go forward on 8 March and back on 1 November */
	static const struct {
		int month, day;
		unsigned slots;
	} days[] = { { 1, 15, 96 }, { 3, 7, 96 }, { 3, 8, 92 }, { 3, 9, 96 }, { 8, 12, 96 },
		{ 10, 31, 96 }, { 11, 1, 100 }, { 11, 2, 96 } };
	static struct shapes shapes;

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		world_shapes(world, civil_day(2026, days[i].month, days[i].day), &shapes);
		for (unsigned t = 0; t < TDUS; t++)
			for (uint32_t m = 0; m < 300; m++) {
				struct premise p;

				premise_of(world, t, m, &p);
				check_day(&p, &shapes, CHANNEL_LOAD, days[i].slots);
				if (premise_has(&p, CHANNEL_GENERATION))
					check_day(
					    &p, &shapes, CHANNEL_GENERATION, days[i].slots);
			}
	}
}

static void
a_register_goes_on_where_it_stood_unless_the_meter_is_new(void **state)
{
	int32_t first = civil_day(2026, 1, 1), swaps = 0;

	(void)state;
	for (uint32_t m = 0; m < 200; m++) {
		struct premise p;

		premise_of(world, 1, m, &p);
		for (int32_t day = first; day < first + 300; day++) {
			int32_t was = spell_of(&p.meter, day - 1), is = spell_of(&p.meter, day);
			char old[METER_TEXT], now[METER_TEXT];
			int64_t before_wh, now_wh;

			if (was == is) {
				before_wh = premise_register_wh(&p, CHANNEL_LOAD, is, day - 1);
				now_wh = premise_register_wh(&p, CHANNEL_LOAD, is, day);
				assert_true(now_wh >= before_wh || before_wh > 99000000);
			} else {
				swaps++;
				premise_meter_number(&p, was, old);
				premise_meter_number(&p, is, now);
				assert_string_not_equal(old, now);
				/* a new meter shows less than 3 kWh */
				assert_in_range(
				    premise_register_wh(&p, CHANNEL_LOAD, is, day), 0, 2999);
			}
		}
	}
	/* a meter hangs for 1200 to 3600 days: 200 * 300 / 2400 = 25 swaps or so */
	assert_in_range(swaps, 10, 45);
}

static void
a_bill_is_the_sum_of_its_days(void **state)
{
	int32_t start = civil_day(2026, 2, 20), end = civil_day(2026, 3, 20);
	static struct shapes shapes;

	(void)state;
	for (uint32_t m = 0; m < 40; m++) {
		struct premise p;
		struct day d;
		int64_t sum = 0;

		premise_of(world, 2, m, &p);
		for (int32_t day = start; day <= end; day++) {
			world_shapes(world, day, &shapes);
			assert_true(premise_day(&p, &shapes, CHANNEL_LOAD, false, &d));
			sum += d.total_wh;
		}
		assert_int_equal(sum, premise_before_wh(&p, CHANNEL_LOAD, end + 1) -
					  premise_before_wh(&p, CHANNEL_LOAD, start));
	}
}

static void
one_interval_in_a_hundred_is_estimated_and_later_corrected(void **state)
{
	uint64_t slots = 0, estimated = 0, days = 0, touched = 0;
	static struct shapes shapes;

	(void)state;
	for (int32_t day = civil_day(2026, 5, 1); day < civil_day(2026, 5, 11); day++) {
		world_shapes(world, day, &shapes);
		for (uint32_t m = 0; m < 2000; m++) {
			struct premise p;
			struct day first, later;

			premise_of(world, 0, m, &p);
			assert_true(premise_day(&p, &shapes, CHANNEL_LOAD, false, &first));
			days++;
			slots += first.n;
			estimated += first.estimated;
			touched += first.estimated > 0;
			/* only days with estimates are corrected, and those wholly */
			assert_int_equal(first.estimated > 0,
			    premise_day(&p, &shapes, CHANNEL_LOAD, true, &later));
			if (first.estimated == 0)
				continue;
			assert_int_equal(later.estimated, 0);
			assert_int_equal(later.total_wh, first.total_wh);
			assert_true(later.created_s > first.created_s + 86400);
		}
	}
	assert_in_range(estimated * 1000 / slots, 8, 12);
	assert_in_range(touched * 1000 / days, 35, 45);
}

static void
summer_is_hot_nights_are_dark_and_weekends_are_quiet(void **state)
{
	/* Wednesday and Sunday of one week in each season */
	int32_t april = civil_day(2026, 4, 15), august = civil_day(2026, 8, 12);
	int32_t sunday = civil_day(2026, 8, 16);
	struct premise solar;
	struct day d;
	static struct shapes shapes;
	uint64_t mild, hot;

	(void)state;
	mild = world_before_wh(world, CLIMATE_GULF, CLASS_HOME_GAS, april + 14) -
	       world_before_wh(world, CLIMATE_GULF, CLASS_HOME_GAS, april - 14);
	hot = world_before_wh(world, CLIMATE_GULF, CLASS_HOME_GAS, august + 14) -
	      world_before_wh(world, CLIMATE_GULF, CLASS_HOME_GAS, august - 14);
	assert_true(hot > mild + mild / 2);
	assert_true(world_before_wh(world, CLIMATE_GULF, CLASS_OFFICE, sunday + 1) -
			world_before_wh(world, CLIMATE_GULF, CLASS_OFFICE, sunday) <
		    (world_before_wh(world, CLIMATE_GULF, CLASS_OFFICE, august + 1) -
			world_before_wh(world, CLIMATE_GULF, CLASS_OFFICE, august)) *
			2 / 3);
	premise_of(world, 0, SAMPLE_SOLAR, &solar);
	world_shapes(world, august, &shapes);
	assert_true(premise_day(&solar, &shapes, CHANNEL_GENERATION, true, &d) ||
		    premise_day(&solar, &shapes, CHANNEL_GENERATION, false, &d));
	/* midnight to 05:00 and from 22:00: no sun; 13:30 local is noon */
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(d.wh[i], 0);
	for (unsigned i = 88; i < 96; i++)
		assert_int_equal(d.wh[i], 0);
	assert_true(d.wh[54] > 0);
}

static void
every_esi_id_is_of_its_utility_and_its_own(void **state)
{
	/* prefix and length by the market's public tables */
	static const struct {
		unsigned tdu;
		const char *prefix[2];
		size_t length;
	} shape[] = { { 0, { "1044372", "1017699" }, 17 }, { 1, { "1008901", "1008901" }, 22 },
		{ 2, { "1003278", "1020404" }, 17 }, { 3, { "1040051", "1040051" }, 17 } };

	(void)state;
	for (size_t i = 0; i < nitems(shape); i++) {
		unsigned seen[2] = { 0, 0 };
		char before[ESIID_SIZE] = "";

		for (uint32_t m = 0; m < 5000; m++) {
			struct premise p;

			premise_of(world, shape[i].tdu, m, &p);
			assert_int_equal(strlen(p.esiid), shape[i].length);
			assert_memory_equal(p.esiid, shape[i].prefix[p.area], 7);
			/* rising, hence each its own */
			assert_true(strcmp(p.esiid + 7, before) > 0);
			memcpy(before, p.esiid + 7, sizeof p.esiid - 7);
			seen[p.area]++;
		}
		assert_true(seen[0] > 0);
		assert_int_equal(
		    seen[1] > 0, strcmp(shape[i].prefix[0], shape[i].prefix[1]) != 0);
	}
}

static void
a_large_business_is_one_by_its_bills(void **state)
{
	int32_t start = civil_day(2025, 11, 1);
	unsigned seen = 0;

	(void)state;
	for (uint32_t m = 0; m < 2000; m++) {
		uint64_t most_wh = 0;
		struct premise p;

		premise_of(world, 0, m, &p);
		if (p.class != CLASS_LARGE)
			continue;
		seen++;
		for (int i = 0; i < 12; i++) {
			uint64_t wh =
			    premise_before_wh(
				&p, CHANNEL_LOAD, civil_add_months(start, i + 1)) -
			    premise_before_wh(&p, CHANNEL_LOAD, civil_add_months(start, i));

			most_wh = wh > most_wh ? wh : most_wh;
		}
		assert_true(most_wh >= 15000000);
	}
	assert_in_range(seen, 20, 70);
}

static void
samples_are_the_same_in_every_world(void **state)
{
	struct err e;
	struct world *other = world_new(123456, civil_day(2026, 12, 31), &e);

	(void)state;
	assert_non_null(other);
	for (uint32_t i = 0; i < FIXED_PREMISES; i++) {
		struct premise a, b;
		struct person x, y;
		char m[METER_TEXT], n[METER_TEXT];

		premise_of(world, 0, i, &a);
		premise_of(other, 0, i, &b);
		assert_string_equal(a.esiid, b.esiid);
		premise_meter_number(&a, 0, m);
		premise_meter_number(&b, 0, n);
		assert_string_equal(m, n);
		person_of(&a, 0, &x);
		person_of(&b, 0, &y);
		assert_memory_equal(&x, &y, sizeof x);
		/* nobody ever moves, switches or swaps there */
		assert_int_equal(spell_of(&a.tenancy, SYNTH_LAST), 0);
		assert_int_equal(spell_of(&a.contract, SYNTH_LAST), 0);
		assert_int_equal(spell_of(&a.meter, SYNTH_LAST), 0);
	}
	world_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_add_up_to_the_registers_on_days_of_every_length),
		cmocka_unit_test(a_register_goes_on_where_it_stood_unless_the_meter_is_new),
		cmocka_unit_test(a_bill_is_the_sum_of_its_days),
		cmocka_unit_test(one_interval_in_a_hundred_is_estimated_and_later_corrected),
		cmocka_unit_test(summer_is_hot_nights_are_dark_and_weekends_are_quiet),
		cmocka_unit_test(every_esi_id_is_of_its_utility_and_its_own),
		cmocka_unit_test(a_large_business_is_one_by_its_bills),
		cmocka_unit_test(samples_are_the_same_in_every_world),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
