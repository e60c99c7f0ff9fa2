/* A third party's home: how it stands, what waits, how its invitations of late came out. */
#include "csp.h"

enum { FUNNEL_DAYS = 90 };

struct home {
	struct str state, missing, box;
	int64_t expires_at, waiting, active, held, ending;
};

static const struct db_field fields[] = {
	DB_TEXT(home, state),
	DB_TEXT(home, missing),
	DB_STAMP(home, expires_at),
	DB_INT8(home, waiting),
	DB_INT8(home, active),
	DB_INT8(home, held),
	DB_INT8(home, ending),
	DB_TEXT(home, box),
};

static const struct {
	const char *state;
	enum text text;
} words[] = {
	{ "ACTIVE", TEXT_CSP_ACTIVE }, { "SUSPENDED", TEXT_CSP_SUSPENDED },
	{ "REVOKED", TEXT_CSP_REVOKED }, { "", TEXT_CSP_NOT_LIVE }, /* all others */
};

static enum text
words_of(struct str state)
{
	size_t i = 0;

	while (i + 1 < nitems(words) && !str_is(state, words[i].state))
		i++;
	return words[i].text;
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct home h;
	int32_t today = zone_day_of(p->portal->zone, page_now_ms() / 1000);

	if (c == NULL || db_one(t, c, SQL_PORTAL_CSP_HOME, ARGS(P_ME(p)), fields,
			     nitems(fields), &h, &keep, e) != DB_FOUND)
		return false;
	db_release(&c);
	act_page(p, NULL, 0);
	page_say(p, "stands", words_of(h.state));
	view_c(&p->view, "live", str_is(h.state, "ACTIVE") ? "1" : "");
	view_set(&p->view, "missing", page_keep(p, h.missing));
	view_set(&p->view, "waiting", page_number(p, h.waiting));
	view_set(&p->view, "active", page_number(p, h.active));
	view_set(&p->view, "held", page_number(p, h.held));
	view_set(&p->view, "ending", page_number(p, h.ending));
	return csp_funnel(t, p, today - FUNNEL_DAYS, DAY_NONE, e) &&
	       page_send(t, p, 200, "csp_home.html", e);
}

bool
csp_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
