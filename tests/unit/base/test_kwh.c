#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/kwh.h"

static const struct {
	const char *text;
	enum kwh_read is;
	int64_t wh;
} reads[] = {
	{ "0.155", KWH_OK, 155 },
	{ "12", KWH_OK, 12000 },
	{ ".5", KWH_OK, 500 },
	{ "12.", KWH_OK, 12000 },
	{ "0", KWH_OK, 0 },
	{ "0.000", KWH_OK, 0 },
	{ "1.05", KWH_OK, 1050 },
	{ "9999.999", KWH_OK, 9999999 },
	{ "999999.9", KWH_OK, 999999900 },
	{ "10000.001", KWH_OK, 10000001 },
	{ "99999.999", KWH_OK, 99999999 },
	{ "100000.000", KWH_OK, 100000000 },
	{ "  0.155 \t\r\n", KWH_OK, 155 },
	{ "+0.155", KWH_OK, 155 },
	{ "000000000000000000000000000001.5", KWH_OK, 1500 },
	{ "0.15500000000000000000000000000", KWH_OK, 155 },
	{ "1000000000", KWH_OK, KWH_MOST_WH },
	{ "1000000000.000", KWH_OK, KWH_MOST_WH },
	{ "-0.000", KWH_OK, 0 },
	{ "-0.001", KWH_NEGATIVE, -1 },
	{ "-1000000000", KWH_NEGATIVE, -KWH_MOST_WH },
	{ "-12", KWH_NEGATIVE, -12000 },
	{ "", KWH_EMPTY, 0 },
	{ " \t ", KWH_EMPTY, 0 },
	{ "0.1551", KWH_PRECISE, 0 },
	{ "0.0000000000000000000000001", KWH_PRECISE, 0 },
	{ "-0.0001", KWH_PRECISE, 0 },
	{ "1000000000.001", KWH_TOO_LARGE, 0 },
	{ "-1000000000.001", KWH_TOO_LARGE, 0 },
	{ "9223372036854775807", KWH_TOO_LARGE, 0 },
	{ "9223372036854775.808", KWH_TOO_LARGE, 0 },
	{ "99999999999999999999999999999999999999", KWH_TOO_LARGE, 0 },
	{ "18446744073709551617.000", KWH_TOO_LARGE, 0 },
	{ ".", KWH_NOT_NUMBER, 0 },
	{ "-", KWH_NOT_NUMBER, 0 },
	{ "+", KWH_NOT_NUMBER, 0 },
	{ "-.", KWH_NOT_NUMBER, 0 },
	{ "--1", KWH_NOT_NUMBER, 0 },
	{ "1.2.3", KWH_NOT_NUMBER, 0 },
	{ "1..23", KWH_NOT_NUMBER, 0 },
	{ "...5", KWH_NOT_NUMBER, 0 },
	{ "1,5", KWH_NOT_NUMBER, 0 },
	{ "1 5", KWH_NOT_NUMBER, 0 },
	{ "1e3", KWH_NOT_NUMBER, 0 },
	{ "0x1.0", KWH_NOT_NUMBER, 0 },
	{ "NULL", KWH_NOT_NUMBER, 0 },
	{ "NaN", KWH_NOT_NUMBER, 0 },
	{ "1.2/3", KWH_NOT_NUMBER, 0 }, /* the neighbours of the digits */
	{ "1.2:3", KWH_NOT_NUMBER, 0 },
	{ "/.123", KWH_NOT_NUMBER, 0 },
	{ ":.123", KWH_NOT_NUMBER, 0 },
	{ "0.15\xB5", KWH_NOT_NUMBER, 0 },
	{ "\xFA.155", KWH_NOT_NUMBER, 0 },
	{ "1.2a", KWH_NOT_NUMBER, 0 },
	{ "99999999999999999999999999999x", KWH_NOT_NUMBER, 0 },
};

/* From memory of exactly its size, so that ASan sees a byte read too many. */
static enum kwh_read
read_tight(struct str s, int64_t *wh)
{
	char *tight = malloc(s.len > 0 ? s.len : 1);
	enum kwh_read got;

	assert_non_null(tight);
	if (s.len > 0)
		memcpy(tight, s.at, s.len);
	got = kwh_read((struct str){ tight, s.len }, wh);
	free(tight);
	return got;
}

static void
energy_is_read_exactly_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(reads); i++) {
		bool set = reads[i].is == KWH_OK || reads[i].is == KWH_NEGATIVE;
		int64_t wh = 4711;

		if (read_tight(str_of(reads[i].text), &wh) != reads[i].is)
			fail_msg("%s", reads[i].text);
		assert_int_equal(wh, set ? reads[i].wh : 4711);
	}
	assert_int_equal(kwh_read((struct str){ NULL, 0 }, &(int64_t){ 0 }), KWH_EMPTY);
}

