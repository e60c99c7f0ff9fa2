/*
 * busbar-ftpsd: the FTPS door. The parent opens the listeners and TLS, gives up root, and keeps
 * one worker a core alive; workers share the listening sockets and the seed of the ticket keys,
 * and each has an event loop with a task a session. SIGHUP reads the certificate again.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/proc.h"
#include "session.h"
#include "sys/confine.h"
#include "sys/ops.h"
#include "sys/secret.h"
#include "workers.h"

enum { LISTENERS_MOST = 16, BACKLOG = 1024, DESCRIPTORS_MOST = 65536, RATE_WINDOW_MS = 60000 };

static struct {
	struct door door;
	struct listener_at {
		int fd;
		bool implicit;
	} at[LISTENERS_MOST];
	unsigned listeners, workers;
	struct counts *counts;
	struct ops ops; /* whichever worker is asked tells the sum */
} the;

/* ---- what the workers share ---- */

static bool
listen_one(struct str address, int64_t port, bool implicit, struct err *e)
{
	char text[128];
	int fd;

	if (port == 0)
		return true;
	if (the.listeners == LISTENERS_MOST)
		return err(
		    e, ERR_CONF, "ftps.address has more than %d items", LISTENERS_MOST / 2);
	snprintf(
	    text, sizeof text, "tcp:" STR_FMT ":%d", STR_ARG(str_trim(address)), (int)port);
	fd = io_listen(text, 0, BACKLOG, e);
	if (fd < 0)
		return false;
	the.at[the.listeners++] = (struct listener_at){ fd, implicit };
	return true;
}

static bool
listen_all(struct err *e)
{
	struct str list = str_of(the.door.conf.ftps_address), address;
	bool more = true;

	while (more) {
		more = str_cut(list, ',', &address, &list);
		if (!listen_one(address, the.door.conf.ftps_port, false, e) ||
		    !listen_one(address, the.door.conf.ftps_implicit_port, true, e))
			return false;
	}
	return the.listeners > 0 || err(e, ERR_CONF, "ftps.port and ftps.implicit_port are 0");
}

static bool
tls_open(struct err *e)
{
	const struct tls_rules r = { .certificate = the.door.conf.ftps_certificate,
		.key = the.door.conf.ftps_key,
		.alpn = "ftp",
		.peer_any = true,
		.binds = true };

	the.door.tls = tls_server(&r, e);
	return the.door.tls != NULL;
}

static bool
rules_of(struct err *e)
{
	const struct conf *c = &the.door.conf;

	the.door.rules = (struct data_rules){ .port_from = (int)c->ftps_passive_from,
		.port_to = (int)c->ftps_passive_to,
		.any_address = c->ftps_any_address,
		.accept_ms = (uint32_t)c->ftps_connect_ms,
		.shake_ms = (uint32_t)c->ftps_connect_ms,
		.stall_ms = (uint32_t)c->ftps_stall_ms,
		.rate_least = c->ftps_rate_least,
		.rate_window_ms = RATE_WINDOW_MS };
	if (c->ftps_passive_to < c->ftps_passive_from)
		return err(e, ERR_CONF, "ftps.passive_to is below ftps.passive_from");
	return externals_read(&the.door.externals, str_of(c->ftps_external), e);
}

static void
more_descriptors(void)
{
	struct rlimit is;

	if (getrlimit(RLIMIT_NOFILE, &is) != 0)
		return;
	is.rlim_cur = is.rlim_max < DESCRIPTORS_MOST ? is.rlim_max : DESCRIPTORS_MOST;
	setrlimit(RLIMIT_NOFILE, &is);
}

static void
write_metrics(struct buf *to, void *arg)
{
	struct counts sum;

	(void)arg;
	counts_sum(&sum, the.counts, the.workers);
	counts_write(to, &sum);
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	(void)arg;
	return ops_database(t, the.door.box.db, e);
}

static bool
open_all(struct err *e)
{
	int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);

	the.workers = (unsigned)(the.door.conf.ftps_workers != 0 ? the.door.conf.ftps_workers
				 : cores > WORKERS_MOST		 ? WORKERS_MOST
				 : cores < 1			 ? 1
								 : cores);
	more_descriptors();
	the.counts = counts_shared(the.workers, e);
	return the.counts != NULL && rules_of(e) && secret_start(e) && tls_open(e) &&
	       listen_all(e) && proc_become(the.door.conf.ftps_user, e) && proc_harden(e);
}

/* ---- a worker ---- */

static void
peer_of(int fd, char from[FROM_SIZE])
{
	struct sockaddr_storage at;
	socklen_t len = sizeof at;
	char *zone;

	if (getpeername(fd, (struct sockaddr *)&at, &len) != 0 ||
	    getnameinfo(
		(struct sockaddr *)&at, len, from, FROM_SIZE, NULL, 0, NI_NUMERICHOST) != 0)
		str_copy(from, FROM_SIZE, STR("0.0.0.0"));
	zone = strchr(from, '%');
	if (zone != NULL)
		*zone = '\0';
}

