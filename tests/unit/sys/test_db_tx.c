/*
 * Transactions, and the wire being cut at the worst instant: a proxy between us and the server
 * looks for a message and cuts before it, or after the answer to it has come, or lets the
 * server's process die in between.
 */
#include "db_test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "rt/io.h"

/* ---- the proxy ---- */

enum fault { FAULT_NONE, CUT_BEFORE, CUT_AFTER, HOLD };

struct proxy {
	char folder[64], socket[96], server[160];
	int listener;
	struct group pumps;
	enum fault fault;
	const char *pattern; /* in what the client sends */
	bool cut_next;	     /* when the server answers */
	struct task *tester, *held;
	bool reached, go_on;
};

struct link {
	struct proxy *proxy;
	struct stream *client, *server;
	unsigned users;
};

static void
link_leave(struct link *l)
{
	shutdown(stream_descriptor(l->client), SHUT_RDWR);
	shutdown(stream_descriptor(l->server), SHUT_RDWR);
	if (--l->users > 0)
		return;
	stream_free(&l->client);
	stream_free(&l->server);
	free(l);
}

/* Whether to go on after the client has sent this. */
static bool
look(struct task *t, struct proxy *p, const char *bytes, size_t len)
{
	enum fault f = p->fault;
	struct err e;

	if (f == FAULT_NONE || memmem(bytes, len, p->pattern, strlen(p->pattern)) == NULL)
		return true;
	p->fault = FAULT_NONE;
	p->cut_next = f == CUT_AFTER;
	if (f == HOLD) {
		p->held = t;
		p->reached = true;
		task_wake(p->tester);
		while (!p->go_on)
			if (!task_park(t, &e))
				return false;
	}
	return f != CUT_BEFORE;
}

static void
pump_to_server(struct task *t, void *arg)
{
	struct link *l = arg;
	char bytes[4096];
	struct err e;
	size_t n;

	while (stream_read(t, l->client, bytes, sizeof bytes, &n, &e) == IO_OK &&
	       look(t, l->proxy, bytes, n) && stream_write(t, l->server, bytes, n, &e))
		;
	link_leave(l);
}

static void
pump_to_client(struct task *t, void *arg)
{
	struct link *l = arg;
	char bytes[4096];
	struct err e;
	size_t n;

	while (stream_read(t, l->server, bytes, sizeof bytes, &n, &e) == IO_OK &&
	       !l->proxy->cut_next && stream_write(t, l->client, bytes, n, &e))
		;
	l->proxy->cut_next = false;
	link_leave(l);
}

static void
proxy_run(struct task *t, void *arg)
{
	struct proxy *p = arg;
	struct err e;
	int fd;

	while ((fd = io_accept(t, p->listener, &e)) >= 0) {
		struct link *l = calloc(1, sizeof *l);

		l->proxy = p;
		l->users = 2;
		l->client = stream_fd(fd, &e);
		l->server = stream_fd(io_connect(t, p->server, &e), &e);
		group_spawn(t, &p->pumps, "up", pump_to_server, l, &e);
		group_spawn(t, &p->pumps, "down", pump_to_client, l, &e);
	}
	group_cancel(&p->pumps);
	group_join(t, &p->pumps);
}

/* ---- a test with direct and cuttable connections ---- */

struct stage {
	struct db *direct, *through;
	struct conn *look; /* direct */
	struct proxy proxy;
};
typedef bool act_fn(struct task *t, struct stage *s, struct err *e);

static bool
stage_open(struct stage *s, struct task *t, struct db *db, struct err *e)
{
	struct proxy *p = &s->proxy;
	char address[128], info[160];

	p->tester = t;
	snprintf(p->folder, sizeof p->folder, "/tmp/busbar-proxy-XXXXXX");
	CHECK(mkdtemp(p->folder) != NULL);
	snprintf(p->socket, sizeof p->socket, "%s/.s.PGSQL.5432", p->folder);
	snprintf(address, sizeof address, "unix:%s", p->socket);
	snprintf(p->server, sizeof p->server, "unix:%s/.s.PGSQL.5432", getenv("PGHOST"));
	snprintf(info, sizeof info, "host=%s dbname=busbar user=postgres port=5432", p->folder);
	s->direct = db;
	s->through = db_open(info, NULL, "busbar-test-cut", 1, e);
	s->look = db_lease(t, db, e);
	p->listener = io_listen(address, 0600, 10, e);
	CHECK(s->through != NULL && s->look != NULL && p->listener >= 0);
	return db_exec(t, s->look, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(0)), NULL, e) ==
	       DB_FOUND;
}

static void
stage_close(struct stage *s)
{
	close(s->proxy.listener);
	unlink(s->proxy.socket);
	rmdir(s->proxy.folder);
	db_close(&s->through);
	db_release(&s->look);
}

