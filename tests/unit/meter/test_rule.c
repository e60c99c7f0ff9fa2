/* The table of rules and the words of a finding. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "meter/rule.h"

static void
presets_are_the_table(void **state)
{
	struct rules r;

	(void)state;
	rules_presets(&r);
	assert_int_equal(r.of[RULE_NULL].severity, SEV_REJECT);
	assert_int_equal(r.of[RULE_SPIKE].severity, SEV_FLAG);
	assert_int_equal(r.of[RULE_SPIKE].threshold, 20);
	assert_int_equal(r.of[RULE_FILE_SHIFT].severity, SEV_HOLD);
	assert_string_equal(rule_rows[RULE_COUNT].code, "wrong-interval-count");
}

static void
codes_are_different_and_every_row_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RULES; i++) {
		assert_true(strlen(rule_rows[i].help) > 10);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(rule_rows[i].code, rule_rows[k].code);
	}
}

static void
a_utility_may_have_its_own_severity_and_threshold(void **state)
{
	static const struct {
		const char *code, *severity;
		bool ok;
	} cases[] = {
		{ "spike", "off", true },
		{ "spike", "flag", true },
		{ "spike", "quarantine", true },
		{ "spike", "reject", true },
		{ "spike", "hold", true },
		{ "spike", "Hold", false },
		{ "spike", "", false },
		{ "spikes", "flag", false },
		{ "", "flag", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct rules r;
		bool ok;

		rules_presets(&r);
		ok = rules_set(&r, str_of(cases[i].code), str_of(cases[i].severity), 77);
		assert_int_equal(ok, cases[i].ok);
		assert_int_equal(r.of[RULE_SPIKE].threshold, ok ? 77 : 20);
		if (ok)
			assert_string_equal(
			    severity_name(r.of[RULE_SPIKE].severity), cases[i].severity);
	}
}

static void
findings_say_where_what_and_what_was_expected(void **state)
{
	char text[FAULT_TEXT], small[12];
	struct rules r;
	struct fault f;

	(void)state;
	rules_presets(&r);
	f = fault_at(RULE_FIELD, &r, 12, 34);
	assert_int_equal(f.severity, SEV_REJECT);
	assert_int_equal(f.day, DAY_NONE);
	assert_int_equal(f.channel, -1);
	fault_quote(&f, STR("7"));
	fault_expected(&f, "%d or %s", 1, "4");
	fault_text(text, sizeof(text), &f);
	assert_string_equal(text, "12:34: field: found \"7\", expected 1 or 4");
	assert_int_equal(fault_text(small, sizeof(small), &f), 11);
	assert_string_equal(small, "12:34: fiel");
}

static void
what_a_stranger_wrote_cannot_break_the_line(void **state)
{
	static const struct {
		struct str text;
		const char *found;
	} cases[] = {
		{ { "", 0 }, "nothing" },
		{ { "a\0b\nc\x1b[0m\x7f", 10 }, "a?b?c?[0m?" },
		{ { "\xff\xfe", 2 }, "??" },
		{ { "caf\xc3\xa9", 5 }, "caf\xc3\xa9" },
		{ { "1234567890123456789012345678901234567890", 40 },
		    "1234567890123456789012345678901234567890" },
		{ { "12345678901234567890123456789012345678901", 41 },
		    "1234567890123456789012345678901234567890..." },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct fault f = { 0 };

		fault_quote(&f, cases[i].text);
		assert_string_equal(f.found, cases[i].found);
	}
}

static void
long_words_are_cut(void **state)
{
	struct fault f = { 0 };

	(void)state;
	fault_found(&f, "%0200d", 7);
	fault_expected(&f, "%0200d\n", 7);
	assert_int_equal(strlen(f.found), FAULT_FOUND - 1);
	assert_int_equal(strlen(f.expected), FAULT_EXPECTED - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presets_are_the_table),
		cmocka_unit_test(codes_are_different_and_every_row_has_words),
		cmocka_unit_test(a_utility_may_have_its_own_severity_and_threshold),
		cmocka_unit_test(findings_say_where_what_and_what_was_expected),
		cmocka_unit_test(what_a_stranger_wrote_cannot_break_the_line),
		cmocka_unit_test(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
