/* The end of a token, and what one is: both for the client that has it. */
#include "oauth.h"

struct request {
	struct form form;
	struct oauth_client client;
	unsigned char shown[DIGEST_BYTES];
};

/* *done: the reply is sent, whatever comes back. */
static bool
take(struct task *t, struct call *c, struct request *q, bool *done, struct err *e)
{
	struct err why = { 0 };
	const char *error;
	struct str token;

	*done = true;
	if (!call_form(t, c, &q->form, e))
		return false;
	if (!oauth_client(c, &q->form, &q->client, &error, &why))
		return oauth_refuse(t, c, error, str_of(why.text), e);
	token = oauth_field(&q->form, "token");
	if (token.at == NULL)
		return oauth_refuse(t, c, "invalid_request", STR("token is missing"), e);
	digest_of(token.at, token.len, q->shown);
	*done = false;
	return true;
}

struct answered {
	bool known;
	struct str said;
};
static const struct db_field fields[] = {
	DB_BOOL(answered, known),
	DB_TEXT(answered, said),
};

static bool
stranger(struct task *t, struct call *c, struct err *e)
{
	return oauth_refuse(
	    t, c, "invalid_client", STR("the client or its secret is not right"), e);
}

bool
oauth_revoke(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) k = NULL;
	struct request q;
	struct answered a;
	bool done;

	if (!take(t, c, &q, &done, e) || done)
		return c->http->status != 0;
	k = call_lease(t, c, e);
	if (k == NULL ||
	    db_one(t, k, SQL_OAUTH_REVOKE,
		ARGS(P_TEXT(q.client.name), P_SECRET(q.client), P_BYTES(q.shown, DIGEST_BYTES)),
		fields, 1, &a, NULL, e) != DB_FOUND)
		return false;
	db_release(&k);
	if (!a.known)
		return stranger(t, c, e);
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 200, "application/json", STR("{}\n"), e);
}

bool
oauth_introspect(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) k = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct request q;
	struct answered a;
	bool done;

	if (!take(t, c, &q, &done, e) || done)
		return c->http->status != 0;
	k = call_lease(t, c, e);
	if (k == NULL ||
	    db_one(t, k, SQL_OAUTH_INTROSPECT,
		ARGS(P_TEXT(q.client.name), P_SECRET(q.client), P_BYTES(q.shown, DIGEST_BYTES)),
		fields, nitems(fields), &a, &keep, e) != DB_FOUND)
		return false;
	db_release(&k);
	if (!a.known)
		return stranger(t, c, e);
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, 200, "application/json", a.said, e);
}
