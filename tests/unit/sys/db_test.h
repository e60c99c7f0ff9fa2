/* What the tests of the database layer share. They run under tests/lib/with_pg, which says
 * where the database is; without one they fail. */
#ifndef DB_TEST_H
#define DB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/civil.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "rt/work.h"
#include "sys/db.h"

/* A body runs in a task, from where cmocka's own checks cannot jump: it returns false instead.
 */
#define CHECK(x)                                                                             \
	do {                                                                                 \
		if (!(x))                                                                    \
			return err(e, ERR_BUG, "%s:%d: not so: %s", __FILE__, __LINE__, #x); \
	} while (0)
#define CHECK_TEXT(a, b)                                                                \
	do {                                                                            \
		if (strcmp((a), (b)) != 0)                                              \
			return err(e, ERR_BUG, "%s:%d: \"%s\" is not \"%s\"", __FILE__, \
			    __LINE__, (a), (b));                                        \
	} while (0)
#define CHECK_STR(s, b)                                                                \
	do {                                                                           \
		if (!str_is((s), (b)))                                                 \
			return err(e, ERR_BUG, "%s:%d: \"" STR_FMT "\" is not \"%s\"", \
			    __FILE__, __LINE__, STR_ARG(s), (b));                      \
	} while (0)

enum { TEST_MS = 60000 };

struct int4_row {
	int32_t i4;
};
struct int8_row {
	int64_t i8;
};
struct bool_row {
	bool b;
};
struct text_row {
	struct str t;
};
struct v_row {
	int64_t v;
};
static const struct db_field int4_fields[] = { DB_INT4(int4_row, i4) };
static const struct db_field int8_fields[] = { DB_INT8(int8_row, i8) };
static const struct db_field bool_fields[] = { DB_BOOL(bool_row, b) };
static const struct db_field text_fields[] = { DB_TEXT(text_row, t) };
static const struct db_field v_fields[] = { DB_INT8(v_row, v) };

#define ONE(t, c, q, a, fields, out, e) db_one(t, c, q, a, fields, nitems(fields), out, NULL, e)

static const char schema[] =
    "drop schema if exists t cascade;\n"
    "create schema t;\n"
    "create table t.item (id int8 primary key, v int8 not null);\n"
    "create table t.bulk (id int4 primary key, v text not null);\n"
    "create table t.star (a int4 not null);\n"
    "create function t.fail(state text, message text) returns void language plpgsql as $$\n"
    "begin\n"
    "  raise exception using errcode = state, message = message, detail = 'row 7';\n"
    "end $$;\n"
    "create function t.kill(pid int4) returns bool language plpgsql as $$\n"
    "begin\n"
    "  return pg_terminate_backend(pid, 10000);\n"
    "end $$;\n";

static inline const char *
conninfo(void)
{
	const char *given = getenv("TEST_CONNINFO");

	if (given == NULL) {
		print_error("TEST_CONNINFO is not set: run this under tests/lib/with_pg\n");
		exit(1);
	}
	return given;
}

static inline struct db *
open_db(unsigned connections, struct err *e)
{
	return db_open(conninfo(), NULL, "busbar-test", connections, e);
}

/* A test's body, with a database of one or more connections and a deadline. */
typedef bool body_fn(struct task *t, struct db *db, struct err *e);
struct body {
	body_fn *fn;
	unsigned connections;
};

static inline bool
body_run(struct task *t, void *arg, struct err *e)
{
	const struct body *b = arg;
	struct db *db = open_db(b->connections, e);
	bool ok;

	if (db == NULL)
		return false;
	task_deadline(t, TEST_MS);
	ok = b->fn(t, db, e);
	if (ok) /* after a failure connections may still be leased */
		db_close(&db);
	return ok;
}

static inline void
with_db(unsigned connections, body_fn *fn)
{
	struct body b = { fn, connections };
	struct err e = { 0 };

	if (!loop_once(body_run, &b, &e))
		fail_msg("%s", e.text);
}

static inline bool
make_schema(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);

	return c != NULL && db_script(t, c, schema, e);
}

/* Before each test: an empty schema. */
static inline int
new_schema(void **state)
{
	(void)state;
	with_db(1, make_schema);
	return 0;
}

static inline int64_t
count(struct task *t, struct conn *c, enum sql q, struct args a)
{
	struct int8_row r = { -1 };

	return ONE(t, c, q, a, int8_fields, &r, NULL) == DB_FOUND ? r.i8 : -1;
}

/* The v of t.item's row, or -1. */
static inline int64_t
value_of(struct task *t, struct conn *c, int64_t id)
{
	struct v_row r = { -1 };

	ONE(t, c, SQL_T_GET, ARGS(P_INT8(id)), v_fields, &r, NULL);
	return r.v;
}

static inline int32_t
pid_of(struct task *t, struct conn *c)
{
	struct int4_row r = { -1 };

	ONE(t, c, SQL_T_PID, NO_ARGS, int4_fields, &r, NULL);
	return r.i4;
}

#endif
