/* Fields of forms; see fields.h. */
#include "fields.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { VALUES = 20, OPTION_VALUES = 4, NAME_SIZE = 64 };

/* How a type is shown; all others are a line that is typed. */
static const struct {
	const char *type, *shown;
} kinds[] = {
	{ "select", "choice" },
	{ "checks", "group" },
	{ "textarea", "area" },
	{ "file", "upload" },
	{ "tick", "tick" },
};

static const char *
shown_as(const struct field *r)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (strcmp(r->type, kinds[i].type) == 0)
			return kinds[i].shown;
	return "typed";
}

static struct str
box_of(const struct form *f, const char *field, struct str value)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof name, "%s-" STR_FMT, field, STR_ARG(value));
	return form_get(f, name);
}

static bool
any_box(const struct form *f, const char *field)
{
	char start[NAME_SIZE];

	snprintf(start, sizeof start, "%s-", field);
	for (size_t i = 0; i < f->n; i++)
		if (str_starts(f->at[i].name, start))
			return true;
	return false;
}

bool
fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST])
{
	bool ok = true;

	assert(n <= FIELDS_MOST);
	for (size_t i = 0; i < n; i++) {
		bool there = strcmp(rows[i].type, "checks") == 0
				 ? any_box(f, rows[i].name)
				 : str_trim(form_get(f, rows[i].name)).len > 0;

		wrong[i] = there ? TEXTS : rows[i].missing;
		ok = ok && wrong[i] == TEXTS;
	}
	return ok;
}

/* What is typed there is nobody's to read; a file cannot be given back. */
static bool
secret(const struct field *r)
{
	return strcmp(r->type, "password") == 0 || strcmp(r->type, "file") == 0 ||
	       strcmp(r->complete, "one-time-code") == 0;
}

static bool
put_options(struct page *p, struct view *v, const struct field *r,
    const struct field_choices *choices, const struct form *f, struct err *e)
{
	size_t n = choices == NULL ? 0 : choices->n;
	struct view *items = page_items(p, n, OPTION_VALUES, e);
	bool boxes = strcmp(r->type, "checks") == 0;

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct field_choice *x = &choices->at[i];
		bool chosen = f != NULL && (boxes ? box_of(f, r->name, x->value).len > 0
						  : str_eq(form_get(f, r->name), x->value));

		items[i].outer = v;
		view_set(&items[i], "option", x->value);
		view_set(&items[i], "says", x->label);
		view_c(&items[i], "chosen", chosen ? "1" : "");
	}
	view_list(v, "options", items, n);
	return true;
}

static bool
put(struct page *p, struct view *v, const struct field *r, const struct field_choices *choices,
    const struct form *f, enum text wrong, struct err *e)
{
	const char *shown = shown_as(r);
	bool number = strcmp(r->type, "number") == 0;

	for (size_t i = 0; i < nitems(kinds); i++)
		view_c(v, kinds[i].shown, strcmp(shown, kinds[i].shown) == 0 ? "1" : "");
	view_c(v, "typed", strcmp(shown, "typed") == 0 ? "1" : "");
	view_c(v, "name", r->name);
	view_c(v, "type", number ? "text" : r->type);
	view_c(v, "digits", number ? "1" : "");
	view_c(v, "complete", r->complete);
	view_set(v, "most", page_number(p, r->most));
	view_set(v, "label", page_text(p, r->label));
	view_set(v, "hint", r->hint == TEXTS ? STR("") : page_text(p, r->hint));
	view_c(v, "must", r->missing != TEXTS ? "1" : "");
	view_set(v, "value", f == NULL || secret(r) ? STR("") : form_get(f, r->name));
	view_set(v, "bad", wrong != TEXTS ? page_text(p, wrong) : STR(""));
	return put_options(p, v, r, choices, f, e);
}

bool
fields_put(struct page *p, struct view *to, const char *list, const struct field *rows,
    size_t n, const struct field_choices *choices, size_t n_choices, const struct form *f,
    const enum text *wrong, struct err *e)
{
	struct view *items = page_items(p, n, VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct field_choices *of = NULL;

		for (size_t k = 0; k < n_choices; k++)
			if (strcmp(choices[k].field, rows[i].name) == 0)
				of = &choices[k];
		items[i].outer = to;
		if (!put(p, &items[i], &rows[i], of, f, wrong == NULL ? TEXTS : wrong[i], e))
			return false;
	}
	view_list(to, list, items, n);
	return true;
}

bool
fields_set(struct page *p, const char *list, const struct field *rows, size_t n,
    const struct form *f, const enum text *wrong, struct err *e)
{
	return fields_put(p, &p->view, list, rows, n, NULL, 0, f, wrong, e);
}

struct form *
fields_preset(struct page *p, const struct field_preset *rows, size_t n, struct err *e)
{
	struct form *f = page_form_room(p, e);

	assert(n <= FORM_FIELDS_MOST);
	for (size_t i = 0; f != NULL && i < n; i++) {
		f->at[i].name = str_of(rows[i].name);
		f->at[i].value = str_of(rows[i].value);
		f->n = i + 1;
	}
	return f;
}

size_t
fields_checked(const struct form *f, const char *field, const struct field_choice *at, size_t n,
    struct str *to)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (box_of(f, field, at[i].value).len > 0)
			to[found++] = at[i].value;
	return found;
}

struct str
fields_chosen(const struct form *f, const char *field, const struct field_choice *at, size_t n)
{
	struct str said = form_get(f, field);

	for (size_t i = 0; i < n; i++)
		if (str_eq(said, at[i].value))
			return at[i].value;
	return STR("");
}

const struct form *
fields_query(struct page *p)
{
	struct err e = { 0 };
	struct form *f = page_form_room(p, &e);

	return f != NULL && form_parse(f, p->call->http->query, &e) ? f : NULL;
}
