/*
 * The pool. A connection that was in use is kept when it is clean, else closed; one that was
 * idle is looked at before it is given out, since the server may have gone and come back
 * meanwhile. The gate keeps the order of those who wait and the number of connections.
 */
#include "sys/db_inner.h"

#include <assert.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "rt/log.h"
#include "rt/loop.h"

enum {
	WAITING_MOST = 1000,
	SETTINGS_MOST = 64,
	CONNECT_MS = 10000, /* one attempt */
	PAUSE_LEAST_MS = 50,
	PAUSE_MOST_MS = 2000,
};

/* What every session has, over what the connection string says. Generic plans lock every
 * partition; the last one lets the server notice that nobody waits for an answer any more. */
static const char session_options[] = "-c plan_cache_mode=force_custom_plan -c jit=off "
				      "-c TimeZone=UTC -c client_connection_check_interval=10s";
static const struct {
	const char *keyword, *value;
	bool always; /* else only where the connection string is silent */
} session[] = {
	{ "client_encoding", "UTF8", true },
	{ "gssencmode", "disable", false },
	{ "keepalives", "1", false },
	{ "keepalives_idle", "30", false },
	{ "keepalives_interval", "10", false },
	{ "keepalives_count", "3", false },
	{ "tcp_user_timeout", "30000", false },
};

struct db {
	PQconninfoOption *given; /* owns the texts of the connection string */
	const char *keywords[SETTINGS_MOST + 1], *values[SETTINGS_MOST + 1];
	size_t settings;
	char role[64], application[64], options[512];
	struct gate gate;
	struct conn *idle;
};

/* ---- settings of a connection ---- */

static void
set(struct db *db, const char *keyword, const char *value, bool always)
{
	size_t i = 0;

	while (i < db->settings && strcmp(db->keywords[i], keyword) != 0)
		i++;
	if (i < db->settings && !always)
		return;
	assert(i < SETTINGS_MOST);
	db->keywords[i] = keyword;
	db->values[i] = value;
	if (i == db->settings)
		db->settings++;
}

static bool
set_options(struct db *db, struct err *e)
{
	AUTO(buf) b = BUF(sizeof db->options);

	for (size_t i = 0; i < db->settings; i++)
		if (strcmp(db->keywords[i], "options") == 0)
			buf_fmt(&b, "%s ", db->values[i]);
	buf_c(&b, session_options);
	if (!buf_ok(&b) || !str_copy(db->options, sizeof db->options, buf_view(&b)))
		return err(e, ERR_CONF, "the options in db.conninfo are too long");
	set(db, "options", db->options, true);
	return true;
}

static bool
set_all(struct db *db, const char *conninfo, struct err *e)
{
	char *why = NULL;

	db->given = PQconninfoParse(conninfo, &why);
	PQfreemem(why); /* it quotes the string, which may hold a password */
	if (db->given == NULL)
		return err(e, ERR_CONF,
		    "db.conninfo is not a connection string: expected "
		    "key=value pairs or postgresql://…");
	for (PQconninfoOption *o = db->given; o->keyword != NULL; o++)
		if (o->val != NULL)
			set(db, o->keyword, o->val, true);
	for (size_t i = 0; i < nitems(session); i++)
		set(db, session[i].keyword, session[i].value, session[i].always);
	if (db->role[0] != '\0')
		set(db, "user", db->role, true);
	set(db, "application_name", db->application, true);
	return set_options(db, e);
}

bool
db_by_network(const char *conninfo)
{
	PQconninfoOption *given = PQconninfoParse(conninfo, NULL);
	bool by = false;

	for (PQconninfoOption *o = given; o != NULL && o->keyword != NULL && !by; o++) {
		struct str rest = str_of(o->val != NULL ? o->val : ""), one;

		if (strcmp(o->keyword, "hostaddr") == 0)
			by = rest.len > 0;
		else if (strcmp(o->keyword, "host") == 0)
			while (!by && rest.len > 0) {
				str_cut(rest, ',', &one, &rest);
				by = one.len > 0 && one.at[0] != '/' && one.at[0] != '@';
			}
	}
	PQconninfoFree(given);
	return by;
}

struct db *
db_open(const char *conninfo, const char *role, const char *application,
    unsigned connections_most, struct err *e)
{
	struct db *db = calloc(1, sizeof *db);

	assert(connections_most > 0 && db != NULL);
	db->gate = (struct gate)GATE(connections_most, WAITING_MOST);
	if (!str_copy(db->role, sizeof db->role, str_of(role)) ||
	    !str_copy(db->application, sizeof db->application, str_of(application)))
		err(e, ERR_CONF, "the role or application name is longer than 63 bytes");
	else if (set_all(db, conninfo, e))
		return db;
	db_close(&db);
	return NULL;
}

void
db_close(struct db **db)
{
	struct db *old = *db;

	if (old == NULL)
		return;
	assert(old->gate.inside == 0); /* a connection is leased */
	while (old->idle != NULL) {
		struct conn *c = old->idle;

		old->idle = c->next;
		conn_end(&c);
	}
	PQconninfoFree(old->given);
	free(old);
	*db = NULL;
}

/* ---- one connection ---- */

void
conn_lose(struct conn *c)
{
	PQfinish(c->pg);
	c->pg = NULL;
}

void
conn_end(struct conn **c)
{
	rows_free(&(*c)->row);
	PQfreemem((*c)->piece);
	conn_lose(*c);
	free(*c);
	*c = NULL;
}

static void
on_notice(void *arg, const char *text)
{
	char safe[LOG_TEXT_SIZE];

	(void)arg;
	log_debug(NULL, "db.notice", "says=%s", log_text(safe, str_trim(str_of(text))));
}

