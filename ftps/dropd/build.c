/*
 * Builders: each takes the drop that has waited longest and builds it to its end. The rights
 * are looked up and put on record first (committed), then reads come page by page, and
 * delivery.build_end() looks at the rights again and places all files at once. A builder that
 * was thought dead holds a token that is no longer the drop's, and places nothing.
 */
#include <string.h>

#include "build.h"
#include "rt/log.h"
#include "rt/loop.h"

enum { BEAT_MS = 15000, AGAIN_MS = 1000, LIST_MOST = 1 << 20, STEP_MS = 600000 };

static const struct db_field job_fields[] = { DB_INT8(job, drop), DB_TEXT(job, token),
	DB_INT8(job, subscription), DB_TEXT(job, label), DB_TEXT(job, login),
	DB_TEXT(job, party_code), DB_TEXT(job, period), DB_INT4(job, revision),
	DB_TEXT(job, kinds), DB_TEXT(job, format), DB_TEXT(job, packing),
	DB_TEXT(job, openpgp_key), DB_TEXT(job, schedule), DB_TEXT(job, zone),
	DB_DATE(job, from_day), DB_DATE(job, to_day), DB_STAMP(job, due_at),
	DB_STAMP(job, made_at), DB_INT4(job, attempts) };

static const struct db_field plan_fields[] = { DB_TEXT(plan, kind), DB_INT4(plan, pages),
	DB_INT8(plan, premises), DB_TEXT(plan, agreements), DB_TEXT(plan, names) };

void
builders_wake(struct dropd *d)
{
	d->call++;
	for (unsigned i = 0; i < d->builders; i++)
		if (d->builder[i].task != NULL)
			task_wake(d->builder[i].task);
}

bool
build_beat(struct task *t, struct build *b, struct err *e)
{
	uint64_t now_ms = loop_now_ms(task_loop(t));

	task_deadline(t, 0);
	task_deadline(t, STEP_MS);
	if (now_ms < b->beat_ms + BEAT_MS)
		return true;
	b->beat_ms = now_ms;
	return db_exec(t, b->conn, SQL_DROP_BEAT,
		   ARGS(P_INT8(b->job.drop), P_STR(b->job.token)), NULL, e) == DB_FOUND;
}

static bool
make_files(struct task *t, struct build *b, struct err *e)
{
	struct plan p;

	b->plans = db_rows(
	    t, b->conn, SQL_DROP_PLAN, ARGS(P_INT8(b->job.drop), P_STR(b->job.token)), e);
	if (b->plans == NULL || !shapes_read(&b->shapes, t, b->conn, SQL_DROPS_SHAPES, e) ||
	    !space_read(&b->space, t, b->conn, SQL_DROPS_SPACE, e))
		return false;
	while (ROWS_NEXT(b->plans, plan_fields, &p))
		if (!file_make(t, b, &p, e))
			return false;
	return true;
}

/* Places them. The commit may have come through when the connection was lost: then the token is
 * not the drop's any more, and the drop is built. */
static bool
place_files(struct task *t, struct build *b, struct err *e)
{
	struct placed {
		struct str result, folder;
	} placed;
	static const struct db_field fields[] = { DB_TEXT(placed, result),
		DB_TEXT(placed, folder) };
	AUTO_PTR(rows) keep = NULL;
	AUTO(buf) list = BUF(LIST_MOST);

	manifest_list(&list, b);
	if (!buf_ok(&list))
		return err(e, ERR_BUG, "a list of files that is too long");
	for (size_t i = 0; i < b->mades; i++) /* the first may be hours old */
		if (!object_renew(b->d->objects, OBJECT_OUT, b->made[i].object.sha256, e))
			return false;
	if (db_one(t, b->conn, SQL_DROP_END,
		ARGS(P_INT8(b->job.drop), P_STR(b->job.token), P_STR(buf_view(&list))), fields,
		nitems(fields), &placed, &keep, e) != DB_FOUND)
		return false;
	count_built(b, placed.result);
	log_info(t, "drop.done", "result=" STR_FMT " files=%zu rows=%lld bytes=%lld",
	    STR_ARG(placed.result), b->mades, b->mades > 0 ? (long long)b->made[0].rows : 0LL,
	    b->mades > 0 ? (long long)b->made[0].object.size : 0LL);
	return true;
}

/* A fault that trying again would not mend. */
static bool
for_good(const struct err *e)
{
	return e->code == ERR_BUG || e->code == ERR_CONF || e->code == ERR_BAD_INPUT ||
	       e->code == ERR_TOO_BIG;
}

static void
give_up(struct task *t, struct build *b, const struct err *why)
{
	struct failed {
		struct str state;
	} row;
	static const struct db_field fields[] = { DB_TEXT(failed, state) };
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = NULL;
	struct err e = { 0 };

	count_failed(b, why);
	log_warn(t, "drop.failed", "says=\"%s\"", why->text);
	/* the drop is another's by now, or this process ends: then it is begun anew */
	if (why->code == ERR_SEQUENCE || task_cancelled(t))
		return;
	conn_free(&b->conn);
	task_deadline(t, 0);
	c = db_lease(t, b->d->db, &e);
	if (c == NULL || db_one(t, c, SQL_DROP_FAIL,
			     ARGS(P_INT8(b->job.drop), P_STR(b->job.token), P_TEXT(why->text),
				 P_BOOL(for_good(why))),
			     fields, nitems(fields), &row, &keep, &e) != DB_FOUND)
		log_warn(t, "drop.unsaid", "says=\"%s\"", e.text);
}

/* Takes one and builds it. DB_NONE: none is due. */
static enum db_got
step(struct task *t, struct dropd *d, struct err *e)
{
	struct build b = { .d = d };
	enum db_got got;
	bool ok;

	b.conn = db_lease(t, d->db, e);
	if (b.conn == NULL)
		return DB_FAILED;
	got = db_one(t, b.conn, SQL_DROP_TAKE, ARGS(P_TEXT(d->conf.drops_name)), job_fields,
	    nitems(job_fields), &b.job, &b.keep, e);
	if (got == DB_FOUND) {
		b.beat_ms = loop_now_ms(task_loop(t));
		task_label(t, "drop=%lld subscription=%lld period=\"" STR_FMT "\"",
		    (long long)b.job.drop, (long long)b.job.subscription,
		    STR_ARG(b.job.period));
		ok = make_files(t, &b, e) && place_files(t, &b, e);
		if (!ok)
			give_up(t, &b, e);
		task_deadline(t, 0);
		task_label(t, "%s", "");
	}
	shapes_auto(&b.shapes);
	rows_free(&b.plans);
	rows_free(&b.keep);
	conn_free(&b.conn);
	return got;
}

void
builder_run(struct task *t, void *arg)
{
	struct builder *self = arg;
	struct dropd *d = self->d;
	struct err e = { 0 };

	self->task = t;
	while (!task_cancelled(t)) {
		uint64_t call = d->call;
		enum db_got got = step(t, d, &e);

		if (got == DB_FOUND)
			continue;
		if (got != DB_NONE) {
			log_warn(t, "drops.take", "says=\"%s\"", e.text);
			if (!task_sleep(t, AGAIN_MS, &e))
				break;
			continue;
		}
		while (d->call == call && task_park(t, &e))
			;
	}
	self->task = NULL;
}