static bool
on_stage(struct task *t, struct db *db, act_fn *act, struct err *e)
{
	struct stage s = { 0 };
	struct group g = { 0 };
	bool ok;

	if (!stage_open(&s, t, db, e) || !group_spawn(t, &g, "proxy", proxy_run, &s.proxy, e))
		return false;
	ok = act(t, &s, e);
	group_cancel(&g);
	group_join(t, &g);
	if (ok)
		stage_close(&s);
	return ok;
}

struct adding {
	unsigned calls, fail_first; /* how many of the first calls raise `state` */
	const char *state;
	struct conn *beside; /* changes the row between our look and our change, once */
};

static bool
add_one(struct task *t, struct conn *c, void *arg, struct err *e)
{
	struct adding *a = arg;

	a->calls++;
	if (value_of(t, c, 1) < 0)
		return err(e, ERR_BUG, "no row");
	if (a->beside != NULL && a->calls == 1 &&
	    db_exec(t, a->beside, SQL_T_ADD, ARGS(P_INT8(1)), NULL, e) != DB_FOUND)
		return false;
	if (db_exec(t, c, SQL_T_ADD, ARGS(P_INT8(1)), NULL, e) != DB_FOUND)
		return false;
	return a->calls > a->fail_first ||
	       db_exec(t, c, SQL_T_RAISE, ARGS(P_TEXT(a->state), P_TEXT("again")), NULL, e) ==
		   DB_FOUND;
}

/* ---- cut ---- */

struct killing {
	struct stage *s;
	int32_t pid;
	struct err e;
	bool ok;
};

/* Waits for the held message, ends the server's process, lets the message go. */
static void
kill_meanwhile(struct task *t, void *arg)
{
	struct killing *k = arg;
	struct proxy *p = &k->s->proxy;
	struct bool_row r;

	p->tester = t;
	while (!p->reached)
		if (!task_park(t, &k->e))
			return;
	k->ok = ONE(t, k->s->look, SQL_T_KILL, ARGS(P_INT4(k->pid)), bool_fields, &r, &k->e) ==
		DB_FOUND;
	p->go_on = true;
	task_wake(p->held);
}

static const struct {
	enum fault fault;
	int64_t value; /* afterwards */
	const char *says;
} cuts[] = {
	{ CUT_BEFORE, 1,
	    "tx_commit: it is not known whether it was done: the connection to the database "
	    "was "
	    "lost: server closed the connection unexpectedly" },
	{ CUT_AFTER, 2,
	    "tx_commit: it is not known whether it was done: the connection to the database "
	    "was "
	    "lost: server closed the connection unexpectedly" },
	{ HOLD, 1,
	    "tx_commit: it is not known whether it was done: tx_commit: terminating connection "
	    "due to administrator command (57P01)" },
};

static bool
cut_at_commit(struct task *t, struct stage *s, struct err *e)
{
	for (size_t i = 0; i < nitems(cuts); i++) {
		struct adding a = { 0 };
		struct err told = { 0 };
		struct killing k = { .s = s };
		struct group g = { 0 };
		struct conn *c;

		CHECK(db_transaction(t, s->through, DB_READ_COMMITTED, add_one, &a, e) ==
		      DB_FOUND);
		c = db_lease(t, s->through, e);
		CHECK(c != NULL);
		k.pid = pid_of(t, c);
		db_release(&c);
		CHECK(db_exec(t, s->look, SQL_T_SET, ARGS(P_INT8(1), P_INT8(1)), NULL, e) ==
		      DB_FOUND);
		s->proxy.pattern = "tx_commit.1"; /* prepared before: now it is executed */
		s->proxy.fault = cuts[i].fault;
		if (cuts[i].fault == HOLD)
			CHECK(group_spawn(t, &g, "killer", kill_meanwhile, &k, e));
		a.calls = 0;
		CHECK(db_transaction(t, s->through, DB_READ_COMMITTED, add_one, &a, &told) ==
		      DB_UNCERTAIN);
		if (cuts[i].fault == HOLD)
			group_join(t, &g);
		CHECK(told.code == ERR_UNCERTAIN && a.calls == 1); /* never by itself again */
		CHECK_TEXT(told.text, cuts[i].says);
		CHECK(cuts[i].fault != HOLD || k.ok);
		CHECK(value_of(t, s->look, 1) == cuts[i].value);
	}
	return true;
}

static bool
cut_at_commit_(struct task *t, struct db *db, struct err *e)
{
	return on_stage(t, db, cut_at_commit, e);
}

static void
a_cut_at_commit_is_uncertain_whether_or_not_it_was_done(void **state)
{
	(void)state;
	with_db(1, cut_at_commit_);
}

static bool
cut_before_commit(struct task *t, struct stage *s, struct err *e)
{
	static const enum fault faults[] = { CUT_BEFORE, CUT_AFTER };

	for (size_t i = 0; i < nitems(faults); i++) {
		struct adding a = { 0 };

		s->proxy.pattern = "t_add.1";
		s->proxy.fault = faults[i];
		CHECK(
		    db_transaction(t, s->through, DB_SERIALIZABLE, add_one, &a, e) == DB_FOUND);
		CHECK(a.calls == 2 && value_of(t, s->look, 1) == (int64_t)i + 1);
	}
	return true;
}

