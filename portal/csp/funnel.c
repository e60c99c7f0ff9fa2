/* How far a third party's invitations came: each stands in one place, and the places add up. */
#include "csp.h"

struct funnel {
	int64_t invited, sent, delivered, opened, affirmed, declined, reported, lapsed,
	    undeliverable, withdrawn;
};

static const struct db_field fields[] = {
	DB_INT8(funnel, invited),
	DB_INT8(funnel, sent),
	DB_INT8(funnel, delivered),
	DB_INT8(funnel, opened),
	DB_INT8(funnel, affirmed),
	DB_INT8(funnel, declined),
	DB_INT8(funnel, reported),
	DB_INT8(funnel, lapsed),
	DB_INT8(funnel, undeliverable),
	DB_INT8(funnel, withdrawn),
};

static const struct column columns[] = {
	{ TEXT_FUNNEL_WHERE, false },
	{ TEXT_FUNNEL_COUNT, true },
	{ TEXT_FUNNEL_SHARE, true },
	{ TEXT_FUNNEL_BAR, false },
};

static void
put(struct listing *l, enum text what, int64_t n, int64_t of)
{
	listing_row(l);
	listing_say(l, what);
	listing_number(l, n);
	view_set(
	    &l->p->view, "share", page_number(l->p, of > 0 ? (200 * n + of) / (2 * of) : 0));
	listing_say(l, TEXT_PERCENT);
	listing_share(l, n, of);
}

static bool
read(struct task *t, struct page *p, int32_t from, int32_t to, struct funnel *f, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	return c != NULL &&
	       db_one(t, c, SQL_PORTAL_CSP_FUNNEL, ARGS(P_ME(p), P_DATE(from), P_DATE(to)),
		   fields, nitems(fields), f, NULL, e) == DB_FOUND;
}

bool
csp_funnel(struct task *t, struct page *p, int32_t from, int32_t to, struct err *e)
{
	struct funnel f;
	struct listing l;

	if (!read(t, p, from, to, &f, e) ||
	    !listing_begin(&l, p, "funnel", TEXT_FUNNEL_TITLE, columns, nitems(columns), 10, e))
		return false;
	if (f.invited > 0) {
		put(&l, TEXT_FUNNEL_INVITED, f.invited, f.invited);
		put(&l, TEXT_STAGE_SENT, f.sent, f.invited);
		put(&l, TEXT_STAGE_DELIVERED, f.delivered, f.invited);
		put(&l, TEXT_STAGE_OPENED, f.opened, f.invited);
		put(&l, TEXT_FUNNEL_AFFIRMED, f.affirmed, f.invited);
		put(&l, TEXT_STATE_REJECTED, f.declined, f.invited);
		put(&l, TEXT_STATE_REPORTED, f.reported, f.invited);
		put(&l, TEXT_STATE_LAPSED, f.lapsed, f.invited);
		put(&l, TEXT_STATE_UNDELIVERABLE, f.undeliverable, f.invited);
		put(&l, TEXT_STATE_WITHDRAWN, f.withdrawn, f.invited);
	}
	return listing_end(&l, TEXT_FUNNEL_NONE, TEXT_FUNNEL_NONE_SAYS, e);
}

/* ---- the page ---- */

static const struct field filter[] = {
	{ "from", "date", "off", 10, TEXT_FILTER_FROM, TEXTS, TEXTS },
	{ "to", "date", "off", 10, TEXT_FILTER_TO, TEXTS, TEXTS },
};

static int32_t
day_of(const struct form *f, const char *name)
{
	int32_t day;

	return f != NULL && civil_read_date(form_get(f, name), &day) ? day : DAY_NONE;
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);

	act_page(p, NULL, 0);
	return fields_set(p, "fields", filter, nitems(filter), asked, NULL, e) &&
	       csp_funnel(t, p, day_of(asked, "from"), day_of(asked, "to"), e) &&
	       page_send(t, p, 200, "csp_funnel.html", e);
}

bool
csp_funnel_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