/* Best effort: a peer that does not read it finds the connection closed. */
static void
turn_away(int fd, bool implicit, const char *why)
{
	char text[128];
	int len = snprintf(text, sizeof text, "421 %s\r\n", why);

	if (!implicit)
		send(fd, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static void
welcome(struct task *t, int fd, bool implicit)
{
	struct door *d = &the.door;
	char from[FROM_SIZE];
	const char *why;
	struct visitor *v;
	struct session *s;
	struct err e = { 0 };

	peer_of(fd, from);
	v = door_enter(d, from, &why);
	if (v == NULL) {
		log_warn(t, "ftps.full", "from=%s sessions=%llu", from,
		    (unsigned long long)d->counts->sessions_now);
		turn_away(fd, implicit, why);
		return;
	}
	s = session_new(d, fd, v, from, implicit, &e);
	if (s == NULL || task_spawn(task_loop(t), "ftps.session", session_run, s, &e) == NULL) {
		log_error(t, "ftps.no_session", "says=\"%s\"", e.text);
		if (s != NULL)
			session_drop(s);
	}
}

static void
accept_run(struct task *t, void *arg)
{
	const struct listener_at *at = arg;
	struct err e = { 0 };
	int fd;

	while ((fd = io_accept(t, at->fd, &e)) >= 0)
		welcome(t, fd, at->implicit);
	if (!task_cancelled(t))
		proc_fail(t, &e);
}

static bool
stores_open(struct err *e)
{
	struct box_door *b = &the.door.box;

	b->name = "FTPS";
	b->objects = objects_open(the.door.conf.store_path, e);
	if (b->objects != NULL)
		b->db = db_open(the.door.conf.db_conninfo, the.door.conf.ftps_role,
		    "busbar-ftpsd", (unsigned)the.door.conf.db_connections, e);
	return b->db != NULL;
}

static void
run(struct task *t, void *arg)
{
	struct group g = { 0 };
	struct err e = { 0 };

	(void)arg;
	if (!stores_open(&e)) {
		proc_fail(t, &e);
		return;
	}
	door_limits(&the.door);
	if (!group_spawn(t, &g, "ftps.beat", box_beat, &the.door.box, &e) ||
	    !group_spawn(t, &g, "ops", ops_run, &the.ops, &e))
		proc_fail(t, &e);
	for (unsigned i = 0; i < the.listeners; i++)
		if (!group_spawn(t, &g, "ftps.accept", accept_run, &the.at[i], &e))
			proc_fail(t, &e);
	log_info(t, "ftps.ready", "sessions_most=%u listeners=%u", the.door.sessions_most,
	    the.listeners);
	group_join(t, &g);
}

static void
reload(void *arg)
{
	char why[LOG_TEXT_SIZE];
	struct err e = { 0 };

	(void)arg;
	if (tls_reload(the.door.tls, &e))
		log_info(NULL, "ftps.certificate", "read=again");
	else
		log_error(NULL, "ftps.certificate", "kept=old says=%s",
		    log_text(why, str_of(e.text)));
}

/* It takes a new certificate on SIGHUP. */
static bool
confine_self(void *arg, struct err *e)
{
	const struct conf *c = &the.door.conf;

	(void)arg;
	return confine(&(struct confine){ .network = true,
			   .write = { c->store_path },
			   .sockets = c->web_sockets,
			   .process = "ftpsd",
			   .read = { c->ftps_certificate, c->ftps_key } },
	    e);
}

static int
work(unsigned number, void *arg)
{
	const struct proc p = { .name = "ftpsd",
		.log_level = (int)the.door.conf.log_level,
		.confine = confine_self,
		.run = run,
		.reload = reload,
		.arg = arg };

	/* of one before this that died */
	the.counts[number].sessions_now = the.counts[number].transfers_now = 0;
	the.door.counts = &the.counts[number];
	return proc_run(&p);
}

/* ---- start ---- */

static int
usage(void)
{
	fputs("usage: busbar-ftpsd [-c FILE]\n\n"
	      "The FTPS door to the boxes. SIGHUP reads the certificate again, SIGTERM ends it "
	      "in "
	      "order.\n"
	      "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	struct workers all = { .work = work, .reload = reload };
	struct err e = { 0 };
	char path[512];

	if (argc == 2 || argc > 3 || (argc == 3 && strcmp(argv[1], "-c") != 0))
		return usage();
	the.ops =
	    (struct ops){ .process = "ftpsd", .write = write_metrics, .healthy = healthy };
	conf_presets(&the.door.conf);
	if (!conf_find(argc == 3 ? argv[2] : NULL, path, sizeof path, &e) ||
	    !conf_read(&the.door.conf, path, &e)) {
		fprintf(stderr, "busbar-ftpsd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	log_start("ftpsd", (enum log_level)the.door.conf.log_level);
	if (!open_all(&e)) {
		fprintf(stderr, "busbar-ftpsd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	ops_listen(&the.ops, &the.door.conf, 1);
	all.count = the.workers;
	return workers_run(&all);
}
