/*
 * Reports of the month that is over, for regulators: made by the database of one snapshot, put
 * into the store as JSON, CSV and page, and named in their boxes. A task of its own, since one
 * may take minutes; what was cut goes on from its rows.
 */
#include <string.h>

#include "dropd.h"
#include "rt/log.h"

enum { REPORT_MOST = 256 * 1024 * 1024, WAIT_MS = 60000, AGAIN_MS = 5000 };

/* Makes what is due, one at a time, so that no transaction is long. */
static bool
make(struct task *t, struct conn *c, struct err *e)
{
	struct due {
		int64_t made;
	} row;
	static const struct db_field fields[] = { DB_INT8(due, made) };

	do {
		if (db_one(t, c, SQL_REPORTS_DUE, NO_ARGS, fields, nitems(fields), &row, NULL,
			e) != DB_FOUND)
			return false;
		if (row.made > 0)
			log_info(t, "reports.made", "report=%lld", (long long)row.made);
	} while (row.made > 0 && !task_cancelled(t));
	return true;
}

struct file_row {
	int64_t made;
	struct str format, name, body;
};
static const struct db_field file_fields[] = { DB_INT8(file_row, made),
	DB_TEXT(file_row, format), DB_TEXT(file_row, name), DB_TEXT(file_row, body) };

static bool
put(struct task *t, struct dropd *d, struct conn *c, const struct file_row *f, struct err *e)
{
	AUTO_PTR(part) part = part_new(d->objects, REPORT_MOST, e);
	struct object_name object;

	if (part == NULL || !part_add(part, f->body.at, f->body.len, e) ||
	    !part_keep(t, part, OBJECT_OUT, &object, e))
		return false;
	return db_exec(t, c, SQL_REPORTS_PLACE,
		   ARGS(P_INT8(f->made), P_STR(f->format), P_STR(f->name),
		       P_BYTES(object.sha256, DIGEST_BYTES), P_INT8(object.size)),
		   NULL, e) == DB_FOUND;
}

static bool
place(struct task *t, struct dropd *d, struct conn *c, struct err *e)
{
	while (!task_cancelled(t)) {
		AUTO_PTR(rows) rows = db_rows(t, c, SQL_REPORTS_UNPLACED, NO_ARGS, e);
		struct file_row f;

		if (rows == NULL)
			return false;
		if (!ROWS_NEXT(rows, file_fields, &f))
			break;
		if (!put(t, d, c, &f, e))
			return false;
		log_info(t, "reports.placed", "report=%lld format=" STR_FMT, (long long)f.made,
		    STR_ARG(f.format));
	}
	return true;
}

static bool
look(struct task *t, struct dropd *d, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, d->db, e);

	d->report = false;
	return c != NULL && make(t, c, e) && place(t, d, c, e);
}

void
reports_run(struct task *t, void *arg)
{
	struct dropd *d = arg;
	struct err e = { 0 };

	d->reporter = t;
	while (!task_cancelled(t)) {
		bool ok;

		e = (struct err){ 0 };
		ok = look(t, d, &e);

		if (task_cancelled(t))
			break;
		if (!ok)
			log_warn(t, "reports.look", "says=\"%s\"", e.text);
		task_deadline(t, ok ? WAIT_MS : AGAIN_MS);
		while (!d->report && task_park(t, &e))
			;
		task_deadline(t, 0);
	}
	d->reporter = NULL;
}
