/* Leases, cancel and deadline, the server going away and coming back. */
#include "db_test.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- leases ---- */

enum { TASKS = 8, CONNECTIONS = 2, ROUNDS = 10 };

struct crowd {
	struct db *db;
	unsigned inside, most_inside, done;
	struct err e;
};

static void
one_of_the_crowd(struct task *t, void *arg)
{
	struct crowd *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		AUTO_PTR(conn) c = db_lease(t, w->db, &w->e);

		if (c == NULL)
			return;
		if (++w->inside > w->most_inside)
			w->most_inside = w->inside;
		if (db_exec(t, c, SQL_T_ADD, ARGS(P_INT8(1)), NULL, &w->e) != DB_FOUND)
			return;
		w->inside--;
	}
	w->done++;
}

static bool
crowd(struct task *t, struct db *db, struct err *e)
{
	struct crowd w = { .db = db };
	struct group g = { 0 };
	struct conn *c = db_lease(t, db, e);

	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(0)), NULL, e) == DB_FOUND);
	db_release(&c);
	for (int i = 0; i < TASKS; i++)
		CHECK(group_spawn(t, &g, "crowd", one_of_the_crowd, &w, e));
	group_join(t, &g);
	if (w.done != TASKS)
		return err(e, ERR_BUG, "%u of %u: %s", w.done, TASKS, w.e.text);
	CHECK(w.most_inside >= 1 && w.most_inside <= CONNECTIONS);
	c = db_lease(t, db, e);
	CHECK(value_of(t, c, 1) == TASKS * ROUNDS);
	CHECK(count(t, c, SQL_T_SESSIONS, ARGS(P_TEXT("busbar-test"))) == CONNECTIONS);
	db_release(&c);
	return true;
}

static void
eight_tasks_share_two_connections(void **state)
{
	(void)state;
	with_db(CONNECTIONS, crowd);
}

static bool
reuse(struct task *t, struct db *db, struct err *e)
{
	struct conn *c = db_lease(t, db, e);
	int32_t pid = pid_of(t, c);

	db_release(&c);
	CHECK(c == NULL);
	c = db_lease(t, db, e);
	CHECK(pid_of(t, c) == pid); /* clean: kept */
	CHECK(db_begin(t, c, DB_READ_COMMITTED, e));
	db_release(&c);
	c = db_lease(t, db, e);
	CHECK(pid_of(t, c) != pid); /* in a transaction: closed */
	db_release(&c);
	return true;
}

static void
a_connection_in_a_transaction_is_not_used_again(void **state)
{
	(void)state;
	with_db(1, reuse);
}

/* ---- cancel and deadline ---- */

struct sleeper {
	struct db *db;
	enum db_got got;
	struct err e;
};

static void
sleep_in_query(struct task *t, void *arg)
{
	struct sleeper *s = arg;
	AUTO_PTR(conn) c = db_lease(t, s->db, &s->e);
	struct text_row r;

	if (c == NULL)
		return;
	s->got = ONE(t, c, SQL_T_SLEEP, ARGS(P_TEXT("30")), text_fields, &r, &s->e);
}

/* Until the server is at it; the task's deadline ends it. */
static bool
await_sleeping(struct task *t, struct conn *c, int64_t n, struct err *e)
{
	while (count(t, c, SQL_T_SLEEPING, NO_ARGS) != n)
		if (!task_sleep(t, 5, e))
			return false;
	return true;
}

static bool
cancels(struct task *t, struct db *db, struct err *e)
{
	struct db *beside = open_db(1, e);
	struct conn *watcher = db_lease(t, beside, e), *c;
	struct sleeper s = { .db = db };
	struct group g = { 0 };
	uint64_t began = loop_now_ms(task_loop(t));

	CHECK(watcher != NULL);
	CHECK(group_spawn(t, &g, "sleeper", sleep_in_query, &s, e));
	CHECK(await_sleeping(t, watcher, 1, e));
	group_cancel(&g);
	group_join(t, &g);
	CHECK(s.got == DB_FAILED && s.e.code == ERR_CANCELLED);
	c = db_lease(t, db, e); /* the only place is free, and what it gives is sound */
	CHECK(c != NULL && pid_of(t, c) > 0);
	CHECK(loop_now_ms(task_loop(t)) - began < 15000);
	db_release(&c);
	db_release(&watcher);
	db_close(&beside);
	return true;
}

