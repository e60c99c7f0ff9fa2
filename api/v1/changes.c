/*
 * What has changed: premises whose reads came or were corrected behind a cursor. The cursor is
 * all that there is to it: the hub keeps nothing of a reader, so none is ever too old while
 * what it points to is kept.
 */
#include "v1.h"

enum { PAGE = 500, PAGE_MOST = 5000 };

struct change_row {
	struct str esiid, tdu, kind, next_cursor;
	int32_t load, first_day, last_day, corrected_first, corrected_last;
	int64_t loaded_at;
	bool more;
};
static const struct db_field change_row[] = {
	DB_TEXT(change_row, esiid),
	DB_TEXT(change_row, tdu),
	DB_TEXT(change_row, kind),
	DB_TEXT(change_row, next_cursor),
	DB_INT4(change_row, load),
	DB_DATE(change_row, first_day),
	DB_DATE(change_row, last_day),
	DB_DATE(change_row, corrected_first),
	DB_DATE(change_row, corrected_last),
	DB_STAMP(change_row, loaded_at),
	DB_BOOL(change_row, more),
};

static void
put_row(struct json *j, const struct change_row *row)
{
	json_open(j, NULL);
	json_text(j, "esiid", row->esiid);
	json_text(j, "tdu", row->tdu);
	json_text(j, "kind", row->kind);
	json_int(j, "load", row->load);
	json_stamp(j, "loaded", row->loaded_at);
	json_date(j, "first_day", row->first_day);
	json_date(j, "last_day", row->last_day);
	json_date(j, "corrected_first_day", row->corrected_first);
	json_date(j, "corrected_last_day", row->corrected_last);
	json_end(j);
}

/* The cursor, or since when; neither: from now on. */
static bool
place_of(const struct call *c, struct str *cursor, int64_t *since_s, struct err *e)
{
	struct str since;
	bool told = call_query(c, "since", &since);

	*since_s = DB_STAMP_NONE;
	if (!call_query(c, "cursor", cursor))
		cursor->at = NULL;
	if (told && cursor->at != NULL)
		return err(e, ERR_USAGE, "expected a cursor or \"since\", not both");
	return !told || civil_read_stamp(since, since_s) ||
	       err(e, ERR_USAGE, "\"since\" is no instant, expected 2026-04-21T05:00:00Z");
}

static bool
put_rows(struct answer *a, struct rows *rows, struct err *e)
{
	struct json j = json_to(answer_to(a));
	struct change_row row;

	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(rows, change_row, &row)) {
		if (row.esiid.at != NULL) {
			put_row(&j, &row);
		} else {
			json_end(&j);
			json_text(&j, "cursor", row.next_cursor);
			json_bool(&j, "more", row.more);
			json_end(&j);
		}
		if (!answer_more(a, e))
			return false;
	}
	buf_byte(answer_to(a), '\n');
	return j.depth == 0 || err(e, ERR_BUG, "a feed of changes has no end");
}

bool
v1_changes(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	AUTO(answer) a = { .fd = -1 };
	struct str cursor;
	int64_t since_s, most;

	if (!call_only(c, "cursor since limit", e) || !place_of(c, &cursor, &since_s, e) ||
	    !v1_page(c, PAGE, PAGE_MOST, &most, e))
		return false;
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_V1_CHANGES,
	    ARGS(P_SHOWN(c), P_STR(cursor), P_STAMP(since_s), P_INT4((int32_t)most)), e);
	if (rows == NULL)
		return false;
	answer_begin(&a, c, "application/json");
	return put_rows(&a, rows, e) && answer_send(t, &a, 200, e);
}