/* All texts of five and six bytes over an alphabet of trouble, quick way against the long way.
 */
static void
the_quick_way_and_the_long_way_agree(void **state)
{
	static const char alphabet[] = { '0', '1', '9', '.', '-', ' ', '/', ':', (char)0xB0 };
	enum { N = sizeof(alphabet) };
	char text[6];
	size_t quick = 0;

	(void)state;
	for (int n = 0; n < N * N * N * N * N * N; n++) {
		for (int i = 0, m = n; i < 6; i++, m /= N)
			text[i] = alphabet[m % N];
		for (size_t len = 5; len <= 6; len++) {
			int64_t a = -1, b = -2;

			if (!kwh_read_short(text, len, &a))
				continue;
			quick++;
			assert_int_equal(kwh_read_any((struct str){ text, len }, &b), KWH_OK);
			assert_int_equal(a, b);
		}
	}
	/* of five: four digits of three kinds, with any sixth byte; of six: five digits */
	assert_int_equal(quick, 81 * N + 243);
}

static void
what_is_written_is_read_back(void **state)
{
	char text[KWH_SIZE];
	int64_t back;

	(void)state;
	for (int64_t wh = -12000; wh < 2000000; wh += wh < 12000 ? 1 : 997) {
		size_t len = kwh_write(text, wh);

		assert_int_equal(len, strlen(text));
		assert_int_equal(
		    kwh_read((struct str){ text, len }, &back), wh < 0 ? KWH_NEGATIVE : KWH_OK);
		assert_int_equal(back, wh);
	}
}

static const struct {
	int64_t v;
	int decimals;
	const char *text;
} writes[] = {
	{ 0, 0, "0" },
	{ 0, 3, "0.000" },
	{ 7, 3, "0.007" },
	{ 9999, 3, "9.999" },
	{ 10000, 3, "10.000" },
	{ -1, 3, "-0.001" },
	{ -12345, 3, "-12.345" },
	{ 12345, 0, "12345" },
	{ -5, 9, "-0.000000005" },
	{ 123456, 2, "1234.56" },
	{ INT64_MAX, 3, "9223372036854775.807" },
	{ INT64_MIN, 3, "-9223372036854775.808" },
	{ INT64_MIN, 0, "-9223372036854775808" },
	{ INT64_MAX, 9, "9223372036.854775807" },
};

static void
decimals_are_written_in_full(void **state)
{
	char text[KWH_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(writes); i++) {
		assert_int_equal(decimal_write(text, writes[i].v, writes[i].decimals),
		    strlen(writes[i].text));
		assert_string_equal(text, writes[i].text);
		if (writes[i].decimals != 3)
			continue;
		assert_int_equal(kwh_write(text, writes[i].v), strlen(writes[i].text));
		assert_string_equal(text, writes[i].text);
	}
}

static const struct {
	const char *text;
	int decimals;
	bool good;
	int64_t v;
} decimals[] = {
	{ "12.34", 2, true, 1234 },
	{ "-12.3", 2, true, -1230 },
	{ "+.07", 2, true, 7 },
	{ "5", 0, true, 5 },
	{ "-0.05", 2, true, -5 },
	{ "9223372036854775807", 0, true, INT64_MAX },
	{ "92233720368547758.07", 2, true, INT64_MAX },
	{ "92233720368547758.08", 2, false, 0 },
	{ "9223372036854775808", 0, false, 0 },
	{ "1", 9, true, 1000000000 },
	{ "9999999999", 9, false, 0 },
	{ "1.234", 2, false, 0 },
	{ "1.230", 2, false, 0 },
	{ "1.0", 0, false, 0 },
	{ "", 2, false, 0 },
	{ " 1", 2, false, 0 },
	{ "1 ", 2, false, 0 },
	{ "1e2", 2, false, 0 },
	{ "$1", 2, false, 0 },
	{ "1,000.00", 2, false, 0 },
};

static void
decimals_are_read_to_the_place_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(decimals); i++) {
		int64_t v = 4711;

		if (decimal_read(str_of(decimals[i].text), decimals[i].decimals, &v) !=
		    decimals[i].good)
			fail_msg("%s", decimals[i].text);
		assert_int_equal(v, decimals[i].good ? decimals[i].v : 4711);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(energy_is_read_exactly_or_refused),
		cmocka_unit_test(the_quick_way_and_the_long_way_agree),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(decimals_are_written_in_full),
		cmocka_unit_test(decimals_are_read_to_the_place_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
