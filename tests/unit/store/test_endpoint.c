#include "store/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
a_pin_is_read_as_people_have_it(void **state)
{
	/* 32 bytes: 0, 1, … 31 */
	static const char *const good[] = {
		"SHA256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
		"SHA256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:"
		"1A:"
		"1B:1C:1D:1E:1F\n",
		"sha256 "
		"Fingerprint=00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:"
		"15:16:17:18:19:1A:1B:1C:1D:1E:1F",
	};
	unsigned char pin[ENDPOINT_PIN_BYTES];
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(good); i++) {
		memset(pin, 0xff, sizeof pin);
		if (!endpoint_pin_read(pin, str_of(good[i]), &e))
			fail_msg("%s: %s", good[i], e.text);
		for (unsigned k = 0; k < sizeof pin; k++)
			assert_int_equal(pin[k], k);
	}
	assert_true(endpoint_pin_read(
	    pin, STR("SHA256:+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8"), &e));
	assert_int_equal(pin[0], 0xfb);
}

static void
what_is_no_sha256_is_no_pin(void **state)
{
	static const char *const bad[] = { "", "SHA256:", "SHA256:AAEC",
		"MD5:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f", "00", "zz",
		"SHA1 Fingerprint=00:01",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00" };
	unsigned char pin[ENDPOINT_PIN_BYTES];

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct err e = { 0 };

		if (endpoint_pin_read(pin, str_of(bad[i]), &e))
			fail_msg("%s", bad[i]);
		assert_int_equal(e.code, ERR_BAD_INPUT);
	}
}

static void
a_secret_is_bound_to_its_door(void **state)
{
	unsigned char pin[ENDPOINT_PIN_BYTES] = { 1 }, other[ENDPOINT_PIN_BYTES] = { 2 };
	const struct endpoint_door doors[] = {
		{ STR("SFTP"), STR("a.example"), STR("hub"), 22, pin },
		{ STR("FTPS"), STR("a.example"), STR("hub"), 22, pin },
		{ STR("SFTP"), STR("b.example"), STR("hub"), 22, pin },
		{ STR("SFTP"), STR("a.example"), STR("hub2"), 22, pin },
		{ STR("SFTP"), STR("a.example"), STR("hub"), 2222, pin },
		{ STR("SFTP"), STR("a.example"), STR("hub"), 22, other },
	};
	char place[nitems(doors)][ENDPOINT_PLACE_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(doors); i++) {
		endpoint_place(place[i], &doors[i]);
		assert_int_equal(strlen(place[i]), 9 + 64);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(place[i], place[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_is_read_as_people_have_it),
		cmocka_unit_test(what_is_no_sha256_is_no_pin),
		cmocka_unit_test(a_secret_is_bound_to_its_door),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
