/*
 * Who the customer is. A code goes to the mailbox or phone that the utility has; or an
 * account's name and password. Whether there is such a customer no answer tells, neither by
 * what it says nor by when it comes.
 */
#include <stdio.h>
#include <string.h>

#include "consent.h"
#include "login.h"
#include "meter/ids.h"
#include "rt/loop.h"

enum { VALUE_MOST = 200, ANSWER_MS = 400, CODE_DIGITS = 6 };

static const struct {
	const char *kind;
	enum text text;
} kinds[] = {
	{ "email", TEXT_FIND_EMAIL },
	{ "phone", TEXT_FIND_PHONE },
	{ "account", TEXT_FIND_ACCOUNT },
	{ "address", TEXT_FIND_ADDRESS },
};

/* What a sandbox is tried with, in its normal form: there is nobody. */
static const struct {
	const char *kind, *normal;
} nobodies[] = {
	{ "phone", "3333333333" },
	{ "email", "uapi-test-badlogin@example.com" },
	{ "account", "333333333-3" },
	{ "address", "333 W EL CAMINO REAL STE 800 SUNNYVALE CA 94087" },
};

/* ---- what a client knows of the customer ---- */

#define PREFILL_PLACE "consent.prefill"

static struct str
prefill_place(const struct page *p, char to[sizeof PREFILL_PLACE + LINK_BYTES])
{
	size_t len = sizeof PREFILL_PLACE - 1;

	memcpy(to, PREFILL_PLACE, len);
	memcpy(to + len, p->sha256, LINK_BYTES);
	return (struct str){ to, len + LINK_BYTES };
}

size_t
prefill_seal(const struct page *p, void *to, struct str value)
{
	char place[sizeof PREFILL_PLACE + LINK_BYTES];

	return seal(p->portal->consent_keys, to, value, prefill_place(p, place));
}

static struct str
prefill_open(struct page *p, const struct consent *k)
{
	char place[sizeof PREFILL_PLACE + LINK_BYTES];
	char *to = arena_get(p->memory, k->prefill_sealed.len + 1);
	size_t len;

	if (to == NULL || k->prefill_sealed.len == 0 ||
	    !unseal(
		p->portal->consent_keys, to, &len, k->prefill_sealed, prefill_place(p, place)))
		return STR("");
	return (struct str){ to, len };
}

/* ---- the page ---- */

bool
find_show(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    int status, enum text wrong, struct err *e)
{
	struct view *items = page_items(p, nitems(kinds), 3, e);
	struct str by = f != NULL ? form_get(f, "by") : k->prefill;
	struct str value = f != NULL ? form_get(f, "value") : prefill_open(p, k);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(kinds); i++) {
		view_c(&items[i], "kind", kinds[i].kind);
		view_set(&items[i], "name", text_of(p->language, kinds[i].text));
		view_c(&items[i], "chosen", str_is(by, kinds[i].kind) ? "1" : "");
	}
	view_list(&p->view, "ways", items, nitems(kinds));
	view_set(&p->view, "value", value);
	view_set(&p->view, "user", f != NULL ? form_get(f, "user") : STR(""));
	view_c(&p->view, "wrong_value",
	    wrong == TEXT_WRONG_VALUE || wrong == TEXT_WRONG_NOBODY ? "1" : "");
	view_c(&p->view, "wrong_login", wrong == TEXT_WRONG_LOGIN ? "1" : "");
	view_c(&p->view, "login", "1");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "find.html", e);
}

bool
code_show(struct task *t, struct page *p, const struct consent *k, int status, enum text wrong,
    struct err *e)
{
	view_set(&p->view, "code_shown", k->code_shown);
	view_c(&p->view, "wrong_code", wrong == TEXT_WRONG_OTP ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "code.html", e);
}

static bool
wrong_find(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    enum text wrong, struct err *e)
{
	portal_count_wrong(wrong);
	consent_frame(p, k);
	return find_show(t, p, k, f, 422, wrong, e);
}

/* ---- looking ---- */

struct found { /* what is looked for, and where a code is to go instead */
	const char *kind;
	char normal[VALUE_MOST + 1];
	unsigned char index[INDEX_BYTES], to_index[INDEX_BYTES];
	char sealed[VALUE_MOST + SEAL_EXTRA];
	size_t sealed_len;
};

#define TEST_PLACE "consent.test"

/* TEST_residential_512-555-0100, TEST_commercial_me@example.org: that customer of the sandbox,
 * whose code really goes there. */
static bool
is_test(const struct page *p, struct found *to, struct str value, bool *nobody)
{
	struct str scenario, rest;
	char normal[VALUE_MOST + 1];

	if (!str_starts(value, "TEST_") ||
	    !str_cut((struct str){ value.at + 5, value.len - 5 }, '_', &scenario, &rest) ||
	    !normal_form(to->kind, rest, normal, sizeof normal) ||
	    (str_is(str_of(to->kind), "email") && !email_ok(str_of(normal))))
		return false;
	*nobody = str_is(scenario, "badlogin");
	if (!*nobody && !str_is(scenario, "residential") && !str_is(scenario, "commercial"))
		return false;
	blind_index(p->portal->consent_keys, to->to_index, to->kind, str_of(normal));
	to->sealed_len =
	    seal(p->portal->consent_keys, to->sealed, str_of(normal), STR(TEST_PLACE));
	/* by its e-mail or phone, as the sandbox has them */
	if (str_is(str_of(to->kind), "email"))
		snprintf(to->normal, sizeof to->normal, "uapi-test-" STR_FMT "@example.com",
		    STR_ARG(scenario));
	else
		snprintf(to->normal, sizeof to->normal, "%s",
		    str_is(scenario, "residential") ? "1111111111" : "2222222222");
	return true;
}