uint32_t
jitter(uint32_t ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
		random = 0;
	return ms - ms / 2 + random % (ms / 2 + 1);
}

enum attempt { MADE, AWAY, REFUSED, CUT };

/* libpq keeps no SQLSTATE of a failed connection, but with verbose errors it is in the text:
 * "…FATAL:  28000: role …". Roles, passwords and databases that are not there will not come. */
static bool
is_refusal(struct str text)
{
	static const char *const states[] = {
		":  28000: ", ":  28P01: ", ":  3D000: ", ":  42501: "
	};

	for (size_t i = 0; i < nitems(states); i++)
		if (str_has(text, str_of(states[i])))
			return true;
	return false;
}

static enum attempt
failed(const struct conn *c, struct err *e)
{
	struct str line, rest;
	bool refused;

	str_cut(str_trim(str_of(PQerrorMessage(c->pg))), '\n', &line, &rest);
	refused = is_refusal(line);
	err(e, refused ? ERR_CONF : ERR_UNAVAILABLE, STR_FMT, STR_ARG(line));
	return refused ? REFUSED : AWAY;
}

static enum attempt
connect_steps(struct task *t, struct conn *c, struct err *e)
{
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;

	if (c->pg == NULL || PQstatus(c->pg) == CONNECTION_BAD)
		return failed(c, e);
	PQsetErrorVerbosity(c->pg, PQERRORS_VERBOSE);
	PQsetNoticeProcessor(c->pg, on_notice, NULL);
	while (next != PGRES_POLLING_OK) {
		unsigned want = next == PGRES_POLLING_READING ? TASK_READ : TASK_WRITE;

		if (!task_wait_fd(t, PQsocket(c->pg), want, e))
			return CUT;
		next = PQconnectPoll(c->pg);
		if (next == PGRES_POLLING_FAILED)
			return failed(c, e);
	}
	PQsetErrorVerbosity(c->pg, PQERRORS_DEFAULT);
	PQsetnonblocking(c->pg, 1);
	return MADE;
}

static enum attempt
attempt(struct task *t, struct conn *c, struct err *e)
{
	uint64_t was = task_deadline(t, CONNECT_MS);
	enum attempt got;

	c->pg = PQconnectStartParams(c->db->keywords, c->db->values, 0);
	got = connect_steps(t, c, e);
	task_deadline(t, was);
	if (got == CUT && e->code == ERR_TIMEOUT) {
		err(e, ERR_UNAVAILABLE, "no answer in time");
		if (task_left_ms(t) > 0)
			got = AWAY; /* our own limit, not the task's */
	}
	if (got != MADE)
		conn_lose(c);
	return got;
}

/* False when there is no point in another attempt, or no time. */
static bool
pause_before_next(struct task *t, uint32_t *pause_ms, struct err *e)
{
	struct err cut;

	if (!task_sleep(t, jitter(*pause_ms), &cut)) {
		if (cut.code == ERR_CANCELLED)
			*e = cut;
		return false;
	}
	*pause_ms = *pause_ms * 2 < PAUSE_MOST_MS ? *pause_ms * 2 : PAUSE_MOST_MS;
	return true;
}

static bool
connect_patiently(struct task *t, struct conn *c, struct err *e)
{
	uint32_t pause_ms = PAUSE_LEAST_MS;
	bool told = false;

	for (;;) {
		char safe[LOG_TEXT_SIZE];
		enum attempt got = attempt(t, c, e);

		if (got == MADE) {
			if (told)
				log_info(t, "db.back", "%s", "");
			return true;
		}
		if (got == AWAY && !told)
			log_warn(t, "db.away", "why=%s", log_text(safe, str_of(e->text)));
		told = true;
		if (got != AWAY || !pause_before_next(t, &pause_ms, e))
			break;
	}
	return err_at(e, "cannot reach the database");
}

struct conn *
conn_make(struct task *t, struct db *db, struct err *e)
{
	struct err unheard;
	struct conn *c = calloc(1, sizeof *c);

	assert(c != NULL);
	c->db = db;
	if (!connect_patiently(t, c, e != NULL ? e : &unheard))
		conn_end(&c);
	return c;
}

/* ---- leases ---- */

/* An idle connection has nothing to say; when there is something to read, it is its end. */
static bool
is_alive(const struct conn *c)
{
	struct pollfd p = { .fd = PQsocket(c->pg), .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

static struct conn *
take_idle(struct db *db)
{
	while (db->idle != NULL) {
		struct conn *c = db->idle;

		db->idle = c->next;
		if (is_alive(c))
			return c;
		conn_end(&c);
	}
	return NULL;
}

struct conn *
db_lease(struct task *t, struct db *db, struct err *e)
{
	struct conn *c;

	if (!gate_enter(t, &db->gate, e)) {
		err_at(e, "no connection to the database is free");
		return NULL;
	}
	c = take_idle(db);
	if (c == NULL)
		c = conn_make(t, db, e);
	if (c == NULL)
		gate_leave(&db->gate);
	else
		c->state[0] = '\0';
	return c;
}

unsigned
db_waiting(const struct db *db)
{
	return db->gate.waiting;
}

void
db_release(struct conn **c)
{
	struct conn *old = *c;
	struct db *db;

	if (old == NULL)
		return;
	*c = NULL;
	db = old->db;
	if (old->pg != NULL && old->mode == CONN_IDLE &&
	    PQtransactionStatus(old->pg) == PQTRANS_IDLE) {
		old->next = db->idle;
		db->idle = old;
	} else {
		conn_end(&old);
	}
	gate_leave(&db->gate);
}

void
conn_free(struct conn **c)
{
	db_release(c);
}
