/* /v1/webhooks: where a party's own programs are told of events. docs/webhooks.md. */
#include <string.h>

#include "store/hook.h"
#include "v1.h"

enum { LIST_MOST = 256 * 1024, EVENTS_MOST = 50, LOG_PRESET = 50, LOG_MOST = 1000 };

struct hook_row {
	int64_t webhook, log_end, failing_since, next_at, rotates_at, made_at, proven_at,
	    sent_at;
	int32_t attempts;
	struct str kind, url, label, events, state, says, cursor;
};

static const struct db_field hook_fields[] = { DB_INT8(hook_row, webhook),
	DB_INT8(hook_row, log_end), DB_STAMP(hook_row, failing_since),
	DB_STAMP(hook_row, next_at), DB_STAMP(hook_row, rotates_at),
	DB_STAMP(hook_row, made_at), DB_STAMP(hook_row, proven_at), DB_STAMP(hook_row, sent_at),
	DB_INT4(hook_row, attempts), DB_TEXT(hook_row, kind), DB_TEXT(hook_row, url),
	DB_TEXT(hook_row, label), DB_TEXT(hook_row, events), DB_TEXT(hook_row, state),
	DB_TEXT(hook_row, says), DB_TEXT(hook_row, cursor) };

/* ---- what is shown ---- */

static void
put_events(struct json *j, struct str list)
{
	struct str one;
	bool more = list.len > 0;

	json_list(j, "events");
	while (more) {
		more = str_cut(list, ',', &one, &list);
		json_text(j, NULL, one);
	}
	json_end(j);
}

static void
put_hook(struct json *j, const struct hook_row *h)
{
	json_open(j, NULL);
	json_int(j, "webhook", h->webhook);
	json_text(j, "kind", h->kind);
	json_text(j, "url", h->url);
	json_text(j, "label", h->label);
	put_events(j, h->events); /* [] is all */
	json_text(j, "state", h->state);
	json_text(j, "says", h->says);
	json_text(j, "cursor", h->cursor);
	json_int(j, "log_end", h->log_end);
	json_int(j, "failed_attempts", h->attempts);
	json_stamp(j, "failing_since", h->failing_since);
	json_stamp(j, "next_attempt_at", h->next_at);
	json_stamp(j, "secret_rotates_at", h->rotates_at);
	json_stamp(j, "made_at", h->made_at);
	json_stamp(j, "proven_at", h->proven_at);
	json_stamp(j, "last_sent_at", h->sent_at);
	json_end(j);
}

/* {number} of the path, or 0 when it is none that can be. */
static int64_t
number_of(const struct call *c)
{
	int64_t n;

	return str_int64(str_of(c->param[0]), &n) ? n : 0;
}

static bool
reply_one(struct task *t, struct call *c, int64_t number, int status, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(LIST_MOST);
	struct json j = json_to(&b);
	struct hook_row h;

	rows = db == NULL
		   ? NULL
		   : db_rows(t, db, SQL_APIHOOK_LIST, ARGS(P_SHOWN(c), P_INT8(number)), e);
	if (rows == NULL)
		return false;
	if (!ROWS_NEXT(rows, hook_fields, &h))
		return err(e, ERR_NOT_FOUND, "there is no webhook %s", c->param[0]);
	put_hook(&j, &h);
	return answer_json(t, c, status, &b, e);
}

bool
v1_webhooks(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(LIST_MOST);
	struct json j = json_to(&b);
	struct hook_row h;

	rows =
	    db == NULL ? NULL : db_rows(t, db, SQL_APIHOOK_LIST, ARGS(P_SHOWN(c), P_NULL()), e);
	if (rows == NULL)
		return false;
	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(rows, hook_fields, &h))
		put_hook(&j, &h);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

bool
v1_webhook(struct task *t, struct call *c, struct err *e)
{
	return reply_one(t, c, number_of(c), 200, e);
}

/* ---- making and changing ---- */

static bool
reply_secret(struct task *t, struct call *c, int status, int64_t number, const char *secret,
    int64_t alone_at, struct err *e)
{
	AUTO(buf) b = BUF(1024);
	struct json j = json_to(&b);
	bool ok;

	json_open(&j, NULL);
	json_int(&j, "webhook", number);
	json_text(&j, "secret", str_of(secret)); /* shown this once */
	if (alone_at != DB_STAMP_NONE)
		json_stamp(&j, "alone_at", alone_at);
	json_end(&j);
	ok = answer_json(t, c, status, &b, e);
	secret_wipe(b.at, b.cap);
	return ok;
}

