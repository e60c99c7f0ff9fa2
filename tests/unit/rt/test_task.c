/* Tasks: order, wakes, stacks, the end. */
#include "rt_test.h"

#include "base/code.h"
#include "rt/inside.h"

struct actor {
	struct trace *r;
	char name;
	int turns;
};

static void
take_turns(struct task *t, void *arg)
{
	struct actor *a = arg;

	for (int i = 1; i <= a->turns; i++) {
		note(a->r, "%c%d ", a->name, i);
		assert_true(task_yield(t, NULL));
	}
	note(a->r, "%c. ", a->name);
}

static bool
turns_body(struct task *t, void *arg, struct err *e)
{
	struct actor *a = arg;
	struct group g = { 0 };

	for (int i = 0; i < 3; i++)
		assert_true(group_spawn(t, &g, "actor", take_turns, &a[i], e));
	note(a->r, "spawned ");
	group_join(t, &g);
	return true;
}

static void
tasks_run_in_the_order_they_became_ready(void **state)
{
	struct trace r = { 0 };
	struct actor a[] = { { &r, 'a', 2 }, { &r, 'b', 1 }, { &r, 'c', 3 } };

	(void)state;
	in_loop(turns_body, a);
	assert_string_equal(r.at, "spawned a1 b1 c1 a2 b. c2 a. c3 c. ");
}

static void
park_twice(struct task *t, void *arg)
{
	struct trace *r = arg;

	for (int i = 1; i <= 2; i++) {
		note(r, "parks ");
		assert_true(task_park(t, NULL));
		note(r, "woken%d ", i);
	}
}

static bool
wake_body(struct task *t, void *arg, struct err *e)
{
	struct trace *r = arg;
	struct task *other = task_spawn(task_loop(t), "other", park_twice, r, e);

	task_wake(other); /* before it ran at all */
	note(r, "waker1 ");
	assert_true(task_yield(t, e));
	task_wake(other);
	task_wake(other); /* twice before it runs is once */
	note(r, "waker2 ");
	assert_true(task_yield(t, e));
	return true;
}

static void
a_wake_queues_is_kept_and_never_switches(void **state)
{
	struct trace r = { 0 };

	(void)state;
	in_loop(wake_body, &r);
	assert_string_equal(r.at, "waker1 parks woken1 parks waker2 woken2 ");
}

static bool
wake_self_body(struct task *t, void *arg, struct err *e)
{
	(void)arg;
	task_wake(t);
	return task_park(t, e); /* by its own wake */
}

static void
a_task_that_woke_itself_and_ended_leaves_nothing_behind(void **state)
{
	(void)state;
	in_loop(wake_self_body, NULL);
}

static void
short_life(struct task *t, void *arg)
{
	(void)t, (void)arg;
}

static bool
wake_dead_body(struct task *t, void *arg, struct err *e)
{
	struct task *gone = task_spawn(task_loop(t), "gone", short_life, arg, e);

	assert_true(task_yield(t, e));
	task_wake(gone);
	return true;
}

static void
wake_dead(void)
{
	loop_once(wake_dead_body, NULL, NULL);
}

static void
waking_a_finished_task_ends_the_process(void **state)
{
	(void)state;
	assert_true(dies(wake_dead));
}

struct parked {
	struct task *task[2000];
	unsigned woken;
};

static void
park_once(struct task *t, void *arg)
{
	struct parked *p = arg;

	assert_true(task_park(t, NULL));
	p->woken++;
}

static bool
many_body(struct task *t, void *arg, struct err *e)
{
	struct parked *p = arg;

	for (unsigned i = 0; i < nitems(p->task); i++) {
		p->task[i] = task_spawn(task_loop(t), "one of many", park_once, p, e);
		assert_non_null(p->task[i]);
	}
	assert_true(task_yield(t, e));
	assert_int_equal(loop_tasks(task_loop(t)), nitems(p->task) + 1);
	assert_int_equal(p->woken, 0);
	for (unsigned i = 0; i < nitems(p->task); i += 2)
		task_wake(p->task[i]);
	assert_true(task_yield(t, e));
	assert_int_equal(p->woken, nitems(p->task) / 2);
	for (unsigned i = 1; i < nitems(p->task); i += 2)
		task_wake(p->task[i]);
	assert_true(task_yield(t, e));
	assert_int_equal(loop_tasks(task_loop(t)), 1);
	return true;
}

