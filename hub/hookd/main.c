/* busbar-hookd: settings and key, then the queue and the ear. */
#include <stdio.h>
#include <string.h>

#include "hookd.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "sys/confine.h"
#include "sys/secret.h"

enum { CONNECTIONS_LEAST = 5, ANSWER_MOST = 64 * 1024 };

/* Before rights are dropped: the key, and what libcurl wants in the first thread. */
static bool
open_all(void *arg, struct err *e)
{
	struct hookd *d = arg;
	const struct conf *c = &d->conf;

	if (!secret_start(e) || !fetch_start(e) ||
	    !egress_rules_read(
		&d->rules.egress, "hook", c->hook_ports, c->hook_private_networks, e))
		return false;
	d->rules.ca = c->hook_ca;
	d->rules.connect_ms = (uint64_t)c->hook_connect_ms;
	d->rules.total_ms = (uint64_t)c->hook_timeout_ms;
	d->rules.answer_most = ANSWER_MOST;
	d->keys = keys_open_hook(c->keys_path, e);
	return d->keys != NULL;
}

static bool
open_database(struct hookd *d, struct err *e)
{
	const struct conf *c = &d->conf;

	if (c->db_connections < CONNECTIONS_LEAST)
		return err(e, ERR_CONF, "db.connections is %lld, expected at least %d",
		    (long long)c->db_connections, CONNECTIONS_LEAST);
	d->db = db_open(
	    c->db_conninfo, c->hook_role, "busbar-hookd", (unsigned)c->db_connections, e);
	return d->db != NULL;
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct hookd *d = arg;

	return confine(
	    &(struct confine){
		.network = true,
		.sockets = d->conf.web_sockets,
		.process = "hookd",
		.read = { d->conf.hook_ca },
	    },
	    e);
}

/* What one of this name was sending is due again. */
static bool
start(struct task *t, struct hookd *d, struct err *e)
{
	struct started {
		int32_t again;
	} row;
	static const struct db_field fields[] = { DB_INT4(started, again) };
	AUTO_PTR(conn) c = db_lease(t, d->db, e);

	if (c == NULL || db_one(t, c, SQL_HOOK_START, ARGS(P_TEXT(d->conf.hook_name)), fields,
			     nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	if (row.again > 0)
		log_info(t, "hook.again", "webhooks=%d", row.again);
	return true;
}

static bool
ready(struct task *t, struct hookd *d, struct err *e)
{
	while (!start(t, d, e)) {
		if (task_cancelled(t))
			return false;
		log_warn(t, "hook.wait", "says=\"%s\"", e->text);
		if (!task_sleep(t, 1000, e))
			return false;
	}
	return true;
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct hookd *d = arg;

	return ops_database(t, d->db, e);
}

static void
run(struct task *t, void *arg)
{
	struct hookd *d = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	if (!open_database(d, &e) || !ready(t, d, &e)) {
		/* told to end while it waited for the database: that is no failure */
		if (!task_cancelled(t))
			proc_fail(t, &e);
		return;
	}
	d->group = &g;
	d->ops = (struct ops){
		.process = "hookd", .write = hook_metrics, .healthy = healthy, .arg = d
	};
	ops_listen(&d->ops, &d->conf, 1);
	if (!group_spawn(t, &g, "ops", ops_run, &d->ops, &e) ||
	    !group_spawn(t, &g, "listen", listen_run, d, &e) ||
	    !group_spawn(t, &g, "queue", queue_run, d, &e))
		proc_fail(t, &e);
	proc_notify("READY=1");
	log_info(t, "hook.ready", "at_once=%lld ports=\"%s\"", (long long)d->conf.hook_at_once,
	    d->conf.hook_ports);
	group_join(t, &g);
	send_end(d);
}

static int
usage(void)
{
	fputs(
	    "usage: busbar-hookd [-c FILE]\n\n"
	    "Tells partners' programs what has happened (webhooks). SIGTERM ends it in order.\n"
	    "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct hookd d;
	struct proc p = { .name = "hookd",
		.open = open_all,
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
		fprintf(stderr, "busbar-hookd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.user = d.conf.hook_user;
	p.log_level = (int)d.conf.log_level;
	return proc_run(&p);
}
