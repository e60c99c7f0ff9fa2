/*
 * COPY. Into the server, pieces are cut to messages that fit the socket's buffer and each is
 * handed to the kernel before the next is copied: memory stays flat and the server works
 * meanwhile.
 *
 * While data goes in, libpq puts an error of the server aside until the end is sent, which may
 * be gigabytes later. So what waits to be read is looked at before each message: 'E', length,
 * 'S' is an error, and then the rest need not be sent. libpq also reads, and so hides what we
 * look for, when it cannot send all at once; but a socket that is ready takes a message of this
 * size whole.
 */
#include "sys/db_inner.h"

#include <assert.h>
#include <libpq-fe.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGE_BYTES = 64 * 1024, ERROR_BYTES_MOST = 64 * 1024 };

bool
copy_in_begin(struct task *t, struct conn *c, enum sql q, struct err *e)
{
	struct pg_result *res;
	struct err unheard;

	e = e != NULL ? e : &unheard;
	assert(sql_rows[q].kind == SQL_K_COPY_IN);
	c->in_tx = in_transaction(c);
	if (run(t, c, q, NO_ARGS, &res, e) != DB_FOUND)
		return false;
	assert(PQresultStatus(res) == PGRES_COPY_IN);
	PQclear(res);
	c->mode = CONN_COPY_IN;
	c->sql = q;
	return true;
}

/* Ends the COPY, by `why` as a failure, and gives the server's last word. */
static bool
finish(struct task *t, struct conn *c, const char *why, struct pg_result **res, struct err *e)
{
	int got;

	c->mode = CONN_IDLE;
	while ((got = PQputCopyEnd(c->pg, why)) == 0)
		if (!wire_flush(t, c, e))
			break;
	if (got < 0)
		wire_lost(c, e);
	if (got > 0 && wire_flush(t, c, e) && wire_answer(t, c, res, e))
		return true;
	if (why == NULL)
		verdict(c->sql, c->in_tx, e);
	return false;
}

/* The failure that the server has announced, or caused by `why`. */
static bool
fail(struct task *t, struct conn *c, const char *why, struct err *e)
{
	struct pg_result *res;
	bool lost;

	if (!finish(t, c, why, &res, e))
		return false;
	if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
		wire_refused(c, sql_rows[c->sql].name, res, &lost, e);
		return false;
	}
	PQclear(res);
	return err(e, ERR_BUG, "%s: the COPY ended by itself", sql_rows[c->sql].name);
}

enum incoming { NOTHING, AN_ERROR, SOMETHING };

