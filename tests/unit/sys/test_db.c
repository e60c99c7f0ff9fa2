/* Values both ways, rows, errors. */
#include "db_test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct echo {
	bool b;
	int32_t small, i4, d;
	int64_t i8, s;
	struct str t, y;
};
static const struct db_field echo_fields[] = {
	DB_BOOL(echo, b),
	DB_INT4(echo, small),
	DB_INT4(echo, i4),
	DB_INT8(echo, i8),
	DB_DATE(echo, d),
	DB_STAMP(echo, s),
	DB_TEXT(echo, t),
	DB_BYTES(echo, y),
};

/* 2026-11-22 is day 20779, by hand: 56 years of 365 days, 14 leap days, 325 days of the year.
 */
enum { DAY_2026_11_22 = 56 * 365 + 14 + 325 };
#define STAMP_2026 (DAY_2026_11_22 * INT64_C(86400) + 7 * 3600 + 8 * 60 + 9)

static const struct {
	struct param in[8];
	struct echo out;
	const char *text; /* as the server writes it */
} echoes[] = {
	{ { P_BOOL(true), P_INT2(-32768), P_INT4(INT32_MAX), P_INT8(INT64_MIN),
	      P_DATE(DAY_2026_11_22), P_STAMP(STAMP_2026), P_TEXT("Muñoz\n'x'"),
	      P_BYTES("\0\377", 2) },
	    { true, -32768, INT32_MAX, DAY_2026_11_22, INT64_MIN, STAMP_2026,
		{ "Muñoz\n'x'", 10 }, { "\0\377", 2 } },
	    "t|-32768|2147483647|-9223372036854775808|2026-11-22|2026-11-22 07:08:09+00|Muñoz\n"
	    "'x'|\\x00ff" },
	{ { P_BOOL(false), P_INT2(0), P_INT4(-1), P_INT8(1), P_DATE(-1), P_STAMP(-1),
	      P_TEXT(""), P_BYTES("", 0) },
	    { false, 0, -1, -1, 1, -1, { "", 0 }, { "", 0 } },
	    "f|0|-1|1|1969-12-31|1969-12-31 23:59:59+00||\\x" },
	{ { P_NULL(), P_NULL(), P_NULL(), P_NULL(), P_DATE(DAY_NONE), P_STAMP(DB_STAMP_NONE),
	      { .kind = PARAM_TEXT }, P_BYTES(NULL, 0) },
	    { false, 0, 0, DAY_NONE, 0, DB_STAMP_NONE, { NULL, 0 }, { NULL, 0 } }, "" },
	{ { P_NULL(), P_NULL(), P_NULL(), P_NULL(), P_NULL(), P_NULL(), P_NULL(), P_NULL() },
	    { false, 0, 0, DAY_NONE, 0, DB_STAMP_NONE, { NULL, 0 }, { NULL, 0 } }, "" },
	{ { P_BOOL(true), P_INT2(5), P_INT2(6), P_INT4(7), P_DATE(10957), P_STAMP(946684800),
	      P_TEXT("x"), P_BYTES("y", 1) },
	    { true, 5, 6, 10957, 7, 946684800, { "x", 1 }, { "y", 1 } },
	    "t|5|6|7|2000-01-01|2000-01-01 00:00:00+00|x|\\x79" },
};

static bool
same_slice(struct str a, struct str b)
{
	return (a.at == NULL) == (b.at == NULL) && str_eq(a, b);
}

static bool
values(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);

	for (size_t i = 0; c != NULL && i < nitems(echoes); i++) {
		AUTO_PTR(rows) keep = NULL;
		AUTO_PTR(rows) keep_text = NULL;
		struct args in = { echoes[i].in, nitems(echoes[i].in) };
		const struct echo *want = &echoes[i].out;
		struct echo out;
		struct text_row r;

		if (db_one(t, c, SQL_T_ECHO, in, echo_fields, nitems(echo_fields), &out, &keep,
			e) != DB_FOUND ||
		    db_one(t, c, SQL_T_ECHO_TEXT, in, text_fields, 1, &r, &keep_text, e) !=
			DB_FOUND)
			return false;
		CHECK(out.b == want->b && out.small == want->small && out.i4 == want->i4);
		CHECK(out.i8 == want->i8 && out.d == want->d && out.s == want->s);
		CHECK(same_slice(out.t, want->t) && same_slice(out.y, want->y));
		CHECK_STR(r.t, echoes[i].text);
	}
	return c != NULL;
}

