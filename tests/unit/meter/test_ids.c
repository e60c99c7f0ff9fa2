/* ESI IDs, DUNS and meter numbers: shapes and exact round trips. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "meter/ids.h"

static void
esiids_of_both_shapes_come_back_as_they_were(void **state)
{
	static const struct {
		const char *text;
		uint32_t head;
		uint64_t rest;
		uint32_t prefix;
	} cases[] = {
		{ "10443720000000001", 44372 * 2, 1, 1044372 },
		{ "10443729999999999", 44372 * 2, UINT64_C(9999999999), 1044372 },
		{ "10176991234567890", 17699 * 2, UINT64_C(1234567890), 1017699 },
		{ "1008901000000000000002", 8901 * 2 + 1, 2, 1008901 },
		{ "1008901999999999999999", 8901 * 2 + 1, UINT64_C(999999999999999), 1008901 },
		{ "10000000000000000", 0, 0, 1000000 },
		{ "1099999012345678901234", 99999 * 2 + 1, UINT64_C(12345678901234), 1099999 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct esiid id;
		char text[ESIID_SIZE];

		assert_true(esiid_read(str_of(cases[i].text), &id));
		assert_int_equal(id.head, cases[i].head);
		assert_true(id.rest == cases[i].rest);
		assert_int_equal(esiid_prefix(id), cases[i].prefix);
		assert_int_equal(esiid_write(text, id), strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
}

static void
esiids_of_other_shapes_are_refused(void **state)
{
	static const char *const cases[] = { "", "1", "1044372000000001", "104437200000000012",
		"104437200000000000001", "10443720000000000000012", "11443720000000001",
		"20443720000000001", "1044372000000000A", "10A43720000000001",
		"1044372 000000001", "104437200000000/1", "1044372000000:001",
		"'0443720000000001", "10-43720000000001", "100890100000000000000x" };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct esiid id;

		if (esiid_read(str_of(cases[i]), &id))
			fail_msg("%s is taken", cases[i]);
	}
}

static void
esiids_are_the_same_only_with_the_same_digits(void **state)
{
	struct esiid a, b;

	(void)state;
	assert_true(esiid_read(STR("10089010000000002"), &a));
	assert_true(esiid_read(STR("1008901000000000000002"), &b));
	assert_true(esiid_same(a, a));
	assert_false(esiid_same(a, b));
}

static void
duns_have_9_or_13_digits(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "007924772", true },
		{ "1039940674000", true },
		{ "07924772", false },
		{ "0079247720", false },
		{ "00792477A", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(duns_ok(str_of(cases[i].text)), cases[i].ok);
}

static void
meter_numbers_compare_in_one_form(void **state)
{
	static const struct {
		const char *text, *normal; /* NULL: refused */
	} cases[] = {
		{ "123456789LG", "123456789LG" },
		{ " 123456789lg\t", "123456789LG" },
		{ "a-1", "A-1" },
		{ "12345678901234567890123456789012", "12345678901234567890123456789012" },
		{ "123456789012345678901234567890123", NULL },
		{ "", NULL },
		{ "  ", NULL },
		{ "12 34", NULL },
		{ "12_34", NULL },
		{ "12\xc3\xa9", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char to[METER_NUMBER_MOST + 1];
		bool ok = meter_number_normal(str_of(cases[i].text), to);

		assert_int_equal(ok, cases[i].normal != NULL);
		if (ok)
			assert_string_equal(to, cases[i].normal);
	}
}

static void
mailboxes_are_what_mail_servers_take(void **state)
{
#define TEN   "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "a@b.c", true },
		{ "Ada.Merri-weather+bills@mail.example.com", true },
		{ "o'brien@example.org", true },
		{ "{a}|~@x-1.example", true },
		{ FIFTY TEN "abcd@example.com", true },
		{ FIFTY TEN "abcde@example.com", false },
		{ "", false },
		{ "a", false },
		{ "@b.c", false },
		{ "a@", false },
		{ "a@b", false },
		{ "a@b.", false },
		{ "a@.b", false },
		{ "a@b..c", false },
		{ ".a@b.c", false },
		{ "a.@b.c", false },
		{ "a..b@c.d", false },
		{ "a@b@c.d", false },
		{ "a b@c.d", false },
		{ "\"a b\"@c.d", false },
		{ "a@b.c\r\nBcc: d@e.f", false },
		{ "a@b.c,d@e.f", false },
		{ "Ada <a@b.c>", false },
		{ "a@-b.c", false },
		{ "a@b-.c", false },
		{ "a@[127.0.0.1]", false },
		{ "jos\xc3\xa9@b.c", false },
		{ "a@" FIFTY TEN "abcd.com", false },
		{ "a@" FIFTY "." FIFTY "." FIFTY "." FIFTY "." TEN TEN TEN TEN "abcdefgh",
		    true },
		{ "a@" FIFTY "." FIFTY "." FIFTY "." FIFTY "." TEN TEN TEN TEN "abcdefghi",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (email_ok(str_of(cases[i].text)) != cases[i].ok)
			fail_msg("case %zu: %s", i, cases[i].text);
	assert_false(email_ok((struct str){ "a\0b@c.d", 7 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mailboxes_are_what_mail_servers_take),
		cmocka_unit_test(esiids_of_both_shapes_come_back_as_they_were),
		cmocka_unit_test(esiids_of_other_shapes_are_refused),
		cmocka_unit_test(esiids_are_the_same_only_with_the_same_digits),
		cmocka_unit_test(duns_have_9_or_13_digits),
		cmocka_unit_test(meter_numbers_compare_in_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
