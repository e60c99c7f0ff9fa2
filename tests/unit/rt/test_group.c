/* Groups: a join waits for every member, whatever happens to the joiner. */
#include "rt_test.h"

struct member {
	struct trace *r;
	struct group *g;
	const char *name;
	uint32_t ms;
};

static void
slow(struct task *t, void *arg)
{
	struct member *m = arg;
	struct err e;

	if (!task_sleep(t, m->ms, &e)) {
		assert_int_equal(e.code, ERR_CANCELLED);
		note(m->r, "%s:cancelled ", m->name);
		return;
	}
	note(m->r, "%s:done ", m->name);
}

static bool
join_body(struct task *t, void *arg, struct err *e)
{
	struct trace *r = arg;
	struct group g = { 0 };
	struct member a = { r, &g, "a", 40 }, b = { r, &g, "b", 1 };

	group_join(t, &g); /* nobody to wait for */
	for (int i = 0; i < 2; i++) {
		assert_true(group_spawn(t, &g, "a", slow, &a, e));
		assert_true(group_spawn(t, &g, "b", slow, &b, e));
		assert_int_equal(g.alive, 2);
		group_join(t, &g);
		note(r, "joined ");
		assert_int_equal(g.alive, 0);
		assert_null(g.members);
		assert_int_equal(loop_tasks(task_loop(t)), 1);
	}
	return true;
}

static void
a_join_waits_for_all_and_the_group_may_be_used_again(void **state)
{
	struct trace r = { 0 };

	(void)state;
	in_loop(join_body, &r);
	assert_string_equal(r.at, "b:done a:done joined b:done a:done joined ");
}

/* A member that needs some turns to clean up after its cancel. */
static void
lingering(struct task *t, void *arg)
{
	struct member *m = arg;

	assert_false(task_park(t, NULL));
	note(m->r, "%s:cleans ", m->name);
	task_deadline(t, 0);
}

static void
joiner(struct task *t, void *arg)
{
	struct member *m = arg;
	struct group g = { 0 };
	struct member inner = { m->r, &g, "inner", 0 };
	struct err e;

	task_deadline(t, m->ms);
	assert_true(group_spawn(t, &g, "inner", lingering, &inner, NULL));
	assert_true(group_spawn(t, &g, "inner", lingering, &inner, NULL));
	group_join(t, &g);
	note(m->r, "%s:joined ", m->name);
	assert_false(task_yield(t, &e));
	note(m->r, "%s ", err_rows[e.code].name);
}

static bool
joiner_body(struct task *t, void *arg, struct err *e)
{
	struct trace *r = arg;
	struct group g = { 0 };
	struct member late = { r, &g, "late", 10 }, cancelled = { r, &g, "cancelled", 0 };

	assert_true(group_spawn(t, &g, "late", joiner, &late, e));
	group_join(t, &g);
	assert_true(group_spawn(t, &g, "cancelled", joiner, &cancelled, e));
	assert_true(task_yield(t, e) && task_yield(t, e));
	group_cancel(&g);
	group_join(t, &g);
	return true;
}

static void
a_joiner_that_gives_up_cancels_its_members_and_still_waits(void **state)
{
	struct trace r = { 0 };

	(void)state;
	in_loop(joiner_body, &r);
	assert_string_equal(r.at, "inner:cleans inner:cleans late:joined ERR_TIMEOUT "
				  "inner:cleans inner:cleans cancelled:joined ERR_CANCELLED ");
}

static void
spawner(struct task *t, void *arg)
{
	struct member *m = arg;
	static struct member child;

	child = (struct member){ m->r, m->g, "child", 1 };
	note(m->r, "%s ", task_label_text(t));
	task_label(t, "step=2");
	assert_true(group_spawn(t, m->g, "child", slow, &child, NULL));
}

static bool
nested_body(struct task *t, void *arg, struct err *e)
{
	struct trace *r = arg;
	struct group g = { 0 };
	struct member m = { r, &g, "m", 0 };

	task_label(t, "req=7");
	assert_true(group_spawn(t, &g, "spawner", spawner, &m, e));
	group_join(t, &g);
	note(r, "joined ");
	group_cancel(&g); /* from now on, members are born cancelled */
	assert_true(group_spawn(t, &g, "spawner", spawner, &m, e));
	group_join(t, &g);
	return true;
}

static void
members_may_spawn_members_and_those_of_a_cancelled_group_are_born_so(void **state)
{
	struct trace r = { 0 };

	(void)state;
	in_loop(nested_body, &r);
	assert_string_equal(r.at, "req=7 child:done joined req=7 child:cancelled ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_join_waits_for_all_and_the_group_may_be_used_again),
		cmocka_unit_test(a_joiner_that_gives_up_cancels_its_members_and_still_waits),
		cmocka_unit_test(
		    members_may_spawn_members_and_those_of_a_cancelled_group_are_born_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
