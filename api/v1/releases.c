/* Who got what of a customer's reads, when and through which door. */
#include "body.h"

#include <stdio.h>

enum { PAGE = 100, PAGE_MOST = 1000 };

struct release_row {
	int64_t event;
	struct str body;
};
static const struct db_field release_row[] = {
	DB_INT8(release_row, event),
	DB_TEXT(release_row, body),
};

static bool
put_rows(struct answer *a, struct rows *rows, struct err *e)
{
	struct json j = json_to(answer_to(a));
	struct release_row row;
	char cursor[24] = "";

	json_open(&j, NULL);
	json_list(&j, "items");
	while (ROWS_NEXT(rows, release_row, &row)) {
		if (row.body.at != NULL)
			json_raw(&j, NULL, row.body);
		else if (row.event > 0)
			snprintf(cursor, sizeof cursor, "e%lld", (long long)row.event);
		if (!answer_more(a, e))
			return false;
	}
	json_end(&j);
	json_text(&j, "cursor", cursor[0] != '\0' ? str_of(cursor) : (struct str){ NULL, 0 });
	json_end(&j);
	buf_byte(answer_to(a), '\n');
	return answer_more(a, e);
}

bool
v1_releases(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = NULL;
	AUTO_PTR(rows) rows = NULL;
	AUTO(answer) a = { .fd = -1 };
	int64_t before, most;

	if (!call_only(c, "esiid cursor limit", e) || !v1_before(c, 'e', &before, e) ||
	    !v1_page(c, PAGE, PAGE_MOST, &most, e))
		return false;
	db = call_lease(t, c, e);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_V1_RELEASES,
	    ARGS(
		P_SHOWN(c), P_STR(v1_query(c, "esiid")), P_INT8(before), P_INT4((int32_t)most)),
	    e);
	if (rows == NULL)
		return false;
	answer_begin(&a, c, "application/json");
	return put_rows(&a, rows, e) && answer_send(t, &a, 200, e);
}
