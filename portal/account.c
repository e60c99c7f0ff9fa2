/* A customer's account: where one is signed in, and the buttons that end that. */
#include <stdio.h>

#include "me.h"

enum { SESSION_VALUES = 6, BROWSER_MOST = 80 };

struct session {
	struct str agent, from_address;
	int64_t session, opened_at, seen_at;
	bool here;
};

static const struct db_field fields[] = {
	DB_INT8(session, session),
	DB_BOOL(session, here),
	DB_TEXT(session, agent),
	DB_TEXT(session, from_address),
	DB_STAMP(session, opened_at),
	DB_STAMP(session, seen_at),
};

/* What a browser says of itself, in words that people know; the first that fits, since most say
 * they are several. */
static const struct {
	const char *says, *name;
} browsers[] = {
	{ "Edg/", "Edge" },
	{ "OPR/", "Opera" },
	{ "Firefox/", "Firefox" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
};
static const struct {
	const char *says, *name;
} systems[] = {
	{ "Android", "Android" },
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Windows", "Windows" },
	{ "Mac OS X", "Mac" },
	{ "Linux", "Linux" },
};

static struct str
browser_of(struct page *p, struct str agent)
{
	const char *name = NULL, *on = NULL;
	char text[BROWSER_MOST];

	for (size_t i = 0; i < nitems(browsers) && name == NULL; i++)
		if (str_has(agent, str_of(browsers[i].says)))
			name = browsers[i].name;
	for (size_t i = 0; i < nitems(systems) && on == NULL; i++)
		if (str_has(agent, str_of(systems[i].says)))
			on = systems[i].name;
	if (name == NULL)
		return text_of(p->language, TEXT_SESSION_UNKNOWN);
	snprintf(text, sizeof text, "%s%s%s", name, on != NULL ? " \xc2\xb7 " : "",
	    on != NULL ? on : "");
	return page_keep(p, str_of(text));
}

static void
set_session(struct page *p, const struct session *s, struct view *to)
{
	view_set(&p->view, "opened", page_date(p, s->opened_at, TEXT_DATE));
	view_set(&p->view, "seen", page_date(p, s->seen_at, TEXT_DATE));
	view_set(&p->view, "from", page_keep(p, s->from_address));
	view_set(to, "id", page_number(p, s->session));
	view_set(to, "browser", browser_of(p, s->agent));
	view_c(to, "here", s->here ? "1" : "");
	view_set(to, "since", page_text(p, TEXT_SESSION_SINCE));
	view_set(&p->view, "browser", browser_of(p, s->agent));
	view_set(to, "press", page_text(p, TEXT_SESSION_END));
}

static bool
show(struct task *t, struct page *p, int status, enum text wrong, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) rows = NULL;
	struct view *items;
	struct session s;
	size_t n = 0;

	if (c != NULL)
		rows =
		    db_rows(t, c, SQL_PORTAL_SESSIONS, ARGS(P_BYTES(p->sha256, LINK_BYTES)), e);
	db_release(&c);
	if (rows == NULL ||
	    (items = page_items(p, rows_count(rows), SESSION_VALUES, e)) == NULL)
		return false;
	while (ROWS_NEXT(rows, fields, &s))
		set_session(p, &s, &items[n++]);
	view_c(&p->view, "customer", (p->me->is & PORTAL_CUSTOMER) != 0 ? "1" : "");
	view_list(&p->view, "sessions", items, n);
	view_c(&p->view, "many", n > 1 ? "1" : "");
	view_c(&p->view, "done", page_query(p, "done").len > 0 && status == 200 ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "account.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	return show(t, p, 200, TEXTS, e);
}

static bool
end(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	struct form *f;
	struct str which;
	enum text wrong;
	int64_t session = 0;
	bool all;

	if (!me_form(t, p, &f, &wrong, e))
		return false;
	which = form_get(f, "end");
	all = str_is(which, "others");
	if (wrong == TEXTS && !all && !str_int64(which, &session))
		wrong = TEXT_WRONG_FORM;
	if (wrong != TEXTS)
		return show(t, p, page_wrong_status(wrong), wrong, e);
	c = db_lease(t, p->portal->db, e);
	if (c == NULL || db_exec(t, c, SQL_PORTAL_SESSION_END,
			     all ? ARGS(P_BYTES(p->sha256, LINK_BYTES), P_NULL())
				 : ARGS(P_BYTES(p->sha256, LINK_BYTES), P_INT8(session)),
			     NULL, e) > DB_NONE)
		return false;
	db_release(&c);
	portal_count_answer("SESSION_END");
	return page_go(t, p, "/account?done=1", e);
}

bool
account_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
account_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, end, e);
}