static bool
cut_before_commit_(struct task *t, struct db *db, struct err *e)
{
	return on_stage(t, db, cut_before_commit, e);
}

static void
a_cut_before_commit_is_tried_again_and_done_once(void **state)
{
	(void)state;
	with_db(1, cut_before_commit_);
}

/* ---- conflicts and failures ---- */

static bool
conflicts(struct task *t, struct db *db, struct err *e)
{
	static const struct {
		enum db_isolation isolation;
		unsigned calls;
	} cases[] = {
		{ DB_READ_COMMITTED, 1 },
		{ DB_REPEATABLE_READ, 2 },
		{ DB_SERIALIZABLE, 2 },
	};
	AUTO_PTR(conn) beside = db_lease(t, db, e);

	CHECK(
	    db_exec(t, beside, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(0)), NULL, e) == DB_FOUND);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct adding a = { .beside = beside };

		CHECK(db_transaction(t, db, cases[i].isolation, add_one, &a, e) == DB_FOUND);
		CHECK(a.calls == cases[i].calls);
		CHECK(value_of(t, beside, 1) == 2 * ((int64_t)i + 1)); /* one each */
	}
	return true;
}

static void
a_serialization_failure_is_tried_again(void **state)
{
	(void)state;
	with_db(2, conflicts);
}

static bool
raises(struct task *t, struct db *db, struct err *e)
{
	static const struct {
		const char *state;
		unsigned fail_first, calls;
		enum db_got got;
		enum err_code code;
	} cases[] = {
		{ "40001", 0, 1, DB_FOUND, ERR_NONE },
		{ "40001", 4, 5, DB_FOUND, ERR_NONE },
		{ "40P01", 1, 2, DB_FOUND, ERR_NONE },
		{ "40001", 5, 5, DB_RETRY, ERR_CONFLICT },
		{ "BB005", 1, 1, DB_FAILED, ERR_CONFLICT },
		{ "23514", 1, 1, DB_FAILED, ERR_BAD_INPUT },
	};
	struct conn *c = db_lease(t, db, e);
	int64_t value = 0;

	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(0)), NULL, e) == DB_FOUND);
	db_release(&c);
	for (size_t i = 0; i < nitems(cases); i++) {
		struct adding a = { .fail_first = cases[i].fail_first,
			.state = cases[i].state };
		struct err told = { 0 };

		CHECK(db_transaction(t, db, DB_READ_COMMITTED, add_one, &a, &told) ==
		      cases[i].got);
		CHECK(a.calls == cases[i].calls);
		CHECK(cases[i].got == DB_FOUND || told.code == cases[i].code);
		value += cases[i].got == DB_FOUND;
		c = db_lease(t, db, e);
		CHECK(value_of(t, c, 1) == value);
		db_release(&c);
	}
	return true;
}

static void
only_what_may_work_is_tried_again_and_five_times_at_most(void **state)
{
	(void)state;
	with_db(1, raises);
}

static bool
commit_after_failure(struct task *t, struct db *db, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, db, e);
	struct err told = { 0 };

	CHECK(c != NULL && db_begin(t, c, DB_READ_COMMITTED, e));
	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(0)), NULL, e) == DB_FOUND);
	CHECK(
	    db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(0)), NULL, &told) == DB_FAILED);
	CHECK(db_commit(t, c, &told) == DB_FAILED);
	CHECK(told.code == ERR_BUG);
	CHECK_TEXT(told.text,
	    "a transaction cannot be saved after one of its statements has failed (23505)");
	CHECK(value_of(t, c, 1) == -1);
	CHECK(db_begin(t, c, DB_READ_COMMITTED, e));
	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(3)), NULL, e) == DB_FOUND);
	db_rollback(t, c);
	CHECK(value_of(t, c, 1) == -1);
	CHECK(db_begin(t, c, DB_READ_COMMITTED, e));
	CHECK(db_exec(t, c, SQL_T_INSERT, ARGS(P_INT8(1), P_INT8(3)), NULL, e) == DB_FOUND);
	CHECK(db_commit(t, c, e) == DB_FOUND);
	CHECK(value_of(t, c, 1) == 3);
	return true;
}

static void
a_transaction_with_a_failure_in_it_cannot_be_committed(void **state)
{
	(void)state;
	with_db(1, commit_after_failure);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_cut_at_commit_is_uncertain_whether_or_not_it_was_done, new_schema),
		cmocka_unit_test_setup(
		    a_cut_before_commit_is_tried_again_and_done_once, new_schema),
		cmocka_unit_test_setup(a_serialization_failure_is_tried_again, new_schema),
		cmocka_unit_test_setup(
		    only_what_may_work_is_tried_again_and_five_times_at_most, new_schema),
		cmocka_unit_test_setup(
		    a_transaction_with_a_failure_in_it_cannot_be_committed, new_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
