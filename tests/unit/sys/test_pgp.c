/* Which keys are taken, what is said of the others, and that gpg itself opens what is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/pgp.h"

enum { FILE_MOST = 64 * 1024, BIG_BYTES = 3 * 1000 * 1000 };

static void
add_file(struct buf *b, const char *name)
{
	char path[128], piece[4096];
	int fd;
	ssize_t n;

	(void)snprintf(path, sizeof path, "data/pgp/%s.asc", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_add(b, piece, (size_t)n);
	close(fd);
}

/* ---- keys ---- */

static const struct {
	const char *files, *says; /* "" : taken */
	const char *fingerprint;
	int64_t expires_s;
} keys[] = {
	{ "partner", "", "E4B07359B94E00B2DC97E79FF18C45A3D2EB9EC7", 0 },
	{ "curve", "", "CBB1943B632D76B593CF455802D441CD8FEB2866", 0 },
	{ "ends-2099", "", "3EF86FECBFADE8626805F83966CC2E769C169A0D", 4102401600 },
	{ "signer", "the key can only sign, expected one that encrypts", "", 0 },
	{ "expired", "the key's validity expired at 2020-12-31T12:00:00Z", "", 0 },
	{ "part-expired", "the key's part that encrypts expired at 2020-12-31T12:00:00Z", "",
	    0 },
	{ "revoked", "the key was revoked", "", 0 },
	{ "short", "the key has 1024 bits, expected 2048 or more", "", 0 },
	{ "partner.private", "that is a private key, expected the public one", "", 0 },
	{ "partner curve", "there are 2 keys, expected one", "", 0 },
};

static void
a_key_is_taken_or_told_what_is_wrong_with_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(keys); i++) {
		AUTO(buf) b = BUF(FILE_MOST);
		struct str rest = str_of(keys[i].files), name;
		struct pgp_key key;
		struct err e = { .text = "" };

		while (rest.len > 0) {
			char file[32];

			str_cut(rest, ' ', &name, &rest);
			str_copy(file, sizeof file, name);
			add_file(&b, file);
		}
		if (pgp_key_check(buf_view(&b), &key, &e) != (keys[i].says[0] == '\0') ||
		    strcmp(e.text, keys[i].says) != 0)
			fail_msg("%s: %s", keys[i].files, e.text);
		if (keys[i].says[0] != '\0') {
			assert_int_equal(e.code, ERR_BAD_INPUT);
			continue;
		}
		assert_string_equal(key.fingerprint, keys[i].fingerprint);
		assert_true(key.expires_s == keys[i].expires_s);
	}
}

