/* The gate: order of arrival, a limit that holds, nobody lost by a cancel. */
#include "rt_test.h"

#include "rt/gate.h"

struct visitor {
	struct gate *g;
	struct trace *r;
	char name;
	unsigned turns;
	struct task *task;
};

static void
visit(struct task *t, void *arg)
{
	struct visitor *v = arg;
	struct err e;

	v->task = t;
	if (!gate_enter(t, v->g, &e)) {
		note(v->r, "%c:%s ", v->name, err_rows[e.code].name);
		return;
	}
	note(v->r, "%c+ ", v->name);
	assert_true(v->g->inside <= v->g->places);
	for (unsigned i = 0; i < v->turns; i++)
		assert_true(task_yield(t, NULL));
	note(v->r, "%c- ", v->name);
	gate_leave(v->g);
}

static bool
order_body(struct task *t, void *arg, struct err *e)
{
	struct trace *r = arg;
	struct gate g = GATE(2, 2);
	struct group all = { 0 };
	struct visitor v[] = { { &g, r, 'a', 4, NULL }, { &g, r, 'b', 1, NULL },
		{ &g, r, 'c', 9, NULL }, { &g, r, 'd', 0, NULL }, { &g, r, 'e', 0, NULL } };

	for (size_t i = 0; i < nitems(v); i++)
		assert_true(group_spawn(t, &all, "visitor", visit, &v[i], e));
	group_join(t, &all);
	assert_int_equal(g.inside, 0);
	assert_int_equal(g.waiting, 0);
	assert_null(g.first);
	assert_null(g.last);
	return true;
}

static void
visitors_enter_in_order_of_arrival_and_too_many_are_refused(void **state)
{
	struct trace r = { 0 };

	(void)state;
	in_loop(order_body, &r);
	assert_string_equal(r.at, "a+ b+ e:ERR_BUSY b- c+ a- d+ d- c- ");
}

static bool
busy_body(struct task *t, void *arg, struct err *e)
{
	struct gate g = GATE(1, 0);

	(void)arg;
	assert_true(gate_enter(t, &g, e));
	assert_false(gate_enter(t, &g, e));
	assert_string_equal(e->text, "all 1 places are taken and 0 wait already");
	gate_leave(&g);
	assert_true(gate_enter(t, &g, e));
	gate_leave(&g);
	return true;
}

static void
a_full_gate_says_how_full(void **state)
{
	(void)state;
	in_loop(busy_body, NULL);
}

/* Waiting are b, c, d; the one at `gone` is cancelled, before a leaves or in the same moment.
 */
static bool
cancel_body(struct task *t, void *arg, struct err *e)
{
	static const char *const says[2][3] = {
		{ "a+ b:ERR_CANCELLED c+ c- d+ d- ", "a+ c:ERR_CANCELLED b+ b- d+ d- ",
		    "a+ d:ERR_CANCELLED b+ b- c+ c- " },
		{ "a+ b:ERR_CANCELLED c+ c- d+ d- ", "a+ b+ b- c:ERR_CANCELLED d+ d- ",
		    "a+ b+ b- d:ERR_CANCELLED c+ c- " },
	};

	(void)arg;
	for (size_t same = 0; same < 2; same++)
		for (size_t gone = 0; gone < 3; gone++) {
			struct trace r = { 0 };
			struct gate g = GATE(1, 3);
			struct group all = { 0 };
			struct visitor v[] = { { &g, &r, 'b', 0, NULL },
				{ &g, &r, 'c', 0, NULL }, { &g, &r, 'd', 0, NULL } };

			assert_true(gate_enter(t, &g, e));
			note(&r, "a+ ");
			for (size_t i = 0; i < nitems(v); i++)
				assert_true(group_spawn(t, &all, "visitor", visit, &v[i], e));
			assert_true(task_yield(t, e));
			assert_int_equal(g.waiting, 3);
			if (same) /* the place is already b's when b is cancelled */
				gate_leave(&g);
			task_cancel(v[gone].task);
			if (!same) {
				assert_true(task_yield(t, e));
				assert_int_equal(g.waiting, 2);
				gate_leave(&g);
			}
			group_join(t, &all);
			assert_string_equal(r.at, says[same][gone]);
			assert_int_equal(g.inside + g.waiting, 0);
		}
	return true;
}

static void
a_waiting_visitor_that_is_cancelled_passes_its_place_on(void **state)
{
	(void)state;
	in_loop(cancel_body, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(visitors_enter_in_order_of_arrival_and_too_many_are_refused),
		cmocka_unit_test(a_full_gate_says_how_full),
		cmocka_unit_test(a_waiting_visitor_that_is_cancelled_passes_its_place_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
