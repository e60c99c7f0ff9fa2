/* What the tests of rt share: a loop around a test's body, a trace, counts of what is open. */
#ifndef RT_TEST_H
#define RT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/loop.h"

/* A failed assertion within a task must not jump to cmocka's stack: it tells and aborts. */
__attribute__((constructor)) static void
abort_on_failure(void)
{
	setenv("CMOCKA_TEST_ABORT", "1", 1);
}

/* What happened, in order: "a1 b1 a2 " */
struct trace {
	char at[4096];
	size_t len;
};

PRINTF_LIKE(2, 3)
static inline void
note(struct trace *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(r->at + r->len, sizeof r->at - r->len, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof r->at - r->len);
	r->len += (size_t)n;
}

typedef bool body_fn(struct task *t, void *arg, struct err *e);

/* Runs body in a loop of its own; it must succeed, and nothing may be alive afterwards. */
static inline void
in_loop(body_fn *body, void *arg)
{
	struct err e = { 0 };

	if (!loop_once(body, arg, &e))
		fail_msg("%s", e.text);
}

static inline unsigned
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static inline void
socket_pair(int fd[2])
{
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

/* True when fn, in a child process whose messages go nowhere, ends in any way but exit(0). */
static inline bool
dies(void (*fn)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY);

		dup2(nowhere, STDERR_FILENO);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

#endif
