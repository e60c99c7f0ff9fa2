/*
 * Streams: a read buffer over four operations. All waiting of a stream is in go_on(): the
 * operation says what it wants, or that it did not have to wait; then every OPS_BEFORE_YIELD of
 * them the task lets others run, so a fast peer can neither starve the loop nor outrun the
 * deadline.
 */
#include "rt/io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OPS_BEFORE_YIELD = 16 };

struct stream {
	int fd;
	const struct stream_ops *ops;
	void *self;
	unsigned ops_done; /* since the last wait */
	bool ended, whole;
	size_t first, len; /* what is unread, in at[] */
	size_t size;
	char at[];
};

bool
io_nonblock(int fd, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);

	return (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0) ||
	       err_errno(e, ERR_IO, "cannot make descriptor %d non-blocking", fd);
}

/* ---- plain descriptors ---- */

static ssize_t
fd_failed(int fd, const char *what, unsigned ready, unsigned *want, struct err *e)
{
	*want = errno == EAGAIN ? ready : 0;
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN || errno == ETIMEDOUT)
		err_errno(e, ERR_GONE, "the other side went away while %s", what);
	else if (errno != EAGAIN)
		err_errno(e, ERR_IO, "%s of descriptor %d failed", what, fd);
	return -1;
}

static ssize_t
fd_read(void *self, void *to, size_t len, unsigned *want, struct err *e)
{
	const struct stream *s = self;
	ssize_t n;

	do
		n = read(s->fd, to, len);
	while (n < 0 && errno == EINTR);
	return n >= 0 ? n : fd_failed(s->fd, "reading", TASK_READ, want, e);
}

static ssize_t
fd_write(void *self, const void *from, size_t len, unsigned *want, struct err *e)
{
	const struct stream *s = self;
	ssize_t n;

	do
		n = write(s->fd, from, len);
	while (n < 0 && errno == EINTR);
	return n >= 0 ? n : fd_failed(s->fd, "writing", TASK_WRITE, want, e);
}

static bool
fd_finish(void *self, unsigned *want, struct err *e)
{
	const struct stream *s = self;

	*want = 0;
	if (shutdown(s->fd, SHUT_WR) == 0 || errno == ENOTSOCK)
		return true;
	fd_failed(s->fd, "closing", 0, want, e);
	return false;
}

static void
fd_free(void *self)
{
	(void)self;
}

static const struct stream_ops fd_ops = { fd_read, fd_write, fd_finish, fd_free };

/* ---- streams ---- */

struct stream *
stream_over_sized(int fd, size_t size, const struct stream_ops *ops, void *self, struct err *e)
{
	struct stream *s = malloc(sizeof *s + size);

	if (s == NULL)
		err(e, ERR_BUSY, "no memory for a stream");
	if (s == NULL || !io_nonblock(fd, e)) {
		ops->free(self);
		close(fd);
		free(s);
		return NULL;
	}
	s->fd = fd;
	s->ops = ops;
	s->self = self;
	s->ops_done = 0;
	s->ended = s->whole = false;
	s->first = s->len = 0;
	s->size = size;
	return s;
}

struct stream *
stream_over(int fd, const struct stream_ops *ops, void *self, struct err *e)
{
	return stream_over_sized(fd, STREAM_BUFFER_BYTES, ops, self, e);
}

struct stream *
stream_fd_sized(int fd, size_t size, struct err *e)
{
	struct stream *s = stream_over_sized(fd, size, &fd_ops, NULL, e);

	if (s != NULL)
		s->self = s;
	return s;
}

struct stream *
stream_fd(int fd, struct err *e)
{
	return stream_fd_sized(fd, STREAM_BUFFER_BYTES, e);
}

size_t
stream_size(const struct stream *s)
{
	return s->size;
}

int
stream_take(struct stream **s)
{
	struct stream *old = *s;
	int fd = old->fd;

	old->ops->free(old->self);
	free(old);
	*s = NULL;
	return fd;
}

void
stream_free(struct stream **s)
{
	if (*s != NULL)
		close(stream_take(s));
}

void
stream_auto(struct stream **s)
{
	stream_free(s);
}

int
stream_descriptor(const struct stream *s)
{
	return s->fd;
}

void *
stream_self(const struct stream *s)
{
	return s->self;
}

size_t
stream_unread(const struct stream *s)
{
	return s->len;
}

/* After an operation: waits for what it wanted, or now and then lets others run. */
static bool
go_on(struct task *t, struct stream *s, unsigned want, struct err *e)
{
	if (want == 0 && ++s->ops_done < OPS_BEFORE_YIELD)
		return true;
	s->ops_done = 0;
	return want != 0 ? task_wait_fd(t, s->fd, want, e) : task_yield(t, e);
}

