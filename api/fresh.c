/* How far reads have come; see fresh.h. */
#include "fresh.h"

#include "rt/loop.h"

enum { FRESH_MS = 5000, FRESH_MOST = 64 };

struct fresh_row {
	struct str tdu;
	int64_t loaded_at, due, received;
	int32_t day;
};
static const struct db_field fresh_row[] = {
	DB_TEXT(fresh_row, tdu),
	DB_STAMP(fresh_row, loaded_at),
	DB_DATE(fresh_row, day),
	DB_INT8(fresh_row, due),
	DB_INT8(fresh_row, received),
};

static struct {
	uint64_t until_ms;
	size_t n;
	struct {
		char tdu[41];
		struct fresh fresh;
	} at[FRESH_MOST];
} kept;

static bool
ask(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = db == NULL ? NULL : db_rows(t, db, SQL_API_FRESHNESS, NO_ARGS, e);
	struct fresh_row row;

	if (rows == NULL)
		return false;
	kept.n = 0;
	while (kept.n < FRESH_MOST && ROWS_NEXT(rows, fresh_row, &row)) {
		str_copy(kept.at[kept.n].tdu, sizeof kept.at[kept.n].tdu, row.tdu);
		kept.at[kept.n++].fresh =
		    (struct fresh){ row.loaded_at, row.day, row.due, row.received };
	}
	kept.until_ms = loop_now_ms(task_loop(t)) + FRESH_MS;
	return true;
}

static bool
among(const char *tdu, struct str tdus)
{
	struct str one;
	bool more = tdus.len > 0;

	while (more) {
		more = str_cut(tdus, ',', &one, &tdus);
		if (str_is(one, tdu))
			return true;
	}
	return false;
}

/* received/due as a fraction of two: a/b < c/d, where nothing due is complete. */
static bool
less_complete(const struct fresh *a, const struct fresh *b)
{
	return a->due > 0 && (b->due == 0 || a->received * b->due < b->received * a->due);
}

bool
fresh_of(struct task *t, struct call *c, struct str tdus, struct fresh *to, struct err *e)
{
	*to = (struct fresh){ .loaded_s = DB_STAMP_NONE, .day = DAY_NONE };
	if (loop_now_ms(task_loop(t)) >= kept.until_ms && !ask(t, c, e))
		return false;
	for (size_t i = 0; i < kept.n; i++) {
		const struct fresh *f = &kept.at[i].fresh;

		if (!among(kept.at[i].tdu, tdus))
			continue;
		if (to->day == DAY_NONE) {
			*to = *f;
			continue;
		}
		if (f->loaded_s < to->loaded_s)
			to->loaded_s = f->loaded_s;
		if (f->day < to->day)
			to->day = f->day;
		if (less_complete(f, to)) {
			to->due = f->due;
			to->received = f->received;
		}
	}
	return true;
}

/* In ten-thousandths. */
static int64_t
complete_of(const struct fresh *f)
{
	return f->received >= f->due ? 10000 : f->received * 10000 / f->due;
}

void
fresh_headers(struct http *r, const struct fresh *f)
{
	char stamp[CIVIL_STAMP_SIZE], date[CIVIL_DATE_SIZE];

	if (f->loaded_s != DB_STAMP_NONE) {
		civil_stamp(stamp, f->loaded_s);
		http_header(r, "Busbar-Loaded-At", "%s", stamp);
	}
	if (f->day != DAY_NONE && f->due > 0) {
		civil_date(date, f->day);
		http_header(r, "Busbar-Last-Day", "%s; complete=%lld.%04lld", date,
		    (long long)(complete_of(f) / 10000), (long long)(complete_of(f) % 10000));
	}
}

void
fresh_json(struct json *j, const struct fresh *f)
{
	json_open(j, "freshness");
	json_stamp(j, "loaded_at", f->loaded_s);
	json_date(j, "last_day", f->day);
	if (f->due > 0)
		json_decimal(j, "last_day_complete", complete_of(f), 4);
	else
		json_null(j, "last_day_complete");
	json_end(j);
}
