/* Both ends of TLS in one loop, and OpenSSL's own client as a stranger. */
#include "sys/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rt/loop.h"
#include "rt/work.h"

#define CHECK(x)                                                                             \
	do {                                                                                 \
		if (!(x))                                                                    \
			return err(e, ERR_BUG, "%s:%d: not so: %s", __FILE__, __LINE__, #x); \
	} while (0)
#define CHECK_TEXT(a, b)                                                                \
	do {                                                                            \
		if (strcmp((a), (b)) != 0)                                              \
			return err(e, ERR_BUG, "%s:%d: \"%s\" is not \"%s\"", __FILE__, \
			    __LINE__, (a), (b));                                        \
	} while (0)

enum { TEST_MS = 30000, BULK_BYTES = 3 << 20 };

/* ---- certificates ---- */

static char folder[64];

/* Of the certificates; the text lives for the next seven calls. */
static const char *
file(const char *name)
{
	static char path[8][128];
	static unsigned turn;

	turn = (turn + 1) % 8;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static int
run(const char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int
make_certs(void **state)
{
	const char *const argv[] = { "lib/make_certs", folder, NULL };

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/busbar-tls-XXXXXX");
	return mkdtemp(folder) != NULL && run(argv) == 0 ? 0 : -1;
}

static int
drop_certs(void **state)
{
	const char *const argv[] = { "rm", "-rf", folder, NULL };

	(void)state;
	return run(argv);
}

/* ---- two ends ---- */

struct end {
	struct tls *tls;
	struct stream *s;
	const char *host;
	bool (*talk)(struct task *t, struct end *me, struct err *e);
	bool shaken, ok;
	struct err e;
};

static void
end_run(struct task *t, void *arg)
{
	struct end *me = arg;

	me->s = tls_start(t, me->tls, &me->s, me->host, &me->e);
	me->shaken = me->s != NULL;
	me->ok = me->shaken && (me->talk == NULL || me->talk(t, me, &me->e));
	if (me->s != NULL)
		stream_free(&me->s);
}

/* Fills both ends' results. */
static bool
meet(struct task *t, struct end *server, struct end *client, struct err *e)
{
	struct group g = { 0 };
	int fd[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
	server->s = stream_fd(fd[0], e);
	client->s = stream_fd(fd[1], e);
	CHECK(group_spawn(t, &g, "server", end_run, server, e));
	CHECK(group_spawn(t, &g, "client", end_run, client, e));
	group_join(t, &g);
	return true;
}

static bool
say_hello(struct task *t, struct end *me, struct err *e)
{
	return stream_write(t, me->s, "hello\r\n", 7, e) && stream_finish(t, me->s, e);
}

static bool
hear_hello(struct task *t, struct end *me, struct err *e)
{
	struct str line;

	if (stream_line(t, me->s, 100, &line, e) != IO_OK)
		return false;
	CHECK(str_is(line, "hello"));
	return stream_line(t, me->s, 100, &line, e) == IO_END;
}

struct test {
	bool (*fn)(struct task *t, struct err *e);
};

static bool
test_run(struct task *t, void *arg, struct err *e)
{
	const struct test *test = arg;

	task_deadline(t, TEST_MS);
	return test->fn(t, e);
}

static void
in_loop(bool (*fn)(struct task *t, struct err *e))
{
	struct test test = { fn };
	struct err e = { 0 };

	if (!loop_once(test_run, &test, &e))
		fail_msg("%s", e.text);
}

static struct tls_rules
server_rules(void)
{
	return (
	    struct tls_rules){ .certificate = file("server.pem"), .key = file("server.key") };
}

static struct tls_rules
client_rules(void)
{
	return (struct tls_rules){ .ca = file("ca.pem") };
}

/* ---- who is let in ---- */

static const struct {
	const char *what;
	const char *host, *server_ca, *client_ca, *client_cert, *client_key, *server_alpn,
	    *client_alpn;
	enum err_code server, client; /* ERR_NONE: said and heard */
	const char *server_says, *client_says;
} meetings[] = {
	{ "name", "localhost", NULL, "ca.pem", NULL, NULL, NULL, NULL, ERR_NONE, ERR_NONE, "",
	    "" },
	{ "number", "127.0.0.1", NULL, "ca.pem", NULL, NULL, NULL, NULL, ERR_NONE, ERR_NONE, "",
	    "" },
	{ "wrong host", "example.com", NULL, "ca.pem", NULL, NULL, NULL, NULL, ERR_LOGIN,
	    ERR_FORBIDDEN,
	    "TLS: the peer did not accept our certificate: sslv3 alert bad certificate",
	    "TLS: the peer's certificate was not accepted: hostname mismatch" },
	{ "wrong number", "127.0.0.2", NULL, "ca.pem", NULL, NULL, NULL, NULL, ERR_LOGIN,
	    ERR_FORBIDDEN,
	    "TLS: the peer did not accept our certificate: sslv3 alert bad certificate",
	    "TLS: the peer's certificate was not accepted: IP address mismatch" },
	{ "wrong authority", "localhost", NULL, "other-ca.pem", NULL, NULL, NULL, NULL,
	    ERR_LOGIN, ERR_FORBIDDEN,
	    "TLS: the peer did not accept our certificate: tlsv1 alert unknown ca",
	    "TLS: the peer's certificate was not accepted: unable to get local issuer "
	    "certificate" },
	{ "client certificate", "localhost", "ca.pem", "ca.pem", "client.pem", "client.key",
	    NULL, NULL, ERR_NONE, ERR_NONE, "", "" },
	{ "none", "localhost", "ca.pem", "ca.pem", NULL, NULL, NULL, NULL, ERR_LOGIN, ERR_LOGIN,
	    "TLS: the peer showed no certificate",
	    "TLS: the peer did not accept our certificate: tlsv13 alert certificate required" },
	{ "stranger", "localhost", "ca.pem", "ca.pem", "stranger.pem", "stranger.key", NULL,
	    NULL, ERR_LOGIN, ERR_LOGIN,
	    "TLS: the peer's certificate was not accepted: unable to get local issuer "
	    "certificate",
	    "TLS: the peer did not accept our certificate: tlsv1 alert unknown ca" },
	{ "same protocol", "localhost", NULL, "ca.pem", NULL, NULL, "ftp", "ftp", ERR_NONE,
	    ERR_NONE, "", "" },
	{ "protocol not told", "localhost", NULL, "ca.pem", NULL, NULL, "ftp", NULL, ERR_NONE,
	    ERR_NONE, "", "" },
	{ "other protocol", "localhost", NULL, "ca.pem", NULL, NULL, "ftp", "http/1.1",
	    ERR_BAD_INPUT, ERR_BAD_INPUT, "TLS: no application protocol",
	    "TLS: tlsv1 alert no application protocol" },
};

static bool
meet_as(struct task *t, size_t i, struct err *e)
{
	struct tls_rules sr = server_rules(), cr = client_rules();
	struct end server = { .talk = say_hello },
		   client = { .talk = hear_hello, .host = meetings[i].host };

	sr.ca = meetings[i].server_ca != NULL ? file(meetings[i].server_ca) : NULL;
	sr.peer_must = sr.ca != NULL;
	sr.alpn = meetings[i].server_alpn;
	cr.ca = file(meetings[i].client_ca);
	cr.certificate = meetings[i].client_cert != NULL ? file(meetings[i].client_cert) : NULL;
	cr.key = meetings[i].client_key != NULL ? file(meetings[i].client_key) : NULL;
	cr.alpn = meetings[i].client_alpn;
	server.tls = tls_server(&sr, e);
	client.tls = tls_client(&cr, e);
	CHECK(server.tls != NULL && client.tls != NULL && meet(t, &server, &client, e));
	CHECK_TEXT(server.e.text, meetings[i].server_says);
	CHECK_TEXT(client.e.text, meetings[i].client_says);
	CHECK(server.e.code == meetings[i].server && client.e.code == meetings[i].client);
	CHECK(server.ok == (meetings[i].server == ERR_NONE));
	CHECK(client.ok == (meetings[i].client == ERR_NONE));
	tls_free(&server.tls);
	tls_free(&client.tls);
	return true;
}

static bool
all_meetings(struct task *t, struct err *e)
{
	for (size_t i = 0; i < nitems(meetings); i++)
		if (!meet_as(t, i, e))
			return err_at(e, "%s", meetings[i].what);
	return true;
}

static void
only_whom_the_rules_allow_is_let_in_and_both_are_told_why(void **state)
{
	(void)state;
	in_loop(all_meetings);
}

/* ---- what is known of the peer ---- */

static bool
peer_is(struct stream *s, const char *name, struct err *e)
{
	unsigned char sha256[32];
	char hex[65], expected[65] = "";
	FILE *f = fopen(file(name), "r");

	CHECK(f != NULL && fgets(expected, sizeof expected, f) != NULL);
	fclose(f);
	CHECK(tls_peer(s, sha256));
	code_hex(hex, sha256, sizeof sha256);
	CHECK_TEXT(hex, expected);
	return true;
}

static bool
know_client(struct task *t, struct end *me, struct err *e)
{
	CHECK_TEXT(tls_version(me->s), "TLSv1.3");
	return peer_is(me->s, "client.sha256", e) && say_hello(t, me, e);
}

static bool
know_server(struct task *t, struct end *me, struct err *e)
{
	return peer_is(me->s, "server.sha256", e) && hear_hello(t, me, e);
}

static bool
know_again(struct task *t, struct end *me, struct err *e)
{
	return peer_is(me->s, "again.sha256", e) && hear_hello(t, me, e);
}

static bool
know_nobody(struct task *t, struct end *me, struct err *e)
{
	unsigned char sha256[32];

	CHECK(!tls_peer(me->s, sha256));
	return say_hello(t, me, e);
}

static bool
met(struct task *t, struct end *server, struct end *client, struct err *e)
{
	if (!meet(t, server, client, e))
		return false;
	if (!server->ok || !client->ok)
		return err(
		    e, ERR_BUG, "server: %s; client: %s", server->e.text, client->e.text);
	return true;
}

static bool
identities(struct task *t, struct err *e)
{
	struct tls_rules sr = server_rules(), cr = client_rules();
	struct end server = { .talk = know_client },
		   client = { .talk = know_server, .host = "localhost" };
	struct end server2 = { .talk = know_nobody },
		   client2 = { .talk = know_server, .host = "localhost" };

	sr.ca = file("ca.pem");
	cr.certificate = file("client.pem");
	cr.key = file("client.key");
	server.tls = server2.tls = tls_server(&sr, e); /* asks, but does not insist */
	client.tls = tls_client(&cr, e);
	cr.certificate = cr.key = NULL;
	client2.tls = tls_client(&cr, e);
	CHECK(server.tls != NULL && client.tls != NULL && client2.tls != NULL);
	CHECK(met(t, &server, &client, e) && met(t, &server2, &client2, e));
	tls_free(&server.tls);
	tls_free(&client.tls);
	tls_free(&client2.tls);
	return true;
}

static bool
know_stranger(struct task *t, struct end *me, struct err *e)
{
	return peer_is(me->s, "stranger.sha256", e) && say_hello(t, me, e);
}

static bool
pinned(struct task *t, struct err *e)
{
	struct tls_rules sr = server_rules(), cr = client_rules();
	struct end server = { .talk = know_stranger },
		   client = { .talk = hear_hello, .host = "localhost" };
	struct end server2 = { .talk = know_nobody },
		   client2 = { .talk = hear_hello, .host = "localhost" };

	sr.peer_any = sr.binds = true;
	server.tls = server2.tls = tls_server(&sr, e);
	client2.tls = tls_client(&cr, e);
	cr.certificate = file("stranger.pem");
	cr.key = file("stranger.key");
	client.tls = tls_client(&cr, e);
	CHECK(server.tls != NULL && client.tls != NULL && client2.tls != NULL);
	CHECK(met(t, &server, &client, e) && met(t, &server2, &client2, e));
	tls_free(&server.tls);
	tls_free(&client.tls);
	tls_free(&client2.tls);
	return true;
}

static void
any_certificate_may_be_asked_for_and_known_by_its_sum(void **state)
{
	(void)state;
	in_loop(pinned);
}

static void
the_certificate_of_the_peer_is_known(void **state)
{
	(void)state;
	in_loop(identities);
}

/* ---- much of it, both ways at once ---- */

static char
pattern(size_t i)
{
	return (char)(i * 31 + (i >> 12));
}

static void
send_bulk(struct task *t, void *arg)
{
	struct end *me = arg;
	char piece[5000];

	for (size_t at = 0; at < BULK_BYTES;) {
		size_t n = BULK_BYTES - at < sizeof piece ? BULK_BYTES - at : sizeof piece;

		for (size_t i = 0; i < n; i++)
			piece[i] = pattern(at + i);
		if (!stream_write(t, me->s, piece, n, &me->e))
			return;
		at += n;
	}
	me->ok = stream_finish(t, me->s, &me->e);
}

static bool
bulk_both_ways(struct task *t, struct end *me, struct err *e)
{
	struct group g = { 0 };
	char piece[7000];
	enum io_got got;
	size_t n, at = 0, bad = 0;

	CHECK(group_spawn(t, &g, "sender", send_bulk, me, e));
	while ((got = stream_read(t, me->s, piece, sizeof piece, &n, e)) == IO_OK)
		for (size_t i = 0; i < n; i++)
			bad += piece[i] != pattern(at++);
	group_join(t, &g);
	CHECK(got == IO_END && at == BULK_BYTES && bad == 0 && me->ok);
	return true;
}

static bool
bulk(struct task *t, struct err *e)
{
	struct tls_rules sr = server_rules(), cr = client_rules();
	struct end server = { .talk = bulk_both_ways, .tls = tls_server(&sr, e) };
	struct end client = {
		.talk = bulk_both_ways, .tls = tls_client(&cr, e), .host = "localhost"
	};

	CHECK(server.tls != NULL && client.tls != NULL && met(t, &server, &client, e));
	tls_free(&server.tls);
	tls_free(&client.tls);
	return true;
}

static void
megabytes_go_both_ways_at_once(void **state)
{
	(void)state;
	in_loop(bulk);
}

/* ---- ends of every kind ---- */

static bool
say_and_vanish(struct task *t, struct end *me, struct err *e)
{
	return stream_write(t, me->s, "hello\r\n", 7, e); /* no goodbye */
}

static bool
hear_and_be_left(struct task *t, struct end *me, struct err *e)
{
	struct err told = { 0 };
	struct str line;

	CHECK(stream_line(t, me->s, 100, &line, e) == IO_OK && str_is(line, "hello"));
	CHECK(stream_line(t, me->s, 100, &line, &told) == IO_FAIL);
	CHECK(told.code == ERR_GONE);
	CHECK_TEXT(told.text, "TLS: the peer went away without saying goodbye");
	CHECK(!stream_write(t, me->s, "x", 1, &told) && told.code == ERR_GONE);
	CHECK(!stream_finish(t, me->s, &told) && told.code == ERR_GONE);
	return true;
}

static bool
vanishing(struct task *t, struct err *e)
{
	struct tls_rules sr = server_rules(), cr = client_rules();
	struct end server = { .talk = say_and_vanish, .tls = tls_server(&sr, e) };
	struct end client = {
		.talk = hear_and_be_left, .tls = tls_client(&cr, e), .host = "localhost"
	};

	CHECK(server.tls != NULL && client.tls != NULL && met(t, &server, &client, e));
	tls_free(&server.tls);
	tls_free(&client.tls);
	return true;
}

static void
a_peer_without_goodbye_is_gone_and_not_at_its_end(void **state)
{
	(void)state;
	in_loop(vanishing);
}

static const struct {
	const char *sends;
	bool closes;
	enum err_code code;
	const char *says;
} hellos[] = {
	{ "", true, ERR_GONE, "TLS: the peer went away without saying goodbye" },
	{ "\x16\x03\x01\x02", true, ERR_GONE,
	    "TLS: the peer went away without saying goodbye" },
	{ "GET / HTTP/1.0\r\n\r\n", false, ERR_BAD_INPUT, "TLS: http request" },
	{ "USER anonymous\r\n", false, ERR_BAD_INPUT, "TLS: wrong version number" },
	{ "", false, ERR_TIMEOUT, "the time allowed to task main is over" },
};

static bool
odd_hellos(struct task *t, struct err *e)
{
	struct tls_rules sr = server_rules();
	struct tls *x = tls_server(&sr, e);

	for (size_t i = 0; x != NULL && i < nitems(hellos); i++) {
		size_t len = strlen(hellos[i].sends);
		struct err told = { 0 };
		struct stream *s;
		uint64_t was;
		int fd[2];

		CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
		CHECK((s = stream_fd(fd[0], e)) != NULL);
		CHECK(write(fd[1], hellos[i].sends, len) == (ssize_t)len);
		if (hellos[i].closes)
			shutdown(fd[1], SHUT_WR);
		was = task_deadline(t, hellos[i].code == ERR_TIMEOUT ? 100 : TEST_MS);
		CHECK(tls_start(t, x, &s, NULL, &told) == NULL && s == NULL);
		task_deadline(t, was);
		CHECK_TEXT(told.text, hellos[i].says);
		CHECK(told.code == hellos[i].code);
		CHECK(fcntl(fd[0], F_GETFD) == -1); /* closed */
		close(fd[1]);
	}
	CHECK(x != NULL);
	tls_free(&x);
	return true;
}

static void
what_is_not_a_handshake_is_told_apart(void **state)
{
	(void)state;
	in_loop(odd_hellos);
}

/* ---- a client of another make ---- */

struct stranger {
	char port[32];
	const char *argv[12];
	int status;
};

static void
stranger_run(void *arg)
{
	struct stranger *s = arg;

	s->status = run(s->argv);
}

static const struct {
	const char *flags[2];
	bool only13;
	const char *version; /* NULL: refused */
	const char *says;
} strangers[] = {
	{ { "-tls1_3", "-bugs" }, true, "TLSv1.3", "" },
	{ { "-tls1_3", "-bugs" }, false, "TLSv1.3", "" },
	{ { "-tls1_2", "-bugs" }, false, "TLSv1.2", "" },
	{ { "-tls1_2", "-bugs" }, true, NULL, "TLS: unsupported protocol" },
	{ { "-tls1_1", "-cipher=ALL:@SECLEVEL=0" }, false, NULL, "TLS: unsupported protocol" },
	{ { "-tls1_2", "-cipher=AES128-SHA" }, false, NULL, "TLS: no shared cipher" },
	{ { "-tls1_2", "-cipher=ECDHE-ECDSA-AES128-SHA" }, false, NULL,
	    "TLS: no shared cipher" },
};

static bool
meet_stranger(struct task *t, size_t i, int listener, struct err *e)
{
	struct tls_rules sr = server_rules();
	struct stranger s = { .argv = { "openssl", "s_client", "-connect", s.port, "-CAfile",
				  file("ca.pem"), "-verify_return_error",
				  strangers[i].flags[0] } };
	struct stream *plain, *tls;
	struct err told = { 0 };
	struct work w = { 0 };
	struct tls *x;
	char flag[64];
	char *value;

	snprintf(s.port, sizeof s.port, "127.0.0.1:%d", io_port(listener));
	snprintf(flag, sizeof flag, "%s", strangers[i].flags[1]);
	s.argv[8] = flag;
	value = strchr(flag, '=');
	if (value != NULL) {
		*value = '\0';
		s.argv[9] = value + 1;
	}
	sr.only13 = strangers[i].only13;
	CHECK((x = tls_server(&sr, e)) != NULL);
	CHECK(work_begin(t, &w, stranger_run, &s, e));
	plain = stream_fd(io_accept(t, listener, e), e);
	tls = plain != NULL ? tls_start(t, x, &plain, NULL, &told) : NULL;
	if (tls != NULL && strangers[i].version != NULL) {
		CHECK_TEXT(tls_version(tls), strangers[i].version);
		CHECK(stream_finish(t, tls, e));
	}
	if (tls != NULL)
		stream_free(&tls);
	work_join(t, &w);
	CHECK_TEXT(told.text, strangers[i].says);
	CHECK((s.status == 0) == (strangers[i].version != NULL));
	tls_free(&x);
	return true;
}

static bool
all_strangers(struct task *t, struct err *e)
{
	int listener = io_listen("tcp:127.0.0.1:0", 0, 5, e);

	CHECK(listener >= 0);
	for (size_t i = 0; i < nitems(strangers); i++)
		if (!meet_stranger(t, i, listener, e))
			return err_at(e, "%zu", i);
	close(listener);
	return true;
}

static void
old_versions_and_weak_ciphers_are_refused(void **state)
{
	(void)state;
	in_loop(all_strangers);
}

/* ---- files ---- */

static bool
copy_file(const char *from, const char *to)
{
	const char *const argv[] = { "cp", file(from), file(to), NULL };

	return run(argv) == 0;
}

static bool
reloads(struct task *t, struct err *e)
{
	struct tls_rules sr = { .certificate = file("now.pem"), .key = file("now.key") };
	struct tls_rules cr = client_rules();
	struct end server = { .talk = say_hello },
		   client = { .talk = know_server, .host = "localhost" };
	struct err told = { 0 };
	char says[300];

	CHECK(copy_file("server.pem", "now.pem") && copy_file("server.key", "now.key"));
	server.tls = tls_server(&sr, e);
	client.tls = tls_client(&cr, e);
	CHECK(server.tls != NULL && client.tls != NULL && met(t, &server, &client, e));
	CHECK(copy_file("again.pem", "now.pem")); /* half a change is none */
	CHECK(!tls_reload(server.tls, &told) && told.code == ERR_CONF);
	snprintf(says, sizeof says, "cannot use the key %s with %s: key values mismatch",
	    file("now.key"), file("now.pem"));
	CHECK_TEXT(told.text, says);
	CHECK(met(t, &server, &client, e));
	CHECK(copy_file("again.key", "now.key") && tls_reload(server.tls, e));
	client.talk = know_again;
	CHECK(met(t, &server, &client, e));
	tls_free(&server.tls);
	tls_free(&client.tls);
	return true;
}

static void
a_reload_takes_the_new_certificate_or_keeps_the_old(void **state)
{
	(void)state;
	in_loop(reloads);
}

static void
a_file_that_is_missing_is_named(void **state)
{
	struct tls_rules r = { .certificate = file("none.pem"), .key = file("server.key") };
	struct tls_rules c = { .ca = file("none.pem") };
	struct err e = { 0 };
	char says[300];

	(void)state;
	assert_null(tls_server(&r, &e));
	assert_int_equal(e.code, ERR_CONF);
	snprintf(says, sizeof says, "cannot read the certificate %s: No such file or directory",
	    r.certificate);
	assert_string_equal(e.text, says);
	assert_null(tls_client(&c, &e));
	snprintf(
	    says, sizeof says, "cannot read the authority %s: No such file or directory", c.ca);
	assert_string_equal(e.text, says);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whom_the_rules_allow_is_let_in_and_both_are_told_why),
		cmocka_unit_test(the_certificate_of_the_peer_is_known),
		cmocka_unit_test(any_certificate_may_be_asked_for_and_known_by_its_sum),
		cmocka_unit_test(megabytes_go_both_ways_at_once),
		cmocka_unit_test(a_peer_without_goodbye_is_gone_and_not_at_its_end),
		cmocka_unit_test(what_is_not_a_handshake_is_told_apart),
		cmocka_unit_test(old_versions_and_weak_ciphers_are_refused),
		cmocka_unit_test(a_reload_takes_the_new_certificate_or_keeps_the_old),
		cmocka_unit_test(a_file_that_is_missing_is_named),
	};

	return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