static enum incoming
incoming(struct conn *c)
{
	unsigned char head[6];
	ssize_t n;

	if (PQsslInUse(c->pg)) /* cannot be looked at: an error will be told at the end */
		return NOTHING;
	n = recv(PQsocket(c->pg), head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
	if (n < 0)
		return NOTHING;
	return n == sizeof head && head[0] == 'E' && head[5] == 'S' &&
		       get_be32(head + 1) < ERROR_BYTES_MOST
		   ? AN_ERROR
		   : SOMETHING;
}

/* Waits until a message can be sent. False with *refused when the server has failed. */
static bool
may_send(struct task *t, struct conn *c, bool *refused, struct err *e)
{
	enum incoming in;

	*refused = false;
	if (!task_wait_fd(t, PQsocket(c->pg), TASK_WRITE, e)) {
		conn_lose(c);
		return false;
	}
	in = incoming(c);
	if (in == SOMETHING && PQconsumeInput(c->pg) == 0) /* a notice, or the end */
		return wire_lost(c, e);
	*refused = in == AN_ERROR;
	return in != AN_ERROR;
}

static bool
send_message(
    struct task *t, struct conn *c, const char *bytes, int len, bool *refused, struct err *e)
{
	if (!may_send(t, c, refused, e))
		return false;
	if (PQputCopyData(c->pg, bytes, len) != 1)
		return wire_lost(c, e);
	return wire_flush(t, c, e);
}

bool
copy_in_add(struct task *t, struct conn *c, const void *bytes, size_t len, struct err *e)
{
	const char *p = bytes;
	struct err unheard;

	e = e != NULL ? e : &unheard;
	assert(c->mode == CONN_COPY_IN);
	while (len > 0) {
		int n = len < MESSAGE_BYTES ? (int)len : MESSAGE_BYTES;
		bool refused;

		if (!send_message(t, c, p, n, &refused, e)) {
			if (refused)
				return fail(t, c, "stopped", e);
			c->mode = CONN_IDLE;
			return false;
		}
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool
copy_in_end(struct task *t, struct conn *c, int64_t *rows, struct err *e)
{
	struct pg_result *res;
	struct err unheard;
	bool lost;
	int64_t n;

	e = e != NULL ? e : &unheard;
	assert(c->mode == CONN_COPY_IN);
	if (!finish(t, c, NULL, &res, e))
		return false;
	if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
		wire_refused(c, sql_rows[c->sql].name, res, &lost, e);
		if (lost)
			verdict(c->sql, c->in_tx, e);
		return false;
	}
	if (rows != NULL)
		*rows = str_int64(str_of(PQcmdTuples(res)), &n) ? n : 0;
	PQclear(res);
	return true;
}

void
copy_in_stop(struct task *t, struct conn *c)
{
	struct err expected;

	if (c->mode == CONN_COPY_IN)
		fail(t, c, "given up by the sender", &expected);
}

bool
copy_out_begin(struct task *t, struct conn *c, enum sql q, struct err *e)
{
	struct pg_result *res;
	struct err unheard;

	e = e != NULL ? e : &unheard;
	assert(sql_rows[q].kind == SQL_K_COPY_OUT);
	if (run(t, c, q, NO_ARGS, &res, e) != DB_FOUND)
		return false;
	assert(PQresultStatus(res) == PGRES_COPY_OUT);
	c->binary = PQbinaryTuples(res) != 0;
	PQclear(res);
	c->mode = CONN_COPY_OUT;
	c->sql = q;
	return true;
}

static enum io_got
out_end(struct task *t, struct conn *c, struct err *e)
{
	struct pg_result *res;
	bool lost;

	c->mode = CONN_IDLE;
	if (!wire_answer(t, c, &res, e))
		return IO_FAIL;
	if (PQresultStatus(res) == PGRES_FATAL_ERROR) {
		wire_refused(c, sql_rows[c->sql].name, res, &lost, e);
		return IO_FAIL;
	}
	PQclear(res);
	return IO_END;
}

/* Of binary COPY: without the header (signature, flags, length of what else is in it) before
 * the first row; nothing is left of the mark at the end. */
static struct str
row_only(struct str s)
{
	static const char signature[11] = "PGCOPY\n\377\r\n";
	enum { HEADER_BYTES = sizeof signature + 4 + 4 };

	if (s.len >= HEADER_BYTES && memcmp(s.at, signature, sizeof signature) == 0) {
		size_t more = get_be32(s.at + HEADER_BYTES - 4);
		size_t skip = more < s.len - HEADER_BYTES ? HEADER_BYTES + more : s.len;

		s.at += skip;
		s.len -= skip;
	}
	if (s.len == 2 && get_be16(s.at) == UINT16_MAX)
		s.len = 0;
	return s;
}

enum io_got
copy_out_next(struct task *t, struct conn *c, struct str *bytes, struct err *e)
{
	struct err unheard;

	e = e != NULL ? e : &unheard;
	assert(c->mode == CONN_COPY_OUT);
	for (;;) {
		int n;

		PQfreemem(c->piece);
		c->piece = NULL;
		n = PQgetCopyData(c->pg, &c->piece, 1);
		if (n > 0) {
			*bytes = (struct str){ c->piece, (size_t)n };
			if (c->binary)
				*bytes = row_only(*bytes);
			if (bytes->len > 0)
				return IO_OK;
			continue;
		}
		if (n < 0)
			return out_end(t, c, e);
		if (!task_wait_fd(t, PQsocket(c->pg), TASK_READ, e)) {
			conn_lose(c);
			c->mode = CONN_IDLE;
			return IO_FAIL;
		}
		if (PQconsumeInput(c->pg) == 0) {
			c->mode = CONN_IDLE;
			wire_lost(c, e);
			return IO_FAIL;
		}
	}
}
