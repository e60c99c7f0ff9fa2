/*
 * A whole FTPS session, but for TLS, the data connection and the box, which are stand-ins: the
 * first byte says how far the login is, the rest is what the client sends. Every reply is whole
 * lines that begin with a code, what was begun is ended, and the session comes to its end.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/loop.h"
#include "box_stand_in.h"
#include "transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct data {
	bool aborted;
	int64_t bytes;
};

static struct str input;
static int data_open, patience;

/* ---- the wire ---- */

static ssize_t
wire_read(void *self, void *to, size_t len, unsigned *want, struct err *e)
{
	/* not more than a few bytes at a time, so that lines come in pieces */
	size_t n = input.len < 40 ? input.len : 40;

	(void)self, (void)e;
	/* the client stays to the end of its transfer, mostly */
	if (n == 0 && data_open > 0 && patience-- > 0) {
		*want = TASK_WRITE;
		return -1;
	}
	n = n < len ? n : len;
	memcpy(to, input.at, n);
	input.at += n;
	input.len -= n;
	return (ssize_t)n;
}

static bool
reply_whole(const char *at, size_t len)
{
	if (len < 6 || at[len - 2] != '\r' || at[len - 1] != '\n')
		return false;
	for (size_t i = 0; i < 3; i++)
		if (at[i] < '0' || at[i] > '9')
			return false;
	return (at[3] == ' ' || at[3] == '-') && memchr(at, '\0', len) == NULL &&
	       (at[3] == '-' || memchr(at, '\n', len) == at + len - 1);
}

static ssize_t
wire_write(void *self, const void *from, size_t len, unsigned *want, struct err *e)
{
	(void)self, (void)want, (void)e;
	assert(reply_whole(from, len));
	return (ssize_t)len;
}

static bool
wire_finish(void *self, unsigned *want, struct err *e)
{
	(void)self, (void)want, (void)e;
	return true;
}

static void
wire_free(void *self)
{
	(void)self;
}

static const struct stream_ops wire = { wire_read, wire_write, wire_finish, wire_free };

/* ---- TLS ---- */

struct stream *
tls_start(struct task *t, struct tls *x, struct stream **s, const char *host, struct err *e)
{
	struct stream *same = *s;

	(void)t, (void)x, (void)host, (void)e;
	*s = NULL;
	return same;
}

const char *
tls_version(const struct stream *s)
{
	(void)s;
	return "TLSv1.3";
}

bool
tls_peer(const struct stream *s, unsigned char sha256[32])
{
	(void)s, (void)sha256;
	return false;
}

/* ---- the data connection ---- */

struct data *
data_listen(
    const struct data_rules *r, struct stream *control, enum box_tls rule, struct err *e)
{
	(void)r, (void)control, (void)rule, (void)e;
	data_open++;
	return calloc(1, sizeof(struct data));
}

int
data_port(const struct data *d)
{
	(void)d;
	return 30000;
}

bool
data_accept(struct task *t, struct data *d, struct err *e)
{
	for (int i = 0; i < 6 && !d->aborted; i++) /* the ear has its turns */
		if (!task_yield(t, e))
			return false;
	return !d->aborted || err(e, ERR_CANCELLED, "aborted");
}

bool
data_secure(struct task *t, struct data *d, struct err *e)
{
	return data_accept(t, d, e);
}

enum tls_bound
data_bound(const struct data *d)
{
	(void)d;
	return TLS_UNRESUMED;
}

void
data_watch(struct data *d, data_may *may, void *arg)
{
	(void)d, (void)may, (void)arg;
}

bool
data_send(struct task *t, struct data *d, int fd, int64_t offset, int64_t size, struct err *e)
{
	assert(fd >= 0 && offset >= 0 && offset <= size);
	d->bytes = size - offset;
	return data_accept(t, d, e);
}

bool
data_write(struct task *t, struct data *d, const void *from, size_t len, struct err *e)
{
	const char *at = from;

	(void)t, (void)e;
	assert(len >= 2 && at[len - 1] == '\n' && memchr(at, '\n', len) == at + len - 1);
	d->bytes += (int64_t)len;
	return true;
}

bool
data_finish(struct task *t, struct data *d, struct err *e)
{
	return data_accept(t, d, e);
}

bool
data_receive(struct task *t, struct data *d, data_take *take, void *arg, struct err *e)
{
	d->bytes = 11;
	return take(t, arg, "hello world", 11, e) && data_accept(t, d, e);
}

void
data_abort(struct data *d)
{
	d->aborted = true;
}

int64_t
data_bytes(const struct data *d)
{
	return d->bytes;
}

int64_t
data_ms(const struct data *d, struct task *t)
{
	(void)d, (void)t;
	return 1;
}

void
data_close(struct task *t, struct data **d)
{
	(void)t;
	data_open -= *d != NULL;
	free(*d);
	*d = NULL;
}

/* ---- the box, but for box_stand_in.c ---- */

bool
box_login(struct task *t, const struct box_door *d, struct str login, struct str password,
    const char *from, struct box *b, int *wait_s, struct err *e)
{
	(void)t, (void)from;
	*wait_s = password.len == 2 ? 7 : 0;
	*b = (struct box){ .door = password.len == 1 ? d : NULL, .code = "x", .login = "x" };
	return password.len == 1 ||
	       err(e, password.len == 2 ? ERR_WAIT : ERR_LOGIN, "no, " STR_FMT, STR_ARG(login));
}

bool
box_login_certificate(struct task *t, const struct box_door *d, const unsigned char sha256[32],
    struct str login, const char *from, struct box *b, int *wait_s, struct err *e)
{
	(void)sha256;
	return box_login(t, d, login, STR("x"), from, b, wait_s, e);
}

void
box_end(struct task *t, struct box *b)
{
	(void)t;
	b->door = NULL;
}

/* ---- a session ---- */

static bool
session(struct task *t, void *phase, struct err *e)
{
	static const enum ftp_phase phases[] = { FTP_CLEAR, FTP_SECURE, FTP_NAMED, FTP_READY };
	static struct counts counts;
	static struct door door = { .counts = &counts, .sessions_most = 1 };
	const char *why;
	int ends[2]; /* one that is always ready to be written */
	struct session *s = calloc(1, sizeof *s);

	assert(s != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	door.conf.ftps_address_sessions = 1;
	door.conf.ftps_failures = 3;
	door.conf.ftps_login_ms = door.conf.ftps_idle_ms = 5000;
	s->door = &door;
	s->visitor = door_enter(&door, "192.0.2.1", &why);
	s->control = stream_over_sized(ends[0], LINE_MOST + 2, &wire, NULL, e);
	assert(s->visitor != NULL && s->control != NULL);
	s->speaking = (struct gate)GATE(1, 4);
	s->phase = phases[*(const uint8_t *)phase % nitems(phases)];
	s->protected = s->phase == FTP_READY;
	s->box.door = s->phase == FTP_READY ? &door.box : NULL;
	s->facts = FACTS_ALL;
	str_copy(s->at, sizeof s->at, STR("/"));
	session_run(t, s);
	close(ends[1]);
	assert(counts.sessions_now == 0 && counts.transfers_now == 0);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t phase;
	struct err e = { 0 };

	if (size == 0)
		return 0;
	phase = bytes[0];
	input = (struct str){ (const char *)bytes + 1, size - 1 };
	patience = 20 + bytes[0] / 4 % 40;
	log_start("fuzz", LOG_ERROR_);
	box_stand_in_reset();
	loop_once(session, &phase, &e);
	assert(box_puts_open == 0 && data_open == 0);
	return 0;
}
