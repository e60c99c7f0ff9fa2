/*
 * Meter commands, as the utility's head end sees them: it takes those that wait, or waits for
 * one itself (a long poll), and answers each by its number. What it takes and does not answer
 * it is given again after a minute, with the same number: a command is done once however often
 * it is handed out.
 */
#include "v1.h"

#include "rt/loop.h"

enum { MOST = 1000, PRESET = 100, WAIT_MOST_S = 60, LOOK_MS = 250, BYTES = 4 * 1024 * 1024 };

struct taken_row {
	int64_t command, asked_at, expires_at;
	struct str kind, esiid, meter_number, args;
	bool again;
};

static const struct db_field fields[] = {
	DB_INT8(taken_row, command),
	DB_TEXT(taken_row, kind),
	DB_TEXT(taken_row, esiid),
	DB_TEXT(taken_row, meter_number),
	DB_TEXT(taken_row, args),
	DB_STAMP(taken_row, asked_at),
	DB_STAMP(taken_row, expires_at),
	DB_BOOL(taken_row, again),
};

static bool
number_of(const struct call *c, const char *name, int64_t preset, int64_t most, int64_t *to,
    struct err *e)
{
	struct str text;

	*to = preset;
	if (!call_query(c, name, &text))
		return true;
	if (!str_int64(text, to) || *to < 0 || *to > most)
		return err(e, ERR_BAD_INPUT, "%s is \"" STR_FMT "\", expected 0 to %lld", name,
		    STR_ARG(text), (long long)most);
	return true;
}

/* No connection is held between two looks. */
static struct rows *
take(struct task *t, struct call *c, int64_t most, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);

	return db == NULL ? NULL
			  : db_rows(t, db, SQL_COMMAND_TAKE,
				ARGS(P_SHOWN(c), P_INT4((int32_t)most)), e);
}

static struct rows *
wait_for_one(struct task *t, struct call *c, int64_t most, int64_t wait_s, struct err *e)
{
	uint64_t until = loop_now_ms(task_loop(t)) + (uint64_t)wait_s * 1000;
	struct rows *r;

	for (;;) {
		task_deadline(t, 0);
		task_deadline(t, HTTP_STEP_MS);
		r = take(t, c, most, e);
		if (r == NULL || rows_count(r) > 0 || loop_now_ms(task_loop(t)) >= until)
			return r;
		rows_free(&r);
		if (!task_sleep(t, LOOK_MS, e))
			return NULL;
	}
}

bool
v1_tdu_commands(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(BYTES);
	struct json j = json_to(&b);
	AUTO_PTR(rows) r = NULL;
	struct taken_row row;
	int64_t most, wait_s;

	if (!call_only(c, "most wait_s", e) || !number_of(c, "most", PRESET, MOST, &most, e) ||
	    !number_of(c, "wait_s", 0, WAIT_MOST_S, &wait_s, e))
		return false;
	r = wait_for_one(t, c, most, wait_s, e);
	if (r == NULL)
		return false;
	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(r, fields, &row)) {
		json_open(&j, NULL);
		json_int(&j, "command", row.command);
		json_text(&j, "kind", row.kind);
		json_text(&j, "esiid", row.esiid);
		json_text(&j, "meter_number", row.meter_number);
		json_raw(&j, "args", row.args);
		json_stamp(&j, "asked_at", row.asked_at);
		json_stamp(&j, "answer_before", row.expires_at);
		json_bool(&j, "again", row.again);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}

/* ---- answering ---- */

struct said { /* what the head end says */
	struct str state, meter, reason, words;
	struct param at, read_wh, generation_wh;
};

static bool
read_wh(const struct json_value *v, const char *name, struct param *to, struct err *e)
{
	int64_t n;

	*to = (struct param)P_NULL();
	if (!json_in_has(v, name))
		return true;
	if (!json_in_int(v, name, 0, INT64_C(1) << 50, &n, e))
		return false;
	*to = (struct param)P_INT8(n);
	return true;
}

static bool
read_said(const struct json_value *v, struct said *s, struct err *e)
{
	struct str at;
	int64_t utc_s;

	if (!json_in_only(
		v, "state read_at register_wh generation_wh meter_number reason words", e) ||
	    !json_in_text(v, "state", &s->state, e) ||
	    !json_in_text_or(v, "meter_number", "", &s->meter, e) ||
	    !json_in_text_or(v, "reason", "", &s->reason, e) ||
	    !json_in_text_or(v, "words", "", &s->words, e) ||
	    !json_in_text_or(v, "read_at", "", &at, e) ||
	    !read_wh(v, "register_wh", &s->read_wh, e) ||
	    !read_wh(v, "generation_wh", &s->generation_wh, e))
		return false;
	s->at = (struct param)P_NULL();
	if (at.len == 0)
		return true;
	if (!civil_read_stamp(at, &utc_s))
		return err(e, ERR_BAD_INPUT,
		    "read_at is \"" STR_FMT "\", expected a time with its offset, as "
		    "2026-01-31T14:05:00Z",
		    STR_ARG(at));
	s->at = (struct param)P_STAMP(utc_s);
	return true;
}

static struct param
or_null(struct str s)
{
	return s.len > 0 ? (struct param)P_STR(s) : (struct param)P_NULL();
}

bool
v1_tdu_answer(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(BYTES);
	struct json j = json_to(&b);
	AUTO_PTR(json_in) in = NULL;
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct answered {
		struct str result;
	} row;
	static const struct db_field result[] = { DB_TEXT(answered, result) };
	struct said s = { 0 };
	int64_t number;

	if (!call_only(c, "", e) || !call_json(t, c, &in, e) ||
	    !read_said(json_in_root(in), &s, e))
		return false;
	if (!str_int64(str_of(c->param[0]), &number))
		return err(e, ERR_NOT_FOUND, "there is no such command for you");
	db = call_lease(t, c, e);
	if (db == NULL ||
	    db_one(t, db, SQL_COMMAND_ANSWER,
		ARGS(P_SHOWN(c), P_INT8(number), P_STR(s.state), s.at, s.read_wh,
		    s.generation_wh, or_null(s.meter), or_null(s.reason), or_null(s.words)),
		result, nitems(result), &row, &keep, e) != DB_FOUND)
		return false;
	json_open(&j, NULL);
	json_int(&j, "command", number);
	json_text(&j, "result", row.result);
	json_end(&j);
	buf_byte(&b, '\n');
	return answer_json(t, c, 200, &b, e);
}