static void
every_type_goes_there_and_back(void **state)
{
	(void)state;
	with_db(1, values);
}

static bool
literals(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO_PTR(rows) keep = NULL;
	struct echo r;

	if (c == NULL || db_one(t, c, SQL_T_LITERALS, NO_ARGS, echo_fields, nitems(echo_fields),
			     &r, &keep, e) != DB_FOUND)
		return false;
	CHECK(r.b && r.small == -2 && r.i4 == -3 && r.i8 == INT64_C(-4000000000) && r.d == -1);
	CHECK(r.s == -2); /* half a second before -1, rounded down */
	CHECK(str_is(r.t, "ä") && r.y.len == 2 && memcmp(r.y.at, "\0\377", 2) == 0);
	return true;
}

static void
what_the_server_wrote_is_read(void **state)
{
	(void)state;
	with_db(1, literals);
}

struct ends {
	int32_t d;
	int64_t s;
};
static const struct db_field ends_fields[] = { DB_DATE(ends, d), DB_STAMP(ends, s) };

static bool
infinite(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO_PTR(rows) a = NULL;
	AUTO_PTR(rows) b = NULL;
	struct ends r;
	struct text_row x;

	if (c == NULL || ONE(t, c, SQL_T_INFINITE, NO_ARGS, ends_fields, &r, e) != DB_FOUND ||
	    db_one(t, c, SQL_T_ECHO_ENDS,
		ARGS(P_DATE(DB_DAY_FOREVER), P_STAMP(DB_STAMP_FOREVER)), text_fields, 1, &x, &a,
		e) != DB_FOUND)
		return false;
	CHECK(r.d == DB_DAY_FOREVER && r.s == DB_STAMP_EVER);
	CHECK_STR(x.t, "infinity|infinity");
	CHECK(db_one(t, c, SQL_T_ECHO_ENDS, ARGS(P_DATE(DB_DAY_EVER), P_STAMP(DB_STAMP_EVER)),
		  text_fields, 1, &x, &b, e) == DB_FOUND);
	CHECK_STR(x.t, "-infinity|-infinity");
	return true;
}

static void
infinity_has_its_own_numbers(void **state)
{
	(void)state;
	with_db(1, infinite);
}

static bool
arrays_as_text(
    struct task *t, struct conn *c, struct args a, const char *expected, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct text_row r;

	if (db_one(t, c, SQL_T_ARRAYS, a, text_fields, 1, &r, &keep, e) != DB_FOUND)
		return false;
	CHECK_STR(r.t, expected);
	return true;
}

static bool
arrays(struct task *t, struct db *db, struct err *e)
{
	static const int32_t i4s[] = { 1, -2, INT32_MIN };
	static const int64_t i8s[] = { INT64_MAX, 0 };
	static const int32_t days[] = { 0, DAY_NONE, DB_DAY_FOREVER };
	static const struct str texts[] = { { "a", 1 }, { "", 0 }, { NULL, 0 }, { "ü,\"", 4 } };
	AUTO_PTR(conn) c = db_lease(t, db, e);

	return c != NULL &&
	       arrays_as_text(t, c,
		   ARGS(P_INT4S(i4s, 3), P_INT8S(i8s, 2), P_DATES(days, 3), P_TEXTS(texts, 4)),
		   "{1,-2,-2147483648}|{9223372036854775807,0}|{1970-01-01,NULL,infinity}|"
		   "{a,\"\",NULL,\"ü,\\\"\"}",
		   e) &&
	       arrays_as_text(t, c,
		   ARGS(P_INT4S(NULL, 0), P_INT8S(NULL, 0), P_DATES(NULL, 0), P_TEXTS(NULL, 0)),
		   "{}|{}|{}|{}", e) &&
	       arrays_as_text(t, c, ARGS(P_NULL(), P_NULL(), P_NULL(), P_NULL()), "", e);
}

