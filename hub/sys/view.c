/* Templates; see view.h. */
#include "sys/view.h"

#include <assert.h>
#include <string.h>

#include "sys/http.h"

struct filling {
	struct buf *to;
	const struct view_source *from;
	unsigned depth;
};

static void
set(struct view *v, struct view_value value)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->at[i].name, value.name) == 0) {
			v->at[i] = value;
			return;
		}
	assert(v->n < v->most);
	v->at[v->n++] = value;
}

void
view_set(struct view *v, const char *name, struct str text)
{
	set(v, (struct view_value){ .name = name, .text = text });
}

void
view_c(struct view *v, const char *name, const char *text)
{
	view_set(v, name, str_of(text));
}

void
view_list(struct view *v, const char *name, const struct view *items, size_t n)
{
	set(v, (struct view_value){ .name = name, .items = items, .n = n });
}

static const struct view_value *
find(const struct view *v, struct str name)
{
	for (; v != NULL; v = v->outer)
		for (size_t i = 0; i < v->n; i++)
			if (str_is(name, v->at[i].name))
				return &v->at[i];
	return NULL;
}

static const struct view_value *
value_of(const struct view *v, struct str name, struct err *e)
{
	const struct view_value *x = find(v, name);

	if (x == NULL)
		err(e, ERR_BUG, "a page names \"" STR_FMT "\", which has no value",
		    STR_ARG(name));
	return x;
}

bool
view_text(struct buf *to, struct str text, const struct view *v, struct err *e)
{
	struct str piece, name;

	while (str_cut(text, '{', &piece, &text)) {
		const struct view_value *x;

		buf_str(to, piece);
		if (!str_cut(text, '}', &name, &text))
			return err(e, ERR_BUG, "a text has \"{\" without \"}\"");
		x = value_of(v, name, e);
		if (x == NULL)
			return false;
		buf_str(to, x->text);
	}
	buf_str(to, piece);
	return true;
}

/* ---- tags ---- */

struct tag {
	char kind; /* '=', '@', '?', '^', '*', '>', '/' */
	struct str name;
};

/* Cuts *rest behind the next tag; *before it. False without one: *before is all. */
static bool
next_tag(struct str *rest, struct str *before, struct tag *tag, struct err *e)
{
	const char *open = memmem(rest->at, rest->len, "{{", 2), *shut;
	size_t left;

	tag->kind = '\0';
	if (open == NULL) {
		*before = *rest;
		*rest = STR("");
		return false;
	}
	*before = (struct str){ rest->at, (size_t)(open - rest->at) };
	left = rest->len - before->len - 2;
	shut = memmem(open + 2, left, "}}", 2);
	if (shut == NULL || shut == open + 2)
		return err(e, ERR_BUG, "a template has a tag that is not closed");
	tag->name = (struct str){ open + 2, (size_t)(shut - open - 2) };
	tag->kind = '=';
	if (strchr("@?^*>/", tag->name.at[0]) != NULL) {
		tag->kind = tag->name.at[0];
		tag->name.at++;
		tag->name.len--;
	}
	*rest = (struct str){ shut + 2, left - (size_t)(shut - open - 2) - 2 };
	return true;
}

/* What is up to the {{/}} of a tag that was just read; *rest goes on behind it. */
static bool
inside(struct str *rest, struct str *body, struct err *e)
{
	const char *from = rest->at;
	unsigned depth = 1;
	struct str before;
	struct tag tag;

	while (next_tag(rest, &before, &tag, e)) {
		if (strchr("?^*", tag.kind) != NULL)
			depth++;
		if (tag.kind == '/' && --depth == 0) {
			*body = (struct str){ from, (size_t)(before.at + before.len - from) };
			return true;
		}
	}
	return err(e, ERR_BUG, "a template has a part without an end");
}

static bool fill(struct filling *f, struct str text, const struct view *v, struct err *e);

static bool
fill_part(struct filling *f, const struct tag *tag, struct str body, const struct view *v,
    struct err *e)
{
	const struct view_value *x = value_of(v, tag->name, e);
	bool there;

	if (x == NULL)
		return false;
	there = x->text.len > 0 || x->n > 0;
	if (tag->kind == '?')
		return !there || fill(f, body, v, e);
	if (tag->kind == '^')
		return there || fill(f, body, v, e);
	for (size_t i = 0; i < x->n; i++)
		if (!fill(f, body, &x->items[i], e))
			return false;
	return true;
}

static bool
fill_text(struct filling *f, struct str name, const struct view *v, struct err *e)
{
	AUTO(buf) plain = BUF(16 * 1024);
	struct str text = f->from->text(f->from->arg, name);

	if (text.at == NULL)
		return err(e, ERR_BUG, "there is no text \"" STR_FMT "\"", STR_ARG(name));
	if (!view_text(&plain, text, v, e))
		return false;
	http_html(f->to, buf_view(&plain));
	return buf_ok(&plain) || err(e, ERR_BUG, "a text is too long");
}

static bool
fill_file(struct filling *f, struct str name, const struct view *v, struct err *e)
{
	struct str text = f->from->file(f->from->arg, name);

	if (text.at == NULL)
		return err(e, ERR_BUG, "there is no template \"" STR_FMT "\"", STR_ARG(name));
	return fill(f, text, v, e);
}

static bool
fill_tag(struct filling *f, const struct tag *tag, struct str *rest, const struct view *v,
    struct err *e)
{
	const struct view_value *x;
	struct str body;

	switch (tag->kind) {
	case '=':
		x = value_of(v, tag->name, e);
		if (x != NULL)
			http_html(f->to, x->text);
		return x != NULL;
	case '@':
		return fill_text(f, tag->name, v, e);
	case '>':
		return fill_file(f, tag->name, v, e);
	case '/':
		return err(e, ERR_BUG, "a template has an end without a part");
	default:
		return inside(rest, &body, e) && fill_part(f, tag, body, v, e);
	}
}

static bool
fill(struct filling *f, struct str text, const struct view *v, struct err *e)
{
	struct str before;
	struct tag tag;
	bool more, ok = true;

	if (++f->depth > VIEW_DEPTH_MOST)
		return err(e, ERR_BUG, "templates hold one another");
	do {
		struct err bad = { 0 };

		more = next_tag(&text, &before, &tag, &bad);
		if (bad.code != ERR_NONE)
			return err(e, ERR_BUG, "%s", bad.text);
		buf_str(f->to, before);
		ok = !more || fill_tag(f, &tag, &text, v, e);
	} while (more && ok);
	f->depth--;
	return ok;
}

bool
view_fill(struct buf *to, const char *file, const struct view *v,
    const struct view_source *from, struct err *e)
{
	struct filling f = { .to = to, .from = from };

	if (!fill_file(&f, str_of(file), v, e))
		return false;
	return buf_ok(to) || err(e, ERR_TOO_BIG, "the page is too long");
}
