/*
 * The authorization endpoint (RFC 6749, 7636, 9207). Until the client and the address to go
 * back to are known to be right, what is wrong is told on a page; from then on it is told to
 * the client, by a redirect with an error.
 */
#include <string.h>

#include "base/code.h"
#include "consent.h"

enum { STATE_MOST = 1000, SCOPES_MOST = 10, CHALLENGE_BYTES = 32, CHALLENGE_LEN = 43 };

struct asked {
	struct form *form;
	struct page *page;
	/* the client, as the database has it */
	struct str name, why, redirect_uris, scopes, unknown, excess;
	bool public, may;
	/* the request */
	struct str redirect_uri, state;
	bool told; /* the address to go back to was asked for */
	unsigned char challenge[CHALLENGE_BYTES];
	bool has_challenge;
	struct scope scope; /* within what is registered */
};

static const struct db_field fields[] = {
	DB_TEXT(asked, name),
	DB_BOOL(asked, public),
	DB_BOOL(asked, may),
	DB_TEXT(asked, why),
	DB_TEXT(asked, redirect_uris),
	DB_TEXT(asked, scopes),
	DB_TEXT(asked, unknown),
	DB_TEXT(asked, excess),
};

/* Byte for byte one of those that are registered; without one, the only one there is. */
static bool
redirect_ok(struct asked *a)
{
	struct str given = form_get(a->form, "redirect_uri"), rest = a->redirect_uris, one;
	bool more = rest.len > 0;

	a->told = given.len > 0;
	if (!a->told) {
		a->redirect_uri = rest;
		return more && !str_has(rest, STR(" "));
	}
	while (more) {
		more = str_cut(rest, ' ', &one, &rest);
		if (str_eq(one, given)) {
			a->redirect_uri = given;
			return true;
		}
	}
	return false;
}

/* ---- the checks: true is fine; else e says what is wrong ---- */

static bool
state(struct asked *a, struct err *e)
{
	a->state = form_get(a->form, "state");
	if (a->state.len <= STATE_MOST)
		return true;
	a->state = STR("");
	return err(e, ERR_BAD_INPUT, "state is longer than %d characters", STATE_MOST);
}

static bool
client(struct asked *a, struct err *e)
{
	if (a->why.len > 0)
		return err(e, ERR_FORBIDDEN, STR_FMT, STR_ARG(a->why));
	return a->may || err(e, ERR_FORBIDDEN, "the client is not registered for that");
}

static bool
response_there(struct asked *a, struct err *e)
{
	return form_get(a->form, "response_type").len > 0 ||
	       err(e, ERR_BAD_INPUT, "response_type is missing");
}

static bool
response_code(struct asked *a, struct err *e)
{
	return str_is(form_get(a->form, "response_type"), "code") ||
	       err(e, ERR_BAD_INPUT, "response_type is not code");
}

static bool
pkce(struct asked *a, struct err *e)
{
	struct str given = form_get(a->form, "code_challenge");
	struct str method = form_get(a->form, "code_challenge_method");

	if (given.len == 0 && method.len == 0)
		return !a->public || err(e, ERR_BAD_INPUT, "code_challenge is missing");
	if (!str_is(method, "S256"))
		return err(e, ERR_BAD_INPUT, "code_challenge_method is not S256");
	a->has_challenge =
	    given.len == CHALLENGE_LEN && code_unb64u(a->challenge, sizeof a->challenge, given);
	return a->has_challenge ||
	       err(e, ERR_BAD_INPUT, "code_challenge is not 43 characters of base64url");
}

/* The registered scope that what is asked for fits into: the first that it does. */
static bool
scope(struct asked *a, struct err *e)
{
	struct str rest = a->scopes, one, given = form_get(a->form, "scope");
	struct scope asked, registered;
	struct err why = { 0 };
	bool more = rest.len > 0, narrow = str_is(a->excess, "narrow");

	(void)str_cut(rest, ' ', &one, &rest);
	if (!scope_read(&asked, given.len > 0 ? given : one, e))
		return false;
	if (asked.unknown[0] != '\0' && str_is(a->unknown, "refuse"))
		return err(e, ERR_BAD_INPUT, "the term %s is not known", asked.unknown);
	rest = a->scopes;
	while (more) {
		more = str_cut(rest, ' ', &one, &rest);
		if (!scope_read(&registered, one, e))
			return false;
		if (scope_narrow(&a->scope, &asked, &registered, narrow,
			why.code == ERR_NONE ? &why : e) &&
		    (scope_has(&a->scope, SCOPE_READS) ||
			scope_has(&a->scope, SCOPE_REGISTER) ||
			scope_has(&a->scope, SCOPE_BILLING)))
			return true;
	}
	return err(e, ERR_BAD_INPUT, "%s",
	    why.code != ERR_NONE ? why.text : "no function block of it is about reads");
}

