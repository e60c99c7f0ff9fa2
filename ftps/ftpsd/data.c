/*
 * Data connections; see data.h. Waiting is in four places: the accept, the handshake, and the
 * loops that send and receive, which renew the stall deadline with each piece that moved.
 * data_abort() shuts the socket down, so whoever waits for it wakes and finds `aborted`.
 */
#include "data.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt/loop.h"

enum { RECORD_BYTES = 16 * 1024, HOST_SIZE = 64 };

struct data {
	const struct data_rules *rules;
	struct stream *control, *s; /* s: NULL until accepted */
	enum box_tls rule;
	enum data_phase phase;
	int listener; /* -1 after the peer came */
	int fd;	      /* of s, also while TLS has taken it over; -1: none */
	int port;
	bool aborted;
	int64_t bytes;
	uint64_t began_ms, ended_ms;
	uint64_t window_ms; /* when the rate was looked at last */
	int64_t window_bytes;
	data_may *may; /* NULL: nobody is asked */
	void *may_arg;
	char *piece;	/* DATA_PIECE_BYTES, while something moves */
	size_t waiting; /* in piece: written, not sent */
};

/* ---- listening ---- */

static void
set_port(struct sockaddr_storage *at, int port)
{
	if (at->ss_family == AF_INET6)
		((struct sockaddr_in6 *)at)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)at)->sin_port = htons((uint16_t)port);
}

/* A listener, or -1 with errno. The address may have old connections (REUSEADDR), but no other
 * listener. */
