/* COPY, streams, notifications, scripts, the check of statements. */
#include "db_test.h"

#include "base/code.h"

enum { BULK = 100000, TEXT_BYTES = 40, PIECE_BYTES = 1 << 20, FRESH_BYTES = 8 << 20 };

static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* with the last NUL */

static void
add_row(struct buf *b, uint32_t id)
{
	unsigned char head[14];
	char text[TEXT_BYTES];

	put_be16(head, 2);
	put_be32(head + 2, 4);
	put_be32(head + 6, id);
	put_be32(head + 10, TEXT_BYTES);
	memset(text, 'x', sizeof text);
	buf_add(b, head, sizeof head);
	buf_add(b, text, sizeof text);
}

struct sum_row {
	int64_t i8, sum;
};
static const struct db_field sum_fields[] = { DB_INT8(sum_row, i8), DB_INT8(sum_row, sum) };

static bool
bulk_is(struct task *t, struct conn *c, int64_t rows, int64_t sum, struct err *e)
{
	struct sum_row r;

	CHECK(ONE(t, c, SQL_T_SUM, NO_ARGS, sum_fields, &r, e) == DB_FOUND);
	CHECK(r.i8 == rows && r.sum == sum);
	return true;
}

static bool
copies_in(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO(buf) b = BUF(FRESH_BYTES);
	int64_t rows = 0;

	CHECK(c != NULL && copy_in_begin(t, c, SQL_T_COPY_IN, e));
	buf_add(&b, header, sizeof header);
	for (uint32_t id = 1; id <= BULK; id++) {
		add_row(&b, id);
		if (b.len > PIECE_BYTES) {
			CHECK(copy_in_add(t, c, b.at, b.len, e));
			buf_reset(&b);
		}
	}
	buf_add(&b, "\377\377", 2);
	CHECK(copy_in_add(t, c, b.at, b.len, e));
	CHECK(copy_in_end(t, c, &rows, e));
	CHECK(rows == BULK);
	return bulk_is(t, c, BULK, INT64_C(5000050000), e); /* n (n + 1) / 2 */
}

static void
a_hundred_thousand_rows_are_copied_in(void **state)
{
	(void)state;
	with_db(1, copies_in);
}

static bool
copy_breaks(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO(buf) b = BUF(FRESH_BYTES);
	struct err told = { 0 };
	size_t pieces = 0;
	int32_t pid = pid_of(t, c);

	CHECK(copy_in_begin(t, c, SQL_T_COPY_IN, e));
	buf_add(&b, header, sizeof header);
	for (uint32_t id = 1; id < 20000; id++)
		add_row(&b, id % 1000); /* 1 twice */
	CHECK(buf_ok(&b));
	CHECK(copy_in_add(t, c, b.at, b.len / 20, e)); /* up to there all is well */
	while (pieces < 1000 && copy_in_add(t, c, b.at + b.len / 20, b.len - b.len / 20, &told))
		pieces++;
	CHECK(pieces < 10); /* not at the end of a gigabyte */
	CHECK(told.code == ERR_BAD_INPUT);
	CHECK_TEXT(told.text, "t_copy_in: duplicate key value violates unique constraint \"…\" "
			      "(23505, constraint "
			      "bulk_pkey)");
	CHECK_TEXT(db_state(c), "23505");
	copy_in_stop(t, c); /* harmless */
	CHECK(bulk_is(t, c, 0, 0, e) && pid_of(t, c) == pid);
	return true;
}

static void
a_copy_that_fails_half_way_is_told_at_once(void **state)
{
	(void)state;
	with_db(1, copy_breaks);
}

static bool
copy_ends_badly(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	AUTO(buf) b = BUF(1 << 16);
	struct err told = { 0 };

	CHECK(c != NULL);
	buf_add(&b, header, sizeof header);
	add_row(&b, 1);
	CHECK(copy_in_begin(t, c, SQL_T_COPY_IN, e)); /* cut in a row */
	CHECK(copy_in_add(t, c, b.at, b.len - 1, e));
	CHECK(!copy_in_end(t, c, NULL, &told));
	CHECK(told.code == ERR_BAD_INPUT);
	CHECK_TEXT(told.text, "t_copy_in: unexpected EOF in COPY data (22P04)");
	CHECK(copy_in_begin(t, c, SQL_T_COPY_IN, e)); /* given up */
	CHECK(copy_in_add(t, c, b.at, b.len, e));
	copy_in_stop(t, c);
	CHECK(copy_in_begin(t, c, SQL_T_COPY_IN, e)); /* nothing at all */
	CHECK(!copy_in_end(t, c, NULL, &told));
	CHECK(bulk_is(t, c, 0, 0, e));
	CHECK(copy_in_begin(t, c, SQL_T_COPY_IN, e)); /* and released half way */
	db_release(&c);
	c = db_lease(t, db, e);
	return bulk_is(t, c, 0, 0, e);
}

