/* What a third party tries things with before it is live: made-up customers for consents,
 * made-up premises for invitations, and a clock that it may move on, where all is made up. */
#include "csp.h"

enum { PREMISES_MOST = 20, HOURS_MOST = 24 * 40 };

static const struct field fields[] = {
	{ "hours", "number", "off", 3, TEXT_SANDBOX_HOURS, TEXT_SANDBOX_HOURS_HINT,
	    TEXT_WRONG_HOURS },
};
static const struct field_preset presets[] = { { "hours", "24" } };
static const struct act_done done[] = { { "clock", TEXT_SANDBOX_MOVED } };

/* Phone numbers that the consent page knows in a sandbox; the code is shown there. */
static const struct {
	const char *phone;
	enum text text;
} people[] = {
	{ "111-111-1111", TEXT_SANDBOX_HOME },
	{ "222-222-2222", TEXT_SANDBOX_BUSINESS },
};

static bool
put_people(struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_SANDBOX_PHONE, false },
		{ TEXT_SANDBOX_WHO, false } };
	struct listing l;

	if (!listing_begin(&l, p, "people", TEXT_SANDBOX_PEOPLE, columns, nitems(columns),
		nitems(people), e))
		return false;
	for (size_t i = 0; i < nitems(people); i++) {
		listing_row(&l);
		listing_text(&l, str_of(people[i].phone));
		listing_say(&l, people[i].text);
	}
	return listing_end(&l, TEXT_SANDBOX_NONE, TEXT_SANDBOX_NONE_SAY, e);
}

static bool
put_premises(struct task *t, struct page *p, struct err *e)
{
	struct premise {
		struct str esiid, meter, certificate, rep;
	} r;
	static const struct db_field row[] = { DB_TEXT(premise, esiid), DB_TEXT(premise, meter),
		DB_TEXT(premise, certificate), DB_TEXT(premise, rep) };
	static const struct column columns[] = { { TEXT_ESIID, false },
		{ TEXT_METER_NUMBER, false }, { TEXT_REP, false } };
	AUTO_PTR(rows)
	rows = act_rows(
	    t, p, SQL_PORTAL_SANDBOX_PREMISES, ARGS(P_ME(p), P_INT4(PREMISES_MOST)), e);
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "premises", TEXT_SANDBOX_PREMISES, columns,
				nitems(columns), PREMISES_MOST, e))
		return false;
	while (ROWS_NEXT(rows, row, &r)) {
		listing_row(&l);
		listing_text(&l, r.esiid);
		listing_text(&l, r.meter);
		listing_text(&l, r.rep);
		listing_more(&l, r.certificate);
	}
	return listing_end(&l, TEXT_SANDBOX_NONE, TEXT_SANDBOX_NONE_SAY, e);
}

struct clock {
	int64_t now;
	bool movable;
};
static const struct db_field clock_fields[] = { DB_STAMP(clock, now), DB_BOOL(clock, movable) };

static bool
put_clock(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	struct clock clock;

	if (c == NULL || db_one(t, c, SQL_PORTAL_SANDBOX_CLOCK, ARGS(P_ME(p)), clock_fields,
			     nitems(clock_fields), &clock, NULL, e) != DB_FOUND)
		return false;
	view_set(&p->view, "now", page_time(p, clock.now));
	view_c(
	    &p->view, "movable", clock.movable && (p->me->is & PORTAL_ADMIN) != 0 ? "1" : "");
	return true;
}

static bool
show(struct task *t, struct page *p, int status, const struct form *f, const enum text *wrong,
    struct err *e)
{
	if (f == NULL && (f = fields_preset(p, presets, nitems(presets), e)) == NULL)
		return false;
	return put_clock(t, p, e) && put_people(p, e) && put_premises(t, p, e) &&
	       fields_set(p, "fields", fields, nitems(fields), f, wrong, e) &&
	       page_send(t, p, status, "csp_sandbox.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	return show(t, p, 200, NULL, NULL, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, bad[] = { TEXT_WRONG_HOURS };
	struct form *f;
	int64_t hours;
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, NULL, e);
	if (!act_form_number(f, "hours", &hours) || hours < 1 || hours > HOURS_MOST)
		return show(t, p, act_wrong(p, TEXT_WRONG_SEE), f, bad, e);
	status =
	    act_do(t, p, SQL_PORTAL_SANDBOX_ADVANCE, ARGS(P_ME(p), P_INT4((int32_t)hours)), e);
	if (status == 200)
		return act_go(t, p, "clock", e, "/csp/sandbox");
	return status != 0 && show(t, p, status, f, NULL, e);
}

bool
csp_sandbox_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_sandbox_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
