/* On-demand reads: asked for, and looked at until the utility has answered. */
#include <stdio.h>
#include <string.h>

#include "base/kwh.h"
#include "smt.h"
#include "v1/v1.h"

enum { ONE = 1, CODE_SIZE = 24 };

static const char submitted[] = "Request submitted successfully for further processing";
static const char limited[] =
    "Too soon, or too often: this meter or its utility takes no more for now";

/* ---- the last one, or one by its number ---- */

struct command_row {
	int64_t command, asked_at, answered_at, read_at, read_wh;
	struct str state, reason_words, words, zone;
};
static const struct db_field command_row[] = {
	DB_INT8(command_row, command),
	DB_STAMP(command_row, asked_at),
	DB_STAMP(command_row, answered_at),
	DB_STAMP(command_row, read_at),
	DB_INT8(command_row, read_wh),
	DB_TEXT(command_row, state),
	DB_TEXT(command_row, reason_words),
	DB_TEXT(command_row, words),
	DB_TEXT(command_row, zone),
};

/* *found false: there is none for the caller. The row lives as long as *keep. */
static bool
asked(struct task *t, struct call *c, struct param number, struct str esiid,
    struct command_row *row, struct rows **keep, bool *found, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);

	*found = false;
	if (db == NULL)
		return false;
	*keep = db_rows(
	    t, db, SQL_COMMAND_ASKED, ARGS(P_SHOWN(c), number, P_STR(esiid), P_INT4(ONE)), e);
	if (*keep == NULL)
		return false;
	*found = ROWS_NEXT(*keep, command_row, row);
	return true;
}

static bool
over(const struct command_row *row)
{
	return !str_is(row->state, "PENDING") && !str_is(row->state, "TAKEN");
}

static struct str
why(const struct command_row *row)
{
	if (row->reason_words.len > 0)
		return row->reason_words;
	return row->words.len > 0 ? row->words : STR("The meter was not read");
}

static bool
local_stamp(const struct command_row *row, int64_t at, char to[SMT_STAMP_SIZE], struct err *e)
{
	char name[64];
	const struct zone *z;

	str_copy(name, sizeof name, row->zone);
	z = zone_get(name, e);
	to[0] = '\0';
	if (z != NULL && at != DB_STAMP_NONE)
		smt_stamp(to, z, at);
	return z != NULL;
}

/* ---- the API ---- */

static bool
answer(struct task *t, struct call *c, struct str trans_id, int64_t command, const char *code,
    const char *words, const char *wrap, struct err *e)
{
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	char number[CODE_SIZE];

	(void)snprintf(number, sizeof number, "%lld", (long long)command);
	json_open(&j, NULL);
	if (wrap != NULL)
		json_open(&j, wrap);
	json_text(&j, "trans_id", trans_id);
	if (command != 0)
		json_text(&j, "correlationId", str_of(number));
	json_text(&j, "statusCode", str_of(code));
	json_text(&j, "statusReason", str_of(words));
	if (wrap != NULL)
		json_end(&j);
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}

/* Taken, or limited: both are said in the answer, as Smart Meter Texas does; Retry-After is
 * ours. */
static bool
make(struct task *t, struct call *c, const struct v1_wish *w, const char *wrap, struct err *e)
{
	struct v1_asking a;

	if (!v1_command_make(t, c, w, &a, e))
		return false;
	if (!a.limited)
		return answer(t, c, w->trans_id, a.command, "0", submitted, wrap, e);
	http_header(c->http, "Retry-After", "%d", (int)a.wait_s);
	return answer(t, c, w->trans_id, 0, "5031", limited, wrap, e);
}

bool
smt_odr(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	struct v1_wish w = { .kind = STR("ON_DEMAND_READ"), .door = "smt", .meter = STR("") };
	char room[SMT_ROOM];
	bool ok;

	if (!smt_begin(t, c, &s, true, &ok, e))
		return ok;
	if (!smt_ask_esiids(&s.ask, &s.why))
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	if (s.ask.n != 1) {
		(void)smt_say(&s.why, SMT_TOO_LARGE, "A request has one ESIID.");
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	}
	if (!smt_nothing_against(t, c, &s.ask, NULL, &ok, e))
		return ok;
	w.esiid = s.ask.esiids[0];
	w.trans_id = s.ask.trans_id;
	(void)smt_ask_text(s.ask.root, "MeterNumber", room, SMT_ROOM, &w.meter);
	if (make(t, c, &w, NULL, e))
		return true;
	if (e->code != ERR_NOT_FOUND || c->http->status != 0)
		return smt_said_no(t, c, &s.ask, e);
	err_clear(e);
	return smt_refuse(t, c, SMT_FOREIGN, s.ask.trans_id, e);
}

