/* Back to the client; see consent.h. */
#include "consent.h"

enum { ADDRESS_MOST = 8 * 1024 };

static void
add(struct buf *b, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_fmt(b, "&%s=", name);
	http_escape(b, value);
}

bool
back(struct task *t, struct page *p, struct str redirect_uri, const char *what,
    struct str value, struct str description, struct str state, struct err *e)
{
	AUTO(buf) b = BUF(ADDRESS_MOST);

	buf_str(&b, redirect_uri);
	buf_fmt(&b, "%c%s=", str_has(redirect_uri, STR("?")) ? '&' : '?', what);
	http_escape(&b, value);
	add(&b, "error_description", description);
	add(&b, "state", state);
	add(&b, "iss", str_of(p->portal->conf.api_url));
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "an address of more than %d bytes", ADDRESS_MOST);
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Location", STR_FMT, STR_ARG(buf_view(&b)));
	return http_reply(t, p->call->http, 302, "text/plain", STR(""), e);
}

void
consent_frame(struct page *p, const struct consent *k)
{
	struct str rest = { k->redirect_uri.at + 8, k->redirect_uri.len - 8 }, host, path;

	(void)str_cut(rest, '/', &host, &path); /* "https://" is before it: the table's check */
	(void)str_cut(host, '?', &host, &path);
	http_header(p->call->http, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
	    "form-action 'self' https://" STR_FMT "; base-uri 'none'; frame-ancestors 'none'",
	    STR_ARG(host));
	view_set(&p->view, "csp", k->csp);
	view_set(&p->view, "site", page_web_address(k->site));
	view_set(&p->view, "privacy", page_web_address(k->privacy));
	view_set(&p->view, "use", p->language == LANGUAGE_ES ? k->use_es : k->use_en);
}

bool
deny_act(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	(void)f;
	if (c == NULL || db_exec(t, c, SQL_PORTAL_CONSENT_DENY,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p)),
				 P_STR(page_agent(p))),
			     NULL, e) != DB_FOUND)
		return false;
	db_release(&c);
	portal_count_answer("CONSENT_NO");
	return back(t, p, k->redirect_uri, "error", STR("access_denied"),
	    STR("the customer does not share"), k->state, e);
}
