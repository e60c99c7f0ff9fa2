/* Slots of a local day, counts, and what makes two versions of a day differ. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "meter/day.h"

static void
days_have_as_many_slots_as_the_clock_says(void **state)
{
	static const struct {
		const char *zone;
		int year, month, dom;
		uint32_t interval_s;
		unsigned slots;
	} cases[] = {
		{ "America/Chicago", 2026, 9, 1, 900, 96 },
		{ "America/Chicago", 2026, 3, 8, 900, 92 },
		{ "America/Chicago", 2026, 11, 1, 900, 100 },
		{ "America/Denver", 2026, 3, 8, 900, 92 },
		{ "America/Phoenix", 2026, 3, 8, 900, 96 },
		{ "America/Chicago", 2026, 3, 8, 3600, 23 },
		{ "America/Chicago", 2026, 11, 1, 1800, 50 },
		{ "America/Chicago", 2026, 11, 1, 300, 300 },
		{ "America/Chicago", 2026, 9, 1, 86400, 1 },
		/* no such division, or too fine */
		{ "America/Chicago", 2026, 9, 1, 0, 0 },
		{ "America/Chicago", 2026, 9, 1, 7000, 0 },
		{ "America/Chicago", 2026, 9, 1, 60, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const struct zone *z = zone_get(cases[i].zone, NULL);
		int32_t day = civil_day(cases[i].year, cases[i].month, cases[i].dom);

		assert_non_null(z);
		assert_int_equal(day_slots(z, day, cases[i].interval_s), cases[i].slots);
	}
}

static struct day
sample(void)
{
	struct day d = { .n = 4, .interval_s = 900, .has_start = true, .start_wh = 1000 };
	static const int64_t wh[] = { 100, 0, 250, 0 };

	memcpy(d.wh, wh, sizeof(wh));
	memcpy(d.status, "AEAM", 4);
	d.shape = STR("1,0");
	return d;
}

static void
counts_come_from_the_slots(void **state)
{
	struct day d = sample();

	(void)state;
	day_count(&d);
	assert_int_equal(d.estimated, 1);
	assert_int_equal(d.missing, 1);
	assert_int_equal(d.total_wh, 350);
}

static void
a_day_is_the_same_when_no_reader_could_tell(void **state)
{
	struct day a = sample(), b = sample();

	(void)state;
	b.created_s = 5;
	b.line = 7;
	b.stop_wh = 3; /* has_stop is false */
	b.wh[4] = 9;   /* behind the last slot */
	assert_true(day_same(&a, &b));
	b = sample(), b.wh[2]++;
	assert_false(day_same(&a, &b));
	b = sample(), b.status[0] = 'E';
	assert_false(day_same(&a, &b));
	b = sample(), b.method[3] = 8;
	assert_false(day_same(&a, &b));
	b = sample(), b.start_wh++;
	assert_false(day_same(&a, &b));
	b = sample(), b.has_stop = true;
	assert_false(day_same(&a, &b));
	b = sample(), b.shape = STR("2,0");
	assert_false(day_same(&a, &b));
	b = sample(), b.n = 3;
	assert_false(day_same(&a, &b));
	b = sample(), b.interval_s = 3600;
	assert_false(day_same(&a, &b));
}

static void
changed_slots_are_counted(void **state)
{
	struct day a = sample(), b = sample();

	(void)state;
	assert_int_equal(day_changed(&a, &b), 0);
	b.wh[0] = 1;
	b.status[0] = 'E';
	b.status[3] = 'A';
	assert_int_equal(day_changed(&a, &b), 2);
	b.n = 2;
	assert_int_equal(day_changed(&a, &b), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_have_as_many_slots_as_the_clock_says),
		cmocka_unit_test(counts_come_from_the_slots),
		cmocka_unit_test(a_day_is_the_same_when_no_reader_could_tell),
		cmocka_unit_test(changed_slots_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
