/*
 * What went down through the door. An event of its own for each transfer would cost a round
 * trip and a commit, which for a small file is most of what it costs; so they are gathered for
 * a moment and written together by a task of their own, for all sessions of the process. That
 * a file was given out is on record before its first byte (box_open()); what may be lost with
 * the process is how much of it went.
 */
#include <string.h>

#include "rt/gate.h"
#include "rt/log.h"
#include "store/box_in.h"

enum { SENT_MOST = 256, GATHER_MS = 20, WRITE_MS = 5000 };

struct sents {
	unsigned char handle[SENT_MOST][BOX_HANDLE_BYTES];
	int64_t entry[SENT_MOST], bytes[SENT_MOST], ms[SENT_MOST];
	int32_t whole[SENT_MOST];
	size_t n;
};

static struct {
	struct sents waiting, going; /* `going` belongs to who is in the gate */
	struct task *writer;	     /* NULL: none */
} the;
static struct gate one = GATE(1, SENT_MOST);

static void
unrecorded(struct task *t, const struct sents *s, const struct err *why)
{
	for (size_t i = 0; i < s->n; i++)
		log_warn(t, "box.unrecorded", "entry=%lld bytes=%lld whole=%d says=\"%s\"",
		    (long long)s->entry[i], (long long)s->bytes[i], (int)s->whole[i],
		    why->text);
}

/* Writes what waits; after it, nothing of before is on its way any more. */
static void
write_all(struct task *t, const struct box *b)
{
	struct sents *s = &the.going;
	struct err e = { 0 };

	if (!gate_enter(t, &one, &e)) {
		unrecorded(t, &the.waiting, &e);
		the.waiting.n = 0;
		return;
	}
	*s = the.waiting;
	the.waiting.n = 0;
	if (s->n > 0 &&
	    !box_do(t, b, SQL_BOX_MOVED,
		ARGS(P_BYTES(s->handle, s->n * BOX_HANDLE_BYTES), P_INT8S(s->entry, s->n),
		    P_INT8S(s->bytes, s->n), P_INT4S(s->whole, s->n), P_INT8S(s->ms, s->n)),
		&e))
		unrecorded(t, s, &e);
	gate_leave(&one);
}

static void
writer(struct task *t, void *arg)
{
	const struct box b = { .door = arg };

	while (the.waiting.n > 0) {
		struct err e;

		task_deadline(t, GATHER_MS);
		while (the.waiting.n > 0 && task_park(t, &e))
			;
		task_deadline(t, 0);
		task_deadline(t, WRITE_MS);
		if (the.waiting.n > 0)
			write_all(t, &b);
		task_deadline(t, 0);
	}
	the.writer = NULL;
}

void
box_sent(struct task *t, struct box *b, const struct box_entry *x, int64_t bytes, bool whole,
    int64_t ms)
{
	struct sents *s = &the.waiting;
	struct err e;

	if (s->n == SENT_MOST)
		write_all(t, b);
	memcpy(s->handle[s->n], b->handle, BOX_HANDLE_BYTES);
	s->entry[s->n] = x->entry;
	s->bytes[s->n] = bytes;
	s->whole[s->n] = whole;
	s->ms[s->n] = ms;
	s->n++;
	if (the.writer == NULL)
		the.writer = task_spawn(
		    task_loop(t), "box.sent", writer, (void *)(uintptr_t)b->door, &e);
	if (the.writer == NULL)
		write_all(t, b);
}

void
box_sent_all(struct task *t, const struct box *b)
{
	if (the.writer == NULL)
		return;
	write_all(t, b);
	if (the.writer != NULL) /* still: that was a wait */
		task_wake(the.writer);
}
