/* One agreement of a third party: what it says, what happened, and what may be done to it. */
#include <stdio.h>

#include "csp.h"

enum { FACTS_MOST = 20, WHY_MOST = 200, PREMISES_MOST = 200, STEPS_MOST = 100 };

struct deal {
	struct str state, stage, kind, reads, language, reference, by, reason, receipt,
	    premises, steps;
	int64_t agreement, renews, renewed_by, invited_at, accepted_at, opened_at, dies_at,
	    decided_at, starts_at, ends_at, reads_from, ended_at;
	int32_t months, history;
	bool large;
};

static const struct db_field fields[] = {
	DB_INT8(deal, agreement),
	DB_TEXT(deal, state),
	DB_TEXT(deal, stage),
	DB_TEXT(deal, kind),
	DB_TEXT(deal, reads),
	DB_INT4(deal, months),
	DB_INT4(deal, history),
	DB_TEXT(deal, language),
	DB_TEXT(deal, reference),
	DB_BOOL(deal, large),
	DB_STAMP(deal, invited_at),
	DB_STAMP(deal, accepted_at),
	DB_STAMP(deal, opened_at),
	DB_STAMP(deal, dies_at),
	DB_STAMP(deal, decided_at),
	DB_STAMP(deal, starts_at),
	DB_STAMP(deal, ends_at),
	DB_STAMP(deal, reads_from),
	DB_STAMP(deal, ended_at),
	DB_TEXT(deal, by),
	DB_TEXT(deal, reason),
	DB_INT8(deal, renews),
	DB_INT8(deal, renewed_by),
	DB_TEXT(deal, receipt),
	DB_TEXT(deal, premises),
	DB_TEXT(deal, steps),
};

/* ---- facts ---- */

static struct str
count_of(struct page *p, int32_t n, enum text which)
{
	view_set(&p->view, "months", page_number(p, n));
	return n > 0 ? page_text(p, which) : STR("");
}

static bool
put_facts(struct page *p, const struct deal *d, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, FACTS_MOST, e))
		return false;
	thing(&f, TEXT_AGREEMENT_KIND, text_of(p->language, csp_kind(d->kind)));
	thing(&f, TEXT_READS, csp_reads(p, d->reads));
	thing(&f, TEXT_TERM, count_of(p, d->months, TEXT_MONTHS));
	thing(&f, TEXT_HISTORY_ASKED, count_of(p, d->history, TEXT_MONTHS));
	thing(&f, TEXT_REFERENCE, page_keep(p, d->reference));
	thing(&f, TEXT_MAIL_LANGUAGE,
	    text_of(
		p->language, str_is(d->language, "ES") ? TEXT_LANGUAGE_ES : TEXT_LANGUAGE_EN));
	thing_at(&f, TEXT_INVITED, d->invited_at);
	thing_at(&f, TEXT_STAGE_DELIVERED, d->accepted_at);
	thing_at(&f, TEXT_STAGE_OPENED, d->opened_at);
	if (str_is(d->state, "PENDING"))
		thing_at(&f, TEXT_DIES, d->dies_at);
	thing_at(&f, TEXT_DECIDED, d->decided_at);
	thing_at(&f, TEXT_STARTS, d->starts_at);
	thing_at(&f, TEXT_ENDS, d->ends_at);
	thing_at(&f, TEXT_READS_FROM, d->reads_from);
	thing_at(&f, TEXT_ENDED, d->ended_at);
	thing(&f, TEXT_ENDED_WHY, page_keep(p, d->reason));
	things_end(&f);
	return true;
}

/* ---- lists ---- */

static bool
put_premises(struct task *t, struct page *p, const struct deal *d, struct err *e)
{
	struct premise {
		struct str esiid, state, reason;
		int64_t until, ended_at;
	} r;
	static const struct db_field row[] = { DB_TEXT(premise, esiid), DB_TEXT(premise, state),
		DB_TEXT(premise, reason), DB_STAMP(premise, until),
		DB_STAMP(premise, ended_at) };
	static const struct column columns[] = { { TEXT_ESIID, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_AGREEMENT_UNTIL, false } };
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_PORTAL_CSP_PREMISES, ARGS(P_STR(d->premises)), e);
	struct view *places = page_items(p, PREMISES_MOST, 1, e);
	struct listing l;
	size_t n = 0;

	if (rows == NULL || places == NULL ||
	    !listing_begin(
		&l, p, "premises", TEXT_PREMISES, columns, nitems(columns), PREMISES_MOST, e))
		return false;
	while (ROWS_NEXT(rows, row, &r)) {
		if (str_is(r.state, "ACTIVE"))
			view_set(&places[n++], "esiid", page_keep(p, r.esiid));
		listing_row(&l);
		listing_text(&l, r.esiid);
		if (str_is(r.state, "ENDED"))
			listing_say(&l, TEXT_STATE_TERMINATED);
		else
			listing_say(&l, csp_state(r.state, STR("")));
		listing_more(&l, r.reason.at != NULL ? r.reason : STR(""));
		listing_date(&l, r.ended_at != DB_STAMP_NONE ? r.ended_at
				 : r.until != DB_STAMP_NONE  ? r.until
							     : d->ends_at);
	}
	view_list(&p->view, "places", places, n);
	return listing_end(&l, TEXT_PREMISES_NONE, TEXT_PREMISES_NONE_SAYS, e);
}

