/* Verifiers: digests that other tools gave, and every kind of file that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/code.h"
#include "store/proof.h"

#define KEY_BODY "AAAAC3NzaC1lZDI1NTE5AAAAIFMa3ZlowomXwz9BxPmOFIkrhwBOF51SWqyxIHYTJaZK"
/* base64 -d | sha256sum; what ssh-keygen -l shows in Base64 */
#define KEY_SHA256 "2358686a6b8af858f53d7edf76619830a175d482d5b00e2bdda2b7b6c76cfb41"
#define PEM_BODY                                                             \
	"MIIBejCCASGgAwIBAgIUGlCR/M2oBA0GEVQdvvwKALRHzTowCgYIKoZIzj0EAwIw\n" \
	"EjEQMA4GA1UEAwwHcGFydG5lcjAgFw0yNjExMjQxNTQyMDJaGA8yMTI2MTAzMTE1\n" \
	"NDIwMlowEjEQMA4GA1UEAwwHcGFydG5lcjBZMBMGByqGSM49AgEGCCqGSM49AwEH\n" \
	"A0IABEG/cHWzr8MJTGgn/rVOqMqpq7NFIwxTis4nOS7GhF8R4NQNZtIUoN5RWT/C\n" \
	"mLyYTdF8bawtnmo5iI0WEpTvyC+jUzBRMB0GA1UdDgQWBBR0Dnr7JDwHGX4Zy+iY\n" \
	"03sM7Ro7MjAfBgNVHSMEGDAWgBR0Dnr7JDwHGX4Zy+iY03sM7Ro7MjAPBgNVHRMB\n" \
	"Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIHwqdJ39zvl2Wq12+RZS8wWPE17r\n" \
	"M73BkL6JitnQXwWJAiAzlmN93LjxvRtX+WblYmT5ptvsafc2Fis8gPIumafKVA==\n"
#define PEM_BEGIN "-----BEGIN CERTIFICATE-----\n"
#define PEM_END	  "-----END CERTIFICATE-----\n"
/* openssl x509 -outform DER | sha256sum */
#define PEM_SHA256 "069ee2e7b676d27e323587613c98f3fb214f852d2388a732e020701951b6c34b"

static void
assert_verifier(const struct proof *p, const char *kind, const char *hex)
{
	char is[DIGEST_HEX];

	code_hex(is, p->verifier, sizeof p->verifier);
	assert_string_equal(is, hex);
	assert_string_equal(p->kind, kind);
	assert_false(p->salted);
}

static void
a_key_is_known_by_the_digest_that_ssh_keygen_shows(void **state)
{
	static const char *const good[] = {
		"ssh-ed25519 " KEY_BODY " somebody@there\n",
		"ssh-ed25519 " KEY_BODY,
		"  ssh-ed25519   " KEY_BODY "\r\n",
	};
	struct proof p;

	(void)state;
	for (size_t i = 0; i < nitems(good); i++) {
		assert_true(proof_of_ssh_key(&p, str_of(good[i]), NULL));
		assert_verifier(&p, "SSH_KEY", KEY_SHA256);
	}
}

static void
what_is_no_public_key_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "the file does not begin with a type of key as ssh-ed25519" },
		{ "ssh-dss AAAAB3NzaC1kc3M=",
		    "the file does not begin with a type of key as ssh-ed25519" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n",
		    "this is a private key or a certificate, expected the file NAME.pub" },
		{ "ssh-ed25519", "what follows the type is not a key of that type" },
		{ "ssh-ed25519 ====", "what follows the type is not a key of that type" },
		{ "ssh-ed25519 AAAA", "what follows the type is not a key of that type" },
		{ "ssh-rsa " KEY_BODY, "what follows the type is not a key of that type" },
		{ "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ==",
		    "the RSA key is too short, expected 2048 bits or more" },
	};
	struct proof p;

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct err e = { 0 };

		assert_false(proof_of_ssh_key(&p, str_of(bad[i].text), &e));
		assert_int_equal(e.code, ERR_BAD_FILE);
		assert_string_equal(e.text, bad[i].says);
	}
}

