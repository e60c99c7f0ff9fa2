/* Whoever comes without a link: three ways in, and how it goes right now. */
#include "public.h"
#include "status.h"

static bool
fill(struct task *t, struct page *p, void *arg, struct err *e)
{
	(void)arg;
	return status_set(t, p, e);
}

static bool
front(struct task *t, struct page *p, struct err *e)
{
	struct public_page page = { .view = "front.html", .keep_s = 5, .fill = fill };

	return public_send(t, p, &page, e);
}

bool
public_front(struct task *t, struct call *c, struct err *e)
{
	return public_open(t, c, front, e);
}
