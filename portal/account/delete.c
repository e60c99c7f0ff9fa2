/* The end of a customer's account, by who knows its password. */
#include "choose.h"
#include "mine.h"

static const struct field rows[] = {
	{ "old", "password", "current-password", LOGIN_MOST, TEXT_LOGIN_PASSWORD, TEXTS,
	    TEXT_WRONG_PASSWORD },
	{ "shares", "tick", "off", 1, TEXT_DELETE_SHARES, TEXT_DELETE_SHARES_HINT, TEXTS },
	{ "sure", "tick", "off", 1, TEXT_DELETE_SURE, TEXTS, TEXT_WRONG_SURE },
};

static bool
act(struct task *t, struct page *p, const struct form *f, struct mine_said *said, struct err *e)
{
	AUTO(login) l = { .password = form_get(f, "old") };
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct mine_result r;

	if (l.password.len > LOGIN_MOST)
		said->wrong[0] = TEXT_WRONG_OLD;
	if (said->wrong[0] != TEXTS || said->wrong[2] != TEXTS)
		return false;
	if (!own_salt(t, p, &l, e) || !login_work(t, &l, e) ||
	    (c = db_lease(t, p->portal->db, e)) == NULL ||
	    db_one(t, c, SQL_PORTAL_ACCOUNT_DELETE,
		ARGS(P_ME(p), P_BYTES(l.derived, SECRET_DERIVED_BYTES),
		    P_BOOL(form_get(f, "shares").len > 0)),
		mine_result_fields, 2, &r, &keep, e) != DB_FOUND)
		return false;
	if (!mine_is_ok(p, &r, 0, TEXT_WRONG_OLD, said))
		return false;
	http_header(p->call->http, "Set-Cookie",
	    PORTAL_SESSION_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
	http_header(p->call->http, "Clear-Site-Data", "\"cache\"");
	said->goes = "/sign-in";
	return true;
}

const struct mine mine_delete = { "/account/delete", "mine.html", "ACCOUNT_DELETE",
	TEXT_DELETE_TITLE, TEXT_DELETE_LEAD, TEXT_DELETE_BUTTON, TEXT_DELETE_TITLE, rows,
	nitems(rows), NULL, act };
