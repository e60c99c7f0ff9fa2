/* Subscriptions: reads into the box, as they come. */
#include <stdio.h>
#include <string.h>

#include "smt.h"

enum { WORD = 16, HISTORY_MOST = 24 };

/* ---- new ---- */

struct wish {
	const char *type, *data_type, *format;
	int64_t history;
	struct str duns;
	char duns_room[SMT_ROOM];
};

static const char *
one_of(const struct json_value *root, const char *name, const char *const words[], size_t n)
{
	char room[SMT_ROOM];
	struct str said;

	if (smt_ask_text(root, name, room, WORD, &said))
		for (size_t i = 0; i < n; i++)
			if (str_ieq(said, str_of(words[i])))
				return words[i];
	return NULL;
}

static bool
history_of(const struct json_value *root, struct wish *x, struct smt_why *w)
{
	char room[SMT_ROOM];
	struct str said;

	x->history = 0;
	if (json_in_fold(root, "historicalSubscriptionDuration") == NULL)
		return true;
	if (!smt_ask_text(root, "historicalSubscriptionDuration", room, WORD, &said) ||
	    !str_int64(said, &x->history) ||
	    (x->history != 3 && x->history != 6 && x->history != 9 && x->history != 12 &&
		x->history != HISTORY_MOST))
		return smt_say(w, SMT_BAD_FIELD,
		    "historicalSubscriptionDuration: expected 3, 6, 9, 12 or 24 months.");
	return true;
}

static bool
read_wish(struct smt_ask *a, struct wish *x, struct smt_why *w)
{
	static const char *const types[] = { "SCHEDULE", "SCHEDULES", "CSPENROLL",
		"REPENROLL" };
	static const char *const kinds[] = { "INTERVAL", "DAILY", "MONTHLY" };
	static const char *const forms[] = { [SMT_JSON] = "JSONL",
		[SMT_CSV] = "SMT_CSV",
		[SMT_XML] = "GREEN_BUTTON",
		[SMT_LSE] = "LSE" };

	x->type = one_of(a->root, "subscriptionType", types, nitems(types));
	if (x->type == NULL)
		return smt_say(w, SMT_BAD_FIELD,
		    "subscriptionType: expected SCHEDULE, SCHEDULES, CSPENROLL or REPENROLL.");
	x->data_type = one_of(a->root, "dataType", kinds, nitems(kinds));
	if (x->data_type == NULL)
		return smt_say(
		    w, SMT_BAD_FIELD, "dataType: expected INTERVAL, DAILY or MONTHLY.");
	if (!smt_ask_how(a, w) || !history_of(a->root, x, w))
		return false;
	if (json_in_fold(a->root, "deliveryMode") == NULL)
		a->delivery = SMT_FTP;
	if (json_in_fold(a->root, "reportFormat") == NULL)
		a->format = SMT_CSV;
	if (a->delivery != SMT_FTP)
		return smt_say(w, SMT_NO_DELIVERY, "%s", smt_faults[SMT_NO_DELIVERY].words);
	if (a->format > SMT_CSV && strcmp(x->data_type, "INTERVAL") != 0)
		return smt_say(
		    w, SMT_BAD_FIELD, "reportFormat: there are only JSON and CSV of these.");
	x->format = forms[a->format];
	x->duns = a->requestor;
	(void)smt_ask_text(a->root, "requesterAuthenticationID", x->duns_room, WORD, &x->duns);
	a->n = 0;
	return json_in_fold(a->root, "esiid") == NULL || smt_ask_esiids(a, w);
}

struct added_row {
	struct str result;
	int64_t subscription;
};
static const struct db_field added_row[] = {
	DB_TEXT(added_row, result),
	DB_INT8(added_row, subscription),
};

static bool
there_already(struct task *t, struct call *c, const struct smt_ask *a, const struct wish *x,
    struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	AUTO(buf) reason = BUF(SMT_SMALL);
	struct json j = json_to(&b);

	buf_fmt(&reason, "Subcription is already active::" STR_FMT, STR_ARG(x->duns)); /* sic */
	json_open(&j, NULL);
	json_text(&j, "trans_id", a->trans_id);
	json_text(&j, "statusCode", STR("0001"));
	json_list(&j, "CustomerDUNSFaultList");
	json_open(&j, NULL);
	json_text(&j, "reasonCode", buf_view(&reason));
	json_end(&j);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 400, &b, e);
}

