/* Agreements: a third party asks a customer, looks what became of it, ends it. */
#include <stdlib.h>
#include <string.h>

#include "smt.h"
#include "store/mailbox.h"

enum { METERS_MOST = 1000, LIST_MOST = 1000, WORD = 16 };

/* ---- what is common ---- */

/* The database's no in this family's words. */
bool
smt_said_no(struct task *t, struct call *c, const struct smt_ask *a, struct err *e)
{
	struct smt_why w;

	if (c->http->status != 0)
		return false;
	if (e->code == ERR_BAD_INPUT && strcmp(e->text, "MISMATCH") == 0)
		return smt_refuse(t, c, SMT_MISMATCH, a->trans_id, e);
	if (e->code == ERR_NOT_FOUND)
		return smt_refuse(t, c, SMT_NOTHING, a->trans_id, e);
	if (e->code != ERR_BAD_INPUT && e->code != ERR_TOO_BIG)
		return false;
	(void)smt_say(&w, SMT_BAD_FIELD, "%s", e->text);
	return smt_no(t, c, &w, a->trans_id, e);
}

static bool
number_of(const struct json_value *v, const char *name, int64_t *n)
{
	char room[SMT_ROOM];
	struct str text;

	return smt_ask_text(v, name, room, SMT_ROOM, &text) && str_int64(text, n);
}

static void
head(struct json *j, const struct smt_ask *a)
{
	json_open(j, NULL);
	json_text(j, "trans_id", a->trans_id);
}

/* ---- NewAgreement ---- */

struct meters { /* too large for a frame */
	struct str esiids[METERS_MOST], meters[METERS_MOST], reps[METERS_MOST];
	char reps_room[METERS_MOST][SMT_ROOM], meters_room[METERS_MOST][SMT_ROOM];
	size_t n;
};

static bool
read_meter(struct meters *m, const struct json_value *item, struct smt_why *w)
{
	size_t i = m->n;

	if (!json_in_text_of(json_in_fold(item, "ESIID"), &m->esiids[i]) ||
	    !json_in_scalar(json_in_fold(item, "meterNumber"), m->meters_room[i], SMT_ROOM,
		&m->meters[i]) ||
	    !json_in_scalar(
		json_in_fold(item, "PUCTRORNumber"), m->reps_room[i], SMT_ROOM, &m->reps[i]))
		return smt_say(w, SMT_BAD_FIELD,
		    "customerMeterList: expected ESIID, meterNumber and PUCTRORNumber of "
		    "each.");
	m->n++;
	return true;
}

static bool
read_meters(struct meters *m, const struct json_value *root, struct smt_why *w)
{
	const struct json_value *list = json_in_fold(root, "customerMeterList");
	size_t n;

	if (!json_in_is_list(list, &n) || n == 0)
		return smt_say(w, SMT_BAD_FIELD, "customerMeterList is missing.");
	if (n > METERS_MOST)
		return smt_say(w, SMT_TOO_LARGE,
		    "customerMeterList may have %d meters at most.", METERS_MOST);
	for (size_t i = 0; i < n; i++)
		if (!read_meter(m, json_in_item(list, i), w))
			return false;
	return true;
}

static bool
language_of(const struct json_value *root, struct str *to, struct smt_why *w)
{
	char room[SMT_ROOM];
	struct str word;

	*to = STR("EN");
	if (json_in_fold(root, "customerLanguagePreference") == NULL)
		return true;
	if (!smt_ask_text(root, "customerLanguagePreference", room, WORD, &word) ||
	    (!str_ieq(word, STR("ENGLISH")) && !str_ieq(word, STR("SPANISH"))))
		return smt_say(w, SMT_BAD_FIELD,
		    "customerLanguagePreference: expected ENGLISH or SPANISH.");
	if (str_ieq(word, STR("SPANISH")))
		*to = STR("ES");
	return true;
}

struct invite {
	struct meters *m;
	struct str email, language;
	int64_t months;
	struct mailbox box;
};

static bool
read_invite(struct call *c, const struct json_value *root, struct invite *i, struct smt_why *w)
{
	struct err e = { 0 };

	if (!json_in_text_of(json_in_fold(root, "retailCustomerEmail"), &i->email))
		return smt_say(w, SMT_BAD_FIELD, "retailCustomerEmail is missing.");
	if (!mailbox_seal(&i->box, call_api(c)->keys, "agreement.email", i->email, &e))
		return smt_say(w, SMT_BAD_FIELD, "retailCustomerEmail: expected one mailbox.");
	if (!number_of(root, "agreementDuration", &i->months) || i->months < 1 ||
	    i->months > 36)
		return smt_say(w, SMT_BAD_FIELD,
		    "agreementDuration: expected 1, 3, 6, 9, 12, 24 or 36 months.");
	return language_of(root, &i->language, w) && read_meters(i->m, root, w);
}

struct fault_row {
	int64_t id;
	struct str code, message;
	int32_t row;
};
static const struct db_field fault_row[] = {
	DB_INT8(fault_row, id),
	DB_INT4(fault_row, row),
	DB_TEXT(fault_row, code),
	DB_TEXT(fault_row, message),
};

