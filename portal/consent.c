/* Pages of a consent, by the step that it is at; see consent.h. */
#include "consent.h"

#include <string.h>

#include "sys/digest.h"

void
consent_auto(struct consent *k)
{
	rows_free(&k->keep);
}

void
consent_shown(unsigned char to[LINK_BYTES], const char *token, const char *cookie)
{
	AUTO_PTR(digest) d = digest_new();

	digest_add(d, token, strlen(token));
	digest_add(d, ":", 1);
	digest_add(d, cookie, strlen(cookie));
	digest_end(d, to);
}

bool
consent_see(struct task *t, struct page *p, const char *token, struct err *e)
{
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Location", "/consent/%s?l=%s", token,
	    text_of(p->language, TEXT_LANG).at);
	return http_reply(t, p->call->http, 302, "text/plain", STR(""), e);
}

static const struct db_field fields[] = {
	DB_TEXT(consent, step),
	DB_TEXT(consent, csp),
	DB_TEXT(consent, redirect_uri),
	DB_TEXT(consent, state),
	DB_TEXT(consent, scope),
	DB_BOOL(consent, fixed),
	DB_TEXT(consent, language),
	DB_TEXT(consent, prefill),
	DB_BYTES(consent, prefill_sealed),
	DB_TEXT(consent, code_shown),
	DB_INT4(consent, history),
	DB_TEXT(consent, site),
	DB_TEXT(consent, privacy),
	DB_TEXT(consent, use_en),
	DB_TEXT(consent, use_es),
	DB_TEXT(consent, premises),
	DB_TEXT(consent, terms),
};

/* What a button does, and at which step there is one. */
static const struct {
	const char *step, *does;
	consent_fn *fn;
} buttons[] = {
	{ "FIND", "find", find_act },
	{ "FIND", "login", login_act },
	{ "FIND", "deny", deny_act },
	{ "CODE", "code", code_act },
	{ "CODE", "again", again_act },
	{ "CODE", "deny", deny_act },
	{ "CHOOSE", "yes", yes_act },
	{ "CHOOSE", "again", again_act },
	{ "CHOOSE", "deny", deny_act },
};

static bool
show(struct task *t, struct page *p, const struct consent *k, const struct form *f, int status,
    enum text wrong, struct err *e)
{
	consent_frame(p, k);
	if (str_is(k->step, "FIND"))
		return find_show(t, p, k, f, status, wrong, e);
	if (str_is(k->step, "CODE"))
		return code_show(t, p, k, status, wrong, e);
	if (str_is(k->step, "CHOOSE"))
		return choose_show(t, p, k, f, status, wrong, e);
	return page_bare(
	    t, p->portal, p->call, 410, TEXT_CONSENT_OVER_TITLE, TEXT_CONSENT_OVER, e);
}

/* A handler that finds something wrong shows the page again by itself. */
static bool
act(struct task *t, struct page *p, const struct consent *k, struct err *e)
{
	struct form *f = page_form_room(p, e);
	enum text wrong;
	int64_t age_ms;

	if (f == NULL || !page_form(t, p, f, &wrong, &age_ms, e))
		return false;
	for (size_t i = 0; i < nitems(buttons) && wrong == TEXTS; i++)
		if (str_is(k->step, buttons[i].step) &&
		    str_is(form_get(f, "do"), buttons[i].does)) {
			p->age_ms = age_ms;
			return buttons[i].fn(t, p, k, f, e);
		}
	if (wrong == TEXTS)
		wrong = TEXT_WRONG_FORM;
	err_clear(e);
	portal_count_wrong(wrong);
	return show(t, p, k, NULL, page_wrong_status(wrong), wrong, e);
}

static enum db_got
read_one(struct task *t, struct page *p, struct consent *k, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	if (c == NULL)
		return DB_RETRY;
	return db_one(t, c, SQL_PORTAL_CONSENT, ARGS(P_BYTES(p->sha256, LINK_BYTES)), fields,
	    nitems(fields), k, &k->keep, e);
}

static bool
answer(struct task *t, struct call *c, bool post, struct err *e)
{
	AUTO(page) p;
	AUTO(consent) k = { 0 };
	enum db_got got;

	page_open(&p, c->who, c);
	/* also without a cookie: each takes the same way */
	consent_shown(p.sha256, c->param[0], p.cookie);
	got = read_one(t, &p, &k, e);
	if (got == DB_NONE)
		return page_bare(
		    t, c->who, c, 404, TEXT_CONSENT_OVER_TITLE, TEXT_CONSENT_OVER, e);
	if (got != DB_FOUND)
		return false;
	page_language(&p, language_of(k.language, LANGUAGE_EN));
	return post ? act(t, &p, &k, e) : show(t, &p, &k, NULL, 200, TEXTS, e);
}

bool
consent_get(struct task *t, struct call *c, struct err *e)
{
	return answer(t, c, false, e);
}

bool
consent_post(struct task *t, struct call *c, struct err *e)
{
	return answer(t, c, true, e);
}

/* ---- where a consent begins when the customer comes from here ---- */

struct portal_row {
	struct str portal_uri, scope;
};

bool
connect_get(struct task *t, struct call *c, struct err *e)
{
	static const struct db_field row[] = {
		DB_TEXT(portal_row, portal_uri),
		DB_TEXT(portal_row, scope),
	};
	struct portal *portal = c->who;
	AUTO_PTR(conn) k = db_lease(t, portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(4096);
	struct portal_row r;
	enum db_got got;

	if (k == NULL)
		return false;
	got = db_one(t, k, SQL_PORTAL_CONNECT, ARGS(P_TEXT(c->param[0])), row, nitems(row), &r,
	    &keep, e);
	if (got == DB_NONE)
		return page_unknown(t, portal, c, e);
	if (got != DB_FOUND)
		return false;
	http_escape(&b, r.scope);
	http_header(c->http, "Cache-Control", "no-store");
	http_header(c->http, "Location", STR_FMT "%cscope=" STR_FMT "&ThirdPartyID=%s",
	    STR_ARG(r.portal_uri), str_has(r.portal_uri, STR("?")) ? '&' : '?',
	    STR_ARG(buf_view(&b)), c->param[0]);
	return http_reply(t, c->http, 302, "text/plain", STR(""), e);
}
