/*
 * Fetches pages ahead: while the file's task has one page made into text, a task of its own
 * waits for the database to give the next. One page lies between them, so memory is that of
 * three pages at most.
 */
#include <stdlib.h>

#include "build.h"

struct pages {
	struct build *b;
	enum sql q;
	int32_t pages, next;
	struct task *taker, *fetcher;
	struct group group;
	struct rows *ready; /* lies between the two */
	bool failed, over;
	struct err e;
};

static bool
fetch(struct task *t, struct pages *p)
{
	struct build *b = p->b;
	struct rows *rows;

	if (!build_beat(t, b, &p->e))
		return false;
	rows = db_rows(t, b->conn, p->q,
	    ARGS(P_INT8(b->job.drop), P_STR(b->job.token), P_INT4(p->next)), &p->e);
	if (rows == NULL)
		return false;
	while (p->ready != NULL)
		if (!task_park(t, &p->e)) {
			rows_free(&rows);
			return false;
		}
	p->ready = rows;
	p->next++;
	task_wake(p->taker);
	return true;
}

static void
fetch_run(struct task *t, void *arg)
{
	struct pages *p = arg;

	p->fetcher = t;
	while (p->next < p->pages && !p->failed)
		p->failed = !fetch(t, p);
	p->over = true;
	p->fetcher = NULL;
	task_wake(p->taker);
}

struct pages *
pages_begin(struct task *t, struct build *b, enum sql q, int32_t pages, struct err *e)
{
	struct pages *p = calloc(1, sizeof *p);

	if (p == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	p->b = b;
	p->q = q;
	p->pages = pages;
	p->taker = t;
	if (!group_spawn(t, &p->group, "pages", fetch_run, p, e))
		pages_end(t, &p);
	return p;
}

enum io_got
pages_next(struct task *t, struct pages *p, struct rows **rows, struct err *e)
{
	while (p->ready == NULL && !p->over)
		if (!task_park(t, e))
			return IO_FAIL;
	*rows = p->ready;
	p->ready = NULL;
	if (p->fetcher != NULL)
		task_wake(p->fetcher);
	if (*rows != NULL)
		return IO_OK;
	if (p->failed && e != NULL)
		*e = p->e;
	return p->failed ? IO_FAIL : IO_END;
}

void
pages_end(struct task *t, struct pages **pages)
{
	struct pages *p = *pages;

	if (p == NULL)
		return;
	group_cancel(&p->group);
	group_join(t, &p->group);
	rows_free(&p->ready);
	free(p);
	*pages = NULL;
}
