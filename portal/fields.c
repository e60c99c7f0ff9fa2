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

/* A character that no field holds: of control (a textarea has lines), or one that turns round
 * the text behind it, so that it reads as what it is not. */
static bool
unwanted(struct str at, size_t len, bool lines)
{
	const unsigned char *c = (const unsigned char *)at.at;

	if (len == 1)
		return c[0] == 0x7f ||
		       (c[0] < ' ' &&
			   !(lines && (c[0] == '\n' || c[0] == '\r' || c[0] == '\t')));
	if (len == 2)
		return c[0] == 0xc2 && c[1] < 0xa0; /* U+0080 to U+009F */
	return len == 3 && c[0] == 0xe2 &&
	       ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||   /* U+202A to U+202E */
		   (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)); /* U+2066 to U+2069 */
}

/* As browsers count against maxlength: units of UTF-16, an end of line as one. */
static enum text
check_signs(const struct field *r, struct str value)
{
	bool lines = strcmp(r->type, "textarea") == 0;
	int n = 0;

	while (value.len > 0) {
		size_t len = str_utf8_char(value);

		if (len == 0 || unwanted(value, len, lines))
			return TEXT_WRONG_SIGNS;
		n += len == 4 ? 2 : value.at[0] == '\r' ? 0 : 1;
		value = (struct str){ value.at + len, value.len - len };
	}
	return r->most > 0 && n > r->most ? TEXT_WRONG_LONG : TEXTS;
}

/* Texts of boxes and choices are looked at by who knows the choices, files by who reads them.
 */
static enum text
check_one(const struct field *r, const struct form *f)
{
	struct str value = form_get(f, r->name);

	if (strcmp(r->type, "checks") == 0)
		return any_box(f, r->name) ? TEXTS : r->missing;
	if (str_trim(value).len == 0)
		return r->missing;
	return strcmp(r->type, "file") == 0 ? TEXTS : check_signs(r, value);
}

bool
fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST])
{
	bool ok = true;

	assert(n <= FIELDS_MOST);
	for (size_t i = 0; i < n; i++) {
		wrong[i] = check_one(&rows[i], f);
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

/* What was typed, without what no field holds. */
static struct str
shown_again(struct page *p, const struct field *r, const struct form *f)
{
	struct str typed = form_get(f, r->name);
	char *to = arena_get(p->memory, typed.len + 1);
	bool lines = strcmp(r->type, "textarea") == 0;
	size_t n = 0;

	for (size_t len; to != NULL && typed.len > 0; typed.at += len, typed.len -= len) {
		if ((len = str_utf8_char(typed)) == 0)
			break;
		if (!unwanted(typed, len, lines)) {
			memcpy(to + n, typed.at, len);
			n += len;
		}
	}
	return to == NULL ? STR("") : (struct str){ to, n };
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
	view_set(v, "value", f == NULL || secret(r) ? STR("") : shown_again(p, r, f));
	view_set(v, "bad", wrong != TEXTS ? page_text(p, wrong) : STR(""));
	return put_options(p, v, r, choices, f, e);
}

bool
fields_put(struct page *p, struct view *to, const char *list, const struct field *rows,
    size_t n, const struct field_choices *choices, size_t n_choices, const struct form *f,
    const enum text *wrong, struct err *e)
{
	struct view *items = page_items(p, n, VALUES, e);
	size_t shown = 0;

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct field_choices *of = NULL;

		if (strcmp(rows[i].type, "hidden") == 0)
			continue; /* what is not typed */
		for (size_t k = 0; k < n_choices; k++)
			if (strcmp(choices[k].field, rows[i].name) == 0)
				of = &choices[k];
		items[shown].outer = to;
		if (!put(p, &items[shown++], &rows[i], of, f, wrong == NULL ? TEXTS : wrong[i],
			e))
			return false;
	}
	view_list(to, list, items, shown);
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
