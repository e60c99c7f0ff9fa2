/* Nonces: good for one link, one browser, one time. */
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

#include "base/code.h"
#include "nonce.h"

enum { LIFE_MS = 43200000 };
static const int64_t sent_ms = 1795700000000; /* some day of November 2026 */

static struct keys *
key(void)
{
	char folder[] = "/tmp/nonce-XXXXXX", path[64];
	struct keys *k;
	struct err e = { 0 };

	assert_non_null(mkdtemp(folder));
	assert_true(secret_start(&e));
	assert_true(keys_make(folder, &e));
	k = keys_open_portal(folder, &e);
	assert_non_null(k);
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "pii", "index", "push", "portal" };

		snprintf(path, sizeof path, "%s/%s.key", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
	return k;
}

static void
a_nonce_is_good_for_its_link_cookie_and_time_only(void **state)
{
	AUTO_PTR(keys) k = key();
	AUTO_PTR(keys) other_key = key();
	unsigned char link[LINK_BYTES] = { 1 }, other[LINK_BYTES] = { 2 };
	char cookie[COOKIE_SIZE], stranger[COOKIE_SIZE], nonce[NONCE_SIZE];
	int64_t age_ms;

	(void)state;
	cookie_make(cookie);
	cookie_make(stranger);
	assert_string_not_equal(cookie, stranger);
	nonce_make(nonce, k, link, str_of(cookie), sent_ms);
	assert_int_equal(strlen(nonce), NONCE_SIZE - 1);
#define SAYS(key, link, cookie, ms) \
	nonce_check(str_of(nonce), key, link, str_of(cookie), sent_ms + (ms), LIFE_MS, &age_ms)
	assert_int_equal(SAYS(k, link, cookie, 0), NONCE_OK);
	assert_int_equal(age_ms, 0);
	assert_int_equal(SAYS(k, link, cookie, 2999), NONCE_OK);
	assert_int_equal(age_ms, 2999);
	assert_int_equal(SAYS(k, link, cookie, LIFE_MS), NONCE_OK);
	assert_int_equal(SAYS(k, link, cookie, LIFE_MS + 1), NONCE_OLD);
	assert_int_equal(SAYS(k, link, cookie, -4000), NONCE_OK); /* another process's clock */
	assert_int_equal(SAYS(k, link, cookie, -6000), NONCE_OLD);
	assert_int_equal(SAYS(k, other, cookie, 0), NONCE_BAD);
	assert_int_equal(SAYS(k, link, stranger, 0), NONCE_BAD);
	assert_int_equal(SAYS(k, link, "", 0), NONCE_BAD);
	assert_int_equal(SAYS(other_key, link, cookie, 0), NONCE_BAD);
}

static void
a_nonce_with_any_bit_changed_is_none(void **state)
{
	AUTO_PTR(keys) k = key();
	unsigned char link[LINK_BYTES] = { 1 }, bytes[24];
	char cookie[COOKIE_SIZE], nonce[NONCE_SIZE], spoilt[NONCE_SIZE];
	int64_t age_ms;

	(void)state;
	cookie_make(cookie);
	nonce_make(nonce, k, link, str_of(cookie), sent_ms);
	assert_true(code_unb64u(bytes, sizeof bytes, str_of(nonce)));
	for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		code_b64u(spoilt, bytes, sizeof bytes);
		bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_int_equal(nonce_check(str_of(spoilt), k, link, str_of(cookie), sent_ms,
				     LIFE_MS, &age_ms),
		    NONCE_BAD);
	}
	for (size_t len = 0; len < NONCE_SIZE - 1; len++)
		assert_int_equal(nonce_check((struct str){ nonce, len }, k, link,
				     str_of(cookie), sent_ms, LIFE_MS, &age_ms),
		    NONCE_BAD);
}

static void
only_what_was_made_has_the_form_of_a_cookie(void **state)
{
	static const struct {
		const char *cookie;
		bool ok;
	} cases[] = {
		{ "AAAAAAAAAAAAAAAAAAAAAA", true },
		{ "AAAAAAAAAAAAAAAAAAAAA", false },
		{ "AAAAAAAAAAAAAAAAAAAAAAA", false },
		{ "AAAAAAAAAAAAAAAAAAAA;A", false },
		{ "AAAAAAAAAAAAAAAAAAAA=A", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(cookie_ok(str_of(cases[i].cookie)), cases[i].ok);
	assert_false(cookie_ok((struct str){ NULL, 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nonce_is_good_for_its_link_cookie_and_time_only),
		cmocka_unit_test(a_nonce_with_any_bit_changed_is_none),
		cmocka_unit_test(only_what_was_made_has_the_form_of_a_cookie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
