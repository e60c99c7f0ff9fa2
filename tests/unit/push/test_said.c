#include "said.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *line;
	enum said_what what;
	int64_t number;
	const char *reason, *text;
} lines[] = {
	{ "moved 0", SAID_MOVED, 0, "", "" },
	{ "moved 9223372036854775807", SAID_MOVED, INT64_MAX, "", "" },
	{ "resumed 55", SAID_RESUMED, 55, "", "" },
	{ "uploaded", SAID_UPLOADED, 0, "", "" },
	{ "sent 12 250 Rename successful.", SAID_SENT, 12, "", "250 Rename successful." },
	{ "sent 12", SAID_SENT, 12, "", "" },
	{ "withdrawn", SAID_WITHDRAWN, 0, "", "" },
	{ "failed pin it is another", SAID_FAILED, 0, "pin", "it is another" },
	{ "failed stall", SAID_FAILED, 0, "stall", "" },
	{ "failed reset a\033[2Jb", SAID_FAILED, 0, "reset", "a?[2Jb" },
	{ "", SAID_NONSENSE, 0, "", "" },
	{ "moved", SAID_NONSENSE, 0, "", "" },
	{ "moved -1", SAID_NONSENSE, 0, "", "" },
	{ "moved 1 2", SAID_NONSENSE, 0, "", "" },
	{ "moved 9223372036854775808", SAID_NONSENSE, 0, "", "" },
	{ "uploaded now", SAID_NONSENSE, 0, "", "" },
	{ "UPLOADED", SAID_NONSENSE, 0, "", "" },
	{ "sent", SAID_NONSENSE, 0, "", "" },
	{ "failed", SAID_NONSENSE, 0, "", "" },
	{ "failed Pin x", SAID_NONSENSE, 0, "", "" },
	{ "failed averyveryverylongreason x", SAID_NONSENSE, 0, "", "" },
	{ "publish", SAID_NONSENSE, 0, "", "" },
};

static void
a_line_is_one_of_these_or_nonsense(void **state)
{
	struct said s;

	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		said_read(&s, str_of(lines[i].line));
		if (s.what != lines[i].what)
			fail_msg("\"%s\" is %d", lines[i].line, (int)s.what);
		if (s.what == SAID_NONSENSE)
			continue;
		assert_int_equal(s.number, lines[i].number);
		assert_string_equal(s.reason, lines[i].reason);
		assert_string_equal(s.text, lines[i].text);
	}
}

static void
what_is_too_long_is_nonsense(void **state)
{
	char line[SAID_LINE_MOST + 2];
	struct said s;

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line, "sent 1 ", 7);
	said_read(&s, (struct str){ line, SAID_LINE_MOST });
	assert_int_equal(s.what, SAID_SENT);
	assert_int_equal(strlen(s.text), SAID_TEXT_SIZE - 1);
	said_read(&s, (struct str){ line, SAID_LINE_MOST + 1 });
	assert_int_equal(s.what, SAID_NONSENSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_one_of_these_or_nonsense),
		cmocka_unit_test(what_is_too_long_is_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
