/*
 * Data connections with real sockets: the server is a task, the client is OpenSSL in a thread
 * of the pool, which waits as an ordinary program does.
 */
#include "ftpsd/data.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "rt/loop.h"
#include "rt/work.h"

#define CHECK(x)                                                                             \
	do {                                                                                 \
		if (!(x))                                                                    \
			return err(e, ERR_BUG, "%s:%d: not so: %s", __FILE__, __LINE__, #x); \
	} while (0)

enum {
	TEST_MS = 60000,
	PORT_FROM = 29100 /* nobody is given one of these by chance */,
	PORT_TO = 29119,
	SESSIONS_MOST = 16,
	TRANSFERS = 5,
	LARGE = 20 << 20
};

enum way { UP, DOWN, LISTING };
enum shows { SAME, FOREIGN, NOTHING };
enum does { ALL, VANISH, STALL, ABORTED, THIEF_FIRST, THIEF_ONLY, PLAIN };

static const struct scene {
	const char *what;
	int version;
	enum way way;
	enum shows shows;
	enum box_tls rule;
	enum does does;
	int64_t size;
	enum err_code code;
	const char *says;
} scenes[] = {
#define NOT_RESUMED                                                                \
	"the data connection did not resume the TLS session of this control conne" \
	"ction, as the account's setting data_tls = REQUIRE demands"
#define SHOWED_FOREIGN                                                             \
	"the data connection showed the session of another connection, not the TL" \
	"S session of this control connection, as the account's setting data_tls " \
	"= REQUIRE demands"
#define CAME_FROM                                                                  \
	"the data connection came from 127.0.0.2, expected 127.0.0.1 as the contr" \
	"ol connection"
#define GONE "TLS: the peer went away without saying goodbye"
	/* clang-format off */
	{ "up, 1.3",          TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, ALL,         LARGE,  ERR_NONE, "" },
	{ "up, 1.2",          TLS1_2_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, ALL,         LARGE,  ERR_NONE, "" },
	{ "down, 1.3",        TLS1_3_VERSION, DOWN,    SAME,    BOX_TLS_REQUIRE, ALL,         LARGE,  ERR_NONE, "" },
	{ "down, 1.2",        TLS1_2_VERSION, DOWN,    SAME,    BOX_TLS_REQUIRE, ALL,         LARGE,  ERR_NONE, "" },
	{ "nothing up, 1.3",  TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, ALL,         0,      ERR_NONE, "" },
	{ "nothing up, 1.2",  TLS1_2_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, ALL,         0,      ERR_NONE, "" },
	{ "nothing down",     TLS1_3_VERSION, DOWN,    SAME,    BOX_TLS_REQUIRE, ALL,         0,      ERR_NONE, "" },
	{ "odd sizes",        TLS1_3_VERSION, DOWN,    SAME,    BOX_TLS_REQUIRE, ALL,         262145, ERR_NONE, "" },
	{ "one record",       TLS1_3_VERSION, DOWN,    SAME,    BOX_TLS_REQUIRE, ALL,         16384,  ERR_NONE, "" },
	{ "one byte up",      TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, ALL,         1,      ERR_NONE, "" },
	{ "listing",          TLS1_3_VERSION, LISTING, SAME,    BOX_TLS_REQUIRE, ALL,         70001,  ERR_NONE, "" },
	{ "empty listing",    TLS1_2_VERSION, LISTING, SAME,    BOX_TLS_REQUIRE, ALL,         0,      ERR_NONE, "" },
	{ "none, 1.3",        TLS1_3_VERSION, UP,      NOTHING, BOX_TLS_REQUIRE, ALL,         1000,   ERR_FORBIDDEN, NOT_RESUMED },
	{ "none, 1.2",        TLS1_2_VERSION, UP,      NOTHING, BOX_TLS_REQUIRE, ALL,         1000,   ERR_FORBIDDEN, NOT_RESUMED },
	{ "foreign, 1.3",     TLS1_3_VERSION, UP,      FOREIGN, BOX_TLS_REQUIRE, ALL,         1000,   ERR_FORBIDDEN, SHOWED_FOREIGN },
	{ "foreign, 1.2",     TLS1_2_VERSION, UP,      FOREIGN, BOX_TLS_REQUIRE, ALL,         1000,   ERR_FORBIDDEN, SHOWED_FOREIGN },
	{ "none, preferred",  TLS1_3_VERSION, UP,      NOTHING, BOX_TLS_PREFER,  ALL,         1000,   ERR_NONE, "" },
	{ "none, 1.2, off",   TLS1_2_VERSION, DOWN,    NOTHING, BOX_TLS_OFF,     ALL,         1000,   ERR_NONE, "" },
	{ "cut, 1.3",         TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, VANISH,      300000, ERR_GONE, GONE },
	{ "cut, 1.2",         TLS1_2_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, VANISH,      300000, ERR_GONE, GONE },
	{ "cut at nothing",   TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, VANISH,      0,      ERR_GONE, GONE },
	{ "stalled",          TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, STALL,       1000,   ERR_TIMEOUT, "nothing moved for 1 s" },
	{ "aborted",          TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, ABORTED,     1000,   ERR_CANCELLED, "the transfer was aborted" },
	{ "a thief before",   TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, THIEF_FIRST, 1000,   ERR_NONE, "" },
	{ "only a thief",     TLS1_3_VERSION, UP,      SAME,    BOX_TLS_REQUIRE, THIEF_ONLY,  1000,   ERR_FORBIDDEN, CAME_FROM },
	{ "not encrypted",    TLS1_3_VERSION, UP,      SAME,    BOX_TLS_OFF,     PLAIN,       1000,   ERR_BAD_INPUT, "TLS: wrong version number" },
	/* clang-format on */
};

/* ---- certificates ---- */

static char folder[64], certificate[96], key[96];

static int
run(const char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
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
	snprintf(folder, sizeof folder, "/tmp/busbar-data-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(certificate, sizeof certificate, "%s/server.pem", folder);
	snprintf(key, sizeof key, "%s/server.key", folder);
	return run(argv);
}

static int
drop_certs(void **state)
{
	const char *const argv[] = { "rm", "-rf", folder, NULL };

	(void)state;
	return run(argv);
}

static char
pattern(int64_t i)
{
	return (char)(i * 31 + (i >> 12));
}

/* ---- the client ---- */

struct client {
	const struct scene *scene;
	int port, control_fd;
	SSL_CTX *ctx;
	SSL *control;
	SSL_SESSION *sessions[SESSIONS_MOST];
	unsigned held, given, beside; /* beside: tickets of data connections */
	int64_t got, bad;
	bool orderly; /* its last download ended with close_notify */
	const char *lost;
};

static struct client *now_client; /* one at a time */

static int
keep_session(SSL *ssl, SSL_SESSION *s)
{
	struct client *c = now_client;

	c->beside += ssl != c->control && SSL_version(ssl) == TLS1_3_VERSION;
	if (ssl != c->control || c->held == SESSIONS_MOST)
		return 0;
	c->sessions[c->held++] = s;
	c->given++;
	return 1;
}

static int
dial(int port, const char *from)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port) };
	struct sockaddr_in me = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (from != NULL)) };
	struct timeval limit = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (fd < 0 || bind(fd, (struct sockaddr *)&me, sizeof me) != 0 ||
	    connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
control_open(struct client *c)
{
	c->control_fd = dial(c->port, NULL);
	c->control = SSL_new(c->ctx);
	SSL_set_fd(c->control, c->control_fd);
	return SSL_connect(c->control) == 1;
}

static void
control_close(struct client *c)
{
	SSL_shutdown(c->control);
	SSL_free(c->control);
	close(c->control_fd);
}

/* The number in the next reply, which also brings tickets. */
static int
control_number(struct client *c)
{
	char line[32] = "";

	for (size_t i = 0; i + 1 < sizeof line; i++) {
		if (SSL_read(c->control, line + i, 1) != 1)
			return -1;
		if (line[i] == '\n')
			break;
	}
	return (int)strtol(line, NULL, 10);
}

static bool
upload(SSL *ssl, const struct scene *s)
{
	static char piece[50000];

	for (int64_t at = 0; at < s->size;) {
		int n = s->size - at < (int64_t)sizeof piece ? (int)(s->size - at)
							     : (int)sizeof piece;

		for (int i = 0; i < n; i++)
			piece[i] = pattern(at + i);
		if (SSL_write(ssl, piece, n) != n)
			return false;
		at += n;
	}
	if (s->does == STALL || s->does == ABORTED)
		SSL_read(ssl, piece, 1); /* until the server gives up */
	return true;
}

static void
download(struct client *c, SSL *ssl)
{
	static char piece[30000];
	int n;

	c->got = 0;
	while ((n = SSL_read(ssl, piece, sizeof piece)) > 0)
		for (int i = 0; i < n; i++)
			c->bad += piece[i] != pattern(c->got++);
	c->orderly = SSL_get_error(ssl, n) == SSL_ERROR_ZERO_RETURN;
}

static void
data_talk(struct client *c, SSL *ssl, int fd)
{
	char rest;

	if (c->scene->way != UP) {
		download(c, ssl);
		SSL_shutdown(ssl);
		return;
	}
	if (!upload(ssl, c->scene) || c->scene->does == VANISH || c->scene->does == STALL ||
	    c->scene->does == ABORTED)
		return;
	SSL_shutdown(ssl);
	/* the answer to our goodbye, then the end: a reset here would lose data */
	c->orderly = SSL_read(ssl, &rest, 1) <= 0 &&
		     (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0 &&
		     recv(fd, &rest, 1, 0) == 0;
}

static bool
transfer(struct client *c, SSL_SESSION *session)
{
	int port = control_number(c), fd;
	bool thief = c->scene->does == THIEF_FIRST || c->scene->does == THIEF_ONLY;
	int stolen = thief ? dial(port, "127.0.0.2") : -1;
	SSL *ssl;
	char x;

	if (thief && recv(stolen, &x, 1, 0) != 0)
		return false; /* not closed */
	close(stolen);
	if (c->scene->does == THIEF_ONLY)
		return true;
	fd = dial(port, NULL);
	if (fd < 0)
		return false;
	if (c->scene->does == PLAIN) {
		send(fd, "meter data in the clear", 23, MSG_NOSIGNAL);
		recv(fd, &x, 1, 0);
		close(fd);
		return true;
	}
	ssl = SSL_new(c->ctx);
	SSL_set_fd(ssl, fd);
	if (session != NULL)
		SSL_set_session(ssl, session);
	if (SSL_connect(ssl) == 1)
		data_talk(c, ssl, fd);
	SSL_free(ssl);
	close(fd);
	return true;
}

static void
client_run(void *arg)
{
	struct client *c = arg;
	SSL_SESSION *session = NULL;
	struct client first = *c;
	unsigned turns = c->scene->does == ALL && c->scene->code == ERR_NONE ? TRANSFERS : 1;

	if (c->scene->shows == FOREIGN) {
		now_client = &first;
		if (!control_open(&first) || control_number(&first) != 1 || first.held == 0)
			c->lost = "the first control connection";
		session = first.sessions[0];
	}
	now_client = c;
	if (!control_open(c))
		c->lost = "control connection";
	for (unsigned i = 0; i < turns && c->lost == NULL; i++) {
		if (control_number(c) != 2)
			c->lost = "greeting";
		if (c->scene->shows == SAME) { /* each ticket once */
			if (c->held == 0)
				c->lost = "ticket";
			else if (c->scene->version == TLS1_3_VERSION)
				session = c->sessions[--c->held];
			else
				session = c->sessions[0];
		}
		if (c->lost == NULL && !transfer(c, session))
			c->lost = "transfer";
		if (c->scene->shows == SAME && c->scene->version == TLS1_3_VERSION) {
			SSL_SESSION_free(session);
			session = NULL;
		}
	}
	control_number(c);
	for (unsigned i = 0; i < c->held; i++)
		SSL_SESSION_free(c->sessions[i]);
	control_close(c);
	if (c->scene->shows != FOREIGN)
		return;
	for (unsigned i = 0; i < first.held; i++)
		SSL_SESSION_free(first.sessions[i]);
	control_close(&first);
}

/* ---- the server ---- */

struct taken {
	int64_t bytes, bad;
};

static bool
take(struct task *t, void *arg, const void *bytes, size_t len, struct err *e)
{
	struct taken *k = arg;
	const char *at = bytes;

	(void)t, (void)e;
	for (size_t i = 0; i < len; i++)
		k->bad += at[i] != pattern(k->bytes++);
	return true;
}

static int
make_file(int64_t size)
{
	int fd = memfd_create("file", MFD_CLOEXEC);
	char *at = malloc((size_t)size + 1);

	for (int64_t i = 0; i < size; i++)
		at[i] = pattern(i);
	assert_int_equal(write(fd, at, (size_t)size), size);
	free(at);
	return fd;
}

static bool
list_out(struct task *t, struct data *d, int64_t size, struct err *e)
{
	char line[100];

	for (int64_t at = 0; at < size;) {
		size_t n = size - at < 77 ? (size_t)(size - at) : 77;

		for (size_t i = 0; i < n; i++)
			line[i] = pattern(at + (int64_t)i);
		if (!data_write(t, d, line, n, e))
			return false;
		at += (int64_t)n;
	}
	return data_finish(t, d, e);
}

/* Ends a transfer when `after` bytes of it have come. */
struct aborter {
	struct data *d;
	int64_t after;
};

static void
abort_it(struct task *t, void *arg)
{
	struct aborter *a = arg;

	while (data_bytes(a->d) < a->after)
		if (!task_yield(t, NULL))
			return;
	data_abort(a->d);
}

static bool
move(struct task *t, struct data *d, const struct scene *s, int fd, struct err *e)
{
	struct aborter a = { d, s->size };
	struct taken k = { 0 };
	struct group g = { 0 };
	bool ok;

	if (s->does == ABORTED && !group_spawn(t, &g, "aborter", abort_it, &a, e))
		return false;
	if (s->way == DOWN)
		return data_send(t, d, fd, 0, s->size, e);
	if (s->way == LISTING)
		return list_out(t, d, s->size, e);
	ok = data_receive(t, d, take, &k, e);
	group_join(t, &g);
	if (k.bad != 0 || k.bytes != s->size || data_bytes(d) != s->size)
		return err(e, ERR_BUG, "%" PRId64 " bytes came, %" PRId64 " of them wrong",
		    k.bytes, k.bad);
	return ok;
}

static struct stream *
control_accept(struct task *t, struct tls *x, int listener, struct err *e)
{
	int fd = io_accept(t, listener, e);
	struct stream *s = fd >= 0 ? stream_fd_sized(fd, 4096, e) : NULL;

	return s != NULL ? tls_start(t, x, &s, NULL, e) : NULL;
}

static bool
serve(struct task *t, const struct scene *s, const struct data_rules *r, struct stream *control,
    int file, struct err *e)
{
	AUTO_PTR(data) d = data_listen(r, control, s->rule, e);
	char line[32];
	bool ok;

	if (d == NULL || !stream_write(t, control, "2\r\n", 3, e))
		return false;
	CHECK(data_port(d) >= PORT_FROM && data_port(d) <= PORT_TO);
	snprintf(line, sizeof line, "%d\r\n", data_port(d));
	ok = stream_write(t, control, line, strlen(line), e) && data_accept(t, d, e) &&
	     data_secure(t, d, e) && move(t, d, s, file, e);
	if (ok && s->shows == SAME)
		CHECK(data_bound(d) == TLS_BOUND);
	data_close(t, &d);
	return ok;
}

static bool
serve_all(struct task *t, const struct scene *s, struct tls *x, int listener, struct err *told,
    struct err *e)
{
	struct data_rules r = { .port_from = PORT_FROM,
		.port_to = PORT_TO,
		.accept_ms = s->does == THIEF_ONLY ? 1000 : 5000,
		.shake_ms = 20000,
		.stall_ms = s->does == STALL ? 1000 : 20000 };
	AUTO_PTR(stream) first = NULL;
	AUTO_PTR(stream) control = NULL;
	unsigned turns = s->does == ALL && s->code == ERR_NONE ? TRANSFERS : 1;
	int file = make_file(s->size);
	bool ok = true;

	if (s->shows == FOREIGN) {
		first = control_accept(t, x, listener, e);
		CHECK(first != NULL && stream_write(t, first, "1\r\n", 3, e));
	}
	control = control_accept(t, x, listener, e);
	CHECK(control != NULL);
	for (unsigned i = 0; i < turns && ok; i++) {
		if (i == 2) /* sessions outlive new certificates */
			CHECK(tls_reload(x, e));
		ok = serve(t, s, &r, control, file, told);
	}
	close(file);
	stream_write(t, control, "3\r\n", 3, NULL);
	return true;
}

static bool
play(struct task *t, const struct scene *s, struct tls *x, int listener, struct err *e)
{
	struct client c = {
		.scene = s, .port = io_port(listener), .ctx = SSL_CTX_new(TLS_client_method())
	};
	struct err told = { 0 };
	struct work w = { 0 };
	bool ok;

	SSL_CTX_set_min_proto_version(c.ctx, s->version);
	SSL_CTX_set_max_proto_version(c.ctx, s->version);
	SSL_CTX_set_session_cache_mode(
	    c.ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(c.ctx, keep_session);
	CHECK(work_begin(t, &w, client_run, &c, e));
	ok = serve_all(t, s, x, listener, &told, e);
	work_join(t, &w);
	SSL_CTX_free(c.ctx);
	if (!ok)
		return false;
	if (told.code != s->code || strcmp(told.text, s->says) != 0)
		return err(e, ERR_BUG, "%s, expected \"%s\"", told.text, s->says);
	if (c.lost != NULL)
		return err(e, ERR_BUG, "the client lost its %s", c.lost);
	CHECK(c.beside == 0);
	if (s->code == ERR_NONE)
		CHECK(c.orderly);
	if (s->code == ERR_NONE && s->way != UP)
		CHECK(c.got == s->size && c.bad == 0);
	if (s->code == ERR_NONE && s->does == ALL && s->shows == SAME)
		CHECK(c.given == (s->version == TLS1_3_VERSION ? 2 + TRANSFERS : 1));
	return true;
}

static bool
all_scenes(struct task *t, void *arg, struct err *e)
{
	struct tls_rules rules = { .certificate = certificate, .key = key, .binds = true };
	struct tls *x = tls_server(&rules, e);
	int listener = io_listen("tcp:127.0.0.1:0", 0, 5, e);

	(void)arg;
	CHECK(x != NULL && listener >= 0);
	for (size_t i = 0; i < nitems(scenes); i++) {
		task_deadline(t, 0);
		task_deadline(t, TEST_MS);
		if (!play(t, &scenes[i], x, listener, e))
			return err_at(e, "%s", scenes[i].what);
	}
	close(listener);
	tls_free(&x);
	return true;
}

static void
only_whole_transfers_over_the_same_session_succeed(void **state)
{
	struct err e = { 0 };

	(void)state;
	if (!loop_once(all_scenes, NULL, &e))
		fail_msg("%s", e.text);
}

/* ---- without a peer ---- */

static struct data *
listening(struct task *t, struct tls *x, struct data_rules *r, int listener, struct client *c,
    struct work *w, struct stream **control, struct err *e)
{
	static const struct scene s = { .version = TLS1_3_VERSION, .does = VANISH };

	c->scene = &s;
	c->port = io_port(listener);
	c->ctx = SSL_CTX_new(TLS_client_method());
	if (!work_begin(t, w, client_run, c, e))
		return NULL;
	*control = control_accept(t, x, listener, e);
	return *control != NULL ? data_listen(r, *control, BOX_TLS_REQUIRE, e) : NULL;
}

static bool
ports_and_abort(struct task *t, void *arg, struct err *e)
{
	struct tls_rules rules = { .certificate = certificate, .key = key, .binds = true };
	struct data_rules r = {
		.port_from = PORT_FROM, .port_to = PORT_FROM + 1, .accept_ms = 20000
	};
	struct tls *x = tls_server(&rules, e);
	int listener = io_listen("tcp:127.0.0.1:0", 0, 5, e);
	AUTO_PTR(stream) control = NULL;
	struct data *d[3];
	struct aborter a = { 0 };
	struct client c = { 0 };
	struct work w = { 0 };
	struct group g = { 0 };
	struct err told = { 0 };

	(void)arg;
	task_deadline(t, TEST_MS);
	CHECK(x != NULL && listener >= 0);
	d[0] = listening(t, x, &r, listener, &c, &w, &control, e);
	d[1] = d[0] != NULL ? data_listen(&r, control, BOX_TLS_REQUIRE, e) : NULL;
	CHECK(d[1] != NULL && data_port(d[0]) + data_port(d[1]) == 2 * PORT_FROM + 1);
	CHECK(data_listen(&r, control, BOX_TLS_REQUIRE, &told) == NULL);
	CHECK(told.code == ERR_BUSY &&
	      strcmp(told.text, "all 2 data ports (29100 to 29101) are in use") == 0);
	data_free(&d[1]);
	d[2] = data_listen(&r, control, BOX_TLS_REQUIRE, e);
	CHECK(d[2] != NULL);
	a.d = d[0];
	CHECK(group_spawn(t, &g, "aborter", abort_it, &a, e));
	CHECK(!data_accept(t, d[0], &told) && told.code == ERR_CANCELLED);
	CHECK(strcmp(told.text, "the transfer was aborted") == 0 && data_aborted(d[0]));
	group_join(t, &g);
	data_close(t, &d[0]);
	data_close(t, &d[2]);
	stream_free(&control);
	work_join(t, &w);
	SSL_CTX_free(c.ctx);
	close(listener);
	tls_free(&x);
	return true;
}

static void
ports_run_out_inside_the_range_and_an_abort_ends_the_wait(void **state)
{
	struct err e = { 0 };

	(void)state;
	if (!loop_once(ports_and_abort, NULL, &e))
		fail_msg("%s", e.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_transfers_over_the_same_session_succeed),
		cmocka_unit_test(ports_run_out_inside_the_range_and_an_abort_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
