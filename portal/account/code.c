/* The second step of signing in: a code of the second factor, or a recovery code. The session
 * that the password has opened shows nothing but this page, and becomes another one. */
#include <stdio.h>

#include "factor.h"
#include "mine.h"
#include "rt/loop.h"

static const struct field code_fields[] = {
	{ "code", "text", "one-time-code", 40, TEXT_FACTOR_CODE, TEXT_SECOND_HINT,
	    TEXT_WRONG_FACTOR },
};

static bool
show(struct task *t, struct page *p, const struct form *f, int status,
    const struct mine_said *said, struct err *e)
{
	view_set(
	    &p->view, "to", page_keep(p, f != NULL ? form_get(f, "to") : page_query(p, "to")));
	if (said != NULL) {
		portal_count_wrong(said->all);
		page_say(p, "wrong", said->all);
	}
	return fields_set(p, "fields", code_fields, nitems(code_fields), NULL,
		   said == NULL ? NULL : said->wrong, e) &&
	       page_send(t, p, status, "code_in.html", e);
}

static bool
ask(struct task *t, struct page *p, const struct factor_typed *y, const char *token,
    struct mine_said *said, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	unsigned char next[LINK_BYTES];
	struct mine_result r;

	link_hash(str_of(token), next);
	return c != NULL &&
	       db_one(t, c, SQL_PORTAL_CODE_IN,
		   ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BYTES(next, LINK_BYTES), P_TYPED(*y)),
		   mine_result_fields, 2, &r, &keep, e) == DB_FOUND &&
	       mine_is_ok(p, &r, 0, TEXT_WRONG_FACTOR, said);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct mine_said said = { .all = TEXT_WRONG_SEE, .status = 422 };
	AUTO(factor) x = { 0 };
	struct factor_typed y;
	struct form *f;
	enum text wrong;
	char token[TOKEN_LEN + 1], way[ME_WAY_SIZE];

	if (!me_form(t, p, &f, &wrong, e))
		return false;
	(void)fields_check(code_fields, nitems(code_fields), f, said.wrong);
	if (wrong != TEXTS) {
		said = (struct mine_said){ .wrong = { TEXTS }, .all = wrong };
		return show(t, p, f, page_wrong_status(wrong), &said, e);
	}
	if (said.wrong[0] != TEXTS)
		return show(t, p, f, 422, &said, e);
	if (factor_read(t, p, &x, e) != DB_FOUND)
		return false;
	factor_typed(&x, form_get(f, "code"), &y);
	token_make(token);
	if (!ask(t, p, &y, token, &said, e)) {
		if (e->code != ERR_NONE)
			return false;
		return show(t, p, f, said.status, &said, e);
	}
	http_header(p->call->http, "Set-Cookie",
	    PORTAL_SESSION_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Lax", token);
	portal_count_answer("CODE");
	me_way_in(form_get(f, "to"), way);
	return page_go(t, p, way, e);
}

static bool
page(struct task *t, struct call *c, bool post, struct err *e)
{
	AUTO(page) p;
	AUTO(me) m = { 0 };
	enum db_got got;

	page_open(&p, c->who, c);
	got = me_read(t, &p, &m, e);
	if (got != DB_NONE && got != DB_FOUND)
		return false;
	if (got == DB_NONE || !str_is(m.step, "CODE")) {
		err_clear(e);
		page_language(&p, LANGUAGE_EN);
		return page_go(t, &p, "/", e);
	}
	return post ? act(t, &p, e) : show(t, &p, NULL, 200, NULL, e);
}

bool
code_get(struct task *t, struct call *c, struct err *e)
{
	return page(t, c, false, e);
}

bool
code_post(struct task *t, struct call *c, struct err *e)
{
	return page(t, c, true, e);
}
