/* Fields of forms; see fields.h. */
#include "fields.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

enum { VALUES = 14, OPTION_VALUES = 3, NAME_SIZE = 48 };

/* What is typed there is nobody's to read. */
static bool
secret(const struct field *r)
{
	return strcmp(r->type, "password") == 0 ||
	       (r->complete != NULL && strcmp(r->complete, "one-time-code") == 0);
}

static bool
is(const struct field *r, const char *type)
{
	return strcmp(r->type, type) == 0;
}

/* ---- what is wrong ---- */

static size_t
characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
	return n;
}

static enum text
number_wrong(const struct field *r, struct str value)
{
	int64_t n;

	return str_int64(value, &n) && n >= 0 && n <= r->most ? TEXTS : TEXT_WRONG_NUMBER;
}

static bool
is_choice(const struct field *r, struct str value)
{
	for (size_t i = 0; i < r->choice_count; i++)
		if (str_is(value, r->choices[i].value))
			return true;
	return r->choice_count == 0;
}

static enum text
field_wrong(const struct field *r, const struct form *f)
{
	struct str value = str_trim(form_get(f, r->name));
	int32_t day;

	if (value.len == 0)
		return r->missing;
	if (is(r, "number"))
		return number_wrong(r, value);
	if (is(r, "date"))
		return civil_read_date(value, &day) ? TEXTS : TEXT_WRONG_DATE;
	if (is(r, "checkbox"))
		return str_is(value, "1") ? TEXTS : TEXT_WRONG_PICK;
	if (is(r, "select"))
		return is_choice(r, value) ? TEXTS : TEXT_WRONG_PICK;
	return characters(value) <= (size_t)r->most ? TEXTS : TEXT_WRONG_LONG;
}

bool
fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST])
{
	bool ok = true;

	assert(n <= FIELDS_MOST);
	for (size_t i = 0; i < n; i++) {
		wrong[i] = field_wrong(&rows[i], f);
		ok = ok && wrong[i] == TEXTS;
	}
	return ok;
}

/* ---- what is shown ---- */

static const struct view_value *
value_of(const struct page *p, const char *name)
{
	for (size_t i = 0; i < p->view.n; i++)
		if (strcmp(p->view.at[i].name, name) == 0)
			return &p->view.at[i];
	return NULL;
}

static const char *
list_name(struct page *p, const char *prefix, const char *field)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof name, "%s-%s", prefix, field);
	return page_keep(p, str_of(name)).at;
}

bool
fields_options(struct page *p, const char *field, const struct field_option *options, size_t n,
    struct err *e)
{
	struct view *items = page_items(p, n, OPTION_VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		view_set(&items[i], "option", page_keep(p, options[i].value));
		view_set(&items[i], "name", page_keep(p, options[i].name));
		view_c(&items[i], "chosen", "");
	}
	view_list(&p->view, list_name(p, "options", field), items, n);
	return true;
}

void
fields_value(struct page *p, const struct field *field, struct str value)
{
	view_set(&p->view, list_name(p, "field", field->name), page_keep(p, value));
}

/* The field's choices with the one that is chosen. */
static bool
set_options(
    struct page *p, const struct field *r, struct view *to, struct str value, struct err *e)
{
	const struct view_value *given = value_of(p, list_name(p, "options", r->name));
	size_t n = r->choice_count > 0 ? r->choice_count : given != NULL ? given->n : 0;
	struct view *items = page_items(p, n, OPTION_VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str option = r->choice_count > 0 ? str_of(r->choices[i].value)
							: given->items[i].at[0].text;

		view_set(&items[i], "option", option);
		view_set(&items[i], "name",
		    r->choice_count > 0 ? text_of(p->language, r->choices[i].text)
					: given->items[i].at[1].text);
		view_c(&items[i], "chosen", value.len > 0 && str_eq(value, option) ? "1" : "");
	}
	view_list(to, "options", items, n);
	return true;
}

/* As it was filled in, or as the page has it. */
static struct str
shown(struct page *p, const struct field *r, const struct form *f)
{
	const struct view_value *v = value_of(p, list_name(p, "field", r->name));

	if (secret(r))
		return STR("");
	if (f != NULL)
		return form_get(f, r->name);
	return v != NULL ? v->text : STR("");
}

static bool
set_field(struct page *p, const struct field *r, const struct form *f, enum text wrong,
    struct view *v, struct err *e)
{
	static const char *const kinds[] = { "select", "textarea", "checkbox", "number" };
	struct str value = shown(p, r, f);
	bool input = true;

	for (size_t i = 0; i < nitems(kinds); i++) {
		view_c(v, kinds[i], is(r, kinds[i]) ? "1" : "");
		input = input && (!is(r, kinds[i]) || i == 3);
	}
	view_c(v, "input", input ? "1" : "");
	view_c(v, "field", r->name);
	view_c(v, "type", r->type);
	view_c(v, "complete", r->complete != NULL ? r->complete : "off");
	view_set(v, "most", page_number(p, r->most));
	view_set(v, "label", page_text(p, r->label));
	view_set(v, "hint", r->hint == TEXTS ? STR("") : page_text(p, r->hint));
	view_c(v, "must", r->missing != TEXTS ? "1" : "");
	view_set(v, "value", value);
	view_set(v, "bad", wrong != TEXTS ? page_text(p, wrong) : STR(""));
	if (is(r, "textarea"))
		view_set(v, "rows", page_number(p, r->rows > 0 ? r->rows : 4));
	return !is(r, "select") || set_options(p, r, v, value, e);
}

bool
fields_set(struct page *p, const char *list, const struct field *rows, size_t n,
    const struct form *f, const enum text *wrong, struct err *e)
{
	struct view *items = page_items(p, n, VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!set_field(p, &rows[i], f, wrong != NULL ? wrong[i] : TEXTS, &items[i], e))
			return false;
	view_list(&p->view, list, items, n);
	return true;
}
