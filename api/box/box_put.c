/*
 * A file in: hidden until it is whole, and the receipt (201) only when it is durable. A body
 * that is cut leaves a part, and the sender goes on with it:
 *
 *	PUT, Content-Range: bytes 0-99/300	308, Range: bytes=0-99
 *	PUT, Content-Range: bytes * /300	308 and how much is here; 201 when that is all
 *	PUT, Content-Range: bytes 100-299/300	201
 *
 * An offset that is not where the part ends is 409, with the offset that is expected.
 */
#include <stdlib.h>
#include <string.h>

#include "box_parts.h"
#include "base/code.h"
#include "base/json.h"

enum { RECEIPT_MOST = 2048, END_MS = 300000 };

struct upload {
	char path[BOX_PATH_MOST];
	int64_t first, last, total; /* total -1: the body is the whole */
	bool asks;		    /* "bytes * /total" */
	bool expected;
	unsigned char sha256[32];
};

/* ---- what the headers say ---- */

static bool
digest_told(const struct http *r, struct upload *u, struct err *e)
{
	struct str repr = http_var(r, SCGI_REPR_DIGEST), hex = http_var(r, SCGI_X_SHA256);

	u->expected = true;
	if (hex.at != NULL)
		return code_unhex(u->sha256, sizeof u->sha256, str_trim(hex)) ||
		       err(e, ERR_USAGE, "X-SHA256 is not 64 hex digits");
	u->expected = repr.at != NULL && http_digest(repr, u->sha256);
	return true;
}

static bool
range_told(const struct http *r, struct upload *u, int64_t most, struct err *e)
{
	struct str range = http_var(r, SCGI_CONTENT_RANGE);

	u->total = -1;
	u->first = 0;
	if (range.at == NULL)
		return true;
	if (!http_content_range(range, &u->first, &u->last, &u->total))
		return err(e, ERR_USAGE,
		    "Content-Range is not understood, expected \"bytes 0-99/200\"");
	if (u->total > most)
		return err(e, ERR_TOO_BIG, "%lld bytes, expected at most %lld",
		    (long long)u->total, (long long)most);
	u->asks = u->first < 0;
	if (r->length != (u->asks ? 0 : u->last - u->first + 1))
		return err(e, ERR_USAGE, "Content-Range and Content-Length do not agree");
	return true;
}

/* ---- answers ---- */

static bool
receipt(
    struct task *t, struct call *c, const struct box_receipt *got, int status, struct err *e)
{
	AUTO(buf) b = BUF(RECEIPT_MOST);
	struct json j = json_to(&b);
	char hex[DIGEST_HEX];

	code_hex(hex, got->sha256, 32);
	json_open(&j, NULL);
	json_text(&j, "folder", str_of(c->param[0]));
	json_text(&j, "name", str_of(c->param[1]));
	json_int(&j, "size", got->size);
	json_text(&j, "sha256", str_of(hex));
	if (got->file != 0)
		json_int(&j, "file", got->file);
	else
		json_null(&j, "file");
	json_bool(&j, "repeated", got->repeated);
	json_end(&j);
	buf_byte(&b, '\n');
	box_digest_headers(c->http, got->sha256);
	/* of /v1/files: what was made has a number; of a PUT it is what was put */
	if (got->file != 0 && strcmp(c->route->method, "POST") == 0)
		http_header(c->http, "Location", "/v1/files/%lld", (long long)got->file);
	http_header(c->http, "Cache-Control", "no-store");
	return http_reply(t, c->http, status, "application/json", buf_view(&b), e);
}

static bool
more_wanted(struct task *t, struct call *c, int64_t here, struct err *e)
{
	if (here > 0)
		http_header(c->http, "Range", "bytes=0-%lld", (long long)here - 1);
	http_header(c->http, "Upload-Offset", "%lld", (long long)here);
	return http_reply(t, c->http, 308, "application/json", STR(""), e);
}

/* ---- a body ---- */

static bool
take_body(struct task *t, struct http *r, struct box_put *p, struct err *e)
{
	char *piece = malloc(HTTP_PIECE);
	enum io_got got = piece == NULL ? IO_FAIL : IO_OK;
	size_t n;

	if (piece == NULL)
		err(e, ERR_BUSY, "no memory for an upload");
	while (got == IO_OK && (got = http_body(t, r, piece, HTTP_PIECE, &n, e)) == IO_OK)
		if (!box_put_add(p, piece, n, e))
			got = IO_FAIL;
	free(piece);
	return got == IO_END;
}

