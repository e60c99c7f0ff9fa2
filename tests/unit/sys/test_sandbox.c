#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

enum { MEMORY_BYTES = 256 << 20, FINE = 42 };

static int ends[2]; /* a pipe */

static int
reads_and_writes(void)
{
	char byte = 'x';
	struct stat st;

	return write(ends[1], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1 && byte == 'x' &&
		       fstat(ends[0], &st) == 0 && close(ends[0]) == 0
		   ? FINE
		   : 1;
}

static int
takes_memory(void)
{
	char *volatile small = malloc(100), *volatile large = malloc(8 << 20);

	if (small == NULL || large == NULL)
		return 1;
	memset(large, 1, 8 << 20);
	large = realloc(large, 64 << 20);
	if (large == NULL || large[(8 << 20) - 1] != 1)
		return 2;
	free(large);
	free(small);
	return FINE;
}

static int
opens(void)
{
	return open("/dev/null", O_RDONLY) >= 0;
}

static int
connects(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static int
forks(void)
{
	return fork() >= 0;
}

static int
runs(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int
signals(void)
{
	return kill(1, 0);
}

static int
makes_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		   -1, 0) != MAP_FAILED;
}

static int
maps_a_file(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) != MAP_FAILED;
}

static int
takes_too_much(void)
{
	char *volatile p = malloc((size_t)MEMORY_BYTES * 2);

	return p == NULL ? FINE : 1;
}

/* The wait status of a child that does `what` in the sandbox. */
static int
status_of(int (*what)(void))
{
	int status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e;

		if (!sandbox_compute_only(MEMORY_BYTES, &e))
			_exit(99);
		_exit(what());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ends[0]);
	close(ends[1]);
	return status;
}

static const struct {
	const char *name;
	int (*what)(void);
	int signal; /* 0: it is allowed */
} cases[] = {
	{ "reads_and_writes", reads_and_writes, 0 },
	{ "takes_memory", takes_memory, 0 },
#ifndef WITH_ASAN
	{ "takes_too_much", takes_too_much, 0 },
#endif
	{ "opens", opens, SIGSYS },
	{ "connects", connects, SIGSYS },
	{ "forks", forks, SIGSYS },
	{ "runs", runs, SIGSYS },
	{ "signals", signals, SIGSYS },
	{ "makes_code", makes_code, SIGSYS },
	{ "maps_a_file", maps_a_file, SIGSYS },
};

static void
what_is_not_computing_ends_the_process(void **state)
{
	(void)state;
	(void)takes_too_much;
	for (size_t i = 0; i < nitems(cases); i++) {
		int status = status_of(cases[i].what);

		print_message("  %s\n", cases[i].name);
		if (cases[i].signal != 0) {
			assert_true(WIFSIGNALED(status));
			assert_int_equal(WTERMSIG(status), cases[i].signal);
		} else {
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), FINE);
		}
	}
}

/* Unix sockets stay, for the database. */
static int
stays_in(void)
{
	static char *const argv[] = { "true", NULL };
	char byte = 'x';

	if (!sandbox_no_network(NULL))
		return 1;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 2;
	if (socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || errno != EPERM)
		return 3;
	if (execv("/bin/true", argv) == 0 || errno != EPERM)
		return 4;
	if (syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM)
		return 5;
	if (socket(AF_UNIX, SOCK_STREAM, 0) < 0 || open("/dev/null", O_RDONLY) < 0)
		return 6;
	return write(ends[1], &byte, 1) == 1 ? FINE : 7;
}

static int
starts_nothing(void)
{
	static char *const argv[] = { "true", NULL };

	if (!sandbox_no_programs(NULL))
		return 1;
	if (socket(AF_INET, SOCK_STREAM, 0) < 0)
		return 2;
	if (execv("/bin/true", argv) == 0 || errno != EPERM)
		return 3;
	if (syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM)
		return 4;
	return FINE;
}

static void
no_programs_leaves_sockets(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(starts_nothing());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
}

static void
no_network_leaves_files_and_unix_sockets(void **state)
{
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0)
		_exit(stays_in());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FINE);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_computing_ends_the_process),
		cmocka_unit_test(no_network_leaves_files_and_unix_sockets),
		cmocka_unit_test(no_programs_leaves_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
