/* Binary COPY: the bytes written here by hand from PostgreSQL's manual, COPY, "Binary Format".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/civil.h"
#include "copyrow.h"

static struct buf b = BUF(4096);

static void
expect(const void *bytes, size_t len)
{
	assert_true(buf_ok(&b));
	assert_int_equal(b.len, len);
	assert_memory_equal(b.at, bytes, len);
	buf_auto(&b);
}
#define EXPECT(lit) expect(lit, sizeof(lit) - 1)

static void
a_file_begins_and_ends_as_the_manual_says(void **state)
{
	(void)state;
	copy_header(&b);
	/* signature of 11 bytes, flags 0, no header extension */
	EXPECT("PGCOPY\n\377\r\n\0"
	       "\0\0\0\0"
	       "\0\0\0\0");
	copy_trailer(&b);
	EXPECT("\377\377");
}

static void
a_row_counts_its_columns(void **state)
{
	(void)state;
	copy_row(&b, 10);
	EXPECT("\0\012");
	copy_row(&b, 258);
	EXPECT("\1\2");
}

static void
numbers_are_big_endian_behind_their_length(void **state)
{
	(void)state;
	copy_int2(&b, -2);
	EXPECT("\0\0\0\2"
	       "\377\376");
	copy_int4(&b, 0x01020304);
	EXPECT("\0\0\0\4"
	       "\1\2\3\4");
	copy_int4(&b, INT32_MIN);
	EXPECT("\0\0\0\4"
	       "\200\0\0\0");
	copy_int8(&b, INT64_C(-1));
	EXPECT("\0\0\0\10"
	       "\377\377\377\377\377\377\377\377");
	copy_int8(&b, INT64_C(0x0102030405060708));
	EXPECT("\0\0\0\10"
	       "\1\2\3\4\5\6\7\10");
}

static void
days_and_instants_count_from_2000(void **state)
{
	(void)state;
	copy_date(&b, civil_day(2000, 1, 2));
	EXPECT("\0\0\0\4"
	       "\0\0\0\1");
	copy_date(&b, civil_day(1999, 12, 31));
	EXPECT("\0\0\0\4"
	       "\377\377\377\377");
	copy_date(&b, DAY_NONE);
	EXPECT("\377\377\377\377");
	copy_stamp(&b, 946684801); /* a second after: 1,000,000 microseconds, 0xF4240 */
	EXPECT("\0\0\0\10"
	       "\0\0\0\0\0\017\102\100");
	copy_stamp(&b, 946684799);
	EXPECT("\0\0\0\10"
	       "\377\377\377\377\377\360\275\300");
}

static void
a_null_has_a_length_of_minus_one(void **state)
{
	(void)state;
	copy_null(&b);
	EXPECT("\377\377\377\377");
	copy_bytes(&b, (struct str){ NULL, 0 });
	EXPECT("\377\377\377\377");
	copy_bytes(&b, STR(""));
	EXPECT("\0\0\0\0");
	copy_text(&b, "abc");
	EXPECT("\0\0\0\3abc");
	copy_bytes(&b, STR("\0\377"));
	EXPECT("\0\0\0\2\0\377");
}

/* array_recv(): dimensions, has nulls, type of the items; of each dimension its length and
 * lower bound; then the items. Types: bytea 17, text 25. */
static void
an_array_is_one_field(void **state)
{
	static const struct str two[] = { { "a", 1 }, { NULL, 0 } };

	(void)state;
	copy_array(&b, NULL, 0, false);
	EXPECT("\0\0\0\14"
	       "\0\0\0\0"
	       "\0\0\0\0"
	       "\0\0\0\31");
	copy_array(&b, two, 2, true);
	EXPECT("\0\0\0\35" /* 20 + 4 + 1 + 4 */
	       "\0\0\0\1"
	       "\0\0\0\0"
	       "\0\0\0\21"
	       "\0\0\0\2"
	       "\0\0\0\1"
	       "\0\0\0\1a"
	       "\377\377\377\377");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_begins_and_ends_as_the_manual_says),
		cmocka_unit_test(a_row_counts_its_columns),
		cmocka_unit_test(numbers_are_big_endian_behind_their_length),
		cmocka_unit_test(days_and_instants_count_from_2000),
		cmocka_unit_test(a_null_has_a_length_of_minus_one),
		cmocka_unit_test(an_array_is_one_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
