/*
 * busbar-push: sends files to partners' own servers.
 *
 *	busbar-push [-c FILE] [--listen unix:PATH]	the supervisor
 *	busbar-push [-c FILE] --deliver			one delivery; the connection is stdin
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "push.h"
#include "rt/io.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "supervise.h"
#include "sys/confine.h"
#include "sys/secret.h"
#include "talk.h"

enum { LISTEN_MODE = 0666, LISTEN_BACKLOG = 64 }; /* who may speak is told by the kernel */

/* ---- one delivery ---- */

static bool
prepare(struct push *p, struct err *e)
{
	p->reason = PUSH_OURS;
	p->talk = STDIN_FILENO;
	p->pace.stall_ms = p->conf->push_stall_ms;
	p->pace.least_rate = p->conf->push_least_rate_bytes;
	return proc_harden(e) && secret_start(e) &&
	       egress_rules_read(
		   &p->rules, "push", p->conf->push_ports, p->conf->push_private_networks, e) &&
	       confine(&(struct confine){ .network = true }, e) &&
	       job_receive(&p->job, p->talk, e);
}

static int
deliver(const struct conf *conf)
{
	struct push *p = calloc(1, sizeof *p);
	struct err e = { 0 };
	char where[LOG_TEXT_SIZE], why[LOG_TEXT_SIZE];
	int64_t begun = now_ms();
	bool ok;

	if (p == NULL)
		return err_rows[ERR_BUSY].exit;
	p->conf = conf;
	ok = prepare(p, &e) && push_deliver(p, &e);
	log_text(where, str_of(p->job.host));
	if (ok) {
		log_info(NULL, "push.done", "kind=%s host=%s files=%zu bytes=%lld ms=%lld",
		    egress_kind_name(p->job.kind), where, p->job.files, (long long)p->moved,
		    (long long)(now_ms() - begun));
	} else {
		talk_failed(p->talk, p->reason, e.text);
		log_warn(NULL, "push.failed", "kind=%s host=%s bytes=%lld ms=%lld says=%s",
		    egress_kind_name(p->job.kind), where, (long long)p->moved,
		    (long long)(now_ms() - begun), log_text(why, str_of(e.text)));
	}
	secret_wipe(p, sizeof *p);
	free(p);
	return ok ? 0 : 1;
}

/* ---- the supervisor ---- */

static bool
dropd_uid(const struct conf *c, uid_t *uid, struct err *e)
{
	const struct passwd *is = getpwnam(c->push_dropd_user);

	if (is == NULL)
		return err(e, ERR_CONF, "push.dropd_user: there is no user \"%s\"",
		    c->push_dropd_user);
	*uid = is->pw_uid;
	return true;
}

static bool
serve(const struct conf *conf, const char *address, char *const *argv, struct err *e)
{
	/* a delivery is this program again, which reads its settings and then gives up the rest
	 */
	const struct confine most = {
		.network = true, .program = { "/proc/self/exe" }, .file = { argv[2] }
	};
	struct egress_rules rules;
	uid_t who;
	AUTO_FD listener = -1;

	if (!egress_rules_read(
		&rules, "push", conf->push_ports, conf->push_private_networks, e) ||
	    !dropd_uid(conf, &who, e))
		return false;
	listener = io_listen(address, LISTEN_MODE, LISTEN_BACKLOG, e);
	if (listener < 0 || !proc_become(conf->push_user, e) || !proc_harden(e) ||
	    !confine(&most, e))
		return false;
	log_info(NULL, "push.ready", "children_most=%lld", (long long)conf->push_children);
	proc_notify("READY=1");
	return supervise(listener, who, (int)conf->push_children, argv, e);
}

static int
usage(void)
{
	fputs(
	    "usage: busbar-push [-c FILE] [--listen unix:PATH]\n\n"
	    "Sends files to partners' own servers (SFTP, FTPS, HTTPS) for busbar-dropd, a\n"
	    "process for each delivery; without --listen at push.socket. SIGTERM ends it and\n"
	    "them.\n"
	    "Settings: docs/settings.md. Address rules and use: docs/push.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct conf conf;
	const char *file = NULL, *listen = NULL;
	char path[512];
	char *child[] = { (char *)"busbar-push", (char *)"-c", path, (char *)"--deliver",
		NULL };
	struct err e = { 0 };
	bool delivers = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			file = argv[++i];
		else if (strcmp(argv[i], "--listen") == 0 && i + 1 < argc)
			listen = argv[++i];
		else if (strcmp(argv[i], "--deliver") == 0)
			delivers = true;
		else
			return usage();
	}
	if (listen != NULL && delivers)
		return usage();
	conf_presets(&conf);
	if (!conf_find(file, path, sizeof path, &e) || !conf_read(&conf, path, &e)) {
		fprintf(stderr, "busbar-push: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	log_start("push", (enum log_level)conf.log_level);
	if (delivers)
		return deliver(&conf);
	if (serve(&conf, listen != NULL ? listen : conf.push_socket, child, &e))
		return 0;
	log_error(NULL, "push.end", "code=%s says=\"%s\"", err_rows[e.code].name, e.text);
	return err_rows[e.code].exit;
}
