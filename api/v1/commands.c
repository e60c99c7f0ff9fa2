/*
 * Meter commands, as who asks for them sees them: a command is asked for, is PENDING before the
 * answer to that is out, and is looked at until the utility has answered.
 */
#include "body.h"

#include <string.h>

#include "meter/out_rows.h"
#include "rt/log.h"

enum { LIST_MOST = 200, LIST_BYTES = 256 * 1024, EXPIRE_MS = 5000, EXPIRE_LIMIT_MS = 30000 };

struct command_row {
	int64_t command, asked_at, answered_at, took_ms, read_at, read_wh, generation_wh,
	    device, ready_ms;
	struct str kind, esiid, meter_number, state, reason, reason_words, words, trans_id,
	    args;
};

static const struct db_field fields[] = {
	DB_INT8(command_row, command),
	DB_TEXT(command_row, kind),
	DB_TEXT(command_row, esiid),
	DB_TEXT(command_row, meter_number),
	DB_TEXT(command_row, state),
	DB_TEXT(command_row, reason),
	DB_TEXT(command_row, reason_words),
	DB_TEXT(command_row, words),
	DB_TEXT(command_row, trans_id),
	DB_STAMP(command_row, asked_at),
	DB_STAMP(command_row, answered_at),
	DB_INT8(command_row, took_ms),
	DB_STAMP(command_row, read_at),
	DB_INT8(command_row, read_wh),
	DB_INT8(command_row, generation_wh),
	DB_TEXT(command_row, args),
	DB_INT8(command_row, device),
	DB_INT8(command_row, ready_ms),
};

static void
put_command(struct json *j, const struct command_row *row)
{
	json_open(j, NULL);
	json_int(j, "command", row->command);
	json_text(j, "kind", row->kind);
	json_text(j, "esiid", row->esiid);
	json_text(j, "meter_number", row->meter_number);
	json_text(j, "state", row->state);
	json_stamp(j, "asked_at", row->asked_at);
	json_stamp(j, "answered_at", row->answered_at);
	if (row->took_ms != OUT_NONE)
		json_int(j, "took_ms", row->took_ms);
	if (row->ready_ms != OUT_NONE)
		json_int(j, "ready_ms", row->ready_ms);
	if (row->args.at != NULL)
		json_raw(j, "args", row->args);
	if (row->device > 0)
		json_int(j, "device", row->device);
	if (row->reason.at != NULL) {
		json_text(j, "reason", row->reason);
		json_text(j, "reason_words", row->reason_words);
		json_text(j, "utility_words", row->words);
	}
	if (row->read_wh != OUT_NONE) {
		json_open(j, "read");
		json_stamp(j, "at", row->read_at);
		json_decimal(j, "register_kwh", row->read_wh, 3);
		if (row->generation_wh != OUT_NONE)
			json_decimal(j, "generation_kwh", row->generation_wh, 3);
		json_end(j);
	}
	json_end(j);
}

static struct rows *
asked(struct task *t, struct call *c, struct param command, struct str esiid, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);

	return db == NULL ? NULL
			  : db_rows(t, db, SQL_COMMAND_ASKED,
				ARGS(P_SHOWN(c), command, P_STR(esiid), P_INT4(LIST_MOST)), e);
}

bool
v1_commands(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(LIST_BYTES);
	struct json j = json_to(&b);
	struct command_row row;
	AUTO_PTR(rows) r = NULL;
	struct str esiid;

	if (!call_only(c, "esiid", e))
		return false;
	r = asked(t, c, (struct param)P_NULL(),
	    call_query(c, "esiid", &esiid) ? esiid : (struct str){ NULL, 0 }, e);
	if (r == NULL)
		return false;
	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(r, fields, &row))
		put_command(&j, &row);
	json_end(&j);
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}

