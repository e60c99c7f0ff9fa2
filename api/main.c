/* busbar-apid: settings, socket and store, then the requests. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "sys/confine.h"
#include "sys/secret.h"

enum { NUMBER_MOST = 64 };

static bool
open_all(void *arg, struct err *e)
{
	struct api *api = arg;

	if (!server_peer(&api->server, api->conf.web_user, e) || !secret_start(e))
		return false;
	api->keys = keys_open(api->conf.keys_path, e);
	if (api->keys == NULL)
		return false;
	blind_index(api->keys, api->tag_key, "etag", STR("1"));
	blind_index(api->keys, api->tag_key + INDEX_BYTES, "etag", STR("2"));
	return true;
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct api *api = arg;

	return confine(
	    &(struct confine){
		.network =
		    db_by_network(api->conf.db_conninfo) || db_by_network(api->conf.db_standby),
		.program = { "/usr/bin/ssh-keygen", "/usr/bin/gpg" },
		.file = { api->conf.hook_public_key },
		.write = { api->conf.store_path },
		.sockets = api->conf.web_sockets,
		.process = "apid",
	    },
	    e);
}

/* After rights are dropped: the folder is ours, its group is nginx's and is handed on. */
static bool
open_stores(struct api *api, struct err *e)
{
	api->door = (struct box_door){ .name = "HTTPS" };
	api->door.objects = objects_open(api->conf.store_path, e);
	if (api->door.objects == NULL)
		return false;
	api->door.db = db_open(api->conf.db_conninfo, api->conf.api_role, "busbar-apid",
	    (unsigned)api->conf.db_connections, e);
	if (api->door.db == NULL || !standby_open(&api->standby, &api->conf, api->conf.api_role,
					"busbar-apid reads", e))
		return false;
	api->use = (struct use_count){ .door = "api",
		.db = api->door.db,
		.every_ms = (uint64_t)api->conf.web_count_every_ms };
	ops_listen(&api->ops, &api->conf, api->number);
	return server_listen(&api->server, api->conf.web_sockets, "apid", api->number, e);
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct api *api = arg;

	return ops_database(t, api->door.db, e);
}

static void
run(struct task *t, void *arg)
{
	struct api *api = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	if (!open_stores(api, &e) || !group_spawn(t, &g, "beat", box_beat, &api->door, &e) ||
	    !group_spawn(t, &g, "ops", ops_run, &api->ops, &e) ||
	    !group_spawn(t, &g, "callers", callers_run, &api->callers, &e) ||
	    !group_spawn(t, &g, "batches", espi_batches_run, api, &e) ||
	    !group_spawn(t, &g, "commands", v1_commands_run, api, &e) ||
	    !group_spawn(t, &g, "purge", oauth_purge_run, api, &e) ||
	    !group_spawn(t, &g, "use", use_run, &api->use, &e) ||
	    !group_spawn(t, &g, "serve", server_run, &api->server, &e))
		proc_fail(t, &e);
	else
		log_info(t, "api.ready", "number=%d", api->number);
	group_join(t, &g);
}

static int
usage(void)
{
	fputs("usage: busbar-apid [-c FILE] [-n NUMBER]\n"
	      "       busbar-apid --routes\n\n"
	      "Answers HTTPS requests that nginx hands on. Several may run, each with a number "
	      "of its\nown (1). SIGTERM ends it in order.\n"
	      "Settings: docs/settings.md. --routes prints all routes, one a line.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct api api = { .number = 1 };
	struct proc p = { .name = "apid",
		.open = open_all,
		.confine = confine_self,
		.run = run,
		.arg = &api };
	const char *file = NULL;
	struct err e = { 0 };
	char path[512];
	int64_t number = 1;

	if (argc == 2 && strcmp(argv[1], "--routes") == 0) {
		api_routes_print(stdout);
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
	api.number = (int)number;
	api.ops = (struct ops){
		.process = "apid", .write = api_metrics, .healthy = healthy, .arg = &api
	};
	api.server =
	    (struct server){ .name = "api", .listener = -1, .answer = api_answer, .arg = &api };
	conf_presets(&api.conf);
	if (!conf_find(file, path, sizeof path, &e) || !conf_read(&api.conf, path, &e)) {
		fprintf(stderr, "busbar-apid: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	api.server.grace_ms = (uint64_t)api.conf.api_grace_ms;
	api.server.rate_least = api.conf.api_rate_least;
	p.user = api.conf.api_user;
	p.log_level = (int)api.conf.log_level;
	return proc_run(&p);
}
