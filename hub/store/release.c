/* Reads for processes that answer people and programs; see release.h. */
#include "store/release.h"

#include <stdlib.h>

#include "meter/pack.h"

enum { READS_TURN = 32 };

/* ---- opening ---- */

struct open_row {
	int64_t number;
	int32_t premises, first_day, last_day;
	struct str not_found, tdus;
};
static const struct db_field open_row[] = {
	DB_INT8(open_row, number),
	DB_INT4(open_row, premises),
	DB_DATE(open_row, first_day),
	DB_DATE(open_row, last_day),
	DB_TEXT(open_row, not_found),
	DB_TEXT(open_row, tdus),
};

void
reads_auto(struct reads *r)
{
	rows_free(&r->keep);
}

/* A statement outside of a transaction is committed when it has answered. Lost on the way, it
 * may be asked again: a release that nobody reads gives nothing away. */
bool
release_open(struct task *t, const struct release_by *by, const struct reads_ask *ask,
    struct reads *r, struct err *e)
{
	struct param esiids = P_TEXTS(ask->esiids, ask->n), none = P_NULL();
	enum db_got got = DB_RETRY;
	struct open_row row;

	*r = (struct reads){ 0 };
	for (int i = 0; i < 3 && (got == DB_RETRY || got == DB_UNCERTAIN); i++) {
		AUTO_PTR(conn) db = db_lease(t, by->db, e);

		if (db == NULL)
			return false;
		rows_free(&r->keep);
		got = db_one(t, db, SQL_API_RELEASE_OPEN,
		    ARGS(P_BYTES(by->shown, SHOWN_BYTES), ask->esiids == NULL ? none : esiids,
			P_TEXT(ask->kind), P_DATE(ask->from), P_DATE(ask->to),
			P_STAMP(ask->from_s), P_STAMP(ask->to_s), P_STAMP(ask->as_of_s),
			P_BOOL(ask->versions), P_TEXT(ask->door)),
		    open_row, nitems(open_row), &row, &r->keep, e);
	}
	if (got != DB_FOUND)
		return false;
	r->number = row.number;
	r->premises = row.premises;
	r->first = row.first_day;
	r->last = row.last_day;
	r->not_found = row.not_found;
	r->tdus = row.tdus;
	return true;
}

struct conn *
release_lease(struct task *t, const struct release_by *by, int64_t number, struct err *e)
{
	struct conn *c = standby_lease(t, by->standby, number);

	return c != NULL ? c : db_lease(t, by->db, e);
}

/* ---- shapes: there are few, and they are never changed, so a process keeps them ---- */

static struct shapes shapes;

static bool
read_shapes(struct task *t, struct conn *db, struct err *e)
{
	struct shapes fresh = { 0 };

	if (!shapes_read(&fresh, t, db, SQL_API_SHAPES, e) || fresh.n <= shapes.n) {
		shapes_auto(&fresh); /* it failed, or another task was faster */
		return e->code == ERR_NONE;
	}
	shapes =
	    fresh; /* texts of the old may be in use: they stay, which happens a few times */
	return true;
}

static bool
shape_text(
    struct task *t, const struct release_by *by, int32_t shape, struct str *to, struct err *e)
{
	if (shape != 0 && !shapes_has(&shapes, shape)) {
		AUTO_PTR(conn) db = db_lease(t, by->db, e);

		if (db == NULL || !read_shapes(t, db, e))
			return false;
	}
	*to = shapes_text(&shapes, shape);
	return true;
}

/* ---- intervals ---- */

struct day_row {
	int32_t channel, day, load, line;
	int64_t created, loaded_at;
	struct str data, esiid, tdu, zone;
};
static const struct db_field day_row[] = {
	DB_INT4(day_row, channel),
	DB_DATE(day_row, day),
	DB_INT4(day_row, load),
	DB_INT4(day_row, line),
	DB_STAMP(day_row, created),
	DB_STAMP(day_row, loaded_at),
	DB_BYTES(day_row, data),
	DB_TEXT(day_row, esiid),
	DB_TEXT(day_row, tdu),
	DB_TEXT(day_row, zone),
};

struct unpacking { /* too large for a frame */
	struct day day;
	struct out_day out;
	char zone[64], tdu[41];
};

static bool
same_text(const char *a, struct str b)
{
	return a[0] != '\0' && str_is(b, a);
}

static bool
unpack(struct task *t, const struct release_by *by, struct unpacking *u,
    const struct day_row *row, struct err *e)
{
	uint32_t shape;

	if (!same_text(u->zone, row->zone)) {
		str_copy(u->zone, sizeof u->zone, row->zone);
		u->out.zone = zone_get(u->zone, e);
	}
	if (u->out.zone == NULL)
		return err(e, ERR_CONF, "there is no zone %s", u->zone);
	if (!same_text(u->tdu, row->tdu))
		str_copy(u->tdu, sizeof u->tdu, row->tdu);
	if (!same_text(u->out.esiid, row->esiid)) {
		str_copy(u->out.esiid, sizeof u->out.esiid, row->esiid);
		if (!esiid_read(row->esiid, &u->day.esiid))
			return err(e, ERR_BUG, "the database gave ESI ID \"" STR_FMT "\"",
			    STR_ARG(row->esiid));
	}
	u->out.d = &u->day;
	u->out.tdu = u->tdu;
	u->out.loaded_s = row->loaded_at;
	u->out.load = row->load;
	if (!day_unpack(row->data, &u->day, &shape, e))
		return false;
	u->day.day = row->day;
	u->day.channel = (uint8_t)row->channel;
	u->day.created_s = row->created;
	u->day.line = (uint64_t)row->line;
	return shape_text(t, by, (int32_t)shape, &u->day.shape, e);
}

