#include "render.h"

#include <assert.h>
#include <string.h>

enum { LINE_MOST = 16 * 1024 };

void
fields_add(struct fields *f, const char *name, struct str value)
{
	assert(f->n < FIELDS_MOST);
	f->at[f->n++] = (struct field){ name, value };
}

void
rendered_auto(struct rendered *r)
{
	buf_auto(&r->subject);
	buf_auto(&r->text);
	buf_auto(&r->html);
}

void
html_escape(struct buf *to, struct str text)
{
	static const struct {
		char c;
		const char *as;
	} marks[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" } };

	for (size_t i = 0; i < text.len; i++) {
		const char *as = NULL;

		for (size_t m = 0; m < nitems(marks); m++)
			if (text.at[i] == marks[m].c)
				as = marks[m].as;
		if (as != NULL)
			buf_c(to, as);
		else
			buf_byte(to, text.at[i]);
	}
}

/* ---- fields ---- */

static const struct field *
field_of(const struct fields *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_is(name, f->at[i].name))
			return &f->at[i];
	return NULL;
}

static void
put_value(struct buf *to, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		buf_byte(to, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

/* The line with its fields filled in. */
static bool
fill(struct buf *to, struct str line, const struct fields *f, struct err *e)
{
	struct str before, name;
	const struct field *x;

	while (str_cut(line, '{', &before, &line)) {
		buf_str(to, before);
		if (!str_cut(line, '}', &name, &line))
			return err(e, ERR_BUG, "a field of a mail's text is not closed");
		x = field_of(f, name);
		if (x == NULL)
			return err(e, ERR_BUG,
			    "a mail's text names \"" STR_FMT "\", which is no field",
			    STR_ARG(name));
		put_value(to, x->value);
	}
	buf_str(to, before);
	return true;
}

/* ---- what lines become ---- */

/* Plain text in lines of TEXT_COLUMNS; what follows the first line is indented. Characters, not
 * bytes, are counted. */
static void
wrap(struct buf *to, struct str text, const char *first, const char *later)
{
	size_t column = strlen(first);
	struct str word, rest = text;
	bool more = true, begun = false;

	buf_c(to, first);
	while (more) {
		size_t wide = 0;

		more = str_cut(rest, ' ', &word, &rest);
		if (word.len == 0)
			continue;
		for (size_t i = 0; i < word.len; i++)
			wide += ((unsigned char)word.at[i] & 0xC0) != 0x80;
		if (begun && column + 1 + wide > TEXT_COLUMNS) {
			buf_byte(to, '\n');
			buf_c(to, later);
			column = strlen(later);
		} else if (begun) {
			buf_byte(to, ' ');
			column++;
		}
		buf_str(to, word);
		column += wide;
		begun = true;
	}
	buf_byte(to, '\n');
}

enum kind { PARAGRAPH, HEADING, POINT, LINK, LARGE };

struct page {
	struct rendered *to;
	const struct fields *f;
	struct buf paragraph; /* of which lines are being gathered */
	bool points;	      /* a list is open */
};

static void
close_points(struct page *p)
{
	if (p->points) {
		buf_c(&p->to->html, "</ul>\n");
		buf_byte(&p->to->text, '\n');
	}
	p->points = false;
}

static void
close_paragraph(struct page *p)
{
	if (p->paragraph.len > 0) {
		wrap(&p->to->text, buf_view(&p->paragraph), "", "");
		buf_byte(&p->to->text, '\n');
		buf_c(&p->to->html, "<p>");
		html_escape(&p->to->html, buf_view(&p->paragraph));
		buf_c(&p->to->html, "</p>\n");
	}
	buf_reset(&p->paragraph);
}

static void
put_tag(struct buf *to, const char *before, struct str text, const char *after)
{
	buf_c(to, before);
	html_escape(to, text);
	buf_c(to, after);
}

static void
put_heading(struct page *p, struct str text)
{
	struct buf *t = &p->to->text;
	size_t from = t->len;

	wrap(t, text, "", "");
	for (size_t i = from, n = t->len; i + 1 < n && i < from + TEXT_COLUMNS; i++)
		if (((unsigned char)t->at[i] & 0xC0) != 0x80)
			buf_byte(t, '=');
	buf_c(t, "\n\n");
	if (p->to->headings++ == 0)
		put_tag(&p->to->html, "<h1 style=\"font-size:1.4em\">", text, "</h1>\n");
	else
		put_tag(&p->to->html, "<h2 style=\"font-size:1.1em;margin-top:2em\">", text,
		    "</h2>\n");
}

static void
put_point(struct page *p, struct str text)
{
	if (!p->points)
		buf_c(&p->to->html, "<ul>\n");
	p->points = true;
	wrap(&p->to->text, text, "  * ", "    ");
	put_tag(&p->to->html, "<li>", text, "</li>\n");
}

/* The address stands on a line of its own in the text, so that no program cuts it. */
static void
put_link(struct page *p, struct str text)
{
	struct str words, url;

	str_cut(text, '|', &words, &url);
	words = str_trim(words);
	url = str_trim(url);
	wrap(&p->to->text, words, "", "");
	buf_fmt(&p->to->text, "  " STR_FMT "\n\n", STR_ARG(url));
	/* what the mail is for is a button; what stands below it is not */
	put_tag(&p->to->html, "<p><a href=\"", url,
	    p->to->headings > 1
		? "\" style=\"color:#0b5d4a\">"
		: "\" style=\"display:inline-block;padding:.6em 1em;background:#0b5d4a;"
		  "color:#ffffff;font-weight:bold;text-decoration:none;border-radius:8px\">");
	put_tag(&p->to->html, "", words, "</a></p>\n");
}

static void
put_large(struct page *p, struct str text)
{
	buf_fmt(&p->to->text, "    " STR_FMT "\n\n", STR_ARG(text));
	put_tag(&p->to->html, "<p style=\"font-size:1.6em;letter-spacing:.15em\"><b>", text,
	    "</b></p>\n");
}

static const struct {
	char mark;
	void (*put)(struct page *p, struct str text);
	bool point;
} forms[] = { { '#', put_heading, false }, { '*', put_point, true }, { '=', put_link, false },
	{ '^', put_large, false } };

static void
put_line(struct page *p, char mark, struct str text)
{
	for (size_t i = 0; i < nitems(forms); i++) {
		if (mark != forms[i].mark)
			continue;
		close_paragraph(p);
		if (!forms[i].point)
			close_points(p);
		forms[i].put(p, text);
		return;
	}
	close_points(p);
	buf_c(&p->paragraph, p->paragraph.len > 0 ? " " : "");
	buf_str(&p->paragraph, text);
}

static bool
is_mark(char c)
{
	for (size_t i = 0; i < nitems(forms); i++)
		if (c == forms[i].mark)
			return true;
	return false;
}

/* ---- lines ---- */

/* "?name " or "!name " in front: whether the line counts. */
static bool
condition(struct page *p, struct str *line, bool *counts, struct err *e)
{
	bool wants;
	struct str name;
	const struct field *x;

	*counts = true;
	if (line->len == 0 || (line->at[0] != '?' && line->at[0] != '!'))
		return true;
	wants = line->at[0] == '?';
	str_cut((struct str){ line->at + 1, line->len - 1 }, ' ', &name, line);
	x = field_of(p->f, name);
	if (x == NULL)
		return err(e, ERR_BUG,
		    "a mail's text asks for \"" STR_FMT "\", which is no field", STR_ARG(name));
	*counts = (x->value.len > 0) == wants;
	return true;
}

static bool
one_line(struct page *p, struct str line, struct err *e)
{
	AUTO(buf) filled = BUF(LINE_MOST);
	char mark = '\0';

	if (line.len == 0) {
		close_paragraph(p);
		close_points(p);
		return true;
	}
	if (line.len > 1 && is_mark(line.at[0]) && line.at[1] == ' ') {
		mark = line.at[0];
		line = (struct str){ line.at + 2, line.len - 2 };
	}
	if (!fill(&filled, line, p->f, e))
		return false;
	put_line(p, mark, buf_view(&filled));
	return buf_ok(&filled) || err(e, ERR_TOO_BIG, "a line of a mail is too long");
}

bool
render(struct rendered *to, struct str template, const struct fields *f, struct err *e)
{
	struct page p = { .to = to, .f = f, .paragraph = BUF(LINE_MOST) };
	struct str line, rest = template;
	bool more = true, ok = true, counts;

	while (more && ok) {
		more = str_cut(rest, '\n', &line, &rest);
		ok = condition(&p, &line, &counts, e);
		if (!ok || !counts)
			continue;
		if (str_starts(line, "Subject: "))
			ok =
			    fill(&to->subject, (struct str){ line.at + 9, line.len - 9 }, f, e);
		else
			ok = one_line(&p, line, e);
	}
	close_paragraph(&p);
	close_points(&p);
	if (ok && (!buf_ok(&to->subject) || !buf_ok(&to->text) || !buf_ok(&to->html) ||
		      !buf_ok(&p.paragraph)))
		ok = err(e, ERR_TOO_BIG, "the mail is too long");
	buf_auto(&p.paragraph);
	return ok;
}

void
render_page(struct buf *to, const struct rendered *r, const char *language)
{
	buf_fmt(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	    language);
	buf_c(to, "<meta name=\"viewport\" content=\"width=device-width\">\n");
	put_tag(to, "<title>", buf_view(&r->subject), "</title>\n");
	buf_c(to, "</head>\n<body style=\"margin:0;padding:1em;max-width:38em;"
		  "font-family:sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;"
		  "background:#ffffff\">\n<div role=\"main\">\n");
	buf_str(to, buf_view(&r->html));
	buf_c(to, "</div>\n</body>\n</html>\n");
}
