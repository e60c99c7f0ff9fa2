/*
 * The model: agreements as pure functions of (state, event, now), along the product's table of
 * steps and by its calendar. It has no memory but what is in struct model, no clock, no chance.
 * A plant is a fault on purpose (sim.h); each `m->plant ==` below is one.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { WEEKDAYS = 5, WEEKDAYS_UNSENT = 10 };

static bool
over(enum state s)
{
	return s >= S_REJECTED && s <= S_TERMINATED;
}

bool
model_apply(struct model *m, struct agreement *a, enum step_event event)
{
	uint8_t to = m->steps->next[a->state][event];

	if (to == S_NONE)
		return false;
	a->state = to;
	if (over(to) && m->plant != PLANT_end_untold)
		a->told[0]++, a->told[1]++;
	/* a renewal that was to follow ends with it */
	if (to == S_TERMINATED && a->renewed_by >= 0 && m->plant != PLANT_renewal_stays)
		model_apply(m, &m->at[a->renewed_by], EV_terminate);
	return true;
}

/* ---- the weekday clock ---- */

int64_t
model_deadline(const struct model *m, int64_t accepted)
{
	int32_t day = zone_day_of(m->zone, accepted);
	int32_t last = civil_add_weekdays(day, WEEKDAYS - (m->plant == PLANT_lapse_early));

	if (m->plant == PLANT_lapse_saturday) {
		last = day;
		for (int left = WEEKDAYS; left > 0; left -= civil_weekday(last) != 6)
			last++;
	}
	if (m->plant == PLANT_lapse_24h)
		return zone_day_start(m->zone, day) + (last + 1 - day) * (int64_t)DAY;
	return zone_day_start(m->zone, last + 1) + (m->plant == PLANT_lapse_late);
}

static int64_t
months_later(const struct model *m, int64_t at, int months)
{
	int64_t local = zone_local_s(m->zone, at);
	int32_t day = (int32_t)(local / DAY);

	return zone_utc_s(
	    m->zone, civil_add_months(day, months) * (int64_t)DAY + local % DAY, NULL);
}

/* ---- asking ---- */

static bool
mailbox_full(const struct model *m, unsigned mailbox, int64_t now)
{
	int32_t today = zone_day_of(m->zone, now);
	unsigned n = 0;

	for (const struct agreement *a = m->at; a < m->at + SLOTS; a++)
		n += a->state != S_NONE && a->mailbox == mailbox && a->asked != NEVER &&
		     zone_day_of(m->zone, a->asked) == today;
	return n >= MAILBOX_DAY_MOST && m->plant != PLANT_no_quota;
}

/* Premises for which another invitation of the CSP waits for an answer. */
static unsigned
open_already(const struct model *m, unsigned csp)
{
	unsigned set = 0;

	for (const struct agreement *a = m->at; a < m->at + SLOTS; a++)
		if (a->state == S_PENDING && a->csp == csp && m->plant != PLANT_two_open)
			set |= a->premises & ~(unsigned)a->gone;
	return set;
}

static void
note_customers(const struct model *m, struct agreement *a, int64_t now)
{
	for (unsigned p = 0; p < PREMISES; p++) {
		int32_t from, to;

		if (a->customer[p] == 0 || m->plant == PLANT_moved_before)
			a->customer[p] =
			    model_lives(m, p, zone_day_of(m->zone, now), &from, &to);
	}
}

