#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	AUTO_PTR(arena) a = arena_new(1024 * 1024);
	unsigned char *last = NULL;

	(void)state;
	for (size_t bytes = 0; bytes < 1400; bytes += 7) {
		unsigned char *p = arena_get(a, bytes);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_ptr_not_equal(p, last);
		for (size_t i = 0; i < bytes; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xA5, bytes);
		last = p;
	}
}

static void
past_the_maximum_there_is_nothing(void **state)
{
	AUTO_PTR(arena) a = arena_new(100);

	(void)state;
	assert_null(arena_get(a, 101));
	assert_null(arena_get(a, SIZE_MAX));
	assert_non_null(arena_get(a, 60));
	assert_null(arena_get(a, 41));
	assert_non_null(arena_get(a, 40));
	assert_int_equal(arena_used(a), 100);
	assert_null(arena_get(a, 1));
	assert_null(arena_get(a, 0));
	assert_null(arena_str(a, STR("")).at);
}

static void
a_maximum_of_everything_is_still_one(void **state)
{
	AUTO_PTR(arena) a = arena_new(SIZE_MAX);

	(void)state;
	assert_null(arena_get(a, SIZE_MAX));
	assert_null(arena_get(a, SIZE_MAX - 8));
	assert_null(arena_str(a, (struct str){ "", SIZE_MAX }).at);
	assert_non_null(arena_get(a, 8));
}

static void
a_text_is_copied_with_a_nul(void **state)
{
	AUTO_PTR(arena) a = arena_new(100);
	char text[] = "10443720001234567";
	struct str s = arena_str(a, str_of(text)), none = arena_str(a, (struct str){ NULL, 0 });

	(void)state;
	text[0] = 'x';
	assert_int_equal(s.len, 17);
	assert_string_equal(s.at, "10443720001234567");
	assert_int_equal(none.len, 0);
	assert_string_equal(none.at, "");
}

static void
reset_gives_everything_back_zeroed(void **state)
{
	AUTO_PTR(arena) a = arena_new(64 * 1024);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 16; i++) {
			/* pieces that share a chunk and pieces that have their own */
			size_t bytes = i % 2 == 0 ? 4096 : 64;
			unsigned char *p = arena_get(a, bytes);

			assert_non_null(p);
			assert_int_equal(p[0], 0);
			assert_int_equal(p[bytes - 1], 0);
			memset(p, 0xFF, bytes);
		}
		assert_int_equal(arena_used(a), 8 * 4096 + 8 * 64);
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
}

static void
freeing_forgets_the_pointer(void **state)
{
	struct arena *a = arena_new(10);

	(void)state;
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
	assert_null(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(past_the_maximum_there_is_nothing),
		cmocka_unit_test(a_maximum_of_everything_is_still_one),
		cmocka_unit_test(a_text_is_copied_with_a_nul),
		cmocka_unit_test(reset_gives_everything_back_zeroed),
		cmocka_unit_test(freeing_forgets_the_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