static void
a_cancelled_query_closes_its_connection_and_the_pool_recovers(void **state)
{
	(void)state;
	with_db(1, cancels);
}

static bool
deadlines(struct task *t, struct db *db, struct err *e)
{
	struct conn *c = db_lease(t, db, e);
	int32_t pid = pid_of(t, c);
	struct err told = { 0 };
	struct text_row r;
	uint64_t was;

	CHECK(pid > 0);
	was = task_deadline(t, 100);
	CHECK(ONE(t, c, SQL_T_SLEEP, ARGS(P_TEXT("30")), text_fields, &r, &told) == DB_FAILED);
	task_deadline(t, was);
	CHECK(told.code == ERR_TIMEOUT);
	CHECK(ONE(t, c, SQL_T_SLEEP, ARGS(P_TEXT("0")), text_fields, &r, &told) == DB_RETRY);
	CHECK_TEXT(told.text, "the connection to the database was lost before");
	db_release(&c);
	c = db_lease(t, db, e);
	CHECK(pid_of(t, c) > 0 && pid_of(t, c) != pid);
	db_release(&c);
	return true;
}

static void
a_deadline_closes_the_connection_too(void **state)
{
	(void)state;
	with_db(1, deadlines);
}

static bool
writes_cut_short(struct task *t, struct db *db, struct err *e)
{
	struct conn *c = db_lease(t, db, e), *lock = db_lease(t, db, e);
	struct err told = { 0 };
	uint64_t was;

	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(5)), NULL, e) == DB_FOUND);
	CHECK(db_begin(t, lock, DB_READ_COMMITTED, e));
	CHECK(db_exec(t, lock, SQL_T_ADD, ARGS(P_INT8(1)), NULL, e) == DB_FOUND);
	was = task_deadline(t, 100);
	CHECK(db_exec(t, c, SQL_T_ADD, ARGS(P_INT8(1)), NULL, &told) == DB_UNCERTAIN);
	task_deadline(t, was);
	CHECK(told.code == ERR_UNCERTAIN);
	CHECK_TEXT(told.text, "t_add: it is not known whether it was done: the time allowed to "
			      "task main is over");
	db_release(&c);
	db_release(&lock);
	return true;
}

static void
a_write_outside_a_transaction_that_is_cut_short_is_uncertain(void **state)
{
	(void)state;
	with_db(2, writes_cut_short);
}

static bool
backend_dies(struct task *t, struct db *db, struct err *e)
{
	static const struct {
		bool in_tx, reads;
		enum db_got got;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ false, true, DB_RETRY, ERR_UNAVAILABLE,
		    "t_die_reading: terminating connection due to administrator command "
		    "(57P01)" },
		{ true, true, DB_RETRY, ERR_UNAVAILABLE,
		    "t_die_reading: terminating connection due to administrator command "
		    "(57P01)" },
		{ true, false, DB_RETRY, ERR_UNAVAILABLE,
		    "t_die: terminating connection due to administrator command (57P01)" },
		{ false, false, DB_UNCERTAIN, ERR_UNCERTAIN,
		    "t_die: it is not known whether it was done: t_die: terminating connection "
		    "due to administrator command (57P01)" },
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO_PTR(conn) c = db_lease(t, db, e);
		struct err told = { 0 };
		struct bool_row r;
		enum db_got got;

		CHECK(c != NULL);
		CHECK(!cases[i].in_tx || db_begin(t, c, DB_READ_COMMITTED, e));
		got = cases[i].reads
			  ? ONE(t, c, SQL_T_DIE_READING, NO_ARGS, bool_fields, &r, &told)
			  : db_exec(t, c, SQL_T_DIE, NO_ARGS, NULL, &told);
		CHECK_TEXT(told.text, cases[i].says);
		CHECK(got == cases[i].got && told.code == cases[i].code);
		CHECK_TEXT(db_state(c), "57P01");
	}
	return true;
}

static void
what_a_lost_connection_means_depends_on_what_was_under_way(void **state)
{
	(void)state;
	with_db(1, backend_dies);
}

/* ---- the server ---- */

