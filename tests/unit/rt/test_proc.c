/*
 * A daemon's life, in a child process of its own: start, reload, orderly and forced stop,
 * rights. The child tells what happens by single letters on a pipe, so nothing here waits by
 * time.
 */
#include "rt_test.h"

#include <pwd.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/un.h>

#define group group_of_users /* ours is of tasks */
#include <grp.h>
#undef group

#include "rt/log.h"
#include "rt/proc.h"
#include "rt/work.h"

struct daemon {
	int tell;
	enum { PARKS, HANGS, BLOCKS, FAILS, ENDS } way;
	bool bad_open;
	const char *user;
};

static void
tell(struct daemon *d, char c)
{
	assert_int_equal(write(d->tell, &c, 1), 1);
}

static bool
d_open(void *arg, struct err *e)
{
	struct daemon *d = arg;

	tell(d, 'o');
	return !d->bad_open || err(e, ERR_CONF, "no \"key\" in /etc");
}

static void
d_reload(void *arg)
{
	tell(arg, 'h');
}

static void
forever(void *arg)
{
	sem_t never;

	sem_init(&never, 0, 0);
	tell(arg, 'r');
	for (;;)
		sem_wait(&never);
}

static void
d_run(struct task *t, void *arg)
{
	struct daemon *d = arg;
	struct err e;

	if (d->way == BLOCKS) /* a wait that no cancel ends */
		work_run(t, forever, d, NULL);
	if (d->way == FAILS) {
		err(&e, ERR_UNAVAILABLE, "the schema is of version 3, expected 4");
		proc_fail(t, &e);
		assert_false(task_yield(t, NULL));
		return;
	}
	tell(d, 'r');
	if (d->way == PARKS && !task_park(t, &e))
		tell(d, e.code == ERR_CANCELLED ? 'c' : '?');
	while (d->way == HANGS && !task_sleep(t, 60000, &e)) { /* ignores its cancel */
		unsigned left_s = alarm(0);

		alarm(left_s);
		tell(d, left_s > 0 && left_s <= PROC_STOP_S ? 'i' : '?');
		for (;;)
			pause();
	}
}

struct child {
	pid_t pid;
	int tells, says; /* the letters; stderr */
};

static struct child
daemon_start(struct daemon d)
{
	int tells[2], says[2];
	struct proc p = { .name = "testd",
		.user = d.user,
		.log_level = LOG_INFO_,
		.open = d_open,
		.run = d_run,
		.reload = d_reload };
	struct child c;

	assert_int_equal(pipe2(tells, O_CLOEXEC), 0);
	assert_int_equal(pipe2(says, O_CLOEXEC), 0);
	fflush(NULL);
	c = (struct child){ .pid = fork(), .tells = tells[0], .says = says[0] };
	assert_true(c.pid >= 0);
	if (c.pid == 0) {
		dup2(says[1], STDERR_FILENO);
		d.tell = tells[1];
		p.arg = &d;
		_exit(proc_run(&p));
	}
	close(tells[1]);
	close(says[1]);
	return c;
}

static void
expect(struct child c, const char *letters)
{
	for (; *letters != 0; letters++) {
		char got = 0;

		assert_int_equal(read(c.tells, &got, 1), 1);
		assert_int_equal(got, *letters);
	}
}

