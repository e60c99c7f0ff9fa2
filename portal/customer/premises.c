/*
 * All premises of a customer: totals of some days by group and in all, by a release as any
 * other look at reads; below it each by itself, with the day of its last read and how many have
 * access. What is chosen by its box, or all that the filter finds, is put into a group.
 */
#include "premises.h"

#include <stdio.h>
#include <string.h>

#include "meter/ids.h"

enum { PAGE = 36, LINK_MOST = 400 }; /* boxes and fields of a form fit into FORM_FIELDS_MOST */

struct total_row {
	struct str part, name;
	int32_t premise_group;
	int64_t premises, load_wh, generation_wh, due, days, intervals, estimated, missing;
};
static const struct db_field total_fields[] = {
	DB_TEXT(total_row, part),
	DB_INT4(total_row, premise_group),
	DB_TEXT(total_row, name),
	DB_INT8(total_row, premises),
	DB_INT8(total_row, load_wh),
	DB_INT8(total_row, generation_wh),
	DB_INT8(total_row, due),
	DB_INT8(total_row, days),
	DB_INT8(total_row, intervals),
	DB_INT8(total_row, estimated),
	DB_INT8(total_row, missing),
};
struct premise_row {
	struct str esiid, street, city, group_name;
	int32_t due, days, last_read;
	int64_t load_wh, generation_wh, shares;
};
static const struct db_field premise_fields[] = {
	DB_TEXT(premise_row, esiid),
	DB_TEXT(premise_row, street),
	DB_TEXT(premise_row, city),
	DB_TEXT(premise_row, group_name),
	DB_INT8(premise_row, load_wh),
	DB_INT8(premise_row, generation_wh),
	DB_INT4(premise_row, due),
	DB_INT4(premise_row, days),
	DB_DATE(premise_row, last_read),
	DB_INT8(premise_row, shares),
};

static const struct column total_columns[] = {
	{ TEXT_PREMISES_GROUP, false },
	{ TEXT_PREMISES_COUNT, true },
	{ TEXT_PREMISES_USED, true },
	{ TEXT_PREMISES_GIVEN, true },
	{ TEXT_PREMISES_THERE, true },
	{ TEXT_PREMISES_GUESSED, true },
};
static const struct column columns[] = {
	{ TEXT_PREMISES_CHOOSE, false },
	{ TEXT_ESIID, false },
	{ TEXT_PREMISES_GROUP, false },
	{ TEXT_PREMISES_USED, true },
	{ TEXT_PREMISES_THERE, true },
	{ TEXT_PREMISES_LAST, false },
	{ TEXT_PREMISES_SHARED, false },
};

enum { FILTER_FROM, FILTER_TO, FILTER_GROUP, FILTER_FIND, FILTER_FIELDS };
static const struct field filter[FILTER_FIELDS] = {
	{ "from", "date", "off", 10, TEXT_PREMISES_FROM, TEXTS, TEXTS },
	{ "to", "date", "off", 10, TEXT_PREMISES_TO, TEXTS, TEXTS },
	{ "group", "select", "off", 10, TEXT_PREMISES_GROUP, TEXTS, TEXTS },
	{ "find", "text", "off", FIND_MOST, TEXT_PREMISES_FIND, TEXTS, TEXTS },
};
static const struct field move_fields[] = {
	{ "move_to", "select", "off", 10, TEXT_PREMISES_MOVE_TO, TEXTS, TEXTS },
};

struct premises {
	struct premises_ask ask;
	enum text wrong; /* with the days that were asked for */
	struct opened {
		int64_t number;
		int32_t first_day, last_day;
	} open;
	bool is_open;
};

/* ---- totals ---- */

