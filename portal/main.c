/* busbar-portald: settings, key and socket, then the requests. */
#include <stdio.h>
#include <string.h>

#include "portal.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "sys/confine.h"
#include "sys/secret.h"

enum { NUMBER_MOST = 64 };

/* Of all that is said about days: the hub's own (docs/architecture.md). */
#define ZONE "America/Chicago"

static bool
open_all(void *arg, struct err *e)
{
	struct portal *portal = arg;

	if (!server_peer(&portal->server, portal->conf.web_user, e) || !secret_start(e))
		return false;
	portal->keys = keys_open_portal(portal->conf.keys_path, e);
	portal->consent_keys = keys_open_consent(portal->conf.keys_path, e);
	if (portal->keys == NULL || portal->consent_keys == NULL)
		return false;
	portal->zone = zone_get(ZONE, e);
	files_start();
	return portal->zone != NULL;
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct portal *portal = arg;

	return confine(
	    &(struct confine){
		.network = db_by_network(portal->conf.db_conninfo) ||
			   db_by_network(portal->conf.db_standby),
		/* proofs of SSH keys; keys that drops are encrypted to */
		.program = { "/usr/bin/ssh-keygen", "/usr/bin/gpg" },
		/* what secrets of webhooks are sealed by; whose certificates are good */
		.file = { portal->conf.hook_public_key, portal->conf.csp_ca },
		.sockets = portal->conf.web_sockets,
		.process = "portald",
	    },
	    e);
}

/* After rights are dropped: the folder is ours, its group is nginx's and is handed on. */
static bool
open_door(struct portal *portal, struct err *e)
{
	portal->db = db_open(portal->conf.db_conninfo, portal->conf.portal_role,
	    "busbar-portald", (unsigned)portal->conf.db_connections, e);
	if (portal->db == NULL || !standby_open(&portal->standby, &portal->conf,
				      portal->conf.portal_role, "busbar-portald reads", e))
		return false;
	portal->use = (struct use_count){ .door = "portal",
		.db = portal->db,
		.every_ms = (uint64_t)portal->conf.web_count_every_ms };
	ops_listen(&portal->ops, &portal->conf, portal->number);
	return server_listen(
	    &portal->server, portal->conf.web_sockets, "portald", portal->number, e);
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct portal *portal = arg;

	return ops_database(t, portal->db, e);
}

static void
run(struct task *t, void *arg)
{
	struct portal *portal = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	if (!open_door(portal, &e) || !group_spawn(t, &g, "ops", ops_run, &portal->ops, &e) ||
	    !group_spawn(t, &g, "use", use_run, &portal->use, &e) ||
	    !group_spawn(t, &g, "serve", server_run, &portal->server, &e))
		proc_fail(t, &e);
	else
		log_info(t, "portal.ready", "number=%d", portal->number);
	group_join(t, &g);
}

static int
usage(void)
{
	fputs("usage: busbar-portald [-c FILE] [-n NUMBER]\n"
	      "       busbar-portald --pages\n\n"
	      "Serves the pages for people that nginx hands on. Several may run, each with a "
	      "number of\nits own (1). SIGTERM ends it in order.\n"
	      "--pages prints all pages, a line each, and whom they are for.\n"
	      "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct portal portal = { .number = 1 };
	struct proc p = { .name = "portald",
		.open = open_all,
		.confine = confine_self,
		.run = run,
		.arg = &portal };
	const char *file = NULL;
	struct err e = { 0 };
	char path[512];
	int64_t number = 1;

	if (argc == 2 && strcmp(argv[1], "--pages") == 0) {
		portal_pages_print(stdout);
		return 0;
	}
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "-c") == 0)
			file = argv[i + 1];
		else if (strcmp(argv[i], "-n") != 0 || !str_int64(str_of(argv[i + 1]), &number))
			return usage();
	}
	if (argc % 2 == 0 || number < 1 || number > NUMBER_MOST)
		return usage();
	portal.number = (int)number;
	portal.ops = (struct ops){ .process = "portald",
		.write = portal_metrics,
		.healthy = healthy,
		.arg = &portal };
	portal.server = (struct server){
		.name = "portal", .listener = -1, .answer = portal_answer, .arg = &portal
	};
	conf_presets(&portal.conf);
	if (!conf_find(file, path, sizeof path, &e) || !conf_read(&portal.conf, path, &e)) {
		fprintf(stderr, "busbar-portald: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.user = portal.conf.portal_user;
	p.log_level = (int)portal.conf.log_level;
	return proc_run(&p);
}
