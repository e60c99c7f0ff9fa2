/* HTTPS to servers that others name: what is not to be connected to is not, whatever a name
 * says at which look; a server that does not speak, is not there or hangs up is an outcome;
 * many wait beside each other. TLS itself and answers are for tests/flow/94_webhook.sh. */
#include "sys/fetch.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "rt/loop.h"

__attribute__((constructor)) static void
abort_on_failure(void)
{
	setenv("CMOCKA_TEST_ABORT", "1", 1);
}

/* ---- a listener that counts, and hangs up or is silent ---- */

static struct {
	int fd, port;
	atomic_uint connects;
	atomic_bool silent;
	int held[64];
} server;

static void *
serve(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(server.fd, NULL, NULL)) >= 0) {
		unsigned n = atomic_fetch_add(&server.connects, 1);

		if (atomic_load(&server.silent))
			server.held[n % nitems(server.held)] = fd;
		else
			close(fd);
	}
	return NULL;
}

static int
set_up(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof at;
	pthread_t thread;
	struct err e = { 0 };

	(void)state;
	server.fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(server.fd, (struct sockaddr *)&at, len) != 0 || listen(server.fd, 64) != 0 ||
	    getsockname(server.fd, (struct sockaddr *)&at, &len) != 0)
		return -1;
	server.port = ntohs(at.sin_port);
	return pthread_create(&thread, NULL, serve, NULL) == 0 && fetch_start(&e) ? 0 : -1;
}

/* ---- names ---- */

static const char *answers[3]; /* of the next look, each an address */
static atomic_int looks;

static int
lookup(const char *host, const char *port, const struct addrinfo *want, struct addrinfo **found)
{
	static struct addrinfo list[3];
	static struct sockaddr_storage at[3];
	struct addrinfo numeric = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM },
			*one;
	size_t n = 0;

	(void)host, (void)want;
	atomic_fetch_add(&looks, 1);
	for (; n < nitems(list) && answers[n] != NULL; n++) {
		if (getaddrinfo(answers[n], port, &numeric, &one) != 0)
			return EAI_FAIL;
		memcpy(&at[n], one->ai_addr, one->ai_addrlen);
		list[n] = (struct addrinfo){ .ai_family = one->ai_family,
			.ai_socktype = SOCK_STREAM,
			.ai_addrlen = one->ai_addrlen,
			.ai_addr = (struct sockaddr *)&at[n] };
		if (n > 0)
			list[n - 1].ai_next = &list[n];
		freeaddrinfo(one);
	}
	*found = n > 0 ? &list[0] : NULL;
	return n > 0 ? 0 : EAI_NONAME;
}

static int
lookup_hangs(
    const char *host, const char *port, const struct addrinfo *want, struct addrinfo **found)
{
	(void)host, (void)port, (void)want, (void)found;
	sleep(1);
	return EAI_NONAME;
}

/* ---- asking ---- */

struct asked {
	const char *url, *networks, *ports;
	egress_lookup *lookup;
	uint64_t total_ms;
	enum fetch_result is;
	char says[FETCH_SAYS_SIZE];
	uint64_t ms;
};

static bool
ask_body(struct task *t, void *arg, struct err *e)
{
	struct asked *a = arg;
	struct fetch_rules r = { .ca = "/etc/ssl/certs",
		.connect_ms = 1000,
		.total_ms = a->total_ms != 0 ? a->total_ms : 2000,
		.answer_most = 1000,
		.lookup = a->lookup };
	struct fetch_ask ask = {
		.url = str_of(a->url), .type = "text/plain", .body = STR("x")
	};
	AUTO_PTR(fetch) f = NULL;
	AUTO(fetch_got) got = { .result = FETCH_OURS };

	assert_true(egress_rules_read(&r.egress, "hook", a->ports, a->networks, e));
	f = fetch_new(&r, e);
	assert_non_null(f);
	assert_true(fetch_post(t, f, &ask, &got, e));
	a->is = got.result;
	a->ms = got.ms;
	str_copy(a->says, sizeof a->says, str_of(got.says));
	return true;
}

static const char *
asks(struct asked *a)
{
	struct err e = { 0 };

	if (a->networks == NULL)
		a->networks = "";
	if (a->ports == NULL)
		a->ports = "1-65535";
	assert_true(loop_once(ask_body, a, &e));
	return fetch_result_name(a->is);
}

static void
what_is_no_address_for_us_is_not_connected_to(void **state)
{
	static const char *const urls[] = { "https://127.0.0.1:%d/", "https://[::1]:%d/",
		"https://[::ffff:127.0.0.1]:%d/", "https://0.0.0.0:%d/", "https://127.1:%d/",
		"https://2130706433:%d/", "https://0x7f.0.0.1:%d/", "https://localhost:%d/",
		"https://a@127.0.0.1:%d/", "http://127.0.0.1:%d/", "https://[::127.0.0.1]:%d/",
		"https://127.0.0.1.:%d/", "https://%%31:%d/", "ftps://127.0.0.1:%d/" };
	char url[80];

	(void)state;
	atomic_store(&server.connects, 0);
	for (size_t i = 0; i < nitems(urls); i++) {
		struct asked a = { .url = url };

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(url, sizeof url, urls[i], server.port);
		assert_string_equal(asks(&a), "address");
	}
	assert_int_equal(atomic_load(&server.connects), 0);
}

