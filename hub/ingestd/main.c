/* busbar-ingestd: settings, keys and store, then the watcher, the loaders and the ear. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ingest.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "sys/confine.h"
#include "sheet.h"

/* Beside the running program, unless the setting names a path. */
static bool
find_unpacker(struct ingest *in, struct err *e)
{
	char self[400];
	ssize_t n;
	char *slash;

	if (strchr(in->conf.ingest_unpack, '/') != NULL) {
		str_copy(in->unpacker, sizeof in->unpacker, str_of(in->conf.ingest_unpack));
		return true;
	}
	n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n < 0)
		return err_errno(e, ERR_CONF, "cannot tell where this program lies");
	self[n] = '\0';
	slash = strrchr(self, '/');
	*(slash == NULL ? self : slash) = '\0';
	snprintf(in->unpacker, sizeof in->unpacker, "%s/%s", self, in->conf.ingest_unpack);
	return access(in->unpacker, X_OK) == 0 ||
	       err_errno(e, ERR_CONF, "cannot run %s", in->unpacker);
}

/* Before rights are dropped: only the keys need them. */
static bool
open_all(void *arg, struct err *e)
{
	struct ingest *in = arg;

	if (!secret_start(e) || !find_unpacker(in, e))
		return false;
	in->keys = keys_open(in->conf.keys_path, e);
	return in->keys != NULL;
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct ingest *in = arg;

	return confine(
	    &(struct confine){
		.network = db_by_network(in->conf.db_conninfo),
		.program = { in->unpacker },
		.write = { in->conf.store_path, in->conf.spool_path },
		.sockets = in->conf.web_sockets,
		.process = "ingestd",
	    },
	    e);
}

/* Files of third parties, beside those of utilities. */
static struct sheets sheets;

static void
wake_all(struct ingest *in)
{
	loaders_wake(in);
	sheets_wake(&sheets);
}

static void
listen_run(struct task *t, void *arg)
{
	enum { AGAIN_MS = 5000 };
	static const char *const channels[] = { "ledger_received", "ops_clock" };
	struct ingest *in = arg;
	char channel[64], payload[128];
	struct err e = { 0 };

	while (!task_cancelled(t)) {
		struct listener *l = listen_open(in->db, channels, nitems(channels), &e);

		while (l != NULL &&
		       listen_next(t, l, channel, sizeof channel, payload, sizeof payload, &e))
			wake_all(in);
		listen_close(&l);
		if (task_cancelled(t))
			break;
		log_error(t, "ingest.deaf", "again_in_ms=%d says=\"%s\"", AGAIN_MS, e.text);
		if (!task_sleep(t, AGAIN_MS, &e))
			break;
	}
}

static bool
ready(struct task *t, struct ingest *in, struct err *e)
{
	while (!tdus_read(t, in, e)) {
		if (task_cancelled(t))
			return false;
		log_warn(t, "ingest.wait", "says=\"%s\"", e->text);
		if (!task_sleep(t, 1000, e))
			return false;
	}
	return true;
}

static bool
open_stores(struct ingest *in, struct err *e)
{
	if (in->conf.db_connections < CONNECTIONS_LEAST)
		return err(e, ERR_CONF, "db.connections is %lld, expected at least %d",
		    (long long)in->conf.db_connections, CONNECTIONS_LEAST);
	/* two for each file, two for the spool and the dispatcher */
	in->gate = (struct gate)GATE((unsigned)(in->conf.db_connections - 2) / 2, TDUS_MOST);
	in->objects = objects_open(in->conf.store_path, e);
	in->db = in->objects == NULL
		     ? NULL
		     : db_open(in->conf.db_conninfo, in->conf.ingest_role, "busbar-ingestd",
			   (unsigned)in->conf.db_connections, e);
	return in->db != NULL && sheets_open(&sheets, in, e);
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct ingest *in = arg;

	return ops_database(t, in->db, e);
}

static void
run(struct task *t, void *arg)
{
	struct ingest *in = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	if (!open_stores(in, &e) || !ready(t, in, &e)) {
		/* told to end while it waited for the database: that is no failure */
		if (!task_cancelled(t))
			proc_fail(t, &e);
		return;
	}
	in->ops = (struct ops){
		.process = "ingestd", .write = ingest_metrics, .healthy = healthy, .arg = in
	};
	ops_listen(&in->ops, &in->conf, 1);
	if (!group_spawn(t, &g, "ops", ops_run, &in->ops, &e) ||
	    !group_spawn(t, &g, "listen", listen_run, in, &e) ||
	    !group_spawn(t, &g, "loaders", loaders_run, in, &e) ||
	    !group_spawn(t, &g, "sheets", sheets_run, &sheets, &e) ||
	    !group_spawn(t, &g, "spool", spool_run, in, &e))
		proc_fail(t, &e);
	proc_notify("READY=1");
	log_info(t, "ingest.ready", "utilities=%zu", in->tdus);
	group_join(t, &g);
}

static int
usage(void)
{
	fputs("usage: busbar-ingestd [-c FILE]\n\n"
	      "Loads received meter files: watches the spool, takes what the ledger says is\n"
	      "waiting, and writes reads, rejects and acknowledgements. SIGTERM ends it in "
	      "order.\n"
	      "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct ingest in;
	struct proc p = { .name = "ingestd",
		.open = open_all,
		.confine = confine_self,
		.run = run,
		.arg = &in };
	struct err e = { 0 };
	char path[512];

	if (argc == 2 || argc > 3 || (argc == 3 && strcmp(argv[1], "-c") != 0))
		return usage();
	conf_presets(&in.conf);
	if (!conf_find(argc == 3 ? argv[2] : NULL, path, sizeof path, &e) ||
	    !conf_read(&in.conf, path, &e)) {
		fprintf(stderr, "busbar-ingestd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.user = in.conf.ingest_user;
	p.log_level = (int)in.conf.log_level;
	return proc_run(&p);
}
