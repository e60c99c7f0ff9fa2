/* Deltas by day: a version comes, replaces, goes; days in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rollup.h"

static void
days_are_found_again_in_any_order(void **state)
{
	static const int32_t days[] = { 5, 6, 7, 5, 7, 6, -3, 5, -3 };
	struct rollup r = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		struct rollup_day *d = rollup_of(&r, days[i], NULL);

		assert_non_null(d);
		assert_int_equal(d->day, days[i]);
		d->meter_days++;
	}
	assert_int_equal(r.n, 4);
	assert_int_equal(rollup_of(&r, 5, NULL)->meter_days, 3);
	assert_int_equal(rollup_of(&r, 6, NULL)->meter_days, 2);
	assert_int_equal(rollup_of(&r, 7, NULL)->meter_days, 2);
	assert_int_equal(rollup_of(&r, -3, NULL)->meter_days, 2);
	rollup_auto(&r);
	assert_int_equal(r.n, 0);
}

static void
a_file_of_too_many_days_is_told(void **state)
{
	struct rollup r = { 0 };
	struct err e = { 0 };

	(void)state;
	for (int32_t d = 0; d < ROLLUP_DAYS_MOST; d++)
		assert_non_null(rollup_of(&r, d, &e));
	assert_null(rollup_of(&r, ROLLUP_DAYS_MOST, &e));
	assert_int_equal(e.code, ERR_TOO_BIG);
	assert_string_equal(e.text, "the file has more than 4096 different days");
	assert_non_null(rollup_of(&r, 17, &e));
	rollup_auto(&r);
}

static void
what_replaces_counts_by_the_difference(void **state)
{
	static const struct weight was = { 30000, 96, 4, 2, { 0 }, CHANNEL_LOAD };
	static const struct weight is = { 31000, 96, 0, 0, { 0 }, CHANNEL_LOAD };
	static const struct weight sun = { 5000, 92, 0, 1, { 0 }, CHANNEL_GENERATION };
	static const struct weight other = { 7, 1, 0, 0, { 0 }, 5 };
	struct rollup_day r = { 0 };

	(void)state;
	rollup_weigh(&r, &was, 1);
	assert_int_equal(r.intervals, 94);
	assert_int_equal(r.estimated, 4);
	assert_int_equal(r.missing, 2);
	assert_int_equal(r.load_wh, 30000);
	rollup_weigh(&r, &was, -1);
	rollup_weigh(&r, &is, 1);
	assert_int_equal(r.intervals, 96);
	assert_int_equal(r.estimated, 0);
	assert_int_equal(r.missing, 0);
	assert_int_equal(r.load_wh, 31000);
	rollup_weigh(&r, &sun, 1);
	rollup_weigh(&r, &other, 1);
	assert_int_equal(r.intervals, 96 + 91 + 1);
	assert_int_equal(r.load_wh, 31000);
	assert_int_equal(r.generation_wh, 5000);
	rollup_weigh(&r, &sun, -1);
	assert_int_equal(r.generation_wh, 0);
	assert_int_equal(r.meter_days, 0); /* the caller's */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_found_again_in_any_order),
		cmocka_unit_test(a_file_of_too_many_days_is_told),
		cmocka_unit_test(what_replaces_counts_by_the_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
