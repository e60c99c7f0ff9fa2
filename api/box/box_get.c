/*
 * A file out. Its bytes go from the store through this process, not by nginx on its own
 * (X-Accel-Redirect): how many went is an audit event, and only who writes them knows.
 */
#include <string.h>

#include "box_parts.h"
#include "rt/loop.h"

enum { END_MS = 10000 };

static void
file_headers(struct http *r, const struct box_entry *x)
{
	AUTO(buf) name = BUF(1024);
	char date[HTTP_DATE_SIZE];

	http_date(date, x->modified_s);
	http_escape(&name, str_of(x->name));
	buf_byte(&name, '\0');
	box_digest_headers(r, x->sha256);
	http_header(r, "Last-Modified", "%s", date);
	http_header(r, "Accept-Ranges", "bytes");
	http_header(r, "Cache-Control", "private, no-cache");
	if (buf_ok(&name))
		http_header(
		    r, "Content-Disposition", "attachment; filename*=UTF-8''%s", name.at);
}

/* 0: goes on; else the status that answers the request's conditions. */
static int
conditions(const struct http *r, const struct box_entry *x)
{
	struct str match = http_var(r, SCGI_IF_MATCH), none = http_var(r, SCGI_IF_NONE_MATCH);
	char tag[BOX_TAG_SIZE];

	box_tag(tag, x->sha256);
	if (match.at != NULL && !str_is(match, "*") && !http_tag_in(match, str_of(tag), false))
		return 412;
	if (none.at != NULL && (str_is(none, "*") || http_tag_in(none, str_of(tag), true)))
		return 304;
	return 0;
}

/* If-Range: another entity tag, or a date, and it is the whole: dates are of the sender. */
static enum http_range
range_of(const struct http *r, const struct box_entry *x, int64_t *first, int64_t *len)
{
	struct str range = http_var(r, SCGI_RANGE), same = http_var(r, SCGI_IF_RANGE);
	char tag[BOX_TAG_SIZE];

	box_tag(tag, x->sha256);
	*first = 0;
	*len = x->size;
	if (range.at == NULL || (same.at != NULL && !str_is(same, tag)))
		return HTTP_WHOLE;
	return http_range_of(range, x->size, first, len);
}

static bool
head_or_nothing(struct task *t, struct call *c, const struct box_entry *x, int64_t first,
    int64_t len, enum http_range how, struct err *e)
{
	struct http *r = c->http;

	if (how == HTTP_OUTSIDE) {
		http_header(r, "Content-Range", "bytes */%lld", (long long)x->size);
		return http_problem(t, r, 416, NULL, NULL, e);
	}
	file_headers(r, x);
	if (how == HTTP_PART)
		http_header(r, "Content-Range", "bytes %lld-%lld/%lld", (long long)first,
		    (long long)(first + len - 1), (long long)x->size);
	return http_begin(
	    t, r, how == HTTP_PART ? 206 : 200, "application/octet-stream", len, e);
}

struct going {
	struct box *box;
	struct box_entry entry;
};

static bool
still(struct task *t, void *arg, struct err *e)
{
	struct going *g = arg;

	return box_still(t, g->box, &g->entry, e);
}

/* What went out is told to the database whatever became of it. */
static bool
send_it(struct task *t, struct call *c, const struct box_entry *x, int fd, struct err *e)
{
	struct http *r = c->http;
	int64_t first, len;
	uint64_t begun_ms = loop_now_ms(task_loop(t));
	enum http_range how = range_of(r, x, &first, &len);
	struct going going = { call_box(c), *x };
	bool ok = head_or_nothing(t, c, x, first, len, how, e);

	if (how == HTTP_OUTSIDE)
		return ok;
	r->may = still;
	r->may_arg = &going;
	ok = ok && http_send_file(t, r, fd, first, len, e) && http_delivered(t, r);
	r->may = NULL;
	task_deadline(t, 0);
	task_deadline(t, END_MS);
	box_sent(t, call_box(c), x, r->sent, ok && len == x->size,
	    (int64_t)(loop_now_ms(task_loop(t)) - begun_ms));
	return ok;
}

/* HEAD: an upload that was cut, and a file, may both be there under the name. */
static bool
tell(struct task *t, struct call *c, const char *path, struct err *e)
{
	struct http *r = c->http;
	struct box_entry x;
	int64_t part, first, len;
	enum http_range how;
	int status;

	if (!box_part_there(t, c, path, &part, e))
		return false;
	if (part >= 0) {
		http_header(r, "Upload-Offset", "%lld", (long long)part);
		http_header(r, "Upload-Complete", "?0");
	}
	if (!box_find(t, call_box(c), path, &x, e)) {
		if (part < 0 || e->code != ERR_NOT_FOUND)
			return false;
		http_header(r, "Cache-Control", "no-store");
		return http_begin(t, r, 204, NULL, -1, e);
	}
	status = conditions(r, &x);
	if (status != 0) {
		file_headers(r, &x);
		return http_begin(t, r, status, NULL, -1, e);
	}
	how = range_of(r, &x, &first, &len);
	return head_or_nothing(t, c, &x, first, len, how, e);
}

/* Whether the request's conditions answer it: nothing is opened then, and no event written. */
static bool
answered(struct task *t, struct call *c, const char *path, bool *done, struct err *e)
{
	struct box_entry x;
	int status;

	*done = false;
	if (http_var(c->http, SCGI_IF_MATCH).at == NULL &&
	    http_var(c->http, SCGI_IF_NONE_MATCH).at == NULL)
		return true;
	if (!box_find(t, call_box(c), path, &x, e))
		return false;
	status = conditions(c->http, &x);
	*done = status != 0;
	if (status == 304)
		file_headers(c->http, &x);
	return status == 0 || (status == 304 ? http_begin(t, c->http, status, NULL, -1, e)
					     : http_problem(t, c->http, status, NULL, NULL, e));
}

bool
box_get(struct task *t, struct call *c, struct err *e)
{
	char path[BOX_PATH_MOST];
	struct box_entry x;
	bool done;
	AUTO_FD fd = -1;

	if (!box_call_path(path, c, e))
		return false;
	if (c->http->head)
		return tell(t, c, path, e);
	if (!answered(t, c, path, &done, e) || done)
		return done;
	fd = box_open(t, call_box(c), path, &x, e);
	return fd >= 0 && send_it(t, c, &x, fd, e);
}
