/* Metrics and health; see ops.h. */
#include "sys/ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/loop.h"
#include "sys/http.h"
#include "sys/metrics.h"

enum {
	SOCKET_MODE = 0660,
	BACKLOG = 16,
	ANSWER_MS = 8000,
	ASK_MS = 2000,
	READ_BYTES = 4096,
	TEXT_MOST = 1024 * 1024
};

void
ops_listen(struct ops *o, const struct conf *c, int number)
{
	char folder[CONF_TEXT_SIZE + 32], address[sizeof folder + 32];
	const struct passwd *is = getpwnam(c->web_user);
	struct err e = { 0 };

	o->fd = -1;
	snprintf(folder, sizeof folder, "%s/%s", c->web_sockets, o->process);
	if (is == NULL || access(folder, F_OK) != 0) {
		log_warn(NULL, "ops.none", "folder=%s user=%s says=\"there is no such %s\"",
		    folder, c->web_user, is == NULL ? "user" : "folder");
		return;
	}
	o->peer = is->pw_uid;
	snprintf(address, sizeof address, "unix:%s/ops.%d.sock", folder, number);
	o->fd = io_listen(address, SOCKET_MODE, BACKLOG, &e);
	if (o->fd < 0)
		log_warn(NULL, "ops.none", "says=\"%s\"", e.text);
}

bool
ops_database(struct task *t, struct db *db, struct err *e)
{
	uint64_t was = task_deadline(t, ASK_MS);
	AUTO_PTR(conn) c = db_lease(t, db, e);
	bool ok = c != NULL && db_exec(t, c, SQL_OPS_PING, NO_ARGS, NULL, e) <= DB_NONE;

	task_deadline(t, was);
	return ok;
}

/* ---- what every process tells ---- */

static int64_t
resident_bytes(void)
{
	char text[128] = "";
	struct str pages, rest;
	int64_t n = 0;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, text, sizeof text - 1) > 0 &&
	    str_cut(str_of(text), ' ', &pages, &rest) && str_cut(rest, ' ', &pages, &rest) &&
	    !str_int64(pages, &n))
		n = 0;
	if (fd >= 0)
		close(fd);
	return n * sysconf(_SC_PAGESIZE);
}

static int64_t
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int64_t n = -3; /* ".", ".." and the folder itself */

	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void
write_process(struct task *t, struct buf *b)
{
	metrics_head(b, "process_resident_memory_bytes", METRIC_GAUGE, "Memory in use.");
	metrics_line(b, "process_resident_memory_bytes", NULL, NULL, resident_bytes());
	metrics_head(b, "process_open_fds", METRIC_GAUGE, "Open descriptors.");
	metrics_line(b, "process_open_fds", NULL, NULL, open_descriptors());
	metrics_head(b, "busbar_tasks", METRIC_GAUGE, "Tasks that are alive.");
	metrics_line(b, "busbar_tasks", NULL, NULL, loop_tasks(task_loop(t)));
}

/* ---- answering ---- */

static bool
metrics(struct task *t, struct ops *o, struct http *r, struct err *e)
{
	AUTO(buf) b = BUF(TEXT_MOST);
	struct err why = { 0 };

	write_process(t, &b);
	if (o->write != NULL)
		o->write(&b, o->arg);
	/* what it counts itself is told also when nobody answers it */
	if (o->ask != NULL && !o->ask(t, &b, o->arg, &why))
		log_warn(t, "ops.unasked", "says=\"%s\"", why.text);
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the metrics do not fit");
	return http_reply(
	    t, r, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&b), e);
}

static bool
health(struct task *t, struct ops *o, struct http *r, struct err *e)
{
	struct err why = { 0 };

	if (o->healthy == NULL || o->healthy(t, o->arg, &why))
		return http_reply(t, r, 200, "text/plain; charset=utf-8", STR("ok\n"), e);
	log_warn(t, "ops.unhealthy", "says=\"%s\"", why.text);
	/* whoever may ask here may know why */
	return http_problem(t, r, 503, err_rows[why.code].name + strlen("ERR_"), why.text, e);
}

static bool
answer(struct task *t, struct ops *o, struct http *r, struct err *e)
{
	if (!str_is(http_var(r, SCGI_METHOD), "GET") && !r->head)
		return http_problem(t, r, 405, NULL, NULL, e);
	if (str_ends(r->path, "/metrics"))
		return metrics(t, o, r, e);
	if (str_ends(r->path, "/healthz"))
		return health(t, o, r, e);
	return http_problem(t, r, 404, NULL, NULL, e);
}

/* One after the other: nobody here is in a hurry, and a flood of them costs one task. */
void
ops_run(struct task *t, void *arg)
{
	struct ops *o = arg;
	struct err e = { 0 };
	int fd;

	if (o->fd < 0)
		return;
	while ((fd = io_accept(t, o->fd, &e)) >= 0) {
		AUTO_PTR(stream) s = stream_fd_sized(fd, READ_BYTES, &e);
		struct http r = { 0 };

		task_deadline(t, ANSWER_MS);
		if (s != NULL && scgi_peer(fd, o->peer, &e) &&
		    http_take(t, &r, s, &e) == IO_OK && !answer(t, o, &r, &e) &&
		    e.code != ERR_GONE)
			log_warn(t, "ops.refused", "says=\"%s\"", e.text);
		http_auto(&r);
		task_deadline(t, 0);
	}
}