/* Durable and named, or there is no receipt; the disk takes its time for a large one. */
static bool
finish(struct task *t, struct call *c, struct upload *u, struct box_put **p, struct err *e)
{
	struct box_receipt got;

	if (u->expected)
		box_put_expect(*p, u->sha256);
	task_deadline(t, 0);
	task_deadline(t, END_MS);
	return box_put_end(t, p, &got, e) && receipt(t, c, &got, 201, e);
}

static bool
take(struct task *t, struct call *c, struct upload *u, struct box_put *p, struct err *e)
{
	int64_t here;
	bool ok = take_body(t, c->http, p, e);

	here = box_put_size(p);
	if (ok && (u->total < 0 || here == u->total))
		return finish(t, c, u, &p, e);
	box_put_leave(t, &p);
	return ok && more_wanted(t, c, here, e);
}

/* ---- beginning ---- */

/* It could not go on there: perhaps because it must go on elsewhere. */
static bool
elsewhere(struct task *t, struct call *c, const struct upload *u, struct err *e)
{
	struct err why = *e;
	struct box_entry folder;
	int64_t here;
	char path[BOX_PATH_MOST];

	if (u->first <= 0 || (e->code != ERR_BAD_INPUT && e->code != ERR_NOT_FOUND))
		return false;
	if (!box_part_there(t, c, u->path, &here, e))
		return false;
	if (here < 0 && (!box_path(path, "/", str_of(c->param[0]), e) ||
			    !box_find(t, call_box(c), path, &folder, e))) {
		*e = why;
		return false;
	}
	http_header(c->http, "Upload-Offset", "%lld", (long long)(here < 0 ? 0 : here));
	return http_problem(t, c->http, 409, "OFFSET",
	    "The upload does not go on there; Upload-Offset says how much of it is here.", e);
}

/* How much is here. All of it: then it only has to be ended. */
static bool
asked(struct task *t, struct call *c, struct upload *u, struct err *e)
{
	struct box_entry x;
	struct box_put *p;
	int64_t here;

	if (!box_part_there(t, c, u->path, &here, e))
		return false;
	if (here >= 0 && here == u->total) {
		p = box_put_begin(t, call_box(c), u->path, BOX_APPEND, e);
		return p != NULL && take(t, c, u, p, e);
	}
	/* the receipt may have been lost on its way. Only for one who says which bytes: a file
	 * of that name and size may be another, of yesterday */
	if (here < 0 && u->expected && box_find(t, call_box(c), u->path, &x, e) &&
	    x.size == u->total && memcmp(x.sha256, u->sha256, sizeof u->sha256) == 0) {
		struct box_receipt got = { .size = x.size, .repeated = true };

		memcpy(got.sha256, x.sha256, sizeof got.sha256);
		return receipt(t, c, &got, 200, e);
	}
	if (here < 0 && e->code != ERR_NOT_FOUND && e->code != ERR_NONE)
		return false;
	return more_wanted(t, c, here < 0 ? 0 : here, e);
}

static bool
may_begin(struct task *t, struct call *c, const struct upload *u, bool *may, struct err *e)
{
	struct str none = http_var(c->http, SCGI_IF_NONE_MATCH);
	struct box_entry x;

	*may = true;
	if (none.at == NULL)
		return true;
	if (!str_is(none, "*"))
		return err(e, ERR_USAGE, "If-None-Match of an upload is \"*\" or nothing");
	if (!box_find(t, call_box(c), u->path, &x, e)) {
		*may = e->code == ERR_NOT_FOUND;
		return *may;
	}
	*may = false;
	return http_problem(t, c->http, 412, NULL, "A file of that name is there already.", e);
}

bool
box_upload(struct task *t, struct call *c, struct err *e)
{
	struct upload u = { 0 };
	struct box_put *p;
	bool may;

	if (!box_call_path(u.path, c, e) || !digest_told(c->http, &u, e) ||
	    !range_told(c->http, &u, c->route->body_most, e))
		return false;
	if (!may_begin(t, c, &u, &may, e) || !may)
		return c->http->status != 0;
	err_clear(e);
	if (u.asks)
		return asked(t, c, &u, e);
	p = box_put_begin(t, call_box(c), u.path, u.first, e);
	if (p == NULL)
		return elsewhere(t, c, &u, e);
	return take(t, c, &u, p, e);
}
