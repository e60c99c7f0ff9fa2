/*
 * Reports: what is asked for by one request and delivered later. The answer is a number, the
 * correlationId; what became of it is asked for by that, and its file fetched.
 */
#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "smt.h"
#include "sys/digest.h"

enum { LINK_SIZE = 43 };

/* ---- ordering ---- */

static const char *const deliveries[] = {
	[SMT_API] = "API", [SMT_FTP] = "FTP", [SMT_EML] = "EML"
};
static const char *const forms[] = { [SMT_JSON] = "JSONL",
	[SMT_CSV] = "SMT_CSV",
	[SMT_XML] = "GREEN_BUTTON",
	[SMT_LSE] = "LSE" };

struct added_row {
	struct str result;
	int64_t report;
};
static const struct db_field added_row[] = {
	DB_TEXT(added_row, result),
	DB_INT8(added_row, report),
};

static bool
accepted(struct task *t, struct call *c, const struct smt_ask *a, int64_t report, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	char number[24];

	(void)snprintf(number, sizeof number, "%lld", (long long)report);
	json_open(&j, NULL);
	json_text(&j, "trans_id", a->trans_id);
	json_text(&j, "correlationId", str_of(number));
	json_text(&j, "statusCode", STR("0"));
	json_text(
	    &j, "statusReason", STR("Request submitted successfully for further processing"));
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_report_order(struct task *t, struct call *c, struct smt_ask *a, const struct smt_kind *kind,
    struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct smt_why w;
	struct added_row row;

	if (a->all_versions || (!kind->intervals && a->format > SMT_CSV)) {
		(void)smt_say(&w, SMT_BAD_FIELD,
		    a->all_versions ? "version: a report has the latest alone (L)."
				    : "reportFormat: there are only JSON and CSV of these.");
		return smt_no(t, c, &w, a->trans_id, e);
	}
	db = call_lease(t, c, e);
	if (db == NULL ||
	    db_one(t, db, SQL_SMT_REPORT_ADD,
		ARGS(P_SHOWN(c), P_TEXT(kind->kind), P_TEXTS(a->esiids, a->n), P_DATE(a->from),
		    P_DATE(a->to), P_TEXT(deliveries[a->delivery]), P_TEXT(forms[a->format]),
		    P_STR(a->trans_id)),
		added_row, nitems(added_row), &row, &keep, e) != DB_FOUND)
		return false;
	if (str_is(row.result, "NO_DELIVERY"))
		return smt_refuse(t, c, SMT_NO_DELIVERY, a->trans_id, e);
	if (str_is(row.result, "DAY_USED")) {
		http_header(c->http, "Retry-After", "%lld", (long long)row.report);
		return smt_refuse(t, c, SMT_DAY_USED, a->trans_id, e);
	}
	return accepted(t, c, a, row.report, e);
}

/* ---- what became of it ---- */

struct state_row {
	int64_t report, asked_at, built_at, size, expires_at;
	struct str state, says, kind, delivery, file;
};
static const struct db_field state_row[] = {
	DB_INT8(state_row, report),
	DB_TEXT(state_row, state),
	DB_TEXT(state_row, says),
	DB_TEXT(state_row, kind),
	DB_TEXT(state_row, delivery),
	DB_STAMP(state_row, asked_at),
	DB_STAMP(state_row, built_at),
	DB_TEXT(state_row, file),
	DB_INT8(state_row, size),
	DB_STAMP(state_row, expires_at),
};

static const struct {
	const char *state, *code, *words;
} states[] = {
	{ "PEN", "PEN", "The report is being made" },
	{ "COM", "0", "The report is ready" },
	{ "DEL", "0", "The report is delivered" },
	{ "FAI", "1", "The report failed, or may not be given out any more" },
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
put_state(
    struct json *j, const struct smt_ask *a, const struct state_row *row, const struct zone *z)
{
	char number[24], path[64];
	size_t i = 0;

	while (i + 1 < nitems(states) && !str_is(row->state, states[i].state))
		i++;
	(void)snprintf(number, sizeof number, "%lld", (long long)row->report);
	(void)snprintf(path, sizeof path, "/v2/reportfile/%s", number);
	json_open(j, NULL);
	json_text(j, "trans_id", a->trans_id);
	json_text(j, "correlationId", str_of(number));
	json_text(j, "statusCode", str_of(states[i].code));
	json_text(j, "statusReason", row->says.len > 0 ? row->says : str_of(states[i].words));
	json_text(j, "serviceType", STR("ADHOC"));
	json_text(j, "reportType", row->kind);
	json_text(j, "deliveryMode", row->delivery);
	stamp(j, "requestDate", z, row->asked_at);
	stamp(j, "lastReportGenerationDate", z, row->built_at);
	if (row->file.at != NULL) {
		json_text(j, "fileName", row->file);
		json_int(j, "fileSize", row->size);
		json_text(j, "filePath", str_of(path));
		stamp(j, "expiresAt", z, row->expires_at);
	}
	json_end(j);
}

static bool
state_of(struct task *t, struct call *c, const struct smt_ask *a, int64_t number, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(SMT_SMALL);
	const struct zone *z = zone_get("America/Chicago", e);
	struct json j = json_to(&b);
	struct state_row row;
	enum db_got got;

	if (db == NULL || z == NULL)
		return false;
	got = db_one(t, db, SQL_SMT_REPORT_STATE,
	    ARGS(P_SHOWN(c), P_STR(a->requestor), P_INT8(number)), state_row, nitems(state_row),
	    &row, &keep, e);
	if (got == DB_NONE) {
		err_clear(e);
		return smt_refuse(t, c, SMT_NOTHING, a->trans_id, e);
	}
	if (got != DB_FOUND)
		return smt_said_no(t, c, a, e);
	put_state(&j, a, &row, z);
	return answer_json(t, c, 200, &b, e);
}

bool
smt_report_status(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	char room[SMT_ROOM], kind[SMT_ROOM];
	struct str text, service = STR("ADHOC");
	int64_t number;
	bool ok;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	(void)smt_ask_text(s.ask.root, "serviceType", kind, SMT_ROOM, &service);
	if (str_ieq(service, STR("SUBSCRIPTION")))
		return smt_subscription_states(t, c, &s.ask, e);
	if (!str_ieq(service, STR("ADHOC")))
		(void)smt_say(
		    &s.why, SMT_BAD_FIELD, "serviceType: expected ADHOC or SUBSCRIPTION.");
	else if (!smt_ask_text(s.ask.root, "correlationId", room, SMT_ROOM, &text) ||
		 !str_int64(text, &number))
		(void)smt_say(&s.why, SMT_BAD_FIELD, "correlationId is missing, or no number.");
	else
		return state_of(t, c, &s.ask, number, e);
	return smt_no(t, c, &s.why, s.ask.trans_id, e);
}

/* ---- its file ---- */

struct file_row {
	struct str name, sha256, media;
	int64_t size;
};
static const struct db_field file_row[] = {
	DB_TEXT(file_row, name),
	DB_BYTES(file_row, sha256),
	DB_INT8(file_row, size),
	DB_TEXT(file_row, media),
};

static bool
send_file(struct task *t, struct call *c, struct param shown, struct param number,
    struct param link, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO_FD fd = -1;
	struct file_row row;
	char name[256], media[64];

	if (db == NULL || db_one(t, db, SQL_SMT_REPORT_OPEN, ARGS(shown, number, link),
			      file_row, nitems(file_row), &row, &keep, e) != DB_FOUND)
		return false;
	db_release(&db);
	if (row.sha256.len != DIGEST_BYTES)
		return err(e, ERR_BUG, "a digest of %zu bytes", row.sha256.len);
	fd = object_open(
	    call_api(c)->door.objects, OBJECT_OUT, (const unsigned char *)row.sha256.at, e);
	if (fd < 0)
		return false;
	str_plain(name, sizeof name, row.name);
	str_copy(media, sizeof media, row.media);
	http_header(c->http, "Cache-Control", "no-store");
	http_header(c->http, "Content-Disposition", "attachment; filename=\"%s\"", name);
	return http_begin(t, c->http, 200, media, row.size, e) &&
	       http_send_file(t, c->http, fd, 0, row.size, e);
}

bool
smt_report_file(struct task *t, struct call *c, struct err *e)
{
	int64_t number;

	if (!str_int64(str_of(c->param[0]), &number))
		return err(e, ERR_NOT_FOUND, "there is no such file, or not any more");
	return send_file(t, c, (struct param)P_SHOWN(c), (struct param)P_INT8(number),
	    (struct param)P_NULL(), e);
}

bool
smt_report_link(struct task *t, struct call *c, struct err *e)
{
	unsigned char sha256[DIGEST_BYTES];
	size_t len = strlen(c->param[0]);

	if (len != LINK_SIZE)
		return err(e, ERR_NOT_FOUND, "there is no such file, or not any more");
	digest_of(c->param[0], len, sha256);
	return send_file(t, c, (struct param)P_NULL(), (struct param)P_NULL(),
	    (struct param)P_BYTES(sha256, sizeof sha256), e);
}
