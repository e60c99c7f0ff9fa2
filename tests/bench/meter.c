/* See meter.h. Alone it is a program:
 *
 *   meter spent SERVER_PIDS DATABASE_PIDS COMMAND...
 *       what servers spend while COMMAND runs: "wall=S cpu=S db=S"; ends with its status
 *   meter keep SERVER...
 *       runs a server and waits for children that it leaves behind: sshd does not wait for the
 *       process that has done the work of a session, whose CPU would then be nobody's
 */
#include "meter.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MOST = 65536, AFTER_MS = 150 };

struct process {
	int pid, parent;
	long ticks;
	bool counts;
};
static struct process list[PROCESSES_MOST];

double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct roots
roots_of(const char *text)
{
	struct roots r = { 0 };
	char *end;

	while (*text != '\0' && r.n < ROOTS_MOST) {
		r.pid[r.n++] = (int)strtol(text, &end, 10);
		text = *end == ',' ? end + 1 : "";
	}
	return r;
}

/* Fields 4 and 14 to 17 of stat (proc(5)), which follow the name in brackets. */
static bool
read_process(int pid, struct process *p)
{
	char path[64], line[1024];
	long user, kernel, waited_user, waited_kernel;
	FILE *f;
	char *at;
	bool ok;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	ok = fgets(line, sizeof line, f) != NULL && (at = strrchr(line, ')')) != NULL &&
	     sscanf(at + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld %ld %ld",
		 &p->parent, &user, &kernel, &waited_user, &waited_kernel) == 5;
	fclose(f);
	p->pid = pid;
	if (ok)
		p->ticks = user + kernel + waited_user + waited_kernel;
	return ok;
}

static int
read_all(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int n = 0;

	while (proc != NULL && n < PROCESSES_MOST && (d = readdir(proc)) != NULL) {
		int pid = (int)strtol(d->d_name, NULL, 10);

		if (pid > 0 && read_process(pid, &list[n]))
			n++;
	}
	closedir(proc);
	return n;
}

/* Marks the roots and all below them. Pids wrap, so children may stand before parents. */
static int
mark(const struct roots *r)
{
	int n = read_all();
	bool more = true;

	for (int i = 0; i < n; i++) {
		list[i].counts = false;
		for (int k = 0; k < r->n; k++)
			list[i].counts |= list[i].pid == r->pid[k];
	}
	while (more) {
		more = false;
		for (int i = 0; i < n; i++)
			for (int k = 0; k < n && !list[i].counts; k++)
				if (list[k].counts && list[k].pid == list[i].parent)
					list[i].counts = more = true;
	}
	return n;
}

double
roots_cpu_s(const struct roots *r)
{
	int n = mark(r);
	long ticks = 0;

	for (int i = 0; i < n; i++)
		ticks += list[i].counts ? list[i].ticks : 0;
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static long
value_kb(int pid, const char *file, const char *name)
{
	char path[64], line[256];
	size_t len = strlen(name);
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, name, len) == 0)
			kb = strtol(line + len, NULL, 10);
	fclose(f);
	return kb;
}

struct memory
roots_memory(const struct roots *r)
{
	int n = mark(r);
	struct memory m = { 0 };

	for (int i = 0; i < n; i++) {
		if (!list[i].counts)
			continue;
		m.pss_kb += value_kb(list[i].pid, "smaps_rollup", "Pss:");
		m.tables_kb += value_kb(list[i].pid, "status", "VmPTE:");
		m.processes++;
	}
	return m;
}

#ifdef METER_ALONE
static int
spent(char **a)
{
	struct roots server = roots_of(a[0]), database = roots_of(a[1]);
	double cpu = roots_cpu_s(&server), db = roots_cpu_s(&database), from = now_s(), wall;
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(a[2], a + 2);
		_exit(127);
	}
	waitpid(child, &status, 0);
	wall = now_s() - from;
	/* what a server does behind the client's back belongs to the work */
	nanosleep(&(struct timespec){ .tv_nsec = AFTER_MS * 1000000L }, NULL);
	printf("wall=%.4f cpu=%.4f db=%.4f\n", wall, roots_cpu_s(&server) - cpu,
	    roots_cpu_s(&database) - db);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int
keep(char **a)
{
	pid_t child;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child == 0) {
		execvp(a[0], a);
		_exit(127);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "keep") == 0)
		return keep(argv + 2);
	if (argc > 4 && strcmp(argv[1], "spent") == 0)
		return spent(argv + 2);
	return 64;
}
#endif
