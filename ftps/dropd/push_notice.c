/* A delivery that was given up is told to the partner by a file in the box where the drop lies.
 */
#include <stdio.h>

#include "base/civil.h"
#include "push_job.h"
#include "rt/log.h"

enum { NOTICE_MOST = 2048 };

struct untold_row {
	int64_t push, drop, queued_at;
	int32_t attempts;
	struct str host, period, label, says, file;
};

static const struct db_field untold_fields[] = { DB_INT8(untold_row, push),
	DB_INT8(untold_row, drop), DB_STAMP(untold_row, queued_at),
	DB_INT4(untold_row, attempts), DB_TEXT(untold_row, host), DB_TEXT(untold_row, period),
	DB_TEXT(untold_row, label), DB_TEXT(untold_row, says), DB_TEXT(untold_row, file) };

static void
notice_text(struct buf *b, const struct untold_row *row)
{
	char since[CIVIL_STAMP_SIZE];

	civil_stamp(since, row->queued_at);
	buf_fmt(b,
	    "The files of \"" STR_FMT "\" for " STR_FMT
	    " could not be delivered to your server.\r\n"
	    "\r\n"
	    "Server:        " STR_FMT "\r\n"
	    "Tried since:   %s, %d times\r\n"
	    "Last failure:  " STR_FMT "\r\n"
	    "\r\n"
	    "They are not tried again by themselves. The files lie in your box, in this\r\n"
	    "folder; ask the hub's operator to have delivery %lld tried again.\r\n",
	    STR_ARG(row->label), STR_ARG(row->period), STR_ARG(row->host), since, row->attempts,
	    STR_ARG(row->says), (long long)row->push);
}

static bool
notice(struct task *t, struct pushes *p, struct conn *c, const struct untold_row *row,
    struct err *e)
{
	AUTO(buf) text = BUF(NOTICE_MOST);
	AUTO_PTR(part) part = part_new(p->objects, NOTICE_MOST, e);
	struct object_name object;
	char name[PUSH_TEXT_SIZE];

	notice_text(&text, row);
	snprintf(name, sizeof name, STR_FMT ".not-delivered.txt",
	    STR_ARG(str_first(row->file, 180)));
	return part != NULL && part_add(part, text.at, text.len, e) &&
	       part_keep(t, part, OBJECT_OUT, &object, e) &&
	       db_exec(t, c, SQL_PUSH_TELL,
		   ARGS(P_INT8(row->push), P_TEXT(name), P_BYTES(object.sha256, DIGEST_BYTES),
		       P_INT8(object.size)),
		   NULL, e) == DB_FOUND;
}

bool
push_notices(struct task *t, struct pushes *p, struct conn *c, struct err *e)
{
	AUTO_PTR(rows) rows = db_rows(t, c, SQL_PUSH_UNTOLD, NO_ARGS, e);
	struct untold_row row;

	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, untold_fields, &row)) {
		log_error(t, "push.given_up", "push=%lld attempts=%d", (long long)row.push,
		    row.attempts);
		if (!notice(t, p, c, &row, e))
			return false;
	}
	return true;
}