static bool
put_status(
    struct json *j, const struct smt_ask *a, const struct command_row *row, struct err *e)
{
	char number[CODE_SIZE], stamp[SMT_STAMP_SIZE];
	bool done = str_is(row->state, "COMPLETED");

	if (!local_stamp(row, row->read_at, stamp, e))
		return false;
	(void)snprintf(number, sizeof number, "%lld", (long long)row->command);
	json_open(j, NULL);
	json_text(j, "trans_id", a->trans_id);
	json_text(j, "correlationId", str_of(number));
	json_text(j, "statusCode", !over(row) ? STR("PEN") : done ? STR("0") : STR("1"));
	json_text(j, "statusReason",
	    !over(row) ? STR("The read is pending")
	    : done     ? STR("Success")
		       : why(row));
	if (done) {
		json_open(j, "odrRead");
		json_decimal(j, "registeredRead", row->read_wh, 3);
		json_text(j, "readDate", str_of(stamp));
		json_end(j);
	}
	json_end(j);
	return true;
}

bool
smt_odr_status(struct task *t, struct call *c, struct err *e)
{
	AUTO(smt_call) s;
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	struct command_row row;
	struct str text;
	char room[SMT_ROOM];
	int64_t number;
	bool ok, found;

	if (!smt_begin(t, c, &s, false, &ok, e))
		return ok;
	if (!smt_ask_text(s.ask.root, "correlationId", room, SMT_ROOM, &text) ||
	    !str_int64(text, &number)) {
		(void)smt_say(&s.why, SMT_BAD_FIELD, "correlationId is missing, or no number.");
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	}
	s.ask.n = 0;
	if (!smt_nothing_against(t, c, &s.ask, NULL, &ok, e))
		return ok;
	if (!asked(t, c, (struct param)P_INT8(number), (struct str){ NULL, 0 }, &row, &keep,
		&found, e))
		return false;
	if (!found)
		return smt_refuse(t, c, SMT_NOTHING, s.ask.trans_id, e);
	return put_status(&j, &s.ask, &row, e) && answer_json(t, c, 200, &b, e);
}

/* ---- customers' programs ---- */

/* A MeterNumber is not looked at: programs send any, as Smart Meter Texas lets them. */
static bool
esiid_of(
    struct task *t, struct call *c, struct json_in **json, struct str *esiid, struct err *e)
{
	if (!smt_web_body(t, c, json, e))
		return false;
	return json_in_text_of(json_in_fold(json_in_root(*json), "ESIID"), esiid) ||
	       err(e, ERR_USAGE, "ESIID is missing.");
}

bool
smt_web_odr(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) json = NULL;
	struct v1_wish w = {
		.kind = STR("ON_DEMAND_READ"), .door = "web", .trans_id = STR("")
	};

	if (!esiid_of(t, c, &json, &w.esiid, e))
		return false;
	return make(t, c, &w, "data", e);
}

/* While it is pending, Smart Meter Texas says "0" and when it was asked for; programs take the
 * text for a number before they look at the status. */
static bool
put_latest(struct json *j, const struct command_row *row, struct err *e)
{
	char stamp[SMT_STAMP_SIZE], kwh[KWH_SIZE] = "";
	bool done = str_is(row->state, "COMPLETED"), pending = !over(row);

	if (!local_stamp(row, pending ? row->asked_at : row->read_at, stamp, e))
		return false;
	if (done)
		(void)kwh_write(kwh, row->read_wh);
	json_open(j, NULL);
	json_open(j, "data");
	json_text(j, "odrstatus",
	    pending ? STR("PENDING")
	    : done  ? STR("COMPLETED")
		    : STR("FAILED"));
	json_text(j, "odrread", pending ? STR("0") : str_of(kwh));
	json_text(j, "odrusage", pending ? STR("0") : STR(""));
	json_text(j, "odrdate", str_of(stamp));
	json_text(j, "responseMessage", pending || done ? STR("SUCCESS") : why(row));
	json_end(j);
	json_end(j);
	return true;
}

bool
smt_web_odr_latest(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) json = NULL;
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) b = BUF(SMT_SMALL);
	struct json j = json_to(&b);
	struct command_row row;
	struct str esiid;
	bool found;

	if (!esiid_of(t, c, &json, &esiid, e) ||
	    !asked(t, c, (struct param)P_NULL(), esiid, &row, &keep, &found, e))
		return false;
	if (!found)
		return answer(t, c, STR(""), 0, "1", "There is no on-demand read.", "data", e);
	return put_latest(&j, &row, e) && answer_json(t, c, 200, &b, e);
}
