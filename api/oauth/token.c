/* The token endpoint: what each grant_type needs, and the reply. */
#include "oauth.h"

#include <stdio.h>
#include <string.h>

#include "meter/scope.h"
#include "sys/token.h"

enum { REPLY_MOST = 4096 };
#define RESOURCES "/DataCustodian/espi/1_1/resource/"

/* ---- a request ---- */

struct request {
	struct call *call;
	struct form form;
	struct oauth_client client;
	struct token access, refresh;
};

struct said { /* of the database */
	struct str error, description, scope, resource, authorization_id, customer;
	int32_t expires_s;
	bool refresh;
};
static const struct db_field said_fields[] = {
	DB_TEXT(said, error),
	DB_TEXT(said, description),
	DB_INT4(said, expires_s),
	DB_BOOL(said, refresh),
	DB_TEXT(said, scope),
	DB_TEXT(said, resource),
	DB_TEXT(said, authorization_id),
	DB_TEXT(said, customer),
};

static bool
reply(struct task *t, struct request *q, const struct said *s, struct err *e)
{
	AUTO(buf) b = BUF(REPLY_MOST);
	AUTO(buf) at = BUF(REPLY_MOST);
	struct json j = json_to(&b);
	const char *base = call_api(q->call)->conf.api_url;
	const struct {
		const char *name, *before;
		struct str path;
	} addresses[] = {
		{ "resourceURI", "", s->resource },
		{ "authorizationURI", "Authorization/", s->authorization_id },
		{ "customerResourceURI", "", s->customer },
	};

	json_open(&j, NULL);
	json_text(&j, "access_token", str_of(q->access.text));
	json_text(&j, "token_type", STR("Bearer"));
	json_int(&j, "expires_in", s->expires_s);
	if (s->refresh)
		json_text(&j, "refresh_token", str_of(q->refresh.text));
	json_text(&j, "scope", s->scope);
	for (size_t i = 0; i < nitems(addresses); i++) {
		if (addresses[i].path.at == NULL)
			continue;
		buf_reset(&at);
		buf_fmt(&at, "%s" RESOURCES "%s" STR_FMT, base, addresses[i].before,
		    STR_ARG(addresses[i].path));
		json_text(&j, addresses[i].name, buf_view(&at));
	}
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(q->call->http, "Pragma", "no-cache");
	return answer_json(t, q->call, 200, &b, e);
}

static bool
ask(struct task *t, struct request *q, enum sql sql, struct args args, struct err *e)
{
	AUTO_PTR(conn) c = call_lease(t, q->call, e);
	AUTO_PTR(rows) keep = NULL;
	struct said s;

	if (c == NULL ||
	    db_one(t, c, sql, args, said_fields, nitems(said_fields), &s, &keep, e) != DB_FOUND)
		return false;
	db_release(&c);
	return s.error.at == NULL ? reply(t, q, &s, e)
				  : oauth_refuse(t, q->call, s.error.at, s.description, e);
}

static bool
missing(struct task *t, struct request *q, const char *name, struct err *e)
{
	char text[80];

	snprintf(text, sizeof text, "%s is missing", name);
	return oauth_refuse(t, q->call, "invalid_request", str_of(text), e);
}

static void
shown(unsigned char to[DIGEST_BYTES], struct str text)
{
	digest_of(text.at, text.len, to);
}

/* ---- grant types ---- */

static bool
by_code(struct task *t, struct request *q, struct err *e)
{
	struct str code = oauth_field(&q->form, "code");
	struct str back = oauth_field(&q->form, "redirect_uri");
	struct str verifier = oauth_field(&q->form, "code_verifier");
	unsigned char sha256[DIGEST_BYTES];

	if (code.at == NULL)
		return missing(t, q, "code", e);
	shown(sha256, code);
	return ask(t, q, SQL_OAUTH_BY_CODE,
	    ARGS(P_TEXT(q->client.name), P_SECRET(q->client), P_BYTES(sha256, DIGEST_BYTES),
		P_STR(back), P_STR(verifier), P_BYTES(q->access.sha256, DIGEST_BYTES),
		P_BYTES(q->refresh.sha256, DIGEST_BYTES)),
	    e);
}

/* The scope as the hub writes it; NULL where none is asked for. False: it is none. */
static bool
scope_of(const struct request *q, struct buf *to, struct str *scope, struct err *e)
{
	struct scope s;

	*scope = oauth_field(&q->form, "scope");
	if (scope->at == NULL)
		return true;
	if (!scope_read(&s, *scope, e) || !scope_write(to, &s, e))
		return false;
	*scope = buf_view(to);
	return true;
}

static bool
by_refresh(struct task *t, struct request *q, struct err *e)
{
	AUTO(buf) b = BUF(2 * SCOPE_BYTES_MOST);
	struct str old = oauth_field(&q->form, "refresh_token"), scope;
	unsigned char sha256[DIGEST_BYTES];
	struct err why = { 0 };

	if (old.at == NULL)
		return missing(t, q, "refresh_token", e);
	if (!scope_of(q, &b, &scope, &why))
		return oauth_refuse(t, q->call, "invalid_scope", str_of(why.text), e);
	shown(sha256, old);
	return ask(t, q, SQL_OAUTH_BY_REFRESH,
	    ARGS(P_TEXT(q->client.name), P_SECRET(q->client), P_BYTES(sha256, DIGEST_BYTES),
		P_STR(scope), P_BYTES(q->access.sha256, DIGEST_BYTES),
		P_BYTES(q->refresh.sha256, DIGEST_BYTES)),
	    e);
}

static bool
by_client(struct task *t, struct request *q, struct err *e)
{
	AUTO(buf) b = BUF(2 * SCOPE_BYTES_MOST);
	struct err why = { 0 };
	struct str scope;

	if (!scope_of(q, &b, &scope, &why))
		return oauth_refuse(t, q->call, "invalid_scope", str_of(why.text), e);
	if (scope.at == NULL)
		scope = STR("FB=34_35");
	return ask(t, q, SQL_OAUTH_BY_CLIENT,
	    ARGS(P_TEXT(q->client.name), P_SECRET(q->client), P_STR(scope),
		P_BYTES(q->access.sha256, DIGEST_BYTES)),
	    e);
}

static const struct {
	const char *name, *prefix; /* of the access token */
	bool (*fn)(struct task *t, struct request *q, struct err *e);
} grants[] = {
	{ "authorization_code", "bba_", by_code },
	{ "refresh_token", "bba_", by_refresh },
	{ "client_credentials", "bbc_", by_client },
};

bool
oauth_token(struct task *t, struct call *c, struct err *e)
{
	struct request q = { .call = c };
	struct err why = { 0 };
	const char *error;
	struct str grant;

	if (!call_form(t, c, &q.form, e))
		return false;
	if (!oauth_client(c, &q.form, &q.client, &error, &why))
		return oauth_refuse(t, c, error, str_of(why.text), e);
	grant = oauth_field(&q.form, "grant_type");
	if (grant.at == NULL)
		return missing(t, &q, "grant_type", e);
	for (size_t i = 0; i < nitems(grants); i++)
		if (str_is(grant, grants[i].name)) {
			token_draw(&q.access, grants[i].prefix);
			token_draw(&q.refresh, "bbr_");
			return grants[i].fn(t, &q, e);
		}
	return oauth_refuse(t, c, "unsupported_grant_type", STR(""), e);
}
