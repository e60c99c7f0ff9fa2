/*
 * PostgreSQL for tasks: a small pool of connections; statements from sql/queries, prepared once
 * per connection; typed parameters and rows, checked at compile time; COPY both ways;
 * notifications. libpq never blocks the loop. All values travel in binary form.
 *
 * An answer is one of: found, none, retry (nothing happened; the same again may work), failed,
 * and uncertain (the connection was lost during COMMIT or an autocommitted write: look before
 * retrying). A wait cut short by deadline or cancel closes the connection, so no half answer is
 * ever reused.
 */
#ifndef SYS_DB_H
#define SYS_DB_H

#include <string.h>

#include "rt/io.h"
#include "sql_statements.h" /* generated: enum sql */

struct db;
struct conn;

enum db_got { DB_FOUND, DB_NONE, DB_RETRY, DB_FAILED, DB_UNCERTAIN };

/* conninfo of libpq; `role` is the user; nothing is connected yet. A host must be a number
 * address or the folder of a Unix socket: looking a name up would stop the loop. */
struct db *db_open(const char *conninfo, const char *role, const char *application,
    unsigned connections_most, struct err *e);
/* Is a server of it reached by the network? */
bool db_by_network(const char *conninfo);
void db_close(struct db **db); /* no connection may be leased */

/* A connection of one's own until db_release. While the server is away, connecting is tried
 * again with growing, jittered pauses (50 ms to 2 s) until the task's deadline
 * (ERR_UNAVAILABLE). A server that knows neither the role nor the database is ERR_CONF at once.
 */
struct conn *db_lease(struct task *t, struct db *db, struct err *e);
/* How many wait for a connection now. */
unsigned db_waiting(const struct db *db);
void db_release(struct conn **c); /* in a transaction or COPY, or broken: closed, not reused */
void conn_free(struct conn **c);  /* = db_release, for AUTO_PTR(conn) */

/* ---- parameters: ARGS(P_INT4(day), P_TEXT(name)) ---- */
enum param_kind {
	PARAM_NULL,
	PARAM_BOOL,
	PARAM_INT2,
	PARAM_INT4,
	PARAM_INT8,
	PARAM_DATE,  /* days since 1970; DAY_NONE is null, DB_DAY_FOREVER 'infinity' */
	PARAM_STAMP, /* seconds since 1970 UTC; DB_STAMP_NONE is null */
	PARAM_TEXT,  /* taken for whatever type the statement wants; at NULL is null */
	PARAM_BYTES,
	PARAM_INT4S, /* arrays: no items is an empty array, not null */
	PARAM_INT8S,
	PARAM_DATES,
	PARAM_TEXTS
};
/* What PostgreSQL calls 'infinity' and '-infinity', both ways. */
#define DB_DAY_FOREVER	 INT32_MAX
#define DB_DAY_EVER	 (INT32_MIN + 1)
#define DB_STAMP_FOREVER INT64_MAX
#define DB_STAMP_EVER	 (INT64_MIN + 1)
#define DB_STAMP_NONE	 INT64_MIN
enum { DB_PARAMS_MOST = 32, DB_FIELDS_MOST = 64, DB_PARAM_BYTES_MOST = 64 << 20 };
struct param {
	enum param_kind kind;
	int64_t number;
	const void *at; /* bytes, or the array */
	size_t len;	/* bytes, or items of the array */
};
#define P_NULL()                   \
	{                          \
		.kind = PARAM_NULL \
	}
#define P_BOOL(v)                                 \
	{                                         \
		.kind = PARAM_BOOL, .number = (v) \
	}
#define P_INT2(v)                                 \
	{                                         \
		.kind = PARAM_INT2, .number = (v) \
	}
#define P_INT4(v)                                 \
	{                                         \
		.kind = PARAM_INT4, .number = (v) \
	}
#define P_INT8(v)                                 \
	{                                         \
		.kind = PARAM_INT8, .number = (v) \
	}
#define P_DATE(v)                                 \
	{                                         \
		.kind = PARAM_DATE, .number = (v) \
	}
#define P_STAMP(v)                                 \
	{                                          \
		.kind = PARAM_STAMP, .number = (v) \
	}