/* Waits for its end; the status, and what it said without times and numbers of processes. */
static int
daemon_end(struct child c, struct trace *said)
{
	char raw[8192], *line, *next;
	size_t len = 0;
	ssize_t n;
	int status;

	while ((n = read(c.says, raw + len, sizeof raw - 1 - len)) > 0)
		len += (size_t)n;
	raw[len] = 0;
	assert_int_equal(waitpid(c.pid, &status, 0), c.pid);
	assert_int_equal(read(c.tells, &n, 1), 0); /* it told nothing more */
	close(c.tells);
	close(c.says);
	for (line = raw; (next = strchr(line, '\n')) != NULL; line = next + 1) {
		const char *name, *pid;

		*next = 0;
		name = strstr(line, "testd ");
		pid = strstr(line, "pid=");
		if (name != NULL) /* others are the sanitizer's */
			note(said, "%.3s %.*s\n", line,
			    (int)((pid != NULL ? pid + 4 : next) - name - 6), name + 6);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
a_daemon_reloads_and_stops_in_order(void **state)
{
	static const int stops[] = { SIGTERM, SIGINT };

	(void)state;
	for (size_t i = 0; i < nitems(stops); i++) {
		struct trace said = { 0 };
		struct child c = daemon_start((struct daemon){ .way = PARKS });

		expect(c, "or");
		kill(c.pid, SIGHUP);
		expect(c, "h");
		kill(c.pid, SIGHUP);
		expect(c, "h");
		kill(c.pid, stops[i]);
		expect(c, "c");
		assert_int_equal(daemon_end(c, &said), 0);
		assert_string_equal(said.at, "<6> proc.start pid=\n<6> proc.reload "
					     "by=SIGHUP\n<6> proc.reload by=SIGHUP\n"
					     "<6> proc.stop tasks=1\n<6> proc.end status=0\n");
	}
}

/* The second signal, or the alarm of PROC_STOP_S, which is what SIGALRM stands for here. */
static void
a_daemon_that_cannot_stop_is_ended_by_the_second_signal_or_the_alarm(void **state)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGALRM };

	(void)state;
	for (size_t i = 0; i < 2 * nitems(ends); i++) {
		struct trace said = { 0 };
		struct child c = daemon_start((struct daemon){ .way = i % 2 ? BLOCKS : HANGS });
		char line[128] = { 0 };

		expect(c, "or");
		kill(c.pid, SIGTERM);
		if (i % 2)
			while (strstr(line, "proc.stop") == NULL) { /* it has seen the first */
				size_t n = 0;

				while (n < sizeof line - 1 && read(c.says, line + n, 1) == 1 &&
				       line[n] != '\n')
					n++;
				line[n] = 0;
			}
		else
			expect(c, "i");
		kill(c.pid, ends[i / 2]);
		assert_int_equal(daemon_end(c, &said), 75);
		assert_non_null(strstr(said.at, "<4> proc.forced pid=\n"));
		assert_null(strstr(said.at, "proc.end"));
	}
}

