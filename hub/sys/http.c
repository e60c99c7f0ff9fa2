/* Requests and replies behind nginx; see http.h. */
#include "sys/http.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>

#include "base/json.h"
#include "rt/loop.h"

enum {
	DRAIN_MS = 3000,
	DRAIN_MOST = 64 * 1024 * 1024,
	DELIVERED_MS = 30000,
	FILE_PIECE = 1024 * 1024,
	HEAD_MOST = HTTP_HEADERS_MOST + 1024,
	PROBLEM_MOST = 4096
};

/* ---- the request ---- */

static bool
understand(struct http *r, struct err *e)
{
	struct str length = http_var(r, SCGI_LENGTH);

	if (!str_cut(http_var(r, SCGI_URI), '?', &r->path, &r->query))
		r->query = STR("");
	r->head = str_is(http_var(r, SCGI_METHOD), "HEAD");
	r->length = -1;
	/* CONTENT_LENGTH is no help: where nginx hands the body on as it comes, it is what had
	 * come when the head went, and of a body without a length that would look like the
	 * whole */
	if (length.at != NULL)
		return str_int64(length, &r->length) ||
		       err(e, ERR_USAGE, "Content-Length is not a number");
	return true;
}

enum io_got
http_take(struct task *t, struct http *r, struct stream *s, struct err *e)
{
	enum io_got got;

	*r = (struct http){ .stream = s,
		.begun_ms = loop_now_ms(task_loop(t)),
		.grace_ms = HTTP_GRACE_MS,
		.rate_least = HTTP_RATE_LEAST,
		.headers = BUF(HTTP_HEADERS_MOST) };
	got = scgi_read(t, s, &r->scgi, e);
	return got == IO_OK && !understand(r, e) ? IO_FAIL : got;
}

void
http_auto(struct http *r)
{
	scgi_auto(&r->scgi);
	buf_auto(&r->headers);
}

struct str
http_id(const struct http *r)
{
	struct str id = http_var(r, SCGI_ID);

	return id.at == NULL ? STR("-") : id;
}

/* A client that has moved `bytes` may take as long as the slowest allowed takes for them; a
 * deadline of the caller does not count while the client is waited for. */
static void
allow(struct task *t, const struct http *r, int64_t bytes)
{
	uint64_t until =
	    r->begun_ms + r->grace_ms + (uint64_t)bytes * 1000 / (uint64_t)r->rate_least;
	uint64_t now = loop_now_ms(task_loop(t));

	task_deadline(t, 0);
	task_deadline(t, until > now ? until - now : 1);
}

/* The next step, with the database or the disk, has its own time. */
static void
step(struct task *t)
{
	task_deadline(t, 0);
	task_deadline(t, HTTP_STEP_MS);
}

enum io_got
http_body(struct task *t, struct http *r, void *to, size_t len, size_t *got, struct err *e)
{
	int64_t left = r->length - r->taken;
	enum io_got how;

	*got = 0;
	if (left <= 0)
		return IO_END;
	allow(t, r, r->taken);
	how = stream_read(t, r->stream, to, (int64_t)len < left ? len : (size_t)left, got, e);
	step(t);
	r->taken += (int64_t)*got;
	r->slow = how == IO_FAIL && e->code == ERR_TIMEOUT;
	if (how != IO_END)
		return how;
	err(e, ERR_GONE, "the client went away after %lld of %lld bytes", (long long)r->taken,
	    (long long)r->length);
	return IO_FAIL;
}

void
http_drain(struct task *t, struct http *r)
{
	char piece[4096];
	int64_t most = DRAIN_MOST;
	struct err e;
	size_t got;

	task_deadline(t, 0);
	task_deadline(t, DRAIN_MS);
	while (most > 0 && stream_read(t, r->stream, piece, sizeof piece, &got, &e) == IO_OK)
		most -= (int64_t)got;
}

/* ---- the reply ---- */

