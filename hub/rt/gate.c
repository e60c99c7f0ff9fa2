/* The gate: a list of those who wait, on their own stacks, in order of arrival. */
#include "rt/gate.h"

#include <assert.h>

struct gate_place {
	struct task *task;
	bool given;
	struct gate_place *next, *before;
};

static void
unlink_place(struct gate *g, struct gate_place *p)
{
	*(p->before != NULL ? &p->before->next : &g->first) = p->next;
	*(p->next != NULL ? &p->next->before : &g->last) = p->before;
	g->waiting--;
}

static bool
wait_for_place(struct task *t, struct gate *g, struct err *e)
{
	struct gate_place p = { .task = t, .before = g->last };

	*(g->last != NULL ? &g->last->next : &g->first) = &p;
	g->last = &p;
	g->waiting++;
	while (!p.given)
		if (!task_park(t, e)) {
			if (p.given) /* in the moment of giving up: to the next one */
				gate_leave(g);
			else
				unlink_place(g, &p);
			return false;
		}
	return true;
}

bool
gate_enter(struct task *t, struct gate *g, struct err *e)
{
	if (g->inside < g->places) {
		g->inside++;
		return true;
	}
	if (g->waiting >= g->waiting_most)
		return err(e, ERR_BUSY, "all %u places are taken and %u wait already",
		    g->places, g->waiting);
	return wait_for_place(t, g, e);
}

void
gate_leave(struct gate *g)
{
	struct gate_place *p = g->first;

	assert(g->inside > 0);
	if (p == NULL) {
		g->inside--;
		return;
	}
	unlink_place(g, p);
	p->given = true; /* the place is handed over: nobody can come between */
	task_wake(p->task);
}
