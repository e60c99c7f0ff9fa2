/* The parent of worker processes; see workers.h. Signals are taken one by one, never in a
 * handler: they are blocked but while this waits for them. */
#include "workers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rt/log.h"
#include "rt/proc.h"

enum {
	PAUSE_MS = 200,	      /* before one that died is started again */
	SHORT_LIFE_MS = 1000, /* when it lived less than this, longer */
	LONG_PAUSE_MS = 2000,
	STATUS_CONF = 65,
	STOP_S = PROC_STOP_S + 2
};

struct worker {
	pid_t pid; /* 0: to be started at start_ms */
	uint64_t born_ms, start_ms;
};

struct parent {
	const struct workers *w;
	struct worker worker[WORKERS_MOST];
	sigset_t signals, before;
	bool stopping;
	int status;
};

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
start(struct parent *p, unsigned i)
{
	pid_t parent = getpid(), pid = fork();

	p->worker[i].born_ms = now_ms();
	if (pid < 0) {
		log_error(
		    NULL, "workers.fork", "errno=%d again_in_ms=%d", errno, LONG_PAUSE_MS);
		p->worker[i].start_ms = now_ms() + LONG_PAUSE_MS;
	}
	p->worker[i].pid = pid > 0 ? pid : 0;
	if (pid != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	unsetenv("NOTIFY_SOCKET"); /* systemd hears the parent only */
	_exit(getppid() == parent ? p->w->work(i, p->w->arg) : 0);
}

static void
start_due(struct parent *p)
{
	for (unsigned i = 0; i < p->w->count && !p->stopping; i++)
		if (p->worker[i].pid == 0 && p->worker[i].start_ms <= now_ms())
			start(p, i);
}

static void
tell_all(const struct parent *p, int signal)
{
	for (unsigned i = 0; i < p->w->count; i++)
		if (p->worker[i].pid > 0)
			kill(p->worker[i].pid, signal);
}

static void
stop(struct parent *p)
{
	if (!p->stopping)
		proc_notify("STOPPING=1");
	p->stopping = true;
	tell_all(p, SIGTERM);
}

static void
died(struct parent *p, unsigned i, int how)
{
	struct worker *w = &p->worker[i];
	bool young = now_ms() - w->born_ms < SHORT_LIFE_MS;

	w->pid = 0;
	if (p->stopping)
		return;
	w->start_ms = now_ms() + (young ? LONG_PAUSE_MS : PAUSE_MS);
	if (WIFEXITED(how) && WEXITSTATUS(how) == STATUS_CONF) {
		p->status = STATUS_CONF;
		stop(p);
		return;
	}
	log_error(NULL, "workers.died", "number=%u signal=%d status=%d", i,
	    WIFSIGNALED(how) ? WTERMSIG(how) : 0, WIFEXITED(how) ? WEXITSTATUS(how) : 0);
}

static void
reap(struct parent *p)
{
	pid_t pid;
	int how;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0)
		for (unsigned i = 0; i < p->w->count; i++)
			if (p->worker[i].pid == pid)
				died(p, i, how);
}

static unsigned
alive(const struct parent *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->w->count; i++)
		n += p->worker[i].pid > 0;
	return n;
}

static void
take_signal(struct parent *p, int signal)
{
	if (signal == SIGTERM || signal == SIGINT) {
		stop(p);
	} else if (signal == SIGHUP) {
		p->w->reload(p->w->arg);
		tell_all(p, SIGHUP);
	}
}

int
workers_run(const struct workers *w)
{
	struct parent p = { .w = w };
	uint64_t until_ms = 0;

	sigemptyset(&p.signals);
	sigaddset(&p.signals, SIGTERM);
	sigaddset(&p.signals, SIGINT);
	sigaddset(&p.signals, SIGHUP);
	sigaddset(&p.signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &p.signals, &p.before);
	start_due(&p);
	log_info(NULL, "workers.start", "pid=%d count=%u", (int)getpid(), w->count);
	proc_notify("READY=1");
	while (!p.stopping || alive(&p) > 0) {
		const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

		take_signal(&p, sigtimedwait(&p.signals, NULL, &pause));
		reap(&p);
		start_due(&p);
		if (p.stopping && until_ms == 0)
			until_ms = now_ms() + STOP_S * 1000;
		if (p.stopping && now_ms() > until_ms)
			tell_all(&p, SIGKILL);
	}
	log_info(NULL, "workers.end", "status=%d", p.status);
	return p.status;
}
