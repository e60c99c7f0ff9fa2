/* Groups: a member tells its group when it ends; the group lives on the joiner's stack. */
#include "rt/inside.h"

#include <stdlib.h>
#include <string.h>

struct group_member {
	struct group *group;
	struct task *task;
	task_fn *fn;
	void *arg;
	struct group_member *next, **link;
};

static void
member_run(struct task *t, void *arg)
{
	struct group_member *m = arg;
	struct group *g = m->group;

	m->fn(t, m->arg);
	*m->link = m->next;
	if (m->next != NULL)
		m->next->link = m->link;
	free(m);
	g->alive--;
	if (g->alive == 0 && g->joiner != NULL)
		task_wake(g->joiner);
}

bool
group_spawn(
    struct task *t, struct group *g, const char *name, task_fn *fn, void *arg, struct err *e)
{
	struct group_member *m = malloc(sizeof *m);

	if (m == NULL)
		return err(
		    e, ERR_BUSY, "no memory for one more task in a group of %u", g->alive);
	*m = (struct group_member){ .group = g, .fn = fn, .arg = arg };
	m->task = task_spawn(t->loop, name, member_run, m, e);
	if (m->task == NULL) {
		free(m);
		return false;
	}
	memcpy(m->task->label, t->label, sizeof t->label);
	if (g->cancelled)
		task_cancel(m->task);
	m->link = &g->members;
	m->next = g->members;
	if (m->next != NULL)
		m->next->link = &m->next;
	g->members = m;
	g->alive++;
	return true;
}

void
group_cancel(struct group *g)
{
	g->cancelled = true;
	for (struct group_member *m = g->members; m != NULL; m = m->next)
		task_cancel(m->task);
}

void
group_join(struct task *t, struct group *g)
{
	g->joiner = t;
	while (g->alive > 0)
		if (g->cancelled)
			task_park_firm(t);
		else if (!task_park(t, NULL))
			group_cancel(g);
	g->joiner = NULL;
}
