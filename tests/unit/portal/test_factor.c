/* Codes of a second factor, and the picture by which a phone learns its secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "account/qr.h"
#include "account/totp.h"

static const unsigned char secret[TOTP_BYTES] = "12345678901234567890";

/* RFC 6238, appendix B: the last six of its eight digits. */
static void
codes_are_those_of_the_standard(void **state)
{
	static const struct {
		int64_t at;
		const char *code;
	} cases[] = { { 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" },
		{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" } };
	char code[TOTP_DIGITS + 1], text[TOTP_TEXT + 1];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		totp_code(code, secret, cases[i].at / TOTP_STEP_S);
		assert_string_equal(code, cases[i].code);
	}
	totp_text(text, secret);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void
a_code_is_good_for_one_step_more_on_either_side(void **state)
{
	static const struct {
		const char *typed;
		int64_t now, step;
	} cases[] = {
		{ "287082", 59, 1 },
		{ " 287 082 ", 59, 1 },
		{ "287082", 29, 1 },	     /* a clock that is behind */
		{ "287082", 89, 1 },	     /* one that is ahead */
		{ "287082", 90, TOTP_NONE }, /* too much */
		{ "287083", 59, TOTP_NONE },
		{ "94287082", 59, TOTP_NONE },
		{ "28708", 59, TOTP_NONE },
		{ "", 59, TOTP_NONE },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(
		    totp_step(secret, str_of(cases[i].typed), cases[i].now), cases[i].step);
}

static void
recovery_codes_are_read_as_people_write_them(void **state)
{
	unsigned char one[32], two[32];
	char text[RECOVERY_TEXT + 1];

	(void)state;
	recovery_text(text, secret);
	assert_string_equal(text, "GEZD-GNBV-GY3T-QOJQ");
	recovery_hash(STR("GEZD-GNBV-GY3T-QOJQ"), one);
	recovery_hash(STR(" gezdgnbv gy3tqojq"), two);
	assert_memory_equal(one, two, 32);
	recovery_hash(STR("GEZD-GNBV-GY3T-QOJR"), two);
	assert_memory_not_equal(one, two, 32);
}

/* ---- the picture, read by what the standard says, not by what qr.c does ---- */

static bool
is_pattern(int r, int c)
{
	return (r < 9 && c < 9) || (r < 9 && c >= QR_SIZE - 8) || (r >= QR_SIZE - 8 && c < 9) ||
	       r == 6 || c == 6 || (r >= 28 && r <= 32 && c >= 28 && c <= 32);
}

static int
read_bytes(const struct qr *qr, unsigned char to[134])
{
	int n = 0;
	bool up = true;

	memset(to, 0, 134);
	for (int right = 36; right >= 1; right -= right == 8 ? 3 : 2) {
		for (int i = 0; i < 37; i++)
			for (int c = right; c > right - 2; c--) {
				int r = up ? 36 - i : i;

				if (is_pattern(r, c))
					continue;
				if (n < 134 * 8 && qr->dark[r][c] != ((r + c) % 2 == 0))
					to[n / 8] |= (unsigned char)(128 >> n % 8);
				n++;
			}
		up = !up;
	}
	return n;
}

static unsigned char
gf(unsigned char a, unsigned char b)
{
	unsigned sum = 0, x = a;

	for (int i = 0; i < 8; i++, x = x << 1 ^ (x & 128 ? 0x11d : 0))
		if (b >> i & 1)
			sum ^= x;
	return (unsigned char)sum;
}

static void
the_picture_holds_the_text(void **state)
{
	static const char *const texts[] = { "",
		"otpauth://totp/"
		"Busbar:customer-12?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="
		"Busbar",
		"012345678901234567890123456789012345678901234567890123456789012345678901234567"
		"8901"
		"234567890123456789012345" };
	unsigned char all[134], root = 1;
	struct qr qr;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		size_t len = strlen(texts[i]);

		assert_true(qr_make(&qr, str_of(texts[i])));
		/* 1,079 places: 134 bytes and 7 bits more */
		assert_int_equal(read_bytes(&qr, all), 134 * 8 + 7);
		assert_int_equal(all[0] >> 4, 4);
		assert_int_equal((all[0] & 15) << 4 | all[1] >> 4, len);
		for (size_t k = 0; k < len; k++)
			assert_int_equal((all[k + 1] & 15) << 4 | all[k + 2] >> 4,
			    (unsigned char)texts[i][k]);
		/* a word without an error is zero at each of the roots */
		root = 1;
		for (int k = 0; k < 26; k++, root = gf(root, 2)) {
			unsigned char sum = 0;

			for (size_t b = 0; b < 134; b++)
				sum = (unsigned char)(gf(sum, root) ^ all[b]);
			assert_int_equal(sum, 0);
		}
	}
	/* the corners, and the format beside them: level L, mask 0 is 111011111000100 */
	for (int k = 0; k < 7; k++)
		assert_true(qr.dark[0][k] && qr.dark[6][k] && qr.dark[k][0] && qr.dark[36][k]);
	for (int k = 0; k < 6; k++)
		assert_int_equal(qr.dark[8][k], "111011"[k] == '1');
	assert_false(
	    qr_make(&qr, str_of("01234567890123456789012345678901234567890123456789012"
				"345678901234567890123456789012345678901234567890123456")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_of_the_standard),
		cmocka_unit_test(a_code_is_good_for_one_step_more_on_either_side),
		cmocka_unit_test(recovery_codes_are_read_as_people_write_them),
		cmocka_unit_test(the_picture_holds_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