static bool
open_totals(struct task *t, struct page *p, struct premises *x, struct err *e)
{
	static const struct db_field fields[] = { DB_INT8(opened, number),
		DB_DATE(opened, first_day), DB_DATE(opened, last_day) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	enum db_got got;

	if (c == NULL)
		return false;
	got = db_one(t, c, SQL_PORTAL_TOTALS_OPEN,
	    ARGS(P_ME(p), P_DATE(x->ask.from), P_DATE(x->ask.to)), fields, nitems(fields),
	    &x->open, NULL, e);
	x->is_open = got == DB_FOUND;
	if (x->is_open)
		return true;
	/* nothing may be read of these days, or they are too many: the list is shown still */
	if (e->code == ERR_TOO_BIG)
		x->wrong = TEXT_WRONG_MANY_DAYS;
	else if (e->code != ERR_NOT_FOUND)
		return act_refused(p, e) != 0;
	err_clear(e);
	return true;
}

static void
put_total(struct listing *l, const struct total_row *r)
{
	struct page *p = l->p;
	int64_t slots = r->intervals;

	listing_row(l);
	if (str_is(r->part, "GROUP"))
		listing_link(l, r->name, "/premises?group=%d", (int)r->premise_group);
	else if (str_is(r->part, "NONE"))
		listing_link(
		    l, text_of(p->language, TEXT_PREMISES_NO_GROUP), "/premises?group=0");
	else
		listing_say(l, TEXT_PREMISES_ALL);
	listing_text(l, page_grouped(p, r->premises));
	listing_text(l, page_kwh(p, r->load_wh));
	listing_text(l, page_kwh(p, r->generation_wh));
	listing_text(l, page_percent(p, r->days, r->due));
	listing_text(l, slots == 0 ? STR("\xe2\x80\x93")
			: r->estimated + r->missing == 0
			    ? STR("0%")
			    : page_percent(p, r->estimated + r->missing, slots));
}

static bool
totals(struct task *t, struct page *p, const struct premises *x, struct err *e)
{
	struct param number = P_INT8(x->open.number);
	AUTO_PTR(rows) rows = NULL;
	struct total_row r;
	struct listing l;

	if (!x->is_open)
		number = (struct param)P_NULL();
	rows = act_rows(t, p, SQL_PORTAL_TOTAL_GROUPS, ARGS(P_ME(p), number), e);
	if (rows == NULL)
		return false;
	view_set(&p->view, "from", page_day(p, x->open.first_day, TEXT_DATE));
	view_set(&p->view, "to", page_day(p, x->open.last_day, TEXT_DATE));
	page_say(
	    p, "totals_title", x->is_open ? TEXT_PREMISES_TOTALS : TEXT_PREMISES_NO_TOTALS);
	if (!listing_begin(&l, p, "totals", TEXT_PREMISES_GROUPS, total_columns,
		nitems(total_columns), rows_count(rows), e))
		return false;
	while (ROWS_NEXT(rows, total_fields, &r))
		put_total(&l, &r);
	return listing_end(&l, TEXT_PREMISES_EMPTY, TEXT_PREMISES_EMPTY_SAYS, e);
}

/* ---- each ---- */

static struct str
shared_with(struct page *p, int64_t n)
{
	view_set(&p->view, "n", page_number(p, n));
	return page_text(p, n == 0   ? TEXT_PREMISES_NOBODY
			    : n == 1 ? TEXT_PREMISES_ONE
				     : TEXT_PREMISES_SEVERAL);
}

static struct str
city_and_esiid(struct page *p, const struct premise_row *r)
{
	char text[160];

	snprintf(text, sizeof text, STR_FMT "%s" STR_FMT, STR_ARG(r->city),
	    r->city.len > 0 ? " \xc2\xb7 " : "", STR_ARG(r->esiid));
	return page_keep(p, str_of(text));
}

static void
put_premise(struct listing *l, const struct premise_row *r)
{
	struct page *p = l->p;
	char name[ESIID_SIZE + 3];

	snprintf(name, sizeof name, "e-" STR_FMT, STR_ARG(r->esiid));
	view_set(&p->view, "there", page_number(p, r->days));
	view_set(&p->view, "due", page_number(p, r->due));
	listing_row(l);
	listing_tick(l, str_of(name), r->street.len > 0 ? r->street : r->esiid);
	listing_link(l, r->street.len > 0 ? r->street : r->esiid, "/use?premise=" STR_FMT,
	    STR_ARG(r->esiid));
	if (r->street.len > 0)
		listing_more(l, city_and_esiid(p, r));
	listing_text(l, r->group_name);
	listing_text(l, r->days > 0 ? page_kwh(p, r->load_wh) : STR("\xe2\x80\x93"));
	listing_text(l, page_text(p, TEXT_PREMISES_OF_DAYS));
	listing_text(l, r->last_read != DAY_NONE ? page_day(p, r->last_read, TEXT_DATE)
						 : page_text(p, TEXT_PREMISES_NOT_LATELY));
	listing_text(l, shared_with(p, r->shares));
}

static bool
list(struct task *t, struct page *p, const struct premises *x, struct err *e)
{
	struct param number = P_INT8(x->open.number);
	AUTO_PTR(rows) rows = NULL;
	struct premise_row r = { 0 };
	struct listing l;

	if (!x->is_open)
		number = (struct param)P_NULL();
	rows = act_rows(t, p, SQL_PORTAL_PREMISES,
	    ARGS(P_ME(p), number, premises_group(&x->ask), P_STR(x->ask.find),
		P_STR(x->ask.after), P_INT4(PAGE)),
	    e);
	if (rows == NULL || !listing_begin(&l, p, "premises", TEXT_PREMISES_LIST, columns,
				nitems(columns), PAGE, e))
		return false;
	view_c(&p->view, "some", rows_count(rows) > 0 ? "1" : "");
	while (ROWS_NEXT(rows, premise_fields, &r))
		put_premise(&l, &r);
	if (rows_count(rows) == PAGE)
		listing_next(&l, "after", r.esiid);
	return listing_end(&l, TEXT_PREMISES_EMPTY, TEXT_PREMISES_EMPTY_SAYS, e);
}

/* ---- the page ---- */

/* What the form of the page is sent with, so that the same is shown and meant. */
static struct str
asked_as(struct page *p)
{
	static const char *const names[] = { "from", "to", "group", "find" };
	AUTO(buf) b = BUF(LINK_MOST * 4);

	for (size_t i = 0; i < nitems(names); i++) {
		struct str value = page_query(p, names[i]);

		if (value.len == 0 || value.len > LINK_MOST / 4)
			continue;
		buf_byte(&b, '&');
		buf_c(&b, names[i]);
		buf_byte(&b, '=');
		http_escape(&b, value);
	}
	return page_keep(p, buf_view(&b));
}

static bool
set_fields(struct task *t, struct page *p, const struct premises *x, const struct form *sent,
    struct err *e)
{
	const struct field_choice every[] = {
		{ { "", 0 }, text_of(p->language, TEXT_PREMISES_EVERY) },
		{ { "0", 1 }, text_of(p->language, TEXT_PREMISES_NO_GROUP) },
	};
	struct field_choices choices[2] = { { .field = "group" }, { .field = "move_to" } };
	enum text wrong[FILTER_FIELDS] = { TEXTS, TEXTS, TEXTS, TEXTS };
	char from[CIVIL_DATE_SIZE] = "", to[CIVIL_DATE_SIZE] = "";
	AUTO_PTR(rows) keep = NULL;

	if (!groups_choices(t, p, &keep, every, nitems(every), &choices[0], e))
		return false;
	choices[1].at = choices[0].at + 1;
	choices[1].n = choices[0].n - 1;
	wrong[FILTER_TO] = x->wrong;
	if (x->is_open) {
		civil_date(from, x->open.first_day);
		civil_date(to, x->open.last_day);
	}
	view_set(&p->view, "csv_from", page_keep(p, str_of(from)));
	view_set(&p->view, "csv_to", page_keep(p, str_of(to)));
	view_c(&p->view, "csv", x->is_open ? "1" : "");
	view_set(&p->view, "asked", asked_as(p));
	return fields_put(p, &p->view, "fields", filter, FILTER_FIELDS, choices, 1,
		   fields_query(p), wrong, e) &&
	       fields_put(p, &p->view, "move", move_fields, nitems(move_fields), &choices[1], 1,
		   sent, NULL, e);
}

static bool
show(struct task *t, struct page *p, int status, const struct form *sent, struct err *e)
{
	struct premises x = { 0 };

	premises_asked(p, &x.ask, &x.wrong);
	if (!open_totals(t, p, &x, e))
		return false;
	if (x.wrong != TEXTS)
		status = act_wrong(p, TEXT_WRONG_SEE);
	return totals(t, p, &x, e) && list(t, p, &x, e) && set_fields(t, p, &x, sent, e) &&
	       page_send(t, p, status, "premises.html", e);
}

static const struct act_done dones[] = { { "move", TEXT_PREMISES_MOVED } };

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, dones, nitems(dones));
	return show(t, p, 200, NULL, e);
}

