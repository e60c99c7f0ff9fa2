/* Replies of any size; see answer.h. */
#include "answer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "api.h"
#include "base/code.h"
#include "sys/secret.h"

enum { TAG_SIZE = 2 * TAG_BYTES + 3 };

static size_t held_by_all; /* pieces of answers that are in memory */
/* Pieces of answers that have gone: to be given memory by the kernel page by page takes longer
 * than to write into it. */
static struct buf spare[ANSWER_SPARE];
static size_t spares;

static void
put_away(struct buf *b)
{
	if (spares == ANSWER_SPARE) {
		buf_auto(b);
		return;
	}
	buf_reset(b);
	spare[spares++] = *b;
}

void
answer_begin(struct answer *a, struct call *c, const char *type)
{
	*a = (struct answer){ .call = c,
		.type = type,
		.piece = BUF(ANSWER_ROOM),
		.fd = -1,
		.tag = tag_new(call_api(c)->tag_key) };
}

void
answer_auto(struct answer *a)
{
	for (size_t i = 0; i < a->held_n; i++)
		put_away(&a->held[i]);
	held_by_all -= a->held_n;
	a->held_n = 0;
	buf_auto(&a->piece);
	fd_auto(&a->fd);
	tag_free(&a->tag);
}

void
answer_wipe(struct answer *a)
{
	for (size_t i = 0; i < a->held_n; i++)
		secret_wipe(a->held[i].at, a->held[i].cap);
	if (a->piece.at != NULL)
		secret_wipe(a->piece.at, a->piece.cap);
}

int64_t
answer_length(const struct answer *a)
{
	return a->held_bytes + a->spilled + (int64_t)a->piece.len;
}

/* A file that has no name ends with its descriptor, however we end. */
static bool
open_spill(struct answer *a, struct err *e)
{
	a->fd = open(call_api(a->call)->conf.store_path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return a->fd >= 0 || err_errno(e, ERR_IO, "no file for an answer in %s",
				 call_api(a->call)->conf.store_path);
}

/* A file costs as much again as most answers take to write. */
static bool
hold(struct answer *a)
{
	if (a->fd >= 0 || a->held_n == ANSWER_HELD || held_by_all == ANSWER_HELD_BY_ALL)
		return false;
	a->held_bytes += (int64_t)a->piece.len;
	a->held[a->held_n++] = a->piece;
	held_by_all++;
	a->piece = spares > 0 ? spare[--spares] : (struct buf)BUF(ANSWER_ROOM);
	return true;
}

static bool
spill(struct answer *a, struct err *e)
{
	size_t at = 0;

	if (a->fd < 0 && !open_spill(a, e))
		return false;
	while (at < a->piece.len) {
		ssize_t n = write(a->fd, a->piece.at + at, a->piece.len - at);

		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_IO, "writing an answer");
		if (n > 0)
			at += (size_t)n;
	}
	a->spilled += (int64_t)a->piece.len;
	buf_reset(&a->piece);
	return true;
}

bool
answer_more(struct answer *a, struct err *e)
{
	if (!buf_ok(&a->piece))
		return err(e, ERR_BUG, "a piece of an answer does not fit");
	if (a->piece.len < ANSWER_PIECE)
		return true;
	if (!a->no_tag)
		tag_add(a->tag, a->piece.at, a->piece.len);
	return hold(a) || spill(a, e);
}

static void
tag_of(struct answer *a, char tag[TAG_SIZE])
{
	unsigned char is[TAG_BYTES];

	tag_add(a->tag, a->piece.at, a->piece.len);
	tag_end(a->tag, is);
	tag[0] = '"';
	code_hex(tag + 1, is, TAG_BYTES);
	tag[TAG_SIZE - 2] = '"';
	tag[TAG_SIZE - 1] = '\0';
}

static bool
has_it(const struct http *r, const char *tag)
{
	struct str none = http_var(r, SCGI_IF_NONE_MATCH);

	/* nginx makes the tag weak when it compresses */
	return none.at != NULL && http_tag_in(none, str_of(tag), true);
}

static bool
send_bytes(struct task *t, struct answer *a, int status, struct err *e)
{
	struct http *r = a->call->http;

	if (!http_begin(t, r, status, a->type, answer_length(a), e))
		return false;
	for (size_t i = 0; i < a->held_n; i++)
		if (!http_send(t, r, a->held[i].at, a->held[i].len, e))
			return false;
	return (a->spilled == 0 || http_send_file(t, r, a->fd, 0, a->spilled, e)) &&
	       http_send(t, r, a->piece.at, a->piece.len, e);
}

bool
answer_send(struct task *t, struct answer *a, int status, struct err *e)
{
	struct http *r = a->call->http;
	char tag[TAG_SIZE];

	if (!buf_ok(&a->piece))
		return err(e, ERR_BUG, "a piece of an answer does not fit");
	if (!str_has(buf_view(&r->headers), STR("Cache-Control: ")))
		http_header(r, "Cache-Control", "private, no-cache");
	if (status != 200 || a->no_tag)
		return send_bytes(t, a, status, e);
	tag_of(a, tag);
	http_header(r, "ETag", "%s", tag);
	if (has_it(r, tag))
		return http_begin(t, r, 304, NULL, -1, e);
	return send_bytes(t, a, status, e);
}

bool
answer_json(struct task *t, struct call *c, int status, const struct buf *json, struct err *e)
{
	if (!buf_ok(json))
		return err(e, ERR_TOO_BIG, "the answer is too long");
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, status, "application/json", buf_view(json), e);
}