#define P_STR(s)                                                 \
	{                                                        \
		.kind = PARAM_TEXT, .at = (s).at, .len = (s).len \
	}
#define P_TEXT(c)                                                                 \
	{                                                                         \
		.kind = PARAM_TEXT, .at = (c), .len = (c) != NULL ? strlen(c) : 0 \
	}
#define P_BYTES(p, n)                                      \
	{                                                  \
		.kind = PARAM_BYTES, .at = (p), .len = (n) \
	}
#define P_INT4S(p, n)                                      \
	{                                                  \
		.kind = PARAM_INT4S, .at = (p), .len = (n) \
	} /* const int32_t * */
#define P_INT8S(p, n)                                      \
	{                                                  \
		.kind = PARAM_INT8S, .at = (p), .len = (n) \
	} /* const int64_t * */
#define P_DATES(p, n)                                      \
	{                                                  \
		.kind = PARAM_DATES, .at = (p), .len = (n) \
	} /* const int32_t * */
#define P_TEXTS(p, n)                                      \
	{                                                  \
		.kind = PARAM_TEXTS, .at = (p), .len = (n) \
	} /* const struct str * */

struct args {
	const struct param *at;
	size_t n;
};
#define ARGS(...)                                              \
	((struct args){ (const struct param[]){ __VA_ARGS__ }, \
	    sizeof((const struct param[]){ __VA_ARGS__ }) / sizeof(struct param) })
#define NO_ARGS ((struct args){ NULL, 0 })

/* ---- rows: a table of fields maps columns, by name, into a struct ---- */
enum db_type { DB_T_BOOL, DB_T_INT4, DB_T_INT8, DB_T_DATE, DB_T_STAMP, DB_T_TEXT, DB_T_BYTES };
struct db_field {
	const char *column;
	enum db_type type;
	size_t offset;
};
/* clang-format off */
/* The array has a negative size, so it does not compile, when the member's type is not ct. */
#define DB_FIELD_(s, m, t, ct)                                                                 \
	{ #m, t, offsetof(struct s, m) + 0 * sizeof(char[                                      \
	    __builtin_types_compatible_p(__typeof__(((struct s *)0)->m), ct) ? 1 : -1]) }
/* clang-format on */
/* INT4 also from int2, INT8 also from both; null is 0, DAY_NONE, DB_STAMP_NONE, at == NULL. */
#define DB_BOOL(s, m)  DB_FIELD_(s, m, DB_T_BOOL, bool)
#define DB_INT4(s, m)  DB_FIELD_(s, m, DB_T_INT4, int32_t)
#define DB_INT8(s, m)  DB_FIELD_(s, m, DB_T_INT8, int64_t)
#define DB_DATE(s, m)  DB_FIELD_(s, m, DB_T_DATE, int32_t)
#define DB_STAMP(s, m) DB_FIELD_(s, m, DB_T_STAMP, int64_t)
#define DB_TEXT(s, m)  DB_FIELD_(s, m, DB_T_TEXT, struct str)
#define DB_BYTES(s, m) DB_FIELD_(s, m, DB_T_BYTES, struct str)

/* A result in memory; slices in rows point into it. AUTO_PTR(rows). */
struct rows;
void rows_free(struct rows **r);
size_t rows_count(const struct rows *r);
/* The next row into *out; false at the end. The fields are matched to columns at the first
 * call; a column that is not there or of another type is a bug and aborts. */
bool rows_next(struct rows *r, const struct db_field *fields, size_t n, void *out);
#define ROWS_NEXT(r, fields, out) rows_next(r, fields, nitems(fields), out)
/* Which one comes next, from 0; and to go there. */
size_t rows_at(const struct rows *r);
void rows_go(struct rows *r, size_t at);

/* ---- statements ----
 * Outside a transaction, losing the connection while a statement runs is uncertain
 * (ERR_UNCERTAIN), unless its block in sql/queries says "read"; inside one it is a retry, since
 * nothing was kept. What the server said is in e: its message, detail and SQLSTATE, without
 * values; what our own functions raise (SQLSTATE BB001 to BB007) is taken over as it stands. */
