/*
 * Histories from a seed. What happens is weighted so that most invitations come to something,
 * and instants so that many things happen at the edge of a deadline, on days that are 23 or
 * 25 hours long, or when nobody looked for months.
 */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "sim.h"

const char *const state_names[STATES] = { "NONE", "PENDING", "ACTIVE", "HELD", "REJECTED",
	"REPORTED", "LAPSED", "WITHDRAWN", "UNDELIVERABLE", "COMPLETED", "TERMINATED",
	"SUSPENDED" };
const char *const plant_names[PLANTS_N] = {
#define X(name, about) #name,
	PLANTS(X)
#undef X
};
const char *const plant_abouts[PLANTS_N] = {
#define X(name, about) about,
	PLANTS(X)
#undef X
};

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
	[ACT_MOVE] = 8,
	[ACT_RENEW] = 3,
	[ACT_REWIND] = 1 };
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
	[ACT_RENEW] = AGREED };

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
	case ACT_MOVE:
		e->premise = (uint8_t)below(s, chance(s, 60) ? 2 : PREMISES);
		e->customer = (uint8_t)(chance(s, 50) ? 0 : 1 + below(s, 6));
		e->days = (int16_t)((int)below(s, 60) - 30);
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

void
history_make(struct history *h, uint64_t seed)
{
	uint64_t s = seed * 0xd1342543de82ef95u + 1;
	unsigned slots = 0, then_mail = 0;
	uint8_t stages[SLOTS];
	bool burst = chance(&s, 3);

	memset(h, 0, sizeof *h);
	h->seed = seed;
	h->begins = beginning(&s);
	h->large = (uint8_t)(draw(&s) & draw(&s) & (BIT(PREMISES) - 1));
	for (unsigned p = 0; p < PREMISES; p++)
		h->lives_at[p] = (uint8_t)(chance(&s, 85) ? 1 + below(&s, 6) : 0);
	h->n = 10 + below(&s, EVENTS - 10 + 1);
	for (unsigned i = 0; i < h->n; i++) {
		struct event *e = &h->at[i];
		unsigned act =
		    i == 0 || (burst && i < 6) ? ACT_INVITE : weighted(&s, weights, ACTS);

		if (then_mail > 0 && chance(&s, 60) && !(burst && i < 6))
			act = then_mail == 2 ? ACT_MAIL : ACT_DECIDE;
		then_mail = then_mail > 0 ? then_mail - 1 : 0;
		if ((act == ACT_INVITE || act == ACT_RENEW) && slots == SLOTS)
			act = ACT_TICK;
		e->act = (uint8_t)act;
		e->id = (uint8_t)i;
		choose_when(&s, e, slots);
		fill(&s, h, e, &slots, stages);
		if (burst && i > 0 && i < 6) /* one mailbox is asked often on a day */
			e->when = AFTER, e->after_s = (int32_t)below(&s, 2 * HOUR);
		if (burst && act == ACT_INVITE)
			e->mailbox = 0, e->wrong = 0, e->months = 12,
			e->csp = (uint8_t)(i % CSPS);
		if (act == ACT_INVITE)
			then_mail = 2;
	}
}

static void
set_text(char *to, size_t size, unsigned set)
{
	size_t n = 0;

	for (unsigned p = 0; p < PREMISES && n + 3 < size; p++)
		if (set & BIT(p))
			n += (size_t)snprintf(to + n, size - n, "%s%u", n > 0 ? "," : "", p);
	if (n == 0)
		snprintf(to, size, "none");
}

static const char *const whats[ACTS][6] = {
	[ACT_MAIL] = { "a server takes it", "it is deferred", "it is refused for good",
	    "the sender dies before it goes", "the sender dies when it has gone" },
	[ACT_DECIDE] = { "confirm", "decline", "report" },
	[ACT_JUDGE] = { "release", "dismiss" },
	[ACT_END] = { "the customer", "the CSP", "the operator", "the commission" },
	[ACT_CSP] = { "suspended", "resumed", "revoked" },
};

void
event_text(char *to, size_t size, const struct event *e)
{
	char set[16], bad[16];
	const char *what = whats[e->act][e->what] != NULL ? whats[e->act][e->what] : "";

	set_text(set, sizeof set, e->premises);
	set_text(bad, sizeof bad, e->wrong);
	switch (e->act) {
	case ACT_INVITE:
		snprintf(to, size,
		    "#%u: CSP %u asks mailbox %u for premises %s (wrong: %s, %s), %u months, "
		    "%u back, kinds %u",
		    e->slot, e->csp, e->mailbox, set, bad,
		    e->all_or_none ? "all or none" : "any", e->months, e->history, e->kinds);
		break;
	case ACT_MAIL:
		snprintf(to, size, "#%u: its mail is taken up: %s", e->slot, what);
		break;
	case ACT_OPEN:
		snprintf(to, size, "#%u: the page is fetched", e->slot);
		break;
	case ACT_DECIDE:
		snprintf(to, size, "#%u: %s is pressed%s", e->slot, what,
		    e->verdict == V_HOLD      ? "; a detector says hold"
		    : e->verdict == V_SUSPEND ? "; a detector says suspend"
					      : "");
		break;
	case ACT_JUDGE:
		snprintf(to, size, "#%u: a person decides: %s", e->slot, what);
		break;
	case ACT_WITHDRAW:
		snprintf(to, size, "#%u: the CSP withdraws", e->slot);
		break;
	case ACT_END:
		snprintf(to, size, "#%u: %s ends it", e->slot, what);
		break;
	case ACT_CSP:
		snprintf(to, size, "CSP %u is %s", e->csp, what);
		break;
	case ACT_TICK:
		snprintf(to, size, "the agreement clock runs");
		break;
	case ACT_MOVE:
		snprintf(to, size, "premise %u: %s%u from %+d days on", e->premise,
		    e->customer == 0 ? "nobody " : "customer ", e->customer, e->days);
		break;
	case ACT_RENEW:
		snprintf(to, size, "#%u: #%u is renewed", e->slot, e->of);
		break;
	default:
		snprintf(to, size, "the clock is set back");
	}
}
