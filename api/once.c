/* What is to be done once; see once.h. */
#include "once.h"

#include <stdio.h>
#include <string.h>

#include "api.h"
#include "rt/log.h"
#include "sys/digest.h"

struct once_row {
	struct str result, type, headers, answer;
	int32_t status;
};
static const struct db_field once_row[] = {
	DB_TEXT(once_row, result),
	DB_TEXT(once_row, type),
	DB_TEXT(once_row, headers),
	DB_BYTES(once_row, answer),
	DB_INT4(once_row, status),
};

static bool
key_ok(struct str key, struct once *o, struct err *e)
{
	bool ok = key.len > 0 && key.len <= ONCE_KEY_MOST;

	for (size_t i = 0; ok && i < key.len; i++)
		ok = key.at[i] > ' ' && key.at[i] <= '~';
	if (!ok)
		return err(e, ERR_USAGE,
		    "the idempotency key must be 1 to %d visible ASCII characters",
		    ONCE_KEY_MOST);
	str_copy(o->key, sizeof o->key, key);
	return true;
}

static bool
again(struct task *t, struct call *c, const struct once_row *row, struct err *e)
{
	char type[200];

	str_copy(type, sizeof type, row->type);
	buf_str(&c->http->headers, row->headers);
	http_header(c->http, "Idempotent-Replayed", "true");
	if (row->type.len == 0)
		return http_begin(t, c->http, row->status, NULL, -1, e);
	return http_reply(t, c->http, row->status, type, row->answer, e);
}

bool
once_begin(struct task *t, struct call *c, struct str key, struct once *o, struct err *e)
{
	unsigned char sha256[DIGEST_BYTES];
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct once_row row;
	struct str body;
	char what[400];

	*o = (struct once){ .copy = BUF(ONCE_ANSWER_MOST) };
	if (!key_ok(key, o, e) || !call_body(t, c, &body, e))
		return false;
	digest_of(body.at, body.len, sha256);
	snprintf(what, sizeof what, "%s " STR_FMT, c->route->method,
	    STR_ARG(str_first(c->http->path, 300)));
	db = call_lease(t, c, e);
	if (db == NULL ||
	    db_one(t, db, SQL_API_ONCE_BEGIN,
		ARGS(P_SHOWN(c), P_TEXT(o->key), P_TEXT(what), P_BYTES(sha256, sizeof sha256)),
		once_row, nitems(once_row), &row, &keep, e) != DB_FOUND)
		return false;
	if (str_is(row.result, "OTHER"))
		return err(e, ERR_CONFLICT, "that idempotency key stands for another request");
	if (str_is(row.result, "RUNNING"))
		return err(
		    e, ERR_CONFLICT, "that request is still being done: ask again later");
	o->answered = str_is(row.result, "SAME");
	if (o->answered) {
		(void)again(t, c, &row, e);
		return true;
	}
	o->headers_at = c->http->headers.len;
	c->http->copy = &o->copy;
	return true;
}

static bool
to_keep(const struct call *c, const struct once *o)
{
	int status = c->http->status;

	return status >= 200 && status < 500 && status != 401 && status != 409 &&
	       status != 429 && buf_ok(&o->copy);
}

/* An error of the handler is not answered yet: it may be asked for again. */
bool
once_end(struct task *t, struct call *c, struct once *o, bool done, struct err *e)
{
	struct http *r = c->http;
	struct err why = { 0 };
	struct str headers = { r->headers.at + o->headers_at, r->headers.len - o->headers_at };
	bool keep = done && to_keep(c, o), was;
	struct param none = P_NULL(), status = P_INT4(r->status);
	AUTO_PTR(conn) db = NULL;

	(void)e;
	r->copy = NULL;
	was = task_shield(t, true); /* the client may have gone, and asks again */
	db = call_lease(t, c, &why);
	if (db == NULL ||
	    db_exec(t, db, SQL_API_ONCE_END,
		ARGS(P_SHOWN(c), P_TEXT(o->key), keep ? status : none, P_TEXT(r->type),
		    P_STR(headers), P_BYTES(o->copy.at, o->copy.len)),
		NULL, &why) != DB_FOUND)
		log_warn(t, "api.once", "says=\"%s\"", why.text);
	task_shield(t, was);
	buf_auto(&o->copy);
	return done;
}
