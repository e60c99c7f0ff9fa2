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
invite(struct model *m, const struct event *ev, int64_t now, struct outcome *out)
{
	unsigned good;

	if (m->csp[ev->csp] != C_ACTIVE)
		return;
	good = model_match(m, ev, now);
	if (ev->months > 12 && m->plant != PLANT_long_term)
		good &= m->h->large;
	good &= ~open_already(m, ev->csp);
	if (good == 0 || (ev->all_or_none && good != ev->premises) ||
	    mailbox_full(m, ev->mailbox, now))
		return;
	m->at[ev->slot] = (struct agreement){ .state = S_PENDING,
		.csp = ev->csp,
		.premises = (uint8_t)good,
		.kind = ev->kind,
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
	model_note_customers(m, &m->at[ev->slot], now);
	if (m->plant == PLANT_lapse_unsent)
		m->at[ev->slot].dies = model_deadline(m, now);
	out->done = true;
	out->good = (uint8_t)good;
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
	if (m->csp[a->csp] == C_REVOKED)
		model_apply(m, a, a->state == S_PENDING ? EV_withdraw : EV_terminate);
	for (unsigned p = 0; p < PREMISES; p++)
		if ((a->premises & ~a->gone & BIT(p)) && model_moved_out(m, a, p) > left)
			left = model_moved_out(m, a, p);
	if (a->state == S_PENDING)
		end = a->dies;
	if (a->state == S_PENDING && end == ALWAYS)
		end = zone_day_start(m->zone,
		    civil_add_weekdays(zone_day_of(m->zone, a->invited), WEEKDAYS_UNSENT) + 1);
	if (over(a->state))
		return;
	if (now >= end && end < left)
		time_up(m, a);
	else
		model_shares_end(m, a, now);
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
			model_begin_term(m, a, now);
		break;
	case ACT_DECIDE:
		model_decide(m, ev, now, out);
		break;
	case ACT_JUDGE:
		model_judge(m, ev, out);
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
	case ACT_TELL:
		model_tell(m, ev, zone_day_of(m->zone, now));
		break;
	case ACT_RENEW:
		model_renew(m, ev, now, out);
		break;
	case ACT_NOT_ME:
		model_not_me(m, ev, now, out);
		break;
	case ACT_BOUNCE:
		model_bounce(m, ev, out);
		break;
	case ACT_PROBE:
		model_probe(m, ev);
		break;
	case ACT_HOURS:
		m->hour += ev->days;
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
	memset(m->bounces, 0, sizeof m->bounces);
	memset(m->moves_n, 0, sizeof m->moves_n);
	memset(m->at_esiid, 0, sizeof m->at_esiid);
	memset(m->of_csp, 0, sizeof m->of_csp);
	m->hour = 0;
	for (unsigned p = 0; p < PREMISES; p++) {
		m->moves_n[T_LIVES][p] = h->lives_at[p] != 0;
		m->moves[T_LIVES][p][0] = (struct move){ INT32_MIN, h->lives_at[p] };
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
told(struct system *s, uint8_t to[SLOTS][3], struct err *e)
{
	const struct model *m = s->own;

	(void)e;
	for (unsigned i = 0; i < SLOTS; i++) {
		memcpy(to[i], m->at[i].told, 2);
		to[i][2] = (uint8_t)__builtin_popcount(m->at[i].others);
	}
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
