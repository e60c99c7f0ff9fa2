/* UUIDs from names against the examples of RFC 9562 and against Python's uuid.uuid5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/uuid.h"

static const struct uuid dns = { { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
    0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 } };

static void
a_name_gives_the_uuid_that_others_give_it(void **state)
{
	static const struct {
		const char *name, *uuid;
	} cases[] = {
		{ "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2" }, /* A.4 */
		{ "", "4ebd0208-8328-5d69-8c44-ec50939c0967" },
		/* 16 + 39 and 40 bytes: the size still fits the block, and no longer */
		{ "123456789012345678901234567890123456789",
		    "323e716c-9a60-5420-8775-04a8d6d5e8d5" },
		{ "1234567890123456789012345678901234567890",
		    "62152d69-5eea-5dc5-8d74-dd0368401e5c" },
		{ "123456789012345678901234567890123456789012345678",
		    "5ec685a2-1896-50f7-b36e-2db706cab496" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char text[UUID_SIZE];

		uuid_write(text, uuid_of(dns, str_of(cases[i].name)));
		assert_string_equal(text, cases[i].uuid);
	}
}

static void
text_is_read_as_it_is_written(void **state)
{
	static const char *const bad[] = { "", "2ed6657d-e927-568b-95e1-2665a8aea6a",
		"2ed6657d-e927-568b-95e1-2665a8aea6a2a", "2ed6657de-927-568b-95e1-2665a8aea6a2",
		"2ed6657d-e927-568b-95e1-2665a8aea6ag",
		"{2ed6657d-e927-568b-95e1-2665a8aea6}" };
	char text[UUID_SIZE];
	struct uuid u;

	(void)state;
	assert_true(uuid_read(STR("2ED6657D-e927-568b-95e1-2665a8aea6a2"), &u));
	uuid_write(text, u);
	assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	for (size_t i = 0; i < nitems(bad); i++)
		assert_false(uuid_read(str_of(bad[i]), &u));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_gives_the_uuid_that_others_give_it),
		cmocka_unit_test(text_is_read_as_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
