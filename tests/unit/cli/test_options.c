/* Command lines: what is taken, and what is said about what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/options.h"

struct sample {
	struct str file;
	struct texts more;
	bool wait;
	struct str name;
	int64_t count;
	int32_t from;
	struct str as_of;
	int64_t span;
	struct str format;
};

static const struct option options[] = {
	ARG_TEXT(sample, file, "FILE", OPTION_REQUIRED, "what to send"),
	ARG_TEXTS(sample, more, "MORE", OPTION_OPTIONAL, "others"),
	OPT_FLAG(sample, wait, "--wait", "until loaded"),
	OPT_TEXT(sample, name, "--name", "NAME", OPTION_OPTIONAL, "another name"),
	OPT_INT(sample, count, "--count", "N", OPTION_OPTIONAL, 1, 500, "how many"),
	OPT_DATE(sample, from, "--from", OPTION_OPTIONAL, "first day"),
	OPT_STAMP(sample, as_of, "--as-of", OPTION_OPTIONAL, "as known then"),
	OPT_SPAN(sample, span, "--span", "SPAN", OPTION_OPTIONAL, "how long"),
	OPT_WORD(sample, format, "--format", "FORMAT", OPTION_OPTIONAL, "csv|json|lse", "how"),
};

enum { WORDS = 12 };

static bool
read_words(const char *const *words, struct sample *s, struct err *e)
{
	char *argv[WORDS + 1];
	int argc = 0;

	for (; argc < WORDS && words[argc] != NULL; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	return options_read(options, nitems(options), argc, argv, s, e);
}

static void
every_type_is_read_in_either_spelling(void **state)
{
	static const char *const spellings[][WORDS] = {
		{ "a.lse", "--wait", "--name", "b c", "--count", "500", "--from", "2026-11-01",
		    "--as-of=2026-11-02T00:00:00Z", "--span=1d12h", "--format=json" },
		{ "--wait", "--name=b c", "--count=500", "--from=2026-11-01", "--as-of",
		    "2026-11-01T18:00:00.25-06:00", "--span", "36h", "--format", "json", "--",
		    "a.lse" },
	};
	static const char *const as_of[] = { "2026-11-02T00:00:00Z",
		"2026-11-01T18:00:00.25-06:00" };

	(void)state;
	for (size_t i = 0; i < nitems(spellings); i++) {
		struct sample s;
		struct err e = { 0 };

		assert_true(read_words(spellings[i], &s, &e));
		assert_true(str_is(s.file, "a.lse"));
		assert_true(s.wait);
		assert_true(str_is(s.name, "b c"));
		assert_int_equal(s.count, 500);
		assert_int_equal(s.from, civil_day(2026, 11, 1));
		assert_true(str_is(s.as_of, as_of[i]));
		assert_int_equal(s.span, 129600);
		assert_true(str_is(s.format, "json"));
		assert_int_equal(s.more.n, 0);
	}
}

static void
what_is_not_given_keeps_its_preset(void **state)
{
	static const char *const words[] = { "f", "g", "-", "-3", NULL };
	struct sample s;
	struct err e = { 0 };

	(void)state;
	assert_true(read_words(words, &s, &e));
	assert_false(s.wait);
	assert_null(s.name.at);
	assert_null(s.format.at);
	assert_int_equal(s.count, INT64_MIN);
	assert_int_equal(s.from, DAY_NONE);
	assert_null(s.as_of.at);
	assert_int_equal(s.more.n, 3);
	assert_true(str_is(s.more.at[1], "-"));
	assert_true(str_is(s.more.at[2], "-3"));
}

static void
a_fault_says_what_was_found_and_expected(void **state)
{
	static const struct {
		const char *words[4], *says;
	} cases[] = {
		{ { NULL }, "FILE is missing: what to send" },
		{ { "f", "--nope" }, "there is no option --nope" },
		{ { "f", "--nope=1" }, "there is no option --nope" },
		{ { "f", "-x" }, "there is no option -x" },
		{ { "f", "--wait=yes" }, "--wait takes no value" },
		{ { "f", "--name" }, "--name needs a value: NAME" },
		{ { "f", "--name=" }, "--name is \"\", expected some text" },
		{ { "f", "--name=a", "--name=b" }, "--name is given twice" },
		{ { "f", "--wait", "--wait" }, "--wait is given twice" },
		{ { "f", "--count=0" },
		    "--count is \"0\", expected a whole number from 1 to 500" },
		{ { "f", "--count=501" },
		    "--count is \"501\", expected a whole number from 1 to 500" },
		{ { "f", "--count=-1" },
		    "--count is \"-1\", expected a whole number from 1 to 500" },
		{ { "f", "--count=1x" },
		    "--count is \"1x\", expected a whole number from 1 to 500" },
		{ { "f", "--from=2026-02-29" },
		    "--from is \"2026-02-29\", expected a date as 2026-11-01" },
		{ { "f", "--as-of=2026-11-01" },
		    "--as-of is \"2026-11-01\", expected a time as 2026-11-01T06:00:00Z" },
		{ { "f", "--span=9" }, "--span is \"9\", expected a span as 9d, 36h or 1d12h" },
		{ { "f", "--format=xml" }, "--format is \"xml\", expected csv, json or lse" },
		{ { "f", "--format=csv|json" },
		    "--format is \"csv|json\", expected csv, json or lse" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct sample s;
		struct err e = { 0 };

		assert_false(read_words(cases[i].words, &s, &e));
		assert_int_equal(e.code, ERR_USAGE);
		assert_string_equal(e.text, cases[i].says);
	}
}

static void
one_argument_too_many_is_told(void **state)
{
	static const struct option one[] = {
		ARG_TEXT(sample, file, "FILE", OPTION_REQUIRED, "what to send"),
	};
	char a[] = "a", b[] = "b";
	char *const argv[] = { a, b };
	struct sample s;
	struct err e = { 0 };

	(void)state;
	assert_false(options_read(one, 1, 2, argv, &s, &e));
	assert_string_equal(e.text, "\"b\" is one argument too many");
}

static void
spans_add_up_and_have_a_limit(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t seconds;
	} cases[] = {
		{ "9d", true, 777600 },
		{ "36h", true, 129600 },
		{ "1w2d3h4m5s", true, 604800 + 172800 + 10800 + 240 + 5 },
		{ "-90m", true, -5400 },
		{ "+1s", true, 1 },
		{ "0s", true, 0 },
		{ "3650d", true, INT64_C(315360000) },
		{ "3650d1s", false, 0 },
		{ "99999999999999999d", false, 0 },
		{ "99999999999999999999d", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "d", false, 0 },
		{ "9", false, 0 },
		{ "9 d", false, 0 },
		{ "9y", false, 0 },
		{ "1d-1h", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		int64_t seconds = 0;

		assert_int_equal(span_read(str_of(cases[i].text), &seconds), cases[i].ok);
		assert_int_equal(seconds, cases[i].seconds);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read_in_either_spelling),
		cmocka_unit_test(what_is_not_given_keeps_its_preset),
		cmocka_unit_test(a_fault_says_what_was_found_and_expected),
		cmocka_unit_test(one_argument_too_many_is_told),
		cmocka_unit_test(spans_add_up_and_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
