/*
 * Pages from templates. A template is text in which tags name what belongs there; all that is
 * filled in is escaped, there is no other way.
 *
 *	{{name}}            a value
 *	{{@NAME}}           a text in the language of the page; {name} in it is a value
 *	{{?name}}…{{/}}     what is between, if the value is not empty (a list: has items)
 *	{{^name}}…{{/}}     … if it is
 *	{{*name}}…{{/}}     … once for each item of the list; names are looked for there first
 *	{{>file}}           another template
 *
 * A name that nobody gave a value, or a tag that is not closed, is a bug: ERR_BUG.
 */
#ifndef SYS_VIEW_H
#define SYS_VIEW_H

#include "base/err.h"

enum { VIEW_DEPTH_MOST = 12 };

struct view;
struct view_value {
	const char *name;
	struct str text;
	const struct view *items; /* of a list */
	size_t n;
};
struct view { /* the values that a template may name; `at` has room for `most` */
	const struct view *outer; /* of an item: the view that has the list */
	struct view_value *at;
	size_t n, most;
};

/* Where templates and texts come from: both NULL when there is none of that name. */
struct view_source {
	struct str (*file)(const void *arg, struct str name);
	struct str (*text)(const void *arg, struct str name);
	const void *arg;
};

/* Slices are borrowed until the page is made. A value with at == NULL is the empty one. */
void view_set(struct view *v, const char *name, struct str text);
void view_c(struct view *v, const char *name, const char *text);
void view_list(struct view *v, const char *name, const struct view *items, size_t n);

bool view_fill(struct buf *to, const char *file, const struct view *v,
    const struct view_source *from, struct err *e);
/* A text with its values, not escaped: for what goes into another value, or into no page. */
bool view_text(struct buf *to, struct str text, const struct view *v, struct err *e);

#endif
