/* A third party's data-share link: anybody may hold one, and it begins a consent. */
#include "portal.h"
#include "sys/form.h"

enum { ADDRESS_MOST = 4096 };

struct share_row {
	struct str client_id, scope, redirect_uri;
};

static const struct db_field share_row[] = {
	DB_TEXT(share_row, client_id),
	DB_TEXT(share_row, scope),
	DB_TEXT(share_row, redirect_uri),
};

static void
put(struct buf *b, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_fmt(b, "&%s=", name);
	http_escape(b, value);
}

static bool
ask(struct task *t, struct call *c, const struct form *f, struct err *e)
{
	struct portal *portal = c->who;
	AUTO_PTR(conn) k = db_lease(t, portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(ADDRESS_MOST);
	struct share_row r;
	enum db_got got;

	if (k == NULL)
		return false;
	got = db_one(t, k, SQL_PORTAL_SHARE,
	    ARGS(P_TEXT(c->param[0]), P_STR(form_get(f, "f")), P_TEXT(portal->conf.portal_url)),
	    share_row, nitems(share_row), &r, &keep, e);
	db_release(&k);
	if (got == DB_NONE)
		return page_unknown(t, portal, c, e);
	if (got != DB_FOUND)
		return false;
	buf_c(&b, "/oauth/authorize?response_type=code");
	put(&b, "client_id", r.client_id);
	put(&b, "redirect_uri", r.redirect_uri);
	put(&b, "scope", r.scope);
	put(&b, "state", form_get(f, "f"));
	put(&b, "ui_locales", form_get(f, "l"));
	http_header(c->http, "Cache-Control", "no-store");
	http_header(c->http, "Location", STR_FMT, STR_ARG(buf_view(&b)));
	return http_reply(t, c->http, 302, "text/plain", STR(""), e);
}

bool
share_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	struct form *f;

	page_open(&p, c->who, c);
	f = page_form_room(&p, e);
	if (f == NULL)
		return false;
	if (!form_parse(f, c->http->query, e)) {
		err_clear(e);
		return page_unknown(t, c->who, c, e);
	}
	return ask(t, c, f, e);
}

/* Where such a consent ends. What it was is told by the mails, not by the address. */
bool
shared_get(struct task *t, struct call *c, struct err *e)
{
	bool no = str_has(c->http->query, STR("error="));

	return page_bare(t, c->who, c, 200, no ? TEXT_NOT_SHARED_TITLE : TEXT_SHARED_TITLE,
	    no ? TEXT_NOT_SHARED : TEXT_SHARED, e);
}