void
http_header(struct http *r, const char *name, const char *fmt, ...)
{
	char value[2048], clean[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(value, sizeof value, fmt, args);
	va_end(args);
	str_plain(clean, sizeof clean, str_of(value));
	buf_fmt(&r->headers, "%s: %s\r\n", name, clean);
}

static bool
put(struct task *t, struct http *r, const void *from, size_t len, struct err *e)
{
	bool ok;

	allow(t, r, r->taken + r->sent);
	ok = stream_write(t, r->stream, from, len, e);
	step(t);
	return ok;
}

bool
http_begin(
    struct task *t, struct http *r, int status, const char *type, int64_t length, struct err *e)
{
	AUTO(buf) b = BUF(HEAD_MOST);

	buf_fmt(&b, "Status: %d %s\r\n", status, http_status_text(status));
	if (length >= 0)
		buf_fmt(&b, "Content-Type: %s\r\nContent-Length: %lld\r\n", type,
		    (long long)length);
	buf_fmt(&b, "X-Request-Id: " STR_FMT "\r\n", STR_ARG(http_id(r)));
	buf_str(&b, buf_view(&r->headers));
	buf_c(&b, "\r\n");
	if (!buf_ok(&r->headers) || !buf_ok(&b))
		return err(e, ERR_BUG, "the headers of a reply do not fit");
	r->status = status;
	r->type = length >= 0 ? type : NULL;
	return put(t, r, b.at, b.len, e);
}

bool
http_send(struct task *t, struct http *r, const void *from, size_t len, struct err *e)
{
	if (r->head || len == 0)
		return true;
	if (r->copy != NULL)
		buf_add(r->copy, from, len);
	if (!put(t, r, from, len, e))
		return false;
	r->sent += (int64_t)len;
	return true;
}

/* Once: as many bytes as go, or waits until some do. */
static bool
send_some(struct task *t, struct http *r, int fd, off_t *at, size_t len, struct err *e)
{
	int to = stream_descriptor(r->stream);
	ssize_t n = sendfile(to, fd, at, len);

	if (n > 0)
		r->sent += n;
	else if (n == 0)
		return err(e, ERR_IO, "a stored file is shorter than its row says");
	else if (errno == EAGAIN)
		return task_wait_fd(t, to, TASK_WRITE, e);
	else if (errno == EPIPE || errno == ECONNRESET)
		return err_errno(e, ERR_GONE, "the client went away");
	else if (errno != EINTR)
		return err_errno(e, ERR_IO, "sending a stored file");
	return task_yield(t, e);
}

bool
http_send_file(
    struct task *t, struct http *r, int fd, int64_t first, int64_t len, struct err *e)
{
	off_t at = first;
	bool ok = true;

	if (r->copy != NULL)
		r->copy->over = true;
	while (ok && !r->head && at < first + len) {
		int64_t left = first + len - at;

		if (r->may != NULL && !r->may(t, r->may_arg, e)) {
			ok = false;
			break;
		}
		allow(t, r, r->taken + r->sent);
		ok = send_some(t, r, fd, &at, left < FILE_PIECE ? (size_t)left : FILE_PIECE, e);
	}
	step(t);
	return ok;
}

bool
http_delivered(struct task *t, struct http *r)
{
	enum io_got got;
	struct err e;
	char c;
	size_t n;

	/* when it closes with bytes of ours unread, the kernel says so: a reset, not an end */
	task_deadline(t, 0);
	task_deadline(t, DELIVERED_MS);
	got = stream_read(t, r->stream, &c, 1, &n, &e);
	step(t);
	return got == IO_END;
}

bool
http_reply(struct task *t, struct http *r, int status, const char *type, struct str body,
    struct err *e)
{
	return http_begin(t, r, status, type, (int64_t)body.len, e) &&
	       http_send(t, r, body.at, body.len, e);
}

bool
http_problem(struct task *t, struct http *r, int status, const char *code, const char *detail,
    struct err *e)
{
	AUTO(buf) b = BUF(PROBLEM_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_text(&j, "title", str_of(http_status_text(status)));
	json_int(&j, "status", status);
	if (code != NULL)
		json_text(&j, "code", str_of(code));
	if (detail != NULL)
		json_text(&j, "detail", str_of(detail));
	json_text(&j, "request", http_id(r));
	json_end(&j);
	buf_byte(&b, '\n');
	http_header(r, "Cache-Control", "no-store");
	return http_reply(t, r, status, "application/problem+json", buf_view(&b), e);
}

bool
http_error(struct task *t, struct http *r, const struct err *why, struct err *e)
{
	const struct err_row *row = &err_rows[why->code];

	if (r->slow)
		return http_problem(t, r, 408, "TIMEOUT", "The request came too slowly.", e);
	/* our own troubles are for the log: a caller learns their kind */
	return http_problem(t, r, row->http, row->name + strlen("ERR_"),
	    row->http < 500 && why->text[0] != '\0' ? why->text : row->say, e);
}