static void
arrays_may_be_empty_or_hold_nulls(void **state)
{
	(void)state;
	with_db(1, arrays);
}

struct json_row {
	struct str j, jb;
};
static const struct db_field json_fields[] = { DB_TEXT(json_row, j), DB_TEXT(json_row, jb) };

static bool
text_like(struct task *t, struct db *db, struct err *e)
{
	static const char *const texts[] = { "text", "varchar", "name" };
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO_PTR(rows) all = NULL;
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(rows) keep_in = NULL;
	struct json_row j;
	struct text_row r;
	size_t n = 0;

	if (c == NULL || (all = db_rows(t, c, SQL_T_TEXTS, NO_ARGS, e)) == NULL)
		return false;
	for (; ROWS_NEXT(all, text_fields, &r); n++)
		CHECK_STR(r.t, texts[n]);
	CHECK(n == 3 && rows_count(all) == 3);
	CHECK(db_one(t, c, SQL_T_JSON, NO_ARGS, json_fields, 2, &j, &keep, e) == DB_FOUND);
	CHECK_STR(j.j, "{\"a\": 1}");
	CHECK_STR(j.jb, "{\"a\": 1}");
	CHECK(db_one(t, c, SQL_T_JSON_IN, ARGS(P_TEXT("{\"a\": \"b\"}")), text_fields, 1, &r,
		  &keep_in, e) == DB_FOUND);
	CHECK_STR(r.t, "b");
	return true;
}

static void
what_is_like_text_is_taken_as_text(void **state)
{
	(void)state;
	with_db(1, text_like);
}

static bool
any(struct task *t, struct conn *c, struct param p, const char *expected, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct text_row r;

	if (db_one(t, c, SQL_T_ANY, (struct args){ &p, 1 }, text_fields, 1, &r, &keep, e) !=
	    DB_FOUND)
		return false;
	CHECK(same_slice(r.t, expected != NULL ? str_of(expected) : (struct str){ NULL, 0 }));
	return true;
}

static bool
kinds(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct int8_row r;

	for (int round = 0; c != NULL && round < 3; round++)
		if (!any(t, c, (struct param)P_NULL(), NULL, e) ||
		    !any(t, c, (struct param)P_INT4(5), "5", e) ||
		    !any(t, c, (struct param)P_TEXT("five"), "five", e) ||
		    !any(t, c, (struct param)P_INT8(-6), "-6", e) ||
		    !any(t, c, (struct param)P_NULL(), NULL, e) ||
		    !any(t, c, (struct param)P_BOOL(true), "true", e))
			return false;
	CHECK(c != NULL);
	CHECK(ONE(t, c, SQL_T_WIDE, ARGS(P_INT2(-3)), int8_fields, &r, e) == DB_FOUND);
	CHECK(r.i8 == -3);
	CHECK(ONE(t, c, SQL_T_WIDE, ARGS(P_INT4(-4)), int8_fields, &r, e) == DB_FOUND);
	CHECK(r.i8 == -4);
	return true;
}

static void
a_statement_takes_other_kinds_in_turn(void **state)
{
	(void)state;
	with_db(1, kinds);
}

