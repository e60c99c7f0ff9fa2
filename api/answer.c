/* Replies of any size; see answer.h. */
#include "answer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "api.h"
#include "base/code.h"

enum { TAG_BYTES = 16, TAG_SIZE = 2 * TAG_BYTES + 3 };

void
answer_begin(struct answer *a, struct call *c, const char *type)
{
	*a = (struct answer){ .call = c,
		.type = type,
		.piece = BUF(ANSWER_ROOM),
		.fd = -1,
		.sum = digest_new() };
}

void
answer_auto(struct answer *a)
{
	buf_auto(&a->piece);
	fd_auto(&a->fd);
	digest_free(&a->sum);
}

int64_t
answer_length(const struct answer *a)
{
	return a->spilled + (int64_t)a->piece.len;
}

/* A file that has no name ends with its descriptor, however we end. */
static bool
open_spill(struct answer *a, struct err *e)
{
	a->fd = open(call_api(a->call)->conf.store_path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return a->fd >= 0 || err_errno(e, ERR_IO, "no file for an answer in %s",
				 call_api(a->call)->conf.store_path);
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
	digest_add(a->sum, a->piece.at, a->piece.len);
	a->spilled += (int64_t)a->piece.len;
	buf_reset(&a->piece);
	return true;
}

bool
answer_more(struct answer *a, struct err *e)
{
	if (!buf_ok(&a->piece))
		return err(e, ERR_BUG, "a piece of an answer does not fit");
	return a->piece.len < ANSWER_PIECE || spill(a, e);
}

static void
tag_of(struct answer *a, char tag[TAG_SIZE])
{
	unsigned char sha256[DIGEST_BYTES];

	digest_add(a->sum, a->piece.at, a->piece.len);
	digest_end(a->sum, sha256);
	tag[0] = '"';
	code_hex(tag + 1, sha256, TAG_BYTES);
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

	return http_begin(t, r, status, a->type, answer_length(a), e) &&
	       (a->spilled == 0 || http_send_file(t, r, a->fd, 0, a->spilled, e)) &&
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
