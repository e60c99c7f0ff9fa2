/* Proof of work. The numbers were found with another program: python3 hashlib.pbkdf2_hmac. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/digest.h"
#include "base/code.h"
#include "work.h"

static void
slow_digests_are_those_of_rfc_7914(void **state)
{
	/* section 11: PBKDF2-HMAC-SHA-256 ("passwd", "salt", 1), its first 32 bytes */
	unsigned char got[DIGEST_BYTES];
	char hex[DIGEST_HEX];

	(void)state;
	digest_slow(STR("passwd"), STR("salt"), 1, got);
	code_hex(hex, got, sizeof got);
	assert_string_equal(
	    hex, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

static void
work_is_what_was_found_elsewhere(void **state)
{
	static const struct {
		const char *nonce, *n;
		int bits;
		bool ok;
	} cases[] = {
		{ "AAAABnonce", "36", 7, true },
		{ "AAAABnonce", "36", 8, true },
		{ "AAAABnonce", "36", 9, false },
		{ "AAAABnonce", "036", 7, false },
		{ "AAAABnonce", "35", 7, false },
		{ "AAAACnonce", "36", 7, false },
		{ "AAAABnonce", "", 7, false },
		{ "AAAABnonce", "-1", 7, false },
		{ "AAAABnonce", "1000000000", 1, false },
		{ "AAAABnonce", "", 0, true },
		{ "AAAABnonce", "no number", 0, true },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(
		    work_ok(str_of(cases[i].nonce), str_of(cases[i].n), cases[i].bits),
		    cases[i].ok);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_digests_are_those_of_rfc_7914),
		cmocka_unit_test(work_is_what_was_found_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
