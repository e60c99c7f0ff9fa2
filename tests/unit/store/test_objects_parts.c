/* Parts under a name: left, gone on with, and what a failing disk, a killed process and a race
 * with another one must not make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/code.h"
#include "rt/loop.h"
#include "store/objects.h"

#define NAME "00112233445566778899aabbccddeeff"
enum { NOBODY = 65534 };

static char root[64], store[96];
static struct objects *objects;
static bool (*step)(struct task *t, struct err *e);
static struct err failed;
static bool went;

/* ---- the system, as it is when it does not go well ---- */

static bool fsync_fails, fsync_dies;
static const char
    *goes_before_lock; /* the part's other writer ends here: it is an object then */

int
fsync(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (fsync_dies)
			raise(SIGKILL);
		if (fsync_fails) {
			fsync_fails = false; /* a disk tells it once */
			errno = EIO;
			return -1;
		}
	}
	return (int)syscall(SYS_fsync, fd);
}

int
flock(int fd, int operation)
{
	char from[200], to[200];

	if (goes_before_lock != NULL) {
		snprintf(from, sizeof from, "%s/part/" NAME, store);
		snprintf(to, sizeof to, "%s/%s", store, goes_before_lock);
		goes_before_lock = NULL;
		if (rename(from, to) != 0)
			abort();
	}
	return (int)syscall(SYS_flock, fd, operation);
}

/* ---- running ---- */

static void
body(struct task *t, void *arg)
{
	(void)arg;
	went = step(t, &failed);
}

static void
in_task(bool (*fn)(struct task *t, struct err *e))
{
	struct err e = { 0 };
	struct loop *l = loop_new(&e);

	assert_non_null(l);
	step = fn;
	failed = (struct err){ 0 };
	assert_non_null(task_spawn(l, "test", body, NULL, &e));
	assert_true(loop_run(l, &e));
	loop_free(&l);
	if (!went)
		print_error("%s\n", failed.text);
	assert_true(went);
}

