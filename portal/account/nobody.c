/* Forms of who is not signed in; see nobody.h. */
#include "nobody.h"

#include <stdio.h>

#include "login.h"
#include "me.h"
#include "rt/loop.h"

enum { CHOICES_OF_FORM = 2 };

void
nobody_open(struct page *p, struct call *c, const char *name)
{
	page_open(p, c->who, c);
	link_hash(str_of(name), p->sha256);
	page_language(p, LANGUAGE_EN);
}

static bool
show(struct task *t, struct page *p, const struct nobody *n, const struct form *f, int status,
    enum text all, const enum text *wrong, struct err *e)
{
	struct field_choices choices[CHOICES_OF_FORM];
	int count = n->choices == NULL ? 0 : n->choices(t, p, choices, e);

	if (count < 0)
		return false;
	view_c(&p->view, "sent", page_query(p, "sent").len > 0 && f == NULL ? "1" : "");
	if (all != TEXTS) {
		portal_count_wrong(all);
		page_say(p, "wrong", all);
	}
	return fields_put(
		   p, &p->view, "fields", n->rows, n->n, choices, (size_t)count, f, wrong, e) &&
	       page_send(t, p, status, n->view, e);
}

bool
nobody_show(struct task *t, struct call *c, const struct nobody *n, struct err *e)
{
	AUTO(page) p;

	nobody_open(&p, c, n->name);
	return show(t, &p, n, NULL, 200, TEXTS, NULL, e);
}

static bool
act(struct task *t, struct page *p, const struct nobody *n, const struct form *f, struct err *e)
{
	uint64_t due_ms = loop_now_ms(task_loop(t)) + LOGIN_ANSWER_MS;
	enum text wrong[FIELDS_MOST];
	char path[64];

	(void)fields_check(n->rows, n->n, f, wrong);
	if (!n->act(t, p, f, wrong, e)) {
		if (e->code != ERR_NONE)
			return false;
		return show(t, p, n, f, 422, TEXT_WRONG_SEE, wrong, e);
	}
	if (!page_due(t, due_ms, e))
		return false;
	portal_count_answer(n->counts_as);
	snprintf(path, sizeof path, "%s?sent=1", n->path);
	return page_go(t, p, path, e);
}

bool
nobody_act(struct task *t, struct call *c, const struct nobody *n, struct err *e)
{
	AUTO(page) p;
	struct form *f;
	enum text wrong;

	nobody_open(&p, c, n->name);
	if (!me_form(t, &p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, &p, n, f, page_wrong_status(wrong), wrong, NULL, e);
	return act(t, &p, n, f, e);
}