static void
what_is_no_key_is_told(void **state)
{
	static const char begins[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----",
			  ends[] = "-----END PGP PUBLIC KEY BLOCK-----";
	AUTO(buf) b = BUF(FILE_MOST);
	AUTO(buf) hollow = BUF(FILE_MOST);
	AUTO(buf) long_one = BUF(2 * PGP_KEY_MOST);
	struct pgp_key key;
	struct err e;
	size_t whole;

	(void)state;
	assert_false(pgp_key_check(STR("ssh-ed25519 AAAA partner"), &key, &e));
	assert_string_equal(
	    e.text, "that is no armoured key, expected -----BEGIN PGP PUBLIC KEY BLOCK-----");
	assert_false(pgp_key_check(STR(""), &key, &e));
	assert_int_equal(e.code, ERR_BAD_INPUT);
	add_file(&b, "partner");
	whole = b.len;
	assert_false(pgp_key_check((struct str){ b.at, whole / 2 }, &key, &e));
	assert_string_equal(e.text, "the key is cut off: its last line is not there");
	/* cut in its middle, with the last line put back */
	buf_add(&hollow, b.at, whole / 2);
	buf_fmt(&hollow, "\n%s\n", ends);
	assert_false(pgp_key_check(buf_view(&hollow), &key, &e));
	assert_string_equal(e.text, "the key is damaged or cut off");
	buf_reset(&hollow);
	buf_fmt(&hollow, "%s\n\nAAAA\n%s", begins, ends);
	assert_false(pgp_key_check(buf_view(&hollow), &key, &e));
	assert_string_equal(e.text, "the key is damaged or cut off");
	b.at[whole / 2] ^= 1; /* the check sum tells */
	assert_false(pgp_key_check(buf_view(&b), &key, &e));
	assert_int_equal(e.code, ERR_BAD_INPUT);
	buf_c(&long_one, begins);
	while (long_one.len <= PGP_KEY_MOST)
		buf_c(&long_one, "\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	buf_c(&long_one, ends);
	assert_false(pgp_key_check(buf_view(&long_one), &key, &e));
	assert_int_equal(e.code, ERR_TOO_BIG);
}

static unsigned
left_in_tmp(void)
{
	DIR *d = opendir("/tmp");
	struct dirent *x;
	unsigned n = 0;

	assert_non_null(d);
	while ((x = readdir(d)) != NULL)
		n += strncmp(x->d_name, "busbar-key-", 11) == 0;
	closedir(d);
	return n;
}

/* ---- messages ---- */

static bool
keep(void *self, const void *bytes, size_t len, struct err *e)
{
	(void)e;
	buf_add(self, bytes, len);
	return true;
}

static bool
refuse(void *self, const void *bytes, size_t len, struct err *e)
{
	(void)self, (void)bytes, (void)len;
	return err(e, ERR_NO_SPACE, "the disk is full");
}

static bool
encrypt(const char *name, pgp_out *out, void *self, struct err *e)
{
	AUTO(buf) key = BUF(FILE_MOST);
	char line[64];
	bool ok = true;

	add_file(&key, name);
	AUTO_PTR(pgp) p = pgp_begin(buf_view(&key), out, self, e);

	assert_non_null(p);
	for (unsigned i = 0; ok && i < BIG_BYTES / 30; i++) {
		int n = snprintf(line, sizeof line, "%029u\n", i * 2654435761u);

		ok = pgp_add(p, line, (size_t)n, e);
	}
	return ok && pgp_end(p, e);
}

static void
gpg_opens_the_message_with_the_private_key(void **state)
{
	AUTO(buf) b = BUF(2 * BIG_BYTES);
	char home[] = "/tmp/busbar-gpg-XXXXXX", command[512], want[64], got[64];
	struct err e;
	FILE *f;

	(void)state;
	if (!encrypt("partner", keep, &b, &e))
		fail_msg("%s", e.text);
	assert_true(str_starts(buf_view(&b), "-----BEGIN PGP MESSAGE-----\n"));
	assert_true(str_ends(buf_view(&b), "-----END PGP MESSAGE-----\n"));
	assert_non_null(mkdtemp(home));
	(void)snprintf(command, sizeof command,
	    "gpg --homedir %s --batch --quiet --import data/pgp/partner.private.asc && "
	    "gpg --homedir %s --batch --quiet --decrypt >%s/plain && "
	    "gpgconf --homedir %s --kill all",
	    home, home, home, home);
	f = popen(command, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(b.at, 1, b.len, f), b.len);
	assert_int_equal(pclose(f), 0);
	(void)snprintf(command, sizeof command, "%s/plain", home);
	f = fopen(command, "r");
	assert_non_null(f);
	for (unsigned i = 0; i < BIG_BYTES / 30; i++) {
		(void)snprintf(want, sizeof want, "%029u\n", i * 2654435761u);
		assert_non_null(fgets(got, sizeof got, f));
		assert_string_equal(got, want);
	}
	assert_null(fgets(got, sizeof got, f));
	(void)fclose(f);
	(void)snprintf(command, sizeof command, "rm -r %s", home);
	assert_int_equal(system(command), 0);
}

static void
a_key_that_has_ended_meanwhile_encrypts_nothing(void **state)
{
	static const char *const names[] = { "expired", "part-expired", "revoked", "signer",
		"partner.private" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		AUTO(buf) b = BUF(2 * BIG_BYTES);

		assert_false(encrypt(names[i], keep, &b, &e));
		assert_int_equal(e.code, ERR_BAD_INPUT);
		assert_true(str_starts(str_of(e.text), "gpg failed: gpg: "));
		assert_int_equal(b.len, 0);
	}
}

static void
an_output_that_fails_ends_it(void **state)
{
	struct err e;

	(void)state;
	assert_false(encrypt("curve", refuse, NULL, &e));
	assert_int_equal(e.code, ERR_NO_SPACE);
	assert_string_equal(e.text, "the disk is full");
}

static void
nothing_is_left_behind(void **state)
{
	(void)state;
	assert_int_equal(left_in_tmp(), 0);
	assert_int_not_equal(access("/trustdb.gpg", F_OK), 0);
	assert_int_not_equal(access("/random_seed", F_OK), 0);
	assert_int_not_equal(access("/pubring.kbx", F_OK), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_taken_or_told_what_is_wrong_with_it),
		cmocka_unit_test(what_is_no_key_is_told),
		cmocka_unit_test(gpg_opens_the_message_with_the_private_key),
		cmocka_unit_test(a_key_that_has_ended_meanwhile_encrypts_nothing),
		cmocka_unit_test(an_output_that_fails_ends_it),
		cmocka_unit_test(nothing_is_left_behind),
	};

	signal(SIGPIPE, SIG_IGN); /* as the loop does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