static void
a_copy_that_is_cut_or_given_up_leaves_nothing(void **state)
{
	(void)state;
	with_db(1, copy_ends_badly);
}

static bool
copies_out(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told = { 0 };
	enum io_got got;
	struct str s;
	uint32_t n = 0;

	CHECK(c != NULL && copy_out_begin(t, c, SQL_T_COPY_ROWS, e));
	while ((got = copy_out_next(t, c, &s, e)) == IO_OK) {
		CHECK(s.len == 2 + 4 + 4 && get_be16(s.at) == 1 && get_be32(s.at + 2) == 4);
		CHECK(get_be32(s.at + 6) == ++n);
	}
	CHECK(got == IO_END && n == 1000);
	CHECK(copy_out_begin(t, c, SQL_T_COPY_NONE, e));
	CHECK(copy_out_next(t, c, &s, e) == IO_END);
	CHECK(copy_out_begin(t, c, SQL_T_COPY_CSV, e));
	CHECK(copy_out_next(t, c, &s, e) == IO_OK);
	CHECK_STR(s, "1,\"a,1\"\n");
	CHECK(copy_out_next(t, c, &s, e) == IO_OK && copy_out_next(t, c, &s, e) == IO_OK);
	CHECK(copy_out_next(t, c, &s, e) == IO_END);
	CHECK(copy_out_begin(t, c, SQL_T_COPY_BAD, e));
	while ((got = copy_out_next(t, c, &s, &told)) == IO_OK)
		;
	CHECK(got == IO_FAIL && told.code == ERR_BAD_INPUT);
	CHECK_TEXT(told.text, "t_copy_bad: division by zero (22012)");
	return pid_of(t, c) > 0;
}

static void
copy_out_gives_rows_and_an_end(void **state)
{
	(void)state;
	with_db(1, copies_out);
}

/* ---- streams ---- */

struct streamed {
	int32_t i4;
	struct str t;
};
static const struct db_field streamed_fields[] = { DB_INT4(streamed, i4),
	DB_TEXT(streamed, t) };
#define NEXT(t, c, r, e) db_stream_next(t, c, streamed_fields, 2, r, e)

static bool
streams(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told = { 0 };
	enum io_got got;
	struct streamed r;
	int32_t n = 0, pid = pid_of(t, c);
	char text[32];

	CHECK(db_stream(t, c, SQL_T_ROWS, ARGS(P_INT4(5000)), e));
	while ((got = NEXT(t, c, &r, e)) == IO_OK) {
		CHECK(r.i4 == ++n);
		snprintf(text, sizeof text, "row %d", n);
		CHECK_STR(r.t, text);
	}
	CHECK(got == IO_END && n == 5000);
	CHECK(db_stream(t, c, SQL_T_ROWS, ARGS(P_INT4(0)), e));
	CHECK(NEXT(t, c, &r, e) == IO_END);
	CHECK(db_stream(t, c, SQL_T_ROWS_FAIL, ARGS(P_INT4(3)), e));
	CHECK(NEXT(t, c, &r, &told) == IO_OK && r.i4 == 50);
	CHECK(NEXT(t, c, &r, &told) == IO_OK && r.i4 == 100);
	CHECK(NEXT(t, c, &r, &told) == IO_FAIL);
	CHECK_TEXT(told.text, "t_rows_fail: division by zero (22012)");
	CHECK(db_stream(t, c, SQL_T_ROWS, ARGS(P_INT4(100)), e));
	CHECK(NEXT(t, c, &r, e) == IO_OK);
	db_stream_stop(t, c); /* few are left: read to the end */
	CHECK(pid_of(t, c) == pid);
	CHECK(db_stream(t, c, SQL_T_ROWS, ARGS(P_INT4(1000000)), e));
	CHECK(NEXT(t, c, &r, e) == IO_OK);
	db_stream_stop(t, c); /* many: closed */
	CHECK(pid_of(t, c) == -1);
	return true;
}

static void
a_stream_gives_row_after_row_and_can_be_left(void **state)
{
	(void)state;
	with_db(1, streams);
}

/* ---- notifications ---- */

static bool
heard(
    struct task *t, struct listener *l, const char *channel, const char *payload, struct err *e)
{
	char name[64], text[64];

	CHECK(listen_next(t, l, name, sizeof name, text, sizeof text, e));
	CHECK_TEXT(name, channel);
	CHECK_TEXT(text, payload);
	return true;
}

