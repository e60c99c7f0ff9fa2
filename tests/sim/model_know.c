/* What the model knows of premises, of wrong tries, and of mailboxes. */
#include <string.h>

#include "model.h"

uint8_t
model_holds(const struct model *m, enum topic t, unsigned premise, int32_t day)
{
	const struct move *at = m->moves[t][premise];
	unsigned n = m->moves_n[t][premise];

	while (n > 0 && at[n - 1].day > day)
		n--;
	return n > 0 ? at[n - 1].says : 0;
}

void
model_tell(struct model *m, const struct event *ev, int32_t today)
{
	int32_t day = today + ev->days;
	struct move *at = m->moves[ev->what][ev->premise];
	uint8_t *n = &m->moves_n[ev->what][ev->premise], i = *n;

	if (m->plant == PLANT_late_move && ev->days < 0)
		return;
	while (i > 0 && at[i - 1].day > day)
		i--;
	if (i > 0 && at[i - 1].day == day) {
		at[i - 1].says = ev->customer;
		return;
	}
	if (*n == MOVES)
		return;
	memmove(at + i + 1, at + i, (*n - i) * sizeof *at);
	at[i] = (struct move){ day, ev->customer };
	(*n)++;
}

/* ---- tries ---- */

static unsigned
counted(const struct model *m, const struct tally_of_tries *t, int32_t hours)
{
	unsigned n = 0;

	for (unsigned i = 0; i < nitems(t->n); i++)
		if (t->hour[i] > m->hour - hours || m->plant == PLANT_budget_clock)
			n += t->n[i];
	return n;
}

static void
count(const struct model *m, struct tally_of_tries *t)
{
	unsigned i = (unsigned)m->hour % nitems(t->n);

	if (t->hour[i] != m->hour && m->plant != PLANT_budget_clock)
		t->n[i] = 0;
	t->hour[i] = m->hour;
	t->n[i]++;
}

/* Premises from PREMISES on are of nobody. */
static bool
may_try(const struct model *m, unsigned csp, unsigned p)
{
	return (p >= PREMISES || m->plant == PLANT_no_budget_esiid ||
		   counted(m, &m->at_esiid[p], 24) < TRIES_ESIID_DAY) &&
	       (counted(m, &m->of_csp[csp], 1) < TRIES_CSP_HOUR ||
		   m->plant == PLANT_no_budget_csp);
}

static void
missed(struct model *m, unsigned csp, unsigned p)
{
	if (p < PREMISES)
		count(m, &m->at_esiid[p]);
	count(m, &m->of_csp[csp]);
}

static bool
matches(const struct model *m, const struct event *ev, unsigned p, int32_t today)
{
	bool stale = (ev->stale & BIT(p)) != 0;

	if ((ev->wrong & BIT(p)) && m->plant != PLANT_other_premise)
		return false;
	if (model_holds(m, T_STATUS, p, today) != 0 && m->plant != PLANT_retired_asked)
		return false;
	if (stale && model_holds(m, T_METER, p, today) != 0 && m->plant != PLANT_stale_meter)
		return false;
	return !stale || model_holds(m, T_REP, p, today) == 0 || m->plant == PLANT_stale_rep;
}

unsigned
model_match(struct model *m, const struct event *ev, int64_t now)
{
	unsigned order[2] = { ev->premises & ~(unsigned)m->h->large,
		ev->premises & m->h->large };
	unsigned good = 0;

	for (unsigned i = 0; i < 2; i++)
		for (unsigned p = 0; p < PREMISES; p++) {
			if (!(order[i] & BIT(p)) || !may_try(m, ev->csp, p))
				continue;
			if (matches(m, ev, p, zone_day_of(m->zone, now)))
				good |= BIT(p);
			else
				missed(m, ev->csp, p);
		}
	return good;
}

void
model_probe(struct model *m, const struct event *ev)
{
	for (int i = 0; i < ev->days && m->csp[ev->csp] == C_ACTIVE; i++)
		if (may_try(m, ev->csp, ev->premise))
			missed(m, ev->csp, ev->premise);
}

/* ---- mailboxes ---- */

unsigned
model_others(const struct model *m, const struct agreement *a, int64_t now)
{
	unsigned set = 0;

	for (unsigned p = 0; p < PREMISES; p++) {
		uint8_t lives = model_holds(m, T_LIVES, p, zone_day_of(m->zone, now));

		if (!(a->premises & ~a->gone & BIT(p)))
			continue;
		set |= (lives & 1) != 0 ? BIT(MAILBOXES + lives) : 0;
		for (const struct agreement *b = m->at; b < m->at + SLOTS; b++)
			if (b != a && b->state != S_NONE && b->starts != 0 &&
			    (b->premises & BIT(p)) &&
			    (b->customer[p] == a->customer[p] ||
				m->plant == PLANT_strangers_told))
				set |= BIT(b->mailbox);
	}
	return set & ~BIT(a->mailbox);
}

bool
model_silent(const struct model *m, const struct agreement *a)
{
	return m->reported[a->csp][a->mailbox] || m->bounces[a->mailbox] >= BOUNCES_MOST;
}
