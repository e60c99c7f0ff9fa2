/*
 * A child may hang where no time-out of its own reaches (a library waits in a loop of its own),
 * so what ends it is outside of it: dropd has the clock and hangs up, and the supervisor, which
 * keeps a copy of each connection only to see that, kills with SIGKILL. When the supervisor
 * dies the kernel kills its children (PR_SET_PDEATHSIG), so dropd sees each connection end
 * either way.
 *
 * Plain poll(): there is nothing to be done here but to wait for these two ends.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/log.h"

enum { SIGNALS, LISTENER, CHILDREN };

struct child {
	pid_t pid; /* 0: free */
	int connection;
	bool killed;
};

static struct {
	struct child child[SUPERVISE_CHILDREN_MOST];
	int most, running;
	bool stop;
} the;

static bool
is_dropd(int connection, uid_t who)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	       peer.uid == who;
}

static void
refuse(int connection, const char *line)
{
	(void)!send(connection, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
	fd_auto(&connection);
}

/* In the child: the connection as standard input, nothing else of ours, the parent's signals
 * given back. */
static void
become(int connection, pid_t parent, char *const *argv)
{
	sigset_t none;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(70);
	if (dup2(connection, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		_exit(70);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv("/proc/self/exe", argv);
	_exit(70);
}

static void
begin(int connection, char *const *argv)
{
	pid_t parent = getpid(), pid;
	struct child *c = the.child;

	while (c->pid != 0)
		c++;
	pid = fork();
	if (pid == 0)
		become(connection, parent, argv);
	if (pid < 0) {
		log_warn(NULL, "push.fork", "errno=%d", errno);
		refuse(connection, "failed ours the hub cannot start another process\n");
		return;
	}
	*c = (struct child){ .pid = pid, .connection = connection };
	the.running++;
}

static void
take(int listener, uid_t who, char *const *argv)
{
	int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			log_warn(NULL, "push.accept", "errno=%d", errno);
		return;
	}
	if (!is_dropd(connection, who)) {
		log_warn(NULL, "push.stranger", "refused=1");
		fd_auto(&connection);
	} else if (the.running == the.most) {
		refuse(connection, "failed ours too many deliveries at once\n");
	} else {
		begin(connection, argv);
	}
}

static void
reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < the.most; i++)
			if (the.child[i].pid == pid) {
				if (WIFSIGNALED(status) && !the.child[i].killed)
					log_warn(NULL, "push.died", "pid=%d signal=%d",
					    (int)pid, WTERMSIG(status));
				fd_auto(&the.child[i].connection);
				the.child[i] = (struct child){ 0 };
				the.running--;
			}
}

static void
end_child(struct child *c)
{
	if (!c->killed)
		kill(c->pid, SIGKILL);
	c->killed = true;
}

static void
hear_signals(int fd)
{
	struct signalfd_siginfo got;

	while (read(fd, &got, sizeof got) == (ssize_t)sizeof got)
		if (got.ssi_signo != SIGCHLD)
			the.stop = true;
	reap();
}

/* One turn: who hung up, who ended, who comes. */
static bool
turn(int signals, int listener, uid_t who, char *const *argv, struct err *e)
{
	struct pollfd wait[CHILDREN + SUPERVISE_CHILDREN_MOST] = {
		[SIGNALS] = { .fd = signals, .events = POLLIN },
		[LISTENER] = { .fd = listener, .events = POLLIN },
	};
	struct child *of[CHILDREN + SUPERVISE_CHILDREN_MOST];
	nfds_t n = CHILDREN;

	for (int i = 0; i < the.most; i++)
		if (the.child[i].pid != 0 && !the.child[i].killed) {
			of[n] = &the.child[i];
			wait[n++] = (struct pollfd){ .fd = the.child[i].connection,
				.events = POLLRDHUP };
		}
	if (poll(wait, n, -1) < 0)
		return errno == EINTR || err_errno(e, ERR_BUG, "poll");
	for (nfds_t i = CHILDREN; i < n; i++)
		if (wait[i].revents != 0)
			end_child(of[i]);
	if (wait[SIGNALS].revents != 0)
		hear_signals(signals);
	if (wait[LISTENER].revents != 0 && !the.stop)
		take(listener, who, argv);
	return true;
}

static int
signals_open(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		err_errno(e, ERR_BUG, "signalfd");
	return fd;
}

bool
supervise(int listener, uid_t who, int children_most, char *const *argv, struct err *e)
{
	AUTO_FD signals = signals_open(e);
	bool ok = signals >= 0;

	the.most =
	    children_most < SUPERVISE_CHILDREN_MOST ? children_most : SUPERVISE_CHILDREN_MOST;
	while (ok && !the.stop)
		ok = turn(signals, listener, who, argv, e);
	for (int i = 0; i < the.most; i++)
		if (the.child[i].pid != 0)
			end_child(&the.child[i]);
	while (the.running > 0 && waitpid(-1, NULL, 0) > 0)
		the.running--;
	return ok;
}
