/* The box over HTTP: what there is, and removing. Files in and out: box_put.c, box_get.c. */
#include <stdio.h>
#include <string.h>

#include "box_parts.h"
#include "base/code.h"
#include "base/json.h"

enum { LIST_BYTES_MOST = 64 * 1024 * 1024, INDEX_MOST = 256 * 1024 };

/* ---- what get and put share ---- */

bool
box_call_path(char to[BOX_PATH_MOST], const struct call *c, struct err *e)
{
	for (int i = 0; i < 2; i++)
		if (strchr(c->param[i], '/') != NULL || strcmp(c->param[i], ".") == 0 ||
		    strcmp(c->param[i], "..") == 0)
			return err(e, ERR_NOT_FOUND, "there is no such file or folder");
	if (snprintf(to, BOX_PATH_MOST, "/%s/%s", c->param[0], c->param[1]) >= BOX_PATH_MOST)
		return err(e, ERR_NOT_FOUND, "there is no such file or folder");
	return box_path(to, "/", str_of(to), e);
}

void
box_tag(char to[BOX_TAG_SIZE], const unsigned char sha256[32])
{
	to[0] = '"';
	code_hex(to + 1, sha256, 32);
	memcpy(to + 65, "\"", 2);
}

void
box_digest_headers(struct http *r, const unsigned char sha256[32])
{
	char tag[BOX_TAG_SIZE], text[code_b64_size(32)];

	box_tag(tag, sha256);
	code_b64(text, sha256, 32);
	http_header(r, "ETag", "%s", tag);
	http_header(r, "Repr-Digest", "sha-256=:%s:", text);
}

bool
box_part_there(struct task *t, struct call *c, const char *path, int64_t *size, struct err *e)
{
	*size = -1;
	if (box_part_size(t, call_box(c), path, size, e))
		return true;
	*size = -1;
	return e->code == ERR_NOT_FOUND;
}

/* ---- lists ---- */

struct listing {
	struct buf *to;
	struct json json;
	bool html;
	const char *folder; /* "": the root */
};

static void
row_json(struct listing *l, const struct box_entry *x)
{
	char hex[DIGEST_HEX];

	json_open(&l->json, NULL);
	json_text(&l->json, "name", str_of(x->name));
	if (x->folder) {
		json_bool(&l->json, "can_put", x->can_put);
	} else {
		code_hex(hex, x->sha256, 32);
		json_int(&l->json, "size", x->size);
		json_stamp(&l->json, "modified", x->modified_s);
		json_text(&l->json, "sha256", str_of(hex));
		json_bool(&l->json, "can_remove", x->can_remove);
	}
	json_end(&l->json);
}

static void
row_html(struct listing *l, const struct box_entry *x)
{
	char stamp[CIVIL_STAMP_SIZE];

	civil_stamp(stamp, x->modified_s);
	buf_c(l->to, "<tr><td><a href=\"/box/");
	if (l->folder[0] != '\0') {
		http_escape(l->to, str_of(l->folder));
		buf_byte(l->to, '/');
	}
	http_escape(l->to, str_of(x->name));
	buf_c(l->to, x->folder ? "/\">" : "\">");
	http_html(l->to, str_of(x->name));
	if (x->folder)
		buf_c(l->to, "/</a></td><td></td><td></td></tr>\n");
	else
		buf_fmt(l->to, "</a></td><td>%lld</td><td>%s</td></tr>\n", (long long)x->size,
		    stamp);
}

static bool
row(struct task *t, void *arg, const struct box_entry *x, struct err *e)
{
	struct listing *l = arg;

	(void)t;
	if (l->html)
		row_html(l, x);
	else
		row_json(l, x);
	return buf_ok(l->to) || err(e, ERR_TOO_BIG, "the list is too long");
}

static void
open_list(struct listing *l, const struct box *b)
{
	if (!l->html) {
		json_open(&l->json, NULL);
		json_text(&l->json, "party", str_of(b->code));
		if (l->folder[0] != '\0')
			json_text(&l->json, "folder", str_of(l->folder));
		json_list(&l->json, "items");
		return;
	}
	buf_c(l->to, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>");
	http_html(l->to, str_of(l->folder));
	buf_c(l->to, " - Busbar</title>\n<h1>");
	http_html(l->to, str_of(b->code));
	buf_c(l->to, ": /");
	http_html(l->to, str_of(l->folder));
	buf_c(l->to, "</h1>\n");
	if (l->folder[0] != '\0')
		buf_c(l->to, "<p><a href=\"/box/\">All folders</a></p>\n");
	buf_c(l->to, "<table>\n<tr><th>Name</th><th>Bytes</th><th>Changed (UTC)</th></tr>\n");
}

static bool
list(struct task *t, struct call *c, const char *folder, struct err *e)
{
	AUTO(buf) b = BUF(LIST_BYTES_MOST);
	struct listing l = { .to = &b, .json = json_to(&b), .folder = folder };
	char path[BOX_PATH_MOST];

	if (strchr(folder, '/') != NULL || folder[0] == '.' ||
	    !box_path(path, "/", str_of(folder), e))
		return err(e, ERR_NOT_FOUND, "there is no such folder");
	l.html = str_has(http_var(c->http, SCGI_ACCEPT), STR("text/html"));
	open_list(&l, call_box(c));
	if (!box_list(t, call_box(c), path, row, &l, e))
		return false;
	if (l.html) {
		buf_c(&b, "</table>\n</html>\n");
	} else {
		json_end(&l.json);
		json_end(&l.json);
		buf_byte(&b, '\n');
	}
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the list is too long");
	http_header(c->http, "Cache-Control", "no-store");
	http_header(c->http, "Vary", "Accept");
	return http_reply(t, c->http, 200,
	    l.html ? "text/html; charset=utf-8" : "application/json", buf_view(&b), e);
}

bool
box_root(struct task *t, struct call *c, struct err *e)
{
	return list(t, c, "", e);
}

bool
box_folder(struct task *t, struct call *c, struct err *e)
{
	return list(t, c, c->param[0], e);
}

bool
box_delete(struct task *t, struct call *c, struct err *e)
{
	char path[BOX_PATH_MOST];

	return box_call_path(path, c, e) && box_remove(t, call_box(c), path, e) &&
	       http_begin(t, c->http, 204, NULL, -1, e);
}

/* ---- the tables themselves, for whoever looks ---- */

bool
api_index(struct task *t, struct call *c, struct err *e)
{
	AUTO(buf) b = BUF(INDEX_MOST);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_list(&j, "items");
	for (size_t f = 0; api_families[f] != NULL; f++)
		for (size_t i = 0; i < *api_families[f]->n; i++) {
			const struct route *row = &api_families[f]->rows[i];

			json_open(&j, NULL);
			json_text(&j, "family", str_of(api_families[f]->name));
			json_text(&j, "method", str_of(row->method));
			json_text(&j, "path", str_of(row->path));
			json_text(&j, "does", str_of(row->does));
			json_end(&j);
		}
	json_end(&j);
	json_end(&j);
	buf_byte(&b, '\n');
	return http_reply(t, c->http, 200, "application/json", buf_view(&b), e);
}