static bool
value_read(const struct page *p, const struct form *f, struct found *to, bool *nobody)
{
	struct str value = str_trim(form_get(f, "value")), by = form_get(f, "by");

	*to = (struct found){ 0 };
	*nobody = false;
	for (size_t i = 0; i < nitems(kinds); i++)
		if (str_is(by, kinds[i].kind))
			to->kind = kinds[i].kind;
	if (to->kind == NULL || value.len == 0 || value.len > VALUE_MOST)
		return false;
	if (!is_test(p, to, value, nobody) &&
	    !normal_form(to->kind, value, to->normal, sizeof to->normal))
		return false;
	for (size_t i = 0; i < nitems(nobodies); i++)
		if (str_is(str_of(to->kind), nobodies[i].kind) &&
		    str_is(str_of(to->normal), nobodies[i].normal))
			*nobody = true;
	blind_index(p->portal->consent_keys, to->index, to->kind, str_of(to->normal));
	return true;
}

bool
find_act(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    struct err *e)
{
	uint64_t due_ms = loop_now_ms(task_loop(t)) + ANSWER_MS;
	AUTO_PTR(conn) c = NULL;
	struct found x;
	bool nobody;

	if (!value_read(p, f, &x, &nobody))
		return wrong_find(t, p, k, f, TEXT_WRONG_VALUE, e);
	if (nobody)
		return wrong_find(t, p, k, f, TEXT_WRONG_NOBODY, e);
	c = db_lease(t, p->portal->db, e);
	if (c == NULL ||
	    db_exec(t, c, SQL_PORTAL_CONSENT_FIND,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_TEXT(x.kind),
		    P_BYTES(x.index, INDEX_BYTES),
		    P_TEXT(str_is(form_get(f, "via"), "text") ? "TEXT" : "MAIL"),
		    P_STR(page_source(p)),
		    P_BYTES(x.sealed_len > 0 ? x.sealed : NULL, x.sealed_len),
		    P_BYTES(x.sealed_len > 0 ? TEST_PLACE : NULL, sizeof TEST_PLACE - 1),
		    P_BYTES(x.sealed_len > 0 ? x.to_index : NULL, INDEX_BYTES)),
		NULL, e) != DB_FOUND)
		return false;
	db_release(&c);
	return page_due(t, due_ms, e) && consent_see(t, p, p->call->param[0], e);
}

bool
again_act(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	(void)k, (void)f;
	if (c == NULL || db_exec(t, c, SQL_PORTAL_CONSENT_AGAIN,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES)), NULL, e) != DB_FOUND)
		return false;
	db_release(&c);
	return consent_see(t, p, p->call->param[0], e);
}

/* ---- the code ---- */

struct ok_row {
	bool ok;
};
static const struct db_field ok_fields[] = { DB_BOOL(ok_row, ok) };

bool
code_act(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    struct err *e)
{
	struct str typed = form_get(f, "code");
	unsigned char shown[LINK_BYTES];
	char code[CODE_DIGITS + 1], token[TOKEN_LEN + 1];
	AUTO_PTR(conn) c = NULL;
	struct ok_row row;
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++) /* people put blanks and hyphens between */
		if (typed.at[i] >= '0' && typed.at[i] <= '9' && n < CODE_DIGITS)
			code[n++] = typed.at[i];
	code[n] = '\0';
	token_make(token);
	consent_shown(shown, token, p->cookie);
	c = db_lease(t, p->portal->db, e);
	if (c == NULL || db_one(t, c, SQL_PORTAL_CONSENT_CODE,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_TEXT(code),
				 P_BYTES(shown, LINK_BYTES), P_STR(page_source(p))),
			     ok_fields, nitems(ok_fields), &row, NULL, e) != DB_FOUND)
		return false;
	db_release(&c);
	if (row.ok)
		return consent_see(t, p, token, e);
	portal_count_wrong(TEXT_WRONG_OTP);
	consent_frame(p, k);
	return code_show(t, p, k, 422, TEXT_WRONG_OTP, e);
}

/* ---- the login ---- */

struct login_row {
	bool ok;
	struct str handle;
};

static bool
log_in(struct task *t, struct page *p, const struct login *l, const char *token, bool *ok,
    struct err *e)
{
	static const struct db_field fields[] = { DB_BOOL(login_row, ok),
		DB_BYTES(login_row, handle) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	unsigned char shown[LINK_BYTES];
	struct login_row row;
	struct ok_row done;

	*ok = false;
	if (c == NULL || db_one(t, c, SQL_PORTAL_LOGIN, ARGS(P_LOGIN(l), P_STR(page_source(p))),
			     fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	if (!row.ok)
		return true;
	consent_shown(shown, token, p->cookie);
	if (db_one(t, c, SQL_PORTAL_CONSENT_LOGIN,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_BYTES(row.handle.at, row.handle.len),
		    P_BYTES(shown, LINK_BYTES)),
		ok_fields, nitems(ok_fields), &done, NULL, e) != DB_FOUND)
		return false;
	*ok = done.ok;
	return true;
}

bool
login_act(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    struct err *e)
{
	uint64_t due_ms = loop_now_ms(task_loop(t)) + LOGIN_ANSWER_MS;
	AUTO(login) l = { 0 };
	char token[TOKEN_LEN + 1];
	bool ok = false;

	if (!login_read(p, f, &l))
		return wrong_find(t, p, k, f, TEXT_WRONG_LOGIN, e);
	token_make(token);
	if (!login_derive(t, p, &l, e) || !log_in(t, p, &l, token, &ok, e) ||
	    !page_due(t, due_ms, e))
		return false;
	return ok ? consent_see(t, p, token, e) : wrong_find(t, p, k, f, TEXT_WRONG_LOGIN, e);
}