/* The form that gets readings of it as a file: /v1/reads, for the days of a week. */
static void
put_readings(struct page *p, const struct deal *d)
{
	int32_t yesterday = zone_day_of(p->portal->zone, page_now_ms() / 1000) - 1;
	char day[2][CIVIL_DATE_SIZE];

	civil_date(day[0], yesterday - 6);
	civil_date(day[1], yesterday);
	view_set(&p->view, "from", page_keep(p, str_of(day[0])));
	view_set(&p->view, "to", page_keep(p, str_of(day[1])));
	view_c(&p->view, "interval", str_has(d->reads, STR("interval")) ? "1" : "");
	view_c(&p->view, "register", str_has(d->reads, STR("register")) ? "1" : "");
	view_c(&p->view, "billing", str_has(d->reads, STR("billing")) ? "1" : "");
	view_c(&p->view, "readable", str_is(d->state, "ACTIVE") && d->reads.len > 0 ? "1" : "");
}

static enum text
who_of(struct str by)
{
	return str_is(by, "CUSTOMER") ? TEXT_BY_CUSTOMER
	       : str_is(by, "CSP")    ? TEXT_BY_CSP
				      : TEXT_BY_HUB;
}

static bool
put_steps(struct task *t, struct page *p, struct str json, struct err *e)
{
	struct step {
		struct str state, by, why;
		int64_t at;
	} r;
	static const struct db_field row[] = { DB_STAMP(step, at), DB_TEXT(step, state),
		DB_TEXT(step, by), DB_TEXT(step, why) };
	static const struct column columns[] = { { TEXT_WHEN, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_BY, false } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_CSP_STEPS, ARGS(P_STR(json)), e);
	struct listing l;

	if (rows == NULL ||
	    !listing_begin(&l, p, "steps", TEXT_STEPS, columns, nitems(columns), STEPS_MOST, e))
		return false;
	while (ROWS_NEXT(rows, row, &r)) {
		listing_row(&l);
		listing_time(&l, r.at);
		listing_say(&l, csp_state(r.state, STR("")));
		listing_more(&l, r.why.at != NULL ? r.why : STR(""));
		listing_say(&l, who_of(r.by));
	}
	return listing_end(&l, TEXT_STEPS_NONE, TEXT_STEPS_NONE_SAYS, e);
}

/* ---- the page ---- */

static const struct act_done done[] = {
	{ "invited", TEXT_INVITE_DONE },
	{ "withdraw", TEXT_WITHDRAW_DONE },
	{ "renew", TEXT_RENEW_DONE },
	{ "end", TEXT_END_DONE },
};

static bool
read(struct task *t, struct page *p, struct deal *d, struct rows **keep, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	return c != NULL &&
	       db_one(t, c, SQL_PORTAL_CSP_AGREEMENT, ARGS(P_ME(p), P_INT8(act_number(p, 0))),
		   fields, nitems(fields), d, keep, e) == DB_FOUND;
}

static bool
runs(struct str state)
{
	return str_is(state, "ACTIVE") || str_is(state, "HELD") || str_is(state, "SUSPENDED");
}

static bool
show(struct task *t, struct page *p, int status, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct deal d;

	if (!read(t, p, &d, &keep, e)) {
		if (e->code != ERR_NOT_FOUND)
			return false;
		err_clear(e);
		return page_unknown(t, p->portal, p->call, e);
	}
	view_set(&p->view, "number", page_number(p, d.agreement));
	page_say(p, "stands", csp_state(d.state, d.stage));
	view_c(&p->view, "waits", str_is(d.state, "PENDING") ? "1" : "");
	view_c(&p->view, "runs", runs(d.state) ? "1" : "");
	view_c(&p->view, "renewable",
	    str_is(d.state, "ACTIVE") && d.large && d.months > 0 && d.renewed_by == 0 ? "1"
										      : "");
	view_set(&p->view, "renews", d.renews > 0 ? page_number(p, d.renews) : STR(""));
	view_set(
	    &p->view, "renewed_by", d.renewed_by > 0 ? page_number(p, d.renewed_by) : STR(""));
	view_c(&p->view, "receipt", str_is(d.receipt, "SIGNED") ? "1" : "");
	put_readings(p, &d);
	return put_facts(p, &d, e) && put_premises(t, p, &d, e) &&
	       put_steps(t, p, d.steps, e) && page_send(t, p, status, "csp_agreement.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	return show(t, p, 200, e);
}

static int
move(struct task *t, struct page *p, const struct form *f, struct str what, struct err *e)
{
	struct param number = P_INT8(act_number(p, 0));
	struct str why = str_trim(form_get(f, "why"));

	if (str_is(what, "end"))
		return act_do(t, p, SQL_PORTAL_CSP_END,
		    ARGS(P_ME(p), number, P_STR(str_first(why, WHY_MOST))), e);
	if (str_is(what, "withdraw") || str_is(what, "renew"))
		return act_do(t, p, SQL_PORTAL_CSP_MOVE, ARGS(P_ME(p), number, P_STR(what)), e);
	return act_wrong(p, TEXT_WRONG_FORM);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct form *f;
	struct str what;
	enum text wrong;
	char key[16];
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), e);
	what = form_get(f, "do");
	status = move(t, p, f, what, e);
	if (status != 200)
		return status != 0 && show(t, p, status, e);
	str_copy(key, sizeof key, what);
	return act_go(t, p, key, e, "/csp/agreements/%lld", (long long)act_number(p, 0));
}

bool
csp_agreement_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
csp_agreement_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