static void
a_certificate_is_known_by_the_digest_of_its_der(void **state)
{
	static const char *const good[] = {
		PEM_BEGIN PEM_BODY PEM_END,
		"subject=CN = partner\n" PEM_BEGIN PEM_BODY PEM_END PEM_BEGIN "AAAA" PEM_END,
	};
	struct proof p;

	(void)state;
	for (size_t i = 0; i < nitems(good); i++) {
		assert_true(proof_of_certificate(&p, str_of(good[i]), NULL));
		assert_verifier(&p, "CERTIFICATE", PEM_SHA256);
	}
}

static void
what_is_no_certificate_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "the file is not a certificate, expected one in PEM or DER" },
		{ "0\x82\x01", "the file is not a certificate, expected one in PEM or DER" },
		{ "-----BEGIN PRIVATE KEY-----\nMC4=\n",
		    "the file is not a certificate, expected one in PEM or DER" },
		{ PEM_BEGIN PEM_BODY, "the PEM certificate is not whole" },
		{ PEM_BEGIN PEM_END, "the PEM certificate is not whole" },
		{ PEM_BEGIN "MIIBejCC" PEM_END,
		    "the file is not a certificate, expected one in PEM or DER" },
	};
	struct proof p;

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct err e = { 0 };

		assert_false(proof_of_certificate(&p, str_of(bad[i].text), &e));
		assert_int_equal(e.code, ERR_BAD_FILE);
		assert_string_equal(e.text, bad[i].says);
	}
}

static void
a_password_is_kept_as_the_digest_of_what_is_derived(void **state)
{
	unsigned char derived[SECRET_DERIVED_BYTES], digest[DIGEST_BYTES];
	static const unsigned char salt[SECRET_SALT_BYTES] = { 1 }, other_salt[16] = { 2 };
	struct proof p, again;
	char made[MADE_SIZE], other[MADE_SIZE];

	(void)state;
	proof_new_password(made);
	proof_new_password(other);
	assert_int_equal(strlen(made), 24);
	assert_string_not_equal(made, other);
	assert_true(proof_of_password(&p, str_of(made), salt, NULL));
	assert_true(proof_of_password(&again, str_of(made), other_salt, NULL));
	assert_true(p.salted);
	assert_memory_equal(p.salt, salt, sizeof salt);
	assert_memory_not_equal(p.verifier, again.verifier, sizeof p.verifier);
	assert_true(secret_derive(derived, str_of(made), p.salt, NULL));
	digest_of(derived, sizeof derived, digest);
	assert_memory_equal(p.verifier, digest, sizeof digest);
}

static void
a_password_that_cannot_be_typed_is_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "the password has 0 bytes, expected 12 to 256" },
		{ "elevenchars", "the password has 11 bytes, expected 12 to 256" },
		{ "with a\ttab in it", "the password has a control character" },
		{ "not UTF-8 \xff\xff", "the password is not UTF-8" },
	};
	static const unsigned char salt[SECRET_SALT_BYTES];
	char most[PASSWORD_MOST + 2];
	struct proof p;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		e = (struct err){ 0 };
		assert_false(proof_of_password(&p, str_of(bad[i].text), salt, &e));
		assert_int_equal(e.code, ERR_BAD_INPUT);
		assert_string_equal(e.text, bad[i].says);
	}
	memset(most, 'x', sizeof most);
	assert_true(proof_of_password(&p, (struct str){ most, PASSWORD_MOST }, salt, NULL));
	assert_false(proof_of_password(&p, (struct str){ most, PASSWORD_MOST + 1 }, salt, &e));
}

static void
a_token_is_kept_as_its_digest(void **state)
{
	unsigned char digest[DIGEST_BYTES];
	struct proof p;
	char made[MADE_SIZE];

	(void)state;
	proof_new_token(&p, made);
	assert_int_equal(strlen(made), 43);
	digest_of(made, strlen(made), digest);
	assert_memory_equal(p.verifier, digest, sizeof digest);
	assert_string_equal(p.kind, "TOKEN");
}

static int
start(void **state)
{
	(void)state;
	return secret_start(NULL) ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_known_by_the_digest_that_ssh_keygen_shows),
		cmocka_unit_test(what_is_no_public_key_is_refused),
		cmocka_unit_test(a_certificate_is_known_by_the_digest_of_its_der),
		cmocka_unit_test(what_is_no_certificate_is_refused),
		cmocka_unit_test(a_password_is_kept_as_the_digest_of_what_is_derived),
		cmocka_unit_test(a_password_that_cannot_be_typed_is_refused),
		cmocka_unit_test(a_token_is_kept_as_its_digest),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
