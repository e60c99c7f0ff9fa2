/*
 * Customers with many premises. What a page is asked for stands in its address: a group, a
 * range of days, a text to look for.
 *
 *   premises.c        all of them: totals by group, each by itself, moved between groups
 *   premises_ask.c    what the address asks for
 *   groups.c          groups are made, renamed, removed
 *   access.c          who has access to many, and the end of that at once
 */
#ifndef PORTAL_CUSTOMER_PREMISES_H
#define PORTAL_CUSTOMER_PREMISES_H

#include "act.h"
#include "figures.h"
#include "listing.h"

enum { GROUPS_MOST = 250, PREMISES_DAYS_MOST = 400, FIND_MOST = 100, GROUP_NAME_MOST = 60 };
enum { GROUP_EVERY = -1, GROUP_NONE = 0 };

struct premises_ask {
	int32_t from, to; /* DAY_NONE: the last thirty days that there may be reads of */
	int64_t group;	  /* its number, GROUP_EVERY, GROUP_NONE */
	struct str find, after;
};
/* What is not understood is as if it were not there; *wrong: TEXTS, or of the days. */
void premises_asked(struct page *p, struct premises_ask *to, enum text *wrong);
/* The group of the address as a parameter of a statement. */
struct param premises_group(const struct premises_ask *a);

struct group_row {
	int32_t premise_group;
	struct str name;
	int64_t premises;
};
extern const struct db_field group_row_fields[3];
/* The choices of a field: those behind what is there already, n of them. *keep has the names.
 */
bool groups_choices(struct task *t, struct page *p, struct rows **keep,
    const struct field_choice *first, size_t n_first, struct field_choices *to, struct err *e);
/* The number of a group that was chosen in a form: GROUP_NONE, GROUP_EVERY; false: neither. */
bool group_chosen(struct str value, int64_t *to);

#endif
