#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"

static void
no_string_is_the_empty_slice(void **state)
{
	(void)state;
	assert_int_equal(str_of(NULL).len, 0);
	assert_true(str_eq(str_of(NULL), STR("")));
	assert_true(str_eq((struct str){ NULL, 0 }, STR("")));
	assert_true(str_is((struct str){ NULL, 0 }, ""));
}

static const struct {
	const char *a, *b;
	bool same, same_folded;
} pairs[] = {
	{ "", "", true, true },
	{ "kWh", "kWh", true, true },
	{ "kWh", "KWH", false, true },
	{ "kWh", "kWh ", false, false },
	{ "a", "b", false, false },
	{ "@", "`", false,
	    false }, /* 0x40 and 0x60 differ by the case bit and are no letters */
	{ "[", "{", false, false },
};

static void
comparison_is_by_bytes_and_folds_ascii_letters_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(pairs); i++) {
		assert_int_equal(str_eq(str_of(pairs[i].a), str_of(pairs[i].b)), pairs[i].same);
		assert_int_equal(str_is(str_of(pairs[i].a), pairs[i].b), pairs[i].same);
		assert_int_equal(
		    str_ieq(str_of(pairs[i].a), str_of(pairs[i].b)), pairs[i].same_folded);
	}
}

static void
beginnings_ends_and_parts_are_found(void **state)
{
	struct str s = STR("0104_lse.csv");

	(void)state;
	assert_true(str_starts(s, "0104"));
	assert_true(str_starts(s, ""));
	assert_false(str_starts(s, "0104_lse.csv."));
	assert_false(str_starts(s, "104"));
	assert_true(str_ends(s, ".csv"));
	assert_true(str_ends(s, ""));
	assert_false(str_ends(s, ".cs"));
	assert_false(str_ends(STR("csv"), ".csv"));
	assert_true(str_has(s, STR("_lse")));
	assert_true(str_has(s, STR("")));
	assert_false(str_has(s, STR("lsee")));
	assert_false(str_has(STR(""), STR("a")));
}

static void
trimming_takes_blanks_tabs_and_line_ends(void **state)
{
	(void)state;
	assert_true(str_eq(str_trim(STR(" \t a b\r\n")), STR("a b")));
	assert_true(str_eq(str_trim(STR(" \r\n\t ")), STR("")));
	assert_true(str_eq(str_trim(STR("\va\f")), STR("\va\f")));
	assert_int_equal(str_trim((struct str){ NULL, 0 }).len, 0);
}

static void
a_cut_is_at_the_first_separator(void **state)
{
	struct str head, tail;

	(void)state;
	assert_true(str_cut(STR("a=b=c"), '=', &head, &tail));
	assert_true(str_eq(head, STR("a")));
	assert_true(str_eq(tail, STR("b=c")));
	assert_true(str_cut(STR("="), '=', &head, &tail));
	assert_true(str_eq(head, STR("")));
	assert_true(str_eq(tail, STR("")));
	assert_false(str_cut(STR("abc"), '=', &head, &tail));
	assert_true(str_eq(head, STR("abc")));
	assert_true(str_eq(tail, STR("")));
	assert_false(str_cut((struct str){ NULL, 0 }, '=', &head, &tail));
	assert_int_equal(head.len, 0);
}

/* é is C3 A9, € is E2 82 AC, U+1F50C is F0 9F 94 8C */
static const struct {
	const char *text;
	size_t most, len;
} cuts[] = {
	{ "abc", 3, 3 }, { "abc", 2, 2 }, { "abc", 0, 0 }, { "a\xC3\xA9", 2, 1 },
	{ "a\xC3\xA9", 3, 3 }, { "\xE2\x82\xAC", 2, 0 }, { "\xE2\x82\xAC", 1, 0 },
	{ "a\xF0\x9F\x94\x8C", 4, 1 }, { "a\xF0\x9F\x94\x8Cz", 5, 5 },
	{ "\x80\x80\x80\x80\x80\x80", 4, 4 }, /* no text: nothing to keep together */
};