static void
a_name_is_what_its_addresses_are(void **state)
{
	char url[80];
	struct asked a = { .url = url, .lookup = lookup };

	(void)state;
	atomic_store(&server.connects, 0);
	snprintf(url, sizeof url, "https://partner.example:%d/", server.port);
	answers[0] = "127.0.0.1";
	answers[1] = NULL;
	assert_string_equal(asks(&a), "address");
	assert_string_equal(a.says, "partner.example: 127.0.0.1 is this machine: only public "
				    "addresses are connected to");
	/* one of two is enough */
	answers[0] = "93.184.215.14";
	answers[1] = "127.0.0.1";
	answers[2] = NULL;
	assert_string_equal(asks(&a), "address");
	answers[1] = "64:ff9b::7f00:1";
	assert_string_equal(asks(&a), "address");
	answers[0] = NULL;
	assert_string_equal(asks(&a), "name");
	a.ports = "443";
	answers[0] = "127.0.0.1";
	assert_string_equal(asks(&a), "address");
	assert_int_equal(atomic_load(&server.connects), 0);
}

static void
a_name_is_looked_up_once_a_request(void **state)
{
	char url[80];
	struct asked a = { .url = url, .lookup = lookup, .networks = "127.0.0.0/8" };

	(void)state;
	atomic_store(&looks, 0);
	atomic_store(&server.connects, 0);
	snprintf(url, sizeof url, "https://partner.example:%d/", server.port);
	answers[0] = "127.0.0.1";
	answers[1] = NULL;
	assert_string_equal(asks(&a), "tls"); /* it hung up */
	assert_int_equal(atomic_load(&looks), 1);
	assert_int_equal(atomic_load(&server.connects), 1);
	answers[0] = "192.168.7.7"; /* it has changed its mind */
	assert_string_equal(asks(&a), "address");
	assert_int_equal(atomic_load(&looks), 2);
	assert_int_equal(atomic_load(&server.connects), 1);
}

static void
what_does_not_answer_has_an_end(void **state)
{
	char url[80];
	struct asked a = { .url = url, .networks = "127.0.0.0/8", .total_ms = 300 };

	(void)state;
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
	atomic_store(&server.silent, true);
	assert_string_equal(asks(&a), "timeout");
	assert_in_range(a.ms, 250, 3000);
	atomic_store(&server.silent, false);
	a.url = "https://127.0.0.1:1/";
	assert_string_equal(asks(&a), "connect");
	a.url = "https://partner.example/";
	a.lookup = lookup_hangs;
	assert_string_equal(asks(&a), "name");
	assert_in_range(a.ms, 250, 900);
	assert_string_equal(a.says, "the name was not looked up in time");
}

static void
one_of_many(struct task *t, void *arg)
{
	struct err e = { 0 };

	assert_true(ask_body(t, arg, &e));
}

static bool
many_body(struct task *t, void *arg, struct err *e)
{
	struct asked *a = arg;
	struct group g = { 0 };
	uint64_t begun = loop_now_ms(task_loop(t));

	for (int i = 0; i < 40; i++)
		assert_true(group_spawn(t, &g, "one", one_of_many, &a[i], e));
	group_join(t, &g);
	assert_in_range(
	    loop_now_ms(task_loop(t)) - begun, 250, 5000); /* not one after the other */
	return true;
}

static void
many_wait_beside_each_other(void **state)
{
	static struct asked a[40];
	char url[80];
	struct err e = { 0 };

	(void)state;
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
	atomic_store(&server.silent, true);
	for (size_t i = 0; i < nitems(a); i++)
		a[i] = (struct asked){ .url = url,
			.networks = "127.0.0.0/8",
			.ports = "1-65535",
			.total_ms = 300 };
	assert_true(loop_once(many_body, a, &e));
	for (size_t i = 0; i < nitems(a); i++)
		assert_int_equal(a[i].is, FETCH_TIMEOUT);
	atomic_store(&server.silent, false);
}

static void
asks_in_vain(struct task *t, void *arg)
{
	struct asked *a = arg;
	struct fetch_rules r = { .ca = "/etc/ssl/certs",
		.connect_ms = 60000,
		.total_ms = 60000,
		.answer_most = 1000 };
	struct fetch_ask ask = { .url = str_of(a->url), .type = "text/plain" };
	AUTO_PTR(fetch) f = NULL;
	AUTO(fetch_got) got = { .result = FETCH_OURS };
	struct err e = { 0 };

	assert_true(egress_rules_read(&r.egress, "hook", "1-65535", "127.0.0.0/8", &e));
	f = fetch_new(&r, &e);
	assert_false(fetch_post(t, f, &ask, &got, &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	a->ms = 1;
}

static bool
cancel_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };

	assert_true(group_spawn(t, &g, "vain", asks_in_vain, arg, e));
	assert_true(task_sleep(t, 100, e));
	group_cancel(&g);
	group_join(t, &g);
	return true;
}

static void
a_cancel_ends_it_at_once(void **state)
{
	char url[80];
	struct asked a = { .url = url };
	struct err e = { 0 };

	(void)state;
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
	atomic_store(&server.silent, true);
	assert_true(loop_once(cancel_body, &a, &e));
	assert_int_equal(a.ms, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_address_for_us_is_not_connected_to),
		cmocka_unit_test(a_name_is_what_its_addresses_are),
		cmocka_unit_test(a_name_is_looked_up_once_a_request),
		cmocka_unit_test(what_does_not_answer_has_an_end),
		cmocka_unit_test(many_wait_beside_each_other),
		cmocka_unit_test(a_cancel_ends_it_at_once),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
