/* What a process may still do once it is confined: its own folders, what it was given, nothing
 * beside. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/confine.h"

static char folder[64], own[96], beside[96];

static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/confine.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(own, sizeof own, "%s/own", folder);
	snprintf(beside, sizeof beside, "%s/beside", folder);
	return mkdir(own, 0700) == 0 && mkdir(beside, 0700) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static int
errno_of(const char *in, const char *name, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof path, "%s/%s", in, name);
	fd = open(path, flags, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void
put(const char *in, const char *name)
{
	assert_int_equal(errno_of(in, name, O_WRONLY | O_CREAT), 0);
}

static int
moved(void)
{
	char from[128], to[128], out[128];

	snprintf(from, sizeof from, "%s/a", own);
	snprintf(to, sizeof to, "%s/b", own);
	snprintf(out, sizeof out, "%s/b", beside);
	if (rename(from, to) != 0)
		return 20;
	return rename(to, out) != 0 ? 0 : 21;
}

static void *
nothing(void *arg)
{
	return arg;
}

static bool
threads_stay(void)
{
	pthread_t one;

	return pthread_create(&one, NULL, nothing, NULL) == 0 && pthread_join(one, NULL) == 0;
}

static int
in_own_folder(void)
{
	const struct confine c = { .write = { own, "/nowhere/at/all" } };

	if (!confine(&c, NULL))
		return 1;
	if (errno_of(own, "a", O_RDONLY) != 0 || errno_of(own, "new", O_WRONLY | O_CREAT) != 0)
		return 2;
	if (errno_of(beside, "a", O_RDONLY) != EACCES)
		return 3;
	if (errno_of(beside, "new", O_WRONLY | O_CREAT) != EACCES)
		return 4;
	if (errno_of("/etc", "passwd", O_RDONLY) != 0 ||
	    errno_of("/dev", "null", O_WRONLY) != 0)
		return 5;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 6;
#if !defined(__SANITIZE_ADDRESS__) /* which forks by itself to look for leaks */
	if (fork() >= 0 || errno != EPERM)
		return 7;
#endif
	if (!threads_stay())
		return 8;
	return moved();
}

static int
with_more(void)
{
	char file[128];
	struct confine c = {
		.network = true, .program = { "/usr/bin/true" }, .file = { file }
	};
	char *const argv[] = { (char *)"true", NULL };

	snprintf(file, sizeof file, "%s/a", beside);
	if (!confine(&c, NULL))
		return 1;
	if (errno_of(beside, "a", O_RDONLY) != 0 || errno_of(beside, "a", O_WRONLY) != EACCES)
		return 2;
	if (errno_of(beside, "b", O_RDONLY) != EACCES)
		return 3;
	if (socket(AF_INET, SOCK_STREAM, 0) < 0)
		return 4;
	if (execv("/usr/bin/false", argv) == 0 || errno != EACCES)
		return 5;
	execv("/usr/bin/true", argv); /* ends with 0 */
	return 6;
}

static void
child_ends_well(int (*what)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(what());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
only_its_own_is_left(void **state)
{
	(void)state;
	put(own, "a");
	put(beside, "a");
	child_ends_well(in_own_folder);
}

static void
what_it_was_given_too(void **state)
{
	(void)state;
	put(beside, "a");
	put(beside, "b");
	child_ends_well(with_more);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_its_own_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(what_it_was_given_too, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
