/* Paths of the box: joined, made normal, never above the root, and told when they cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/box.h"

#define N50  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define N255 N50 N50 N50 N50 N50 "nnnnn"

static const struct {
	const char *at, *path, *is; /* is NULL: refused with code */
	enum err_code code;
} paths[] = {
	{ "/", "", "/", ERR_NONE },
	{ "/", "/", "/", ERR_NONE },
	{ "/", "in", "/in", ERR_NONE },
	{ "/in", "", "/in", ERR_NONE },
	{ "/in", "a.lse", "/in/a.lse", ERR_NONE },
	{ "/in", "/ack", "/ack", ERR_NONE },
	{ "/in", "../ack/b", "/ack/b", ERR_NONE },
	{ "/in", "..", "/", ERR_NONE },
	{ "/in", "../../../etc", "/etc", ERR_NONE },
	{ "/in", "./a", "/in/a", ERR_NONE },
	{ "/", "//in///a//", "/in/a", ERR_NONE },
	{ "/", "/in/.a", "/in/.a", ERR_NONE },
	{ "/", "/in/...", "/in/...", ERR_NONE },
	{ "/", "/in/a b", "/in/a b", ERR_NONE },
	{ "/", "/in/\xc3\xa4", "/in/\xc3\xa4", ERR_NONE },
	{ "/", "/in/" N255, "/in/" N255, ERR_NONE },
	{ "/", "/in/" N255 "n", NULL, ERR_BAD_INPUT },
	{ "/", "/" N255 "/" N255, NULL, ERR_BAD_INPUT },
	{ "/", "/in/a\nb", NULL, ERR_BAD_INPUT },
	{ "/", "/in/a\x7f", NULL, ERR_BAD_INPUT },
	{ "/", "/in/\xff", NULL, ERR_BAD_INPUT },
	{ "/", "/in/a/b", NULL, ERR_NOT_FOUND },
	{ "/in", "a/b", NULL, ERR_NOT_FOUND },
};

static void
a_path_is_made_normal_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(paths); i++) {
		char to[BOX_PATH_MOST];
		struct err e = { 0 };
		bool ok = box_path(to, paths[i].at, str_of(paths[i].path), &e);

		if (paths[i].is == NULL) {
			assert_false(ok);
			assert_int_equal(e.code, paths[i].code);
		} else {
			assert_true(ok);
			assert_string_equal(to, paths[i].is);
		}
	}
}

static void
a_path_with_a_nul_is_refused(void **state)
{
	char to[BOX_PATH_MOST];
	struct err e = { 0 };

	(void)state;
	assert_false(box_path(to, "/", (struct str){ "/in/a\0b", 7 }, &e));
	assert_int_equal(e.code, ERR_BAD_INPUT);
}

static void
a_path_may_be_made_in_place(void **state)
{
	char to[BOX_PATH_MOST] = "/in";
	struct err e = { 0 };

	(void)state;
	assert_true(box_path(to, to, STR("../ack/x"), &e));
	assert_string_equal(to, "/ack/x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_made_normal_or_refused),
		cmocka_unit_test(a_path_with_a_nul_is_refused),
		cmocka_unit_test(a_path_may_be_made_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