static void
two_thousand_tasks_park_and_wake(void **state)
{
	struct parked *p = calloc(1, sizeof *p);

	(void)state;
	in_loop(many_body, p);
	assert_int_equal(p->woken, nitems(p->task));
	free(p);
}

static bool
too_many_body(struct task *t, void *arg, struct err *e)
{
	struct loop *l = task_loop(t);

	(void)arg;
	while (loop_tasks(l) < TASKS_MOST)
		assert_non_null(task_spawn(l, "filler", short_life, NULL, e));
	assert_null(task_spawn(l, "one more", short_life, NULL, e));
	assert_int_equal(e->code, ERR_BUSY);
	assert_string_equal(e->text, "10000 tasks are alive, no more are allowed");
	assert_true(task_yield(t, e));
	assert_non_null(task_spawn(l, "now", short_life, NULL, e));
	return true;
}

static void
more_than_the_most_tasks_are_refused(void **state)
{
	(void)state;
	if (BUSBAR_TASK_THREADS)
		skip(); /* 10,000 threads are too many for some machines */
	in_loop(too_many_body, NULL);
}

static void
where_it_runs(struct task *t, void *arg)
{
	char here;

	(void)t;
	*(uintptr_t *)arg = (uintptr_t)&here / TASK_STACK_BYTES;
}

static bool
reuse_body(struct task *t, void *arg, struct err *e)
{
	uintptr_t place[8];

	(void)arg;
	for (unsigned i = 0; i < nitems(place); i++) {
		assert_non_null(task_spawn(task_loop(t), "probe", where_it_runs, &place[i], e));
		assert_true(task_yield(t, e));
		assert_true(i == 0 || place[i] == place[0]);
	}
	return true;
}

static void
the_stack_of_an_ended_task_is_used_again(void **state)
{
	(void)state;
	if (BUSBAR_TASK_THREADS)
		skip();
	in_loop(reuse_body, NULL);
}

/* Dirties a good part of the stack, then ends from a deep frame's return. */
static unsigned
dirty(unsigned depth)
{
	volatile unsigned char room[4096];

	for (unsigned i = 0; i < sizeof room; i++)
		room[i] = (unsigned char)depth;
	return (depth > 0 ? dirty(depth - 1) : 0) + room[depth];
}

static void
deep(struct task *t, void *arg)
{
	*(unsigned *)arg += dirty(20);
	task_trim(t);
	assert_true(task_yield(t, NULL));
	*(unsigned *)arg += dirty(30);
}

static bool
deep_body(struct task *t, void *arg, struct err *e)
{
	struct group g = { 0 };
	unsigned sum = 0;

	(void)arg;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) /* more than are kept spare */
			assert_true(group_spawn(t, &g, "deep", deep, &sum, e));
		group_join(t, &g);
	}
	assert_int_equal(sum, 300 * (20 * 21 / 2 + 30 * 31 / 2));
	return true;
}

static void
stacks_are_used_deeply_and_again(void **state)
{
	(void)state;
	in_loop(deep_body, NULL);
}

static void
overflow(struct task *t, void *arg)
{
	(void)t;
	*(unsigned *)arg += dirty(1000);
}

static bool
overflow_body(struct task *t, void *arg, struct err *e)
{
	(void)arg;
	static unsigned sum;

	return task_spawn(task_loop(t), "below", short_life, NULL, e) != NULL &&
	       task_spawn(task_loop(t), "overflow", overflow, &sum, e) != NULL;
}

static void
overflow_a_stack(void)
{
	loop_once(overflow_body, NULL, NULL);
}