static void
a_text_is_cut_between_characters(void **state)
{
	char to[8];

	(void)state;
	for (size_t i = 0; i < nitems(cuts); i++) {
		struct str s = str_of(cuts[i].text);

		assert_int_equal(str_first(s, cuts[i].most).len, cuts[i].len);
		memset(to, 'x', sizeof(to));
		assert_int_equal(str_copy(to, cuts[i].most + 1, s), s.len <= cuts[i].most);
		assert_int_equal(strlen(to), cuts[i].len);
		assert_memory_equal(to, s.at, cuts[i].len);
	}
}

static const struct {
	const char *text, *plain;
} plains[] = {
	{ "a b~", "a b~" }, { "a\r\n\t\x1B[2J\x7F", "a????[2J?" },
	{ "caf\xC3\xA9", "caf\xC3\xA9" },
	{ "\xC2\x9B"
	  "31m",
	    "?31m" }, /* C1 control sequence introducer */
	{ "\xC2\xA0", "\xC2\xA0" }, { "caf\xE9!", "caf?!" },	/* Latin-1 */
	{ "\xE2\x82", "??" }, { "1234567\xC3\xA9", "1234567" }, /* does not fit whole */
};

static void
plain_text_has_no_control_and_no_broken_bytes(void **state)
{
	char to[9 + 1];

	(void)state;
	for (size_t i = 0; i < nitems(plains); i++) {
		bool fits = i + 1 < nitems(plains);

		assert_int_equal(
		    str_plain(to, fits ? sizeof(to) : 9, str_of(plains[i].text)), fits);
		assert_string_equal(to, plains[i].plain);
	}
	assert_true(str_plain(to, sizeof(to), (struct str){ "a\0b", 3 }));
	assert_string_equal(to, "a?b");
}

static const struct {
	const char *text;
	bool good;
	int64_t n;
} numbers[] = {
	{ "0", true, 0 },
	{ "007", true, 7 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "00000000000000000000000000001", true, 1 },
	{ "9223372036854775808", false, 0 },
	{ "92233720368547758070", false, 0 },
	{ "", false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "1a", false, 0 },
	{ "/", false, 0 },
	{ ":", false, 0 },
	{ "\xB1", false, 0 },
};

static void
whole_numbers_are_digits_that_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(numbers); i++) {
		int64_t n = 4711;

		assert_int_equal(str_int64(str_of(numbers[i].text), &n), numbers[i].good);
		assert_int_equal(n, numbers[i].good ? numbers[i].n : 4711);
	}
}

static const struct {
	struct str text;
	bool good;
} utf8s[] = {
	{ STR(""), true },
	{ STR("plain text, more than eight bytes of it"), true },
	{ STR("\x7F"), true },
	{ STR("\xC2\x80"), true }, /* the first and the last of each length */
	{ STR("\xDF\xBF"), true },
	{ STR("\xE0\xA0\x80"), true },
	{ STR("\xEF\xBF\xBF"), true },
	{ STR("\xF0\x90\x80\x80"), true },
	{ STR("\xF4\x8F\xBF\xBF"), true },
	{ STR("\xED\x9F\xBF"), true }, /* around the surrogates */
	{ STR("\xEE\x80\x80"), true },
	{ STR("\xED\xA0\x80"), false },
	{ STR("\xED\xBF\xBF"), false },
	{ STR("\xC0\x80"), false }, /* overlong */
	{ STR("\xC1\xBF"), false },
	{ STR("\xE0\x9F\xBF"), false },
	{ STR("\xF0\x8F\xBF\xBF"), false },
	{ STR("\xF4\x90\x80\x80"), false }, /* too high */
	{ STR("\xF5\x80\x80\x80"), false },
	{ STR("\xFF"), false },
	{ STR("\x80"), false }, /* not whole */
	{ STR("\xC2"), false },
	{ STR("\xE2\x82"), false },
	{ STR("\xF0\x9F\x94"), false },
	{ STR("\xE2\x82\x41"), false },
	{ STR("a\0b"), false },
	{ STR("1234567\0"
	      "12345678"),
	    false },
	{ STR("12345678\x80"), false },
	{ STR("1234567\x80"), false },
};