static bool
tell(struct task *t, struct conn *c, const char *channel, const char *payload, struct err *e)
{
	return db_exec(t, c, SQL_T_NOTIFY, ARGS(P_TEXT(channel), P_TEXT(payload)), NULL, e) ==
	       DB_FOUND;
}

static bool
listens(struct task *t, struct db *db, struct err *e)
{
	static const char *const channels[] = { "one", "t two" };
	struct listener *l = listen_open(db, channels, 2, e);
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told = { 0 };
	struct int4_row pid;
	struct bool_row gone;
	char name[64], text[64];
	uint64_t was;

	CHECK(l != NULL && c != NULL);
	CHECK(heard(t, l, "", "", e)); /* look at everything */
	CHECK(tell(t, c, "one", "a", e) && tell(t, c, "t two", "", e));
	CHECK(tell(t, c, "three", "not for us", e));
	CHECK(heard(t, l, "one", "a", e) && heard(t, l, "t two", "", e));
	was = task_deadline(t, 50); /* nothing more; and waiting in vain breaks nothing */
	CHECK(!listen_next(t, l, name, sizeof name, text, sizeof text, &told));
	CHECK(told.code == ERR_TIMEOUT);
	task_deadline(t, was);
	CHECK(tell(t, c, "one", "b", e) && heard(t, l, "one", "b", e));
	CHECK(ONE(t, c, SQL_T_LISTENING, NO_ARGS, int4_fields, &pid, e) == DB_FOUND);
	CHECK(ONE(t, c, SQL_T_KILL, ARGS(P_INT4(pid.i4)), bool_fields, &gone, e) == DB_FOUND);
	CHECK(tell(t, c, "one", "lost", e)); /* nobody listens */
	CHECK(heard(t, l, "", "", e));
	CHECK(tell(t, c, "one", "c", e) && heard(t, l, "one", "c", e));
	listen_close(&l);
	return true;
}

static void
a_listener_that_lost_its_connection_says_so(void **state)
{
	(void)state;
	with_db(1, listens);
}

/* ---- scripts and the check ---- */

static bool
scripts(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told = { 0 };

	CHECK(c != NULL);
	CHECK(db_script(t, c, "insert into t.item values (1, 2);\n-- ö\nselect 1;", e));
	CHECK(value_of(t, c, 1) == 2);
	CHECK(!db_script(t, c,
	    "insert into t.item values (2, 2); -- öäü\n"
	    "update t.item set v = 3;\n"
	    "select nothing;\n",
	    &told));
	CHECK(told.code == ERR_BUG);
	CHECK_TEXT(told.text, "line 3: script: column \"nothing\" does not exist (42703)");
	CHECK(value_of(t, c, 1) == 2 && value_of(t, c, 2) == -1); /* all or nothing */
	CHECK(!db_script(t, c, "copy t.item from stdin", &told));
	CHECK_TEXT(told.text, "a script cannot hold COPY from or to the client");
	return true;
}

static void
a_script_is_done_whole_or_not_and_names_its_line(void **state)
{
	(void)state;
	with_db(1, scripts);
}

static bool
checks(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told = { 0 };

	CHECK(c != NULL);
	CHECK(db_check_statements(t, c, "db_test", e));
	CHECK(db_check_statements(t, c, "tx", e));
	CHECK(!db_check_statements(t, c, "db_broken", &told));
	CHECK_TEXT(told.text, "sql/queries/db_broken.sql: t_broken: relation "
			      "\"t.no_such_table\" does not exist (42P01)");
	CHECK(!db_check_statements(t, c, "db_", &told));
	CHECK(db_script(t, c, "drop table t.bulk", e));
	CHECK(!db_check_statements(t, c, "db_test", &told));
	CHECK(bulk_is(t, c, 0, 0, &told) == false);
	return pid_of(t, c) > 0;
}

static void
statements_that_do_not_fit_the_schema_are_found(void **state)
{
	(void)state;
	with_db(1, checks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_hundred_thousand_rows_are_copied_in, new_schema),
		cmocka_unit_test_setup(a_copy_that_fails_half_way_is_told_at_once, new_schema),
		cmocka_unit_test_setup(
		    a_copy_that_is_cut_or_given_up_leaves_nothing, new_schema),
		cmocka_unit_test_setup(copy_out_gives_rows_and_an_end, new_schema),
		cmocka_unit_test_setup(
		    a_stream_gives_row_after_row_and_can_be_left, new_schema),
		cmocka_unit_test_setup(a_listener_that_lost_its_connection_says_so, new_schema),
		cmocka_unit_test_setup(
		    a_script_is_done_whole_or_not_and_names_its_line, new_schema),
		cmocka_unit_test_setup(
		    statements_that_do_not_fit_the_schema_are_found, new_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
