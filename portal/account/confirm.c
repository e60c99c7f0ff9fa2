/*
 * "This is my address": the page behind the link of a mail that asks for a confirmation, of an
 * organisation that registers or of an account, where a password is chosen, too. Looking
 * confirms nothing, since mail scanners look too; the button does.
 */
#include "choose.h"

struct asked {
	struct str kind, name, language;
	bool done, chooses;
};
static const struct db_field row[] = {
	DB_TEXT(asked, kind),
	DB_TEXT(asked, name),
	DB_BOOL(asked, done),
	DB_BOOL(asked, chooses),
	DB_TEXT(asked, language),
};

/* What the page says: the first row that fits. */
static const struct {
	const char *kind;
	bool done, chooses;
	enum text title, words;
} says[] = {
	{ "CSP", true, false, TEXT_CONFIRMED_CSP_TITLE, TEXT_CONFIRMED_CSP },
	{ "CSP", false, false, TEXT_CONFIRM_CSP_TITLE, TEXT_CONFIRM_CSP },
	{ "CUSTOMER", true, false, TEXT_CONFIRMED_TITLE, TEXT_CONFIRMED },
	{ "CUSTOMER", true, true, TEXT_CONFIRMED_TITLE, TEXT_CONFIRMED_FORGOT },
	{ "CUSTOMER", false, true, TEXT_CHOOSE_FIRST_TITLE, TEXT_CHOOSE_FIRST },
	{ "CUSTOMER", false, false, TEXT_CONFIRM_TITLE, TEXT_CONFIRM },
	{ "PASSWORD", true, true, TEXT_CHOSEN_TITLE, TEXT_CHOSEN },
	{ "PASSWORD", false, true, TEXT_CHOOSE_TITLE, TEXT_CHOOSE },
};

static bool
show(struct task *t, struct page *p, const struct asked *a, int status, enum text wrong_all,
    const enum text *wrong, struct err *e)
{
	size_t i = 0;

	while (i + 1 < nitems(says) &&
	       (!str_is(a->kind, says[i].kind) || a->done != says[i].done ||
		   a->chooses != says[i].chooses))
		i++;
	view_set(&p->view, "csp", a->name);
	page_say(p, "title", says[i].title);
	page_say(p, "words", says[i].words);
	view_c(&p->view, "done", a->done ? "1" : "");
	view_c(&p->view, "chooses", a->chooses && !a->done ? "1" : "");
	view_c(&p->view, "signs_in", a->done && !str_is(a->kind, "CSP") ? "1" : "");
	if (wrong_all != TEXTS) {
		portal_count_wrong(wrong_all);
		page_say(p, "wrong", wrong_all);
	}
	return fields_set(p, "fields", choose_fields, CHOOSE_FIELDS, NULL, wrong, e) &&
	       page_send(t, p, status, "confirm.html", e);
}

struct salt_row {
	struct str salt;
};

static bool
choose(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	static const struct db_field fields[] = { DB_BYTES(salt_row, salt) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(login) l = { .password = form_get(f, "password") };
	struct salt_row salt;

	if (c == NULL ||
	    db_one(t, c, SQL_PORTAL_LINK_SALT, ARGS(P_BYTES(p->sha256, LINK_BYTES)), fields,
		nitems(fields), &salt, &keep, e) != DB_FOUND)
		return false;
	db_release(&c);
	if (!choose_derive(t, &l, salt.salt, e) ||
	    (c = db_lease(t, p->portal->db, e)) == NULL ||
	    db_exec(t, c, SQL_PORTAL_CHOOSE,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BYTES(l.derived, SECRET_DERIVED_BYTES),
		    P_STR(page_source(p))),
		NULL, e) > DB_NONE)
		return false;
	db_release(&c);
	portal_count_answer("CHOOSE_PASSWORD");
	return page_go(t, p, "/sign-in?chosen=1", e);
}

static bool
confirm(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	if (c == NULL || db_exec(t, c, SQL_PORTAL_CONFIRM,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p))), NULL,
			     e) != DB_FOUND)
		return false;
	portal_count_answer("CONFIRM_ADDRESS");
	return page_see(t, p, "", e);
}

static bool
act(struct task *t, struct page *p, const struct asked *a, struct err *e)
{
	struct form *f = page_form_room(p, e);
	enum text wrong, fields[CHOOSE_FIELDS];
	int64_t age_ms;

	if (f == NULL || !page_form(t, p, f, &wrong, &age_ms, e))
		return false;
	err_clear(e);
	if (wrong != TEXTS)
		return show(t, p, a, page_wrong_status(wrong), wrong, NULL, e);
	if (!a->chooses)
		return confirm(t, p, e);
	if (!choose_check(f, fields))
		return show(t, p, a, 422, TEXT_WRONG_SEE, fields, e);
	if (choose(t, p, f, e))
		return true;
	/* it was used in between */
	return e->code == ERR_NOT_FOUND ? page_unknown(t, p->portal, p->call, e) : false;
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
	return post && !a.done ? act(t, &p, &a, e) : show(t, &p, &a, 200, TEXTS, NULL, e);
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
