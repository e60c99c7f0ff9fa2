/* Who is signed in; see me.h. */
#include "me.h"

#include <stdio.h>
#include <string.h>

#include "news.h"

/* The way through one's pages, in the order of the header; each one's first is its home: what
 * several have stands behind all of those. */
static const struct {
	const char *path;
	enum text text;
	int who;
} ways[] = {
	{ "/home", TEXT_WAY_HOME, PORTAL_CUSTOMER },
	{ "/use", TEXT_WAY_USE, PORTAL_CUSTOMER },
	{ "/download", TEXT_WAY_TAKE, PORTAL_CUSTOMER },
	{ "/meter", TEXT_WAY_METER, PORTAL_CUSTOMER },
	{ "/premises", TEXT_WAY_PREMISES, PORTAL_MANY },
	{ "/reads", TEXT_WAY_READS, PORTAL_CUSTOMER },
	{ "/csp", TEXT_WAY_CSP, PORTAL_CSP },
	{ "/csp/registration", TEXT_WAY_LIVE, PORTAL_CSP },
	{ "/csp/agreements", TEXT_WAY_AGREEMENTS, PORTAL_CSP },
	{ "/csp/invite", TEXT_WAY_INVITE, PORTAL_CSP },
	{ "/operator", TEXT_OP_HOME, PORTAL_OPERATOR },
	{ "/operator/csps", TEXT_OP_CSPS, PORTAL_OPERATOR },
	{ "/operator/approvals", TEXT_OP_APPROVALS, PORTAL_OPERATOR },
	{ "/operator/customers", TEXT_OP_CUSTOMERS, PORTAL_OPERATOR },
	{ "/operator/mail", TEXT_OP_MAILS, PORTAL_OPERATOR },
	{ "/regulator", TEXT_REG_HOME, PORTAL_REGULATOR },
	{ "/regulator/companies", TEXT_REG_COMPANIES, PORTAL_REGULATOR },
	{ "/regulator/outcomes", TEXT_REG_OUTCOMES, PORTAL_REGULATOR },
	{ "/regulator/audit", TEXT_REG_AUDIT, PORTAL_REGULATOR },
	{ "/tdu", TEXT_WAY_TDU, PORTAL_TDU },
	{ "/tdu/files", TEXT_WAY_FILES, PORTAL_TDU },
	{ "/tdu/days", TEXT_WAY_DAYS, PORTAL_TDU },
	{ "/tdu/estimates", TEXT_WAY_STREAKS, PORTAL_TDU },
	{ "/tdu/corrections", TEXT_WAY_CORRECTIONS, PORTAL_TDU },
	{ "/tdu/commands", TEXT_WAY_COMMANDS, PORTAL_TDU },
	{ "/rep", TEXT_WAY_TDU, PORTAL_REP },
	{ "/rep/customers", TEXT_WAY_CUSTOMERS, PORTAL_REP },
	{ "/rep/exports", TEXT_WAY_EXPORTS, PORTAL_REP },
	{ "/box", TEXT_WAY_BOX, PORTAL_CSP | PORTAL_REP | PORTAL_TDU },
	{ "/people", TEXT_WAY_PEOPLE, PORTAL_PERSON },
	{ "/account", TEXT_WAY_ACCOUNT, PORTAL_ALL },
};

static const struct {
	const char *word;
	int is;
} words[] = {
	{ "CUSTOMER", PORTAL_CUSTOMER },
	{ "CSP", PORTAL_CSP },
	{ "REP", PORTAL_REP },
	{ "TDU", PORTAL_TDU },
	{ "REGULATOR", PORTAL_REGULATOR },
	{ "OPERATOR", PORTAL_OPERATOR },
	{ "MEMBER", PORTAL_MEMBER },
	{ "ADMIN", PORTAL_MEMBER | PORTAL_ADMIN },
};

static int
is_of(const struct me *m)
{
	int is = 0;

	for (size_t i = 0; i < nitems(words); i++)
		if (str_is(m->kind, words[i].word) || str_is(m->role, words[i].word))
			is |= words[i].is;
	return is;
}