/* Reads some bytes, waiting for the first. */
static enum io_got
read_some(struct task *t, struct stream *s, void *to, size_t len, size_t *got, struct err *e)
{
	if (!go_on(t, s, 0, e))
		return IO_FAIL;
	while (!s->ended) {
		unsigned want = 0;
		ssize_t n = s->ops->read(s->self, to, len, &want, e);

		if (n > 0) {
			*got = (size_t)n;
			return IO_OK;
		}
		if (n == 0)
			s->ended = true;
		else if (want == 0 || !go_on(t, s, want, e))
			return IO_FAIL;
	}
	return IO_END;
}

/* Reads some bytes more behind what is unread; the buffer must have room. */
static enum io_got
fill(struct task *t, struct stream *s, struct err *e)
{
	size_t n = 0;
	enum io_got got;

	if (s->first > 0) {
		memmove(s->at, s->at + s->first, s->len);
		s->first = 0;
	}
	assert(s->len < s->size);
	got = read_some(t, s, s->at + s->len, s->size - s->len, &n, e);
	s->len += n;
	return got;
}

static struct str
take(struct stream *s, size_t len)
{
	struct str taken = { s->at + s->first, len };

	s->first += len;
	s->len -= len;
	return taken;
}

enum io_got
stream_line(struct task *t, struct stream *s, size_t most, struct str *line, struct err *e)
{
	size_t searched = 0;
	bool ended = false;

	assert(s->size > 2 && most <= s->size - 2);
	for (;;) {
		const char *at = s->at + s->first;
		const char *lf = memchr(at + searched, '\n', s->len - searched);
		size_t len = lf != NULL ? (size_t)(lf - at) : s->len;
		bool cr = len > 0 && at[len - 1] == '\r' && !ended;
		enum io_got got;

		if (len - cr > most) {
			err(e, ERR_TOO_BIG, "a line is longer than %zu bytes", most);
			return IO_FAIL;
		}
		if (lf != NULL || ended) {
			*line = take(s, len + (lf != NULL));
			line->len = len - cr;
			s->whole = lf != NULL;
			return IO_OK;
		}
		searched = s->len;
		got = fill(t, s, e);
		if (got == IO_FAIL || (got == IO_END && s->len == 0))
			return got;
		ended = got == IO_END;
	}
}

bool
stream_whole(const struct stream *s)
{
	return s->whole;
}

enum io_got
stream_read(struct task *t, struct stream *s, void *to, size_t len, size_t *got, struct err *e)
{
	assert(len > 0);
	*got = 0;
	if (s->len == 0 && len >= s->size)
		return read_some(t, s, to, len, got, e);
	if (s->len == 0) {
		enum io_got filled = fill(t, s, e);

		if (filled != IO_OK)
			return filled;
	}
	*got = len < s->len ? len : s->len;
	memcpy(to, take(s, *got).at, *got);
	return IO_OK;
}

enum io_got
stream_exactly(struct task *t, struct stream *s, void *to, size_t len, struct err *e)
{
	size_t have = 0;

	while (have < len) {
		size_t n;
		enum io_got got = stream_read(t, s, (char *)to + have, len - have, &n, e);

		if (got == IO_END && have > 0) {
			err(e, ERR_GONE, "the other side ended after %zu of %zu bytes", have,
			    len);
			return IO_FAIL;
		}
		if (got != IO_OK)
			return got;
		have += n;
	}
	return IO_OK;
}

bool
stream_write_some(
    struct task *t, struct stream *s, const void *from, size_t len, size_t *put, struct err *e)
{
	*put = 0;
	if (!go_on(t, s, 0, e))
		return false;
	while (*put == 0 && len > 0) {
		unsigned want = 0;
		ssize_t n = s->ops->write(s->self, from, len, &want, e);

		if (n > 0)
			*put = (size_t)n;
		else if (want == 0 || !go_on(t, s, want, e))
			return false;
	}
	return true;
}

bool
stream_write(struct task *t, struct stream *s, const void *from, size_t len, struct err *e)
{
	const char *at = from;
	size_t put;

	do {
		if (!stream_write_some(t, s, at, len, &put, e))
			return false;
		at += put;
		len -= put;
	} while (len > 0);
	return true;
}

bool
stream_finish(struct task *t, struct stream *s, struct err *e)
{
	unsigned want = 0;

	while (!s->ops->finish(s->self, &want, e)) {
		if (want == 0 || !go_on(t, s, want, e))
			return false;
		want = 0;
	}
	return true;
}
