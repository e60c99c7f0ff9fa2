/* The model's decisions: what customers, others and operators say, and what follows from it. */
#include <string.h>

#include "model.h"

static int64_t
months_later(const struct model *m, int64_t at, int months)
{
	int64_t local = zone_local_s(m->zone, at);
	int32_t day = (int32_t)(local / DAY);

	return zone_utc_s(
	    m->zone, civil_add_months(day, months) * (int64_t)DAY + local % DAY, NULL);
}

void
model_note_customers(const struct model *m, struct agreement *a, int64_t now)
{
	for (unsigned p = 0; p < PREMISES; p++) {
		int32_t from, to;

		if (a->customer[p] == 0 || m->plant == PLANT_moved_before)
			a->customer[p] =
			    model_lives(m, p, zone_day_of(m->zone, now), &from, &to);
	}
}

/* An agreement of a CSP for a premise takes the place of those that were agreed on before it.
 */
static void
supersede(struct model *m, const struct agreement *by)
{
	for (struct agreement *a = m->at; a < m->at + SLOTS; a++) {
		unsigned both = (unsigned)(a->premises & ~a->gone & by->premises & ~by->gone);

		if (a == by || a->csp != by->csp || both == 0 ||
		    (a->kind != by->kind && m->plant != PLANT_kinds_supersede) ||
		    a->decided > by->decided ||
		    (a->state != S_ACTIVE && a->state != S_HELD && a->state != S_SUSPENDED) ||
		    m->plant == PLANT_superseded_reads)
			continue;
		a->gone |= (uint8_t)both;
		if (a->gone == a->premises)
			model_apply(m, a, EV_terminate);
	}
}

/* Premises whose customer has left. */
void
model_shares_end(struct model *m, struct agreement *a, int64_t now)
{
	for (unsigned p = 0; p < PREMISES; p++)
		if ((a->premises & ~a->gone & BIT(p)) != 0 && now >= model_moved_out(m, a, p) &&
		    m->plant != PLANT_moved_out_reads)
			a->gone |= (uint8_t)BIT(p);
	if (a->gone == a->premises)
		model_apply(m, a, a->state == S_PENDING ? EV_withdraw : EV_terminate);
}

void
model_begin_term(struct model *m, struct agreement *a, int64_t now)
{
	a->decided = a->starts = now;
	a->ends = months_later(m, now, a->months);
	if (a->kind == K_ONCE && m->plant != PLANT_once_forever)
		a->ends = now + ONCE_S;
	else if (a->kind == K_ONCE)
		a->ends = months_later(m, now, 12);
	a->reads_from = months_later(m, now, -(int)a->history);
	model_note_customers(m, a, now);
}

void
model_decide(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
{
	static const uint8_t by_choice[CHOICES] = { EV_affirm, EV_decline, EV_report };
	struct agreement *a = &m->at[ev->slot];
	unsigned event = by_choice[ev->what];

	if (now >= a->dies && m->plant != PLANT_late_decision)
		return;
	if (m->plant == PLANT_second_wins && (a->state == S_REJECTED || a->state == S_ACTIVE))
		a->state = S_PENDING;
	if (m->plant == PLANT_withdrawn_decides && a->state == S_WITHDRAWN)
		a->state = S_PENDING;
	if (a->state == S_PENDING && m->plant != PLANT_moved_before)
		model_shares_end(m, a, now);
	if (a->state != S_PENDING)
		return;
	if (event == EV_affirm && (ev->verdict != V_NONE || m->csp[a->csp] != C_ACTIVE))
		event = EV_hold;
	if (!model_apply(m, a, event))
		return;
	out->done = true;
	a->letter = a->letter == L_SENT ? L_SENT : L_CANCELLED;
	if (ev->what == REPORT)
		m->reported[a->csp][a->mailbox] = true;
	if (ev->what != CONFIRM)
		return;
	model_begin_term(m, a, now);
	if (ev->verdict == V_SUSPEND && m->csp[a->csp] == C_ACTIVE)
		m->csp[a->csp] = C_SUSPENDED;
	if (a->state == S_ACTIVE)
		supersede(m, a);
	if (m->plant != PLANT_others_untold)
		a->others = (uint16_t)model_others(m, a, now);
}

/* A share and what renews it are held, or released. */
static bool
along(struct model *m, struct agreement *a, enum step_event event)
{
	bool done = model_apply(m, a, event);

	if (a->renewed_by >= 0 && m->plant != PLANT_not_me_renewal)
		done |= along(m, &m->at[a->renewed_by], event);
	return done;
}

/* The link of the n-th mailbox that was told; each counts once, for a while. */
void
model_not_me(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
{
	struct agreement *a = &m->at[ev->slot];
	unsigned left = a->others;

	for (unsigned n = ev->what; n > 0; n--)
		left &= left - 1;
	left &= ~left + 1;
	if (left == 0 || (now >= a->decided + NOT_ME_S && m->plant != PLANT_not_me_late) ||
	    ((a->used & left) && m->plant != PLANT_not_me_again))
		return;
	a->used |= (uint16_t)left;
	if (m->plant != PLANT_not_me_unheard && a->state != S_PENDING)
		out->done = along(m, a, EV_hold);
}

void
model_bounce(struct model *m, const struct event *ev, struct outcome *out)
{
	struct agreement *a = &m->at[ev->slot];

	if (a->bounced || a->letter != L_SENT ||
	    (ev->what != 0 && m->plant != PLANT_late_is_bounce) ||
	    m->plant == PLANT_bounce_unheard)
		return;
	a->bounced = true;
	if (m->plant != PLANT_bounces_forgotten)
		m->bounces[a->mailbox]++;
	out->done = model_apply(m, a,
	    a->state == S_ACTIVE && m->plant == PLANT_bounce_decided ? EV_terminate
								     : EV_bounce);
}

void
model_judge(struct model *m, const struct event *ev, struct outcome *out)
{
	struct agreement *a = &m->at[ev->slot];

	if (a->state != S_HELD)
		return;
	out->done =
	    ev->what == RELEASE ? along(m, a, EV_release) : model_apply(m, a, EV_terminate);
	if (a->state == S_ACTIVE)
		supersede(m, a);
}

void
model_renew(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
{
	struct agreement *was = &m->at[ev->of];
	struct agreement *a = &m->at[ev->slot];

	if ((was->state != S_ACTIVE && m->plant != PLANT_renewed_late) ||
	    was->state == S_NONE || was->starts == 0 ||
	    (now >= was->ends && m->plant != PLANT_renewed_late) || was->kind == K_ONCE ||
	    (!was->large && m->plant != PLANT_renewed_home) || m->csp[was->csp] != C_ACTIVE)
		return;
	if (was->renewed_by >= 0)
		return;
	*a = *was;
	a->premises = (uint8_t)(was->premises & ~was->gone);
	a->gone = 0;
	a->renews = (int8_t)ev->of;
	a->renewed_by = -1;
	a->others = a->used = 0;
	a->decided = now;
	was->renewed_by = (int8_t)ev->slot;
	a->state = S_ACTIVE;
	a->starts = was->ends;
	a->ends = months_later(m, was->ends, was->months);
	a->asked = NEVER;
	a->letter = L_SENT;
	memset(a->told, 0, sizeof a->told);
	out->done = true;
}