struct rows *db_rows(struct task *t, struct conn *c, enum sql q, struct args a, struct err *e);
/* At most one row, kept alive by *keep (may be NULL: slices then are null). DB_NONE: no row,
 * with ERR_NOT_FOUND in e. */
enum db_got db_one(struct task *t, struct conn *c, enum sql q, struct args a,
    const struct db_field *fields, size_t n, void *out, struct rows **keep, struct err *e);
enum db_got db_exec(struct task *t, struct conn *c, enum sql q, struct args a,
    int64_t *affected, struct err *e);
/* Row by row without holding the result: for exports. */
bool db_stream(struct task *t, struct conn *c, enum sql q, struct args a, struct err *e);
enum io_got db_stream_next(struct task *t, struct conn *c, const struct db_field *fields,
    size_t n, void *out, struct err *e); /* slices live until the next call; IO_END once */
void db_stream_stop(
    struct task *t, struct conn *c); /* ends early; the connection stays usable or is closed */

/* ---- transactions ---- */
enum db_isolation { DB_READ_COMMITTED, DB_REPEATABLE_READ, DB_SERIALIZABLE };
bool db_begin(struct task *t, struct conn *c, enum db_isolation i, struct err *e);
enum db_got db_commit(
    struct task *t, struct conn *c, struct err *e); /* FOUND, RETRY, FAILED, UNCERTAIN */
void db_rollback(struct task *t, struct conn *c);
typedef bool db_tx_fn(struct task *t, struct conn *c, void *arg, struct err *e);
/* Begins, calls fn, commits; on serialization failure or deadlock all of it again, up to 5
 * times with jitter. fn must not keep effects outside the database. */
enum db_got db_transaction(
    struct task *t, struct db *db, enum db_isolation i, db_tx_fn *fn, void *arg, struct err *e);
/* SQLSTATE of the last failure on c ("23505"), or "". */
const char *db_state(const struct conn *c);

/* ---- COPY ---- */
/* A failed add or end has ended the COPY already; stop is harmless then. An add reads what the
 * server has to say meanwhile, so a COPY that fails half way is known long before its end. */
bool copy_in_begin(struct task *t, struct conn *c, enum sql q, struct err *e);
bool copy_in_add(struct task *t, struct conn *c, const void *bytes, size_t len, struct err *e);
bool copy_in_end(struct task *t, struct conn *c, int64_t *rows, struct err *e);
void copy_in_stop(struct task *t, struct conn *c); /* gives up; the statement fails */
bool copy_out_begin(struct task *t, struct conn *c, enum sql q, struct err *e);
/* The next row in the form of the statement; of a binary COPY without the header that begins
 * and the mark that ends a file. Lives until the next call. */
enum io_got copy_out_next(struct task *t, struct conn *c, struct str *bytes, struct err *e);

/* ---- notifications: a connection of its own, made again when lost ---- */
struct listener;
struct listener *listen_open(
    struct db *db, const char *const *channels, size_t n, struct err *e);
void listen_close(struct listener **l);
/* The next one. After each (re)connection one with channel "" comes first: look at everything,
 * since what was told meanwhile is lost. */
bool listen_next(struct task *t, struct listener *l, char *channel, size_t size, char *payload,
    size_t payload_size, struct err *e);

/* The statement table, for busbar check and tests. */
enum sql_kind { SQL_K_ONE, SQL_K_ROWS, SQL_K_EXEC, SQL_K_COPY_IN, SQL_K_COPY_OUT };
struct sql_row {
	const char *name, *file; /* "ops_ping", "ops" */
	enum sql_kind kind;
	unsigned params;
	bool reads; /* promises to change nothing */
	const char *text;
};
extern const struct sql_row sql_rows[SQL_COUNT];
/* Prepares every statement of the files whose names begin so; false names the first that does
 * not fit the schema or the role's rights. Outside a transaction only. */
bool db_check_statements(
    struct task *t, struct conn *c, const char *file_prefix, struct err *e);
/* Runs a script of several statements (a migration) as it stands; no parameters. They are one
 * transaction unless the script says otherwise, so what cannot run in one must come alone. The
 * error names the line. */
bool db_script(struct task *t, struct conn *c, const char *text, struct err *e);

#endif
