/* Transactions: the statements are in sql/queries/tx.sql. */
#include "sys/db_inner.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>

#include "rt/log.h"

enum { TRIES_MOST = 5 };
#define PAUSE_MS 10U

static const enum sql begins[] = {
	[DB_READ_COMMITTED] = SQL_TX_BEGIN_READ_COMMITTED,
	[DB_REPEATABLE_READ] = SQL_TX_BEGIN_REPEATABLE_READ,
	[DB_SERIALIZABLE] = SQL_TX_BEGIN_SERIALIZABLE,
};

bool
db_begin(struct task *t, struct conn *c, enum db_isolation i, struct err *e)
{
	assert(!in_transaction(c));
	return db_exec(t, c, begins[i], NO_ARGS, NULL, e) == DB_FOUND;
}

/* Failures after which the same transaction may well succeed. */
static bool
may_try_again(const struct conn *c)
{
	static const char *const states[] = { "40001", "40P01", "08006", "57P01", "57P02",
		"57P03", "0A000" };

	for (size_t i = 0; i < nitems(states); i++)
		if (strcmp(c->state, states[i]) == 0)
			return true;
	return false;
}

enum db_got
db_commit(struct task *t, struct conn *c, struct err *e)
{
	struct err unheard;
	struct pg_result *res;
	char before[sizeof c->state];
	enum db_got got;
	bool done;

	e = e != NULL ? e : &unheard;
	memcpy(before, c->state, sizeof before);
	got = run(t, c, SQL_TX_COMMIT, NO_ARGS, &res, e);
	if (got != DB_FOUND)
		return got;
	done = strcmp(PQcmdStatus(res), "COMMIT") == 0;
	PQclear(res);
	if (done)
		return DB_FOUND;
	/* A statement had failed, so the server made a rollback of it. */
	memcpy(c->state, before, sizeof before);
	err(e, may_try_again(c) ? ERR_CONFLICT : ERR_BUG,
	    "a transaction cannot be saved after one of its statements has failed (%s)",
	    before);
	return may_try_again(c) ? DB_RETRY : DB_FAILED;
}

void
db_rollback(struct task *t, struct conn *c)
{
	char state[sizeof c->state];

	if (c->pg == NULL)
		return;
	if (c->mode != CONN_IDLE) {
		conn_lose(c);
		return;
	}
	memcpy(state, c->state, sizeof state);
	if (in_transaction(c) &&
	    db_exec(t, c, SQL_TX_ROLLBACK, NO_ARGS, NULL, NULL) != DB_FOUND)
		conn_lose(c);
	memcpy(c->state, state, sizeof state); /* of what failed before */
}

static enum db_got
try_once(
    struct task *t, struct conn *c, enum db_isolation i, db_tx_fn *fn, void *arg, struct err *e)
{
	enum db_got got = DB_FAILED;

	c->state[0] = '\0';
	if (db_begin(t, c, i, e) && fn(t, c, arg, e))
		return db_commit(t, c, e);
	if (may_try_again(c))
		got = DB_RETRY;
	db_rollback(t, c);
	return got;
}

enum db_got
db_transaction(
    struct task *t, struct db *db, enum db_isolation i, db_tx_fn *fn, void *arg, struct err *e)
{
	struct err unheard;

	e = e != NULL ? e : &unheard;
	for (unsigned n = 1;; n++) {
		AUTO_PTR(conn) c = db_lease(t, db, e);
		enum db_got got;

		if (c == NULL)
			return DB_FAILED;
		got = try_once(t, c, i, fn, arg, e);
		if (got != DB_RETRY || n == TRIES_MOST)
			return got;
		log_debug(t, "db.again", "try=%u sqlstate=%s", n + 1, c->state);
		conn_free(&c); /* nobody should wait for one that only sleeps */
		if (!task_sleep(t, jitter(PAUSE_MS << n), e))
			return DB_FAILED;
	}
}
