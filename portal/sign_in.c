/*
 * In and out. Signing in makes a new session with a new secret, whatever the browser showed
 * before; wrong names and wrong passwords are one answer, at one time. After some wrong ones
 * there is a wait that grows, for a name from a network and for a network.
 */
#include <stdio.h>

#include "base/code.h"
#include "fields.h"
#include "login.h"
#include "me.h"
#include "rt/loop.h"

static const struct field in_fields[] = {
	{ "user", "text", "username", LOGIN_MOST, TEXT_IN_USER, TEXT_IN_USER_HINT,
	    TEXT_WRONG_USER },
	{ "password", "password", "current-password", LOGIN_MOST, TEXT_LOGIN_PASSWORD, TEXTS,
	    TEXT_WRONG_PASSWORD },
};

/* Forms of who is nobody yet are good for this page, in this browser. */
static void
open_page(struct page *p, struct call *c)
{
	page_open(p, c->who, c);
	link_hash(STR("sign-in"), p->sha256);
	page_language(p, LANGUAGE_EN);
}

static bool
show(struct task *t, struct page *p, const struct form *f, int status, enum text all,
    const enum text *wrong, struct err *e)
{
	view_set(
	    &p->view, "to", page_keep(p, f != NULL ? form_get(f, "to") : page_query(p, "to")));
	view_c(&p->view, "out", page_query(p, "out").len > 0 && f == NULL ? "1" : "");
	view_c(&p->view, "gone", page_query(p, "done").len > 0 && f == NULL ? "1" : "");
	view_c(&p->view, "chosen", page_query(p, "chosen").len > 0 && f == NULL ? "1" : "");
	if (all != TEXTS) {
		portal_count_wrong(all);
		page_say(p, "wrong", all);
	}
	return fields_set(p, "fields", in_fields, nitems(in_fields), f, wrong, e) &&
	       page_send(t, p, status, "sign_in.html", e);
}

bool
front_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	AUTO(me) m = { 0 };
	enum db_got got;

	page_open(&p, c->who, c);
	got = me_read(t, &p, &m, e);
	if (got == DB_FOUND)
		return page_go(t, &p, me_way(&m, page_query(&p, "to")), e);
	err_clear(e);
	return public_front(t, c, e);
}

bool
sign_in_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	AUTO(me) m = { 0 };

	page_open(&p, c->who, c);
	if (me_read(t, &p, &m, e) == DB_FOUND && str_is(m.step, "OPEN"))
		return page_go(t, &p, me_way(&m, page_query(&p, "to")), e);
	if (e->code == ERR_NONE && str_is(m.step, "CODE"))
		return page_go(t, &p, "/code", e);
	err_clear(e);
	page_auto(&p);
	open_page(&p, c);
	return show(t, &p, NULL, 200, TEXTS, NULL, e);
}

struct in_row {
	struct str result;
	int32_t wait_s;
};

/* The answer of the database, in keep. */
static bool
ask(struct task *t, struct page *p, const struct login *l, const char *token, struct in_row *to,
    struct rows **keep, struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(in_row, result),
		DB_INT4(in_row, wait_s) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	unsigned char shown[LINK_BYTES], was[LINK_BYTES];

	link_hash(str_of(token), shown);
	me_shown(p, was);
	return c != NULL &&
	       db_one(t, c, SQL_PORTAL_SIGN_IN,
		   ARGS(P_LOGIN(l), P_BYTES(shown, LINK_BYTES), P_BYTES(was, LINK_BYTES),
		       P_STR(page_source(p)), P_STR(page_agent(p))),
		   fields, nitems(fields), to, keep, e) == DB_FOUND;
}

static void
give_session(struct page *p, const char *token)
{
	http_header(p->call->http, "Set-Cookie",
	    PORTAL_SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax", token);
}

static bool
act(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	uint64_t due_ms = loop_now_ms(task_loop(t)) + LOGIN_ANSWER_MS;
	AUTO_PTR(rows) keep = NULL;
	AUTO(login) l = { 0 };
	enum text wrong[FIELDS_MOST];
	char token[TOKEN_LEN + 1], way[ME_WAY_SIZE], code[ME_WAY_SIZE + 8];
	struct in_row in;

	if (!fields_check(in_fields, nitems(in_fields), f, wrong))
		return show(t, p, f, 422, TEXT_WRONG_SEE, wrong, e);
	if (!login_read(p, f, &l))
		return show(t, p, f, 422, TEXT_WRONG_IN, NULL, e);
	token_make(token);
	if (!login_derive(t, p, &l, e) || !ask(t, p, &l, token, &in, &keep, e) ||
	    !page_due(t, due_ms, e))
		return false;
	if (str_is(in.result, "WRONG"))
		return show(t, p, f, 422, TEXT_WRONG_IN, NULL, e);
	if (str_is(in.result, "WAIT")) {
		view_set(&p->view, "wait", page_number(p, in.wait_s));
		http_header(p->call->http, "Retry-After", "%d", (int)in.wait_s);
		return show(t, p, f, 429, TEXT_WRONG_WAIT, NULL, e);
	}
	give_session(p, token);
	portal_count_answer("SIGN_IN");
	me_way_in(form_get(f, "to"), way);
	if (str_is(in.result, "CODE")) {
		snprintf(code, sizeof code, "/code%s", way + 1);
		return page_go(t, p, code, e);
	}
	return page_go(t, p, way, e);
}

bool
sign_in_post(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	struct form *f;
	enum text wrong;

	open_page(&p, c);
	if (!me_form(t, &p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, &p, f, page_wrong_status(wrong), wrong, NULL, e);
	return act(t, &p, f, e);
}

/* Out is out, also for who was nobody; but another site puts nobody out. */
bool
sign_out_post(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	AUTO_PTR(conn) k = NULL;
	struct form *f;
	enum text wrong;

	page_open(&p, c->who, c);
	page_language(&p, LANGUAGE_EN);
	me_shown(&p, p.sha256);
	if (!me_form(t, &p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return page_go(t, &p, "/", e);
	k = db_lease(t, p.portal->db, e);
	if (k == NULL || db_exec(t, k, SQL_PORTAL_SIGN_OUT, ARGS(P_BYTES(p.sha256, LINK_BYTES)),
			     NULL, e) > DB_NONE)
		return false;
	http_header(c->http, "Set-Cookie",
	    PORTAL_SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
	/* nothing of the pages that were seen stays */
	http_header(c->http, "Clear-Site-Data", "\"cache\"");
	portal_count_answer("SIGN_OUT");
	return page_go(t, &p, "/sign-in?out=1", e);
}
