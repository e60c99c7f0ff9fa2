/*
 * busbar-sftp: one SFTP session on standard input and output. sshd starts it as the forced
 * command of a key, with the one-use handle that busbar-sftp-keys made; sshd does all of SSH.
 * Standard error goes to the client, so the log goes elsewhere (sftp.log).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/proc.h"
#include "serve.h"
#include "sys/conf.h"
#include "sys/confine.h"
#include "sys/secret.h"

enum { CONNECTIONS = 2, LOGIN_MS = 20000, END_MS = 5000, FROM_SIZE = 64 };

static struct {
	struct conf conf;
	const char *handle;
	char from[FROM_SIZE];
} the;

/* A log line is a datagram as syslog wants it, or a line of a file. Without either the session
 * goes on unlogged here; the database has its audit events. */
static int
log_open(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct stat st;
	int fd = -1;

	if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    str_copy(to.sun_path, sizeof to.sun_path, str_of(path))) {
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
			fd_auto(&fd), fd = -1;
	} else if (path[0] != '\0') {
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	}
	return fd >= 0 ? fd : open("/dev/null", O_WRONLY | O_CLOEXEC);
}

/* "ADDRESS PORT ADDRESS PORT", set by sshd; only a person at the machine comes without it. */
static void
find_from(void)
{
	struct str address, rest;
	const char *connection = getenv("SSH_CONNECTION");

	if (connection == NULL || !str_cut(str_of(connection), ' ', &address, &rest))
		address = STR("127.0.0.1");
	str_copy(the.from, sizeof the.from, address);
}

static bool
open_all(void *arg, struct err *e)
{
	int fd = log_open(the.conf.sftp_log);

	(void)arg;
	if (fd >= 0)
		log_to(fd, NULL);
	find_from();
	return secret_start(e);
}

static bool
session(struct task *t, const struct box_door *door, struct box *b, struct err *e)
{
	static struct sftp s = { .out = BUF(REPLIES_MOST) };
	struct stream *in = stream_fd(STDIN_FILENO, e);
	struct stream *out = in == NULL ? NULL : stream_fd(STDOUT_FILENO, e);
	bool ok;

	(void)door;
	s.box = b;
	ok = out != NULL && sftp_serve(t, &s, in, out, the.conf.sftp_idle_ms, e);
	task_deadline(t, 0);
	sftp_end(t, &s);
	stream_free(&in);
	stream_free(&out);
	return ok;
}

/* Its log is open. */
static bool
confine_self(void *arg, struct err *e)
{
	(void)arg;
	return confine(&(struct confine){ .network = db_by_network(the.conf.db_conninfo),
			   .write = { the.conf.store_path } },
	    e);
}

static void
run_with(struct task *t, struct box_door *door)
{
	struct err e = { 0 };
	char why[LOG_TEXT_SIZE];
	struct box b;
	struct group beside = { 0 };

	task_deadline(t, LOGIN_MS);
	if (!box_login_once(t, door, str_of(the.handle), the.from, &b, &e)) {
		fprintf(stderr, "busbar: %s\n", err_rows[e.code].say);
		proc_fail(t, &e);
		return;
	}
	task_deadline(t, 0);
	task_label(t, "party=%s account=%d from=%s", b.code, b.account, the.from);
	if (!group_spawn(t, &beside, "sftp.beat", box_beat, door, &e)) {
		proc_fail(t, &e);
	} else {
		log_info(t, "sftp.begin", "pid=%d", (int)getpid());
		if (session(t, door, &b, &e))
			log_info(t, "sftp.end", "by=client");
		else
			log_warn(t, "sftp.end", "code=%s says=%s", err_rows[e.code].name,
			    log_text(why, str_of(e.text)));
	}
	task_deadline(t, END_MS);
	group_cancel(&beside);
	group_join(t, &beside);
	box_end(t, &b);
}

static void
run(struct task *t, void *arg)
{
	struct box_door door = { .name = "SFTP" };
	struct err e = { 0 };

	(void)arg;
	door.objects = objects_open(the.conf.store_path, &e);
	if (door.objects != NULL)
		door.db = db_open(
		    the.conf.db_conninfo, the.conf.sftp_role, "busbar-sftp", CONNECTIONS, &e);
	if (door.db == NULL) {
		fprintf(stderr, "busbar: %s\n", err_rows[ERR_UNAVAILABLE].say);
		proc_fail(t, &e);
	} else {
		run_with(t, &door);
	}
	db_close(&door.db);
	objects_free(&door.objects);
}

static int
usage(void)
{
	fputs("usage: busbar-sftp [-c FILE] --handle HEX\n\n"
	      "One SFTP session on standard input and output, started by sshd.\n"
	      "Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

/* sshd tells what was asked for; a subsystem by the words of its line in sshd_config. */
static bool
asked_for_sftp(void)
{
	const char *asked = getenv("SSH_ORIGINAL_COMMAND");

	if (getenv("SSH_CONNECTION") == NULL)
		return true;
	return asked != NULL && strcmp(asked, "busbar-sftp") == 0;
}

int
main(int argc, char **argv)
{
	struct proc p = {
		.name = "sftp", .open = open_all, .confine = confine_self, .run = run
	};
	const char *file = NULL;
	struct err e = { 0 };
	char path[512];

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "-c") == 0)
			file = argv[i + 1];
		else if (strcmp(argv[i], "--handle") == 0)
			the.handle = argv[i + 1];
		else
			return usage();
	}
	if (argc % 2 == 0 || the.handle == NULL)
		return usage();
	if (!asked_for_sftp()) {
		fputs("busbar: this address speaks SFTP only\n", stderr);
		return 64;
	}
	conf_presets(&the.conf);
	if (!conf_find(file, path, sizeof path, &e) || !conf_read(&the.conf, path, &e)) {
		fprintf(stderr, "busbar-sftp: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.log_level = (int)the.conf.log_level;
	return proc_run(&p);
}
