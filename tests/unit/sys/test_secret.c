#include "sys/secret.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/code.h"

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "1F1E1D1C1B1A191817161514131211100F0E0D0C0B0A09080706050403020100"

static char folder[64];

static const char *
file(const char *name)
{
	static char path[2][128];
	static unsigned turn;

	turn = (turn + 1) % 2;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	AUTO_FD fd = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
}

static int
new_folder(void **state)
{
	struct err e;

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/busbar-keys-XXXXXX");
	return mkdtemp(folder) != NULL && secret_start(&e) ? 0 : -1;
}

static int
drop_folder(void **state)
{
	(void)state;
	unlink(file("pii.key"));
	unlink(file("index.key"));
	unlink(file("push.key"));
	unlink(file("audit.key"));
	unlink(file("link.key"));
	unlink(file("portal.key"));
	unlink(file("hook.key"));
	unlink(file("consent.key"));
	return rmdir(folder);
}

static struct keys *
keys_of(const char *pii, const char *index)
{
	struct err e = { 0 };
	struct keys *k;

	write_file("pii.key", pii, 0600);
	write_file("index.key", index, 0640);
	k = keys_open(folder, &e);
	if (k == NULL)
		fail_msg("%s", e.text);
	return k;
}

static void
what_was_sealed_opens_at_its_place_only(void **state)
{
	AUTO_PTR(keys) k = keys_of(KEY_A "\n", KEY_B);
	AUTO_PTR(keys) other = keys_of(KEY_B, KEY_A);
	static const char *const texts[] = { "", "j", "Jane Doe", "Muñoz & Söhne" };

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		char sealed[128], again[128], plain[128];
		struct str text = str_of(texts[i]), place = STR("party.person.name 17");
		struct str s = { sealed, seal(k, sealed, text, place) };
		size_t len = 99;

		assert_int_equal(s.len, text.len + SEAL_EXTRA);
		assert_true(unseal(k, plain, &len, s, place));
		assert_true(str_eq((struct str){ plain, len }, text));
		assert_false(unseal(k, plain, &len, s, STR("party.person.name 18")));
		assert_false(unseal(k, plain, &len, s, STR("party.person.phone 17")));
		assert_false(unseal(other, plain, &len, s, place));
		seal(k, again, text, place);
		assert_memory_not_equal(sealed, again, s.len); /* a nonce of its own */
	}
}

static void
no_bit_of_what_was_sealed_may_change(void **state)
{
	AUTO_PTR(keys) k = keys_of(KEY_A, KEY_B);
	char sealed[64], plain[64];
	struct str s = { sealed, seal(k, sealed, STR("4 Elm St"), STR("a.b 1")) };
	size_t len;

	(void)state;
	for (size_t bit = 0; bit < s.len * 8; bit++) {
		sealed[bit / 8] = (char)(sealed[bit / 8] ^ (1 << bit % 8));
		assert_false(unseal(k, plain, &len, s, STR("a.b 1")));
		sealed[bit / 8] = (char)(sealed[bit / 8] ^ (1 << bit % 8));
	}
	for (size_t cut = 0; cut < s.len; cut++)
		assert_false(unseal(k, plain, &len, (struct str){ sealed, cut }, STR("a.b 1")));
	assert_true(unseal(k, plain, &len, s, STR("a.b 1")));
}

static void
the_first_key_seals_and_all_unseal(void **state)
{
	AUTO_PTR(keys) old = keys_of(KEY_A, KEY_A);
	AUTO_PTR(keys) both = keys_of(KEY_B "\n" KEY_A "\n", KEY_A);
	AUTO_PTR(keys) new = keys_of(KEY_B, KEY_A);
	char sealed[64], plain[64];
	struct str s = { sealed, 0 };
	size_t len;

	(void)state;
	s.len = seal(old, sealed, STR("x"), STR("p"));
	assert_true(unseal(both, plain, &len, s, STR("p")));
	assert_false(unseal(new, plain, &len, s, STR("p")));
	s.len = seal(both, sealed, STR("x"), STR("p"));
	assert_true(unseal(new, plain, &len, s, STR("p")));
	assert_false(unseal(old, plain, &len, s, STR("p")));
}

