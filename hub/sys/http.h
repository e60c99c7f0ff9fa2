/*
 * One HTTP request behind nginx, and its reply. nginx has parsed HTTP; this gives names to what
 * it told (sys/scgi.h), reads the body, and writes a reply that always says its length: without
 * one, a process that dies half way would look like a whole answer.
 *
 * Errors go out as problem+json (RFC 9457) with the request's id; what is told of errors of our
 * own side is only their kind.
 */
#ifndef SYS_HTTP_H
#define SYS_HTTP_H

#include "sys/scgi.h"

enum { HTTP_HEADERS_MOST = 8 * 1024, HTTP_STEP_MS = 10000, HTTP_PIECE = 256 * 1024 };

struct http {
	struct scgi scgi;
	struct stream *stream;
	struct str path, query; /* of the address, as they came; query without the '?' */
	bool head;		/* HEAD: no body goes out */
	int64_t length;		/* of the body; -1: it does not say (or there is none) */
	int64_t taken;		/* of it, by http_body() */
	uint64_t begun_ms;
	uint64_t grace_ms;  /* before the client's rate counts; both from the presets below */
	int64_t rate_least; /* bytes a second, sent or taken, over the whole request */
	bool slow;	    /* the client was given up for that */
	struct buf headers; /* of the reply */
	int status;	    /* of the reply, 0 while there is none */
	const char *type;   /* of the reply's body; NULL: it has none */
	int64_t sent;	    /* of the reply's body */
	struct buf *copy;   /* where a copy of the reply's body goes; a file makes it `over` */
	bool (*may)(
	    struct task *t, void *arg, struct err *e); /* see http_send_file(); or NULL */
	void *may_arg;
};

/* Reads the head of a request. r begins as { 0 }; http_auto() in any case. IO_END: nothing
 * came. */
enum io_got http_take(struct task *t, struct http *r, struct stream *s, struct err *e);
void http_auto(struct http *r); /* but for the stream */
static inline struct str
http_var(const struct http *r, enum scgi_var v)
{
	return r->scgi.var[v];
}
struct str http_id(const struct http *r); /* of the request, for logs and replies; "-" */

/* Some of the body; IO_END behind its last byte. ERR_GONE when the client went away before,
 * ERR_TIMEOUT when it sends fewer than rate_least bytes a second over all. */
enum { HTTP_RATE_LEAST = 500, HTTP_GRACE_MS = 30000 };
enum io_got http_body(
    struct task *t, struct http *r, void *to, size_t len, size_t *got, struct err *e);
/* Reads what is left of it and forgets it, for a moment: nginx would tell the client of a bad
 * gateway if its own writing failed before it read our reply. */
void http_drain(struct task *t, struct http *r);

/* ---- the reply: headers, then one of http_reply, http_begin, http_problem, http_error ---- */
/* Control characters in what is printed become '?'. */
void http_header(struct http *r, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool http_reply(struct task *t, struct http *r, int status, const char *type, struct str body,
    struct err *e);
/* With `length` bytes to follow by the two below; -1: a status that has no body. */
bool http_begin(struct task *t, struct http *r, int status, const char *type, int64_t length,
    struct err *e);
bool http_send(struct task *t, struct http *r, const void *from, size_t len, struct err *e);
/* `may` of r, if any, is asked again and again while it goes; its false ends it. */
bool http_send_file(
    struct task *t, struct http *r, int fd, int64_t first, int64_t len, struct err *e);
/* After the last byte: waits until nginx has taken all of it. False when it went away before:
 * its client did. */
bool http_delivered(struct task *t, struct http *r);
/* `detail` is a whole sentence for the caller, or NULL. */
bool http_problem(struct task *t, struct http *r, int status, const char *code,
    const char *detail, struct err *e);
bool http_error(struct task *t, struct http *r, const struct err *why, struct err *e);

/* ---- values; none waits ---- */

enum { HTTP_DATE_SIZE = 30 };
void http_date(char to[HTTP_DATE_SIZE], int64_t utc_s); /* Sun, 06 Nov 1994 08:49:37 GMT */
/* Takes %XX away; false for a '%' without two hex digits, for NUL, and when it does not fit. */
bool http_unescape(char *to, size_t size, struct str escaped);
void http_escape(
    struct buf *to, struct str plain);		  /* all but what RFC 3986 leaves unreserved */
void http_html(struct buf *to, struct str plain); /* as text or a quoted attribute */
const char *http_status_text(int status);

enum http_range { HTTP_WHOLE, HTTP_PART, HTTP_OUTSIDE };
/* A Range header (RFC 9110 section 14.2) of something of `size` bytes. One range only: more of
 * them, or what is not understood, is the whole. */
enum http_range http_range_of(struct str value, int64_t size, int64_t *first, int64_t *len);
/* "bytes 0-99/200", or with *first == -1 for the star of "bytes * /200". */
bool http_content_range(struct str value, int64_t *first, int64_t *last, int64_t *total);
/* Whether one of the entity tags of If-Match or If-None-Match is `tag` (with its quotes). "*"
 * is for the caller. Weak tags are compared only when `weak`. */
bool http_tag_in(struct str list, struct str tag, bool weak);
/* The SHA-256 out of Repr-Digest (RFC 9530). */
bool http_digest(struct str value, unsigned char sha256[32]);

#endif
