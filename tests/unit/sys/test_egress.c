#include "sys/egress.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- URLs ---- */

/* says NULL: it is read; else how the error begins. */
static const struct {
	const char *url, *says;
} urls[] = {
	{ "sftp://hub@files.example.com/in", NULL },
	{ "sftp://files.example.com", NULL },
	{ "sftp://hub@files.example.com:2222/~/in/daily/", NULL },
	{ "ftpes://hub@files.example.com/", NULL },
	{ "ftps://hub@files.example.com:990/in", NULL },
	{ "https://files.example.com/put/here", NULL },
	{ "https://[2606:4700::1111]:8443/x", NULL },
	{ "sftp://93.184.216.34/in", NULL },
	{ "sftp://FILES.Example.COM/in", NULL },
	{ "http://files.example.com/", "expected a URL that begins with" },
	{ "ftp://files.example.com/", "expected a URL that begins with" },
	{ "file:///etc/passwd", "expected a URL that begins with" },
	{ "gopher://files.example.com/", "expected a URL that begins with" },
	{ "SFTP://files.example.com/", "expected a URL that begins with" },
	{ "scp://files.example.com/", "expected a URL that begins with" },
	{ "files.example.com", "expected a URL that begins with" },
	{ "", "expected a URL that begins with" },
	{ "https://", "the host is missing" },
	{ "https:///in", "the host is missing" },
	{ "https://:443/in", "the host is missing" },
	{ "https://files.example.com:0/", "port \"0\"" },
	{ "https://files.example.com:65536/", "port \"65536\"" },
	{ "https://files.example.com:022/", "port \"022\"" },
	{ "https://files.example.com:/", "port \"\"" },
	{ "https://files.example.com:22:22/", "an IPv6 address stands in brackets" },
	{ "https://files.example.com:a/", "port \"a\"" },
	/* the many ways to write 127.0.0.1 */
	{ "https://2130706433/", "host \"2130706433\"" },
	{ "https://127.1/", "host \"127.1\"" },
	{ "https://127.0.1/", "host \"127.0.1\"" },
	{ "https://0177.0.0.1/", "host \"0177.0.0.1\"" },
	{ "https://0x7f.0.0.1/", "host \"0x7f.0.0.1\"" },
	{ "https://0x7f000001/", "host \"0x7f000001\"" },
	{ "https://017700000001/", "host \"017700000001\"" },
	{ "https://127.0.0.01/", "host \"127.0.0.01\"" },
	{ "https://127.0.0.1./", "host \"127.0.0.1.\"" },
	{ "https://256.1.1.1/", "host \"256.1.1.1\"" },
	{ "https://127.0.0.1%00.example.com/", "host \"127.0.0.1%00.example.com\"" },
	{ "https://[::ffff:127.0.0.1/", "expected [ADDRESS]" },
	{ "https://[::1%25eth0]/", "host \"::1%25eth0\"" },
	{ "https://[::1]x/", "expected [ADDRESS]" },
	{ "https://[127.0.0.1]/", "brackets are for IPv6" },
	{ "https://::1/", "an IPv6 address stands in brackets" },
	{ "https://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/", "host \"" },
	{ "https://loc\xc3\xa4lhost/", "host \"" },
	/* two readers, two hosts */
	{ "https://a@b@files.example.com/", "host \"b@files.example.com\"" },
	{ "https://files.example.com@127.0.0.1/",
	    NULL }, /* a login; the address is refused later */
	{ "https://hub:secret@files.example.com/", "the login holds a character" },
	{ "https://files.example.com\\@127.0.0.1/", "the login holds a character" },
	{ "https://@files.example.com/", "the login is empty" },
	{ "https://files.example.com#@127.0.0.1/", NULL }, /* the same: '#' is of the login */
	{ "https://files.example.com?/", "host \"files.example.com?\"" },
	{ "https://files..example.com/", "host \"files..example.com\"" },
	{ "https://-files.example.com/", "host \"-files.example.com\"" },
	{ "https://files.example.com /", "host \"files.example.com \"" },
	{ "https://files.example.com\r\nX/", "host \"" },
	{ "https://files.example.com/in?x=y", "the path has a control character or one of" },
	{ "https://files.example.com/in#x", "the path has a control character or one of" },
	{ "https://files.example.com/%2e%2e/", "the path has a control character or one of" },
	{ "sftp://files.example.com/../in", "the path has an empty name" },
	{ "sftp://files.example.com/./in", "the path has an empty name" },
	{ "sftp://files.example.com//in", "the path has an empty name" },
	{ "sftp://files.example.com/in\r\nDELE x",
	    "the path has a control character or one of" },
	{ "sftp://files.example.com/\xff", "the path is too long or not UTF-8" },
};