static void
utf8_is_what_rfc_3629_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(utf8s); i++)
		assert_int_equal(str_utf8(utf8s[i].text), utf8s[i].good);
}

static void
no_character_reaches_past_the_end_of_its_slice(void **state)
{
	struct str whole = STR("\xF0\x9F\x94\x8C");

	(void)state;
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(str_utf8_char((struct str){ whole.at, len }), 0);
	assert_int_equal(str_utf8_char(whole), 4);
}

static void
a_buffer_holds_up_to_its_maximum_and_no_more(void **state)
{
	AUTO(buf) b = BUF(10);

	(void)state;
	assert_int_equal(buf_view(&b).len, 0);
	buf_c(&b, "12345");
	buf_byte(&b, '6');
	buf_str(&b, STR("789"));
	buf_add(&b, NULL, 0);
	assert_true(buf_ok(&b));
	buf_c(&b, "ab"); /* one too many: left out whole */
	assert_false(buf_ok(&b));
	buf_byte(&b, 'a'); /* would fit, comes too late */
	buf_fmt(&b, "%d", 1);
	assert_null(buf_room(&b, 1));
	assert_true(str_eq(buf_view(&b), STR("123456789")));
	buf_reset(&b);
	assert_true(buf_ok(&b));
	buf_c(&b, "1234567890");
	assert_true(buf_ok(&b));
	assert_int_equal(buf_view(&b).len, 10);
}

static void
formatted_text_grows_the_buffer(void **state)
{
	AUTO(buf) b = BUF(1000);

	(void)state;
	buf_fmt(&b, "%s", "");
	assert_int_equal(b.len, 0);
	for (int i = 0; i < 100; i++)
		buf_fmt(&b, "%09d,", i);
	assert_true(buf_ok(&b));
	assert_int_equal(b.len, 1000);
	assert_memory_equal(b.at + 990, "000000099,", 10);
	buf_fmt(&b, "x");
	assert_false(buf_ok(&b));
	assert_int_equal(b.len, 1000);
}

static void
room_is_taken_by_what_was_written(void **state)
{
	AUTO(buf) b = BUF(100);
	char *to = buf_room(&b, 100);

	(void)state;
	assert_non_null(to);
	memcpy(to, "abc", 3);
	buf_grew(&b, 3);
	assert_true(str_eq(buf_view(&b), STR("abc")));
	assert_null(buf_room(&b, 98));
	assert_false(buf_ok(&b));
}

static void
a_buffer_without_maximum_takes_nothing(void **state)
{
	AUTO(buf) b = { 0 };

	(void)state;
	buf_c(&b, "");
	assert_true(buf_ok(&b));
	buf_c(&b, "a");
	assert_false(buf_ok(&b));
}

static void
a_released_buffer_may_be_used_again(void **state)
{
	struct buf b = BUF(8);

	(void)state;
	buf_c(&b, "123456789");
	buf_auto(&b);
	buf_c(&b, "12345678");
	assert_true(buf_ok(&b));
	buf_auto(&b);
	assert_null(b.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_string_is_the_empty_slice),
		cmocka_unit_test(comparison_is_by_bytes_and_folds_ascii_letters_only),
		cmocka_unit_test(beginnings_ends_and_parts_are_found),
		cmocka_unit_test(trimming_takes_blanks_tabs_and_line_ends),
		cmocka_unit_test(a_cut_is_at_the_first_separator),
		cmocka_unit_test(a_text_is_cut_between_characters),
		cmocka_unit_test(plain_text_has_no_control_and_no_broken_bytes),
		cmocka_unit_test(whole_numbers_are_digits_that_fit),
		cmocka_unit_test(utf8_is_what_rfc_3629_says),
		cmocka_unit_test(no_character_reaches_past_the_end_of_its_slice),
		cmocka_unit_test(a_buffer_holds_up_to_its_maximum_and_no_more),
		cmocka_unit_test(formatted_text_grows_the_buffer),
		cmocka_unit_test(room_is_taken_by_what_was_written),
		cmocka_unit_test(a_buffer_without_maximum_takes_nothing),
		cmocka_unit_test(a_released_buffer_may_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