static bool
answer_new(
    struct task *t, struct call *c, const struct smt_ask *a, int64_t number, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	char text[24];

	(void)snprintf(text, sizeof text, "%lld", (long long)number);
	json_open(&j, NULL);
	json_text(&j, "trans_id", a->trans_id);
	json_text(&j, "statusCode", STR("0000"));
	json_text(
	    &j, "statusReason", STR("Request submitted successfully for further processing"));
	json_text(&j, "subscriptionNumber", str_of(text));
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

static bool
add(struct task *t, struct call *c, const struct smt_ask *a, const struct wish *x,
    struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	struct param history = P_NULL();
	struct added_row row;

	if (x->history > 0)
		history = (struct param)P_INT4((int32_t)x->history);
	if (db == NULL)
		return false;
	if (db_one(t, db, SQL_SMT_SUBSCRIPTION_ADD,
		ARGS(P_SHOWN(c), P_STR(a->requestor), P_TEXT(x->type), P_TEXT(x->data_type),
		    P_TEXTS(a->esiids, a->n), P_TEXT(x->format), history),
		added_row, nitems(added_row), &row, &keep, e) != DB_FOUND)
		return smt_said_no(t, c, a, e);
	if (str_is(row.result, "ACTIVE"))
		return there_already(t, c, a, x, e);
	if (!str_is(row.result, "OK"))
		return smt_refuse(t, c,
		    str_is(row.result, "NO_DELIVERY") ? SMT_NO_DELIVERY
		    : str_is(row.result, "FOREIGN")   ? SMT_FOREIGN
						      : SMT_MISMATCH,
		    a->trans_id, e);
	return answer_new(t, c, a, row.subscription, e);
}

static bool
add_once(struct task *t, struct call *c, struct smt_call *s, void *wish, struct err *e)
{
	return add(t, c, &s->ask, wish, e);
}

bool
smt_subscription_new(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	struct wish x = { 0 };
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	return read_wish(&s.ask, &x, &s.why) ? smt_once(t, c, &s, add_once, &x, e)
					     : smt_no(t, c, &s.why, s.ask.trans_id, e);
}

/* ---- end ---- */

struct moved_row {
	struct str state;
};
static const struct db_field moved_row[] = { DB_TEXT(moved_row, state) };

static bool
end(struct task *t, struct call *c, const struct smt_ask *a, int64_t number, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	struct moved_row row;
	bool ok;

	if (db == NULL)
		return false;
	ok = db_one(t, db, SQL_SMT_SUBSCRIPTION_END,
		 ARGS(P_SHOWN(c), P_STR(a->requestor), P_INT8(number)), moved_row,
		 nitems(moved_row), &row, &keep, e) == DB_FOUND;
	if (!ok && e->code != ERR_SEQUENCE)
		return smt_said_no(t, c, a, e);
	err_clear(e);
	json_open(&j, NULL);
	json_text(&j, "trans_id", a->trans_id);
	json_text(&j, "statusCode", ok ? STR("0000") : STR("0001"));
	json_text(&j, "statusReason", ok ? STR("Unsubscribed") : STR("It has ended already"));
	json_end(&j);
	return answer_json(t, c, ok ? 200 : 400, &b, e);
}

bool
smt_subscription_end(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	char room[SMT_ROOM];
	struct str text;
	int64_t number;
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	if (smt_ask_text(s.ask.root, "subscriptionNumber", room, SMT_ROOM, &text) &&
	    str_int64(text, &number))
		return end(t, c, &s.ask, number, e);
	(void)smt_say(&s.why, SMT_BAD_FIELD, "subscriptionNumber is missing, or no number.");
	return smt_no(t, c, &s.why, s.ask.trans_id, e);
}

/* ---- list ---- */

struct list_row {
	int64_t subscription, made_at, last_at;
	struct str type, data_type, format, frequency, state;
};
static const struct db_field list_row[] = {
	DB_INT8(list_row, subscription),
	DB_TEXT(list_row, type),
	DB_TEXT(list_row, data_type),
	DB_TEXT(list_row, format),
	DB_TEXT(list_row, frequency),
	DB_TEXT(list_row, state),
	DB_STAMP(list_row, made_at),
	DB_STAMP(list_row, last_at),
};

static const struct {
	const char *ours, *theirs;
} forms[] = { { "SMT_CSV", "CSV" }, { "GREEN_BUTTON", "XML" }, { "LSE", "LSE" },
	{ "JSONL", "JSON" } };

static void
stamp(struct json *j, const char *name, const struct zone *z, int64_t at_s)
{
	char text[SMT_STAMP_SIZE] = "";

	if (at_s != DB_STAMP_NONE)
		smt_stamp(text, z, at_s);
	json_text(j, name, str_of(text));
}

static void
put_row(struct json *j, const struct list_row *row, const struct zone *z)
{
	char number[24];

	(void)snprintf(number, sizeof number, "%lld", (long long)row->subscription);
	json_open(j, NULL);
	json_text(j, "subscriptionNumber", str_of(number));
	json_text(j, "subscriptionId", str_of(number));
	json_text(j, "subscriptionType", row->type);
	json_text(j, "dataType", row->data_type);
	json_text(j, "reportType", row->data_type);
	for (size_t i = 0; i < nitems(forms); i++)
		if (str_is(row->format, forms[i].ours))
			json_text(j, "reportFormat", str_of(forms[i].theirs));
	json_text(j, "deliveryMode", STR("FTP"));
	json_text(j, "subscriptionFrequency", row->frequency);
	json_text(j, "status", row->state);
	stamp(j, "startDate", z, row->made_at);
	stamp(j, "lastReportGenerationDate", z, row->last_at);
	json_end(j);
}

bool
smt_subscription_states(struct task *t, struct call *c, const struct smt_ask *a, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(SMT_LARGE);
	const struct zone *z = zone_get("America/Chicago", e);
	struct json j = json_to(&b);
	struct list_row row;

	if (db == NULL || z == NULL)
		return false;
	rows = db_rows(t, db, SQL_SMT_SUBSCRIPTIONS, ARGS(P_SHOWN(c), P_STR(a->requestor)), e);
	if (rows == NULL)
		return smt_said_no(t, c, a, e);
	json_open(&j, NULL);
	json_text(&j, "trans_id", a->trans_id);
	json_list(&j, "subscriptionList");
	while (ROWS_NEXT(rows, list_row, &row))
		put_row(&j, &row, z);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_subscription_list(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	return smt_subscription_states(t, c, &s.ask, e);
}
