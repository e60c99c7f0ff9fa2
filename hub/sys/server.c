/* Connections of nginx's; see server.h. */
#include "sys/server.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/loop.h"

enum {
	SOCKET_MODE = 0660,
	BACKLOG = 1024,
	HEAD_MS = 10000,
	READ_BYTES = 8192,
	CONNECTIONS_MOST = 4000,
	HANDED_FD = 3,	  /* SD_LISTEN_FDS_START */
	ACCEPT_TURN = 32, /* before the others have their turn */
	DRAIN_MS = 8000	  /* well within PROC_STOP_S: who asks for long is broken off */
};

struct connection {
	struct server *server;
	int fd;
	struct task *task;
	struct connection *next, **place;
};

bool
server_peer(struct server *s, const char *user, struct err *e)
{
	struct passwd *is = getpwnam(user);

	if (is == NULL)
		return err(e, ERR_CONF, "web.user: there is no user \"%s\"", user);
	s->peer = is->pw_uid;
	return true;
}

/* The one socket that who started this process has made for several of them, as systemd hands
 * it over (sd_listen_fds(3)). -1: there is none. Whether it blocks is one state for all of
 * them: who hands it over must not take that back for the next (NonBlocking= of the units). */
static int
handed_over(struct err *e)
{
	const char *whose = getenv("LISTEN_PID"), *many = getenv("LISTEN_FDS");
	int64_t pid, n;
	int listens = 0, family = 0;
	socklen_t len = sizeof listens;

	if (whose == NULL || many == NULL || !str_int64(str_of(whose), &pid) ||
	    pid != getpid() || !str_int64(str_of(many), &n))
		return -1;
	if (n != 1 || getsockopt(HANDED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 ||
	    getsockopt(HANDED_FD, SOL_SOCKET, SO_DOMAIN, &family, &len) != 0 || listens == 0 ||
	    family != AF_UNIX) {
		err(e, ERR_CONF, "expected one Unix socket that listens from who started this");
		return -1;
	}
	if (fcntl(HANDED_FD, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(HANDED_FD, F_SETFL, O_NONBLOCK) != 0) {
		err_errno(e, ERR_IO, "cannot take over the socket");
		return -1;
	}
	return HANDED_FD;
}

bool
server_listen(
    struct server *s, const char *folder, const char *process, int number, struct err *e)
{
	char address[512];

	s->listener = handed_over(e);
	s->shared = s->listener >= 0;
	if (s->shared || e->code != ERR_NONE)
		return s->shared;
	snprintf(address, sizeof address, "unix:%s/%s/%d.sock", folder, process, number);
	s->listener = io_listen(address, SOCKET_MODE, BACKLOG, e);
	return s->listener >= 0;
}

/* "api" and "broken" give "api.broken". */
static const char *
event(char to[48], const struct server *s, const char *what)
{
	snprintf(to, 48, "%s.%s", s->name, what);
	return to;
}

static bool
request(struct task *t, struct server *s, struct http *r, struct stream *from, struct err *e)
{
	enum io_got got;

	task_deadline(t, HEAD_MS);
	got = http_take(t, r, from, e);
	if (s->grace_ms > 0) {
		r->grace_ms = s->grace_ms;
		r->rate_least = s->rate_least;
	}
	if (got == IO_OK)
		s->answer(t, r, s->arg);
	else if (got == IO_FAIL && r->scgi.head != NULL && e->code != ERR_GONE)
		(void)http_problem(t, r, 400, NULL, NULL, NULL);
	return got != IO_FAIL;
}

static void
begun(struct server *s, struct connection *k, struct task *t)
{
	k->task = t;
	k->place = &s->first;
	k->next = s->first;
	if (k->next != NULL)
		k->next->place = &k->next;
	s->first = k;
	s->connections++;
}

static void
ended(struct server *s, struct connection *k)
{
	*k->place = k->next;
	if (k->next != NULL)
		k->next->place = k->place;
	free(k);
	if (--s->connections == 0 && s->drains != NULL)
		task_wake(s->drains);
}

static void
connection_run(struct task *t, void *arg)
{
	struct connection *k = arg;
	struct stream *s = stream_fd_sized(k->fd, READ_BYTES, NULL);
	struct http r = { 0 };
	struct err e = { 0 };
	char name[48];
	bool ok;

	/* who was taken is answered, also when this process is told to end */
	(void)task_shield(t, true);
	ok = s != NULL && scgi_peer(k->fd, k->server->peer, &e) &&
	     request(t, k->server, &r, s, &e);
	if (!ok && e.text[0] != '\0' && e.code != ERR_CANCELLED)
		log_warn(t, event(name, k->server, "broken"), "says=\"%s\"", e.text);
	http_auto(&r);
	stream_free(&s);
	ended(k->server, k);
}

static bool
spawn(struct task *t, struct server *s, int fd, struct err *e)
{
	struct connection *k = calloc(1, sizeof *k);
	struct task *of;

	if (k != NULL) {
		k->server = s;
		k->fd = fd;
		of = task_spawn(task_loop(t), "request", connection_run, k, e);
		if (of != NULL) {
			begun(s, k, of);
			return true;
		}
	}
	free(k);
	close(fd);
	return err(e, ERR_BUSY, "no room for a request");
}

static void
take(struct task *t, struct server *s, int fd)
{
	struct err e = { 0 };
	char name[48];

	if (s->connections >= CONNECTIONS_MOST)
		close(fd); /* nginx says 502; its own limits come long before */
	else if (!spawn(t, s, fd, &e))
		log_warn(t, event(name, s, "busy"), "says=\"%s\"", e.text);
}

static void
drain(struct task *t, struct server *s)
{
	struct err e = { 0 };
	char name[48];
	int fd;

	while (!s->shared && (fd = io_accept_now(s->listener)) >= 0)
		take(t, s, fd);
	close(s->listener);
	s->listener = -1;
	s->drains = t;
	(void)task_shield(t, true);
	task_deadline(t, DRAIN_MS);
	while (s->connections > 0 && task_park(t, &e))
		continue;
	s->drains = NULL;
	if (s->connections > 0)
		log_info(t, event(name, s, "cut"), "requests=%u", s->connections);
	for (struct connection *k = s->first; k != NULL; k = k->next) {
		(void)task_shield(k->task, false);
		task_cancel(k->task);
	}
}

void
server_run(struct task *t, void *arg)
{
	struct server *s = arg;
	struct err e = { 0 };
	char name[48];
	int fd;

	while ((fd = io_accept(t, s->listener, &e)) >= 0) {
		take(t, s, fd);
		/* those who came meanwhile, or one a turn would be all that a busy process
		 * takes */
		for (int n = 1; n < ACCEPT_TURN && (fd = io_accept_now(s->listener)) >= 0; n++)
			take(t, s, fd);
	}
	if (task_cancelled(t))
		drain(t, s);
	else
		log_error(t, event(name, s, "deaf"), "says=\"%s\"", e.text);
}
