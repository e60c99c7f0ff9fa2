/* States in words; see box.h. */
#include "box.h"

const struct box_word box_states[] = {
	{ "ACTIVE", TEXT_IS_ACTIVE },
	{ "PAUSED", TEXT_IS_PAUSED },
	{ "ENDED", TEXT_IS_ENDED },
	{ "DUE", TEXT_IS_DUE },
	{ "BUILDING", TEXT_IS_BUILDING },
	{ "BUILT", TEXT_IS_BUILT },
	{ "DELIVERED", TEXT_IS_DELIVERED },
	{ "EMPTY", TEXT_IS_EMPTY },
	{ "FAILED", TEXT_IS_FAILED },
	{ "CANCELLED", TEXT_IS_CANCELLED },
	{ "WITHDRAWN", TEXT_IS_WITHDRAWN },
	{ "UNPROVEN", TEXT_IS_UNPROVEN },
	{ "PROVEN", TEXT_IS_PROVEN },
	{ "DEAD", TEXT_IS_DEAD },
};
const size_t box_state_count = nitems(box_states);

struct str
box_says(struct page *p, const struct box_word *rows, size_t n, struct str is)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(is, rows[i].is))
			return text_of(p->language, rows[i].text);
	return page_keep(p, is);
}

bool
box_choices(struct page *p, struct field_choices *to, const char *field,
    const struct box_word *rows, size_t n, bool any, struct err *e)
{
	struct field_choice *at = arena_get(p->memory, (n + 1) * sizeof *at);
	size_t used = 0;

	if (at == NULL)
		return err(e, ERR_BUSY, "no memory for choices");
	if (any)
		at[used++] =
		    (struct field_choice){ STR(""), text_of(p->language, TEXT_FILTER_ANY) };
	for (size_t i = 0; i < n; i++)
		at[used++] = (struct field_choice){ str_of(rows[i].is),
			text_of(p->language, rows[i].text) };
	*to = (struct field_choices){ field, at, used };
	return true;
}
