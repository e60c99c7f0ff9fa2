#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/field.h"

static const struct choice channels[] = {
	{ 1, "1", "generation" },
	{ 4, "4", "load" },
};

static const struct choice colours[] = {
	{ 1, "R", NULL },
	{ 2, "G", "green" },
	{ 3, "B", NULL },
};

struct got {
	struct str id, text;
	int64_t channel, at_local_s, count, colour;
};

/* Reads what all tests here read; the order is the format. */
static bool
read_line(struct fields *f, struct got *g, struct err *e)
{
	return field_is(f, "01", "sort code", e) &&
	       field_digits(f, "ESI ID", 17, 22, &g->id, e) &&
	       field_choice(f, "channel", channels, nitems(channels), &g->channel, e) &&
	       field_local_s(f, "start time", &g->at_local_s, e) &&
	       field_int(f, "count", -5, 100, &g->count, e) &&
	       field_text(f, "note", 8, &g->text, e) &&
	       field_choice(f, "colour", colours, nitems(colours), &g->colour, e) &&
	       field_skip(f, "reserve", e) && fields_end(f, e);
}

static void
a_good_line_is_read_to_its_end(void **state)
{
	static const char *const good[] = {
		"01,10443720001234567,4,20260308013000,-5,a \"b\",G,",
		"01,10443720001234567,4,20260308013000,-5,a \"b\",G,anything",
		" 01 ,\t10443720001234567, 4,20260308013000 ,-5,  a \"b\" ,G,,, ,\r\n",
	};
	struct got g;
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(good); i++) {
		struct fields f = fields_of(str_of(good[i]), ',');

		assert_true(read_line(&f, &g, &e));
		assert_true(str_eq(g.id, STR("10443720001234567")));
		assert_int_equal(g.channel, 4);
		/* 20,520 days from 1970-01-01 to 2026-03-08 */
		assert_int_equal(g.at_local_s, INT64_C(20520) * 86400 + 5400);
		assert_int_equal(g.count, -5);
		assert_true(str_eq(g.text, STR("a \"b\"")));
		assert_int_equal(g.colour, 2);
	}
}

static const struct {
	const char *line, *says, *found, *expected;
} bad[] = {
	{ "", "column 1: sort code is missing", "", "01" },
	{ "02", "column 1: sort code is \"02\", expected 01", "02", "01" },
	{ "01", "column 2: ESI ID is missing", "", "17 to 22 digits" },
	{ "01,", "column 4: ESI ID is missing", "", "17 to 22 digits" },
	{ "01,  ,", "column 4: ESI ID is missing", "", "17 to 22 digits" },
	{ "01,1044372000123456",
	    "column 4: ESI ID is \"1044372000123456\", expected 17 to 22 digits",
	    "1044372000123456", "17 to 22 digits" },
	{ "01,1044372000123456x",
	    "column 4: ESI ID is \"1044372000123456x\", expected 17 to 22 digits",
	    "1044372000123456x", "17 to 22 digits" },
	{ "01,12345678901234567890123456789012345678901234567890",
	    "column 4: ESI ID is \"1234567890123456789012345678901234567890...\", expected 17 "
	    "to 22 digits",
	    "1234567890123456789012345678901234567890...", "17 to 22 digits" },
	{ "01,10443720001234567,7,",
	    "column 22: channel is \"7\", expected 1 (generation) or 4 (load)", "7",
	    "1 (generation) or 4 (load)" },
	{ "01,10443720001234567,4,2026-03-08,",
	    "column 24: start time is \"2026-03-08\", expected YYYYMMDDHHMMSS", "2026-03-08",
	    "YYYYMMDDHHMMSS" },
	{ "01,10443720001234567,4,20260229000000,",
	    "column 24: start time is \"20260229000000\", expected YYYYMMDDHHMMSS",
	    "20260229000000", "YYYYMMDDHHMMSS" },
	{ "01,10443720001234567,4,20260308013000,101,",
	    "column 39: count is \"101\", expected a whole number from -5 to 100", "101",
	    "a whole number from -5 to 100" },
	{ "01,10443720001234567,4,20260308013000,-,",
	    "column 39: count is \"-\", expected a whole number from -5 to 100", "-",
	    "a whole number from -5 to 100" },
	{ "01,10443720001234567,4,20260308013000,1.0,",
	    "column 39: count is \"1.0\", expected a whole number from -5 to 100", "1.0",
	    "a whole number from -5 to 100" },
	{ "01,10443720001234567,4,20260308013000,9223372036854775808,",
	    "column 39: count is \"9223372036854775808\", expected a whole number from -5 to "
	    "100",
	    "9223372036854775808", "a whole number from -5 to 100" },
	{ "01,10443720001234567,4,20260308013000,1,123456789,",
	    "column 41: note is \"123456789\", expected at most 8 bytes", "123456789",
	    "at most 8 bytes" },
	{ "01,10443720001234567,4,20260308013000,1,a,r,",
	    "column 43: colour is \"r\", expected R, G (green) or B", "r",
	    "R, G (green) or B" },
	{ "01,10443720001234567,4,20260308013000,1,a,R", "column 43: reserve is missing", "",
	    "one more field" },
	{ "01,10443720001234567,4,20260308013000,1,a,R,,,x,",
	    "column 47: an extra field is \"x\", expected the end of the line", "x",
	    "the end of the line" },
	{ "01,10443720001234567,4,20260308013000,1,a,R,,,\x1B\x07,",
	    "column 47: an extra field is \"??\", expected the end of the line", "??",
	    "the end of the line" },
};

