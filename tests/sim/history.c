/*
 * Histories from a seed. What happens is weighted so that most invitations come to something,
 * and instants so that many things happen at the edge of a deadline, on days that are 23 or
 * 25 hours long, or when nobody looked for months.
 */
#include <string.h>

#include "base/civil.h"
#include "sim.h"

/* splitmix64: any seed will do, and seeds that are neighbours have nothing in common */
static uint64_t
draw(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static unsigned
below(uint64_t *s, unsigned n)
{
	return (unsigned)(((draw(s) >> 32) * n) >> 32);
}

static bool
chance(uint64_t *s, unsigned percent)
{
	return below(s, 100) < percent;
}

/* One of n weighted things. */
static unsigned
weighted(uint64_t *s, const uint8_t *weights, unsigned n)
{
	unsigned sum = 0, at;

	for (unsigned i = 0; i < n; i++)
		sum += weights[i];
	at = below(s, sum);
	for (unsigned i = 0; i < n; i++) {
		if (at < weights[i])
			return i;
		at -= weights[i];
	}
	return 0;
}

/* Often close to a change of clocks, often at the end of a day or a week. */
static int64_t
beginning(uint64_t *s)
{
	int year = 2026 + (int)below(s, 3);
	int32_t day;
	int64_t second = (int64_t)below(s, DAY);

	switch (below(s, 4)) {
	case 0:
		day = civil_day(year, 3, 1) + (int32_t)below(s, 14);
		break;
	case 1:
		day = civil_day(year, 10, 24) + (int32_t)below(s, 14);
		break;
	default:
		day = civil_day(year, 1, 1) + (int32_t)below(s, 365);
	}
	if (chance(s, 25)) /* Chicago's midnight, give or take a second */
		second = (chance(s, 50) ? 5 : 6) * HOUR + (int64_t)below(s, 3) - 1;
	return (int64_t)day * DAY + second;
}

static void
choose_when(uint64_t *s, struct event *e, unsigned slots)
{
	static const int32_t about[] = { -1, 0, 1, -HOUR, HOUR, -1, 0, -2 };

	e->when = AFTER;
	switch (below(s, 20)) {
	case 0: /* at once */
		e->after_s = 0;
		break;
	case 1:
	case 2:
	case 3:
	case 4:
		e->after_s = 1 + (int32_t)below(s, 600);
		break;
	case 5:
	case 6:
	case 7:
	case 8:
	case 9:
		e->after_s = (int32_t)below(s, 24 * HOUR);
		break;
	case 10:
	case 11:
	case 12:
		e->after_s = DAY + (int32_t)below(s, 3 * DAY);
		break;
	case 13:
		e->after_s = 4 * DAY + (int32_t)below(s, 20 * DAY);
		break;
	case 14:
		e->after_s = 30 * DAY + (int32_t)below(s, 400 * DAY);
		break;
	default:
		if (slots == 0) {
			e->after_s = (int32_t)below(s, HOUR);
			break;
		}
		e->when =
		    (uint8_t)(AT_DEATH + weighted(s, (const uint8_t[]){ 10, 5, 2, 1 }, 4));
		e->when_slot = (uint8_t)(chance(s, 60) ? slots - 1 : below(s, slots));
		e->after_s = about[below(s, nitems(about))];
	}
}

static const uint8_t kinds[KINDS] = {
	[K_ENERGY] = 74, [K_ONCE] = 14, [K_DEVICE] = 8, [K_SERVICES] = 4
};

static void
invite(uint64_t *s, const struct history *h, struct event *e, unsigned slot)
{
	static const uint8_t months[] = { 1, 3, 6, 12, 12, 13, 24, 36 };
	static const uint8_t history[] = { 0, 0, 1, 12, 24 };

	e->slot = (uint8_t)slot;
	e->csp = (uint8_t)(chance(s, 60) ? 0 : below(s, CSPS));
	e->premises = (uint8_t)BIT(below(s, chance(s, 50) ? 2 : PREMISES));
	while (chance(s, 30))
		e->premises |= (uint8_t)BIT(below(s, PREMISES));
	if (chance(s, 15))
		e->wrong = e->premises & (uint8_t)(1 + below(s, 15));
	if (h->large != 0 && chance(s, 20))
		e->premises =
		    (uint8_t)(h->large & e->premises) != 0 ? h->large & e->premises : h->large;
	e->all_or_none = chance(s, 50);
	e->months = months[below(s, nitems(months))];
	if (e->months > 12 && (e->premises & ~h->large) != 0 && chance(s, 70))
		e->months = 12;
	e->history = history[below(s, nitems(history))];
	e->kinds = (uint8_t)(chance(s, 60) ? 7 : 1 + below(s, 7));
	e->stale = chance(s, 25) ? e->premises : 0;
	e->kind = (uint8_t)weighted(s, kinds, KINDS);
	if (e->kind == K_ONCE) {
		e->months = 0;
		e->history = e->history == 0 ? 3 : e->history;
	}
	if (e->kind == K_DEVICE || e->kind == K_SERVICES)
		e->kinds = 0;
	e->mailbox = (uint8_t)(chance(s, 50) ? 0 : below(s, MAILBOXES));
}

/* A letter that is up to be sent, then a decision: what most slots need to become interesting.
 */
static const uint8_t weights[ACTS] = { [ACT_INVITE] = 14,
	[ACT_MAIL] = 22,
	[ACT_OPEN] = 6,
	[ACT_DECIDE] = 22,
	[ACT_JUDGE] = 6,
	[ACT_WITHDRAW] = 2,
	[ACT_END] = 4,
	[ACT_CSP] = 5,
	[ACT_TICK] = 12,
	[ACT_TELL] = 10,
	[ACT_RENEW] = 3,
	[ACT_REWIND] = 1,
	[ACT_NOT_ME] = 4,
	[ACT_BOUNCE] = 3,
	[ACT_PROBE] = 2,
	[ACT_HOURS] = 1 };
static const uint8_t fates[FATES] = {
	[TAKEN] = 60, [DEFERRED] = 12, [REFUSED] = 4, [DIED_BEFORE] = 10, [DIED_AFTER] = 14
};
static const uint8_t choices[CHOICES] = { [CONFIRM] = 75, [DECLINE] = 15, [REPORT] = 10 };
static const uint8_t verdicts[] = { [V_NONE] = 86, [V_HOLD] = 12, [V_SUSPEND] = 2 };
static const uint8_t csp_events[CSP_EVENTS] = {
	[CSP_SUSPEND] = 45, [CSP_RESUME] = 50, [CSP_REVOKE] = 5
};

/* How far a slot is likely to have come: most things are done to those that wait for them. */
enum stage { ASKED, MAILED, AGREED, STOPPED, STAGES };
static const uint8_t wants[ACTS] = { [ACT_MAIL] = ASKED,
	[ACT_OPEN] = MAILED,
	[ACT_DECIDE] = MAILED,
	[ACT_JUDGE] = STOPPED,
	[ACT_WITHDRAW] = ASKED,
	[ACT_END] = AGREED,
	[ACT_RENEW] = AGREED,
	[ACT_NOT_ME] = AGREED,
	[ACT_BOUNCE] = MAILED };
static const uint8_t topics[TOPICS] = {
	[T_LIVES] = 60, [T_METER] = 14, [T_REP] = 13, [T_STATUS] = 13
};

static unsigned
pick(uint64_t *s, const uint8_t *stages, unsigned slots, enum stage want)
{
	unsigned from = below(s, slots);

	if (chance(s, 85))
		for (unsigned i = 0; i < slots; i++)
			if (stages[(from + i) % slots] == want)
				return (from + i) % slots;
	return from;
}

static void
stage_after(const struct event *e, uint8_t *stages)
{
	uint8_t *at = &stages[e->slot];

	if (e->act == ACT_INVITE)
		*at = ASKED;
	if (e->act == ACT_RENEW)
		*at = AGREED;
	if (e->act == ACT_MAIL && *at == ASKED && (e->what == TAKEN || e->what == DIED_AFTER))
		*at = MAILED;
	if (e->act == ACT_DECIDE && *at == MAILED && e->what == CONFIRM)
		*at = e->verdict == V_NONE ? AGREED : STOPPED;
	if (e->act == ACT_JUDGE && *at == STOPPED && e->what == RELEASE)
		*at = AGREED;
	if (e->act == ACT_NOT_ME && *at == AGREED)
		*at = STOPPED;
}

/* What the utility has to tell: who lives there, the meter or the REP, that it is retired. */
static void
tell(uint64_t *s, struct event *e)
{
	e->what = (uint8_t)weighted(s, topics, TOPICS);
	e->premise = (uint8_t)below(s, chance(s, 60) ? 2 : PREMISES);
	e->days = (int16_t)((int)below(s, 60) - 30);
	if (e->what == T_LIVES)
		e->customer = (uint8_t)(chance(s, 50) ? 0 : 1 + below(s, CUSTOMERS));
	else if (e->what == T_METER)
		e->customer = (uint8_t)below(s, 4);
	else
		e->customer = (uint8_t)chance(s, 65);
}

static void
probe(uint64_t *s, struct event *e)
{
	static const int16_t few[] = { 3, 10, TRIES_ESIID_DAY - 1, TRIES_ESIID_DAY, 25 };
	static const int16_t many[] = { 40, 80, TRIES_CSP_HOUR - 1, TRIES_CSP_HOUR, 120 };

	e->csp = (uint8_t)(chance(s, 60) ? 0 : below(s, CSPS));
	e->premise = (uint8_t)below(s, PREMISES + 1);
	e->days =
	    e->premise == PREMISES ? many[below(s, nitems(many))] : few[below(s, nitems(few))];
}

static void
fill(uint64_t *s, const struct history *h, struct event *e, unsigned *slots, uint8_t *stages)
{
	if (*slots > 0)
		e->slot = (uint8_t)pick(s, stages, *slots, wants[e->act]);
	switch (e->act) {
	case ACT_INVITE:
		invite(s, h, e, (*slots)++);
		break;
	case ACT_MAIL:
		e->what = (uint8_t)weighted(s, fates, FATES);
		break;
	case ACT_DECIDE:
		e->what = (uint8_t)weighted(s, choices, CHOICES);
		e->verdict = (uint8_t)weighted(s, verdicts, nitems(verdicts));
		break;
	case ACT_JUDGE:
		e->what = chance(s, 75) ? RELEASE : DISMISS;
		break;
	case ACT_END:
		e->what = (uint8_t)below(s, BYS);
		break;
	case ACT_CSP:
		e->csp = (uint8_t)(chance(s, 60) ? 0 : below(s, CSPS));
		e->what = (uint8_t)weighted(s, csp_events, CSP_EVENTS);
		break;
	case ACT_TELL:
		tell(s, e);
		break;
	case ACT_NOT_ME:
		e->what = (uint8_t)below(s, 2);
		break;
	case ACT_BOUNCE:
		e->what = (uint8_t)chance(s, 15);
		break;
	case ACT_PROBE:
		probe(s, e);
		break;
	case ACT_HOURS:
		e->days = (int16_t)(1 + below(s, 30));
		break;
	case ACT_RENEW:
		e->of = e->slot;
		e->slot = (uint8_t)(*slots)++;
		break;
	case ACT_REWIND:
		e->after_s = (int32_t)below(s, 40 * DAY);
		break;
	default:
		break;
	}
	stage_after(e, stages);
}

/* What a few histories begin with, so that what takes many steps happens at all. */
enum story { S_ANY, S_BURST, S_COMES_BACK, STORIES };
static const struct {
	uint8_t first; /* so many events are told beforehand */
	uint8_t acts[3];
	int32_t within_s;
} stories[STORIES] = {
	/* one mailbox is asked often on a day */
	[S_BURST] = { 6, { ACT_INVITE, ACT_INVITE, ACT_INVITE }, 2 * HOUR },
	/* mail after mail comes back, the fourth invitation is of another day */
	[S_COMES_BACK] = { 11, { ACT_INVITE, ACT_MAIL, ACT_BOUNCE }, 10 * HOUR },
};

static void
told_before(uint64_t *s, struct event *e, enum story story)
{
	if (e->id > 0)
		e->when = AFTER,
		e->after_s = (int32_t)below(s, (unsigned)stories[story].within_s);
	e->what = 0;
	if (e->act != ACT_INVITE)
		return;
	e->mailbox = 0;
	e->wrong = 0;
	e->months = e->kind == K_ONCE ? 0 : 12;
	e->csp = (uint8_t)(e->id % CSPS);
	if (story == S_COMES_BACK) {
		e->csp = (uint8_t)(e->slot % CSPS);
		e->all_or_none = false;
		e->stale = 0;
	}
}

static unsigned
choose_act(uint64_t *s, unsigned i, enum story story, unsigned then_mail)
{
	unsigned act = i == 0 ? ACT_INVITE : weighted(s, weights, ACTS);

	if (i < stories[story].first)
		return stories[story].acts[i % 3];
	if (then_mail > 0 && chance(s, 60))
		act = then_mail == 2 ? ACT_MAIL : ACT_DECIDE;
	return act;
}

void
history_make(struct history *h, uint64_t seed)
{
	uint64_t s = seed * 0xd1342543de82ef95u + 1;
	unsigned slots = 0, then_mail = 0;
	uint8_t stages[SLOTS];
	enum story story = weighted(&s, (const uint8_t[]){ 94, 3, 3 }, STORIES);

	memset(h, 0, sizeof *h);
	h->seed = seed;
	h->begins = beginning(&s);
	h->large = (uint8_t)(draw(&s) & draw(&s) & (BIT(PREMISES) - 1));
	for (unsigned p = 0; p < PREMISES; p++)
		h->lives_at[p] = (uint8_t)(chance(&s, 85) ? 1 + below(&s, CUSTOMERS) : 0);
	h->n = 14 + below(&s, EVENTS - 14 + 1);
	for (unsigned i = 0; i < h->n; i++) {
		struct event *e = &h->at[i];
		unsigned act = choose_act(&s, i, story, then_mail);

		then_mail = then_mail > 0 ? then_mail - 1 : 0;
		if ((act == ACT_INVITE || act == ACT_RENEW) && slots == SLOTS)
			act = ACT_TICK;
		e->act = (uint8_t)act;
		e->id = (uint8_t)i;
		choose_when(&s, e, slots);
		fill(&s, h, e, &slots, stages);
		if (i < stories[story].first) {
			told_before(&s, e, story);
			e->slot = (uint8_t)(slots - 1);
		}
		if (act == ACT_INVITE)
			then_mail = 2;
	}
}
