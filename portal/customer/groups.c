/* Groups of a customer's premises: made, given another name, removed. */
#include "premises.h"

#include <string.h>

static const struct column columns[] = {
	{ TEXT_PREMISES_GROUP, false },
	{ TEXT_PREMISES_COUNT, true },
	{ TEXT_DEV_REMOVE, false },
};
static const struct field make_fields[] = {
	{ "name", "text", "off", GROUP_NAME_MOST, TEXT_GROUPS_NAME, TEXT_GROUPS_NAME_HINT,
	    TEXT_WRONG_GROUP_NAME },
};
static const struct field rename_fields[] = {
	{ "which", "select", "off", 10, TEXT_GROUPS_WHICH, TEXTS, TEXT_WRONG_GROUP },
	{ "new_name", "text", "off", GROUP_NAME_MOST, TEXT_GROUPS_NEW_NAME, TEXTS,
	    TEXT_WRONG_GROUP_NAME },
};
static const struct act_done dones[] = {
	{ "make", TEXT_GROUPS_MADE },
	{ "rename", TEXT_GROUPS_RENAMED },
	{ "remove", TEXT_GROUPS_REMOVED },
};

/* What was sent, and what is wrong with it. */
struct sent {
	const struct form *f;
	enum text make[FIELDS_MOST], rename[FIELDS_MOST];
};

static void
nothing_wrong(struct sent *s)
{
	for (size_t i = 0; i < FIELDS_MOST; i++)
		s->make[i] = s->rename[i] = TEXTS;
}

static bool
forms(struct page *p, const struct field_choices *which, const struct sent *s, struct err *e)
{
	struct view *make = page_items(p, 1, 1, e), *rename = page_items(p, 1, 1, e);

	if (make == NULL || rename == NULL)
		return false;
	make->outer = rename->outer = &p->view;
	view_list(&p->view, "make", make, 1);
	view_list(&p->view, "rename", rename, 1);
	return fields_put(p, make, "fields", make_fields, nitems(make_fields), NULL, 0, s->f,
		   s->make, e) &&
	       fields_put(p, rename, "fields", rename_fields, nitems(rename_fields), which, 1,
		   s->f, s->rename, e);
}

static bool
show(struct task *t, struct page *p, int status, const struct sent *s, struct err *e)
{
	struct field_choices which = { .field = "which" };
	AUTO_PTR(rows) rows = NULL;
	struct field_choice *at;
	struct group_row r;
	struct listing l;

	view_set(&p->view, "group", STR(""));
	rows = act_rows(t, p, SQL_PORTAL_GROUPS, ARGS(P_ME(p)), e);
	if (rows == NULL ||
	    (at = arena_get(p->memory, (rows_count(rows) + 1) * sizeof *at)) == NULL ||
	    !listing_begin(&l, p, "groups", TEXT_PREMISES_GROUPS, columns, nitems(columns),
		rows_count(rows), e))
		return rows != NULL && err(e, ERR_BUSY, "no memory for a page");
	while (ROWS_NEXT(rows, group_row_fields, &r)) {
		at[which.n].value = page_number(p, r.premise_group);
		at[which.n++].label = page_keep(p, r.name);
		listing_row(&l);
		listing_link(&l, r.name, "/premises?group=%d", (int)r.premise_group);
		listing_number(&l, r.premises);
		listing_text(&l, STR(""));
		view_set(&p->view, "group", page_keep(p, r.name));
		listing_button(&l, "remove", page_number(p, r.premise_group),
		    page_text(p, TEXT_GROUPS_REMOVE), true);
	}
	which.at = at;
	view_c(&p->view, "some", which.n > 0 ? "1" : "");
	return listing_end(&l, TEXT_GROUPS_NONE, TEXT_GROUPS_NONE_SAYS, e) &&
	       forms(p, &which, s, e) && page_send(t, p, status, "premise_groups.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	struct sent s = { 0 };

	nothing_wrong(&s);
	act_page(p, dones, nitems(dones));
	return show(t, p, 200, &s, e);
}

/* The status of what is shown; 200: it was done, and *done says what. */
static int
change(struct task *t, struct page *p, struct sent *s, const char **done, struct err *e)
{
	const struct form *f = s->f;
	int64_t group;

	if (str_is(form_get(f, "do"), "make")) {
		*done = "make";
		if (!fields_check(make_fields, nitems(make_fields), f, s->make))
			return act_wrong(p, TEXT_WRONG_SEE);
		return act_do(t, p, SQL_PORTAL_GROUP_MAKE,
		    ARGS(P_ME(p), P_STR(str_trim(form_get(f, "name")))), e);
	}
	if (str_is(form_get(f, "do"), "rename")) {
		*done = "rename";
		if (!fields_check(rename_fields, nitems(rename_fields), f, s->rename))
			return act_wrong(p, TEXT_WRONG_SEE);
		if (!group_chosen(form_get(f, "which"), &group))
			return act_wrong(p, TEXT_WRONG_FORM);
		return act_do(t, p, SQL_PORTAL_GROUP_RENAME,
		    ARGS(P_ME(p), P_INT4((int32_t)group),
			P_STR(str_trim(form_get(f, "new_name")))),
		    e);
	}
	*done = "remove";
	if (!group_chosen(form_get(f, "remove"), &group))
		return act_wrong(p, TEXT_WRONG_FORM);
	return act_do(t, p, SQL_PORTAL_GROUP_REMOVE, ARGS(P_ME(p), P_INT4((int32_t)group)), e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct sent s = { 0 };
	const char *done;
	enum text wrong;
	struct form *f;
	int status;

	nothing_wrong(&s);
	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), &s, e);
	s.f = f;
	status = change(t, p, &s, &done, e);
	if (status != 200)
		return status != 0 && show(t, p, status, &s, e);
	return act_go(t, p, done, e, "/premises/groups");
}

bool
groups_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
groups_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