static void
put_fault(struct json *j, const struct meters *m, const struct fault_row *row)
{
	AUTO(buf) reason = BUF(SMT_SMALL);

	buf_fmt(&reason, STR_FMT "::" STR_FMT, STR_ARG(row->code), STR_ARG(row->message));
	json_open(j, NULL);
	if (row->row > 0 && (size_t)row->row <= m->n)
		json_text(j, "ESIID", m->esiids[row->row - 1]);
	json_text(j, "reasonCode", buf_view(&reason));
	json_end(j);
}

/* Its number, or what is wrong with which meter. */
static bool
answer_invite(struct task *t, struct call *c, const struct smt_ask *a, const struct meters *m,
    struct rows *rows, struct err *e)
{
	AUTO(buf) b = BUF(SMT_LARGE);
	struct json j = json_to(&b);
	struct fault_row row;
	bool first = true, ok = false;

	head(&j, a);
	while (ROWS_NEXT(rows, fault_row, &row)) {
		if (first) {
			ok = row.id != 0;
			json_text(&j, "statusCode", ok ? STR("0000") : STR("0001"));
			json_text(&j, "statusReason",
			    ok ? STR("Request submitted successfully for further processing")
			       : STR("The customer was not asked"));
			if (ok)
				json_int(&j, "agreementNumber", row.id);
			json_list(&j, "customerMeterFaultList");
			first = false;
		}
		if (row.code.at != NULL)
			put_fault(&j, m, &row);
	}
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, ok ? 200 : 400, &b, e);
}

static bool
invite(struct task *t, struct call *c, const struct smt_ask *a, const struct invite *i,
    struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;

	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_SMT_AGREEMENT_ADD,
	    ARGS(P_SHOWN(c), P_STR(a->requestor), P_TEXTS(i->m->esiids, i->m->n),
		P_TEXTS(i->m->meters, i->m->n), P_TEXTS(i->m->reps, i->m->n), P_MAILBOX(i->box),
		P_BYTES(i->box.domain, sizeof i->box.domain), P_INT4((int32_t)i->months),
		P_STR(i->language), P_STR(a->trans_id), P_STR(call_from(c))),
	    e);
	if (rows == NULL)
		return smt_said_no(t, c, a, e);
	return answer_invite(t, c, a, i->m, rows, e);
}

static bool
invite_once(struct task *t, struct call *c, struct smt_call *s, void *arg, struct err *e)
{
	return invite(t, c, &s->ask, arg, e);
}

bool
smt_agreement_new(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	struct invite i = { 0 };
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	i.m = calloc(1, sizeof *i.m);
	if (i.m == NULL)
		return err(e, ERR_BUSY, "no memory for a request");
	ok = read_invite(c, s.ask.root, &i, &s.why) ? smt_once(t, c, &s, invite_once, &i, e)
						    : smt_no(t, c, &s.why, s.ask.trans_id, e);
	free(i.m);
	return ok;
}

/* ---- myagreements ---- */

struct agreement_row {
	int64_t agreement, invited_at, starts_at, ends_at, premises;
	struct str code, words;
	int32_t months;
};
static const struct db_field agreement_row[] = {
	DB_INT8(agreement_row, agreement),
	DB_TEXT(agreement_row, code),
	DB_TEXT(agreement_row, words),
	DB_STAMP(agreement_row, invited_at),
	DB_STAMP(agreement_row, starts_at),
	DB_STAMP(agreement_row, ends_at),
	DB_INT4(agreement_row, months),
	DB_INT8(agreement_row, premises),
};

static void
stamp(struct json *j, const char *name, const struct zone *z, int64_t at_s)
{
	char text[SMT_STAMP_SIZE] = "";

	if (at_s != DB_STAMP_NONE)
		smt_stamp(text, z, at_s);
	json_text(j, name, str_of(text));
}

static void
put_agreement(struct json *j, const struct agreement_row *row, const struct zone *z)
{
	json_open(j, NULL);
	json_int(j, "agreementNumber", row->agreement);
	json_text(j, "status", row->words);
	json_text(j, "statusReason", row->code);
	stamp(j, "requestDate", z, row->invited_at);
	stamp(j, "startDate", z, row->starts_at);
	stamp(j, "endDate", z, row->ends_at);
	json_int(j, "agreementDuration", row->months);
	json_int(j, "esiidCount", row->premises);
	json_end(j);
}

/* Which: one number, or all of a code; neither: all. */
static bool
which(const struct smt_ask *a, int64_t *number, struct str *code, char room[SMT_ROOM],
    struct smt_why *w)
{
	static const char *const codes[] = { "PEN", "ACT", "COM", "NACOM", "SUS" };
	struct str said;

	*number = 0;
	*code = (struct str){ NULL, 0 };
	if (json_in_fold(a->root, "agreementNumber") != NULL &&
	    !number_of(a->root, "agreementNumber", number))
		return smt_say(w, SMT_BAD_FIELD, "agreementNumber is no number.");
	if (!smt_ask_text(a->root, "statusReason", room, WORD, &said))
		return true;
	for (size_t i = 0; i < nitems(codes); i++)
		if (str_ieq(said, str_of(codes[i])))
			*code = str_of(codes[i]);
	return code->at != NULL ||
	       smt_say(w, SMT_BAD_FIELD, "statusReason: expected PEN, ACT, COM or NACOM.");
}