static bool
counts(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO_PTR(rows) none = NULL;
	struct err told = { 0 };
	struct int4_row r;
	int64_t n = -1;

	CHECK(c != NULL);
	CHECK(ONE(t, c, SQL_T_NONE, NO_ARGS, int4_fields, &r, &told) == DB_NONE);
	CHECK(told.code == ERR_NOT_FOUND);
	CHECK_TEXT(told.text, "t_none: no row");
	CHECK(ONE(t, c, SQL_T_TWO, NO_ARGS, int4_fields, &r, &told) == DB_FAILED);
	CHECK(told.code == ERR_BUG);
	CHECK_TEXT(told.text, "t_two: 2 rows, expected one");
	none = db_rows(t, c, SQL_T_ROWS, ARGS(P_INT4(0)), e);
	CHECK(none != NULL && rows_count(none) == 0 && !ROWS_NEXT(none, int4_fields, &r));
	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT4(1), P_INT4(2)), &n, e) == DB_FOUND);
	CHECK(n == 1);
	CHECK(db_exec(t, c, SQL_T_SET, ARGS(P_INT4(9), P_INT4(2)), &n, e) == DB_FOUND);
	CHECK(n == 0);
	CHECK(value_of(t, c, 1) == 2);
	return true;
}

static void
none_one_and_many_are_told_apart(void **state)
{
	(void)state;
	with_db(1, counts);
}

static bool
slices(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct text_row r = { STR("x") };

	CHECK(c != NULL);
	CHECK(ONE(t, c, SQL_T_ANY, ARGS(P_INT4(1)), text_fields, &r, e) == DB_FOUND);
	CHECK(r.t.at == NULL && r.t.len == 0);
	return true;
}

static void
a_slice_of_a_row_that_is_not_kept_is_null(void **state)
{
	(void)state;
	with_db(1, slices);
}

static const struct {
	const char *state;
	enum err_code code;
	enum db_got got;
	const char *text;
} states[] = {
	{ "BB001", ERR_NOT_FOUND, DB_FAILED, "no such file: row 7" },
	{ "BB002", ERR_FORBIDDEN, DB_FAILED, "no such file: row 7" },
	{ "BB003", ERR_BAD_INPUT, DB_FAILED, "no such file: row 7" },
	{ "BB004", ERR_SEQUENCE, DB_FAILED, "no such file: row 7" },
	{ "BB005", ERR_CONFLICT, DB_FAILED, "no such file: row 7" },
	{ "BB006", ERR_TOO_BIG, DB_FAILED, "no such file: row 7" },
	{ "40001", ERR_CONFLICT, DB_RETRY, "t_raise: no such file: row 7 (40001)" },
	{ "40P01", ERR_CONFLICT, DB_RETRY, "t_raise: no such file: row 7 (40P01)" },
	{ "53100", ERR_NO_SPACE, DB_FAILED, "t_raise: no such file: row 7 (53100)" },
	{ "53300", ERR_UNAVAILABLE, DB_RETRY, "t_raise: no such file: row 7 (53300)" },
	{ "42501", ERR_FORBIDDEN, DB_FAILED, "t_raise: no such file: row 7 (42501)" },
	{ "P0002", ERR_NOT_FOUND, DB_FAILED, "t_raise: no such file: row 7 (P0002)" },
	{ "22023", ERR_BAD_INPUT, DB_FAILED, "t_raise: no such file (22023)" },
	{ "55P03", ERR_BUSY, DB_RETRY, "t_raise: no such file: row 7 (55P03)" },
	{ "57014", ERR_TIMEOUT, DB_FAILED, "t_raise: no such file: row 7 (57014)" },
	{ "XX000", ERR_BUG, DB_FAILED, "t_raise: no such file: row 7 (XX000)" },
};

