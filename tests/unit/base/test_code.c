#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/code.h"

static void
hex_goes_out_and_back(void **state)
{
	const unsigned char bytes[] = { 0x00, 0x0F, 0xA5, 0xFF };
	unsigned char back[4];
	char text[9];

	(void)state;
	code_hex(text, bytes, sizeof(bytes));
	assert_string_equal(text, "000fa5ff");
	assert_true(code_unhex(back, 4, STR("000Fa5Ff")));
	assert_memory_equal(back, bytes, 4);
	code_hex(text, bytes, 0);
	assert_string_equal(text, "");
	assert_true(code_unhex(back, 0, STR("")));
}

static void
hex_of_another_length_or_alphabet_is_refused(void **state)
{
	static const char *const bad[] = { "", "00", "000", "00000", "000000", "0g00", "00 0",
		"0x00", "-100", "00\xC3\xA9" };
	unsigned char to[2];

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++)
		assert_false(code_unhex(to, sizeof(to), str_of(bad[i])));
}

/* RFC 4648 section 10, without padding; the last two use the letters that differ from base64.
 */
static const struct {
	struct str bytes, text;
} b64us[] = {
	{ STR(""), STR("") },
	{ STR("f"), STR("Zg") },
	{ STR("fo"), STR("Zm8") },
	{ STR("foo"), STR("Zm9v") },
	{ STR("foob"), STR("Zm9vYg") },
	{ STR("fooba"), STR("Zm9vYmE") },
	{ STR("foobar"), STR("Zm9vYmFy") },
	{ STR("\xFF\xFF\xFF"), STR("____") },
	{ STR("\xFB\xEF\xBE"), STR("----") },
};

static void
base64url_is_that_of_rfc_4648(void **state)
{
	char text[16], back[16];

	(void)state;
	for (size_t i = 0; i < nitems(b64us); i++) {
		size_t len = b64us[i].bytes.len;

		assert_int_equal(code_b64u_size(len), b64us[i].text.len + 1);
		code_b64u(text, b64us[i].bytes.at, len);
		assert_string_equal(text, b64us[i].text.at);
		assert_true(code_unb64u(back, len, b64us[i].text));
		assert_memory_equal(back, b64us[i].bytes.at, len);
		assert_false(code_unb64u(back, len + 1, b64us[i].text));
	}
}

static void
a_value_has_only_one_base64url_text(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} bad[] = {
		{ "Zh", 1 },   /* the four bits left over are not zero */
		{ "Zm9", 2 },  /* nor these two */
		{ "Zg==", 1 }, /* padding */
		{ "Z", 1 },
		{ "Z", 0 },
		{ "Zm9+", 3 }, /* base64, not base64url */
		{ "Zm9/", 3 },
		{ "Zm 9", 3 },
		{ "Zm9vYg\n", 4 },
	};
	char to[8];

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++)
		assert_false(code_unb64u(to, bad[i].len, str_of(bad[i].text)));
}

static void
base64_is_that_of_rfc_4648(void **state)
{
	/* the vectors of section 10, and the two digits that base64url has not */
	static const struct {
		const char *bytes, *text;
	} cases[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" } };
	char text[16];
	unsigned char bytes[8];
	size_t len;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		code_b64(text, cases[i].bytes, strlen(cases[i].bytes));
		assert_string_equal(text, cases[i].text);
		assert_true(code_unb64(bytes, sizeof bytes, &len, str_of(cases[i].text)));
		assert_int_equal(len, strlen(cases[i].bytes));
		assert_memory_equal(bytes, cases[i].bytes, len);
	}
}

static void
base64_that_is_not_strict_is_refused(void **state)
{
	static const char *const cases[] = { "Zg",
		"Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm-_", "Zm 9v", "Zm9vZg==Zm9v",
		"Zm9vYmFyYmFyYmFy" };
	unsigned char bytes[9];
	size_t len;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (code_unb64(bytes, sizeof bytes, &len, str_of(cases[i])))
			fail_msg("%s", cases[i]);
}

static void
sameness_is_seen_wherever_the_difference_is(void **state)
{
	char a[33], b[33];

	(void)state;
	memset(a, 'k', sizeof(a));
	memset(b, 'k', sizeof(b));
	assert_true(code_same(a, b, sizeof(a)));
	assert_true(code_same(a, b, 0));
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] ^= (char)0x80;
		assert_false(code_same(a, b, sizeof(a)));
		assert_true(code_same(a, b, i));
		b[i] ^= (char)0x80;
	}
}