bool
me_may(const struct me *m, const struct route *page)
{
	int least = page->who & (PORTAL_MEMBER | PORTAL_ADMIN);

	/* a customer has no role: all that is hers is hers to change */
	return (page->who & m->is & PORTAL_ALL) != 0 &&
	       ((m->is & PORTAL_CUSTOMER) != 0 || (least & m->is) == least);
}

static const struct db_field fields[] = {
	DB_TEXT(me, step),
	DB_TEXT(me, login),
	DB_TEXT(me, language),
	DB_INT4(me, idle_min),
	DB_TEXT(me, kind),
	DB_TEXT(me, role),
	DB_TEXT(me, name),
	DB_BOOL(me, many),
};

void
me_auto(struct me *m)
{
	rows_free(&m->keep);
}

static const struct route *
page_named(struct str name)
{
	for (size_t i = 0; i < portal_page_count; i++)
		if (portal_pages[i].who != PORTAL_ANYBODY && name.len > 0 &&
		    strcmp(portal_pages[i].method, "GET") == 0 &&
		    strchr(portal_pages[i].path, '{') == NULL &&
		    str_is(name, portal_pages[i].path + 1))
			return &portal_pages[i];
	return NULL;
}

const char *
me_way(const struct me *m, struct str name)
{
	const struct route *page = page_named(name);

	if (page != NULL && me_may(m, page))
		return page->path;
	for (size_t i = 0; i < nitems(ways); i++)
		if ((ways[i].who & m->is) != 0)
			return ways[i].path;
	return "/account";
}

void
me_way_in(struct str name, char to[ME_WAY_SIZE])
{
	const struct route *page = page_named(name);

	snprintf(to, ME_WAY_SIZE, "/%s%s", page != NULL ? "?to=" : "",
	    page != NULL ? page->path + 1 : "");
}

void
me_shown(const struct page *p, unsigned char shown[LINK_BYTES])
{
	struct str cookie =
	    cookie_get(http_var(p->call->http, SCGI_COOKIE), PORTAL_SESSION_COOKIE);

	link_hash(cookie.at == NULL ? STR("") : cookie, shown);
}

static bool
frame(struct page *p, const struct me *m, struct err *e)
{
	struct view *items = page_items(p, nitems(ways), 3, e);
	size_t n = 0;

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(ways); i++) {
		if ((ways[i].who & m->is) == 0)
			continue;
		view_c(&items[n], "path", ways[i].path);
		view_set(&items[n], "way", text_of(p->language, ways[i].text));
		view_c(&items[n++], "here",
		    strcmp(p->call->route->path, ways[i].path) == 0 ? "1" : "");
	}
	view_list(&p->view, "ways", items, n);
	view_set(&p->view, "in", m->login);
	/* an account without a name of its own is known by its mailbox, which is sealed */
	view_c(&p->view, "named", str_starts(m->login, "customer-") ? "" : "1");
	view_set(&p->view, "organisation", m->name);
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
	snprintf(p->call->kind, sizeof p->call->kind, STR_FMT, STR_ARG(m->kind));
	m->is = is_of(m) | (m->many ? PORTAL_MANY : 0);
	p->me = m;
	page_language(p, language_of(m->language, LANGUAGE_EN));
	return str_is(m->step, "OPEN") && !frame(p, m, e) ? DB_FAILED : DB_FOUND;
}

/* To sign in, and from there back to this page. */
static bool
sign_in_first(struct task *t, struct page *p, struct err *e)
{
	char path[96];
	const struct route *here = page_named(str_of(p->call->route->path + 1));

	err_clear(e);
	page_language(p, LANGUAGE_EN);
	snprintf(path, sizeof path, "/sign-in%s%s", here != NULL ? "?to=" : "",
	    here != NULL ? here->path + 1 : "");
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
	if (!me_may(&m, c->route))
		return page_bare(t, c->who, c, 403, TEXT_NOT_YOURS_TITLE, TEXT_NOT_YOURS, e);
	news_set(t, &p);
	if (fn(t, &p, e))
		return true;
	/* the role was less when the database looked */
	if (e->code == ERR_FORBIDDEN && c->http->status == 0) {
		err_clear(e);
		return page_bare(t, c->who, c, 403, TEXT_NOT_YOURS_TITLE, TEXT_NOT_YOURS, e);
	}
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