static void
urls_are_read_in_one_way_or_not_at_all(void **state)
{
	struct egress_url u;

	(void)state;
	for (size_t i = 0; i < nitems(urls); i++) {
		struct err e = { 0 };
		bool ok = egress_url_read(&u, str_of(urls[i].url), &e);

		if (ok != (urls[i].says == NULL))
			fail_msg("%s: %s", urls[i].url, ok ? "was read" : e.text);
		if (!ok && strncmp(e.text, urls[i].says, strlen(urls[i].says)) != 0)
			fail_msg("%s: says \"%s\"", urls[i].url, e.text);
	}
}

static void
parts_of_a_url(void **state)
{
	struct egress_url u;
	struct err e = { 0 };

	(void)state;
	assert_true(
	    egress_url_read(&u, STR("sftp://hub@FILES.example.com:2222/~/in/daily/"), &e));
	assert_int_equal(u.kind, EGRESS_SFTP);
	assert_string_equal(u.login, "hub");
	assert_string_equal(u.host, "files.example.com");
	assert_int_equal(u.port, 2222);
	assert_string_equal(u.path, "in/daily");
	assert_true(egress_url_read(&u, STR("ftps://h@[2606:4700::1111]/in"), &e));
	assert_true(u.kind == EGRESS_FTPS && u.implicit);
	assert_int_equal(u.port, 990);
	assert_string_equal(u.host, "2606:4700::1111");
	assert_string_equal(u.path, "/in");
	assert_true(egress_url_read(&u, STR("ftpes://h@x.example/~"), &e));
	assert_true(u.kind == EGRESS_FTPS && !u.implicit && u.port == 21);
	assert_string_equal(u.path, "");
	assert_true(egress_url_read(&u, STR("https://x.example/"), &e));
	assert_string_equal(u.path, "/");
}

/* ---- addresses ---- */

