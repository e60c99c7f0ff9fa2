/*
 * What the files of the database layer share.
 *
 *   db.c         pool, lease, connect and reconnect
 *   db_wire.c    sending and receiving without blocking; what an SQLSTATE means
 *   db_param.c   parameters to binary form         db_rows.c   rows from binary form
 *   db_run.c     statements                        db_tx.c     transactions
 *   db_copy.c    COPY                              db_listen.c notifications
 *
 * A connection is either as libpq wants it, or closed (pg == NULL): nothing half read survives
 * a deadline, a cancel or an error of the wire.
 */
#ifndef SYS_DB_INNER_H
#define SYS_DB_INNER_H

#include "rt/gate.h"
#include "sys/db.h"

struct pg_conn;
struct pg_result;

enum conn_mode { CONN_IDLE, CONN_STREAM, CONN_COPY_IN, CONN_COPY_OUT };

/* One statement as this connection has prepared it. A parameter that was null then has the type
 * the server chose; when a value comes for it, the statement is prepared again under the next
 * number. */
struct prepared {
	unsigned char kinds[DB_PARAMS_MOST];
	unsigned char number; /* 0: not yet */
	bool stale;	      /* must be prepared anew */
};

struct conn {
	struct db *db;
	struct pg_conn *pg; /* NULL: lost */
	struct conn *next;  /* idle in the pool */
	enum conn_mode mode;
	enum sql sql; /* what a stream or COPY is of */
	char state[6];
	struct rows *row; /* a stream's present one */
	char *piece;	  /* COPY out's present one */
	bool binary;	  /* COPY out */
	bool in_tx;	  /* COPY in: began in a transaction */
	struct prepared prepared[SQL_COUNT];
};

/* ---- db.c ---- */
void conn_lose(struct conn *c); /* closes the connection; c stays */
void conn_end(struct conn **c); /* and frees it */
/* A connection beside the pool, made with the same patience as a leased one. */
struct conn *conn_make(struct task *t, struct db *db, struct err *e);
uint32_t jitter(uint32_t ms); /* between half of it and all of it */

/* ---- db_wire.c: false means that the connection is closed and e says why ---- */
bool wire_flush(struct task *t, struct conn *c, struct err *e);
/* The next result; *res is NULL after the last. */
bool wire_next(struct task *t, struct conn *c, struct pg_result **res, struct err *e);
/* The first result that counts: the first failure, else the first. The rest is read and
 * dropped, but for COPY, whose data follows. */
bool wire_answer(struct task *t, struct conn *c, struct pg_result **res, struct err *e);
bool wire_lost(struct conn *c, struct err *e); /* closes, e in libpq's words; returns false */
/* What the server's refusal means. Frees res. A FATAL one closes the connection (*lost).
 * `name`: of the statement. */
enum db_got wire_refused(
    struct conn *c, const char *name, struct pg_result *res, bool *lost, struct err *e);
enum err_code wire_code(const char *sqlstate);

/* ---- db_param.c ---- */
struct wire_params {
	int n;
	unsigned types[DB_PARAMS_MOST];
	const char *values[DB_PARAMS_MOST];
	int lengths[DB_PARAMS_MOST], formats[DB_PARAMS_MOST];
	unsigned char kinds[DB_PARAMS_MOST];
	struct buf buf; /* values that had to be encoded */
};
/* Points into a's memory. The caller calls buf_auto(&w->buf). */
bool params_encode(struct wire_params *w, struct args a, struct err *e);
unsigned params_type(unsigned kind); /* OID, 0: the server's choice */

/* ---- db_rows.c ---- */
struct rows *rows_of(struct pg_result *res, enum sql q); /* takes res over */
void rows_again(
    struct rows *r, struct pg_result *res); /* another result with the same columns */

/* ---- db_run.c ---- */
/* Runs q and gives its result (DB_FOUND), else e. */
enum db_got run(struct task *t, struct conn *c, enum sql q, struct args a,
    struct pg_result **res, struct err *e);
/* After the connection was closed under q: uncertain, retry or failed; e gets the last word. */
enum db_got verdict(enum sql q, bool in_transaction, struct err *e);
bool in_transaction(const struct conn *c);
bool ready(struct conn *c, struct err *e); /* not lost, nothing under way */

#endif