static size_t
chosen(const struct form *f, struct str to[FORM_FIELDS_MOST])
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (str_starts(f->at[i].name, "e-"))
			to[n++] = (struct str){ f->at[i].name.at + 2, f->at[i].name.len - 2 };
	return n;
}

/* 0: it failed; 200: they are there; else the status of what is shown. */
static int
move(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	struct str esiids[FORM_FIELDS_MOST];
	struct param to = P_NULL();
	struct premises_ask ask;
	enum text wrong;
	int64_t group;
	size_t n = chosen(f, esiids);
	bool all = str_is(form_get(f, "do"), "all");

	if (!group_chosen(form_get(f, "move_to"), &group) || group == GROUP_EVERY)
		return act_wrong(p, TEXT_WRONG_GROUP);
	if (group != GROUP_NONE)
		to = (struct param)P_INT4((int32_t)group);
	if (all) {
		premises_asked(p, &ask, &wrong);
		return act_do(t, p, SQL_PORTAL_GROUP_MOVE_FOUND,
		    ARGS(P_ME(p), to, premises_group(&ask), P_STR(ask.find)), e);
	}
	if (n == 0)
		return act_wrong(p, TEXT_WRONG_CHOSEN);
	return act_do(t, p, SQL_PORTAL_GROUP_MOVE, ARGS(P_ME(p), to, P_TEXTS(esiids, n)), e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong;
	struct form *f;
	struct str asked;
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, e);
	status = move(t, p, f, e);
	if (status != 200)
		return status != 0 && show(t, p, status, f, e);
	asked = asked_as(p);
	if (asked.len == 0)
		return act_go(t, p, "move", e, "/premises");
	return act_go(t, p, "move", e, "/premises?%.*s", (int)(asked.len - 1), asked.at + 1);
}

bool
premises_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
premises_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
