/*
 * Agreements: a third party sees its own and moves them, a customer sees who has agreed on its
 * premises with whom, and ends that. What is whose the database says; whatever is not the
 * caller's is not there.
 */
#include "body.h"

#include <stdio.h>

enum { PAGE = 100, PAGE_MOST = 1000, STATES_MOST = 11, SMALL = 4096, WHY_MOST = 500 };
#define STATES                                                                            \
	"PENDING ACTIVE HELD REJECTED REPORTED LAPSED WITHDRAWN UNDELIVERABLE COMPLETED " \
	"TERMINATED "                                                                     \
	"SUSPENDED"
#define KINDS "ENERGY ENERGY_ONCE DEVICE DEVICE_SERVICES"

/* ---- lists ---- */

struct wanted {
	struct str states[STATES_MOST], kind, esiid, reference;
	size_t states_n;
	int32_t from, to;
	int64_t before, most;
};

static bool
among(struct str one, const char *words)
{
	struct str word, rest = str_of(words);
	bool more = true;

	while (more) {
		more = str_cut(rest, ' ', &word, &rest);
		if (str_eq(word, one))
			return true;
	}
	return false;
}

/* Several, with commas. */
static bool
states_of(const struct call *c, struct wanted *w, struct err *e)
{
	struct str one, rest;
	bool more = call_query(c, "state", &rest);

	while (more) {
		more = str_cut(rest, ',', &one, &rest);
		if (!among(one, STATES) || w->states_n == STATES_MOST)
			return err(e, ERR_USAGE,
			    "\"state\" is \"" STR_FMT "\", expected some of " STATES
			    ", with commas",
			    STR_ARG(str_first(one, 40)));
		w->states[w->states_n++] = one;
	}
	return true;
}

static bool
day_of(const struct call *c, const char *name, int32_t *day, struct err *e)
{
	struct str text;

	*day = DAY_NONE;
	return !call_query(c, name, &text) || civil_read_date(text, day) ||
	       err(e, ERR_USAGE, "\"%s\" is no day, expected 2026-04-21", name);
}

static bool
days_of(const struct call *c, int32_t *from, int32_t *to, struct err *e)
{
	return day_of(c, "from", from, e) && day_of(c, "to", to, e) &&
	       (*from == DAY_NONE || *to == DAY_NONE || *from <= *to ||
		   err(e, ERR_USAGE, "\"to\" is before \"from\""));
}

bool
v1_before(const struct call *c, char letter, int64_t *before, struct err *e)
{
	struct str text;

	*before = INT64_MAX;
	if (!call_query(c, "cursor", &text))
		return true;
	return (text.len > 1 && text.at[0] == letter &&
		   str_int64((struct str){ text.at + 1, text.len - 1 }, before)) ||
	       err(e, ERR_USAGE, "\"cursor\" is none of this list");
}

static bool
wanted_of(const struct call *c, struct wanted *w, struct err *e)
{
	*w = (struct wanted){ 0 };
	if (!call_only(c, "state kind esiid reference from to cursor limit", e) ||
	    !states_of(c, w, e) || !days_of(c, &w->from, &w->to, e) ||
	    !v1_before(c, 'a', &w->before, e) || !v1_page(c, PAGE, PAGE_MOST, &w->most, e))
		return false;
	w->kind = v1_query(c, "kind");
	if (w->kind.at != NULL && !among(w->kind, KINDS))
		return err(e, ERR_USAGE, "\"kind\" is \"" STR_FMT "\", expected one of " KINDS,
		    STR_ARG(str_first(w->kind, 40)));
	w->esiid = v1_query(c, "esiid");
	w->reference = v1_query(c, "reference");
	return true;
}

struct list_row {
	int64_t agreement;
	struct str body;
};
static const struct db_field list_row[] = {
	DB_INT8(list_row, agreement),
	DB_TEXT(list_row, body),
};

static bool
put_list(struct answer *a, struct rows *rows, int64_t most, struct err *e)
{
	struct json j = json_to(answer_to(a));
	struct list_row row = { 0 };
	char cursor[24] = "";
	int64_t n = 0;

	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(rows, list_row, &row)) {
		json_raw(&j, NULL, row.body);
		snprintf(cursor, sizeof cursor, "a%lld", (long long)row.agreement);
		n++;
		if (!answer_more(a, e))
			return false;
	}
	json_end(&j);
	json_text(&j, "cursor", n == most ? str_of(cursor) : (struct str){ NULL, 0 });
	json_end(&j);
	buf_byte(answer_to(a), '\n');
	return answer_more(a, e);
}

bool
v1_agreements(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	AUTO(answer) a = { .fd = -1 };
	struct param states = P_NULL();
	struct wanted w;

	if (!wanted_of(c, &w, e) || (db = call_lease(t, c, e)) == NULL)
		return false;
	if (w.states_n > 0)
		states = (struct param)P_TEXTS(w.states, w.states_n);
	rows = db_rows(t, db, SQL_V1_AGREEMENTS,
	    ARGS(P_SHOWN(c), states, P_STR(w.kind), P_STR(w.esiid), P_STR(w.reference),
		P_DATE(w.from), P_DATE(w.to), P_INT8(w.before), P_INT4((int32_t)w.most)),
	    e);
	if (rows == NULL)
		return false;
	answer_begin(&a, c, "application/json");
	return put_list(&a, rows, w.most, e) && answer_send(t, &a, 200, e);
}

