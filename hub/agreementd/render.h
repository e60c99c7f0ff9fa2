/*
 * A template with its fields, as plain text and as HTML, so that both say the same. Everything
 * is text: in HTML all of it is escaped, and only the marks below make tags.
 *
 *	Subject: {csp} asks for your readings	the first line
 *	# Heading
 *	Words of a paragraph, over several lines, until an empty one.
 *	* a point
 *	= Look at the request | {link}		a link of ours
 *	^ {code}				large
 *	?code * only where the field has a value
 *	!code * only where it has none
 *
 * {name} stands for a field. A name that nobody has is ERR_BUG, so that no mail goes out with a
 * hole; control characters of values become blanks.
 */
#ifndef AGREEMENTD_RENDER_H
#define AGREEMENTD_RENDER_H

#include "base/err.h"

enum { FIELDS_MOST = 40, RENDER_MOST = 256 * 1024, TEXT_COLUMNS = 72 };

struct field {
	const char *name;
	struct str value;
};

struct fields {
	struct field at[FIELDS_MOST];
	size_t n;
};

/* A field of that name from now on; at == NULL: without a value. Aborts when there are too
 * many.
 */
void fields_add(struct fields *f, const char *name, struct str value);

struct rendered {
	struct buf subject, text, html; /* html: what stands in its body */
	int headings;			/* so far */
};

#define RENDERED                                                                         \
	{                                                                                \
		.subject = BUF(1024), .text = BUF(RENDER_MOST), .html = BUF(RENDER_MOST) \
	}

void rendered_auto(struct rendered *r);
/* Appends; the Subject line may be missing in what comes later (a foot). */
bool render(struct rendered *to, struct str template, const struct fields *f, struct err *e);
/* The document around r->html, in a language ("en"). */
void render_page(struct buf *to, const struct rendered *r, const char *language);
void html_escape(struct buf *to, struct str text);

#endif
