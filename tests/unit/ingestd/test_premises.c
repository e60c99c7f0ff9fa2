/* The table of ESI IDs: found again, grown, replaced; also ESI IDs of utility code 00000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "premises.h"

static struct esiid
id_of(const char *text)
{
	struct esiid id;

	assert_true(esiid_read(str_of(text), &id));
	return id;
}

static struct premises *
table(void)
{
	struct err e = { 0 };
	struct premises *p = premises_new(&e);

	assert_non_null(p);
	return p;
}

static void
an_empty_table_knows_nobody(void **state)
{
	struct premises *p = table();
	bool known = true;

	(void)state;
	assert_int_equal(premises_find(p, id_of("10443720000000001"), &known), 0);
	assert_false(known);
	assert_int_equal(premises_count(p), 0);
	premises_free(&p);
	assert_null(p);
}

/* Same digits, other length or code: other points of delivery. */
static const struct {
	const char *esiid;
	int32_t premise;
	bool known;
} neighbours[] = {
	{ "10443720000000001", 1, true },
	{ "1044372000000000000001", 2, false },
	{ "10443730000000001", 3, true },
	{ "10000000000000000", 4, false },
	{ "1000000000000000000000", 5, true },
	{ "10000000000000001", 6, true },
	{ "10999999999999999", 268435455, false },
	{ "1099999999999999999999", 8, true },
};

static void
neighbours_are_told_apart_whatever_their_code(void **state)
{
	struct premises *p = table();
	bool known;

	(void)state;
	for (size_t i = 0; i < nitems(neighbours); i++)
		assert_true(premises_put(p, id_of(neighbours[i].esiid), neighbours[i].premise,
		    neighbours[i].known, NULL));
	assert_int_equal(premises_count(p), nitems(neighbours));
	for (size_t i = 0; i < nitems(neighbours); i++) {
		assert_int_equal(premises_find(p, id_of(neighbours[i].esiid), &known),
		    neighbours[i].premise);
		assert_int_equal(known, neighbours[i].known);
	}
	premises_free(&p);
}

static void
putting_again_replaces(void **state)
{
	struct premises *p = table();
	bool known;

	(void)state;
	assert_true(premises_put(p, id_of("10443720000000001"), 7, false, NULL));
	assert_true(premises_put(p, id_of("10443720000000001"), 7, true, NULL));
	assert_int_equal(premises_count(p), 1);
	assert_int_equal(premises_find(p, id_of("10443720000000001"), &known), 7);
	assert_true(known);
	premises_free(&p);
}

static void
growing_forgets_nobody(void **state)
{
	enum { MANY = 100000 };
	struct premises *p = table();
	bool known;

	(void)state;
	for (int32_t i = 1; i <= MANY; i++) {
		/* every second number, as meters are given in pairs */
		struct esiid id = { (uint64_t)i * 2, 44372 * 2 };

		assert_true(premises_put(p, id, i, i % 3 == 0, NULL));
	}
	assert_int_equal(premises_count(p), MANY);
	for (int32_t i = 1; i <= MANY; i++) {
		assert_int_equal(
		    premises_find(p, (struct esiid){ (uint64_t)i * 2, 44372 * 2 }, &known), i);
		assert_int_equal(known, i % 3 == 0);
		assert_int_equal(
		    premises_find(p, (struct esiid){ (uint64_t)i * 2 + 1, 44372 * 2 }, &known),
		    0);
	}
	premises_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_knows_nobody),
		cmocka_unit_test(neighbours_are_told_apart_whatever_their_code),
		cmocka_unit_test(putting_again_replaces),
		cmocka_unit_test(growing_forgets_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