static void
a_bad_line_says_where_and_what(void **state)
{
	struct got g;
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct fields f = fields_of(str_of(bad[i].line), ',');

		assert_false(read_line(&f, &g, &e));
		assert_int_equal(e.code, ERR_BAD_FILE);
		assert_string_equal(e.text, bad[i].says);
		assert_string_equal(f.found, bad[i].found);
		assert_string_equal(f.expected, bad[i].expected);
	}
}

static void
one_length_of_digits_is_told_as_one(void **state)
{
	struct fields f = fields_of(STR("12;1a"), ';');
	struct str s;
	struct err e;

	(void)state;
	assert_false(field_digits(&f, "hour", 1, 1, &s, &e));
	assert_string_equal(e.text, "column 1: hour is \"12\", expected 1 digit");
	assert_false(field_digits(&f, "minute", 2, 2, &s, &e));
	assert_string_equal(e.text, "column 4: minute is \"1a\", expected 2 digits");
}

static void
a_caller_can_refuse_in_the_same_words(void **state)
{
	struct fields f = fields_of(STR("7|8"), '|');
	struct str s;
	struct err e;

	(void)state;
	assert_true(field_next(&f, "a", &s, &e));
	assert_true(field_next(&f, "b", &s, &e));
	assert_false(field_bad(&f, "hour", s, "1 to 7", &e));
	assert_string_equal(e.text, "column 3: hour is \"8\", expected 1 to 7");
	assert_false(field_bad(&f, "hour", STR(""), "1 to 7", NULL));
	assert_string_equal(f.expected, "1 to 7");
}

static void
a_found_text_is_cut_between_characters(void **state)
{
	/* 39 bytes and then a character of two */
	struct str line = STR("123456789012345678901234567890123456789\xC3\xA9,");
	struct fields f = fields_of(line, ',');
	struct err e;

	(void)state;
	assert_false(field_is(&f, "Y", "flag", &e));
	assert_string_equal(f.found, "123456789012345678901234567890123456789...");
}

static void
empty_fields_are_fields(void **state)
{
	struct fields f = fields_of(STR(",,"), ',');
	struct str s;
	struct err e;

	(void)state;
	for (size_t i = 1; i <= 3; i++) {
		assert_true(field_next(&f, "any", &s, &e));
		assert_int_equal(s.len, 0);
		assert_int_equal(f.column, i);
	}
	assert_true(f.done);
	assert_true(fields_end(&f, &e));
	assert_false(field_next(&f, "any", &s, &e));
	assert_string_equal(e.text, "column 2: any is missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_line_is_read_to_its_end),
		cmocka_unit_test(a_bad_line_says_where_and_what),
		cmocka_unit_test(one_length_of_digits_is_told_as_one),
		cmocka_unit_test(a_caller_can_refuse_in_the_same_words),
		cmocka_unit_test(a_found_text_is_cut_between_characters),
		cmocka_unit_test(empty_fields_are_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
