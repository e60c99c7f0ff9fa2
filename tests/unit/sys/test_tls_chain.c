/* Client certificates as partners hand them over: which are taken, and what is said of the
 * others. */
#include "sys/tls_chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int
run(const char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static int
make_chains(void **state)
{
	const char *const argv[] = { "lib/make_chains", folder, NULL };

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/busbar-chain-XXXXXX");
	return mkdtemp(folder) != NULL && run(argv) == 0 ? 0 : -1;
}

static int
drop_chains(void **state)
{
	const char *const argv[] = { "rm", "-rf", folder, NULL };

	(void)state;
	return run(argv);
}

static const char *
path_of(char to[128], const char *name)
{
	snprintf(to, 128, "%s/%s.pem", folder, name);
	return to;
}

static bool
read_chain(struct buf *der, const char *name, size_t *leaf_len, struct err *e)
{
	char text[CHAIN_BYTES_MOST], path[128];
	FILE *in = fopen(path_of(path, name), "r");
	size_t len;

	assert_non_null(in);
	len = fread(text, 1, sizeof text, in);
	fclose(in);
	return chain_read((struct str){ text, len }, der, leaf_len, e);
}

/* What follows the end of `says` is a date, which moves on. */
static const struct {
	const char *name;
	bool ok;
	const char *says;
} cases[] = {
	{ "good", true, "RSA 2048, SHA256, signed by ca, until 20" },
	{ "ec", true, "EC 256, SHA256, signed by ca, until 20" },
	{ "chain", true, "RSA 2048, SHA256, signed by middle, until 20" },
	{ "below", false,
	    "no authority that the hub knows vouches for it: unable to get local issuer "
	    "certificate (certificate 1 of the chain)" },
	{ "short", false, "its key is RSA 1024, expected RSA of 2048 bits or more" },
	{ "sha1", false, "it is signed with SHA1, expected SHA-2 (SHA256, SHA384, SHA512)" },
	{ "old", false, "it has expired on 2021-01-01" },
	{ "early", false, "it is not valid before 2099-01-01" },
	{ "self", false, "it is signed by itself, expected a certificate of an authority" },
	{ "ca", false, "it is signed by itself, expected a certificate of an authority" },
	{ "server", false,
	    "no authority that the hub knows vouches for it: unsuitable certificate purpose "
	    "(certificate 1 of the chain)" },
	{ "stranger", false,
	    "no authority that the hub knows vouches for it: unable to get local issuer "
	    "certificate (certificate 1 of the chain)" },
};

static void
each_certificate_is_judged(void **state)
{
	char ca[128], says[CHAIN_SAYS_SIZE];

	(void)state;
	path_of(ca, "ca");
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
		size_t leaf_len;
		struct err e;

		assert_true(read_chain(&der, cases[i].name, &leaf_len, &e));
		if (chain_check(buf_view(&der), ca, says, &e) != cases[i].ok)
			fail_msg("%s: %s", cases[i].name, cases[i].ok ? e.text : says);
		if (cases[i].ok)
			assert_memory_equal(says, cases[i].says, strlen(cases[i].says));
		else
			assert_string_equal(e.text, cases[i].says);
		assert_true(cases[i].ok || e.code == ERR_BAD_INPUT);
	}
}

static void
der_is_read_as_pem_is(void **state)
{
	AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
	AUTO(buf) again = BUF(CHAIN_BYTES_MOST);
	size_t leaf_len, leaf_again;
	struct err e;

	(void)state;
	assert_true(read_chain(&der, "chain", &leaf_len, &e));
	assert_true(leaf_len < der.len);
	assert_true(chain_read(buf_view(&der), &again, &leaf_again, &e));
	assert_int_equal(leaf_again, leaf_len);
	assert_int_equal(again.len, der.len);
	assert_memory_equal(again.at, der.at, der.len);
}

static void
what_is_no_certificate_is_told(void **state)
{
	static const char *const texts[] = { "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n",
		"\x30\x03\x02\x01\x01" };
	static char much[CHAIN_BYTES_MOST + 1];
	size_t leaf_len;
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		AUTO(buf) der = BUF(CHAIN_BYTES_MOST);

		assert_false(chain_read(str_of(texts[i]), &der, &leaf_len, &e));
		assert_string_equal(
		    e.text, "the file is not a certificate, expected one in PEM or DER");
	}
	AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
	assert_false(chain_read((struct str){ much, sizeof much }, &der, &leaf_len, &e));
	assert_int_equal(e.code, ERR_BAD_FILE);
}

static void
an_authority_file_that_is_not_there_is_the_hubs_fault(void **state)
{
	AUTO(buf) der = BUF(CHAIN_BYTES_MOST);
	char says[CHAIN_SAYS_SIZE];
	size_t leaf_len;
	struct err e;

	(void)state;
	assert_true(read_chain(&der, "good", &leaf_len, &e));
	assert_false(chain_check(buf_view(&der), "/nonexistent/ca.pem", says, &e));
	assert_int_equal(e.code, ERR_CONF);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_certificate_is_judged),
		cmocka_unit_test(der_is_read_as_pem_is),
		cmocka_unit_test(what_is_no_certificate_is_told),
		cmocka_unit_test(an_authority_file_that_is_not_there_is_the_hubs_fault),
	};

	return cmocka_run_group_tests(tests, make_chains, drop_chains);
}