/* Ranges by IANA's special-purpose registries: their ends, and what lies beside them. */
static const struct {
	const char *address;
	bool may;
} addresses[] = {
	{ "0.0.0.0", false },
	{ "0.255.255.255", false },
	{ "1.0.0.0", true },
	{ "9.255.255.255", true },
	{ "10.0.0.0", false },
	{ "10.255.255.255", false },
	{ "11.0.0.0", true },
	{ "100.63.255.255", true },
	{ "100.64.0.0", false },
	{ "100.127.255.255", false },
	{ "100.128.0.0", true },
	{ "127.0.0.1", false },
	{ "127.255.255.254", false },
	{ "128.0.0.1", true },
	{ "169.253.255.255", true },
	{ "169.254.0.0", false },
	{ "169.254.169.254", false },
	{ "169.255.0.0", true },
	{ "172.15.255.255", true },
	{ "172.16.0.0", false },
	{ "172.31.255.255", false },
	{ "172.32.0.0", true },
	{ "192.0.0.8", false },
	{ "192.0.1.0", true },
	{ "192.0.2.1", false },
	{ "192.88.99.1", false },
	{ "192.167.255.255", true },
	{ "192.168.0.1", false },
	{ "192.169.0.0", true },
	{ "198.17.255.255", true },
	{ "198.18.0.0", false },
	{ "198.19.255.255", false },
	{ "198.20.0.0", true },
	{ "198.51.100.7", false },
	{ "203.0.113.7", false },
	{ "223.255.255.255", true },
	{ "224.0.0.1", false },
	{ "239.255.255.255", false },
	{ "240.0.0.1", false },
	{ "255.255.255.255", false },
	{ "::", false },
	{ "::1", false },
	{ "::127.0.0.1", false },
	{ "::ffff:127.0.0.1", false },
	{ "::ffff:8.8.8.8", false },
	{ "64:ff9b::7f00:1", false },
	{ "64:ff9b::808:808", false },
	{ "64:ff9b:1::a00:1", false },
	{ "100::1", false },
	{ "2000::1", true },
	{ "2001::1", false },	/* Teredo */
	{ "2001:2::1", false }, /* benchmarks */
	{ "2001:1ff:ffff::", false },
	{ "2001:200::1", true },
	{ "2001:db8::1", false },
	{ "2001:4860:4860::8888", true },
	{ "2002:7f00:1::1", false },
	{ "2606:4700::1111", true },
	{ "3fff::1", false },
	{ "3fff:1000::1", true },
	{ "4000::1", false },
	{ "5f00::1", false },
	{ "fc00::1", false },
	{ "fd12:3456::1", false },
	{ "fe80::1", false },
	{ "febf::1", false },
	{ "fec0::1", false },
	{ "ff02::1", false },
};

static void
address_of(struct sockaddr_storage *to, const char *text)
{
	struct sockaddr_in *a4 = (void *)to;
	struct sockaddr_in6 *a6 = (void *)to;

	memset(to, 0, sizeof *to);
	if (inet_pton(AF_INET, text, &a4->sin_addr) == 1)
		to->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &a6->sin6_addr) == 1)
		to->ss_family = AF_INET6;
	else
		fail_msg("%s", text);
}

