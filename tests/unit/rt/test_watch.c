/* Watched folders: a file that came is told once, by name; what cannot be told means "look at
 * all". */
#include "rt_test.h"

#include <sys/stat.h>

#include "rt/io.h"

static char folder[] = "/tmp/rt_watch_XXXXXX";

static const char *
in_folder(const char *name)
{
	static char path[2][400];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static void
put(const char *name)
{
	int fd = open(in_folder(name), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void
expect(struct task *t, struct watch *w, int id, const char *name)
{
	char got[256];
	struct err e;
	int got_id;

	task_deadline(t, 10000);
	if (!watch_next(t, w, &got_id, got, sizeof got, &e))
		fail_msg("%s: %s", name, e.text);
	task_deadline(t, 0);
	assert_string_equal(got, name);
	assert_int_equal(got_id, id);
}

static void
expect_nothing(struct task *t, struct watch *w)
{
	char got[256];
	struct err e;
	int id;

	task_deadline(t, 20);
	assert_false(watch_next(t, w, &id, got, sizeof got, &e));
	assert_int_equal(e.code, ERR_TIMEOUT);
	task_deadline(t, 0);
}

static void
put_later(struct task *t, void *arg)
{
	assert_true(task_yield(t, NULL) && task_yield(t, NULL));
	put(arg);
}

static bool
files_body(struct task *t, void *arg, struct err *e)
{
	AUTO_PTR(watch) w = watch_new(e);
	struct group g = { 0 };
	char name[256], small[4];
	int in, out, id;

	(void)arg;
	assert_int_equal(mkdir(in_folder("in"), 0700), 0);
	assert_int_equal(mkdir(in_folder("out"), 0700), 0);
	in = watch_folder(w, in_folder("in"), e);
	out = watch_folder(w, in_folder("out"), e);
	assert_true(in >= 0 && out >= 0 && in != out);
	assert_true(group_spawn(t, &g, "later", put_later, (void *)(uintptr_t) "in/a.lse", e));
	expect(t, w, in, "a.lse"); /* waited for */
	group_join(t, &g);
	put("hidden");
	assert_int_equal(rename(in_folder("hidden"), in_folder("in/b.lse")), 0);
	put("out/c.csv");
	assert_int_equal(rename(in_folder("in/a.lse"), in_folder("out/a.lse")), 0);
	assert_int_equal(mkdir(in_folder("sub"), 0700), 0); /* not a file */
	assert_int_equal(rename(in_folder("sub"), in_folder("in/sub")), 0);
	unlink(in_folder("in/b.lse"));
	expect(t, w, in, "b.lse");
	expect(t, w, out, "c.csv");
	expect(t, w, out, "a.lse");
	expect_nothing(t, w);

	memset(name, 'n', 255);
	name[255] = 0;
	char path[300];
	snprintf(path, sizeof path, "in/%s", name);
	put(path);
	put(path);
	assert_int_equal(unlink(in_folder(path)), 0);
	expect(t, w, in, name); /* the longest there can be */
	put("in/fits not");
	assert_true(watch_next(t, w, &id, small, sizeof small, e));
	assert_int_equal(id, in);
	assert_string_equal(small, "");
	unlink(in_folder("in/fits not"));
	assert_int_equal(rmdir(in_folder("in/sub")), 0);
	assert_int_equal(rmdir(in_folder("in")), 0);
	expect(t, w, in, ""); /* watched no more */
	assert_int_equal(watch_folder(w, in_folder("in"), e), -1);
	assert_int_equal(e->code, ERR_CONF);
	snprintf(path, sizeof path, "cannot watch folder %s: No such file or directory",
	    in_folder("in"));
	assert_string_equal(e->text, path);
	unlink(in_folder("out/c.csv"));
	unlink(in_folder("out/a.lse"));
	return rmdir(in_folder("out")) == 0;
}

static void
a_file_that_came_is_told_by_name(void **state)
{
	(void)state;
	in_loop(files_body, NULL);
}

static bool
overflow_body(struct task *t, void *arg, struct err *e)
{
	AUTO_PTR(watch) w = watch_new(e);
	int in = watch_folder(w, folder, e), id;
	char name[256], limit[16] = { 0 };
	int64_t most = 0;
	int fd = open("/proc/sys/fs/inotify/max_queued_events", O_RDONLY | O_CLOEXEC);

	(void)arg;
	assert_true(read(fd, limit, sizeof limit - 1) > 0);
	close(fd);
	assert_true(str_int64(str_trim(str_of(limit)), &most));
	for (int64_t i = 0; i <= most; i++)
		put(i % 2 ? "odd" : "even");
	for (int64_t i = 0; i < most; i++) {
		assert_true(watch_next(t, w, &id, name, sizeof name, e));
		assert_int_equal(id, in);
		assert_string_equal(name, i % 2 ? "odd" : "even");
	}
	expect(t, w, -1, "");
	expect_nothing(t, w);
	unlink(in_folder("odd"));
	unlink(in_folder("even"));
	return true;
}

static void
a_queue_that_ran_over_means_look_at_all_folders(void **state)
{
	(void)state;
	in_loop(overflow_body, NULL);
}

static int
folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
folder_remove(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_came_is_told_by_name),
		cmocka_unit_test(a_queue_that_ran_over_means_look_at_all_folders),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
