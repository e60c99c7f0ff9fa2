/* Statements: prepare at first use, send, await, judge. */
#include "sys/db_inner.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sql_row sql_rows[SQL_COUNT] = {
#include "sql_statements.inc"
};

enum { NAME_SIZE = 80, NUMBER_MOST = 255, DRAIN_ROWS_MOST = 1000 };

bool
in_transaction(const struct conn *c)
{
	return c->pg != NULL && PQtransactionStatus(c->pg) != PQTRANS_IDLE;
}

bool
ready(struct conn *c, struct err *e)
{
	assert(c->mode == CONN_IDLE); /* a stream or COPY is under way */
	if (c->pg == NULL)
		return err(
		    e, ERR_UNAVAILABLE, "the connection to the database was lost before");
	return true;
}

enum db_got
verdict(enum sql q, bool in_tx, struct err *e)
{
	bool nothing_done = q != SQL_TX_COMMIT && (in_tx || sql_rows[q].reads);

	if (nothing_done)
		return e->code == ERR_UNAVAILABLE ? DB_RETRY : DB_FAILED;
	err_at(e, "%s: it is not known whether it was done", sql_rows[q].name);
	e->code = ERR_UNCERTAIN;
	return DB_UNCERTAIN;
}

/* ---- preparing ---- */

static bool
fits(const struct prepared *p, const struct wire_params *w)
{
	for (int i = 0; i < w->n; i++)
		if (w->kinds[i] != PARAM_NULL && w->kinds[i] != p->kinds[i])
			return false;
	return p->number != 0 && !p->stale;
}

/* Whether it can be prepared again so that it takes these and all it took before. */
static bool
widens(const struct prepared *p, const struct wire_params *w)
{
	for (int i = 0; i < w->n; i++)
		if (w->kinds[i] != PARAM_NULL && p->kinds[i] != PARAM_NULL &&
		    w->kinds[i] != p->kinds[i])
			return false;
	return p->number < NUMBER_MOST;
}

static void
name_of(char to[NAME_SIZE], enum sql q, const struct prepared *p)
{
	snprintf(to, NAME_SIZE, "%s.%u", sql_rows[q].name, p->number);
}

/* DB_FOUND when it is prepared. A loss here is a retry: nothing has been run yet. */
static enum db_got
prepare(struct task *t, struct conn *c, enum sql q, const char *name, int n,
    const unsigned *types, struct err *e)
{
	struct pg_result *res;
	enum db_got got = DB_FOUND;
	bool lost;

	if (PQsendPrepare(c->pg, name, sql_rows[q].text, n, types) == 0) {
		wire_lost(c, e);
		return DB_RETRY;
	}
	if (!wire_flush(t, c, e) || !wire_answer(t, c, &res, e))
		return e->code == ERR_UNAVAILABLE ? DB_RETRY : DB_FAILED;
	if (PQresultStatus(res) == PGRES_COMMAND_OK)
		PQclear(res);
	else
		got = wire_refused(c, sql_rows[q].name, res, &lost, e);
	return got;
}

static enum db_got
prepare_as(
    struct task *t, struct conn *c, enum sql q, const struct wire_params *w, struct err *e)
{
	struct prepared *p = &c->prepared[q], next = *p;
	unsigned types[DB_PARAMS_MOST];
	char name[NAME_SIZE];
	enum db_got got;

	for (int i = 0; i < w->n; i++)
		if (w->kinds[i] != PARAM_NULL)
			next.kinds[i] = w->kinds[i];
	next.number++;
	next.stale = false;
	name_of(name, q, &next);
	for (int i = 0; i < w->n; i++)
		types[i] = params_type(next.kinds[i]);
	got = prepare(t, c, q, name, w->n, types, e);
	if (got == DB_FOUND)
		*p = next;
	return got;
}

/* ---- running ---- */

