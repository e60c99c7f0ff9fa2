/*
 * Who has access to many premises, and the end of that at once: of a third party or of all, at
 * the premises of a group or at all. What is about to end is said before it does. Some hundred
 * agreements are ended by one statement, so that none of them waits for all.
 */
#include "premises.h"

#include <string.h>

#include "rt/loop.h"

enum { AT_ONCE = 50, GO_ON_MS = 15000, STEP_MS = 20000, CODE_MOST = 64 };

struct access_row {
	struct str csp, name;
	int64_t premises, agreements;
};
static const struct db_field fields[] = {
	DB_TEXT(access_row, csp),
	DB_TEXT(access_row, name),
	DB_INT8(access_row, premises),
	DB_INT8(access_row, agreements),
};
static const struct column columns[] = {
	{ TEXT_ACCESS_COMPANY, false },
	{ TEXT_PREMISES_COUNT, true },
	{ TEXT_ACCESS_AGREEMENTS, true },
	{ TEXT_ACCESS_END, false },
};
static const struct field filter[] = {
	{ "group", "select", "off", 10, TEXT_PREMISES_GROUP, TEXTS, TEXTS },
};

static struct param
group_param(int64_t group)
{
	if (group == GROUP_EVERY)
		return (struct param)P_NULL();
	return (struct param)P_INT4((int32_t)group);
}

static bool
set_filter(struct task *t, struct page *p, int64_t group, struct err *e)
{
	const struct field_choice every[] = {
		{ { "", 0 }, text_of(p->language, TEXT_PREMISES_EVERY) },
		{ { "0", 1 }, text_of(p->language, TEXT_PREMISES_NO_GROUP) },
	};
	struct field_choices choices = { .field = "group" };
	AUTO_PTR(rows) keep = NULL;

	view_set(
	    &p->view, "group_chosen", group == GROUP_EVERY ? STR("") : page_number(p, group));
	return groups_choices(t, p, &keep, every, nitems(every), &choices, e) &&
	       fields_put(p, &p->view, "fields", filter, nitems(filter), &choices, 1,
		   fields_query(p), NULL, e);
}

/* What is about to end, if the address asks for an end. */
static void
set_sure(struct page *p, const struct access_row *r, bool every, int64_t premises)
{
	view_set(&p->view, "csp", every ? STR("") : page_keep(p, r->name));
	view_set(&p->view, "csp_code", every ? STR("*") : page_keep(p, r->csp));
	view_set(&p->view, "n", page_grouped(p, premises));
	page_say(p, "sure", every ? TEXT_ACCESS_SURE_EVERY : TEXT_ACCESS_SURE_ONE);
}

static bool
show(struct task *t, struct page *p, int status, int64_t group, struct err *e)
{
	struct str end = page_query(p, "end");
	AUTO_PTR(rows) rows = NULL;
	int64_t premises = 0;
	struct access_row r = { 0 };
	struct listing l;

	view_c(&p->view, "sure", "");
	view_c(&p->view, "csp_code", "");
	view_set(&p->view, "csp", STR("\xe2\x80\xa6"));
	rows = act_rows(t, p, SQL_PORTAL_ACCESS, ARGS(P_ME(p), group_param(group)), e);
	if (rows == NULL)
		return false;
	if (!listing_begin(&l, p, "access", TEXT_ACCESS_TITLE, columns, nitems(columns),
		rows_count(rows), e))
		return false;
	while (ROWS_NEXT(rows, fields, &r)) {
		view_set(&p->view, "csp", page_keep(p, r.name));
		listing_row(&l);
		listing_text(&l, r.name);
		listing_number(&l, r.premises);
		listing_number(&l, r.agreements);
		listing_text(&l, STR(""));
		listing_button(&l, "end", r.csp, page_text(p, TEXT_ACCESS_END), true);
		premises += r.premises;
		if (str_eq(r.csp, end))
			set_sure(p, &r, false, r.premises);
	}
	view_c(&p->view, "several", rows_count(rows) > 1 ? "1" : "");
	if (str_is(end, "*") && rows_count(rows) > 0)
		set_sure(p, &r, true, premises);
	return listing_end(&l, TEXT_ACCESS_NONE, TEXT_ACCESS_NONE_SAYS, e) &&
	       set_filter(t, p, group, e) && page_send(t, p, status, "premise_access.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	struct str ended = page_query(p, "ended"), remain = page_query(p, "remain");
	int64_t group, n, left;

	if (!group_chosen(page_query(p, "group"), &group))
		group = GROUP_EVERY;
	act_page(p, NULL, 0);
	if (str_int64(ended, &n) && n >= 0) {
		if (!str_int64(remain, &left))
			left = 0;
		view_set(&p->view, "n", page_grouped(p, n));
		view_set(&p->view, "remain", page_grouped(p, left));
		page_say(p, "done", left > 0 ? TEXT_ACCESS_REMAIN : TEXT_ACCESS_ENDED);
	}
	return show(t, p, 200, group, e);
}

struct ended {
	int32_t ended, remain;
};

/* As many as there is time for: 200, the status of a refusal, or 0. */
static int
end_all(struct task *t, struct page *p, struct str csp, int64_t group, struct ended *all,
    struct err *e)
{
	static const struct db_field ended_fields[] = { DB_INT4(ended, ended),
		DB_INT4(ended, remain) };
	uint64_t until = loop_now_ms(task_loop(t)) + GO_ON_MS;
	struct ended x;
	int status;

	do {
		task_deadline(t, 0);
		task_deadline(t, STEP_MS);
		status = act_row(t, p, SQL_PORTAL_ACCESS_END,
		    ARGS(P_ME(p), P_STR(csp), group_param(group), P_INT4(AT_ONCE)),
		    ended_fields, nitems(ended_fields), &x, NULL, e);
		if (status != 200)
			return status;
		all->ended += x.ended;
		all->remain = x.remain;
	} while (x.remain > 0 && x.ended > 0 && loop_now_ms(task_loop(t)) < until);
	return 200;
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct ended all = { 0 };
	enum text wrong;
	struct form *f;
	struct str csp;
	int64_t group;
	char path[96];
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	csp = str_trim(form_get(f, "csp"));
	if (wrong == TEXTS && (csp.len == 0 || csp.len > CODE_MOST ||
				  !group_chosen(form_get(f, "group"), &group)))
		wrong = TEXT_WRONG_FORM;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), GROUP_EVERY, e);
	if (str_is(csp, "*"))
		csp = (struct str){ NULL, 0 };
	status = end_all(t, p, csp, group, &all, e);
	if (status != 200)
		return status != 0 && show(t, p, status, GROUP_EVERY, e);
	portal_count_answer("ACCESS_END");
	snprintf(path, sizeof path, "/premises/access?ended=%d&remain=%d", (int)all.ended,
	    (int)all.remain);
	return page_go(t, p, path, e);
}

bool
access_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
access_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