/* ---- one ---- */

struct body_row {
	struct str body;
};

bool
v1_agreement(struct task *t, struct call *c, struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(body_row, body) };
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	AUTO(answer) a = { .fd = -1 };
	struct body_row row;

	if (!call_only(c, "", e) || (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_AGREEMENT, ARGS(P_SHOWN(c), P_INT8(v1_number(c))), fields,
		nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	answer_begin(&a, c, "application/json");
	buf_str(answer_to(&a), row.body);
	buf_byte(answer_to(&a), '\n');
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

struct receipt_row {
	int64_t receipt;
	struct str signed_;
};
static const struct db_field receipt_row[] = {
	DB_INT8(receipt_row, receipt),
	{ "signed", DB_T_TEXT, offsetof(struct receipt_row, signed_) },
};

/* Byte for byte, so that its signature holds. */
bool
v1_agreement_receipt(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	AUTO(answer) a = { .fd = -1 };
	struct receipt_row row;

	if (!call_only(c, "", e) || (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_AGREEMENT_RECEIPT, ARGS(P_SHOWN(c), P_INT8(v1_number(c))),
		receipt_row, nitems(receipt_row), &row, &keep, e) != DB_FOUND)
		return false;
	if (row.signed_.at == NULL) {
		http_header(c->http, "Retry-After", "2");
		return err(e, ERR_SEQUENCE, "the receipt is being signed: ask again");
	}
	http_header(c->http, "Content-Disposition",
	    "attachment; filename=\"busbar-receipt-%lld.json\"", (long long)row.receipt);
	answer_begin(&a, c, "application/json");
	buf_str(answer_to(&a), row.signed_);
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

/* ---- the funnel ---- */

struct funnel_row {
	int64_t invited, sent, delivered, opened, affirmed, declined, reported, lapsed,
	    undeliverable, withdrawn;
};
static const struct db_field funnel_row[] = {
	DB_INT8(funnel_row, invited),
	DB_INT8(funnel_row, sent),
	DB_INT8(funnel_row, delivered),
	DB_INT8(funnel_row, opened),
	DB_INT8(funnel_row, affirmed),
	DB_INT8(funnel_row, declined),
	DB_INT8(funnel_row, reported),
	DB_INT8(funnel_row, lapsed),
	DB_INT8(funnel_row, undeliverable),
	DB_INT8(funnel_row, withdrawn),
};

bool
v1_invitation_funnel(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO(buf) b = BUF(SMALL);
	struct json j = json_to(&b);
	struct funnel_row row;
	int32_t from, to;

	if (!call_only(c, "from to", e) || !days_of(c, &from, &to, e) ||
	    (db = call_lease(t, c, e)) == NULL ||
	    db_one(t, db, SQL_V1_AGREEMENT_FUNNEL, ARGS(P_SHOWN(c), P_DATE(from), P_DATE(to)),
		funnel_row, nitems(funnel_row), &row, NULL, e) != DB_FOUND)
		return false;
	json_open(&j, NULL);
	json_date(&j, "from", from);
	json_date(&j, "to", to);
	for (size_t i = 0; i < nitems(funnel_row); i++)
		json_int(&j, funnel_row[i].column,
		    *(const int64_t *)(const void *)((const char *)&row +
						     funnel_row[i].offset));
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}

/* ---- moves ---- */

struct state_row {
	struct str state;
};

static bool
moved(struct task *t, struct call *c, enum sql q, struct args a, int status, struct err *e)
{
	static const struct db_field fields[] = { DB_TEXT(state_row, state) };
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(SMALL);
	struct json j = json_to(&b);
	struct state_row row;

	if (db == NULL ||
	    db_one(t, db, q, a, fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	json_open(&j, NULL);
	json_int(&j, "agreement", v1_number(c));
	json_text(&j, "state", row.state);
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, status, &b, e);
}

bool
v1_agreement_withdraw(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       moved(t, c, SQL_V1_AGREEMENT_MOVE,
		   ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_TEXT("withdraw")), 200, e);
}

bool
v1_agreement_renew(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       moved(t, c, SQL_V1_AGREEMENT_MOVE,
		   ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_TEXT("renew")), 202, e);
}

/* {"why": "…"}, or no body. */
bool
v1_agreement_end(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) in = NULL;
	struct str why = { NULL, 0 }, body;

	if (!call_only(c, "", e) || !call_body(t, c, &body, e))
		return false;
	if (body.len > 0 &&
	    (!call_json(t, c, &in, e) || !json_in_only(json_in_root(in), "why", e) ||
		!json_in_text_or(json_in_root(in), "why", "", &why, e)))
		return false;
	if (why.len > WHY_MOST)
		return err(e, ERR_BAD_INPUT, "\"why\" has %zu bytes, expected at most %d",
		    why.len, WHY_MOST);
	return moved(t, c, SQL_V1_AGREEMENT_END,
	    ARGS(P_SHOWN(c), P_INT8(v1_number(c)), P_STR(why)), 200, e);
}