/* Hands the statement to libpq, prepared when it can be. */
static enum db_got
hand_over(
    struct task *t, struct conn *c, enum sql q, const struct wire_params *w, struct err *e)
{
	struct prepared *p = &c->prepared[q];
	char name[NAME_SIZE];
	bool named = sql_rows[q].kind != SQL_K_COPY_IN && sql_rows[q].kind != SQL_K_COPY_OUT;
	int ok;

	if (named && !fits(p, w)) {
		/* called with other kinds in turn: each time as it comes */
		named = widens(p, w);
		if (named) {
			enum db_got got = prepare_as(t, c, q, w, e);

			if (got != DB_FOUND)
				return got;
		}
	}
	name_of(name, q, p);
	ok = named
		 ? PQsendQueryPrepared(c->pg, name, w->n, w->values, w->lengths, w->formats, 1)
		 : PQsendQueryParams(c->pg, sql_rows[q].text, w->n, w->types, w->values,
		       w->lengths, w->formats, 1);
	if (ok == 0) {
		wire_lost(c, e);
		return DB_RETRY;
	}
	return DB_FOUND;
}

/* Encodes and hands over. After DB_FOUND, an answer will come. */
static enum db_got
begin(struct task *t, struct conn *c, enum sql q, struct args a, struct err *e)
{
	struct wire_params w;
	enum db_got got;

	assert(q < SQL_COUNT && a.n == sql_rows[q].params);
	if (!ready(c, e))
		return DB_RETRY;
	c->state[0] = '\0';
	if (!params_encode(&w, a, e)) {
		err_at(e, "%s", sql_rows[q].name);
		return DB_FAILED;
	}
	got = hand_over(t, c, q, &w, e);
	buf_auto(&w.buf);
	return got;
}

static enum db_got
run_once(struct task *t, struct conn *c, enum sql q, struct args a, struct pg_result **res,
    struct err *e)
{
	bool in_tx = in_transaction(c), lost;
	enum db_got got = begin(t, c, q, a, e);

	*res = NULL;
	if (got != DB_FOUND)
		return got;
	if (!wire_flush(t, c, e) || !wire_answer(t, c, res, e))
		return verdict(q, in_tx, e);
	if (PQresultStatus(*res) != PGRES_FATAL_ERROR)
		return DB_FOUND;
	got = wire_refused(c, sql_rows[q].name, *res, &lost, e);
	*res = NULL;
	return lost ? verdict(q, in_tx, e) : got;
}

enum db_got
run(struct task *t, struct conn *c, enum sql q, struct args a, struct pg_result **res,
    struct err *e)
{
	bool in_tx = in_transaction(c);
	unsigned number = c->prepared[q].number;
	enum db_got got = run_once(t, c, q, a, res, e);

	/* a migration changed what it gives ("cached plan must not change result type") */
	if (got == DB_FAILED && number != 0 && number == c->prepared[q].number &&
	    strcmp(c->state, "0A000") == 0) {
		c->prepared[q].stale = true;
		got = in_tx ? DB_RETRY : run_once(t, c, q, a, res, e);
	}
	return got;
}

static void
of_kind(enum sql q, enum sql_kind a, enum sql_kind b)
{
	assert(sql_rows[q].kind == a || sql_rows[q].kind == b);
	(void)q, (void)a, (void)b;
}

struct rows *
db_rows(struct task *t, struct conn *c, enum sql q, struct args a, struct err *e)
{
	struct err unheard;
	struct pg_result *res;

	e = e != NULL ? e : &unheard;
	of_kind(q, SQL_K_ROWS, SQL_K_ONE);
	return run(t, c, q, a, &res, e) == DB_FOUND ? rows_of(res, q) : NULL;
}

/* What a caller that does not keep the row must not read. */
static void
drop_slices(const struct db_field *fields, size_t n, void *out)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].type == DB_T_TEXT || fields[i].type == DB_T_BYTES)
			*(struct str *)(void *)((char *)out + fields[i].offset) =
			    (struct str){ NULL, 0 };
}

