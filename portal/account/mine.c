/* Pages of one's account; see mine.h. */
#include "mine.h"

#include <stdio.h>
#include <string.h>

static const struct mine *const pages[] = { &mine_password, &mine_factor, &mine_preferences,
	&mine_homes, &mine_tokens, &mine_delete, &mine_people };

const struct db_field mine_result_fields[2] = { DB_TEXT(mine_result, result),
	DB_INT4(mine_result, wait_s) };

bool
mine_is_ok(struct page *p, const struct mine_result *r, size_t at, enum text wrong,
    struct mine_said *said)
{
	if (str_is(r->result, "OK"))
		return true;
	if (!str_is(r->result, "WAIT")) {
		said->wrong[at] = wrong;
		return false;
	}
	view_set(&p->view, "wait", page_number(p, r->wait_s));
	http_header(p->call->http, "Retry-After", "%d", (int)r->wait_s);
	said->all = TEXT_WRONG_WAIT;
	said->status = 429;
	return false;
}

static const struct mine *
page_of(const struct page *p)
{
	for (size_t i = 0; i < nitems(pages); i++)
		if (strcmp(pages[i]->path, p->call->route->path) == 0)
			return pages[i];
	return pages[0];
}

bool
mine_send(struct task *t, struct page *p, const struct mine *m, const struct form *f,
    int status, const struct mine_said *said, struct err *e)
{
	struct mine_form x = { .f = f };

	view_c(&p->view, "path", m->path);
	page_say(p, "title", m->title);
	page_say(p, "lead", m->lead);
	page_say(p, "press", m->button);
	view_c(&p->view, "done", "");
	if (said == NULL && page_query(p, "done").len > 0)
		page_say(p, "done", m->done);
	if (said != NULL && said->all != TEXTS) {
		portal_count_wrong(said->all);
		page_say(p, "wrong", said->all);
	}
	if (m->set != NULL && !m->set(t, p, &x, e))
		return false;
	return fields_put(p, &p->view, "fields", m->rows, x.n > 0 ? x.n : m->n, x.choices,
		   x.n_choices, x.f, said == NULL ? NULL : said->wrong, e) &&
	       page_send(t, p, status, m->view, e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	return mine_send(t, p, page_of(p), NULL, 200, NULL, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	const struct mine *m = page_of(p);
	struct mine_said said = { .all = TEXT_WRONG_SEE, .status = 422 };
	struct form *f;
	enum text wrong;
	char path[96];

	if (!me_form(t, p, &f, &wrong, e))
		return false;
	(void)fields_check(m->rows, m->n, f, said.wrong);
	if (wrong != TEXTS) {
		said = (struct mine_said){ .all = wrong, .status = page_wrong_status(wrong) };
		for (size_t i = 0; i < FIELDS_MOST; i++)
			said.wrong[i] = TEXTS;
		return mine_send(t, p, m, f, said.status, &said, e);
	}
	if (!m->act(t, p, f, &said, e)) {
		if (e->code != ERR_NONE) {
			said.status = act_refused(p, e);
			said.all = TEXTS;
		}
		return said.status != 0 && mine_send(t, p, m, f, said.status, &said, e);
	}
	portal_count_answer(m->counts_as);
	if (p->call->http->status != 0)
		return true;
	snprintf(path, sizeof path, "%s?done=1", said.goes != NULL ? said.goes : m->path);
	return page_go(t, p, path, e);
}

bool
mine_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
mine_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
