/* Meter-days on their way: sorted, neighbours in the order of the file, encoded as day_copy()
 * has its columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "batch.h"
#include "copyrow.h"

static struct day
day_of(int32_t day, uint64_t line)
{
	struct day d = { .day = day,
		.created_s = 946684801,
		.interval_s = 900,
		.n = 96,
		.line = line,
		.total_wh = 9600,
		.estimated = 2,
		.missing = 1 };

	memset(d.status, STATUS_ACTUAL, 96);
	return d;
}

static struct item *
add(struct batch *b, int32_t series, int32_t day, uint64_t line)
{
	struct day d = day_of(day, line);
	struct item *i = batch_add(b, &d, series, true, 0);

	assert_non_null(i);
	return i;
}

static void
items_are_sorted_by_series_and_day_as_they_came(void **state)
{
	enum { MANY = 5000 };
	struct batch b = { 0 };

	(void)state;
	batch_clear(&b);
	for (unsigned i = 0; i < MANY; i++)
		add(&b, (int32_t)(i * 7919U % 97 * 70001), (int32_t)(20000 + i * 31U % 7),
		    i + 1);
	assert_true(batch_sort(&b));
	for (size_t i = 1; i < MANY; i++) {
		const struct item *x = &b.item[b.order[i - 1]], *y = &b.item[b.order[i]];

		assert_true(x->series < y->series ||
			    (x->series == y->series && x->day < y->day) ||
			    (x->series == y->series && x->day == y->day && x->line < y->line));
	}
	batch_auto(&b);
}

static void
an_empty_batch_is_sorted_and_encoded(void **state)
{
	struct batch b = { 0 };

	(void)state;
	batch_clear(&b);
	assert_true(batch_sort(&b));
	assert_int_equal(batch_encode(&b, 1), 0);
	assert_int_equal(b.copy.len, COPY_HEADER_BYTES + 2);
	batch_auto(&b);
}

/* Columns of day_copy(): total_wh int8, created timestamptz, series int4, day date, load int4,
 * line int4, n int2, estimated int2, missing int2, data bytea. */
static void
a_day_is_encoded_column_by_column(void **state)
{
	static const char row[] = "\0\012"
				  "\0\0\0\10\0\0\0\0\0\0\45\200"    /* 9600 */
				  "\0\0\0\10\0\0\0\0\0\017\102\100" /* one second of 2000 */
				  "\0\0\0\4\0\0\0\121"		    /* series 81 */
				  "\0\0\0\4\0\0\0\1"		    /* 2000-01-02 */
				  "\0\0\0\4\0\0\1\0"		    /* load 256 */
				  "\0\0\0\4\0\0\0\11"		    /* line 9 */
				  "\0\0\0\2\0\140"		    /* 96 */
				  "\0\0\0\2\0\2"
				  "\0\0\0\2\0\1";
	struct batch b = { 0 };
	struct str packed;
	char *data;

	(void)state;
	batch_clear(&b);
	add(&b, 80, 10958, 8)->state = ITEM_DROP;
	packed = item_packed(&b, add(&b, 81, 10958, 9));
	assert_true(batch_sort(&b));
	assert_int_equal(batch_encode(&b, 256), 1);
	assert_int_equal(b.copy.len, COPY_HEADER_BYTES + sizeof row - 1 + 4 + packed.len + 2);
	assert_memory_equal(b.copy.at + COPY_HEADER_BYTES, row, sizeof row - 1);
	data = b.copy.at + COPY_HEADER_BYTES + sizeof row - 1;
	assert_memory_equal(data, "\0\0\0", 3);
	assert_int_equal((unsigned char)data[3], packed.len);
	assert_memory_equal(data + 4, packed.at, packed.len);
	assert_memory_equal(data + 4 + packed.len, "\377\377", 2);
	batch_auto(&b);
}

static void
a_batch_is_used_again(void **state)
{
	struct batch b = { 0 };
	struct fault f = { .rule = RULE_SPIKE };
	struct esiid id = { 1, 2 };

	(void)state;
	for (int round = 0; round < 3; round++) {
		batch_clear(&b);
		assert_int_equal(b.n + b.misses + b.doubts + b.packed.len, 0);
		/* more each time: order and scratch must grow with the items */
		for (int32_t i = 0; i < 1000 << round; i++)
			add(&b, 1000 - i % 1000, 20000, 1);
		batch_miss(&b, 5, id, 1);
		batch_doubt(&b, 6, &f);
		assert_true(b.item[6].flagged);
		assert_true(batch_sort(&b));
		assert_int_equal(batch_encode(&b, 1), 1000 << round);
		assert_false(b.failed);
	}
	batch_auto(&b);
	assert_null(b.item);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_sorted_by_series_and_day_as_they_came),
		cmocka_unit_test(an_empty_batch_is_sorted_and_encoded),
		cmocka_unit_test(a_day_is_encoded_column_by_column),
		cmocka_unit_test(a_batch_is_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
