/* The file store: a part becomes an object or leaves nothing; what is no object is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/code.h"
#include "rt/loop.h"
#include "store/objects.h"

/* echo -n abc | sha256sum */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
/* head -c 17825792 /dev/zero | sha256sum */
#define LONG_DIGEST "22427fd5e24f1989afefbda75c8daf74aa02a1d4b2ba47dae755b275d35da5cf"
#define EMPTY	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char root[64], store[96];
static struct objects *objects;
static bool (*step)(struct task *t, struct err *e);
static struct err failed;
static bool went;

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
	snprintf(root, sizeof root, "/tmp/busbar-objects-XXXXXX");
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

static size_t
entries(const char *folder)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", store, folder);
	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_nlink;
}

static bool
is_there(const char *below, mode_t *mode)
{
	char path[240];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", store, below);
	if (stat(path, &st) != 0)
		return false;
	*mode = st.st_mode;
	return true;
}

static bool
keep_abc(struct task *t, struct err *e)
{
	AUTO_PTR(part) p = part_new(objects, 3, e);
	struct object_name name;
	char hex[DIGEST_HEX];
	mode_t mode;

	CHECK(p != NULL && part_add(p, "a", 1, e) && part_add(p, "bc", 2, e));
	CHECK(part_size(p) == 3);
	CHECK(part_keep(t, p, OBJECT_IN, &name, e));
	code_hex(hex, name.sha256, DIGEST_BYTES);
	CHECK(strcmp(hex, ABC) == 0 && name.size == 3);
	CHECK(is_there("in/ba/" ABC, &mode) && (mode & 07777) == 0440);
	CHECK(!is_there("out/ba/" ABC, &mode));
	CHECK(object_verify(objects, OBJECT_IN, &name, e));
	return true;
}

static void
a_part_becomes_an_object_by_its_digest(void **state)
{
	(void)state;
	in_task(keep_abc);
	in_task(keep_abc); /* the same bytes again are the same object */
}

static bool
over(struct task *t, struct err *e)
{
	AUTO_PTR(part) p = part_new(objects, 3, e);
	struct err told = { 0 };

	(void)t;
	CHECK(p != NULL && part_add(p, "ab", 2, e));
	CHECK(!part_add(p, "cd", 2, &told));
	CHECK(told.code == ERR_TOO_BIG);
	CHECK(strcmp(told.text, "the file is larger than 3 bytes") == 0);
	CHECK(part_size(p) == 2 && part_add(p, "c", 1, e));
	return true;
}

static void
a_part_has_a_most(void **state)
{
	(void)state;
	in_task(over);
}

static bool
leave(struct task *t, struct err *e)
{
	struct part *p = part_new(objects, 3, e);
	AUTO_FD fd =
	    object_open(objects, OBJECT_IN, (const unsigned char[DIGEST_BYTES]){ 1 }, e);

	(void)t;
	CHECK(fd < 0 && e->code == ERR_NOT_FOUND);
	CHECK(strcmp(e->text, "the store has no object 010000000000… in in") == 0);
	CHECK(p != NULL && part_add(p, "abc", 3, e));
	part_free(&p);
	CHECK(p == NULL);
	return true;
}

static bool
no_file(void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES])
{
	(void)side;
	(void)sha256;
	++*(int *)arg;
	return false;
}

static void
a_part_that_is_not_kept_leaves_nothing(void **state)
{
	int asked = 0;
	struct err e = { 0 };
	char path[120];

	(void)state;
	in_task(leave);
	assert_int_equal(objects_walk(objects, no_file, &asked, true, &e), 0);
	assert_int_equal(asked, 0);
	snprintf(path, sizeof path, "%s/part", store);
	assert_int_equal(rmdir(path), 0); /* it is empty */
	assert_int_equal(entries("in"), 2 + 256);
}

/* A file longer than one work of the pool takes: 16 MB and a bit, whose digest sha256sum says.
 */
enum { LONG_BYTES = 17 * 1024 * 1024 };

static bool
copy_long(struct task *t, struct err *e)
{
	AUTO_PTR(part) p = part_new(objects, LONG_BYTES, e);
	AUTO_FD fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	AUTO_FD file = memfd_create("long", MFD_CLOEXEC);
	struct object_name name;
	char hex[DIGEST_HEX];

	CHECK(p != NULL && fd >= 0 && ftruncate(file, LONG_BYTES) == 0);
	CHECK(part_copy(t, p, file, e) && part_size(p) == LONG_BYTES);
	CHECK(part_keep(t, p, OBJECT_OUT, &name, e));
	code_hex(hex, name.sha256, DIGEST_BYTES);
	CHECK(strcmp(hex, LONG_DIGEST) == 0);
	return object_verify(objects, OBJECT_OUT, &name, e);
}

