/* JSON out: nesting, commas and escapes as RFC 8259 has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void
commas_and_nesting_are_kept_by_the_writer(void **state)
{
	AUTO(buf) b = BUF(4096);
	struct json j = json_to(&b);

	(void)state;
	json_open(&j, NULL);
	json_text(&j, "state", STR("LOADED"));
	json_list(&j, "items");
	json_int(&j, NULL, 3);
	json_open(&j, NULL);
	json_end(&j);
	json_list(&j, NULL);
	json_end(&j);
	json_null(&j, NULL);
	json_end(&j);
	json_bool(&j, "yes", true);
	json_bool(&j, "no", false);
	json_int(&j, "least", INT64_MIN);
	json_decimal(&j, "kwh", -12500, 3);
	json_raw(&j, "raw", STR("{\"a\":[1]}"));
	json_end(&j);
	buf_byte(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(b.at,
	    "{\"state\":\"LOADED\",\"items\":[3,{},[],null],\"yes\":true,\"no\":false,"
	    "\"least\":-9223372036854775808,\"kwh\":-12.500,\"raw\":{\"a\":[1]}}");
}

static void
dates_and_instants_that_are_not_there_are_null(void **state)
{
	AUTO(buf) b = BUF(4096);
	struct json j = json_to(&b);

	(void)state;
	json_list(&j, NULL);
	json_date(&j, NULL, 0);
	json_date(&j, NULL, DAY_NONE);
	json_stamp(&j, NULL, 86399);
	json_stamp(&j, NULL, INT64_MIN);
	json_text(&j, NULL, (struct str){ NULL, 0 });
	json_text(&j, NULL, STR(""));
	json_end(&j);
	buf_byte(&b, '\0');
	assert_string_equal(
	    b.at, "[\"1970-01-01\",null,\"1970-01-01T23:59:59Z\",null,null,\"\"]");
}

static void
text_is_escaped_and_always_utf8(void **state)
{
	static const struct {
		struct str text;
		const char *json;
	} cases[] = {
		{ { "plain", 5 }, "\"plain\"" },
		{ { "a\"b\\c/d", 7 }, "\"a\\\"b\\\\c/d\"" },
		{ { "\n\r\t\b\x1f\x7f", 6 }, "\"\\n\\r\\t\\u0008\\u001f\x7f\"" },
		{ { "nul\0end", 7 }, "\"nul\\u0000end\"" },
		{ { "caf\xc3\xa9 \xe2\x82\xac", 9 }, "\"caf\xc3\xa9 \xe2\x82\xac\"" },
		{ { "caf\xe9!", 5 }, "\"caf\xef\xbf\xbd!\"" },
		{ { "\xc3", 1 }, "\"\xef\xbf\xbd\"" },
		{ { "", 0 }, "\"\"" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) b = BUF(256);

		json_quote(&b, cases[i].text);
		buf_byte(&b, '\0');
		assert_string_equal(b.at, cases[i].json);
	}
}

static void
too_long_shows_in_the_buffer(void **state)
{
	AUTO(buf) b = BUF(8);
	struct json j = json_to(&b);

	(void)state;
	json_text(&j, NULL, STR("more than eight"));
	assert_false(buf_ok(&b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_nesting_are_kept_by_the_writer),
		cmocka_unit_test(dates_and_instants_that_are_not_there_are_null),
		cmocka_unit_test(text_is_escaped_and_always_utf8),
		cmocka_unit_test(too_long_shows_in_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
