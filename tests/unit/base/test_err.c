#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/err.h"

static void
an_error_is_a_code_and_a_text(void **state)
{
	struct err e;

	(void)state;
	assert_false(err(&e, ERR_BAD_FILE, "line %d: %s is missing", 7, "DUNS"));
	assert_int_equal(e.code, ERR_BAD_FILE);
	assert_string_equal(e.text, "line 7: DUNS is missing");
	err_clear(&e);
	assert_int_equal(e.code, ERR_NONE);
	assert_string_equal(e.text, "");
}

static void
a_caller_may_not_care(void **state)
{
	(void)state;
	assert_false(err(NULL, ERR_BUG, "%d", 1));
	assert_false(err_errno(NULL, ERR_BUG, "%d", 1));
	assert_false(err_at(NULL, "%d", 1));
	err_clear(NULL);
}

static void
what_a_stranger_sent_cannot_forge_a_line(void **state)
{
	struct err e;

	(void)state;
	assert_false(
	    err(&e, ERR_BAD_INPUT, "name is \"%s\"", "a\r\nINFO ok\x1B[1m\xC2\x85\xFF"));
	assert_string_equal(e.text, "name is \"a??INFO ok?[1m??\"");
}

static void
a_long_text_is_cut_between_characters(void **state)
{
	char text[2000];
	struct err e;

	(void)state;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', sizeof(text));
		for (size_t i = shift; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xE2\x82\xAC", 3);
		text[sizeof(text) - 1] = '\0';
		assert_false(err(&e, ERR_BAD_INPUT, "%s", text));
		/* 479 = 3 * 159 + 2: whole characters behind the shift */
		assert_int_equal(strlen(e.text), shift == 2 ? 479 : 477 + shift);
		assert_memory_equal(e.text, text, strlen(e.text));
		assert_true(str_utf8(str_of(e.text)));
	}
}

static void
the_systems_reason_is_told_even_behind_a_long_text(void **state)
{
	char text[600];
	struct err e;

	(void)state;
	errno = ENOENT;
	assert_false(err_errno(&e, ERR_IO, "spool %s", "in"));
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "spool in: No such file or directory");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = EIO;
	assert_false(err_errno(&e, ERR_IO, "%s", text));
	assert_int_equal(errno, EIO);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_true(str_ends(str_of(e.text), "x: Input/output error"));
}

static void
no_space_left_is_a_code_of_its_own(void **state)
{
	struct err e;

	(void)state;
	errno = ENOSPC;
	assert_false(err_errno(&e, ERR_IO, "store"));
	assert_int_equal(e.code, ERR_NO_SPACE);
	assert_string_equal(e.text, "store: No space left on device");
	errno = EMFILE;
	assert_false(err_errno(&e, ERR_IO, "store"));
	assert_int_equal(e.code, ERR_BUSY);
	errno = EDQUOT;
	assert_false(err_errno(&e, ERR_IO, "store"));
	assert_int_equal(e.code, ERR_NO_SPACE);
}

static void
a_place_goes_before_the_text(void **state)
{
	struct err e;

	(void)state;
	assert_false(err(&e, ERR_BAD_FILE, "column 3: channel is missing"));
	assert_false(err_at(&e, "%s:%d", "may.lse", 12));
	assert_int_equal(e.code, ERR_BAD_FILE);
	assert_string_equal(e.text, "may.lse:12: column 3: channel is missing");
}

static void
a_text_may_quote_the_one_before(void **state)
{
	struct err e;

	(void)state;
	assert_false(err(&e, ERR_BAD_FILE, "inner"));
	assert_false(err(&e, ERR_CONF, "outer, because of %s", e.text));
	assert_string_equal(e.text, "outer, because of inner");
	assert_false(err_at(&e, "place of %s", e.text));
	assert_string_equal(
	    e.text, "place of outer, because of inner: outer, because of inner");
}

static void
every_error_has_a_row_that_says_something(void **state)
{
	(void)state;
	for (size_t i = 0; i < ERR_CODES; i++) {
		assert_true(str_starts(str_of(err_rows[i].name), "ERR_"));
		assert_in_range(err_rows[i].http, 200, 599);
		assert_in_range(err_rows[i].ftp, 200, 599);
		assert_in_range(err_rows[i].exit, 0, 78);
		assert_true(str_ends(str_of(err_rows[i].say), "."));
	}
	assert_string_equal(err_rows[ERR_NO_SPACE].name, "ERR_NO_SPACE");
	assert_int_equal(err_rows[ERR_NO_SPACE].http, 507);
	assert_int_equal(err_rows[ERR_NO_SPACE].ftp, 452);
	assert_int_equal(err_rows[ERR_NO_SPACE].exit, 75);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_is_a_code_and_a_text),
		cmocka_unit_test(a_caller_may_not_care),
		cmocka_unit_test(what_a_stranger_sent_cannot_forge_a_line),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
		cmocka_unit_test(the_systems_reason_is_told_even_behind_a_long_text),
		cmocka_unit_test(no_space_left_is_a_code_of_its_own),
		cmocka_unit_test(a_place_goes_before_the_text),
		cmocka_unit_test(a_text_may_quote_the_one_before),
		cmocka_unit_test(every_error_has_a_row_that_says_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