static bool
refusals(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told;
	struct int4_row r;

	CHECK(c != NULL);
	for (size_t i = 0; i < nitems(states); i++) {
		CHECK(db_exec(t, c, SQL_T_RAISE,
			  ARGS(P_TEXT(states[i].state), P_TEXT("no such file")), NULL,
			  &told) == states[i].got);
		CHECK_TEXT(told.text, states[i].text);
		CHECK(told.code == states[i].code);
		CHECK_TEXT(db_state(c), states[i].state);
	}
	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT4(1), P_INT4(2)), NULL, e) == DB_FOUND);
	CHECK_TEXT(db_state(c), "");
	CHECK(
	    db_exec(t, c, SQL_T_INSERT, ARGS(P_INT4(1), P_INT4(2)), NULL, &told) == DB_FAILED);
	CHECK_TEXT(told.text,
	    "t_insert: duplicate key value violates unique constraint \"…\" (23505, constraint "
	    "item_pkey)");
	CHECK(ONE(t, c, SQL_T_NUMBER, ARGS(P_TEXT("my secret")), int4_fields, &r, &told) ==
	      DB_FAILED);
	CHECK(told.code == ERR_BAD_INPUT);
	CHECK_TEXT(told.text, "t_number: invalid input syntax for type integer: \"…\" (22P02)");
	CHECK(ONE(t, c, SQL_T_NUMBER, ARGS(P_STR(STR("1\0002"))), int4_fields, &r, &told) ==
	      DB_FAILED);
	CHECK_TEXT(told.text, "t_number: parameter 1 has a NUL byte in its text");
	return true;
}

static void
a_refusal_says_what_and_why_but_no_values(void **state)
{
	(void)state;
	with_db(1, refusals);
}

static int
status_of_reading(struct rows *r, const struct db_field *fields)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct echo out;

		log_to(open("/dev/null", 1), NULL);
		rows_next(r, fields, 1, &out);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static bool
wrong_columns(struct task *t, struct db *db, struct err *e)
{
	static const struct db_field missing[] = { { "nowhere", DB_T_INT4, 0 } };
	static const struct db_field typed[] = { { "i4", DB_T_TEXT, 0 } };
	static const struct db_field narrow[] = { { "i4", DB_T_BOOL, 0 } };
	static const struct db_field right[] = { { "i4", DB_T_INT8, 0 } };
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO_PTR(rows) r = NULL;
	const struct db_field *wrong[] = { missing, typed, narrow };

	if (c == NULL || (r = db_rows(t, c, SQL_T_ROWS, ARGS(P_INT4(1)), e)) == NULL)
		return false;
	for (size_t i = 0; i < nitems(wrong); i++) {
		int status = status_of_reading(r, wrong[i]);

		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
	CHECK(status_of_reading(r, right) == 0);
	return true;
}

static void
a_column_that_does_not_fit_is_a_bug_and_aborts(void **state)
{
	(void)state;
	with_db(1, wrong_columns);
}

static bool
stale(struct task *t, struct db *db, struct err *e)
{
	static const struct db_field a[] = { { "a", DB_T_INT8, 0 } };
	AUTO_PTR(conn) c = db_lease(t, db, e);
	int64_t n;

	CHECK(c != NULL && db_script(t, c, "insert into t.star values (1)", e));
	CHECK(ONE(t, c, SQL_T_STAR, NO_ARGS, a, &n, e) == DB_FOUND);
	CHECK(db_script(t, c, "alter table t.star alter a type int8, add b text", e));
	CHECK(ONE(t, c, SQL_T_STAR, NO_ARGS, a, &n, e) == DB_FOUND && n == 1);
	return true;
}

static void
a_statement_outlives_a_change_of_its_table(void **state)
{
	(void)state;
	with_db(1, stale);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_goes_there_and_back),
		cmocka_unit_test(what_the_server_wrote_is_read),
		cmocka_unit_test(infinity_has_its_own_numbers),
		cmocka_unit_test(arrays_may_be_empty_or_hold_nulls),
		cmocka_unit_test(what_is_like_text_is_taken_as_text),
		cmocka_unit_test(a_statement_takes_other_kinds_in_turn),
		cmocka_unit_test_setup(none_one_and_many_are_told_apart, new_schema),
		cmocka_unit_test(a_slice_of_a_row_that_is_not_kept_is_null),
		cmocka_unit_test_setup(a_refusal_says_what_and_why_but_no_values, new_schema),
		cmocka_unit_test(a_column_that_does_not_fit_is_a_bug_and_aborts),
		cmocka_unit_test_setup(a_statement_outlives_a_change_of_its_table, new_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
