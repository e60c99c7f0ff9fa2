/*
 * "This is my address": the page behind the link of a mail that asks for a confirmation, of an
 * organisation that registers or of a customer's account. Looking confirms nothing, since mail
 * scanners look too; the button does.
 */
#include "portal.h"

struct asked {
	struct str kind, name, language;
	bool done;
};
static const struct db_field row[] = {
	DB_TEXT(asked, kind),
	DB_TEXT(asked, name),
	DB_BOOL(asked, done),
	DB_TEXT(asked, language),
};

static bool
show(struct task *t, struct page *p, const struct asked *a, int status, enum text wrong,
    struct err *e)
{
	bool csp = str_is(a->kind, "CSP");

	view_set(&p->view, "csp", a->name);
	page_say(p, "title",
	    a->done ? TEXT_CONFIRMED_TITLE
	    : csp   ? TEXT_CONFIRM_CSP_TITLE
		    : TEXT_CONFIRM_TITLE);
	page_say(p, "words",
	    a->done ? (csp ? TEXT_CONFIRMED_CSP : TEXT_CONFIRMED)
	    : csp   ? TEXT_CONFIRM_CSP
		    : TEXT_CONFIRM);
	view_c(&p->view, "done", a->done ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "confirm.html", e);
}

static bool
act(struct task *t, struct page *p, const struct asked *a, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	struct form *f = page_form_room(p, e);
	enum text wrong;
	int64_t age_ms;

	if (f == NULL || !page_form(t, p, f, &wrong, &age_ms, e))
		return false;
	if (wrong != TEXTS) {
		err_clear(e);
		portal_count_wrong(wrong);
		return show(t, p, a, page_wrong_status(wrong), wrong, e);
	}
	c = db_lease(t, p->portal->db, e);
	if (c == NULL || db_exec(t, c, SQL_PORTAL_CONFIRM,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p))), NULL,
			     e) != DB_FOUND)
		return false;
	portal_count_answer("CONFIRM_ADDRESS");
	return page_see(t, p, "", e);
}

static bool
answer(struct task *t, struct call *c, bool post, struct err *e)
{
	AUTO(page) p;
	AUTO_PTR(conn) k = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct portal *portal = c->who;
	struct asked a = { 0 };
	enum db_got got;

	page_open(&p, portal, c);
	link_hash(str_of(c->param[0]), p.sha256);
	k = db_lease(t, portal->db, e);
	if (k == NULL)
		return false;
	got = db_one(t, k, SQL_PORTAL_CONFIRM_PAGE, ARGS(P_BYTES(p.sha256, LINK_BYTES)), row,
	    nitems(row), &a, &keep, e);
	db_release(&k);
	if (got == DB_NONE)
		return page_unknown(t, portal, c, e);
	if (got != DB_FOUND)
		return false;
	page_language(&p, language_of(a.language, LANGUAGE_EN));
	return post && !a.done ? act(t, &p, &a, e) : show(t, &p, &a, 200, TEXTS, e);
}

bool
confirm_get(struct task *t, struct call *c, struct err *e)
{
	return answer(t, c, false, e);
}

bool
confirm_post(struct task *t, struct call *c, struct err *e)
{
	return answer(t, c, true, e);
}
