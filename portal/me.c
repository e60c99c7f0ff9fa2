/* Who is signed in; see me.h. */
#include "me.h"

#include <stdio.h>
#include <string.h>

/* The way through a customer's pages, in the order of the header. */
static const struct {
	const char *path;
	enum text text;
} ways[] = {
	{ "/home", TEXT_WAY_HOME },
	{ "/reads", TEXT_WAY_READS },
	{ "/account", TEXT_WAY_ACCOUNT },
};

static const struct db_field fields[] = {
	DB_TEXT(me, step),
	DB_TEXT(me, login),
	DB_TEXT(me, language),
	DB_INT4(me, idle_min),
};

void
me_auto(struct me *m)
{
	rows_free(&m->keep);
}

const char *
me_way(struct str name)
{
	for (size_t i = 0; i < nitems(ways); i++)
		if (str_is(name, ways[i].path + 1))
			return ways[i].path;
	return ways[0].path;
}

void
me_shown(const struct page *p, unsigned char shown[LINK_BYTES])
{
	struct str cookie = cookie_get(http_var(p->call->http, SCGI_COOKIE), SESSION_COOKIE);

	link_hash(cookie.at == NULL ? STR("") : cookie, shown);
}

static bool
frame(struct page *p, const struct me *m, struct err *e)
{
	struct view *items = page_items(p, nitems(ways), 3, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(ways); i++) {
		view_c(&items[i], "path", ways[i].path);
		view_set(&items[i], "way", text_of(p->language, ways[i].text));
		view_c(&items[i], "here",
		    strcmp(p->call->route->path, ways[i].path) == 0 ? "1" : "");
	}
	view_list(&p->view, "ways", items, nitems(ways));
	view_set(&p->view, "in", m->login);
	view_set(&p->view, "idle_min", page_number(p, m->idle_min));
	return true;
}

enum db_got
me_read(struct task *t, struct page *p, struct me *m, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	enum db_got got;

	if (c == NULL)
		return DB_RETRY;
	me_shown(p, p->sha256);
	got = db_one(t, c, SQL_PORTAL_ME, ARGS(P_BYTES(p->sha256, LINK_BYTES)), fields,
	    nitems(fields), m, &m->keep, e);
	if (got != DB_FOUND)
		return got;
	page_language(p, language_of(m->language, LANGUAGE_EN));
	return str_is(m->step, "OPEN") && !frame(p, m, e) ? DB_FAILED : DB_FOUND;
}

/* To sign in, and from there back to this page. */
static bool
sign_in_first(struct task *t, struct page *p, struct err *e)
{
	char path[96];

	err_clear(e);
	page_language(p, LANGUAGE_EN);
	snprintf(path, sizeof path, "/sign-in?to=%s", p->call->route->path + 1);
	return page_go(t, p, path, e);
}

bool
me_page(struct task *t, struct call *c, me_fn *fn, struct err *e)
{
	AUTO(page) p;
	AUTO(me) m = { 0 };
	enum db_got got;

	page_open(&p, c->who, c);
	got = me_read(t, &p, &m, e);
	if (got == DB_NONE || (got == DB_FOUND && !str_is(m.step, "OPEN")))
		return sign_in_first(t, &p, e);
	if (got != DB_FOUND)
		return false;
	if (fn(t, &p, e))
		return true;
	/* it ended between two statements */
	return e->code == ERR_LOGIN && c->http->status == 0 ? sign_in_first(t, &p, e) : false;
}

bool
me_form(struct task *t, struct page *p, struct form **f, enum text *wrong, struct err *e)
{
	int64_t age_ms;

	*f = page_form_room(p, e);
	if (*f == NULL || !page_form(t, p, *f, wrong, &age_ms, e))
		return false;
	err_clear(e);
	if (*wrong != TEXTS)
		portal_count_wrong(*wrong);
	return true;
}