static int
listen_at(const struct sockaddr_storage *at, socklen_t len)
{
	int fd = socket(at->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int why;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(fd, (const struct sockaddr *)at, len) == 0 && listen(fd, 4) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

static bool
find_port(struct data *d, struct err *e)
{
	const struct data_rules *r = d->rules;
	unsigned ports = (unsigned)(r->port_to - r->port_from + 1), start = 0;
	struct sockaddr_storage at;
	socklen_t len = sizeof at;

	if (getsockname(stream_descriptor(d->control), (struct sockaddr *)&at, &len) != 0 ||
	    getrandom(&start, sizeof start, 0) != sizeof start)
		return err_errno(e, ERR_IO, "cannot open a data port");
	start %= ports;
	for (unsigned i = 0; i < ports; i++) {
		d->port = r->port_from + (int)((start + i) % ports);
		set_port(&at, d->port);
		d->listener = listen_at(&at, len);
		if (d->listener >= 0)
			return true;
		if (errno != EADDRINUSE && errno != EACCES)
			return err_errno(e, ERR_BUSY, "cannot open data port %d", d->port);
	}
	return err(e, ERR_BUSY, "all %u data ports (%d to %d) are in use", ports, r->port_from,
	    r->port_to);
}

struct data *
data_listen(
    const struct data_rules *r, struct stream *control, enum box_tls rule, struct err *e)
{
	struct data *d = calloc(1, sizeof *d);

	assert(r->port_from > 0 && r->port_from <= r->port_to && r->port_to <= UINT16_MAX);
	if (d == NULL) {
		err(e, ERR_BUSY, "no memory for a data connection");
		return NULL;
	}
	d->rules = r;
	d->control = control;
	d->rule = rule;
	d->listener = d->fd = -1;
	if (!find_port(d, e))
		data_close(NULL, &d);
	return d;
}

int
data_port(const struct data *d)
{
	return d->port;
}

/* ---- the peer ---- */

static bool
peer_host(int fd, char host[HOST_SIZE])
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;

	return getpeername(fd, (struct sockaddr *)&at, &len) == 0 &&
	       getnameinfo(
		   (struct sockaddr *)&at, len, host, HOST_SIZE, NULL, 0, NI_NUMERICHOST) == 0;
}

/* Why waiting ended: an abort shows as whatever the shut socket says. */
static bool
ended(const struct data *d, struct err *e)
{
	if (d->aborted)
		return err(e, ERR_CANCELLED, "the transfer was aborted");
	return false;
}

static bool
accept_peer(struct task *t, struct data *d, struct err *e)
{
	char expected[HOST_SIZE], host[HOST_SIZE] = "";
	bool any = d->rules->any_address && d->rule == BOX_TLS_REQUIRE;

	if (!peer_host(stream_descriptor(d->control), expected))
		return err_errno(e, ERR_GONE, "the control connection has no peer");
	for (unsigned strangers = 0; strangers < DATA_STRANGERS_MOST; strangers++) {
		struct err why = { 0 };
		int fd = io_accept(t, d->listener, &why);

		if (fd < 0 && host[0] != '\0' && !d->aborted)
			break;
		if (fd < 0) {
			if (e != NULL)
				*e = why;
			return false;
		}
		if (any || (peer_host(fd, host) && strcmp(host, expected) == 0))
			return (d->s = stream_fd_sized(fd, 0, e)) != NULL;
		close(fd);
	}
	return err(e, ERR_FORBIDDEN,
	    "the data connection came from %s, expected %s as the control connection", host,
	    expected);
}

bool
data_accept(struct task *t, struct data *d, struct err *e)
{
	uint64_t was = task_deadline(t, d->rules->accept_ms);
	bool ok;

	assert(d->phase == DATA_LISTENING && d->listener >= 0);
	ok = !d->aborted && accept_peer(t, d, e);
	task_deadline(t, was);
	close(d->listener); /* nobody else can come, and the port is free again */
	d->listener = -1;
	if (!ok || d->aborted)
		return ended(d, e);
	d->fd = stream_descriptor(d->s);
	d->phase = DATA_CONNECTED;
	return true;
}

static bool
check_bound(const struct data *d, struct err *e)
{
	if (d->rule != BOX_TLS_REQUIRE || tls_bound(d->s) == TLS_BOUND)
		return true;
	return err(e, ERR_FORBIDDEN,
	    "the data connection %s the TLS session of this control connection, as the "
	    "account's setting data_tls = REQUIRE demands",
	    tls_bound(d->s) == TLS_FOREIGN ? "showed the session of another connection, not"
					   : "did not resume");
}

bool
data_secure(struct task *t, struct data *d, struct err *e)
{
	uint64_t was = task_deadline(t, d->rules->shake_ms);

	assert(d->phase == DATA_CONNECTED);
	if (!d->aborted)
		d->s = tls_start_beside(t, d->control, &d->s, e);
	task_deadline(t, was);
	if (d->s == NULL)
		d->fd = -1; /* closed */
	if (d->s == NULL || d->aborted)
		return ended(d, e);
	if (tls_bound(d->s) == TLS_BOUND)
		tls_renew(d->control);
	if (!check_bound(d, e))
		return false;
	d->phase = DATA_SECURED;
	return true;
}

enum tls_bound
data_bound(const struct data *d)
{
	return d->phase >= DATA_SECURED ? tls_bound(d->s) : TLS_UNRESUMED;
}

/* ---- moving ---- */

static uint64_t
now_ms(struct task *t)
{
	return loop_now_ms(task_loop(t));
}

static bool
begin(struct task *t, struct data *d, struct err *e)
{
	if (d->phase == DATA_MOVING)
		return true;
	assert(d->phase == DATA_SECURED);
	d->piece = malloc(DATA_PIECE_BYTES);
	if (d->piece == NULL)
		return err(e, ERR_BUSY, "no memory for a transfer");
	d->phase = DATA_MOVING;
	d->began_ms = d->window_ms = now_ms(t);
	return true;
}

static void
stop(struct task *t, struct data *d)
{
	free(d->piece);
	d->piece = NULL;
	d->waiting = 0;
	d->phase = DATA_DONE;
	d->ended_ms = now_ms(t);
}

/* After n bytes moved: is it aborted, is it too slow? */
static bool
moved(struct task *t, struct data *d, size_t n, struct err *e)
{
	const struct data_rules *r = d->rules;
	uint64_t now = now_ms(t), ms = now - d->window_ms;

	d->bytes += (int64_t)n;
	if (d->aborted)
		return ended(d, e);
	if (r->rate_least == 0 || ms < r->rate_window_ms)
		return true;
	if ((d->bytes - d->window_bytes) * 1000 / (int64_t)ms < r->rate_least)
		return err(e, ERR_TIMEOUT,
		    "%" PRId64 " bytes moved within %" PRIu64 " s, expected at least %" PRId64
		    " a second",
		    d->bytes - d->window_bytes, ms / 1000, r->rate_least);
	d->window_ms = now;
	d->window_bytes = d->bytes;
	return true;
}

/* A wait failed. The caller's own deadline, and cancel, keep their words. */
static bool
failed(struct task *t, const struct data *d, struct err *e)
{
	if (d->aborted)
		return ended(d, e);
	if (e != NULL && e->code == ERR_TIMEOUT && task_left_ms(t) > 0)
		return err(e, ERR_TIMEOUT, "nothing moved for %u s", d->rules->stall_ms / 1000);
	return false;
}

static bool
put_out(struct task *t, struct data *d, const char *from, size_t len, struct err *e)
{
	while (len > 0) {
		uint64_t was = task_deadline(t, d->rules->stall_ms);
		size_t put;
		bool ok = stream_write_some(t, d->s, from, len, &put, e);

		task_deadline(t, was);
		if (!ok)
			return failed(t, d, e);
		if (!moved(t, d, put, e))
			return false;
		from += put;
		len -= put;
	}
	return true;
}

/* Ours is the last word of a transfer that is whole; then the peer reads an end. */
static bool
goodbye(struct task *t, struct data *d, struct err *e)
{
	uint64_t was = task_deadline(t, d->rules->stall_ms);
	bool ok = !d->aborted && stream_finish(t, d->s, e);

	task_deadline(t, was);
	if (!ok || d->aborted)
		return failed(t, d, e);
	shutdown(d->fd, SHUT_WR);
	return true;
}

static bool
send_file(struct task *t, struct data *d, int fd, int64_t offset, int64_t size, struct err *e)
{
	posix_fadvise(fd, offset, size - offset, POSIX_FADV_SEQUENTIAL);
	while (offset < size) {
		size_t most = size - offset < DATA_PIECE_BYTES ? (size_t)(size - offset)
							       : DATA_PIECE_BYTES;
		ssize_t n;

		if (d->may != NULL && !d->may(t, d->may_arg, e))
			return false;
		n = pread(fd, d->piece, most, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, "cannot read the file");
		if (n == 0)
			return err(e, ERR_IO,
			    "the file ends at %" PRId64 ", expected %" PRId64 " bytes", offset,
			    size);
		if (!put_out(t, d, d->piece, (size_t)n, e))
			return false;
		offset += n;
	}
	return goodbye(t, d, e);
}

void
data_watch(struct data *d, data_may *may, void *arg)
{
	d->may = may;
	d->may_arg = arg;
}

bool
data_send(struct task *t, struct data *d, int fd, int64_t offset, int64_t size, struct err *e)
{
	bool ok = begin(t, d, e);

	if (ok) /* a small file with its goodbye and the end in one go */
		tls_gather(d->s);
	ok = ok && send_file(t, d, fd, offset, size, e);
	stop(t, d);
	return ok;
}

bool
data_write(struct task *t, struct data *d, const void *from, size_t len, struct err *e)
{
	const char *at = from;

	if (!begin(t, d, e))
		return false;
	while (len > 0) {
		size_t room = RECORD_BYTES - d->waiting, n = len < room ? len : room;

		memcpy(d->piece + d->waiting, at, n);
		d->waiting += n;
		at += n;
		len -= n;
		if (d->waiting < RECORD_BYTES)
			break;
		d->waiting = 0;
		if (!put_out(t, d, d->piece, RECORD_BYTES, e))
			return false;
	}
	return true;
}

bool
data_finish(struct task *t, struct data *d, struct err *e)
{
	bool ok = begin(t, d, e) && put_out(t, d, d->piece, d->waiting, e) && goodbye(t, d, e);

	stop(t, d);
	return ok;
}

/* Fills the piece until a record might not fit any more, or all has come. */
static enum io_got
fill(struct task *t, struct data *d, size_t *have, struct err *e)
{
	enum io_got got = IO_OK;

	*have = 0;
	while (got == IO_OK && *have <= DATA_PIECE_BYTES - RECORD_BYTES) {
		uint64_t was = task_deadline(t, d->rules->stall_ms);
		size_t n = 0;

		got = stream_read(t, d->s, d->piece + *have, DATA_PIECE_BYTES - *have, &n, e);
		task_deadline(t, was);
		*have += n;
		if (got == IO_FAIL)
			failed(t, d, e);
		else if (!moved(t, d, n, e))
			got = IO_FAIL;
	}
	return got;
}

static bool
receive(struct task *t, struct data *d, data_take *take, void *arg, struct err *e)
{
	struct err why = { 0 };
	enum io_got got;

	do {
		size_t have;

		got = fill(t, d, &have, &why);
		/* what has come is taken in any case: the sender can go on behind it */
		if (have > 0 && !take(t, arg, d->piece, have, e))
			return false;
	} while (got == IO_OK);
	if (got == IO_END) {
		struct err late; /* all of it is here: a peer who does not wait is no failure */

		goodbye(t, d, &late);
		return true;
	}
	if (e != NULL)
		*e = why;
	return false;
}

bool
data_receive(struct task *t, struct data *d, data_take *take, void *arg, struct err *e)
{
	bool ok;

	/* A client without TCP_NODELAY keeps its small file back until the end of its handshake
	 * is acknowledged, and we have nothing to send it along with: 40 ms a file. */
	setsockopt(d->fd, IPPROTO_TCP, TCP_QUICKACK, &(int){ 1 }, sizeof(int));
	ok = begin(t, d, e) && receive(t, d, take, arg, e);
	stop(t, d);
	return ok;
}

/* ---- from the session ---- */

void
data_abort(struct data *d)
{
	d->aborted = true;
	if (d->listener >= 0)
		shutdown(d->listener, SHUT_RDWR);
	if (d->fd >= 0)
		shutdown(d->fd, SHUT_RDWR);
}

bool
data_aborted(const struct data *d)
{
	return d->aborted;
}

enum data_phase
data_phase(const struct data *d)
{
	return d->phase;
}

int64_t
data_bytes(const struct data *d)
{
	return d->bytes;
}

int64_t
data_ms(const struct data *d, struct task *t)
{
	if (d->phase < DATA_MOVING)
		return 0;
	return (int64_t)((d->phase == DATA_DONE ? d->ended_ms : now_ms(t)) - d->began_ms);
}

/* Until the peer has closed; what it still says is of no interest. */
static void
drain(struct task *t, int fd)
{
	uint64_t was = task_deadline(t, DATA_DRAIN_MS);
	char nothing[512];
	struct err e;

	for (unsigned i = 0; i < DATA_DRAIN_MS; i++) {
		ssize_t n = recv(fd, nothing, sizeof nothing, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
		if (n < 0 && !task_wait_fd(t, fd, TASK_READ, &e))
			break;
	}
	task_deadline(t, was);
}

void
data_close(struct task *t, struct data **d)
{
	struct data *x = *d;

	if (x == NULL)
		return;
	if (t != NULL && x->s != NULL && x->phase == DATA_DONE && !x->aborted)
		drain(t, x->fd);
	if (x->s != NULL)
		stream_free(&x->s);
	if (x->listener >= 0)
		close(x->listener);
	free(x->piece);
	free(x);
	*d = NULL;
}

void
data_free(struct data **d)
{
	data_close(NULL, d);
}