static void
a_stack_that_overflows_hits_its_guard(void **state)
{
	(void)state;
	assert_true(dies(overflow_a_stack));
}

static uintptr_t
hex(const char **at)
{
	uintptr_t n = 0;
	unsigned char digit[1];

	for (char two[2] = "0";
	     (two[1] = **at) != 0 && code_unhex(digit, 1, (struct str){ two, 2 }); ++*at)
		n = n * 16 + digit[0];
	++*at; /* what ended it */
	return n;
}

/* Below the mapping that holds `here`, in /proc/self/maps, must be a page that nobody may
 * touch. */
static void
look_below(struct task *t, void *arg)
{
	char line[256], mode[5], below_mode[5] = "";
	uintptr_t from, to, below = 0;
	FILE *maps = fopen("/proc/self/maps", "re");

	(void)t, (void)arg;
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL) {
		const char *at = line;

		from = hex(&at);
		to = hex(&at);
		memcpy(mode, at, 4);
		mode[4] = 0;
		if ((uintptr_t)&maps >= from && (uintptr_t)&maps < to)
			break;
		memcpy(below_mode, mode, sizeof mode);
		below = to;
	}
	fclose(maps);
	assert_int_equal(below, from);
	assert_string_equal(below_mode, "---p");
	assert_in_range((uintptr_t)&maps - from, 200 * 1024, TASK_STACK_BYTES);
}

static bool
below_body(struct task *t, void *arg, struct err *e)
{
	for (int i = 0; i < 3; i++) /* neighbours in memory */
		assert_non_null(task_spawn(task_loop(t), "looks", look_below, arg, e));
	return task_yield(t, e);
}

static void
a_guard_lies_below_every_stack(void **state)
{
	(void)state;
	if (BUSBAR_TASK_THREADS)
		skip();
	in_loop(below_body, NULL);
}

static void
floats(struct task *t, void *arg)
{
	char text[64];

	assert_true(task_yield(t, NULL)); /* the stack is aligned as the ABI wants */
	snprintf(text, sizeof text, "%.3f", *(double *)arg);
	assert_string_equal(text, "1234.568");
}

static bool
names_body(struct task *t, void *arg, struct err *e)
{
	static double number = 1234.5678;
	struct task *other = task_spawn(task_loop(t), "floats", floats, &number, e);
	uint64_t id = task_id(other);

	(void)arg;
	assert_string_equal(task_name(t), "main");
	assert_string_equal(task_name(other), "floats");
	assert_int_equal(id, task_id(t) + 1);
	assert_string_equal(task_label_text(t), "");
	task_label(t, "req=%x party=%s", 0x7f3u, "oncor");
	assert_string_equal(task_label_text(t), "req=7f3 party=oncor");
	task_label(t, "%0200d", 7);
	assert_int_equal(strlen(task_label_text(t)), 95);
	assert_true(task_yield(t, e) && task_yield(t, e));
	other = task_spawn(task_loop(t), "floats", floats, &number, e);
	assert_int_equal(task_id(other), id + 1);
	return true;
}

static void
a_task_has_a_name_a_label_and_a_number_of_its_own(void **state)
{
	(void)state;
	in_loop(names_body, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_run_in_the_order_they_became_ready),
		cmocka_unit_test(a_wake_queues_is_kept_and_never_switches),
		cmocka_unit_test(a_task_that_woke_itself_and_ended_leaves_nothing_behind),
		cmocka_unit_test(waking_a_finished_task_ends_the_process),
		cmocka_unit_test(two_thousand_tasks_park_and_wake),
		cmocka_unit_test(more_than_the_most_tasks_are_refused),
		cmocka_unit_test(the_stack_of_an_ended_task_is_used_again),
		cmocka_unit_test(stacks_are_used_deeply_and_again),
		cmocka_unit_test(a_guard_lies_below_every_stack),
		cmocka_unit_test(a_stack_that_overflows_hits_its_guard),
		cmocka_unit_test(a_task_has_a_name_a_label_and_a_number_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