/* Others have their turn between days, and a release may take as long as it goes on. */
static bool
next_turn(struct task *t, unsigned *n, struct err *e)
{
	if (++*n % READS_TURN != 0)
		return true;
	task_deadline(t, 0);
	task_deadline(t, RELEASE_STEP_MS);
	return task_yield(t, e);
}

static bool
stream_days(struct task *t, const struct release_by *by, struct conn *db, struct unpacking *u,
    reads_day_fn *each, void *arg, struct err *e)
{
	struct day_row row;
	enum io_got got;
	unsigned n = 0;

	while ((got = db_stream_next(t, db, day_row, nitems(day_row), &row, e)) == IO_OK)
		if (!unpack(t, by, u, &row, e) || !each(t, arg, &u->out, e) ||
		    !next_turn(t, &n, e)) {
			db_stream_stop(t, db);
			return false;
		}
	return got == IO_END;
}

bool
release_days(struct task *t, const struct release_by *by, const struct reads *r,
    reads_day_fn *each, void *arg, struct err *e)
{
	AUTO_PTR(conn) db = release_lease(t, by, r->number, e);
	struct unpacking *u = db == NULL ? NULL : calloc(1, sizeof *u);
	bool ok;

	if (db == NULL)
		return false;
	/* now, with the connection that is there: all of them may be waiting for a second one
	 */
	if (shapes.n == 0 && !read_shapes(t, db, e)) {
		free(u);
		return false;
	}
	if (u == NULL)
		return err(e, ERR_BUSY, "no memory for reads");
	task_deadline(t, 0);
	task_deadline(t, RELEASE_STEP_MS);
	ok = db_stream(t, db, SQL_API_RELEASE_ROWS,
		 ARGS(P_BYTES(by->shown, SHOWN_BYTES), P_INT8(r->number)), e) &&
	     stream_days(t, by, db, u, each, arg, e);
	task_deadline(t, 0);
	task_deadline(t, RELEASE_AFTER_MS);
	free(u);
	return ok;
}

/* ---- registers and bills ---- */

static const struct db_field register_row[] = {
	DB_INT4(read_register, channel),
	DB_DATE(read_register, day),
	DB_INT4(read_register, load),
	DB_INT4(read_register, line),
	DB_STAMP(read_register, created),
	DB_STAMP(read_register, loaded_at),
	DB_INT8(read_register, start_wh),
	DB_INT8(read_register, end_wh),
	DB_INT8(read_register, wh),
	DB_TEXT(read_register, status),
	DB_TEXT(read_register, esiid),
	DB_TEXT(read_register, tdu),
	DB_TEXT(read_register, zone),
};

bool
release_registers(struct task *t, const struct release_by *by, const struct reads *r,
    reads_register_fn *each, void *arg, struct err *e)
{
	AUTO_PTR(conn) db = release_lease(t, by, r->number, e);
	struct read_register row;
	enum io_got got;

	if (db == NULL || !db_stream(t, db, SQL_API_RELEASE_REGISTERS,
			      ARGS(P_BYTES(by->shown, SHOWN_BYTES), P_INT8(r->number)), e))
		return false;
	while (
	    (got = db_stream_next(t, db, register_row, nitems(register_row), &row, e)) == IO_OK)
		if (!each(t, arg, &row, e)) {
			db_stream_stop(t, db);
			return false;
		}
	return got == IO_END;
}

static const struct db_field billing_row[] = {
	DB_INT4(read_billing, channel),
	DB_DATE(read_billing, start_date),
	DB_DATE(read_billing, end_date),
	DB_INT4(read_billing, load),
	DB_INT4(read_billing, line),
	DB_STAMP(read_billing, created),
	DB_STAMP(read_billing, loaded_at),
	DB_INT8(read_billing, wh),
	DB_INT8(read_billing, metered_w),
	DB_INT8(read_billing, billed_w),
	DB_INT8(read_billing, metered_va),
	DB_INT8(read_billing, billed_va),
	DB_INT8(read_billing, amount),
	DB_TEXT(read_billing, currency),
	DB_TEXT(read_billing, items),
	DB_TEXT(read_billing, status),
	DB_TEXT(read_billing, esiid),
	DB_TEXT(read_billing, tdu),
	DB_TEXT(read_billing, zone),
};

bool
release_billings(struct task *t, const struct release_by *by, const struct reads *r,
    reads_billing_fn *each, void *arg, struct err *e)
{
	AUTO_PTR(conn) db = release_lease(t, by, r->number, e);
	struct read_billing row;
	enum io_got got;

	if (db == NULL || !db_stream(t, db, SQL_API_RELEASE_BILLINGS,
			      ARGS(P_BYTES(by->shown, SHOWN_BYTES), P_INT8(r->number)), e))
		return false;
	while (
	    (got = db_stream_next(t, db, billing_row, nitems(billing_row), &row, e)) == IO_OK)
		if (!each(t, arg, &row, e)) {
			db_stream_stop(t, db);
			return false;
		}
	return got == IO_END;
}
