/*
 * What a server costs: CPU and memory of process trees, read from /proc. CPU is that of all
 * processes below some roots, with the children that they have waited for; memory is PSS, which
 * shares a page among those that map it, and the page tables beside it.
 */
#ifndef BENCH_METER_H
#define BENCH_METER_H

enum { ROOTS_MOST = 8 };

struct roots { /* of a server: pids of processes whose children count too */
	int pid[ROOTS_MOST];
	int n;
};

struct used {
	double wall_s, cpu_s;
};

struct memory {
	long pss_kb, tables_kb, processes;
};

struct roots roots_of(const char *text); /* "12,34" */
double roots_cpu_s(const struct roots *r);
struct memory roots_memory(const struct roots *r);
double now_s(void);

#endif
