/* Fields of forms; see fields.h. */
#include "fields.h"

#include <assert.h>
#include <string.h>

enum { VALUES = 9 };

bool
fields_check(
    const struct field *rows, size_t n, const struct form *f, enum text wrong[FIELDS_MOST])
{
	bool ok = true;

	assert(n <= FIELDS_MOST);
	for (size_t i = 0; i < n; i++) {
		wrong[i] =
		    str_trim(form_get(f, rows[i].name)).len == 0 ? rows[i].missing : TEXTS;
		ok = ok && wrong[i] == TEXTS;
	}
	return ok;
}

/* What is typed there is nobody's to read. */
static bool
secret(const struct field *r)
{
	return strcmp(r->type, "password") == 0 || strcmp(r->complete, "one-time-code") == 0;
}

bool
fields_set(struct page *p, const char *list, const struct field *rows, size_t n,
    const struct form *f, const enum text *wrong, struct err *e)
{
	struct view *items = page_items(p, n, VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct field *r = &rows[i];
		struct view *v = &items[i];
		bool bad = wrong != NULL && wrong[i] != TEXTS;

		view_c(v, "name", r->name);
		view_c(v, "type", r->type);
		view_c(v, "complete", r->complete);
		view_set(v, "most", page_number(p, r->most));
		view_set(v, "label", text_of(p->language, r->label));
		view_set(v, "hint", r->hint == TEXTS ? STR("") : page_text(p, r->hint));
		view_c(v, "must", r->missing != TEXTS ? "1" : "");
		view_set(v, "value", f == NULL || secret(r) ? STR("") : form_get(f, r->name));
		view_set(v, "bad", bad ? page_text(p, wrong[i]) : STR(""));
	}
	view_list(&p->view, list, items, n);
	return true;
}