static bool
copy_too_long(struct task *t, struct err *e)
{
	AUTO_PTR(part) p = part_new(objects, LONG_BYTES, e);
	AUTO_FD endless = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	AUTO_PTR(part) q = part_new(objects, 10, e);
	struct err told = { 0 };

	CHECK(!part_copy(t, p, endless, &told) && told.code == ERR_TOO_BIG);
	CHECK(!part_copy(t, q, -1, &told) && told.code == ERR_IO);
	CHECK(strcmp(told.text, "cannot read the file: Bad file descriptor") == 0);
	return true;
}

static void
a_long_file_is_copied_whole_or_not_at_all(void **state)
{
	(void)state;
	in_task(copy_long);
	in_task(copy_too_long);
}

static bool
damage(struct task *t, struct err *e)
{
	struct object_name name = { .size = 3 };
	struct err told = { 0 };
	char path[240];

	CHECK(keep_abc(t, e));
	CHECK(code_unhex(name.sha256, DIGEST_BYTES, STR(ABC)));
	snprintf(path, sizeof path, "%s/in/ba/" ABC, store);
	CHECK(chmod(path, 0600) == 0);
	{
		AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);

		CHECK(fd >= 0 && pwrite(fd, "x", 1, 1) == 1);
		CHECK(!object_verify(objects, OBJECT_IN, &name, &told));
		CHECK(told.code == ERR_FINDINGS);
		CHECK(strcmp(told.text,
			  "the bytes of an object are not those it is named by") == 0);
		CHECK(ftruncate(fd, 2) == 0);
	}
	CHECK(!object_verify(objects, OBJECT_IN, &name, &told));
	CHECK(strcmp(told.text, "an object has 2 bytes, expected 3") == 0);
	return true;
}

static void
damage_is_found(void **state)
{
	(void)state;
	in_task(damage);
}

static bool
is_abc(void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES])
{
	(void)arg;
	return side == OBJECT_IN && sha256[0] == 0xba;
}

static void
make_old(const char *below, const char *bytes)
{
	static const struct timeval old[2] = { { 1000, 0 }, { 1000, 0 } };
	char path[240];
	AUTO_FD fd = -1;

	snprintf(path, sizeof path, "%s/%s", store, below);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
	assert_int_equal(futimes(fd, old), 0);
}

static void
old_objects_without_a_row_are_swept(void **state)
{
	struct err e = { 0 };
	mode_t mode;

	(void)state;
	in_task(keep_abc);
	make_old("in/ba/" ABC, "abc");	/* has a row */
	make_old("out/ba/" ABC, "abc"); /* the same bytes on the other side have none */
	make_old("in/e3/" EMPTY, "");	/* has none */
	make_old("in/00/strange", "x"); /* is no object */
	make_old("part/1-2-3", "x");
	assert_int_equal(objects_walk(objects, is_abc, NULL, false, &e), 3);
	assert_true(is_there("out/ba/" ABC, &mode));
	assert_int_equal(objects_walk(objects, is_abc, NULL, true, &e), 3);
	assert_true(is_there("in/ba/" ABC, &mode));
	assert_false(is_there("out/ba/" ABC, &mode));
	assert_false(is_there("in/e3/" EMPTY, &mode));
	assert_false(is_there("in/00/strange", &mode));
	assert_false(is_there("part/1-2-3", &mode));
	assert_int_equal(objects_walk(objects, is_abc, NULL, true, &e), 0);
}

static void
young_objects_without_a_row_stay(void **state)
{
	struct err e = { 0 };
	int asked = 0;
	mode_t mode;

	(void)state;
	in_task(keep_abc);
	assert_int_equal(objects_walk(objects, no_file, &asked, true, &e), 0);
	assert_int_equal(asked, 1);
	assert_true(is_there("in/ba/" ABC, &mode));
}

static void
a_store_is_opened_again(void **state)
{
	struct err e = { 0 };
	mode_t mode;

	(void)state;
	in_task(keep_abc);
	objects_free(&objects);
	objects = objects_open(store, &e);
	assert_non_null(objects);
	assert_true(is_there("in/ba/" ABC, &mode));
	assert_true(is_there("out/ff", &mode));
	assert_int_equal(mode & 07777, 02730);
}

static void
a_store_that_is_a_link_is_refused(void **state)
{
	struct err e = { 0 };
	char link[120];

	(void)state;
	snprintf(link, sizeof link, "%s/link", root);
	assert_int_equal(symlink(store, link), 0);
	assert_null(objects_open(link, &e));
	assert_int_equal(e.code, ERR_IO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_part_becomes_an_object_by_its_digest, make, remove_all),
		cmocka_unit_test_setup_teardown(a_part_has_a_most, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_part_that_is_not_kept_leaves_nothing, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_long_file_is_copied_whole_or_not_at_all, make, remove_all),
		cmocka_unit_test_setup_teardown(damage_is_found, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    old_objects_without_a_row_are_swept, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    young_objects_without_a_row_stay, make, remove_all),
		cmocka_unit_test_setup_teardown(a_store_is_opened_again, make, remove_all),
		cmocka_unit_test_setup_teardown(
		    a_store_that_is_a_link_is_refused, make, remove_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
