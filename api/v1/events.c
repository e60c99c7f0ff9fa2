/* /v1/events: the log that webhooks are told of, for who would rather ask. docs/webhooks.md. */
#include <stdio.h>

#include "v1.h"

enum { PAGE_MOST = 4 * 1024 * 1024, EVENTS_PRESET = 100, EVENTS_MOST = 1000 };

struct event_row {
	int64_t seq, at, agreement;
	int32_t from_day, to_day;
	struct str id, kind, esiid, detail;
	bool more;
};

static const struct db_field event_fields[] = { DB_INT8(event_row, seq),
	DB_STAMP(event_row, at), DB_INT8(event_row, agreement), DB_DATE(event_row, from_day),
	DB_DATE(event_row, to_day), DB_TEXT(event_row, id), DB_TEXT(event_row, kind),
	DB_TEXT(event_row, esiid), DB_TEXT(event_row, detail), DB_BOOL(event_row, more) };

static void
put_event(struct json *j, const struct event_row *r)
{
	json_open(j, NULL);
	json_text(j, "id", r->id);
	json_text(j, "type", r->kind);
	json_int(j, "sequence", r->seq);
	json_stamp(j, "at", r->at);
	if (r->esiid.len > 0)
		json_text(j, "esiid", r->esiid);
	if (r->agreement > 0)
		json_int(j, "agreement", r->agreement);
	if (r->from_day != DAY_NONE) {
		json_date(j, "from", r->from_day);
		json_date(j, "to", r->to_day);
	}
	json_raw(j, "detail", r->detail);
	json_end(j);
}

static void
put_end(struct json *j, const struct event_row *r)
{
	char cursor[64];

	snprintf(cursor, sizeof cursor, "%lld%s" STR_FMT, (long long)r->seq,
	    r->esiid.len > 0 ? "." : "", STR_ARG(r->esiid));
	json_text(j, "cursor", str_of(cursor));
	json_bool(j, "more", r->more);
}

bool
v1_events(struct task *t, struct call *c, struct err *e)
{
	struct str after, most_text;
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	AUTO(buf) b = BUF(PAGE_MOST);
	struct json j = json_to(&b);
	struct event_row r;
	int64_t most = EVENTS_PRESET;

	if (!call_only(c, "after most", e))
		return false;
	if (!call_query(c, "after", &after))
		after = STR("0");
	if (call_query(c, "most", &most_text) &&
	    (!str_int64(most_text, &most) || most < 1 || most > EVENTS_MOST))
		return err(e, ERR_USAGE,
		    "most is \"" STR_FMT "\", expected a number from 1 to %d",
		    STR_ARG(most_text), EVENTS_MOST);
	if ((db = call_lease(t, c, e)) == NULL ||
	    (rows = db_rows(t, db, SQL_APIHOOK_EVENTS,
		 ARGS(P_SHOWN(c), P_STR(after), P_INT4((int32_t)most)), e)) == NULL)
		return false;
	json_open(&j, NULL);
	json_list(&j, "events");
	while (ROWS_NEXT(rows, event_fields, &r))
		if (r.id.len > 0) {
			put_event(&j, &r);
		} else { /* the last one */
			json_end(&j);
			put_end(&j, &r);
		}
	json_end(&j);
	return answer_json(t, c, 200, &b, e);
}
