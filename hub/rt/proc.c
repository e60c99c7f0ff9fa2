/* Starting, stopping and giving up rights; the order is told in proc.h. */
#include "rt/proc.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define group group_of_users /* ours is of tasks */
#include <grp.h>
#undef group

#include "rt/inside.h"
#include "rt/log.h"

enum { STATUS_FORCED = 75 };

/* What signal handlers need. */
static struct {
	struct loop *loop;
	int status;
	char last_words[80];
} the;

void
proc_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

static bool
root_is_gone(const struct passwd *is)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 ||
	    getresgid(&gid[0], &gid[1], &gid[2]) != 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (uid[i] != is->pw_uid || gid[i] != is->pw_gid)
			return false;
	return setuid(0) != 0 && seteuid(0) != 0 && (is->pw_gid == 0 || setgid(0) != 0);
}

bool
proc_become(const char *user, struct err *e)
{
	const struct passwd *is;

	if (user == NULL || *user == 0 || geteuid() != 0)
		return true;
	is = getpwnam(user);
	if (is == NULL)
		return err(e, ERR_CONF, "there is no user \"%s\" to become", user);
	if (is->pw_uid == 0)
		return err(
		    e, ERR_CONF, "user \"%s\" is root: name one without its rights", user);
	if (initgroups(user, is->pw_gid) != 0 ||
	    setresgid(is->pw_gid, is->pw_gid, is->pw_gid) != 0 ||
	    setresuid(is->pw_uid, is->pw_uid, is->pw_uid) != 0)
		return err_errno(e, ERR_IO, "cannot become user \"%s\"", user);
	return root_is_gone(is) ||
	       err(e, ERR_BUG, "root's rights came back to user \"%s\"", user);
}

bool
proc_harden(struct err *e)
{
	const struct rlimit none = { 0 };
	bool ok =
	    setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

#ifndef WITH_ASAN /* its leak check is a ptrace of the process by itself */
	ok = ok && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
	return ok || err_errno(e, ERR_IO, "cannot turn core dumps and new privileges off");
}

/* Only what a signal handler may do: the loop may hang. */
static void
end_now(int number)
{
	(void)number;
	if (write(STDERR_FILENO, the.last_words, strlen(the.last_words)) < 0)
		_exit(STATUS_FORCED);
	_exit(STATUS_FORCED);
}

static void
on_stop(void *arg)
{
	const struct proc *p = arg;
	const struct sigaction end = { .sa_handler = end_now };

	if (the.last_words[0] != 0) /* both came before the loop saw one */
		end_now(0);
	snprintf(the.last_words, sizeof the.last_words, "<4>%s proc.forced pid=%d\n", p->name,
	    (int)getpid());
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGALRM, &end, NULL);
	alarm(PROC_STOP_S);
	log_info(NULL, "proc.stop", "tasks=%u", loop_tasks(the.loop));
	proc_notify("STOPPING=1");
	loop_stop(the.loop);
}

static void
on_reload(void *arg)
{
	const struct proc *p = arg;

	log_info(NULL, "proc.reload", "by=SIGHUP");
	if (p->reload != NULL)
		p->reload(p->arg);
}

static void
run_first(struct task *t, void *arg)
{
	const struct proc *p = arg;

	p->run(t, p->arg);
}

static int
failed(const struct err *e)
{
	char why[LOG_TEXT_SIZE];

	log_error(NULL, "proc.failed", "code=%s why=%s", err_rows[e->code].name,
	    log_text(why, str_of(e->text)));
	return err_rows[e->code].exit;
}

void
proc_fail(struct task *t, const struct err *e)
{
	the.status = failed(e);
	loop_stop(task_loop(t));
}

static bool
start(const struct proc *p, struct err *e)
{
	void *arg = (void *)(uintptr_t)p; /* the callbacks give it back const */

	if ((p->open != NULL && !p->open(p->arg, e)) || !proc_become(p->user, e) ||
	    !proc_harden(e) || (p->confine != NULL && !p->confine(p->arg, e)))
		return false;
	the.loop = loop_new(e);
	return the.loop != NULL && loop_on_signal(the.loop, SIGTERM, on_stop, arg, e) &&
	       loop_on_signal(the.loop, SIGINT, on_stop, arg, e) &&
	       loop_on_signal(the.loop, SIGHUP, on_reload, arg, e) &&
	       task_spawn(the.loop, p->name, run_first, arg, e) != NULL;
}

int
proc_run(const struct proc *p)
{
	struct err e;

	the.status = 0;
	the.loop = NULL;
	the.last_words[0] = 0;
	log_start(p->name, (enum log_level)p->log_level);
	if (!start(p, &e)) {
		the.status = failed(&e);
	} else {
		log_info(NULL, "proc.start", "pid=%d", (int)getpid());
		proc_notify("READY=1");
		if (!loop_run(the.loop, &e))
			the.status = failed(&e);
		log_info(NULL, "proc.end", "status=%d", the.status);
	}
	log_flush();
	alarm(0);
	if (the.loop != NULL && loop_tasks(the.loop) == 0)
		loop_free(&the.loop);
	return the.status;
}
