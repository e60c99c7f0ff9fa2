/* What the rules of oracle.c need to know of premises, tries and mailboxes. */
#include <string.h>

#include "oracle.h"
#include "oracle_rules.h"

/* ---- what was told ---- */

uint8_t
rule_holds(const struct oracle *o, enum topic t, unsigned p, int32_t day)
{
	const struct told_move *told = o->told[t][p];
	uint8_t says = t == T_LIVES ? o->h->lives_at[p] : 0;
	int32_t best = INT32_MIN;

	/* of what was told for one day the last word counts */
	for (unsigned i = 0; i < o->told_n[t][p]; i++)
		if (told[i].day <= day && told[i].day >= best) {
			best = told[i].day;
			says = told[i].says;
		}
	return says;
}

/* The first day after `day` on which somebody else lives there than on it. */
static int32_t
changes_after(const struct oracle *o, unsigned p, int32_t day)
{
	uint8_t who = rule_resident(o, p, day);
	int32_t next = INT32_MAX;

	for (unsigned i = 0; i < o->told_n[T_LIVES][p]; i++) {
		int32_t d = o->told[T_LIVES][p][i].day;

		if (d > day && d < next && rule_resident(o, p, d) != who)
			next = d;
	}
	return next;
}

/* The day since which the one of `day` has lived there. */
static int32_t
since(const struct oracle *o, unsigned p, int32_t day)
{
	uint8_t who = rule_resident(o, p, day);
	int32_t from = INT32_MIN;

	for (unsigned i = 0; i < o->told_n[T_LIVES][p]; i++) {
		int32_t d = o->told[T_LIVES][p][i].day;

		if (d <= day && d > from && rule_resident(o, p, d) == who &&
		    rule_resident(o, p, d - 1) != who)
			from = d;
	}
	return from;
}

/* The day whose occupancy it is about: of the asking, then of the start. */
static int32_t
first_day(const struct facts *f)
{
	return days_of(f->answer == UNANSWERED ? f->asked_at : f->starts);
}

/* The first day from `day` on at which the premise is retired. */
static int32_t
retired_from(const struct oracle *o, unsigned p, int32_t day)
{
	int32_t first = INT32_MAX;

	if (rule_holds(o, T_STATUS, p, day) != 0)
		return day;
	for (unsigned i = 0; i < o->told_n[T_STATUS][p]; i++) {
		int32_t d = o->told[T_STATUS][p][i].day;

		if (d > day && d < first && rule_holds(o, T_STATUS, p, d) != 0)
			first = d;
	}
	return first;
}

/* Who agreed moves out. */
int64_t
rule_moves_at(const struct oracle *o, const struct facts *f, unsigned p)
{
	int32_t day = first_day(f), out;

	if (f->customer[p] != 0 && rule_resident(o, p, day) != f->customer[p])
		/* and never was the one who agreed */
		return f->answer == UNANSWERED ? f->asked_at : f->starts;
	out = changes_after(o, p, day);
	return out == INT32_MAX ? ALWAYS : days_midnight(out);
}

int64_t
rule_left_at(const struct oracle *o, const struct facts *f, unsigned p)
{
	int64_t moves = rule_moves_at(o, f, p);
	int32_t day = retired_from(o, p, first_day(f));
	int64_t retires = day == INT32_MAX ? ALWAYS : days_midnight(day);

	return moves < retires ? moves : retires;
}

int64_t
rule_lived_from(const struct oracle *o, const struct facts *f, unsigned p)
{
	int32_t from = since(o, p, first_day(f));

	return from == INT32_MIN ? NEVER : days_midnight(from);
}

/* ---- R14 ---- */

static unsigned
tried(const struct oracle *o, int csp, int premise, int32_t hours)
{
	unsigned n = 0;

	for (const struct tries *t = o->tries; t < o->tries + o->tries_n; t++)
		if (t->hour > o->hour - hours && (csp < 0 || t->csp == csp) &&
		    (premise < 0 || t->premise == premise))
			n += (unsigned)t->n;
	return n;
}

static bool
may_try(const struct oracle *o, unsigned csp, unsigned p)
{
	return (p == PREMISES || tried(o, -1, (int)p, 24) < TRIES_ESIID_DAY) &&
	       tried(o, (int)csp, -1, 1) < TRIES_CSP_HOUR;
}

static void
missed(struct oracle *o, unsigned csp, unsigned p)
{
	struct tries *last = o->tries_n > 0 ? &o->tries[o->tries_n - 1] : NULL;

	if (last != NULL && last->hour == o->hour && last->csp == csp && last->premise == p)
		last->n++;
	else if (o->tries_n < TRIES)
		o->tries[o->tries_n++] = (struct tries){ o->hour, 1, (uint8_t)csp, (uint8_t)p };
}

static bool
triple_right(const struct oracle *o, const struct event *ev, unsigned p, int32_t today)
{
	if ((ev->wrong & BIT(p)) || rule_holds(o, T_STATUS, p, today) != 0)
		return false;
	return !(ev->stale & BIT(p)) ||
	       (rule_holds(o, T_METER, p, today) == 0 && rule_holds(o, T_REP, p, today) == 0);
}

unsigned
rule_try(struct oracle *o, const struct event *ev, int64_t now, bool note)
{
	struct oracle *kept = o;
	static struct oracle scratch;
	unsigned right = 0;

	if (!note) {
		scratch = *o;
		o = &scratch;
	}
	/* in the order of their ESI IDs: homes have the smaller ones */
	for (unsigned i = 0; i < 2 * PREMISES; i++) {
		unsigned p = i % PREMISES;

		if (!(ev->premises & BIT(p)) ||
		    ((kept->h->large & BIT(p)) != 0) != (i >= PREMISES) ||
		    !may_try(o, ev->csp, p))
			continue;
		if (triple_right(o, ev, p, days_of(now)))
			right |= BIT(p);
		else
			missed(o, ev->csp, p);
	}
	return right;
}

void
rule_probe(struct oracle *o, const struct event *ev)
{
	for (int i = 0; i < ev->days; i++)
		if (!rule_shut(o, ev->csp) && may_try(o, ev->csp, ev->premise))
			missed(o, ev->csp, ev->premise);
}

/* ---- R13, R15 ---- */

unsigned
rule_others(const struct oracle *o, const struct facts *f, int64_t now)
{
	unsigned set = 0;

	for (unsigned p = 0; p < PREMISES; p++) {
		uint8_t lives = rule_resident(o, p, days_of(now));

		if (!(f->premises & ~f->gone & BIT(p)))
			continue;
		if (lives % 2 == 1)
			set |= BIT(MAILBOXES + lives);
		for (const struct facts *g = o->at; g < o->at + SLOTS; g++)
			if (g != f && g->exists && g->answer == CONFIRMED &&
			    (g->premises & BIT(p)) && g->customer[p] == f->customer[p])
				set |= BIT(g->mailbox);
	}
	return set & ~BIT(f->mailbox);
}

int
rule_other(const struct facts *f, unsigned n)
{
	for (int i = 0; i < OTHERS; i++)
		if ((f->others & BIT(i)) && n-- == 0)
			return i;
	return -1;
}

bool
rule_silent(const struct oracle *o, const struct facts *f)
{
	return o->reported[f->csp][f->mailbox] || o->bounces[f->mailbox] >= BOUNCES_MOST;
}
