/* What a caller has of its own: limits, personal tokens, and consents that it gave. */
#include <stdio.h>
#include <string.h>

#include "body.h"
#include "budget.h"
#include "sys/secret.h"
#include "sys/token.h"

enum { SCOPE_MOST = 16, DAYS = 90, DAYS_MOST = 366, REPLY_MOST = 4096 };

bool
v1_limits(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && budget_tell(t, c, e) &&
	       v1_body(t, c, SQL_V1_LIMITS, ARGS(P_SHOWN(c)), 200, e);
}

/* ---- personal tokens ---- */

bool
v1_tokens(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && v1_body(t, c, SQL_V1_TOKENS, ARGS(P_SHOWN(c)), 200, e);
}

struct wish {
	struct str label, scope[SCOPE_MOST];
	size_t n;
	int64_t days;
};

/* Reads, for three months, unless more or less is asked for. */
static bool
read_wish(struct wish *w, const struct json_value *v, struct err *e)
{
	static const struct str reads[] = { { "interval", 8 }, { "register", 8 },
		{ "billing", 7 } };

	w->days = DAYS;
	if (!json_in_only(v, "label scope days", e) ||
	    !json_in_text(v, "label", &w->label, e) ||
	    !v1_texts_or(v, "scope", SCOPE_MOST, w->scope, &w->n, e) ||
	    (json_in_has(v, "days") && !json_in_int(v, "days", 1, DAYS_MOST, &w->days, e)))
		return false;
	if (!json_in_has(v, "scope")) {
		memcpy(w->scope, reads, sizeof reads);
		w->n = nitems(reads);
	}
	return true;
}

static bool
reply_made(struct task *t, struct call *c, const struct wish *w, int64_t number,
    int64_t until_s, const char *text, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	struct json j = json_to(&b);
	bool ok;

	json_open(&j, NULL);
	json_int(&j, "token", number);
	json_text(&j, "label", w->label);
	json_text(&j, "secret", str_of(text)); /* shown this once */
	json_list(&j, "scope");
	for (size_t i = 0; i < w->n; i++)
		json_text(&j, NULL, w->scope[i]);
	json_end(&j);
	json_stamp(&j, "until", until_s);
	json_end(&j);
	buf_byte(&b, '\n');
	ok = answer_json(t, c, 201, &b, e);
	secret_wipe(b.at, b.cap);
	return ok;
}

bool
v1_token_make(struct task *t, struct call *c, struct err *e)
{
	struct made_row {
		int64_t token, expires_at;
	} row;
	static const struct db_field fields[] = { DB_INT8(made_row, token),
		DB_STAMP(made_row, expires_at) };
	AUTO_PTR(json_in) in = NULL;
	struct wish w = { 0 };
	struct token made;
	bool ok;

	if (!call_only(c, "", e) || !call_json(t, c, &in, e) ||
	    !read_wish(&w, json_in_root(in), e))
		return false;
	token_draw(&made, "bbp_");
	{
		AUTO_PTR(conn) db = call_lease(t, c, e);

		ok = db != NULL &&
		     db_one(t, db, SQL_V1_TOKEN_MAKE,
			 ARGS(P_SHOWN(c), P_BYTES(made.sha256, sizeof made.sha256),
			     P_STR(w.label), P_TEXTS(w.scope, w.n), P_INT4((int32_t)w.days)),
			 fields, nitems(fields), &row, NULL, e) == DB_FOUND;
	}
	ok = ok && reply_made(t, c, &w, row.token, row.expires_at, made.text, e);
	secret_wipe(&made, sizeof made);
	return ok;
}

bool
v1_token_end(struct task *t, struct call *c, struct err *e)
{
	{
		AUTO_PTR(conn) db = NULL;

		if (!call_only(c, "", e) || (db = call_lease(t, c, e)) == NULL ||
		    db_exec(t, db, SQL_V1_TOKEN_END, ARGS(P_SHOWN(c), P_INT8(v1_number(c))),
			NULL, e) != DB_FOUND)
			return false;
	}
	return http_begin(t, c->http, 204, NULL, -1, e);
}

/* ---- what a customer has granted by OAuth ---- */

bool
v1_consents(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && v1_body(t, c, SQL_V1_CONSENTS, ARGS(P_SHOWN(c)), 200, e);
}

bool
v1_consent_end(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_body(t, c, SQL_V1_CONSENT_END, ARGS(P_SHOWN(c), P_TEXT(c->param[0])), 200, e);
}