bool
v1_command(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(LIST_BYTES);
	struct json j = json_to(&b);
	AUTO_PTR(rows) r = NULL;
	struct command_row row;
	int64_t number;

	if (!call_only(c, "", e))
		return false;
	if (!str_int64(str_of(c->param[0]), &number))
		return err(e, ERR_NOT_FOUND, "there is no such command for you");
	r = asked(t, c, (struct param)P_INT8(number), (struct str){ NULL, 0 }, e);
	if (r == NULL)
		return false;
	if (!ROWS_NEXT(r, fields, &row))
		return err(e, ERR_NOT_FOUND, "there is no such command for you");
	put_command(&j, &row);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}

/* ---- devices that meters speak to ---- */

bool
v1_devices(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && v1_body(t, c, SQL_COMMAND_DEVICES,
					  ARGS(P_SHOWN(c), P_TEXT(c->param[0])), 200, e);
}

/* ---- asking ---- */

static bool
too_often(struct task *t, struct call *c, const struct v1_asking *a, struct err *e)
{
	http_header(c->http, "Retry-After", "%d", (int)a->wait_s);
	return call_problem(t, c, 429, a->of_meter ? "METER_LIMIT" : "UTILITY_LIMIT",
	    a->of_meter ? "This meter has been asked as often as it may be within an hour."
			: "The utility takes no more commands today.",
	    e);
}

bool
v1_command_make(struct task *t, struct call *c, const struct v1_wish *w, struct v1_asking *to,
    struct err *e)
{
	static const struct db_field made[] = {
		DB_TEXT(v1_asking, result),
		DB_INT4(v1_asking, wait_s),
		DB_INT8(v1_asking, command),
		DB_INT4(v1_asking, left_hour),
		DB_STAMP(v1_asking, asked_at),
	};
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) keep = NULL;

	*to = (struct v1_asking){ 0 };
	if (db == NULL || db_one(t, db, SQL_COMMAND_ASK,
			      ARGS(P_SHOWN(c), P_STR(w->esiid), P_STR(w->meter), P_STR(w->kind),
				  P_STR(w->trans_id), P_TEXT(w->door), P_STR(w->body)),
			      made, nitems(made), to, &keep, e) != DB_FOUND)
		return false;
	to->of_meter = str_is(to->result, "METER");
	to->limited = !str_is(to->result, "OK");
	to->result = (struct str){ NULL, 0 }; /* it lives in the rows */
	return true;
}

bool
v1_command_ask(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(LIST_BYTES);
	struct json j = json_to(&b);
	AUTO_PTR(json_in) in = NULL;
	struct v1_wish w = { .door = "v1", .esiid = str_of(c->param[0]) };
	const struct json_value *root;
	struct v1_asking a;

	if (!call_only(c, "", e) || !call_json(t, c, &in, e))
		return false;
	root = json_in_root(in);
	if (!json_in_only(root, "kind meter_number trans_id args", e) ||
	    !json_in_text(root, "kind", &w.kind, e) ||
	    !json_in_text_or(root, "meter_number", "", &w.meter, e) ||
	    !json_in_text_or(root, "trans_id", "", &w.trans_id, e) ||
	    !call_body(t, c, &w.body, e) || !v1_command_make(t, c, &w, &a, e))
		return false;
	if (a.limited)
		return too_often(t, c, &a, e);
	json_open(&j, NULL);
	json_int(&j, "command", a.command);
	json_text(&j, "state", STR("PENDING"));
	json_stamp(&j, "asked_at", a.asked_at);
	json_int(&j, "left_this_hour", a.left_hour);
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(c->http, "Location", "/v1/commands/%lld", (long long)a.command);
	return answer_json(t, c, 202, &b, e);
}

/* ---- those that nobody answers ---- */

void
v1_commands_run(struct task *t, void *arg)
{
	struct api *api = arg;
	struct err e = { 0 };

	while (task_sleep(t, EXPIRE_MS, &e)) {
		struct err why = { 0 };
		AUTO_PTR(conn) c = NULL;

		task_deadline(t, EXPIRE_LIMIT_MS);
		c = db_lease(t, api->door.db, &why);
		if (c == NULL ||
		    db_exec(t, c, SQL_COMMAND_EXPIRE, NO_ARGS, NULL, &why) > DB_NONE)
			log_warn(t, "api.expire", "says=\"%s\"", why.text);
		task_deadline(t, 0);
	}
}
