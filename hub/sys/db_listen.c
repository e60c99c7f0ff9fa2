/* Notifications, and what runs text instead of prepared statements: LISTEN takes no parameters.
 */
#include "sys/db_inner.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS_MOST = 16, CHANNEL_SIZE = 64 };

struct listener {
	struct db *db;
	struct conn *conn;
	size_t n;
	char channels[CHANNELS_MOST][CHANNEL_SIZE];
};

struct listener *
listen_open(struct db *db, const char *const *channels, size_t n, struct err *e)
{
	struct listener *l = calloc(1, sizeof *l);

	assert(l != NULL && n > 0 && n <= CHANNELS_MOST);
	l->db = db;
	for (; l->n < n; l->n++)
		if (!str_copy(l->channels[l->n], CHANNEL_SIZE, str_of(channels[l->n]))) {
			err(e, ERR_BAD_INPUT, "a channel's name is longer than %d bytes: %s",
			    CHANNEL_SIZE - 1, channels[l->n]);
			listen_close(&l);
			return NULL;
		}
	return l;
}

void
listen_close(struct listener **l)
{
	if (*l == NULL)
		return;
	if ((*l)->conn != NULL)
		conn_end(&(*l)->conn);
	free(*l);
	*l = NULL;
}

/* Sends text as it stands and takes the answer; `name` is for messages. */
static bool
run_text(struct task *t, struct conn *c, const char *name, const char *text, struct err *e)
{
	struct pg_result *res;
	bool lost;

	if (PQsendQuery(c->pg, text) == 0)
		return wire_lost(c, e);
	if (!wire_flush(t, c, e) || !wire_answer(t, c, &res, e))
		return false;
	if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
		wire_refused(c, name, res, &lost, e);
		return false;
	}
	PQclear(res);
	return true;
}

static bool
listen_to(struct task *t, struct conn *c, const char *channel, struct err *e)
{
	AUTO(buf) b = BUF(512);
	char *quoted = PQescapeIdentifier(c->pg, channel, strlen(channel));

	if (quoted == NULL)
		return err(e, ERR_BAD_INPUT, "not the name of a channel: %s", channel);
	buf_fmt(&b, "listen %s", quoted);
	buf_byte(&b, '\0');
	PQfreemem(quoted);
	return run_text(t, c, "listen", b.at, e);
}

static bool
begin_listening(struct task *t, struct listener *l, struct err *e)
{
	l->conn = conn_make(t, l->db, e);
	if (l->conn == NULL)
		return false;
	for (size_t i = 0; i < l->n; i++)
		if (!listen_to(t, l->conn, l->channels[i], e)) {
			conn_end(&l->conn);
			return false;
		}
	return true;
}

/* True with a notification, or with none and the connection gone; false: deadline or cancel. */
static bool
take(struct task *t, struct conn *c, PGnotify **n, struct err *e)
{
	struct err lost;

	while ((*n = PQnotifies(c->pg)) == NULL) {
		if (!task_wait_fd(t, PQsocket(c->pg), TASK_READ, e))
			return false;
		if (PQconsumeInput(c->pg) == 0) {
			wire_lost(c, &lost);
			return true;
		}
	}
	return true;
}

bool
listen_next(struct task *t, struct listener *l, char *channel, size_t size, char *payload,
    size_t payload_size, struct err *e)
{
	struct err unheard;
	PGnotify *n = NULL;

	e = e != NULL ? e : &unheard;
	if (l->conn != NULL && !take(t, l->conn, &n, e))
		return false;
	if (n != NULL) {
		str_copy(channel, size, str_of(n->relname));
		str_copy(payload, payload_size, str_of(n->extra));
		PQfreemem(n);
		return true;
	}
	if (l->conn != NULL)
		conn_end(&l->conn);
	while (!begin_listening(t, l, e)) /* it was lost again at once */
		if (e->code != ERR_UNAVAILABLE || task_left_ms(t) == 0 ||
		    !task_sleep(t, jitter(1000), e))
			return false;
	channel[0] = payload[0] = '\0';
	return true;
}

/* ---- scripts ---- */

/* The line of the script on which the server stumbled; 0 when it does not say. */
static unsigned
line_of(const char *text, const PGresult *res)
{
	const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
	unsigned line = 1;
	int64_t n;

	if (position == NULL || !str_int64(str_of(position), &n))
		return 0;
	for (; n > 1 && *text != '\0'; text++) {
		line += *text == '\n';
		n -= ((unsigned char)text[1] & 0xC0) != 0x80; /* counted in characters */
	}
	return line;
}

bool
db_script(struct task *t, struct conn *c, const char *text, struct err *e)
{
	struct err unheard;
	struct pg_result *res;
	unsigned line;
	bool lost;

	e = e != NULL ? e : &unheard;
	if (!ready(c, e))
		return false;
	if (PQsendQuery(c->pg, text) == 0)
		return wire_lost(c, e);
	if (!wire_flush(t, c, e) || !wire_answer(t, c, &res, e))
		return false;
	if (PQresultStatus(res) == PGRES_COPY_IN || PQresultStatus(res) == PGRES_COPY_OUT) {
		PQclear(res);
		conn_lose(c);
		return err(e, ERR_BAD_INPUT, "a script cannot hold COPY from or to the client");
	}
	if (PQresultStatus(res) != PGRES_FATAL_ERROR) {
		PQclear(res);
		return true;
	}
	line = line_of(text, res);
	wire_refused(c, "script", res, &lost, e);
	return line > 0 ? err_at(e, "line %u", line) : false;
}

/* ---- do the statements fit the schema? ---- */

static bool
check_prepared(struct task *t, struct conn *c, enum sql q, struct err *e)
{
	struct pg_result *res;
	bool lost;

	if (PQsendPrepare(c->pg, "", sql_rows[q].text, 0, NULL) == 0)
		return wire_lost(c, e);
	if (!wire_flush(t, c, e) || !wire_answer(t, c, &res, e))
		return false;
	if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
		wire_refused(c, sql_rows[q].name, res, &lost, e);
		return false;
	}
	PQclear(res);
	return true;
}

/* COPY is looked at only when it begins. */
static bool
check_copy(struct task *t, struct conn *c, enum sql q, struct err *e)
{
	if (!copy_in_begin(t, c, q, e))
		return false;
	copy_in_stop(t, c);
	return true;
}

bool
db_check_statements(struct task *t, struct conn *c, const char *file_prefix, struct err *e)
{
	struct err unheard;

	e = e != NULL ? e : &unheard;
	if (!ready(c, e))
		return false;
	assert(!in_transaction(c));
	for (enum sql q = 0; q < SQL_COUNT; q++) {
		bool copy = sql_rows[q].kind == SQL_K_COPY_IN;

		if (!str_starts(str_of(sql_rows[q].file), file_prefix))
			continue;
		if (!(copy ? check_copy(t, c, q, e) : check_prepared(t, c, q, e)))
			return err_at(e, "sql/queries/%s.sql", sql_rows[q].file);
	}
	return true;
}
