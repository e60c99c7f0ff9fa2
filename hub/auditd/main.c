/* busbar-auditd: settings and the key, then the worker and the ear. */
#include <stdio.h>
#include <string.h>

#include "auditd.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "rt/proc.h"
#include "sys/confine.h"

enum { AGAIN_MS = 1000, WRONG_MS = 10000, LATE_MS = 60000 };

/* Before rights are dropped: the key that signs. */
static bool
open_key(void *arg, struct err *e)
{
	unsigned char public_key[SIGN_PUBLIC_BYTES];
	struct auditd *a = arg;

	if (!secret_start(e))
		return false;
	a->keys = keys_open_audit(a->conf.keys_path, e);
	if (a->keys == NULL)
		return false;
	sign_public(public_key, keys_seed(a->keys));
	return note_key_make(&a->key, NOTE_LOG, a->conf.audit_origin, public_key, e);
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct auditd *a = arg;
	char memory[CONF_TEXT_SIZE];

	snprintf(memory, sizeof memory, "%s", a->conf.audit_memory);
	*(strrchr(memory, '/') == NULL ? memory : strrchr(memory, '/')) = '\0';
	return confine(
	    &(struct confine){
		.network = db_by_network(a->conf.db_conninfo),
		.write = { memory },
		.sockets = a->conf.web_sockets,
		.process = "auditd",
	    },
	    e);
}

/* ---- what is told ---- */

static void
listen_run(struct task *t, void *arg)
{
	static const char *const channels[] = { "audit_checkpoint", "audit_receipt" };
	struct auditd *a = arg;
	char channel[64], payload[128];
	struct err e = { 0 };

	while (!task_cancelled(t)) {
		struct listener *l = listen_open(a->db, channels, nitems(channels), &e);

		while (l != NULL && listen_next(t, l, channel, sizeof channel, payload,
					sizeof payload, &e)) {
			/* any: the worker looks at everything in each round */
			a->asked = true;
			if (a->worker != NULL)
				task_wake(a->worker);
		}
		listen_close(&l);
		if (task_cancelled(t))
			break;
		log_error(t, "audit.deaf", "again_in_ms=%d says=\"%s\"", AGAIN_MS, e.text);
		if (!task_sleep(t, AGAIN_MS, &e))
			break;
	}
}

/* ---- start and stop ---- */

/* A tree that contradicts what was signed will not mend by itself, but it is for a person to
 * find: meanwhile nothing is signed, and everybody is told why. */
static bool
ready(struct task *t, struct auditd *a, struct err *e)
{
	while (!tree_start(t, a, e)) {
		bool wrong = e->code == ERR_SEQUENCE || e->code == ERR_BUG;

		if (task_cancelled(t))
			return false;
		if (wrong)
			log_error(t, "audit.refused", "says=\"%s\"", e->text);
		else
			log_warn(t, "audit.wait", "says=\"%s\"", e->text);
		if (!task_sleep(t, wrong ? WRONG_MS : AGAIN_MS, e))
			return false;
	}
	return true;
}

/* All was done within the last minute: otherwise checkpoints are late. */
static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct auditd *a = arg;
	uint64_t late_ms = loop_now_ms(task_loop(t)) - a->ok_at_ms;

	if (late_ms > LATE_MS)
		return err(e, ERR_UNAVAILABLE, "nothing could be signed for %llu s",
		    (unsigned long long)(late_ms / 1000));
	return ops_database(t, a->db, e);
}

static void
run(struct task *t, void *arg)
{
	struct auditd *a = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	a->db = db_open(a->conf.db_conninfo, a->conf.audit_role, "busbar-auditd",
	    (unsigned)a->conf.db_connections, &e);
	if (a->db == NULL || !ready(t, a, &e)) {
		/* told to end while it waited for the database: that is no failure */
		if (!task_cancelled(t))
			proc_fail(t, &e);
		return;
	}
	a->ops = (struct ops){ .process = "auditd",
		.write = audit_metrics,
		.ask = audit_gauges,
		.healthy = healthy,
		.arg = a };
	ops_listen(&a->ops, &a->conf, 1);
	if (!group_spawn(t, &g, "ops", ops_run, &a->ops, &e) ||
	    !group_spawn(t, &g, "listen", listen_run, a, &e) ||
	    !group_spawn(t, &g, "tree", tree_run, a, &e))
		proc_fail(t, &e);
	proc_notify("READY=1");
	log_info(t, "audit.ready", "origin=%s entries=%llu signed=%llu", a->key.name,
	    (unsigned long long)a->size, (unsigned long long)a->signed_size);
	group_join(t, &g);
}

static int
usage(void)
{
	fputs(
	    "usage: busbar-auditd [-c FILE]\n\n"
	    "Builds the tree over the audit events, signs its checkpoints and the receipts of\n"
	    "consent. SIGTERM ends it in order.\n"
	    "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct auditd a;
	struct proc p = { .name = "auditd",
		.open = open_key,
		.confine = confine_self,
		.run = run,
		.arg = &a };
	struct err e = { 0 };
	char path[512];

	if (argc == 2 || argc > 3 || (argc == 3 && strcmp(argv[1], "-c") != 0))
		return usage();
	conf_presets(&a.conf);
	if (!conf_find(argc == 3 ? argv[2] : NULL, path, sizeof path, &e) ||
	    !conf_read(&a.conf, path, &e)) {
		fprintf(stderr, "busbar-auditd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.user = a.conf.audit_user;
	p.log_level = (int)a.conf.log_level;
	return proc_run(&p);
}
