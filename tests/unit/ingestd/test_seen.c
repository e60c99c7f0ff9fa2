/* Which series and days went by: exact while there is room, "maybe" after that, never a false
 * no.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "seen.h"

static bool
before(struct seen *s, int32_t series, int32_t day)
{
	struct err e = { 0 };
	bool was = false;

	assert_true(seen_mark(s, series, day, &was, &e));
	return was;
}

static const struct {
	int32_t series, day;
} places[] = {
	{ 0, 0 },
	{ 1, 0 },
	{ 4, 0 },
	{ 7, 0 },
	{ 8, 0 },
	{ 8191, 0 },
	{ 8192, 0 },
	{ 0, 1 },
	{ 0, -1 },
	{ 0, 8192 },
	{ 2147483647, 20779 },
	{ 2147483640, 20779 },
	{ 2147483647, -719162 },
};

static void
each_place_is_new_once(void **state)
{
	struct seen *s = seen_new(NULL);

	(void)state;
	for (size_t i = 0; i < nitems(places); i++)
		assert_false(before(s, places[i].series, places[i].day));
	for (size_t i = 0; i < nitems(places); i++)
		assert_true(before(s, places[i].series, places[i].day));
	seen_free(&s);
	assert_null(s);
}

static void
a_million_blocks_of_a_month_are_told_apart(void **state)
{
	enum { METERS = 33000, DAYS = 30 };
	struct seen *s = seen_new(NULL);

	(void)state;
	for (int32_t m = 0; m < METERS; m++)
		for (int32_t d = 0; d < DAYS; d++)
			assert_false(before(s, m * 8, 20000 + d));
	for (int32_t m = 0; m < METERS; m += 997)
		for (int32_t d = 0; d < DAYS; d++) {
			assert_true(before(s, m * 8, 20000 + d));
			assert_false(before(s, m * 8 + 1, 20000 + d));
		}
	seen_free(&s);
}

static void
what_finds_no_room_may_have_been_there(void **state)
{
	struct seen *s = seen_new(NULL);

	(void)state;
	for (int32_t page = 0; page < SEEN_PAGES_MOST; page++)
		assert_false(before(s, page * 8192, 1));
	assert_true(before(s, 5, 2)); /* a page too many */
	assert_true(before(s, 6, 2));
	assert_false(before(s, 1, 1)); /* the pages there are go on */
	assert_true(before(s, 1, 1));
	seen_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_is_new_once),
		cmocka_unit_test(a_million_blocks_of_a_month_are_told_apart),
		cmocka_unit_test(what_finds_no_room_may_have_been_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
