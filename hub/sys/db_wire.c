/* libpq without blocking, and what its failures mean. */
#include "sys/db_inner.h"

#include <libpq-fe.h>
#include <string.h>

static const struct {
	const char *prefix;
	enum err_code code;
} meanings[] = {
	{ "BB001", ERR_NOT_FOUND }, /* raised by our own functions */
	{ "BB002", ERR_FORBIDDEN }, { "BB003", ERR_BAD_INPUT }, { "BB004", ERR_SEQUENCE },
	{ "BB005", ERR_CONFLICT }, { "BB006", ERR_TOO_BIG }, { "BB007", ERR_LOGIN },
	{ "40001", ERR_CONFLICT }, /* serialization failure, deadlock */
	{ "40P01", ERR_CONFLICT }, { "53100", ERR_NO_SPACE },
	{ "53", ERR_UNAVAILABLE },   /* out of memory, connections, … */
	{ "57P0", ERR_UNAVAILABLE }, /* shut down, crashed, starting */
	{ "08", ERR_UNAVAILABLE }, { "42501", ERR_FORBIDDEN }, { "P0002", ERR_NOT_FOUND },
	{ "22", ERR_BAD_INPUT }, { "23", ERR_BAD_INPUT },
	{ "55P03", ERR_BUSY },	  /* lock_timeout */
	{ "58", ERR_IO },	  /* the server's disk */
	{ "57014", ERR_TIMEOUT }, /* statement_timeout */
};

enum err_code
wire_code(const char *sqlstate)
{
	for (size_t i = 0; i < nitems(meanings); i++)
		if (str_starts(str_of(sqlstate), meanings[i].prefix))
			return meanings[i].code;
	return ERR_BUG;
}

/* libpq's texts have several lines; the first says it. */
static struct str
first_line(const char *text)
{
	struct str head, rest;

	str_cut(str_trim(str_of(text)), '\n', &head, &rest);
	return head;
}

bool
wire_lost(struct conn *c, struct err *e)
{
	struct str why = first_line(PQerrorMessage(c->pg));

	if (why.len == 0)
		why = STR("no reason was given");
	err(e, ERR_UNAVAILABLE, "the connection to the database was lost: " STR_FMT,
	    STR_ARG(why));
	str_copy(c->state, sizeof c->state, STR("08006"));
	conn_lose(c);
	return false;
}

static bool
wait_or_close(struct task *t, struct conn *c, unsigned want, struct err *e)
{
	if (task_wait_fd(t, PQsocket(c->pg), want, e))
		return true;
	conn_lose(c);
	return false;
}

bool
wire_flush(struct task *t, struct conn *c, struct err *e)
{
	for (;;) {
		int left = PQflush(c->pg);

		if (left == 0)
			return true;
		if (left < 0)
			return wire_lost(c, e);
		/* read too: a server that waits for us to listen would wait for ever */
		if (!wait_or_close(t, c, TASK_READ | TASK_WRITE, e))
			return false;
		if (PQconsumeInput(c->pg) == 0)
			return wire_lost(c, e);
	}
}

bool
wire_next(struct task *t, struct conn *c, struct pg_result **res, struct err *e)
{
	*res = NULL;
	while (PQisBusy(c->pg)) {
		if (!wait_or_close(t, c, TASK_READ, e))
			return false;
		if (PQconsumeInput(c->pg) == 0)
			return wire_lost(c, e);
	}
	*res = PQgetResult(c->pg);
	/* libpq tells a lost connection as a result without an SQLSTATE */
	if (*res != NULL && PQresultStatus(*res) == PGRES_FATAL_ERROR &&
	    PQresultErrorField(*res, PG_DIAG_SQLSTATE) == NULL) {
		PQclear(*res);
		*res = NULL;
		return wire_lost(c, e);
	}
	return true;
}

static bool
is_failure(const PGresult *res)
{
	return PQresultStatus(res) == PGRES_FATAL_ERROR;
}

static bool
data_follows(const PGresult *res)
{
	ExecStatusType s = PQresultStatus(res);

	return s == PGRES_COPY_IN || s == PGRES_COPY_OUT;
}

bool
wire_answer(struct task *t, struct conn *c, struct pg_result **res, struct err *e)
{
	struct pg_result *next;

	*res = NULL;
	do {
		struct err after;

		if (!wire_next(t, c, &next, *res == NULL ? e : &after)) {
			/* a FATAL that was told before the end says more than the end */
			if (*res != NULL && is_failure(*res))
				return true;
			if (*res != NULL && e != NULL)
				*e = after;
			PQclear(*res);
			*res = NULL;
			return false;
		}
		if (next == NULL)
			break;
		if (*res == NULL || (is_failure(next) && !is_failure(*res))) {
			PQclear(*res);
			*res = next;
		} else {
			PQclear(next);
		}
	} while (!data_follows(*res));
	return true;
}

/* The server quotes what it was given in messages of class 22 ("invalid input syntax for type
 * integer: \"…\""): that may be anything, so it is left out. */
static void
add_unquoted(struct buf *b, struct str text)
{
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			buf_byte(b, '"');
		else if (!quoted)
			buf_byte(b, text.at[i]);
		if (text.at[i] == '"') {
			quoted = !quoted;
			if (quoted)
				buf_c(b, "…");
		}
	}
}

static const char *
field(const PGresult *res, int code)
{
	const char *text = PQresultErrorField(res, code);

	return text != NULL ? text : "";
}

/* "NAME: MESSAGE: DETAIL (SQLSTATE, constraint C)"; our own are told without name and SQLSTATE.
 */
static void
tell(const char *name, const PGresult *res, struct err *e)
{
	AUTO(buf) b = BUF(sizeof e->text * 4);
	const char *state = field(res, PG_DIAG_SQLSTATE);
	const char *detail = field(res, PG_DIAG_MESSAGE_DETAIL);
	const char *constraint = field(res, PG_DIAG_CONSTRAINT_NAME);
	bool ours = str_starts(str_of(state), "BB");
	bool values = str_starts(str_of(state), "22") || str_starts(str_of(state), "23");

	if (!ours)
		buf_fmt(&b, "%s: ", name);
	if (values)
		add_unquoted(&b, str_of(field(res, PG_DIAG_MESSAGE_PRIMARY)));
	else
		buf_c(&b, field(res, PG_DIAG_MESSAGE_PRIMARY));
	if (!values && detail[0] != '\0')
		buf_fmt(&b, ": %s", detail);
	if (!ours && constraint[0] != '\0')
		buf_fmt(&b, " (%s, constraint %s)", state, constraint);
	else if (!ours)
		buf_fmt(&b, " (%s)", state);
	err(e, wire_code(state), STR_FMT, STR_ARG(buf_view(&b)));
}

enum db_got
wire_refused(struct conn *c, const char *name, struct pg_result *res, bool *lost, struct err *e)
{
	const char *state = field(res, PG_DIAG_SQLSTATE);
	enum err_code code = wire_code(state);

	str_copy(c->state, sizeof c->state, str_of(state));
	/* after FATAL and PANIC the connection is gone, and what was asked may have been done
	 */
	*lost = strcmp(field(res, PG_DIAG_SEVERITY_NONLOCALIZED), "ERROR") != 0;
	tell(name, res, e);
	PQclear(res);
	if (*lost)
		conn_lose(c);
	return strcmp(c->state, "40001") == 0 || strcmp(c->state, "40P01") == 0 ||
		       code == ERR_BUSY || code == ERR_UNAVAILABLE
		   ? DB_RETRY
		   : DB_FAILED;
}