#define CHECK(c)                                                          \
	do {                                                              \
		if (!(c))                                                 \
			return err(e, ERR_BUG, "line %d: " #c, __LINE__); \
	} while (0)

static int
make(void **state)
{
	struct err e = { 0 };

	(void)state;
	snprintf(root, sizeof root, "/tmp/busbar-parts-XXXXXX");
	if (mkdtemp(root) == NULL)
		return -1;
	snprintf(store, sizeof store, "%s/store", root);
	objects = objects_open(store, &e);
	return objects != NULL ? 0 : -1;
}

static int
remove_all(void **state)
{
	char command[] = "rm", flags[] = "-rf";
	char *argv[] = { command, flags, root, NULL };
	pid_t pid;

	(void)state;
	objects_free(&objects);
	pid = fork();
	if (pid == 0) {
		execv("/bin/rm", argv);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return 0;
}

static bool
begin_left(struct task *t, struct err *e)
{
	struct part *p = part_named(t, objects, NAME, false, 100, e);
	bool ok = p != NULL && part_add(p, "first ", 6, e);

	part_leave(&p);
	return ok;
}

/* ---- tests ---- */

static bool
goes_on(struct task *t, struct err *e)
{
	struct err told = { 0 };
	struct object_name name;
	unsigned char whole[DIGEST_BYTES];
	struct part *p, *other;
	bool busy;

	CHECK(part_named(t, objects, NAME, true, 100, &told) == NULL);
	CHECK(told.code == ERR_NOT_FOUND);
	CHECK(part_there(objects, NAME, &busy) == -1);
	CHECK(begin_left(t, e));
	CHECK(part_there(objects, NAME, &busy) == 6 && !busy);
	p = part_named(t, objects, NAME, true, 12, e);
	CHECK(p != NULL && part_size(p) == 6);
	CHECK(part_there(objects, NAME, &busy) == 6 && busy);
	other = part_named(t, objects, NAME, true, 12, &told);
	CHECK(other == NULL && told.code == ERR_CONFLICT);
	CHECK(part_add(p, "second", 6, e));
	CHECK(!part_add(p, "!", 1, &told) && told.code == ERR_TOO_BIG);
	CHECK(part_keep(t, p, OBJECT_IN, &name, e) && name.size == 12);
	part_free(&p);
	digest_of("first second", 12, whole);
	CHECK(memcmp(whole, name.sha256, DIGEST_BYTES) == 0);
	CHECK(object_verify(objects, OBJECT_IN, &name, e));
	CHECK(part_there(objects, NAME, &busy) == -1);
	{
		AUTO_FD fd = object_open(objects, OBJECT_IN, name.sha256, e);
		struct stat st;

		CHECK(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0440);
	}
	return true;
}

static void
a_part_goes_on_where_it_was_left(void **state)
{
	(void)state;
	in_task(goes_on);
}

static bool
knows_nothing(void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES])
{
	(void)arg, (void)side, (void)sha256;
	return false;
}

/* Whole for hours, and ended only now: a sweep that does not know its row yet takes it for what
 * was put there this moment, not for what was forgotten. */
static bool
ends_late(struct task *t, struct err *e)
{
	struct timespec long_ago[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	char path[200];
	struct object_name name;
	struct part *p;

	CHECK(begin_left(t, e));
	snprintf(path, sizeof path, "%s/part/" NAME, store);
	CHECK(utimensat(AT_FDCWD, path, long_ago, 0) == 0);
	p = part_named(t, objects, NAME, true, 12, e);
	CHECK(p != NULL && part_keep(t, p, OBJECT_IN, &name, e));
	part_free(&p);
	CHECK(objects_walk(objects, knows_nothing, NULL, true, e) >= 0);
	return object_verify(objects, OBJECT_IN, &name, e);
}

static void
what_ended_late_is_not_swept(void **state)
{
	(void)state;
	in_task(ends_late);
}

/* What the disk did not take may still be read back from memory, and the next fsync says yes:
 * going on with such a part would give a receipt for bytes that are not on the disk. */
static bool
disk_fails(struct task *t, struct err *e)
{
	struct err told = { 0 };
	struct object_name name;
	struct part *p = part_named(t, objects, NAME, false, 100, e);
	bool busy;

	CHECK(p != NULL && part_add(p, "first ", 6, e));
	fsync_fails = true;
	CHECK(!part_keep(t, p, OBJECT_IN, &name, &told) && told.code == ERR_IO);
	part_leave(&p);
	CHECK(part_there(objects, NAME, &busy) == -1);
	return true;
}

static void
a_part_that_the_disk_did_not_take_is_gone(void **state)
{
	(void)state;
	in_task(disk_fails);
}

/* A write that took less than all: what is counted and hashed is what the file has. */
static bool
short_write(struct task *t, struct err *e)
{
	struct rlimit was, few;
	struct err told = { 0 };
	struct part *p = part_named(t, objects, NAME, false, 100, e);
	bool busy, ok;

	CHECK(p != NULL && getrlimit(RLIMIT_FSIZE, &was) == 0);
	few = (struct rlimit){ 4, was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &few) == 0);
	ok = part_add(p, "first ", 6, &told);
	setrlimit(RLIMIT_FSIZE, &was);
	CHECK(!ok && part_there(objects, NAME, &busy) == 4);
	CHECK(part_size(p) == 4);
	part_leave(&p);
	return true;
}

static void
a_short_write_counts_what_was_written(void **state)
{
	(void)state;
	in_task(short_write);
}

/* Between open and lock its writer made an object of it, and let go. */
static bool
race(struct task *t, struct err *e)
{
	struct err told = { 0 };
	struct part *p;

	CHECK(begin_left(t, e));
	goes_before_lock = "in/00/object";
	p = part_named(t, objects, NAME, true, 100, &told);
	if (p != NULL) {
		part_add(p, "more", 4, e); /* into an object that has a receipt */
		part_leave(&p);
	}
	{
		char path[200];
		struct stat st;

		snprintf(path, sizeof path, "%s/in/00/object", store);
		CHECK(stat(path, &st) == 0);
		CHECK(st.st_size == 6);
	}
	CHECK(told.code == ERR_CONFLICT || told.code == ERR_NOT_FOUND);
	return true;
}

static void
a_part_that_became_an_object_is_not_written(void **state)
{
	(void)state;
	in_task(race);
}

static bool
dies_in_fsync(struct task *t, struct err *e)
{
	struct object_name name;
	struct part *p = part_named(t, objects, NAME, false, 100, e);

	CHECK(p != NULL && part_add(p, "first ", 6, e));
	fsync_dies = true;
	part_keep(t, p, OBJECT_IN, &name, e);
	return err(e, ERR_BUG, "it lives");
}

static bool
resumed(struct task *t, struct err *e)
{
	struct part *p = part_named(t, objects, NAME, true, 100, e);
	bool ok = p != NULL && part_size(p) == 6;

	part_leave(&p);
	return ok;
}

/* By an ordinary user, who may not write what has no right to be written. */
static void
a_process_killed_while_it_keeps_leaves_a_part_to_go_on_with(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() == 0) {
		char part[160];

		assert_int_equal(chown(root, NOBODY, NOBODY), 0);
		assert_int_equal(chown(store, NOBODY, NOBODY), 0);
		snprintf(part, sizeof part, "%s/part", store);
		assert_int_equal(chown(part, NOBODY, NOBODY), 0);
	}
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(9);
		in_task(dies_in_fsync);
		_exit(8);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	pid = fork();
	if (pid == 0) {
		struct err e = { 0 };
		struct loop *l;

		if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(9);
		l = loop_new(&e);
		step = resumed;
		if (l == NULL || task_spawn(l, "test", body, NULL, &e) == NULL ||
		    !loop_run(l, &e))
			_exit(7);
		if (!went)
			fprintf(stderr, "%s\n", failed.text);
		_exit(went ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_ended_late_is_not_swept, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_part_goes_on_where_it_was_left, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_part_that_the_disk_did_not_take_is_gone, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_short_write_counts_what_was_written, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_part_that_became_an_object_is_not_written, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_process_killed_while_it_keeps_leaves_a_part_to_go_on_with, make,
		    remove_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