/* The owner's number: secrets are sealed for it. */
static bool
owner(struct task *t, struct call *c, int32_t *party, struct err *e)
{
	struct owner_row {
		int32_t party;
	} row;
	static const struct db_field fields[] = { DB_INT4(owner_row, party) };
	AUTO_PTR(conn) db = call_lease(t, c, e);

	if (db == NULL || db_one(t, db, SQL_APIHOOK_PARTY, ARGS(P_SHOWN(c)), fields,
			      nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*party = row.party;
	return true;
}

static bool
make(struct task *t, struct call *c, const struct json_value *v, const struct hook_secret *s,
    int64_t *number, struct err *e)
{
	struct made_row {
		int64_t webhook;
	} row;
	static const struct db_field fields[] = { DB_INT8(made_row, webhook) };
	struct str url, kind, label, events[EVENTS_MOST];
	AUTO_PTR(conn) db = NULL;
	size_t n = 0;

	if (!json_in_only(v, "url kind label events", e) || !json_in_text(v, "url", &url, e) ||
	    !json_in_text_or(v, "kind", "BUSBAR", &kind, e) ||
	    !json_in_text_or(v, "label", "", &label, e) ||
	    (json_in_has(v, "events") &&
		!json_in_texts(v, "events", EVENTS_MOST, events, &n, e)) ||
	    !hook_url_check(url, &call_api(c)->conf, e) || (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_APIHOOK_ADD,
		ARGS(P_SHOWN(c), P_STR(kind), P_STR(url), P_STR(label), P_TEXTS(events, n),
		    P_BYTES(s->sealed, s->len)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*number = row.webhook;
	return true;
}

bool
v1_webhook_add(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	struct hook_secret s;
	int64_t number = 0;
	int32_t party;
	bool ok;

	if (!call_json(t, c, &in, e) || !owner(t, c, &party, e) ||
	    !hook_secret_make(&s, &call_api(c)->conf, party, e))
		return false;
	ok = make(t, c, json_in_root(in), &s, &number, e) &&
	     reply_secret(t, c, 201, number, s.text, DB_STAMP_NONE, e);
	secret_wipe(&s, sizeof s);
	return ok;
}

bool
v1_webhook_change(struct task *t, struct call *c, struct err *e)
{
	struct str url = { NULL, 0 }, label = { NULL, 0 }, events[EVENTS_MOST];
	AUTO_PTR(json_in) in = NULL;
	const struct json_value *v;
	size_t n = 0;

	if (!call_json(t, c, &in, e))
		return false;
	v = json_in_root(in);
	if (!json_in_only(v, "url label events", e) ||
	    (json_in_has(v, "url") && (!json_in_text(v, "url", &url, e) ||
					  !hook_url_check(url, &call_api(c)->conf, e))) ||
	    (json_in_has(v, "label") && !json_in_text(v, "label", &label, e)) ||
	    (json_in_has(v, "events") &&
		!json_in_texts(v, "events", EVENTS_MOST, events, &n, e)))
		return false;
	{
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL ||
		    db_exec(t, db, SQL_APIHOOK_CHANGE,
			ARGS(P_SHOWN(c), P_INT8(number_of(c)), P_STR(url), P_STR(label),
			    json_in_has(v, "events") ? (struct param)P_TEXTS(events, n)
						     : (struct param)P_NULL()),
			NULL, e) != DB_FOUND)
			return false;
	}
	return reply_one(t, c, number_of(c), 200, e);
}

/* ---- steps ---- */

static bool
step(struct task *t, struct call *c, const char *event, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);

	return db != NULL &&
	       db_exec(t, db, SQL_APIHOOK_STEP,
		   ARGS(P_SHOWN(c), P_INT8(number_of(c)), P_TEXT(event)), NULL, e) == DB_FOUND;
}

bool
v1_webhook_test(struct task *t, struct call *c, struct err *e)
{
	return step(t, c, "test", e) && reply_one(t, c, number_of(c), 202, e);
}

bool
v1_webhook_pause(struct task *t, struct call *c, struct err *e)
{
	return step(t, c, "pause", e) && reply_one(t, c, number_of(c), 200, e);
}

bool
v1_webhook_resume(struct task *t, struct call *c, struct err *e)
{
	return step(t, c, "resume", e) && reply_one(t, c, number_of(c), 200, e);
}

bool
v1_webhook_end(struct task *t, struct call *c, struct err *e)
{
	return step(t, c, "end", e) &&
	       http_reply(t, c->http, 204, NULL, (struct str){ NULL, 0 }, e);
}

/* {"now": true}: the old secret counts no more at once. */
bool
v1_webhook_rotate(struct task *t, struct call *c, struct err *e)
{
	struct rotated {
		int64_t alone_at;
	} row;
	static const struct db_field fields[] = { DB_STAMP(rotated, alone_at) };
	AUTO_PTR(json_in) in = NULL;
	struct hook_secret s;
	bool now = false, ok;
	int32_t party;

	if (!call_json(t, c, &in, e) || !json_in_only(json_in_root(in), "now", e) ||
	    !json_in_bool_or(json_in_root(in), "now", false, &now, e) ||
	    !owner(t, c, &party, e) || !hook_secret_make(&s, &call_api(c)->conf, party, e))
		return false;
	{
		AUTO_PTR(conn) db = call_lease(t, c, e);

		ok = db != NULL && db_one(t, db, SQL_APIHOOK_ROTATE,
				       ARGS(P_SHOWN(c), P_INT8(number_of(c)),
					   P_BYTES(s.sealed, s.len), P_BOOL(now)),
				       fields, nitems(fields), &row, NULL, e) == DB_FOUND;
	}
	ok = ok && reply_secret(t, c, 200, number_of(c), s.text, row.alone_at, e);
	secret_wipe(&s, sizeof s);
	return ok;
}

bool
v1_webhook_replay(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	struct str cursor;

	if (!call_json(t, c, &in, e) || !json_in_only(json_in_root(in), "cursor", e) ||
	    !json_in_text(json_in_root(in), "cursor", &cursor, e))
		return false;
	{
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL || db_exec(t, db, SQL_APIHOOK_REPLAY,
				      ARGS(P_SHOWN(c), P_INT8(number_of(c)), P_STR(cursor)),
				      NULL, e) != DB_FOUND)
			return false;
	}
	return reply_one(t, c, number_of(c), 202, e);
}

/* ---- the log ---- */

struct attempt_row {
	int64_t attempt, at, from_cursor, to_cursor;
	int32_t items, bytes, status, ms;
	struct str what, address, result, says;
};

static void
put_attempt(struct json *j, const struct attempt_row *a)
{
	json_open(j, NULL);
	json_int(j, "attempt", a->attempt);
	json_stamp(j, "at", a->at);
	json_text(j, "what", a->what);
	json_text(j, "result", a->result);
	if (a->status != 0)
		json_int(j, "status", a->status);
	json_int(j, "ms", a->ms);
	json_int(j, "events", a->items);
	json_int(j, "bytes", a->bytes);
	if (str_is(a->what, "EVENTS")) {
		json_int(j, "from", a->from_cursor);
		json_int(j, "to", a->to_cursor);
	}
	json_text(j, "address", a->address);
	json_text(j, "says", a->says);
	json_end(j);
}

static bool
number_in(const struct call *c, const char *name, int64_t preset, int64_t most, int64_t *to,
    struct err *e)
{
	struct str text;

	*to = preset;
	if (!call_query(c, name, &text))
		return true;
	return (str_int64(text, to) && *to >= 1 && *to <= most) ||
	       err(e, ERR_USAGE, "%s is \"" STR_FMT "\", expected a number from 1 to %lld",
		   name, STR_ARG(text), (long long)most);
}

bool
v1_webhook_log(struct task *t, struct call *c, struct err *e)
{
	static const struct db_field fields[] = { DB_INT8(attempt_row, attempt),
		DB_STAMP(attempt_row, at), DB_INT8(attempt_row, from_cursor),
		DB_INT8(attempt_row, to_cursor), DB_INT4(attempt_row, items),
		DB_INT4(attempt_row, bytes), DB_INT4(attempt_row, status),
		DB_INT4(attempt_row, ms), DB_TEXT(attempt_row, what),
		DB_TEXT(attempt_row, address), DB_TEXT(attempt_row, result),
		DB_TEXT(attempt_row, says) };
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(4 * LIST_MOST);
	struct json j = json_to(&b);
	struct attempt_row a;
	int64_t before, most;

	if (!call_only(c, "before most", e) ||
	    !number_in(c, "before", INT64_MAX, INT64_MAX, &before, e) ||
	    !number_in(c, "most", LOG_PRESET, LOG_MOST, &most, e) ||
	    (db = call_lease(t, c, e)) == NULL ||
	    (rows = db_rows(t, db, SQL_APIHOOK_LOG,
		 ARGS(P_SHOWN(c), P_INT8(number_of(c)), P_INT8(before), P_INT4((int32_t)most)),
		 e)) == NULL)
		return false;
	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(rows, fields, &a))
		put_attempt(&j, &a);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}
