/* Listening, accepting and connecting; see io.h. */
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rt/io.h"
#include "rt/log.h"
#include "rt/loop.h"

enum {
	SHORT_PAUSE_MS = 100,
	LOG_PAUSE_MS = 1000,
	CONNECT_PAUSE_MS = 10,
	CONNECT_TRIES_MOST = 500
};

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_storage room;
	} at;
	socklen_t len;
};

static bool
bad_address(const char *text, struct err *e)
{
	return err(
	    e, ERR_CONF, "address is \"%s\", expected unix:/path or tcp:host:port", text);
}

static bool
read_unix(struct address *a, struct str path, const char *text, struct err *e)
{
	if (path.len == 0 || path.at[0] != '/')
		return bad_address(text, e);
	if (!str_copy(a->at.un.sun_path, sizeof a->at.un.sun_path, path))
		return err(e, ERR_CONF, "address is \"%s\", its path has more than %zu bytes",
		    text, sizeof a->at.un.sun_path - 1);
	a->at.un.sun_family = AF_UNIX;
	a->len = sizeof a->at.un;
	return true;
}

/* Numbers only: nothing here may wait for a name server. */
static bool
read_tcp(struct address *a, struct str host, const char *port, const char *text, struct err *e)
{
	struct addrinfo want = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM },
			*found;
	char name[64];
	int64_t number;

	if (str_is(host, "localhost"))
		host = STR("127.0.0.1");
	if (host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
		host = (struct str){ host.at + 1, host.len - 2 };
	/* getaddrinfo() takes 70000 for 4464 */
	if (host.len == 0 || !str_int64(str_of(port), &number) || number > UINT16_MAX ||
	    !str_copy(name, sizeof name, host) || getaddrinfo(name, port, &want, &found) != 0)
		return bad_address(text, e);
	assert(found->ai_addrlen <= sizeof a->at);
	memcpy(&a->at, found->ai_addr, found->ai_addrlen);
	a->len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static bool
address_read(struct address *a, const char *text, struct err *e)
{
	struct str s = str_of(text);
	const char *colon = strrchr(text, ':');

	memset(a, 0, sizeof *a);
	if (str_starts(s, "unix:"))
		return read_unix(a, (struct str){ s.at + 5, s.len - 5 }, text, e);
	if (!str_starts(s, "tcp:") || colon < text + 4)
		return bad_address(text, e);
	return read_tcp(
	    a, (struct str){ text + 4, (size_t)(colon - text - 4) }, colon + 1, text, e);
}

static int
socket_new(const struct address *a)
{
	int fd = socket(a->at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* replies are written whole: waiting for more to send only costs */
	if (fd >= 0 && a->at.any.sa_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	return fd;
}

/* Removes a socket that nobody answers any more; whatever else is there stays. */
static bool
clear_stale(const struct address *a, const char *text, struct err *e)
{
	const char *path = a->at.un.sun_path;
	struct stat is;
	int probe, got, why;

	if (lstat(path, &is) != 0)
		return errno == ENOENT || err_errno(e, ERR_CONF, "cannot look at %s", path);
	if (!S_ISSOCK(is.st_mode))
		return err(e, ERR_CONF, "%s is there and is not a socket", path);
	probe = socket_new(a);
	if (probe < 0)
		return err_errno(e, ERR_IO, "cannot make a socket");
	got = connect(probe, &a->at.any, a->len);
	why = errno;
	close(probe);
	if (got == 0 || why != ECONNREFUSED)
		return err(e, ERR_CONF, "somebody listens on %s already", text);
	return unlink(path) == 0 || errno == ENOENT ||
	       err_errno(e, ERR_CONF, "cannot remove the stale socket %s", path);
}

/* The mode is set on the socket first, and bind() makes the file with it (less the umask), so
 * at no moment can more people connect than should. */
static bool
bind_unix(int fd, const struct address *a, unsigned mode, const char *text, struct err *e)
{
	return clear_stale(a, text, e) &&
	       ((fchmod(fd, mode) == 0 && bind(fd, &a->at.any, a->len) == 0 &&
		    chmod(a->at.un.sun_path, mode) == 0) ||
		   err_errno(e, ERR_CONF, "cannot listen on %s", text));
}

static bool
bind_tcp(int fd, const struct address *a, const char *text, struct err *e)
{
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (a->at.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 1 }, sizeof(int));
	return bind(fd, &a->at.any, a->len) == 0 ||
	       err_errno(e, ERR_CONF, "cannot listen on %s", text);
}

int
io_listen(const char *address, unsigned mode, int backlog, struct err *e)
{
	struct address a;
	int fd;

	if (!address_read(&a, address, e))
		return -1;
	fd = socket_new(&a);
	if (fd < 0) {
		err_errno(e, ERR_IO, "cannot make a socket");
		return -1;
	}
	if (!(a.at.any.sa_family == AF_UNIX ? bind_unix(fd, &a, mode, address, e)
					    : bind_tcp(fd, &a, address, e)) ||
	    (listen(fd, backlog) != 0 &&
		!err_errno(e, ERR_CONF, "cannot listen on %s", address))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Out of descriptors or memory: others may soon give some back. */
static bool
short_of(struct task *t, struct err *e)
{
	static uint64_t told_ms;
	uint64_t now = loop_now_ms(task_loop(t));

	if (told_ms == 0 || now - told_ms >= LOG_PAUSE_MS) {
		log_error(t, "accept.short", "why=%s pause_ms=%d", strerrorname_np(errno),
		    SHORT_PAUSE_MS);
		told_ms = now;
	}
	return task_sleep(t, SHORT_PAUSE_MS, e);
}

int
io_accept_now(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	return fd;
}

int
io_accept(struct task *t, int listener, struct err *e)
{
	for (bool go_on = task_yield(t, e); go_on;) { /* or a flood of peers would starve all */
		int fd = io_accept_now(listener);

		if (fd >= 0)
			return fd;
		if (errno == EAGAIN)
			go_on = task_wait_fd(t, listener, TASK_READ, e);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			 errno == ENOMEM)
			go_on = short_of(t, e);
		else if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK ||
			 errno == EOPNOTSUPP)
			go_on =
			    err_errno(e, ERR_IO, "cannot accept on descriptor %d", listener);
		else /* that one peer's trouble */
			go_on = task_yield(t, e);
	}
	return -1;
}

static bool
connect_wait(struct task *t, int fd, const char *text, struct err *e)
{
	int why = 0;
	socklen_t len = sizeof why;

	if (!task_wait_fd(t, fd, TASK_WRITE, e))
		return err_at(e, "connecting to %s", text);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len);
	errno = why;
	return why == 0 || err_errno(e, ERR_UNAVAILABLE, "cannot connect to %s", text);
}

int
io_connect(struct task *t, const char *address, struct err *e)
{
	struct address a;
	bool ok;
	int fd;

	if (!address_read(&a, address, e))
		return -1;
	fd = socket_new(&a);
	if (fd < 0) {
		err_errno(e, ERR_IO, "cannot make a socket");
		return -1;
	}
	ok = connect(fd, &a.at.any, a.len) == 0;
	/* a Unix socket whose queue is full cannot be waited for */
	for (int i = 0; !ok && errno == EAGAIN && i < CONNECT_TRIES_MOST; i++) {
		if (!task_sleep(t, CONNECT_PAUSE_MS, e)) {
			close(fd);
			return -1;
		}
		ok = connect(fd, &a.at.any, a.len) == 0;
	}
	if (!ok && errno == EINPROGRESS)
		ok = connect_wait(t, fd, address, e);
	else if (!ok)
		err_errno(e, ERR_UNAVAILABLE, "cannot connect to %s", address);
	if (ok)
		return fd;
	close(fd);
	return -1;
}

int
io_port(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return -1;
	if (at.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&at)->sin_port);
	if (at.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	return -1;
}
