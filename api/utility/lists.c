/* What is listed and shown. The bodies are the database's: it says what the caller may see. */
#include <string.h>

#include "utility.h"

#define PAGE " after limit access_token"

struct list {
	const char *key, *one; /* "meters"; "meter", for words */
	enum sql sql;
	const char *names; /* of parameters */
	int64_t preset, most;
	bool tells; /* the last row has no body and says where the next page begins */
};

static const struct list authorizations = { "authorizations", "authorization",
	SQL_UTILITY_AUTHORIZATIONS,
	"uids forms templates users referrals is_archived is_declined is_test is_revoked "
	"is_expired utility include expand_meter_blocks" PAGE,
	1000, 1000, false };
static const struct list meters = { "meters", "meter", SQL_UTILITY_METERS,
	"uids authorizations users is_archived is_activated utility expand_meter_blocks" PAGE,
	100, 1000, false };
static const struct list forms = { "forms", "form", SQL_UTILITY_FORMS,
	"uids users templates is_archived" PAGE, 1000, 1000, false };
static const struct list events = { "events", "event", SQL_UTILITY_EVENTS,
	"uids types is_delivered" PAGE, 100, 1000, true };

enum { HUB_MOST = 2048, FILTERS_MOST = 16 * 1024 };

struct item_row {
	struct str uid, body;
};
static const struct db_field item_row[] = {
	DB_TEXT(item_row, uid),
	DB_TEXT(item_row, body),
};

/* ---- a page ---- */

static bool
put_items(struct task *t, struct call *c, const struct list *l, struct rows *rows, int64_t most,
    struct err *e)
{
	AUTO(answer) a = { .fd = -1 };
	struct str next = { NULL, 0 }, last = { NULL, 0 };
	struct item_row r;
	struct json j;
	int64_t n = 0;

	answer_begin(&a, c, "application/json");
	j = json_to(answer_to(&a));
	json_open(&j, NULL);
	json_list(&j, l->key);
	while (ROWS_NEXT(rows, item_row, &r)) {
		if (l->tells && r.body.len == 0) {
			next = r.uid.len > 0 ? r.uid : next;
			continue;
		}
		if (n++ == most) {
			next = last;
			break;
		}
		json_raw(&j, NULL, r.body);
		buf_byte(answer_to(&a), '\n');
		last = r.uid;
		if (!answer_more(&a, e))
			return false;
	}
	json_end(&j);
	utility_next(&j, c, next);
	json_end(&j);
	buf_byte(answer_to(&a), '\n');
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

static bool
give_list(struct task *t, struct call *c, const struct list *l, struct err *e)
{
	AUTO(buf) hub = BUF(HUB_MOST);
	AUTO(buf) filters = BUF(FILTERS_MOST);
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct str after;
	int64_t most;

	if (!utility_filters(c, l->names, &filters, e) ||
	    !utility_limit(c, l->preset, l->most, &most, e))
		return false;
	if (!call_query(c, "after", &after))
		after = (struct str){ NULL, 0 };
	utility_hub(c, &hub);
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, l->sql,
	    ARGS(P_SHOWN(c), P_STR(buf_view(&hub)), P_STR(buf_view(&filters)), P_STR(after),
		P_INT4((int32_t)(l->tells ? most : most + 1))),
	    e);
	db_release(&db);
	return rows != NULL && put_items(t, c, l, rows, most, e);
}

bool
utility_authorizations(struct task *t, struct call *c, struct err *e)
{
	return give_list(t, c, &authorizations, e);
}

bool
utility_meters(struct task *t, struct call *c, struct err *e)
{
	return give_list(t, c, &meters, e);
}

bool
utility_forms(struct task *t, struct call *c, struct err *e)
{
	return give_list(t, c, &forms, e);
}

bool
utility_events(struct task *t, struct call *c, struct err *e)
{
	return give_list(t, c, &events, e);
}

/* ---- one ---- */

static void
put_filters(const struct call *c, struct str uid, struct buf *to)
{
	struct json j = json_to(to);
	struct str include;

	json_open(&j, NULL);
	json_text(&j, "uids", uid);
	if (call_query(c, "include", &include))
		json_text(&j, "include", include);
	json_end(&j);
}

/* Of a list that tells where it goes on as many are asked for as it has: how far it looks for
 * the one depends on it. */
static bool
give_one(struct task *t, struct call *c, const struct list *l, struct str uid, int status,
    struct err *e)
{
	AUTO(buf) hub = BUF(HUB_MOST);
	AUTO(buf) filters = BUF(FILTERS_MOST);
	AUTO(buf) b = BUF(API_BODY_MOST);
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct item_row r;

	if (!call_only(c, "access_token include expand_meter_blocks", e))
		return false;
	utility_hub(c, &hub);
	put_filters(c, uid, &filters);
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, l->sql,
	    ARGS(P_SHOWN(c), P_STR(buf_view(&hub)), P_STR(buf_view(&filters)), P_NULL(),
		P_INT4(l->tells ? (int32_t)l->most : 1)),
	    e);
	db_release(&db);
	if (rows == NULL)
		return false;
	if (str_has(uid, STR(",")) || !ROWS_NEXT(rows, item_row, &r) || r.body.len == 0)
		return err(e, ERR_NOT_FOUND, "there is no such %s", l->one);
	buf_str(&b, r.body);
	buf_byte(&b, '\n');
	return answer_json(t, c, status, &b, e);
}

bool
utility_authorization(struct task *t, struct call *c, struct err *e)
{
	return give_one(t, c, &authorizations, str_of(c->param[0]), 200, e);
}

bool
utility_meter(struct task *t, struct call *c, struct err *e)
{
	return give_one(t, c, &meters, str_of(c->param[0]), 200, e);
}

bool
utility_form(struct task *t, struct call *c, struct err *e)
{
	return give_one(t, c, &forms, str_of(c->param[0]), 200, e);
}

bool
utility_event(struct task *t, struct call *c, struct err *e)
{
	return give_one(t, c, &events, str_of(c->param[0]), 200, e);
}

/* ---- templates: there is one, the portal's page ---- */

static const char template[] =
    "{\"uid\":\"1\",\"name\":\"The portal's page\",\"is_default\":true,\"disabled\":false}";

bool
utility_templates(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(1024);

	if (!call_only(c, "uids after limit access_token", e))
		return false;
	buf_fmt(&b, "{\"templates\":[%s],\"next\":null}\n", template);
	return answer_json(t, c, 200, &b, e);
}

bool
utility_template(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(1024);

	if (strcmp(c->param[0], "1") != 0)
		return err(e, ERR_NOT_FOUND, "there is no such template");
	buf_fmt(&b, "%s\n", template);
	return answer_json(t, c, 200, &b, e);
}