/* What a process of each step seals, those of the step before and after open. */
static void
a_key_is_changed_in_steps_that_overlap(void **state)
{
	static const enum key_step steps[] = { KEY_ADD, KEY_USE, KEY_RETIRE };
	static const enum key_state after[] = { KEY_ADDED, KEY_USED, KEY_ONE };
	struct keys *was = keys_of(KEY_A "\n", KEY_A);
	unsigned char first = 0;
	char plain[64];
	struct stat st;
	size_t len;

	(void)state;
	for (size_t i = 0; i < nitems(steps); i++) {
		struct err e = { 0 };
		struct key_look look;
		struct keys *is;
		char sealed[2][64];
		struct str s[2] = { { sealed[0], 0 }, { sealed[1], 0 } };

		for (size_t j = 0; j < nitems(steps); j++)
			if (j != i) {
				assert_false(keys_step(folder, "pii.key", steps[j], &e));
				assert_int_equal(e.code, ERR_SEQUENCE);
			}
		assert_int_equal(chmod(file("pii.key"), 0640), 0);
		if (!keys_step(folder, "pii.key", steps[i], &e))
			fail_msg("%s", e.text);
		assert_int_equal(stat(file("pii.key"), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0640);
		assert_int_equal(access(file("pii.key.new"), F_OK), -1);
		assert_true(keys_look(folder, "pii.key", &look, &e));
		assert_int_equal(look.state, after[i]);
		is = keys_open(folder, &e);
		assert_non_null(is);
		s[0].len = seal(was, sealed[0], STR("x"), STR("p"));
		s[1].len = seal(is, sealed[1], STR("x"), STR("p"));
		/* who started after the step opens what those before it seal, but when retired
		 */
		assert_int_equal(unseal(is, plain, &len, s[0], STR("p")), true);
		/* who started before it opens what those after it seal */
		assert_true(unseal(was, plain, &len, s[1], STR("p")));
		if (steps[i] == KEY_ADD)
			first = (unsigned char)sealed[1][0];
		else
			assert_int_equal((unsigned char)sealed[1][0], look.newest);
		assert_int_equal(first == look.newest, false);
		keys_free(&was);
		was = is;
	}
	keys_free(&was);
	assert_int_equal(unlink(file("pii.key")), 0);
}

static void
the_first_of_old_keys_opens_no_more_when_it_is_retired(void **state)
{
	AUTO_PTR(keys) old = keys_of(KEY_A "\n", KEY_A);
	char sealed[64], plain[64];
	struct str s = { sealed, seal(old, sealed, STR("x"), STR("p")) };
	struct err e = { 0 };
	size_t len;

	(void)state;
	assert_true(keys_step(folder, "pii.key", KEY_ADD, &e));
	assert_true(keys_step(folder, "pii.key", KEY_USE, &e));
	{
		AUTO_PTR(keys) both = keys_open(folder, &e);

		assert_true(unseal(both, plain, &len, s, STR("p")));
	}
	assert_true(keys_step(folder, "pii.key", KEY_RETIRE, &e));
	AUTO_PTR(keys) new = keys_open(folder, &e);

	assert_false(unseal(new, plain, &len, s, STR("p")));
}

static void
a_signing_key_is_known_before_it_signs(void **state)
{
	unsigned char next[32];
	struct err e = { 0 };

	(void)state;
	write_file("audit.key", KEY_A "\n", 0600);
	assert_true(keys_step(folder, "audit.key", KEY_ADD, &e));
	{
		AUTO_PTR(keys) k = keys_open_audit(folder, &e);

		assert_non_null(keys_seed_next(k));
		memcpy(next, keys_seed_next(k), sizeof next);
		assert_memory_not_equal(keys_seed(k), next, sizeof next);
	}
	assert_true(keys_step(folder, "audit.key", KEY_REPLACE, &e));
	AUTO_PTR(keys) k = keys_open_audit(folder, &e);

	assert_memory_equal(keys_seed(k), next, sizeof next);
	assert_null(keys_seed_next(k));
	assert_false(keys_step(folder, "audit.key", KEY_REPLACE, &e));
}

/* By hand: printf 'email\000jane.doe@example.com' |
 *     openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f | cut to 32 digits */
static void
the_blind_index_is_hmac_sha256_of_kind_and_text(void **state)
{
	static const struct {
		const char *kind, *text, *hex;
	} known[] = {
		{ "email", "jane.doe@example.com", "0d6a39f4aefd62546efbef39a5c82a84" },
		{ "phone", "5125550123", "717eb4c8c7ad5325cc3ac1863618bb1d" },
	};
	AUTO_PTR(keys) k = keys_of(KEY_B, KEY_A);

	(void)state;
	for (size_t i = 0; i < nitems(known); i++) {
		unsigned char mac[INDEX_BYTES];
		char hex[2 * INDEX_BYTES + 1];

		blind_index(k, mac, known[i].kind, str_of(known[i].text));
		code_hex(hex, mac, sizeof mac);
		assert_string_equal(hex, known[i].hex);
	}
}

static void
what_is_the_same_to_a_person_has_one_normal_form(void **state)
{
	static const struct {
		const char *kind, *text, *normal; /* NULL: there is none */
	} cases[] = {
		{ "email", "  Jane.Doe@Example.COM\r\n", "jane.doe@example.com" },
		{ "email", " \t", NULL },
		{ "phone", "+1 (512) 555-0123", "5125550123" },
		{ "phone", "512.555.0123", "5125550123" },
		{ "phone", "15125550123", "5125550123" },
		{ "phone", "25125550123", "25125550123" },
		{ "phone", "+52 55 1234 5678", "525512345678" },
		{ "phone", "none", NULL },
		{ "name", "  O'Brien,\tMary-Ann ", "OBRIEN MARYANN" },
		{ "name", "José Muñoz", "JOSÉ MUÑOZ" },
		{ "name", "÷ ß", "÷ ß" },
		{ "name", ". , -", NULL },
		{ "address", "123  Main St., Apt. #4", "123 MAIN ST APT 4" },
		{ "account", " ab-12 34_x ", "AB-1234X" },
		{ "shoe", "42", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		char to[64];
		bool ok = normal_form(cases[i].kind, str_of(cases[i].text), to, sizeof to);

		print_message("  %s \"%s\"\n", cases[i].kind, cases[i].text);
		assert_int_equal(ok, cases[i].normal != NULL);
		if (ok)
			assert_string_equal(to, cases[i].normal);
	}
}

static void
a_normal_form_that_does_not_fit_is_refused(void **state)
{
	char to[5];

	(void)state;
	assert_true(normal_form("phone", STR("1234"), to, sizeof to));
	assert_false(normal_form("phone", STR("12345"), to, sizeof to));
}

static void
a_key_file_is_refused_with_its_reason_and_without_its_text(void **state)
{
	static const struct {
		const char *pii, *index;
		mode_t mode;
		const char *says; /* %s: the folder */
	} cases[] = {
		{ KEY_A, KEY_A, 0644,
		    "the key file %s/pii.key has mode 0644, expected 0600 or 0640" },
		{ KEY_A, KEY_A, 0660,
		    "the key file %s/pii.key has mode 0660, expected 0600 or 0640" },
		{ "", KEY_A, 0600, "the key file %s/pii.key is empty" },
		{ KEY_A "\n" KEY_A "0\n", KEY_A, 0600,
		    "line 2 of the key file %s/pii.key is not a key: expected 64 hex digits" },
		{ KEY_A, KEY_A "\n" KEY_A, 0600,
		    "the key file %s/index.key has 2 keys, expected 1" },
		{ KEY_A, "0", 0600,
		    "line 1 of the key file %s/index.key is not a key: expected 64 hex "
		    "digits" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err e = { 0 };
		char says[256];
		const char *gap = strstr(cases[i].says, "%s");

		write_file("pii.key", cases[i].pii, cases[i].mode);
		write_file("index.key", cases[i].index, 0600);
		snprintf(says, sizeof says, "%.*s%s%s", (int)(gap - cases[i].says),
		    cases[i].says, folder, gap + 2);
		assert_null(keys_open(folder, &e));
		assert_int_equal(e.code, ERR_CONF);
		assert_string_equal(e.text, says);
	}
}

static void
new_keys_never_go_over_old_ones(void **state)
{
	struct err e = { 0 };
	char says[128];
	struct stat st;

	(void)state;
	unlink(file("pii.key"));
	unlink(file("index.key"));
	unlink(file("push.key"));
	unlink(file("audit.key"));
	unlink(file("link.key"));
	unlink(file("portal.key"));
	unlink(file("hook.key"));
	unlink(file("consent.key"));
	assert_true(keys_make(folder, &e));
	assert_int_equal(stat(file("pii.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	{
		AUTO_PTR(keys) k = keys_open(folder, &e);

		assert_non_null(k);
	}
	unlink(file("pii.key"));
	assert_false(keys_make(folder, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	snprintf(says, sizeof says, "the key file %s/index.key is there already", folder);
	assert_string_equal(e.text, says);
	assert_int_equal(access(file("pii.key"), F_OK), -1);
}

static void
a_token_is_hmac_sha256_of_purpose_and_salt(void **state)
{
	/* python3: hmac.new(bytes(range(32)), b"DECIDE\0" + b"salt", "sha256").hexdigest() */
	static const char expected[] =
	    "5a5a1e4a9f85d98bba9175e3e7d30ff2f30413a49c45e9b1be3b197b7385a5cf";
	unsigned char token[SECRET_TOKEN_BYTES], other[SECRET_TOKEN_BYTES];
	struct err e = { 0 };
	char hex[65];

	(void)state;
	write_file("pii.key", KEY_B, 0600);
	write_file("link.key", KEY_A, 0600);
	write_file("consent.key", KEY_A, 0600);
	AUTO_PTR(keys) k = keys_open_mail(folder, &e);

	assert_non_null(k);
	keys_token(k, token, STR("salt"), "DECIDE");
	code_hex(hex, token, sizeof token);
	assert_string_equal(hex, expected);
	keys_token(k, other, STR("salt"), "OPT_OUT");
	assert_memory_not_equal(token, other, sizeof token);
}

static void
a_folder_of_an_earlier_version_gets_the_key_that_it_lacks(void **state)
{
	struct err e = { 0 };
	char says[128];

	(void)state;
	write_file("pii.key", KEY_A, 0600);
	write_file("index.key", KEY_A, 0600);
	unlink(file("push.key"));
	unlink(file("audit.key"));
	unlink(file("link.key"));
	unlink(file("portal.key"));
	unlink(file("hook.key"));
	unlink(file("consent.key"));
	assert_null(keys_open_push(folder, &e));
	assert_null(keys_open_portal(folder, &e));
	assert_true(keys_make(folder, &e));
	{
		AUTO_PTR(keys) k = keys_open_push(folder, &e);

		assert_non_null(k);
	}
	{
		AUTO_PTR(keys) k = keys_open_portal(folder, &e);

		assert_non_null(k);
	}
	assert_false(keys_make(folder, &e));
	snprintf(says, sizeof says, "the key file %s/consent.key is there already", folder);
	assert_string_equal(e.text, says);
}

static void
what_is_sealed_to_a_key_opens_with_its_other_half_at_its_place_only(void **state)
{
	unsigned char public_key[VAULT_PUBLIC_BYTES], read_back[VAULT_PUBLIC_BYTES];
	unsigned char sealed[VAULT_MOST], again[VAULT_MOST];
	char plain[VAULT_MOST], hex[2 * VAULT_PUBLIC_BYTES + 2];
	struct err e = { 0 };
	struct str box;
	size_t len, got = 0;

	(void)state;
	write_file("hook.key", KEY_A, 0600);
	AUTO_PTR(keys) k = keys_open_hook(folder, &e);
	assert_non_null(k);
	vault_public(k, public_key);
	code_hex(hex, public_key, sizeof public_key);
	strcat(hex, "\n");
	write_file("hook.pub", hex, 0644);
	assert_true(vault_public_read(read_back, file("hook.pub"), &e));
	assert_memory_equal(read_back, public_key, sizeof public_key);
	len = vault_seal(sealed, read_back, STR("whsec_x"), STR("12"));
	assert_int_equal(len, 7 + 3 + VAULT_EXTRA);
	box = (struct str){ (char *)sealed, len };
	assert_true(vault_open(k, plain, &got, box, STR("12")));
	assert_int_equal(got, 7);
	assert_memory_equal(plain, "whsec_x", 7);
	assert_false(vault_open(k, plain, &got, box, STR("1")));
	assert_false(vault_open(k, plain, &got, box, STR("123")));
	assert_int_equal(vault_seal(again, public_key, STR("whsec_x"), STR("12")), len);
	assert_memory_not_equal(again, sealed, len); /* each time another */
	for (size_t i = 0; i < len; i++) {
		sealed[i] ^= 1;
		assert_false(vault_open(k, plain, &got, box, STR("12")));
		sealed[i] ^= 1;
	}
	assert_false(vault_open(k, plain, &got, (struct str){ NULL, 0 }, STR("12")));
	write_file("hook.pub", "not a key\n", 0644);
	assert_false(vault_public_read(read_back, file("hook.pub"), &e));
	write_file("hook.key", KEY_B, 0600);
	{
		AUTO_PTR(keys) other = keys_open_hook(folder, &e);

		assert_non_null(other);
		assert_false(vault_open(other, plain, &got, box, STR("12")));
	}
	unlink(file("hook.pub"));
}

/* RFC 4231, test cases 1, 2 and 6. */
static void
hmac_sha256_is_that_of_the_standard(void **state)
{
	static const struct {
		const char *key, *first, *second, *mac;
	} rows[] = {
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		  "\x0b\x0b",
		    "Hi ", "There",
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", "what do ya want for", " nothing?",
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	};
	unsigned char mac[SECRET_HMAC_BYTES];
	char hex[2 * SECRET_HMAC_BYTES + 1], long_key[131];

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		secret_hmac(
		    mac, str_of(rows[i].key), str_of(rows[i].first), str_of(rows[i].second));
		code_hex(hex, mac, sizeof mac);
		assert_string_equal(hex, rows[i].mac);
	}
	memset(long_key, 0xaa, sizeof long_key);
	secret_hmac(mac, (struct str){ long_key, sizeof long_key },
	    STR("Test Using Larger Than Block-Size Key - Hash Key First"),
	    (struct str){ NULL, 0 });
	code_hex(hex, mac, sizeof mac);
	assert_string_equal(
	    hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sealed_opens_at_its_place_only),
		cmocka_unit_test(no_bit_of_what_was_sealed_may_change),
		cmocka_unit_test(the_first_key_seals_and_all_unseal),
		cmocka_unit_test(a_key_is_changed_in_steps_that_overlap),
		cmocka_unit_test(the_first_of_old_keys_opens_no_more_when_it_is_retired),
		cmocka_unit_test(a_signing_key_is_known_before_it_signs),
		cmocka_unit_test(the_blind_index_is_hmac_sha256_of_kind_and_text),
		cmocka_unit_test(what_is_the_same_to_a_person_has_one_normal_form),
		cmocka_unit_test(a_normal_form_that_does_not_fit_is_refused),
		cmocka_unit_test(a_key_file_is_refused_with_its_reason_and_without_its_text),
		cmocka_unit_test(new_keys_never_go_over_old_ones),
		cmocka_unit_test(a_token_is_hmac_sha256_of_purpose_and_salt),
		cmocka_unit_test(a_folder_of_an_earlier_version_gets_the_key_that_it_lacks),
		cmocka_unit_test(
		    what_is_sealed_to_a_key_opens_with_its_other_half_at_its_place_only),
		cmocka_unit_test(hmac_sha256_is_that_of_the_standard),
	};

	return cmocka_run_group_tests(tests, new_folder, drop_folder);
}