enum db_got
db_one(struct task *t, struct conn *c, enum sql q, struct args a, const struct db_field *fields,
    size_t n, void *out, struct rows **keep, struct err *e)
{
	struct err unheard;
	AUTO_PTR(rows) r = NULL;
	struct pg_result *res;
	enum db_got got;

	e = e != NULL ? e : &unheard;
	of_kind(q, SQL_K_ONE, SQL_K_ONE);
	if (keep != NULL)
		*keep = NULL;
	got = run(t, c, q, a, &res, e);
	if (got != DB_FOUND)
		return got;
	r = rows_of(res, q);
	if (rows_count(r) > 1) {
		err(e, ERR_BUG, "%s: %zu rows, expected one", sql_rows[q].name, rows_count(r));
		return DB_FAILED;
	}
	if (!rows_next(r, fields, n, out)) {
		err(e, ERR_NOT_FOUND, "%s: no row", sql_rows[q].name);
		return DB_NONE;
	}
	if (keep == NULL) {
		drop_slices(fields, n, out);
	} else {
		*keep = r;
		r = NULL;
	}
	return DB_FOUND;
}

enum db_got
db_exec(
    struct task *t, struct conn *c, enum sql q, struct args a, int64_t *affected, struct err *e)
{
	struct err unheard;
	struct pg_result *res;
	enum db_got got;
	int64_t n;

	e = e != NULL ? e : &unheard;
	of_kind(q, SQL_K_EXEC, SQL_K_ONE);
	got = run(t, c, q, a, &res, e);
	if (got != DB_FOUND)
		return got;
	if (affected != NULL)
		*affected = str_int64(str_of(PQcmdTuples(res)), &n) ? n : 0;
	PQclear(res);
	return DB_FOUND;
}

const char *
db_state(const struct conn *c)
{
	return c->state;
}

/* ---- row by row ---- */

bool
db_stream(struct task *t, struct conn *c, enum sql q, struct args a, struct err *e)
{
	struct err unheard;

	e = e != NULL ? e : &unheard;
	of_kind(q, SQL_K_ROWS, SQL_K_ROWS);
	if (begin(t, c, q, a, e) != DB_FOUND)
		return false;
	PQsetSingleRowMode(c->pg);
	if (!wire_flush(t, c, e))
		return false;
	c->mode = CONN_STREAM;
	c->sql = q;
	return true;
}

static enum io_got
stream_end(struct conn *c, enum io_got got)
{
	rows_free(&c->row);
	c->mode = CONN_IDLE;
	return got;
}

enum io_got
db_stream_next(struct task *t, struct conn *c, const struct db_field *fields, size_t n,
    void *out, struct err *e)
{
	struct err unheard;
	struct pg_result *res, *none = NULL;
	bool lost;

	e = e != NULL ? e : &unheard;
	assert(c->mode == CONN_STREAM);
	if (!wire_next(t, c, &res, e))
		return stream_end(c, IO_FAIL);
	if (PQresultStatus(res) == PGRES_SINGLE_TUPLE) {
		if (c->row == NULL)
			c->row = rows_of(res, c->sql);
		else
			rows_again(c->row, res);
		return rows_next(c->row, fields, n, out) ? IO_OK : IO_FAIL;
	}
	if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
		struct err after; /* what follows cannot say more */

		wire_refused(c, sql_rows[c->sql].name, res, &lost, e);
		if (!lost && wire_answer(t, c, &none, &after))
			PQclear(none);
		return stream_end(c, IO_FAIL);
	}
	PQclear(res); /* the end, without a row */
	if (!wire_answer(t, c, &none, e))
		return stream_end(c, IO_FAIL);
	PQclear(none);
	return stream_end(c, IO_END);
}

void
db_stream_stop(struct task *t, struct conn *c)
{
	struct pg_result *res;
	struct err e;
	int rows = 0;

	if (c->mode != CONN_STREAM)
		return;
	for (; rows < DRAIN_ROWS_MOST; rows++) {
		if (!wire_next(t, c, &res, &e) || res == NULL)
			break;
		PQclear(res);
	}
	if (rows == DRAIN_ROWS_MOST) /* cheaper to connect again */
		conn_lose(c);
	stream_end(c, IO_END);
}