static void
only_public_addresses(void **state)
{
	struct egress_rules r;
	struct sockaddr_storage a;
	struct err e = { 0 };

	(void)state;
	assert_true(egress_rules_read(&r, "push", "22", "", &e));
	for (size_t i = 0; i < nitems(addresses); i++) {
		address_of(&a, addresses[i].address);
		if (egress_address_ok(&r, (struct sockaddr *)&a, &e) != addresses[i].may)
			fail_msg("%s", addresses[i].address);
	}
	a.ss_family = AF_UNIX;
	assert_false(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	address_of(&a, "169.254.169.254");
	assert_false(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	assert_int_equal(e.code, ERR_FORBIDDEN);
	assert_string_equal(
	    e.text, "169.254.169.254 is link-local: only public addresses are connected to");
}

static void
networks_of_the_operators_choice_are_allowed(void **state)
{
	struct egress_rules r;
	struct sockaddr_storage a;
	struct err e = { 0 };

	(void)state;
	assert_true(
	    egress_rules_read(&r, "push", "22", "10.16.0.0/12, fd00::/8 64:ff9b::/96", &e));
	address_of(&a, "10.31.255.255");
	assert_true(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	address_of(&a, "10.32.0.0");
	assert_false(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	address_of(&a, "fd99::1");
	assert_true(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	address_of(&a, "fc00::1");
	assert_false(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	/* a translator that is allowed opens what is public behind it, and no more */
	address_of(&a, "64:ff9b::808:808");
	assert_true(egress_address_ok(&r, (struct sockaddr *)&a, &e));
	address_of(&a, "64:ff9b::7f00:1");
	assert_false(egress_address_ok(&r, (struct sockaddr *)&a, &e));
}

static void
rules_that_are_none_say_so(void **state)
{
	static const struct {
		const char *ports, *networks, *says;
	} bad[] = {
		{ "22 0", "", "push.ports: port \"0\", expected 22 or 8000-8100" },
		{ "22-21", "", "push.ports: port \"22-21\", expected 22 or 8000-8100" },
		{ "ssh", "", "push.ports: port \"ssh\", expected 22 or 8000-8100" },
		{ "22", "10.0.0.0/33",
		    "push.private_networks: network \"10.0.0.0/33\", expected 10.1.0.0/16" },
		{ "22", "10.0.0.0",
		    "push.private_networks: network \"10.0.0.0\", expected 10.1.0.0/16" },
		{ "22", "x/8", "push.private_networks: network \"x/8\", expected 10.1.0.0/16" },
	};
	struct egress_rules r;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		assert_false(egress_rules_read(&r, "push", bad[i].ports, bad[i].networks, &e));
		assert_string_equal(e.text, bad[i].says);
		assert_int_equal(e.code, ERR_CONF);
	}
}

/* ---- looking up ---- */

static const char *answers[4];
static int asked;

static int
answer(const char *host, const char *port, const struct addrinfo *want, struct addrinfo **found)
{
	static struct sockaddr_storage at[nitems(answers)];
	static struct addrinfo list[nitems(answers)];

	(void)host, (void)port, (void)want;
	asked++;
	*found = NULL;
	for (size_t i = nitems(answers); i-- > 0;)
		if (answers[i] != NULL) {
			address_of(&at[i], answers[i]);
			list[i] = (struct addrinfo){ .ai_family = at[i].ss_family,
				.ai_addr = (struct sockaddr *)&at[i],
				.ai_addrlen = at[i].ss_family == AF_INET
						  ? sizeof(struct sockaddr_in)
						  : sizeof(struct sockaddr_in6),
				.ai_next = *found };
			*found = &list[i];
		}
	return *found == NULL ? EAI_NONAME : 0;
}

static bool
finds(const char *first, const char *second, int port, struct egress_place *to, struct err *e)
{
	struct egress_rules r;

	answers[0] = first;
	answers[1] = second;
	asked = 0;
	return egress_rules_read(&r, "push", "22 443", "", e) &&
	       egress_find(to, &r, "partner.example", port, answer, e);
}

static void
one_private_address_of_a_name_refuses_it(void **state)
{
	struct egress_place to;
	struct err e = { 0 };

	(void)state;
	assert_true(finds("93.184.216.34", "2606:4700::1111", 22, &to, &e));
	assert_string_equal(to.text, "93.184.216.34");
	assert_int_equal(asked, 1);
	assert_false(finds("93.184.216.34", "127.0.0.1", 22, &to, &e));
	assert_int_equal(e.code, ERR_FORBIDDEN);
	assert_string_equal(e.text, "partner.example: 127.0.0.1 is this machine: only public "
				    "addresses are connected to");
	assert_false(finds("169.254.169.254", "93.184.216.34", 22, &to, &e));
	assert_false(finds("93.184.216.34", "::ffff:10.0.0.1", 443, &to, &e));
	assert_int_equal(e.code, ERR_FORBIDDEN);
}

static void
ports_are_looked_at_before_names(void **state)
{
	struct egress_place to;
	struct err e = { 0 };

	(void)state;
	assert_false(finds("93.184.216.34", NULL, 25, &to, &e));
	assert_int_equal(asked, 0);
	assert_string_equal(e.text, "port 25 is not one that is connected to (push.ports)");
	assert_false(finds(NULL, NULL, 22, &to, &e));
	assert_int_equal(e.code, ERR_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_read_in_one_way_or_not_at_all),
		cmocka_unit_test(parts_of_a_url),
		cmocka_unit_test(only_public_addresses),
		cmocka_unit_test(networks_of_the_operators_choice_are_allowed),
		cmocka_unit_test(rules_that_are_none_say_so),
		cmocka_unit_test(one_private_address_of_a_name_refuses_it),
		cmocka_unit_test(ports_are_looked_at_before_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