static void
a_daemon_that_cannot_start_or_go_on_says_why(void **state)
{
	static const struct {
		struct daemon d;
		const char *letters, *says;
		int status;
	} cases[] = {
		{ { .bad_open = true }, "o",
		    "<3> proc.failed code=ERR_CONF why=\"no \\\"key\\\" in /etc\"\n", 65 },
		{ { .way = FAILS }, "o",
		    "<6> proc.start pid=\n<3> proc.failed code=ERR_UNAVAILABLE why=\"the "
		    "schema is "
		    "of version 3, expected 4\"\n<6> proc.end status=69\n",
		    69 },
		{ { .way = ENDS }, "or", "<6> proc.start pid=\n<6> proc.end status=0\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct trace said = { 0 };
		struct child c = daemon_start(cases[i].d);

		expect(c, cases[i].letters);
		assert_int_equal(daemon_end(c, &said), cases[i].status);
		assert_string_equal(said.at, cases[i].says);
	}
}

static void
a_daemon_becomes_its_user_and_names_one_it_cannot_become(void **state)
{
	static const struct {
		const char *user, *letters, *says;
		int status;
	} cases[] = {
		{ "nobody", "or", "<6> proc.start pid=\n<6> proc.end status=0\n", 0 },
		{ "no-such-user", "o",
		    "<3> proc.failed code=ERR_CONF why=\"there is no user \\\"no-such-user\\\" "
		    "to "
		    "become\"\n",
		    65 },
		{ "root", "o",
		    "<3> proc.failed code=ERR_CONF why=\"user \\\"root\\\" is root: name one "
		    "without "
		    "its rights\"\n",
		    65 },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < nitems(cases); i++) {
		struct trace said = { 0 };
		struct child c =
		    daemon_start((struct daemon){ .way = ENDS, .user = cases[i].user });

		expect(c, cases[i].letters);
		assert_int_equal(daemon_end(c, &said), cases[i].status);
		assert_string_equal(said.at, cases[i].says);
	}
}

/* In a child: every way back to root must be closed. */
static void
rights_are_gone(void)
{
	const struct passwd *nobody = getpwnam("nobody");
	gid_t groups[64];
	struct err e;
	struct rlimit core;
	int n;

	if (setgroups(3, (const gid_t[]){ 0, 4, 27 }) != 0)
		_exit(8);
	if (!proc_become("nobody", &e) || !proc_harden(&e))
		_exit(1);
	n = getgroups(64, groups);
	if (getuid() != nobody->pw_uid || geteuid() != nobody->pw_uid ||
	    getgid() != nobody->pw_gid || getegid() != nobody->pw_gid)
		_exit(2);
	for (int i = 0; i < n; i++)
		if (groups[i] != nobody->pw_gid) /* nobody has no others */
			_exit(3);
	if (setuid(0) == 0 || seteuid(0) == 0 || setreuid(0, 0) == 0 || setgid(0) == 0)
		_exit(4);
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
		_exit(5);
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		_exit(6);
	if (!proc_become("root", &e)) /* not root any more: no effect */
		_exit(7);
}

static void
rights_once_dropped_do_not_come_back(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_false(dies(rights_are_gone));
}

static void
no_user_means_nothing_changes(void **state)
{
	struct err e;

	(void)state;
	assert_true(proc_become(NULL, &e));
	assert_true(proc_become("", &e));
}

static void
expect_notified(int fd, const char *is)
{
	char got[64] = { 0 };

	assert_true(recv(fd, got, sizeof got - 1, 0) > 0);
	assert_string_equal(got, is);
}

static void
systemd_is_told_when_it_listens(void **state)
{
	static const char *const names[] = { "@rt_proc_notify", "/tmp/rt_proc_notify" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		struct sockaddr_un at = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		char name[64];
		size_t len;
		struct trace said = { 0 };
		struct child c;

		len = (size_t)snprintf(name, sizeof name, "%s_%d", names[i], (int)getpid());
		memcpy(at.sun_path, name, len);
		if (name[0] == '@')
			at.sun_path[0] = 0;
		assert_int_equal(bind(fd, (struct sockaddr *)&at,
				     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
		    0);
		setenv("NOTIFY_SOCKET", name, 1);
		c = daemon_start((struct daemon){ .way = PARKS });
		expect_notified(fd, "READY=1");
		expect(c, "or");
		kill(c.pid, SIGTERM);
		expect_notified(fd, "STOPPING=1");
		expect(c, "c");
		assert_int_equal(daemon_end(c, &said), 0);
		close(fd);
		unlink(name);
	}
	setenv("NOTIFY_SOCKET", "/tmp/there/is/none", 1);
	proc_notify("READY=1"); /* nobody there: nothing happens */
	unsetenv("NOTIFY_SOCKET");
	proc_notify("READY=1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_daemon_reloads_and_stops_in_order),
		cmocka_unit_test(
		    a_daemon_that_cannot_stop_is_ended_by_the_second_signal_or_the_alarm),
		cmocka_unit_test(a_daemon_that_cannot_start_or_go_on_says_why),
		cmocka_unit_test(a_daemon_becomes_its_user_and_names_one_it_cannot_become),
		cmocka_unit_test(rights_once_dropped_do_not_come_back),
		cmocka_unit_test(no_user_means_nothing_changes),
		cmocka_unit_test(systemd_is_told_when_it_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
