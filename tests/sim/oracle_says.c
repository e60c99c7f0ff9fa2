/* What follows from the facts at an instant: states, reads, what was told. */
#include <string.h>

#include "oracle.h"
#include "oracle_rules.h"

unsigned
oracle_states(const struct oracle *o, unsigned slot, int64_t now)
{
	const struct facts *f = &o->at[slot];
	unsigned set;

	if (!f->exists)
		return BIT(S_NONE);
	if (f->withdrawn)
		return BIT(S_WITHDRAWN);
	if (f->undelivered)
		return BIT(S_UNDELIVERABLE);
	if (f->lapsed)
		return BIT(S_LAPSED);
	if (f->completed)
		return BIT(S_COMPLETED);
	if (f->ended)
		return BIT(S_TERMINATED);
	if (f->answer == DECLINED)
		return BIT(S_REJECTED);
	if (f->answer == REPORTED_AS_SPAM)
		return BIT(S_REPORTED);
	if (f->answer == UNANSWERED) {
		set = f->either ? 0 : BIT(S_PENDING);
		if (now >= rule_deadline(f))
			set |= BIT(S_LAPSED);
		if (f->accepted_at == NEVER && (now >= rule_give_up(f) || rule_silent(o, f)))
			set |= BIT(S_UNDELIVERABLE);
		/* R9: what a revoked CSP asked, nobody has to answer */
		return set |
		       (rule_all_left(o, f, now) || o->revoked[f->csp] ? BIT(S_WITHDRAWN) : 0);
	}
	set = f->either ? 0 : BIT(f->held ? S_HELD : S_ACTIVE);
	if ((rule_shut(o, f->csp) || o->unsettled[f->csp]) && !f->either)
		set |= BIT(S_SUSPENDED);
	if (o->revoked[f->csp] || rule_all_left(o, f, now))
		set |= BIT(S_TERMINATED);
	if (now >= f->ends)
		set |= BIT(S_COMPLETED);
	return set;
}

void
oracle_pin(struct oracle *o, unsigned slot, enum state s)
{
	struct facts *f = &o->at[slot];

	f->lapsed |= s == S_LAPSED;
	f->undelivered |= s == S_UNDELIVERABLE;
	f->withdrawn |= s == S_WITHDRAWN;
	f->completed |= s == S_COMPLETED;
	f->ended |= s == S_TERMINATED;
	f->either = false;
}

static struct span
reach(const struct oracle *o, const struct facts *f, unsigned p)
{
	struct span s = { rule_lived_from(o, f, p), rule_moves_at(o, f, p) };

	if (s.from < f->reads_from)
		s.from = f->reads_from;
	if (s.to > (f->kind == K_ONCE ? f->starts : f->ends))
		s.to = f->kind == K_ONCE ? f->starts : f->ends;
	return s;
}

void
oracle_reads(struct oracle *o, int64_t now, unsigned kind,
    struct span must[CSPS][PREMISES][SPANS], uint8_t must_n[CSPS][PREMISES],
    struct span may[CSPS][PREMISES][SPANS], uint8_t may_n[CSPS][PREMISES])
{
	memset(must_n, 0, CSPS * PREMISES);
	memset(may_n, 0, CSPS * PREMISES);
	for (struct facts *f = o->at; f < o->at + SLOTS; f++) {
		if (!rule_lives(f) || f->held || f->kind == K_DEVICE || f->kind == K_SERVICES)
			continue;
		for (unsigned p = 0; p < PREMISES; p++) {
			struct span s;

			if (!(f->premises & ~f->gone & BIT(p)))
				continue;
			if (now >= rule_left_at(o, f, p)) {
				f->doubtful |= (uint8_t)BIT(p); /* should it ever come back */
				continue;
			}
			if (rule_shut(o, f->csp) || !(f->kinds & BIT(kind)) ||
			    now < f->starts || now >= f->ends)
				continue;
			s = reach(o, f, p);
			spans_add(may[f->csp][p], &may_n[f->csp][p], s.from, s.to);
			if (!(f->doubtful & BIT(p)) && !o->unsettled[f->csp])
				spans_add(must[f->csp][p], &must_n[f->csp][p], s.from, s.to);
		}
	}
}

int64_t
oracle_edge(const struct oracle *o, const struct event *ev, int64_t now)
{
	const struct facts *f = &o->at[ev->when_slot];
	bool lives = rule_lives(f);

	(void)now;
	if (!f->exists)
		return NEVER;
	switch ((enum when)ev->when) {
	case AT_DEATH:
		return f->accepted_at == NEVER ? NEVER : rule_deadline(f);
	case AT_END:
		return lives ? f->ends : NEVER;
	case AT_GIVE_UP:
		return rule_give_up(f);
	case AT_START_DAY:
		return lives ? rule_left_at(o, f, ev->premise % PREMISES) : NEVER;
	default:
		return NEVER;
	}
}

void
oracle_told(const struct oracle *o, unsigned slot, uint8_t least[3], uint8_t most[3])
{
	const struct facts *f = &o->at[slot];
	bool both = f->exists && (f->lapsed || f->completed || f->ended);
	bool any = f->exists && rule_over(f);

	least[0] = both && !rule_silent(o, f);
	least[1] = both;
	most[0] = most[1] = any;
	least[2] = most[2] = (uint8_t)__builtin_popcount(f->others);
}