static void
crc32c_gives_the_sums_of_rfc_3720(void **state)
{
	unsigned char bytes[32];

	(void)state;
	/* appendix B.4, and the usual check value */
	assert_int_equal(code_crc32c(0, "123456789", 9), 0xE3069283);
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(code_crc32c(0, bytes, sizeof(bytes)), 0x8A9136AA);
	memset(bytes, 0xFF, sizeof(bytes));
	assert_int_equal(code_crc32c(0, bytes, sizeof(bytes)), 0x62A8AB43);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	assert_int_equal(code_crc32c(0, bytes, sizeof(bytes)), 0x46DD794E);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(31 - i);
	assert_int_equal(code_crc32c(0, bytes, sizeof(bytes)), 0x113FDB5C);
	assert_int_equal(code_crc32c(0, bytes, 0), 0);
}

static void
crc32c_is_the_same_in_parts_and_on_any_machine(void **state)
{
	unsigned char bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 37 + 11);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		uint32_t whole = code_crc32c(0, bytes, len);

		assert_int_equal(code_crc32c_table(0, bytes, len), whole);
		assert_int_equal(
		    code_crc32c(code_crc32c(0, bytes, len / 3), bytes + len / 3, len - len / 3),
		    whole);
	}
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Flipping any bit of input or seed should flip about half of the result. */
static void
each_bit_of_input_moves_half_of_the_hash(void **state)
{
	static const size_t lengths[] = { 1, 3, 4, 7, 8, 9, 16, 17, 22, 33, 100 };
	unsigned char bytes[100];

	(void)state;
	for (size_t k = 0; k < nitems(lengths); k++) {
		size_t len = lengths[k], flips = 0;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (unsigned char)('0' + i % 10);
		for (size_t bit = 0; bit < len * 8; bit++) {
			uint64_t h = code_hash64(bytes, len, 1), g;
			int differ;

			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			g = code_hash64(bytes, len, 1);
			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			differ = __builtin_popcountll(h ^ g);
			assert_in_range(differ, 10, 54);
			flips += (size_t)differ;
		}
		/* 32 of 64, give or take six standard deviations of the mean of a byte's bits
		 */
		assert_in_range(flips * 100 / (len * 8), 2600, 3800);
	}
	for (int bit = 0; bit < 64; bit++)
		assert_in_range(__builtin_popcountll(code_hash64("x", 1, 0) ^
						     code_hash64("x", 1, UINT64_C(1) << bit)),
		    10, 54);
}

static void
numbers_in_a_row_spread_over_a_table(void **state)
{
	enum { N = 100000, CELLS = 1 << 16 };
	static uint64_t all[N];
	static unsigned char low[CELLS], high[CELLS];
	char text[24];
	unsigned most = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		int len = snprintf(text, sizeof(text), "10443720%09d", i);

		all[i] = code_hash64(text, (size_t)len, 0);
		low[all[i] % CELLS]++;
		high[all[i] >> 48]++;
	}
	/* 1.5 in a cell on average: more than 14 has a chance of about 1e-6 for a good hash */
	for (int i = 0; i < CELLS; i++) {
		most = low[i] > most ? low[i] : most;
		most = high[i] > most ? high[i] : most;
	}
	assert_in_range(most, 1, 14);
	qsort(all, N, sizeof(all[0]), by_value);
	for (int i = 1; i < N; i++)
		assert_int_not_equal(all[i - 1], all[i]);
}

static void
length_counts_in_the_hash(void **state)
{
	static const unsigned char zeros[40];
	uint64_t all[41];

	(void)state;
	for (size_t i = 0; i <= 40; i++) {
		all[i] = code_hash64(zeros, i, 0);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(all[i], all[k]);
	}
}

static void
integers_are_written_big_end_first(void **state)
{
	unsigned char p[8];

	(void)state;
	put_be16(p, 0x0102);
	assert_memory_equal(p, "\x01\x02", 2);
	assert_int_equal(get_be16(p), 0x0102);
	put_be32(p, 0x01020304);
	assert_memory_equal(p, "\x01\x02\x03\x04", 4);
	assert_int_equal(get_be32(p), 0x01020304);
	put_be64(p, UINT64_C(0x0102030405060708));
	assert_memory_equal(p, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	assert_true(get_be64(p) == UINT64_C(0x0102030405060708));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_goes_out_and_back),
		cmocka_unit_test(hex_of_another_length_or_alphabet_is_refused),
		cmocka_unit_test(base64url_is_that_of_rfc_4648),
		cmocka_unit_test(a_value_has_only_one_base64url_text),
		cmocka_unit_test(base64_is_that_of_rfc_4648),
		cmocka_unit_test(base64_that_is_not_strict_is_refused),
		cmocka_unit_test(sameness_is_seen_wherever_the_difference_is),
		cmocka_unit_test(crc32c_gives_the_sums_of_rfc_3720),
		cmocka_unit_test(crc32c_is_the_same_in_parts_and_on_any_machine),
		cmocka_unit_test(each_bit_of_input_moves_half_of_the_hash),
		cmocka_unit_test(numbers_in_a_row_spread_over_a_table),
		cmocka_unit_test(length_counts_in_the_hash),
		cmocka_unit_test(integers_are_written_big_end_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
