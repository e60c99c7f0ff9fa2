/* The model's gate to reads, who lives where, and the road of an invitation's mail. */
#include <string.h>

#include "model.h"

enum { BACK_OFF_S = 60, BACK_OFF_MOST_S = 4 * HOUR };

uint8_t
model_lives(const struct model *m, unsigned premise, int32_t day, int32_t *from, int32_t *to)
{
	const struct move *at = m->moves[T_LIVES][premise];
	unsigned n = m->moves_n[T_LIVES][premise], i = 0, first;
	uint8_t who;

	while (i < n && at[i].day <= day)
		i++; /* at[i] is the first behind the day */
	who = i > 0 ? at[i - 1].says : 0;
	first = i;
	/* statements that say again who lives there change nothing */
	while (first > 0 && at[first - 1].says == who)
		first--;
	*from = first < i ? at[first].day : INT32_MIN;
	if (first == 0 && who == 0)
		*from = INT32_MIN;
	while (i < n && at[i].says == who)
		i++;
	*to = i < n ? at[i].day : INT32_MAX;
	return who;
}

static int64_t
day_start(const struct model *m, int32_t day)
{
	return day == INT32_MIN	  ? NEVER
	       : day == INT32_MAX ? ALWAYS
				  : zone_day_start(m->zone, day);
}

/* Another customer than was known at the time: nothing. Nobody was known: whoever or whatever
 * it turns out to have been. */
struct span
model_reach(const struct model *m, const struct agreement *a, unsigned premise)
{
	int32_t from, to;
	uint8_t who = model_lives(m, premise, zone_day_of(m->zone, a->starts), &from, &to);
	struct span s = { day_start(m, from), day_start(m, to) };

	if (a->customer[premise] != 0 && who != a->customer[premise])
		return (struct span){ 0, 0 };
	if (m->plant == PLANT_next_occupant)
		s.to = ALWAYS;
	if (s.from < a->reads_from)
		s.from = m->plant == PLANT_history_reads ? s.from : a->reads_from;
	if (s.to > a->ends)
		s.to = a->ends;
	if (a->kind == K_ONCE && s.to > a->starts && m->plant != PLANT_once_goes_on)
		s.to = a->starts;
	return s;
}

/* The first day from one on at which the premise is retired, INT32_MAX when there is none. */
static int32_t
retired_from(const struct model *m, unsigned premise, int32_t day)
{
	const struct move *at = m->moves[T_STATUS][premise];

	if (m->plant == PLANT_retired_reads)
		return INT32_MAX;
	if (model_holds(m, T_STATUS, premise, day) != 0)
		return day;
	for (unsigned i = 0; i < m->moves_n[T_STATUS][premise]; i++)
		if (at[i].day > day && at[i].says != 0)
			return at[i].day;
	return INT32_MAX;
}

int64_t
model_moved_out(const struct model *m, const struct agreement *a, unsigned premise)
{
	int64_t base = a->state == S_PENDING ? a->invited : a->starts, left, retired;
	int32_t from, to, day = zone_day_of(m->zone, base);
	uint8_t who = model_lives(m, premise, day, &from, &to);

	left =
	    a->customer[premise] != 0 && who != a->customer[premise] ? base : day_start(m, to);
	retired = day_start(m, retired_from(m, premise, day));
	if (m->plant == PLANT_swap_ends && m->moves_n[T_METER][premise] > 0)
		retired = day_start(m, m->moves[T_METER][premise][0].day);
	return left < retired ? left : retired;
}

static bool
gives(const struct model *m, const struct agreement *a, int64_t now)
{
	bool state = a->state == S_ACTIVE ||
		     (a->state == S_HELD && m->plant == PLANT_held_reads) ||
		     (a->state == S_TERMINATED && m->plant == PLANT_ended_reads);

	if ((a->kind == K_DEVICE || a->kind == K_SERVICES) && m->plant != PLANT_device_reads)
		return false;
	return state && a->starts <= now && (now < a->ends || m->plant == PLANT_term_reads) &&
	       (m->csp[a->csp] == C_ACTIVE || m->plant == PLANT_suspended_reads);
}

bool
model_rights(struct system *s, int64_t now, unsigned kind,
    struct span to[CSPS][PREMISES][SPANS], uint8_t n[CSPS][PREMISES], struct err *e)
{
	const struct model *m = s->own;

	(void)e;
	memset(n, 0, CSPS * PREMISES);
	for (const struct agreement *a = m->at; a < m->at + SLOTS; a++) {
		unsigned csp = a->csp, left = a->premises & ~(unsigned)a->gone;

		if (!gives(m, a, now) ||
		    (!(a->kinds & BIT(kind)) && m->plant != PLANT_kinds_reads &&
			m->plant != PLANT_device_reads))
			continue;
		if (m->plant == PLANT_other_csp)
			csp = (csp + 1) % CSPS;
		for (unsigned p = 0; p < PREMISES; p++) {
			struct span r;

			if (!(left & BIT(p)) || (now >= model_moved_out(m, a, p) &&
						    m->plant != PLANT_moved_out_reads))
				continue;
			r = model_reach(m, a, p);
			spans_add(to[csp][p], &n[csp][p], r.from, r.to);
		}
	}
	return true;
}

/* ---- the mail ---- */

static bool
may_go(const struct model *m, const struct agreement *a, int64_t now)
{
	if ((a->state != S_PENDING || m->csp[a->csp] != C_ACTIVE) &&
	    m->plant != PLANT_mail_after_end)
		return false;
	switch (a->letter) {
	case L_QUEUED:
		return now >= a->next_try;
	case L_SENDING:
		return now >= a->lease_until && m->plant != PLANT_mail_lost;
	case L_SENT:
		return m->plant == PLANT_three_mails;
	default:
		return false;
	}
}

bool
model_mail(struct model *m, struct agreement *a, unsigned slot, enum fate fate, int64_t now,
    struct outcome *out)
{
	int64_t pause;

	if (a->state == S_NONE || !may_go(m, a, now))
		return false;
	if (model_silent(m, a) && m->plant != PLANT_mail_after_report) {
		a->letter = L_FAILED;
		model_apply(m, a, EV_bounce);
		return false;
	}
	out->letter = 1000 + slot + (m->plant == PLANT_new_letter ? 100u * a->tries : 0);
	pause = (int64_t)BACK_OFF_S << (a->tries < 10 ? a->tries : 10);
	a->tries++;
	switch (fate) {
	case TAKEN:
		if (a->accepted == NEVER && m->plant != PLANT_lapse_unsent)
			a->dies = model_deadline(m, now);
		a->letter = L_SENT;
		a->accepted = now;
		return true;
	case DEFERRED:
		a->letter = L_QUEUED;
		a->next_try = now + (pause < BACK_OFF_MOST_S ? pause : BACK_OFF_MOST_S);
		if (now < a->invited + MAIL_TRIES_S && m->plant != PLANT_deferred_fails)
			return true;
		/* it has been tried for long enough */
		/* fall through */
	case REFUSED:
		a->letter = L_FAILED;
		model_apply(m, a, EV_bounce);
		return true;
	default:
		a->letter = L_SENDING;
		a->lease_until = now + LEASE_S;
		return true;
	}
}
