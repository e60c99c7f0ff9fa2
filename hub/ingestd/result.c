/* What a third party gets back of a file of invitations: a line a record
 * (docs/formats/invitations.md). */
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "sheet.h"

enum { RESULT_MOST_BYTES = 32 * 1024 * 1024 };

static void
put_number(struct buf *b, int64_t n)
{
	if (n > 0)
		buf_fmt(b, "%lld", (long long)n);
}

static void
put_record(struct buf *b, const struct invitation *i)
{
	bool bad = i->fault.code[0] != '\0';

	buf_fmt(b, "%llu,", (unsigned long long)i->line);
	csv_put(b, i->esiid);
	buf_byte(b, ',');
	csv_put(b, i->group);
	buf_byte(b, ',');
	csv_put(b, i->reference);
	buf_c(b, bad ? ",FAULT,," : ",INVITED,");
	put_number(b, i->agreement);
	if (!bad)
		buf_byte(b, ',');
	put_number(b, i->fault.column);
	buf_fmt(b, ",%s,", i->fault.code);
	csv_put(b, str_of(i->fault.found));
	buf_byte(b, ',');
	csv_put(b, str_of(i->fault.expected));
	buf_c(b, "\r\n");
}

static void
put_refusal(struct buf *b, const struct invitations *all)
{
	buf_fmt(b, "%llu,,,,REFUSED,,", (unsigned long long)all->why_line);
	put_number(b, all->why.column);
	buf_fmt(b, ",%s,", all->why.code);
	csv_put(b, str_of(all->why.found));
	buf_byte(b, ',');
	csv_put(b, str_of(all->why.expected));
	buf_c(b, "\r\n");
}

struct writing { /* in the work pool */
	const struct invitations *all;
	struct buf to;
};

static void
write_work(void *arg)
{
	struct writing *w = arg;

	buf_c(&w->to,
	    "line,esiid,group,reference,outcome,agreement,column,code,found,expected\r\n");
	if (w->all->refused)
		put_refusal(&w->to, w->all);
	for (size_t i = 0; i < w->all->n && !w->all->refused; i++)
		put_record(&w->to, &w->all->at[i]);
}

static bool
keep(struct task *t, struct sheet *s, const struct buf *b, struct object_name *name,
    struct err *e)
{
	AUTO_PTR(part) p = NULL;

	if (!buf_ok(b))
		return err(e, ERR_BUSY, "out of memory");
	p = part_new(s->all->in->objects, RESULT_MOST_BYTES, e);
	return p != NULL && part_add(p, b->at, b->len, e) &&
	       part_keep(t, p, OBJECT_OUT, name, e);
}

bool
result_keep(struct task *t, struct sheet *s, struct object_name *name, struct err *e)
{
	struct writing w = { .all = &s->invitations, .to = BUF(RESULT_MOST_BYTES) };
	bool ok = work_run(t, write_work, &w, e) && keep(t, s, &w.to, name, e);

	buf_auto(&w.to);
	return ok;
}
