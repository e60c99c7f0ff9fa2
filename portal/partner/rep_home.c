/* A retail electric provider's home, and its customers with the days that are its own. */
#include "partner.h"

enum { CUSTOMERS = 50 };

struct home {
	int64_t customers, came, went, subscriptions, delivered, failed, waiting, last_built;
};

static const struct db_field home_fields[] = {
	DB_INT8(home, customers),
	DB_INT8(home, came),
	DB_INT8(home, went),
	DB_INT8(home, subscriptions),
	DB_INT8(home, delivered),
	DB_INT8(home, failed),
	DB_INT8(home, waiting),
	DB_STAMP(home, last_built),
};

static bool
see(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct home h = { 0 };

	if (act_row(t, p, SQL_REP_HOME, ARGS(P_ME(p)), home_fields, nitems(home_fields), &h,
		&keep, e) != 200)
		return false;
	act_page(p, NULL, 0);
	view_set(&p->view, "customers", page_grouped(p, h.customers));
	view_set(&p->view, "came", page_grouped(p, h.came));
	view_set(&p->view, "went", page_grouped(p, h.went));
	view_set(&p->view, "delivered", page_grouped(p, h.delivered));
	view_set(&p->view, "failed", page_grouped(p, h.failed));
	view_set(&p->view, "waiting", page_grouped(p, h.waiting));
	view_c(&p->view, "fails", h.failed > 0 ? "1" : "");
	view_c(&p->view, "subscribed", h.subscriptions > 0 ? "1" : "");
	view_c(&p->view, "any", h.last_built != DB_STAMP_NONE ? "1" : "");
	view_set(&p->view, "when", page_time(p, h.last_built));
	return page_send(t, p, 200, "rep_home.html", e);
}

bool
rep_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

/* ---- customers ---- */

struct customer {
	int32_t place, from_day, to_day;
	struct str esiid, tdu, street, city, class;
	bool now;
};

static const struct db_field fields[] = {
	DB_INT4(customer, place),
	DB_TEXT(customer, esiid),
	DB_TEXT(customer, tdu),
	DB_TEXT(customer, street),
	DB_TEXT(customer, city),
	DB_TEXT(customer, class),
	DB_DATE(customer, from_day),
	DB_DATE(customer, to_day),
	DB_BOOL(customer, now),
};

static const struct column columns[] = {
	{ TEXT_ESIID, false },
	{ TEXT_CUSTOMER_PLACE, false },
	{ TEXT_CUSTOMER_TDU, false },
	{ TEXT_CUSTOMER_SPAN, false },
	{ TEXT_CUSTOMER_FILE, false },
};

static const struct field filter[] = {
	{ "esiid", "text", "off", 22, TEXT_ESIID, TEXTS, TEXTS },
	{ "now", "tick", "off", 1, TEXT_CUSTOMER_NOW, TEXTS, TEXTS },
};

static void
put(struct listing *l, const struct customer *r)
{
	struct page *p = l->p;
	char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];
	int32_t yesterday = zone_day_of(p->portal->zone, page_now_ms() / 1000) - 1;
	int32_t last = r->to_day == DAY_NONE || r->to_day > yesterday ? yesterday : r->to_day;
	int32_t first = last - 30 > r->from_day ? last - 30 : r->from_day;

	listing_row(l);
	listing_text(l, r->esiid);
	listing_text(l, r->street);
	listing_more(l, r->city);
	listing_text(l, r->tdu);
	view_set(&p->view, "from", page_day(p, r->from_day, TEXT_DATE));
	if (r->to_day != DAY_NONE && r->to_day != DB_DAY_FOREVER)
		view_set(&p->view, "to", page_day(p, r->to_day, TEXT_DATE));
	listing_say(l, r->to_day == DAY_NONE || r->to_day == DB_DAY_FOREVER
			   ? TEXT_CUSTOMER_SINCE
			   : TEXT_SCORE_OF_DAYS);
	if (first > last) { /* it begins today: nothing has come yet */
		listing_text(l, STR(""));
		return;
	}
	civil_date(from, first);
	civil_date(to, last);
	listing_link(l, text_of(p->language, TEXT_CUSTOMER_CSV),
	    "/rep/exports?esiid=" STR_FMT "&from=%s&to=%s", STR_ARG(r->esiid), from, to);
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_REP_CUSTOMERS,
	    ARGS(P_ME(p), P_STR(partner_text(asked, "esiid")),
		P_BOOL(partner_text(asked, "now").at != NULL),
		P_INT4((int32_t)partner_number(asked, "after", 0)), P_INT4(CUSTOMERS)),
	    e);
	struct customer r = { 0 };
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "customers", TEXT_CUSTOMERS, columns,
				nitems(columns), rows_count(rows), e))
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		put(&l, &r);
	if (rows_count(rows) >= CUSTOMERS)
		listing_next(&l, "after", page_number(p, r.place));
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_CUSTOMERS_NONE, TEXT_CUSTOMERS_NONE_SAYS, e) &&
	       fields_put(
		   p, &p->view, "fields", filter, nitems(filter), NULL, 0, asked, NULL, e) &&
	       page_send(t, p, 200, "rep_customers.html", e);
}

bool
rep_customers_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}

/* ---- exports: a form that asks /v1 itself ---- */

static bool
exports(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);
	int32_t yesterday = zone_day_of(p->portal->zone, page_now_ms() / 1000) - 1;
	int32_t from = partner_day(asked, "from"), to = partner_day(asked, "to");
	struct str esiid = partner_text(asked, "esiid");
	char text[2][CIVIL_DATE_SIZE];

	civil_date(text[0], from == DAY_NONE ? yesterday : from);
	civil_date(text[1], to == DAY_NONE ? yesterday : to);
	act_page(p, NULL, 0);
	view_set(&p->view, "esiid", esiid.at == NULL ? STR("all") : page_keep(p, esiid));
	view_set(&p->view, "from", page_keep(p, str_of(text[0])));
	view_set(&p->view, "to", page_keep(p, str_of(text[1])));
	return page_send(t, p, 200, "rep_exports.html", e);
}

bool
rep_exports_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, exports, e);
}
