/* What the address of a page about many premises asks for; see premises.h. */
#include "premises.h"

const struct db_field group_row_fields[3] = {
	DB_INT4(group_row, premise_group),
	DB_TEXT(group_row, name),
	DB_INT8(group_row, premises),
};

bool
group_chosen(struct str value, int64_t *to)
{
	value = str_trim(value);
	*to = GROUP_EVERY;
	return value.len == 0 ||
	       (str_int64(value, to) && *to >= GROUP_NONE && *to <= INT32_MAX);
}

void
premises_asked(struct page *p, struct premises_ask *to, enum text *wrong)
{
	struct str from = str_trim(page_query(p, "from")), till = str_trim(page_query(p, "to"));

	*wrong = TEXTS;
	*to = (struct premises_ask){ .from = DAY_NONE, .to = DAY_NONE };
	if (!group_chosen(page_query(p, "group"), &to->group))
		to->group = GROUP_EVERY;
	to->find = str_trim(page_query(p, "find"));
	if (to->find.len > FIND_MOST)
		to->find.len = 0;
	to->after = str_trim(page_query(p, "after"));
	if (from.len == 0 && till.len == 0)
		return;
	if (!civil_read_date(from, &to->from) || !civil_read_date(till, &to->to) ||
	    to->from > to->to || to->to - to->from >= PREMISES_DAYS_MOST) {
		*wrong = TEXT_WRONG_RANGE;
		to->from = to->to = DAY_NONE;
	}
}

struct param
premises_group(const struct premises_ask *a)
{
	if (a->group == GROUP_EVERY)
		return (struct param)P_NULL();
	return (struct param)P_INT4((int32_t)a->group);
}

bool
groups_choices(struct task *t, struct page *p, struct rows **keep,
    const struct field_choice *first, size_t n_first, struct field_choices *to, struct err *e)
{
	struct field_choice *at;
	struct group_row r;

	*keep = act_rows(t, p, SQL_PORTAL_GROUPS, ARGS(P_ME(p)), e);
	if (*keep == NULL)
		return false;
	at = arena_get(p->memory, (GROUPS_MOST + n_first) * sizeof *at);
	if (at == NULL)
		return err(e, ERR_BUSY, "no memory for a page");
	to->at = at;
	to->n = n_first;
	for (size_t i = 0; i < n_first; i++)
		at[i] = first[i];
	while (to->n < GROUPS_MOST + n_first && ROWS_NEXT(*keep, group_row_fields, &r)) {
		at[to->n].value = page_number(p, r.premise_group);
		at[to->n++].label = page_keep(p, r.name);
	}
	return true;
}