static void
invite(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
{
	unsigned good = ev->premises & ~(unsigned)ev->wrong;

	if (m->plant == PLANT_other_premise)
		good = ev->premises;
	if (ev->months > 12 && m->plant != PLANT_long_term)
		good &= m->h->large;
	good &= ~open_already(m, ev->csp);
	if (m->csp[ev->csp] != C_ACTIVE || good == 0 ||
	    (ev->all_or_none && good != ev->premises) || mailbox_full(m, ev->mailbox, now))
		return;
	m->at[ev->slot] = (struct agreement){ .state = S_PENDING,
		.csp = ev->csp,
		.premises = (uint8_t)good,
		.kinds = ev->kinds,
		.months = ev->months,
		.history = ev->history,
		.mailbox = ev->mailbox,
		.large = (good & ~(unsigned)m->h->large) == 0,
		.invited = now,
		.asked = now,
		.accepted = NEVER,
		.dies = ALWAYS,
		.letter = L_QUEUED,
		.next_try = now,
		.renewed_by = -1,
		.renews = -1 };
	note_customers(m, &m->at[ev->slot], now);
	if (m->plant == PLANT_lapse_unsent)
		m->at[ev->slot].dies = model_deadline(m, now);
	out->done = true;
	out->good = (uint8_t)good;
}

/* ---- deciding ---- */

/* An agreement of a CSP for a premise takes the place of those that were agreed on before it.
 */
static void
supersede(struct model *m, const struct agreement *by)
{
	for (struct agreement *a = m->at; a < m->at + SLOTS; a++) {
		unsigned both = (unsigned)(a->premises & ~a->gone & by->premises & ~by->gone);

		if (a == by || a->csp != by->csp || both == 0 || a->decided > by->decided ||
		    (a->state != S_ACTIVE && a->state != S_HELD && a->state != S_SUSPENDED) ||
		    m->plant == PLANT_superseded_reads)
			continue;
		a->gone |= (uint8_t)both;
		if (a->gone == a->premises)
			model_apply(m, a, EV_terminate);
	}
}

/* Premises whose customer has left. */
static void
shares_end(struct model *m, struct agreement *a, int64_t now)
{
	for (unsigned p = 0; p < PREMISES; p++)
		if ((a->premises & ~a->gone & BIT(p)) != 0 && now >= model_moved_out(m, a, p) &&
		    m->plant != PLANT_moved_out_reads)
			a->gone |= (uint8_t)BIT(p);
	if (a->gone == a->premises)
		model_apply(m, a, a->state == S_PENDING ? EV_withdraw : EV_terminate);
}

static void
begin_term(struct model *m, struct agreement *a, int64_t now)
{
	a->decided = a->starts = now;
	a->ends = months_later(m, now, a->months);
	a->reads_from = months_later(m, now, -(int)a->history);
	note_customers(m, a, now);
}

static void
decide(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
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
		shares_end(m, a, now);
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
	begin_term(m, a, now);
	if (ev->verdict == V_SUSPEND && m->csp[a->csp] == C_ACTIVE)
		m->csp[a->csp] = C_SUSPENDED;
	if (a->state == S_ACTIVE)
		supersede(m, a);
}

static void
judge(struct model *m, const struct event *ev, struct outcome *out)
{
	struct agreement *a = &m->at[ev->slot];

	if (a->state != S_HELD)
		return;
	out->done = model_apply(m, a, ev->what == RELEASE ? EV_release : EV_terminate);
	if (a->state == S_ACTIVE)
		supersede(m, a);
}

static void
renew(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
{
	struct agreement *was = &m->at[ev->of];
	struct agreement *a = &m->at[ev->slot];

	if ((was->state != S_ACTIVE && m->plant != PLANT_renewed_late) ||
	    was->state == S_NONE || was->starts == 0 ||
	    (now >= was->ends && m->plant != PLANT_renewed_late) ||
	    (!was->large && m->plant != PLANT_renewed_home) || m->csp[was->csp] != C_ACTIVE)
		return;
	if (was->renewed_by >= 0)
		return;
	*a = *was;
	a->premises = (uint8_t)(was->premises & ~was->gone);
	a->gone = 0;
	a->renews = (int8_t)ev->of;
	a->renewed_by = -1;
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

/* ---- the agreement clock ---- */

/* Its term is over, or nobody has answered, or no mail went. */
static void
time_up(struct model *m, struct agreement *a)
{
	enum step_event event = a->state != S_PENDING  ? EV_complete
				: a->accepted != NEVER ? EV_lapse
						       : EV_bounce;

	if (event == EV_bounce && m->plant == PLANT_unsent_lapses)
		event = EV_lapse;
	if ((event == EV_lapse && m->plant == PLANT_no_lapse) ||
	    (event == EV_complete && m->plant == PLANT_no_completion))
		return;
	model_apply(m, a, event);
}

/* Of two ends the one that was due first. */
static void
tick_one(struct model *m, struct agreement *a, int64_t now)
{
	int64_t left = NEVER, end = a->ends;

	if (a->state == S_NONE || over(a->state))
		return;
	for (unsigned p = 0; p < PREMISES; p++)
		if ((a->premises & ~a->gone & BIT(p)) && model_moved_out(m, a, p) > left)
			left = model_moved_out(m, a, p);
	if (a->state == S_PENDING)
		end = a->dies;
	if (a->state == S_PENDING && end == ALWAYS)
		end = zone_day_start(m->zone,
		    civil_add_weekdays(zone_day_of(m->zone, a->invited), WEEKDAYS_UNSENT) + 1);
	if (now >= end && end < left)
		time_up(m, a);
	else
		shares_end(m, a, now);
	if (!over(a->state) && now >= end)
		time_up(m, a);
}

static void
tick(struct model *m, int64_t now)
{
	for (struct agreement *a = m->at; a < m->at + SLOTS; a++) {
		tick_one(m, a, now);
		if (m->plant == PLANT_end_told_twice && a->state == S_LAPSED)
			a->told[0]++;
	}
}

/* ---- the rest of what happens ---- */

static void
csp_event(struct model *m, const struct event *ev, struct outcome *out)
{
	uint8_t to = m->steps->csp[m->csp[ev->csp]][ev->what];

	if (m->plant == PLANT_revoked_resumes && ev->what == CSP_RESUME)
		to = C_ACTIVE;
	out->done = to != C_STATES;
	if (out->done)
		m->csp[ev->csp] = to;
}

/* Statements in the order of their days; a later one for the same day takes its place. */
static void
moved(struct model *m, const struct event *ev, int64_t now)
{
	int32_t day = zone_day_of(m->zone, now) + ev->days;
	struct move *at = m->moves[ev->premise];
	uint8_t *n = &m->moves_n[ev->premise], i = *n;

	if (m->plant == PLANT_late_move && ev->days < 0)
		return;
	while (i > 0 && at[i - 1].day > day)
		i--;
	if (i > 0 && at[i - 1].day == day) {
		at[i - 1].customer = ev->customer;
		return;
	}
	if (*n == MOVES)
		return;
	memmove(at + i + 1, at + i, (*n - i) * sizeof *at);
	at[i] = (struct move){ day, ev->customer };
	(*n)++;
}

static bool
step(struct system *s, const struct event *ev, int64_t now, struct outcome *out, struct err *e)
{
	struct model *m = s->own;
	struct agreement *a = &m->at[ev->slot];

	(void)e;
	switch ((enum act)ev->act) {
	case ACT_INVITE:
		invite(m, ev, now, out);
		break;
	case ACT_MAIL:
		out->done = model_mail(m, a, ev->slot, ev->what, now, out);
		break;
	case ACT_OPEN:
		if (m->plant == PLANT_get_decides && now < a->dies &&
		    model_apply(m, a, EV_affirm))
			begin_term(m, a, now);
		break;
	case ACT_DECIDE:
		decide(m, ev, now, out);
		break;
	case ACT_JUDGE:
		judge(m, ev, out);
		break;
	case ACT_WITHDRAW:
		out->done = model_apply(m, a, EV_withdraw);
		break;
	case ACT_END: /* who was asked can only answer; others take the question back */
		out->done = model_apply(m, a,
		    a->state == S_PENDING && ev->what != BY_CUSTOMER ? EV_withdraw
								     : EV_terminate);
		break;
	case ACT_CSP:
		csp_event(m, ev, out);
		break;
	case ACT_TICK:
		tick(m, now);
		break;
	case ACT_MOVE:
		moved(m, ev, now);
		break;
	case ACT_RENEW:
		renew(m, ev, now, out);
		break;
	default:
		break;
	}
	return true;
}

static bool
begin(struct system *s, const struct history *h, struct err *e)
{
	struct model *m = s->own;

	(void)e;
	m->h = h;
	memset(m->at, 0, sizeof m->at);
	memset(m->csp, C_ACTIVE, sizeof m->csp);
	memset(m->reported, 0, sizeof m->reported);
	for (unsigned p = 0; p < PREMISES; p++) {
		m->moves_n[p] = h->lives_at[p] != 0;
		m->moves[p][0] = (struct move){ INT32_MIN, h->lives_at[p] };
	}
	return true;
}

static bool
states(struct system *s, uint8_t to[SLOTS], struct err *e)
{
	const struct model *m = s->own;

	(void)e;
	for (unsigned i = 0; i < SLOTS; i++)
		to[i] = m->at[i].state;
	return true;
}

static bool
told(struct system *s, uint8_t to[SLOTS][2], struct err *e)
{
	const struct model *m = s->own;

	(void)e;
	for (unsigned i = 0; i < SLOTS; i++)
		memcpy(to[i], m->at[i].told, 2);
	return true;
}

bool
model_open(struct system *to, const struct steps *steps, enum plant plant, struct err *e)
{
	struct model *m = calloc(1, sizeof *m);

	if (m == NULL)
		return err(e, ERR_BUSY, "no memory");
	m->own = *steps;
	m->steps = &m->own;
	m->plant = plant;
	if (plant == PLANT_row_revives)
		m->own.next[S_REJECTED][EV_terminate] = S_ACTIVE;
	if (plant == PLANT_row_missing)
		m->own.next[S_HELD][EV_release] = S_NONE;
	m->zone = zone_get("America/Chicago", e);
	*to = (struct system){ .name = "model",
		.begin = begin,
		.step = step,
		.states = states,
		.rights = model_rights,
		.told = told,
		.own = (void *)m };
	return m->zone != NULL;
}

void
model_close(struct system *s)
{
	free(s->own);
	s->own = NULL;
}
