/* Clocks, pace, the connection and reading of our own files: what all kinds of server share. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "push.h"
#include "talk.h"

enum { TELL_MS = 1000 };

bool
fail(struct push *p, enum push_reason why, struct err *e, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	p->reason = why;
	return err(e, ERR_UNAVAILABLE, "%s", text);
}

int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
pace_begin(struct pace *a)
{
	a->since_ms = now_ms();
	a->bytes = 0;
}

bool
push_moved(struct push *p, int64_t n, struct err *e)
{
	struct pace *a = &p->pace;
	int64_t now = now_ms(), spent = now - a->since_ms;

	p->moved += n;
	a->bytes += n;
	if (n > 0 && now - p->told_ms >= TELL_MS) {
		talk_say(p->talk, "moved %lld", (long long)p->moved);
		p->told_ms = now;
	}
	if (spent < a->stall_ms)
		return true;
	if (a->bytes * 1000 < a->least_rate * spent)
		return fail(p, PUSH_STALL, e,
		    "%lld bytes in %lld s, expected at least %lld a second",
		    (long long)a->bytes, (long long)(spent / 1000), (long long)a->least_rate);
	pace_begin(a);
	return true;
}

bool
push_find(struct push *p, struct err *e)
{
	if (egress_find(&p->place, &p->rules, p->job.host, (int)p->job.port, getaddrinfo, e))
		return true;
	p->reason = e->code == ERR_UNAVAILABLE ? PUSH_CONNECT : PUSH_ADDRESS;
	return false;
}

static bool
connected(struct push *p, int fd, struct err *e)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int why = 0, rc;

	do
		rc = poll(&wait, 1, (int)p->conf->push_connect_ms);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return fail(p, PUSH_CONNECT, e, "no connection to %s port %d within %lld s",
		    p->place.text, (int)p->job.port,
		    (long long)p->conf->push_connect_ms / 1000);
	if (rc < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
		why = errno;
	errno = why;
	return why == 0 || (err_errno(e, ERR_UNAVAILABLE, "connecting to %s port %d",
				p->place.text, (int)p->job.port),
			       p->reason = PUSH_CONNECT, false);
}

int
push_connect(struct push *p, struct err *e)
{
	AUTO_FD fd = socket(
	    p->place.at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	int one = 1, ready;

	if (fd < 0) {
		err_errno(e, ERR_UNAVAILABLE, "making a socket");
		p->reason = PUSH_OURS;
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (struct sockaddr *)&p->place.at, p->place.len) != 0 &&
	    errno != EINPROGRESS) {
		err_errno(e, ERR_UNAVAILABLE, "connecting to %s port %d", p->place.text,
		    (int)p->job.port);
		p->reason = PUSH_CONNECT;
		return -1;
	}
	if (!connected(p, fd, e))
		return -1;
	ready = fd;
	fd = -1;
	return ready;
}

bool
push_path(const struct push *p, char *to, size_t size, const char *name, struct err *e)
{
	const char *folder = p->job.path;
	int n = snprintf(to, size, "%s%s%s", folder,
	    folder[0] == '\0' || folder[strlen(folder) - 1] == '/' ? "" : "/", name);

	return (n > 0 && (size_t)n < size) || err(e, ERR_TOO_BIG, "the path is too long");
}

bool
push_read(
    struct push *p, const struct job_file *f, int64_t at, void *to, size_t len, struct err *e)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = pread(f->fd, (char *)to + got, len - got, at + (int64_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(p, PUSH_OURS, e, "cannot read our %s", f->name);
		got += (size_t)n;
	}
	return true;
}
