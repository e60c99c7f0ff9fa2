/* Reads of one premise of a regulator's open case: nothing until days are named, since each
 * look is a release that the customer is told of. A day shows its quarter-hours, more days
 * their sums. */
#include <stdio.h>

#include "base/civil.h"
#include "use.h"
#include "figures.h"

enum { CASE_DAYS_MOST = 62, ROW_VALUES = 5 };

struct case_place {
	struct str esiid, zone, utility, number;
	int32_t from, to, newest; /* of the case; the last day that there are reads of */
};

struct asked {
	struct str from_text, to_text; /* as they were typed */
	int32_t from, to;
	bool any, good;
};

/* ---- what is asked for ---- */

static void
read_asked(struct page *p, const struct case_place *x, struct asked *a)
{
	a->from_text = page_query(p, "from");
	a->to_text = page_query(p, "to");
	a->any = a->from_text.len > 0 || a->to_text.len > 0;
	a->good = civil_read_date(a->from_text, &a->from) &&
		  civil_read_date(a->to_text, &a->to) && a->from <= a->to &&
		  a->from >= x->from && a->to <= x->to && a->to - a->from < CASE_DAYS_MOST;
}

/* A week back from the newest day, to begin with. */
static struct str
preset(struct page *p, int32_t day)
{
	char text[CIVIL_DATE_SIZE];

	civil_date(text, day);
	return page_keep(p, str_of(text));
}

static void
put_asked(struct page *p, const struct case_place *x, const struct asked *a)
{
	int32_t to = x->newest == DAY_NONE ? x->from : x->newest;
	int32_t from = to - 6 < x->from ? x->from : to - 6;

	view_set(&p->view, "first_day", a->any ? page_keep(p, a->from_text) : preset(p, from));
	view_set(&p->view, "last_day", a->any ? page_keep(p, a->to_text) : preset(p, to));
	view_set(&p->view, "first", page_day(p, x->from, TEXT_DATE));
	view_set(&p->view, "last", page_day(p, x->to, TEXT_DATE));
	view_set(&p->view, "most", page_number(p, CASE_DAYS_MOST));
	view_set(&p->view, "span", page_text(p, TEXT_CASE_SPAN));
	view_c(&p->view, "bad", a->any && !a->good ? "1" : "");
}

/* ---- what there is ---- */

/* Both channels in one row: use_read() keeps them apart. */
static void
put_row(struct page *p, const struct use_point *o, bool quarters, struct view *to)
{
	const struct use_sum *used = &o->sum[CHANNEL_LOAD],
			     *given = &o->sum[CHANNEL_GENERATION];

	to->outer = &p->view;
	view_set(
	    to, "when", quarters ? page_moment(p, o->utc_s) : page_day(p, o->day, TEXT_DATE));
	view_set(to, "wh", used->slots == 0 ? STR("") : use_kwh(p, used->wh));
	view_set(to, "out", given->slots == 0 ? STR("") : use_kwh(p, given->wh));
	view_set(to, "estimated", page_number(p, used->estimated + given->estimated));
	view_set(to, "missing", page_number(p, used->missing + given->missing));
}

static bool
put_points(struct page *p, const struct use *u, bool quarters, struct err *e)
{
	size_t n;
	const struct use_point *at = use_points(u, &n);
	struct view *items = page_items(p, n, ROW_VALUES, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		put_row(p, &at[i], quarters, &items[i]);
	view_list(&p->view, "rows", items, n);
	view_set(&p->view, "first_column",
	    text_of(p->language, quarters ? TEXT_CASE_SINCE : TEXT_DC_DAY));
	view_set(&p->view, "used", use_kwh(p, u->total[CHANNEL_LOAD].wh));
	view_set(&p->view, "range", use_range_text(p, u->from, u->to));
	return true;
}

static bool
look(struct task *t, struct page *p, const struct case_place *x, const struct asked *a,
    struct err *e)
{
	struct place at = { .esiid = x->esiid, .zone = x->zone };
	struct use u = { 0 };
	enum use_by by = a->from == a->to ? BY_15 : BY_DAY;
	bool ok = use_read(t, p, &at, a->from, a->to, by, false, &u, e);

	view_c(&p->view, "some",
	    ok && u.total[CHANNEL_LOAD].slots + u.total[CHANNEL_GENERATION].slots > 0 ? "1"
										      : "");
	ok = ok && put_points(p, &u, by == BY_15, e);
	use_auto(&u);
	return ok;
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	static const struct db_field fields[] = {
		DB_TEXT(case_place, esiid),
		DB_TEXT(case_place, zone),
		DB_TEXT(case_place, utility),
		DB_TEXT(case_place, number),
		{ "from_day", DB_T_DATE, offsetof(struct case_place, from) },
		{ "to_day", DB_T_DATE, offsetof(struct case_place, to) },
		DB_DATE(case_place, newest),
	};
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	struct case_place x;
	struct asked a;
	char path[400];

	if (c == NULL ||
	    db_one(t, c, SQL_CASE_PLACE,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(str_of(p->call->param[0])),
		    P_STR(page_query(p, "premise"))),
		fields, nitems(fields), &x, &keep, e) != DB_FOUND) {
		db_release(&c);
		if (e->code != ERR_NOT_FOUND)
			return false;
		err_clear(e);
		return page_unknown(t, p->portal, p->call, e);
	}
	db_release(&c);
	read_asked(p, &x, &a);
	snprintf(path, sizeof path, "/regulator/cases/%s", p->call->param[0]);
	view_set(&p->view, "up", page_keep(p, str_of(path)));
	view_set(&p->view, "number", page_keep(p, x.number));
	view_set(&p->view, "esiid", page_keep(p, x.esiid));
	view_set(&p->view, "utility", page_keep(p, x.utility));
	view_c(&p->view, "looked", a.good ? "1" : "");
	view_c(&p->view, "broad", "1");
	put_asked(p, &x, &a);
	if (a.good && !look(t, p, &x, &a, e))
		return false;
	return page_send(t, p, a.any && !a.good ? 422 : 200, "case_reads.html", e);
}

bool
case_reads_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}