/* A function of tests/lib/pg.sh on the cluster. */
static void
pg_sh(void *arg)
{
	const char *const *what = arg;
	char script[160];
	pid_t pid;
	int status = -1;

	snprintf(script, sizeof script, ". \"$TEST_LIB/pg.sh\" && %s \"$TEST_PG_DIR\"", *what);
	pid = fork();
	if (pid == 0) {
		execle("/bin/sh", "sh", "-c", script, (char *)NULL, environ);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		abort();
}

static bool
pg(struct task *t, const char *what, struct err *e)
{
	return work_run(t, pg_sh, &what, e);
}

struct waiter {
	struct db *db;
	int32_t pid;
	struct err e;
};

static void
lease_and_ask(struct task *t, void *arg)
{
	struct waiter *w = arg;
	AUTO_PTR(conn) c = db_lease(t, w->db, &w->e);

	if (c != NULL)
		w->pid = pid_of(t, c);
}

static bool
restarts(struct task *t, struct db *db, struct err *e)
{
	struct conn *used = db_lease(t, db, e), *idle = db_lease(t, db, e);
	struct waiter w = { .db = db };
	struct group g = { 0 };
	struct err told = { 0 };
	struct int4_row r;

	CHECK(pid_of(t, used) > 0 && pid_of(t, idle) > 0);
	db_release(&idle);
	CHECK(pg(t, "pg_kill", e));
	CHECK(ONE(t, used, SQL_T_PID, NO_ARGS, int4_fields, &r, &told) == DB_RETRY);
	CHECK(told.code == ERR_UNAVAILABLE);
	CHECK(str_starts(str_of(told.text), "the connection to the database was lost: "));
	db_release(&used);
	CHECK(group_spawn(t, &g, "waiter", lease_and_ask, &w, e));
	CHECK(task_yield(t, e)); /* it has tried once when the server starts */
	CHECK(pg(t, "pg_start", e));
	group_join(t, &g);
	if (w.pid <= 0)
		return err(e, ERR_BUG, "no connection: %s", w.e.text);
	return true;
}

static void
a_lease_waits_for_a_server_that_was_killed(void **state)
{
	(void)state;
	with_db(2, restarts);
}

static bool
away(struct task *t, struct db *db, struct err *e)
{
	struct db *nowhere = db_open("host=/nowhere dbname=x", "me", "busbar-test", 1, e);
	struct db *nobody = db_open(conninfo(), "nobody_here", "busbar-test", 1, e);
	struct err told = { 0 };
	uint64_t began = loop_now_ms(task_loop(t)), was = task_deadline(t, 400);

	(void)db;
	CHECK(db_lease(t, nowhere, &told) == NULL);
	CHECK(told.code == ERR_UNAVAILABLE);
	CHECK_TEXT(told.text, "cannot reach the database: connection to server on socket "
			      "\"/nowhere/.s.PGSQL.5432\" failed: No such file or directory");
	CHECK(loop_now_ms(task_loop(t)) - began >= 400);
	task_deadline(t, was);
	CHECK(db_lease(t, nobody, &told) == NULL);
	CHECK(told.code == ERR_CONF);
	CHECK(
	    str_ends(str_of(told.text), "FATAL:  28000: role \"nobody_here\" does not exist"));
	db_close(&nowhere);
	db_close(&nobody);
	CHECK(db_open("password=a b", NULL, "x", 1, &told) == NULL);
	CHECK(told.code == ERR_CONF);
	CHECK_TEXT(told.text,
	    "db.conninfo is not a connection string: expected key=value pairs "
	    "or postgresql://…");
	return true;
}

static void
a_server_that_is_away_is_waited_for_and_one_that_refuses_is_not(void **state)
{
	(void)state;
	with_db(1, away);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(eight_tasks_share_two_connections, new_schema),
		cmocka_unit_test(a_connection_in_a_transaction_is_not_used_again),
		cmocka_unit_test(a_cancelled_query_closes_its_connection_and_the_pool_recovers),
		cmocka_unit_test(a_deadline_closes_the_connection_too),
		cmocka_unit_test_setup(
		    a_write_outside_a_transaction_that_is_cut_short_is_uncertain, new_schema),
		cmocka_unit_test(what_a_lost_connection_means_depends_on_what_was_under_way),
		cmocka_unit_test(a_lease_waits_for_a_server_that_was_killed),
		cmocka_unit_test(
		    a_server_that_is_away_is_waited_for_and_one_that_refuses_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
