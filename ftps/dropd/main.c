/* busbar-dropd: settings and store, then the scheduler, the builders and the ear. */
#include <stdio.h>
#include <string.h>

#include "dropd.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "sys/confine.h"

enum {
	CONNECTIONS_OTHERS = 3
}; /* beside one a builder: the scheduler's, that of reports, one to say what failed */

/* Before rights are dropped: the key that seals what opens partners' servers. */
static bool
open_keys(void *arg, struct err *e)
{
	struct dropd *d = arg;

	return pushes_open(&d->pushes, &d->conf, e);
}

static bool
open_all(struct dropd *d, struct err *e)
{
	if (d->conf.db_connections < d->conf.drops_builders + CONNECTIONS_OTHERS)
		return err(e, ERR_CONF, "db.connections is %lld, expected at least %lld",
		    (long long)d->conf.db_connections,
		    (long long)d->conf.drops_builders + CONNECTIONS_OTHERS);
	d->objects = objects_open(d->conf.store_path, e);
	d->db = d->objects == NULL ? NULL
				   : db_open(d->conf.db_conninfo, d->conf.drops_role,
					 "busbar-dropd", (unsigned)d->conf.db_connections, e);
	return d->db != NULL;
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct dropd *d = arg;

	return confine(
	    &(struct confine){
		.network = db_by_network(d->conf.db_conninfo),
		.program = { "/usr/bin/gpg" },
		.write = { d->conf.store_path },
		.sockets = d->conf.web_sockets,
		.process = "dropd",
	    },
	    e);
}

/* What a dropd of this name had begun is due again. */
static bool
start(struct task *t, struct dropd *d, struct err *e)
{
	struct started {
		int32_t lost;
	} row;
	static const struct db_field fields[] = { DB_INT4(started, lost) };
	AUTO_PTR(conn) c = db_lease(t, d->db, e);

	if (c == NULL || db_one(t, c, SQL_DROPS_START, ARGS(P_TEXT(d->conf.drops_name)), fields,
			     nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	if (row.lost > 0)
		log_info(t, "drops.again", "drops=%d", row.lost);
	return true;
}

static bool
ready(struct task *t, struct dropd *d, struct err *e)
{
	while (!start(t, d, e)) {
		if (task_cancelled(t))
			return false;
		log_warn(t, "drops.wait", "says=\"%s\"", e->text);
		if (!task_sleep(t, 1000, e))
			return false;
	}
	return true;
}

static bool
spawn_all(struct task *t, struct group *g, struct dropd *d, struct err *e)
{
	d->builders = (unsigned)d->conf.drops_builders;
	for (unsigned i = 0; i < d->builders; i++) {
		d->builder[i].d = d;
		if (!group_spawn(t, g, "builder", builder_run, &d->builder[i], e))
			return false;
	}
	d->pushes.objects = d->objects;
	return group_spawn(t, g, "ops", ops_run, &d->ops, e) &&
	       group_spawn(t, g, "pushes", pushes_run, &d->pushes, e) &&
	       group_spawn(t, g, "listen", listen_run, d, e) &&
	       group_spawn(t, g, "reports", reports_run, d, e) &&
	       group_spawn(t, g, "schedule", schedule_run, d, e);
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct dropd *d = arg;

	return ops_database(t, d->db, e);
}

static void
run(struct task *t, void *arg)
{
	struct dropd *d = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	if (!open_all(d, &e) || !ready(t, d, &e)) {
		/* told to end while it waited for the database: that is no failure */
		if (!task_cancelled(t))
			proc_fail(t, &e);
		return;
	}
	d->ops = (struct ops){
		.process = "dropd", .write = drops_metrics, .healthy = healthy, .arg = d
	};
	ops_listen(&d->ops, &d->conf, 1);
	if (!spawn_all(t, &g, d, &e))
		proc_fail(t, &e);
	proc_notify("READY=1");
	log_info(t, "drops.ready", "builders=%u", d->builders);
	group_join(t, &g);
}

static int
usage(void)
{
	fputs("usage: busbar-dropd [-c FILE]\n\n"
	      "Builds what partners have subscribed to when it falls due, and puts it into\n"
	      "their boxes. SIGTERM ends it in order.\n"
	      "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct dropd d;
	struct proc p = { .name = "dropd",
		.open = open_keys,
		.confine = confine_self,
		.run = run,
		.arg = &d };
	struct err e = { 0 };
	char path[512];

	if (argc == 2 || argc > 3 || (argc == 3 && strcmp(argv[1], "-c") != 0))
		return usage();
	conf_presets(&d.conf);
	if (!conf_find(argc == 3 ? argv[2] : NULL, path, sizeof path, &e) ||
	    !conf_read(&d.conf, path, &e)) {
		fprintf(stderr, "busbar-dropd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.user = d.conf.drops_user;
	p.log_level = (int)d.conf.log_level;
	return proc_run(&p);
}
