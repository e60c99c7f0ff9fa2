/*
 * Which third party has files of invitations waiting: looked up at start, at each notification
 * of a receipt, and when a reader has come to its end. One reader a third party at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "rt/log.h"
#include "sheet.h"

enum { RETRY_FIRST_MS = 250, RETRY_MOST_MS = 15000, TRIES_MOST = 3 };

static const struct db_field row_fields[] = { DB_INT8(sheet_row, file), DB_INT4(sheet_row, csp),
	DB_TEXT(sheet_row, csp_code), DB_TEXT(sheet_row, name), DB_BYTES(sheet_row, sha256),
	DB_INT8(sheet_row, size) };

struct reader_task {
	struct sheets *all;
	int32_t csp;
	int64_t trouble_file;
	int trouble_times;
};

void
sheets_wake(struct sheets *s)
{
	s->look = true;
	if (s->dispatcher != NULL)
		task_wake(s->dispatcher);
}

bool
sheets_open(struct sheets *s, struct ingest *in, struct err *e)
{
	*s = (struct sheets){ .in = in, .gate = GATE(SHEETS_AT_ONCE, CSPS_MOST) };
	s->db = db_open(in->conf.db_conninfo, in->conf.ingest_role, "busbar-ingestd sheets",
	    SHEETS_AT_ONCE + 1, e);
	return s->db != NULL;
}

/* The third party's oldest waiting file; *keep holds its texts. DB_NONE: nothing waits. */
static enum db_got
next(struct task *t, struct sheets *s, int32_t csp, struct sheet_row *row, struct rows **keep,
    struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, s->db, e);

	*keep = c == NULL ? NULL : db_rows(t, c, SQL_SHEETS, NO_ARGS, e);
	if (*keep == NULL)
		return DB_FAILED;
	while (ROWS_NEXT(*keep, row_fields, row))
		if (row->csp == csp)
			return DB_FOUND;
	return DB_NONE;
}

/* Whether the same may work later without anybody doing anything. */
static bool
passing(enum err_code code)
{
	static const enum err_code codes[] = { ERR_UNAVAILABLE, ERR_BUSY, ERR_UNCERTAIN,
		ERR_CONFLICT, ERR_NO_SPACE, ERR_IO, ERR_TIMEOUT, ERR_CANCELLED, ERR_GONE,
		ERR_SEQUENCE };

	for (size_t i = 0; i < nitems(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* What fails again and again in the same way is put aside for a person to look at. */
static bool
give_up(struct task *t, struct reader_task *r, const struct sheet_row *row, struct err *e)
{
	char words[160];

	if (passing(e->code))
		return false;
	r->trouble_times = r->trouble_file == row->file ? r->trouble_times + 1 : 1;
	r->trouble_file = row->file;
	if (r->trouble_times < TRIES_MOST)
		return false;
	log_error(t, "sheet.trouble", "says=\"%s\"", e->text);
	str_plain(words, sizeof words, str_of(e->text));
	return sheet_trouble(t, r->all, row, words, e);
}

static enum db_got
step(struct task *t, struct reader_task *r, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct sheet_row row;
	enum db_got got = next(t, r->all, r->csp, &row, &keep, e);
	bool ok;

	if (got != DB_FOUND)
		return got;
	task_label(t, "csp=" STR_FMT " file=%lld", STR_ARG(row.csp_code), (long long)row.file);
	if (!gate_enter(t, &r->all->gate, e))
		return DB_FAILED;
	ok = sheet_load(t, r->all, &row, e) || give_up(t, r, &row, e);
	gate_leave(&r->all->gate);
	return ok ? DB_FOUND : DB_FAILED;
}

static void
leave(struct reader_task *r)
{
	struct sheets *s = r->all;
	size_t i = 0;

	while (i < s->busy_count && s->busy[i] != r->csp)
		i++;
	if (i < s->busy_count)
		s->busy[i] = s->busy[--s->busy_count];
	/* what came after the last look has set `look` again, or is found by this one */
	sheets_wake(s);
	free(r);
}

static void
reader_run(struct task *t, void *arg)
{
	struct reader_task *r = arg;
	uint32_t pause_ms = RETRY_FIRST_MS;
	struct err e = { 0 };
	enum db_got got;

	while ((got = step(t, r, &e)) != DB_NONE && !task_cancelled(t)) {
		if (got == DB_FOUND) {
			pause_ms = RETRY_FIRST_MS;
			continue;
		}
		log_warn(t, "sheet.retry", "in_ms=%u says=\"%s\"", pause_ms, e.text);
		if (!task_sleep(t, pause_ms, &e))
			break;
		pause_ms = pause_ms * 2 < RETRY_MOST_MS ? pause_ms * 2 : RETRY_MOST_MS;
	}
	leave(r);
}

static bool
is_busy(const struct sheets *s, int32_t csp)
{
	for (size_t i = 0; i < s->busy_count; i++)
		if (s->busy[i] == csp)
			return true;
	return false;
}

static bool
spawn(struct task *t, struct sheets *s, int32_t csp, struct err *e)
{
	struct reader_task *r = calloc(1, sizeof *r);

	if (r == NULL)
		return err(e, ERR_BUSY, "out of memory");
	*r = (struct reader_task){ .all = s, .csp = csp };
	if (task_spawn(task_loop(t), "sheet", reader_run, r, e) == NULL) {
		free(r);
		return false;
	}
	s->busy[s->busy_count++] = csp;
	return true;
}

static bool
look(struct task *t, struct sheets *s, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, s->db, e);
	AUTO_PTR(rows) rows = c == NULL ? NULL : db_rows(t, c, SQL_SHEETS, NO_ARGS, e);
	struct sheet_row row;

	if (rows == NULL)
		return false;
	/* those beyond CSPS_MOST are found when one of these is done */
	while (ROWS_NEXT(rows, row_fields, &row))
		if (!is_busy(s, row.csp) && s->busy_count < CSPS_MOST &&
		    !spawn(t, s, row.csp, e))
			return false;
	return true;
}

void
sheets_run(struct task *t, void *arg)
{
	struct sheets *s = arg;
	struct err e = { 0 };

	s->dispatcher = t;
	s->look = true;
	while (!task_cancelled(t)) {
		while (!s->look && task_park(t, &e))
			;
		if (task_cancelled(t))
			break;
		s->look = false;
		if (look(t, s, &e))
			continue;
		log_warn(t, "sheet.look", "says=\"%s\"", e.text);
		s->look = true;
		if (!task_sleep(t, RETRY_FIRST_MS, &e))
			break;
	}
	s->dispatcher = NULL;
}
