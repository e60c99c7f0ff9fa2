/* Premises that the caller may read something of, and their meters. */
#include <stdio.h>

#include "v1.h"

enum { PAGE = 100, PAGE_MOST = 1000 };

struct premise_row {
	int32_t place;
	struct str body;
};
static const struct db_field premise_row[] = {
	DB_INT4(premise_row, place),
	DB_TEXT(premise_row, body),
};

bool
v1_page(const struct call *c, int64_t preset, int64_t most, int64_t *n, struct err *e)
{
	struct str text;

	*n = preset;
	if (!call_query(c, "limit", &text))
		return true;
	return (str_int64(text, n) && *n >= 1 && *n <= most) ||
	       err(e, ERR_USAGE, "\"limit\" is no number from 1 to %lld", (long long)most);
}

/* Where a page begins is a number of ours: "p" and digits, to be taken as it is given. */
static bool
after_of(const struct call *c, int64_t *after, struct err *e)
{
	struct str text;

	*after = 0;
	if (!call_query(c, "cursor", &text))
		return true;
	return (str_starts(text, "p") &&
		   str_int64((struct str){ text.at + 1, text.len - 1 }, after) &&
		   *after <= INT32_MAX) ||
	       err(e, ERR_USAGE, "\"cursor\" is none of this list");
}

static void
put_rows(struct json *j, struct rows *rows, int32_t *next)
{
	struct premise_row row;

	*next = 0;
	json_list(j, "items");
	while (ROWS_NEXT(rows, premise_row, &row))
		if (row.body.at == NULL)
			*next = row.place;
		else
			json_raw(j, NULL, row.body);
	json_end(j);
}

bool
v1_premises(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	AUTO(answer) a = { .fd = -1 };
	struct json j;
	int64_t after, most;
	int32_t next;
	char cursor[16];

	if (!call_only(c, "cursor limit", e) || !after_of(c, &after, e) ||
	    !v1_page(c, PAGE, PAGE_MOST, &most, e))
		return false;
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_V1_PREMISES,
	    ARGS(P_SHOWN(c), P_INT4((int32_t)after), P_INT4((int32_t)most)), e);
	if (rows == NULL)
		return false;
	answer_begin(&a, c, "application/json");
	j = json_to(answer_to(&a));
	json_open(&j, NULL);
	put_rows(&j, rows, &next);
	snprintf(cursor, sizeof cursor, "p%d", (int)next);
	json_text(&j, "cursor", next > 0 ? str_of(cursor) : (struct str){ NULL, 0 });
	json_end(&j);
	buf_byte(answer_to(&a), '\n');
	return answer_more(&a, e) && answer_send(t, &a, 200, e);
}

static bool
one(struct task *t, struct call *c, struct answer *a, struct err *e)
{
	struct body_row {
		struct str body;
	} row;
	static const struct db_field fields[] = { DB_TEXT(body_row, body) };
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) keep = NULL;

	if (!call_only(c, "", e))
		return false;
	db = call_lease(t, c, e);
	if (db == NULL || db_one(t, db, SQL_V1_PREMISE, ARGS(P_SHOWN(c), P_TEXT(c->param[0])),
			      fields, nitems(fields), &row, &keep, e) != DB_FOUND)
		return false;
	answer_begin(a, c, "application/json");
	buf_str(answer_to(a), row.body);
	buf_byte(answer_to(a), '\n');
	return answer_more(a, e);
}

bool
v1_premise(struct task *t, struct call *c, struct err *e)
{
	AUTO(answer) a = { .fd = -1 };

	return one(t, c, &a, e) && answer_send(t, &a, 200, e);
}