static const struct {
	bool (*ok)(struct asked *a, struct err *e);
	const char *error;
} checks[] = {
	{ state, "invalid_request" },
	{ client, "unauthorized_client" },
	{ response_there, "invalid_request" },
	{ response_code, "unsupported_response_type" },
	{ pkce, "invalid_request" },
	{ scope, "invalid_scope" },
};

/* ---- a request that is right ---- */

static int64_t
until(const struct scope *s, enum scope_term term)
{
	return s->n[term] > 0 ? s->value[term][0] : DB_STAMP_NONE;
}

static bool
begin(struct task *t, struct asked *a, struct err *e)
{
	struct page *p = a->page;
	AUTO(buf) written = BUF(2 * SCOPE_BYTES_MOST);
	AUTO_PTR(conn) c = NULL;
	char token[TOKEN_LEN + 1], sealed[SCOPE_BYTES_MOST + SEAL_EXTRA];
	struct str prefill = { NULL, 0 };
	size_t len = 0;

	if (a->scope.auth != SCOPE_NO_AUTH)
		prefill = str_of(scope_auth_name(a->scope.auth));
	if (!scope_write(&written, &a->scope, e))
		return false;
	page_cookie(p);
	token_make(token);
	consent_shown(p->sha256, token, p->cookie);
	if (a->scope.auth_value[0] != '\0')
		len = prefill_seal(p, sealed, str_of(a->scope.auth_value));
	c = db_lease(t, p->portal->db, e);
	if (c == NULL ||
	    db_exec(t, c, SQL_PORTAL_CONSENT_BEGIN,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(form_get(a->form, "client_id")),
		    P_STR(a->redirect_uri), P_BOOL(a->told), P_STR(a->state),
		    P_BYTES(a->has_challenge ? a->challenge : NULL, CHALLENGE_BYTES),
		    P_STR(buf_view(&written)), P_BOOL(a->scope.noedit),
		    P_STAMP(until(&a->scope, SCOPE_PREFER_UNTIL)),
		    P_STAMP(until(&a->scope, SCOPE_AT_LEAST_UNTIL)), P_STR(prefill),
		    P_BYTES(len > 0 ? sealed : NULL, len), P_TEXT(language_code(p->language))),
		NULL, e) != DB_FOUND)
		return false;
	db_release(&c);
	portal_count_answer("CONSENT_ASKED");
	return consent_see(t, p, token, e);
}

/* ui_locales, or the first language that we have of what the browser takes. */
static void
set_language(struct page *p, const struct form *f)
{
	struct str want = form_get(f, "ui_locales");

	page_language(p, str_starts(want, "es") ? LANGUAGE_ES : LANGUAGE_EN);
}

static bool
answer(struct task *t, struct page *p, struct form *f, struct err *e)
{
	struct asked a = { .form = f, .page = p };
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	enum db_got got;
	struct err why = { 0 };

	if (c == NULL)
		return false;
	got = db_one(t, c, SQL_PORTAL_CLIENT, ARGS(P_STR(form_get(f, "client_id"))), fields,
	    nitems(fields), &a, &keep, e);
	db_release(&c);
	if (got == DB_NONE)
		return page_bare(
		    t, p->portal, p->call, 401, TEXT_ASKED_WRONG_TITLE, TEXT_ASKED_CLIENT, e);
	if (got != DB_FOUND)
		return false;
	a.form = f;
	a.page = p;
	if (!redirect_ok(&a))
		return page_bare(
		    t, p->portal, p->call, 400, TEXT_ASKED_WRONG_TITLE, TEXT_ASKED_REDIRECT, e);
	for (size_t i = 0; i < nitems(checks); i++)
		if (!checks[i].ok(&a, &why))
			return back(t, p, a.redirect_uri, "error", str_of(checks[i].error),
			    str_of(why.text), a.state, e);
	return begin(t, &a, e);
}

bool
authorize_get(struct task *t, struct call *c, struct err *e)
{
	AUTO(page) p;
	struct form *f;

	page_open(&p, c->who, c);
	f = page_form_room(&p, e);
	if (f == NULL)
		return false;
	if (!form_parse(f, c->http->query, e)) {
		err_clear(e);
		return page_bare(
		    t, c->who, c, 400, TEXT_ASKED_WRONG_TITLE, TEXT_ASKED_REDIRECT, e);
	}
	set_language(&p, f);
	return answer(t, &p, f, e);
}
