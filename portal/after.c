/* What became of an agreement, and how to stop it: pages of a link whose question is answered.
 */
#include <string.h>

#include "portal.h"

static const struct {
	const char *state;
	enum text title, words;
	bool can_stop;
} states[] = {
	{ "ACTIVE", TEXT_ACTIVE_TITLE, TEXT_ACTIVE, true },
	{ "HELD", TEXT_HELD_TITLE, TEXT_HELD, true },
	{ "SUSPENDED", TEXT_SUSPENDED_TITLE, TEXT_SUSPENDED, true },
	{ "REJECTED", TEXT_REJECTED_TITLE, TEXT_REJECTED, false },
	{ "REPORTED", TEXT_REPORTED_TITLE, TEXT_REPORTED, false },
	{ "LAPSED", TEXT_LAPSED_TITLE, TEXT_LAPSED, false },
	{ "WITHDRAWN", TEXT_WITHDRAWN_TITLE, TEXT_WITHDRAWN, false },
	{ "UNDELIVERABLE", TEXT_UNDELIVERABLE_TITLE, TEXT_UNDELIVERABLE, false },
	{ "COMPLETED", TEXT_COMPLETED_TITLE, TEXT_COMPLETED, false },
	{ "TERMINATED", TEXT_TERMINATED_TITLE, TEXT_TERMINATED, false },
};

/* The words of a state, or better ones where more is known of how it came to it. */
static enum text
words(const struct link *l, enum text of_state)
{
	static const struct {
		const char *by, *reason;
		enum text words;
	} ends[] = {
		{ NULL, "superseded", TEXT_TERMINATED_SUPERSEDED },
		{ NULL, "move-out", TEXT_TERMINATED_MOVED },
		{ "CUSTOMER", NULL, TEXT_TERMINATED_BY_YOU },
		{ "CSP", NULL, TEXT_TERMINATED_BY_THEM },
	};

	if (of_state == TEXT_ACTIVE && str_is(l->kind, "ENERGY_ONCE"))
		return TEXT_ONCE;
	/* others are not told who it was */
	if (str_is(l->purpose, "NOT_ME"))
		return of_state;
	for (size_t i = 0; of_state == TEXT_TERMINATED && i < nitems(ends); i++)
		if ((ends[i].by == NULL || str_is(l->by, ends[i].by)) &&
		    (ends[i].reason == NULL || str_is(l->reason, ends[i].reason)))
			return ends[i].words;
	return of_state;
}

bool
after_set(struct page *p, struct err *e)
{
	size_t i = 0;
	bool sent = str_ends(p->call->http->query, "&sent");

	while (i < nitems(states) && !str_is(p->link.state, states[i].state))
		i++;
	if (i == nitems(states))
		return err(e, ERR_BUG,
		    "an agreement is \"" STR_FMT "\", for which there is "
		    "no page",
		    STR_ARG(p->link.state));
	if (!facts_set(p, e))
		return false;
	page_say(p, "title", states[i].title);
	page_say(p, "words", words(&p->link, states[i].words));
	view_c(&p->view, "good", states[i].words == TEXT_ACTIVE ? "1" : "");
	view_c(&p->view, "can_stop", states[i].can_stop && !sent ? "1" : "");
	view_c(&p->view, "sent", states[i].can_stop && sent ? "1" : "");
	return true;
}

bool
after_show(struct task *t, struct page *p, int status, enum text wrong, struct err *e)
{
	if (!after_set(p, e))
		return false;
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "after.html", e);
}

static bool
ask(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);

	return c != NULL && db_exec(t, c, SQL_PORTAL_STOP_ASK,
				ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p))),
				NULL, e) == DB_FOUND;
}

bool
after_act(struct task *t, struct page *p, struct err *e)
{
	struct form f;
	enum text wrong;
	int64_t age_ms;

	if (!page_form(t, p, &f, &wrong, &age_ms, e))
		return false;
	/* an answer that came second: the page shows what the first one was */
	if (wrong == TEXTS && !str_is(form_get(&f, "choice"), "STOP_ASK"))
		return page_see(t, p, "", e);
	if (wrong == TEXTS) {
		if (!ask(t, p, e))
			return false;
		portal_count_answer("STOP_ASK");
		return page_see(t, p, "&sent", e);
	}
	err_clear(e);
	portal_count_wrong(wrong);
	return after_show(t, p, page_wrong_status(wrong), wrong, e);
}
