/* What is wrong with a form, before anybody looks at what it means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fields.h"

static const struct field rows[] = {
	{ "line", "text", "off", 5, TEXT_LANG, TEXTS, TEXT_WRONG_TICK },
	{ "area", "textarea", "off", 5, TEXT_LANG, TEXTS, TEXTS },
	{ "file", "file", "off", 5, TEXT_LANG, TEXTS, TEXTS },
	{ "box", "checks", "off", 0, TEXT_LANG, TEXTS, TEXT_WRONG_KINDS },
};

static const struct {
	const char *name, *value;
	size_t row;
	enum text wrong;
} cases[] = {
	{ "line", "", 0, TEXT_WRONG_TICK },
	{ "line", " \t", 0, TEXT_WRONG_TICK },
	{ "line", "12345", 0, TEXTS },
	{ "line", "123456", 0, TEXT_WRONG_LONG },
	{ "line", "a\x1b[1m", 0, TEXT_WRONG_SIGNS },
	{ "line", "a\nb", 0, TEXT_WRONG_SIGNS },
	{ "line", "a\x7f", 0, TEXT_WRONG_SIGNS },
	{ "line", "a\xc2\x85", 0, TEXT_WRONG_SIGNS },	     /* next line */
	{ "line", "a\xc2\xa0", 0, TEXTS },		     /* a blank that does not break */
	{ "line", "a\xe2\x80\xaegpj", 0, TEXT_WRONG_SIGNS }, /* right to left, whatever it is */
	{ "line", "a\xe2\x81\xa6gpj", 0, TEXT_WRONG_SIGNS }, /* isolates */
	{ "line", "a\xe2\x80\x8f\xd7\x90", 0, TEXTS },	     /* a mark, as Hebrew has */
	{ "line", "\xc3\xb1\xc3\xb1\xc3\xb1\xc3\xb1\xc3\xb1", 0,
	    TEXTS }, /* characters, not bytes */
	{ "line",
	    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
	    "a",
	    0, TEXTS },
	{ "line",
	    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
	    "ab",
	    0, TEXT_WRONG_LONG }, /* as browsers count */
	{ "line", "a\xff", 0, TEXT_WRONG_SIGNS },
	{ "area", "", 1, TEXTS },
	{ "area", "a\r\nb\r\nc", 1, TEXTS },
	{ "area", "a\r\nb\r\ncd", 1, TEXT_WRONG_LONG },
	{ "area", "a\x07", 1, TEXT_WRONG_SIGNS },
	{ "file", "\x01 any bytes", 2, TEXTS },
	{ "box", "1", 3, TEXT_WRONG_KINDS },
	{ "box-a", "1", 3, TEXTS },
};

static void
a_field_says_what_is_wrong_with_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct form f = { .n = 1 };
		enum text wrong[FIELDS_MOST];

		f.at[0].name = str_of(cases[i].name);
		f.at[0].value = str_of(cases[i].value);
		(void)fields_check(rows, nitems(rows), &f, wrong);
		if (wrong[cases[i].row] != cases[i].wrong)
			fail_msg("case %zu, %s: %d, expected %d", i, cases[i].name,
			    wrong[cases[i].row], cases[i].wrong);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_says_what_is_wrong_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
