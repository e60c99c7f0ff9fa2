/* What is changed: each is one statement, and what it returns is the object as it is then. */
#include "sys/secret.h"
#include "utility.h"

enum { HUB_MOST = 2048 };

/* (shown, uid, body) */
static bool
change(struct task *t, struct call *c, enum sql sql, struct err *e)
{
	struct str body;
	AUTO_PTR(conn) db = NULL;

	if (!call_only(c, "access_token", e) || !utility_body(t, c, &body, e))
		return false;
	db = call_lease(t, c, e);
	return db != NULL &&
	       db_exec(t, db, sql, ARGS(P_SHOWN(c), P_TEXT(c->param[0]), P_STR(body)), NULL,
		   e) == DB_FOUND;
}

bool
utility_authorization_change(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_AUTHORIZATION_CHANGE, e) &&
	       utility_authorization(t, c, e);
}

bool
utility_authorization_revoke(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_AUTHORIZATION_REVOKE, e) && utility_done(t, c, e);
}

bool
utility_authorization_delete(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_AUTHORIZATION_DELETE, e) && utility_done(t, c, e);
}

bool
utility_meter_change(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_METER_CHANGE, e) && utility_meter(t, c, e);
}

bool
utility_event_change(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_EVENT_CHANGE, e) && utility_event(t, c, e);
}

bool
utility_form_change(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_FORM_CHANGE, e) && utility_form(t, c, e);
}

bool
utility_form_delete(struct task *t, struct call *c, struct err *e)
{
	return change(t, c, SQL_UTILITY_FORM_DELETE, e) && utility_done(t, c, e);
}

/* ---- meters by a list ---- */

static bool
many(struct task *t, struct call *c, enum sql sql, struct err *e)
{
	struct str body;
	AUTO_PTR(conn) db = NULL;

	if (!call_only(c, "access_token", e) || !utility_body(t, c, &body, e))
		return false;
	db = call_lease(t, c, e);
	if (db == NULL ||
	    db_exec(t, db, sql, ARGS(P_SHOWN(c), P_STR(body)), NULL, e) != DB_FOUND)
		return false;
	db_release(&db);
	return utility_done(t, c, e);
}

bool
utility_collect(struct task *t, struct call *c, struct err *e)
{
	return many(t, c, SQL_UTILITY_COLLECT, e);
}

bool
utility_monitor(struct task *t, struct call *c, struct err *e)
{
	return many(t, c, SQL_UTILITY_MONITOR, e);
}

/* ---- forms ---- */

bool
utility_form_add(struct task *t, struct call *c, struct err *e)
{
	struct form_row {
		struct str uid;
	} row;
	static const struct db_field fields[] = { DB_TEXT(form_row, uid) };
	AUTO(buf) hub = BUF(HUB_MOST);
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct str body;

	if (!call_only(c, "access_token", e) || !utility_body(t, c, &body, e))
		return false;
	utility_hub(c, &hub);
	db = call_lease(t, c, e);
	if (db == NULL || db_one(t, db, SQL_UTILITY_FORM_ADD,
			      ARGS(P_SHOWN(c), P_STR(buf_view(&hub)), P_STR(body)), fields,
			      nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	db_release(&db);
	str_copy(c->param[0], sizeof c->param[0], row.uid);
	return utility_form(t, c, e);
}

/* ---- trials ---- */

static void
player(const struct call *c, unsigned char to[INDEX_BYTES], const char *mailbox)
{
	blind_index(call_api(c)->keys, to, "email", str_of(mailbox));
}

bool
utility_test_submit(struct task *t, struct call *c, struct err *e)
{
	struct referral_row {
		struct str referral;
	} row;
	static const struct db_field fields[] = { DB_TEXT(referral_row, referral) };
	unsigned char home[INDEX_BYTES], business[INDEX_BYTES];
	AUTO(buf) b = BUF(256);
	struct json j = json_to(&b);
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct str body;

	if (!call_only(c, "access_token", e) || !utility_body(t, c, &body, e))
		return false;
	player(c, home, "uapi-test-residential@example.com");
	player(c, business, "uapi-test-commercial@example.com");
	db = call_lease(t, c, e);
	if (db == NULL || db_one(t, db, SQL_UTILITY_TEST_SUBMIT,
			      ARGS(P_SHOWN(c), P_TEXT(c->param[0]), P_STR(body),
				  P_BYTES(home, INDEX_BYTES), P_BYTES(business, INDEX_BYTES)),
			      fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	json_open(&j, NULL);
	json_text(&j, "referral", row.referral);
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}