static bool
list(struct task *t, struct call *c, const struct smt_ask *a, int64_t number, struct str code,
    struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(SMT_LARGE);
	const struct zone *z = zone_get("America/Chicago", e);
	struct param of = P_NULL();
	struct json j = json_to(&b);
	struct agreement_row row;

	if (number != 0)
		of = (struct param)P_INT8(number);
	if (db == NULL || z == NULL)
		return false;
	rows = db_rows(t, db, SQL_SMT_AGREEMENTS,
	    ARGS(P_SHOWN(c), P_STR(a->requestor), of, P_STR(code), P_INT4(LIST_MOST)), e);
	if (rows == NULL)
		return smt_said_no(t, c, a, e);
	head(&j, a);
	json_list(&j, "agreementStatusList");
	while (ROWS_NEXT(rows, agreement_row, &row))
		put_agreement(&j, &row, z);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_agreement_list(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	char room[SMT_ROOM];
	struct str code;
	int64_t number;
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	if (!which(&s.ask, &number, &code, room, &s.why))
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	return list(t, c, &s.ask, number, code, e);
}

/* ---- AgreementESIIDs ---- */

struct esiid_row {
	struct str esiid;
	bool active;
};
static const struct db_field esiid_row[] = {
	DB_TEXT(esiid_row, esiid),
	DB_BOOL(esiid_row, active),
};

static bool
premises(struct task *t, struct call *c, const struct smt_ask *a, int64_t number, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(SMT_LARGE);
	struct json j = json_to(&b);
	struct esiid_row row;

	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_SMT_AGREEMENT_ESIIDS,
	    ARGS(P_SHOWN(c), P_STR(a->requestor), P_INT8(number)), e);
	if (rows == NULL)
		return smt_said_no(t, c, a, e);
	head(&j, a);
	json_int(&j, "agreementNumber", number);
	json_list(&j, "esiidList");
	while (ROWS_NEXT(rows, esiid_row, &row)) {
		json_open(&j, NULL);
		json_text(&j, "ESIID", row.esiid);
		json_text(&j, "status", row.active ? STR("Active") : STR("Non Active"));
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_agreement_esiids(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	int64_t number;
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	if (number_of(s.ask.root, "agreementNumber", &number))
		return premises(t, c, &s.ask, number, e);
	(void)smt_say(&s.why, SMT_BAD_FIELD, "agreementNumber is missing.");
	return smt_no(t, c, &s.why, s.ask.trans_id, e);
}

/* ---- Terminateagreement ---- */

struct state_row {
	struct str state;
};
static const struct db_field state_row[] = { DB_TEXT(state_row, state) };

/* One of the list, which stands or falls by itself. */
static bool
end_one(struct task *t, struct call *c, const struct smt_ask *a, const struct json_value *item,
    struct json *j, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct err why = { 0 };
	struct state_row row;
	struct mailbox m;
	struct str email;
	int64_t number = 0;
	bool ok = number_of(item, "agreementNumber", &number) &&
		  json_in_text_of(json_in_fold(item, "retailCustomerEmail"), &email) &&
		  mailbox_seal(&m, call_api(c)->keys, "agreement.email", email, &why);

	if (ok) {
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL)
			return false;
		ok = db_one(t, db, SQL_SMT_AGREEMENT_END,
			 ARGS(P_SHOWN(c), P_STR(a->requestor), P_INT8(number),
			     P_BYTES(m.index, sizeof m.index)),
			 state_row, nitems(state_row), &row, &keep, &why) == DB_FOUND;
		if (!ok && why.code != ERR_NOT_FOUND && why.code != ERR_SEQUENCE) {
			*e = why;
			return false;
		}
	}
	json_open(j, NULL);
	json_int(j, "agreementNumber", number);
	json_text(j, "statusCode", ok ? STR("0000") : STR("0001"));
	json_text(j, "statusReason",
	    ok			       ? STR("Terminated")
	    : why.code == ERR_SEQUENCE ? STR("It has ended already")
				       : STR("There is no such agreement with that customer"));
	json_end(j);
	return true;
}

bool
smt_agreement_end(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	AUTO(buf) b = BUF(SMT_LARGE);
	struct json j = json_to(&b);
	const struct json_value *items;
	size_t n;
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	items = json_in_fold(s.ask.root, "agreementList");
	if (!json_in_is_list(items, &n) || n == 0 || n > LIST_MOST) {
		(void)smt_say(
		    &s.why, SMT_BAD_FIELD, "agreementList: expected 1 to %d.", LIST_MOST);
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	}
	head(&j, &s.ask);
	json_list(&j, "agreementList");
	for (size_t i = 0; i < n; i++)
		if (!end_one(t, c, &s.ask, json_in_item(items, i), &j, e))
			return smt_said_no(t, c, &s.ask, e);
	json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}
