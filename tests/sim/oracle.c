/*
 * The rules, as the documents have them. An invitation is asked for, its mail arrives, somebody
 * answers it, it ends; each is a fact with its instant. What may be read follows from facts:
 *
 *  R1  Only a CSP that is neither suspended nor revoked asks, for premises whose ESI ID, meter
 *      and REP it names rightly: all that it names, or those that will do when it said so.
 *  R2  12 months at most; 36 for premises of large businesses.
 *  R3  Three invitations a mailbox and day, of all CSPs; one open one a CSP and premise.
 *  R4  The five weekdays begin when a server has taken the mail: that day is day 0, Monday to
 *      Friday count, holidays too; over at the end of the fifth in Chicago. No mail taken: no
 *      clock; undeliverable after 96 hours of trying at the earliest, when the tenth weekday
 *      after the asking is over at the latest.
 *  R5  A mail is sent until a server took it and that was taken down; once more at most for
 * each death of a sender in between, with the same Message-ID. Nothing is sent for what is
 * over, for a CSP that is suspended, or to who reported that CSP. R6  The first answer before
 * the end counts, no later one; a fetched page is no answer. R7  What a detector held, or was
 * confirmed while the CSP was suspended, gives nothing until a person releases it. R8  Reads:
 * of the premises and kinds agreed on, from the start to the end of the term by the clock, as
 * far back as agreed on; only of the occupancy in which it began, and nothing when that is not
 * the one's who was asked; nothing after the move-out or once the premise is retired; of what
 * is given once what there was at the yes, for 30 days; of a device none. Who was asked and has
 * left before the answer is asked no more. A new meter or REP changes nothing. R9  A suspended
 * or revoked CSP reads nothing; what a revoked one has or has asked for ends. What was ended
 * stays so. R10 An agreement takes the place of
 * those that the CSP was given earlier, for the premises that both have, when it is of the same
 * kind. R11 Renewed is what a large business has, once, before its end, for the same term after
 * it; when it is ended before, so is its renewal. R12 The end is told to both sides, once. R13
 * Who else is known for a premise (by the utility, or since it agreed to something of the same
 * occupant) hears of a share; one word of each within 30 days holds it, and what renews it,
 * until a person releases it. R14 After 20 wrong tries at an ESI ID within 24 hours nobody gets
 * it, after 100 of a CSP within an hour it gets none; by the real clock. A try for nothing is
 * not counted. R15 A mail that comes back for good reached nobody: who was asked by it and has
 * not answered is asked no more. A mailbox whose mails come back three times is written to no
 * more.
 */
#include <string.h>

#include "oracle.h"
#include "oracle_rules.h"

enum { WEEKDAYS = 5, WEEKDAYS_UNSENT = 10, PAUSE_MOST_S = 4 * HOUR };

void
oracle_begin(struct oracle *o, const struct history *h)
{
	memset(o, 0, sizeof *o);
	o->h = h;
}

int64_t
rule_give_up(const struct facts *f)
{
	return f->asked_at + MAIL_TRIES_S;
}

bool
rule_over(const struct facts *f)
{
	return f->withdrawn || f->lapsed || f->undelivered || f->completed || f->ended ||
	       f->answer == DECLINED || f->answer == REPORTED_AS_SPAM;
}

bool
rule_waits(const struct facts *f)
{
	return f->exists && f->answer == UNANSWERED && !rule_over(f);
}

bool
rule_lives(const struct facts *f)
{
	return f->exists && f->answer == CONFIRMED && !rule_over(f);
}

bool
rule_shut(const struct oracle *o, unsigned csp)
{
	return o->suspended[csp] || o->revoked[csp];
}

/* R4 */
static int64_t
weekdays_after(int64_t at, int left)
{
	int32_t day;

	for (day = days_of(at); left > 0; left -= days_weekday(day))
		day++;
	return days_midnight(day + 1);
}

int64_t
rule_unsent_end(const struct facts *f)
{
	return weekdays_after(f->asked_at, WEEKDAYS_UNSENT);
}

int64_t
rule_deadline(const struct facts *f)
{
	return f->accepted_at == NEVER ? ALWAYS : weekdays_after(f->accepted_at, WEEKDAYS);
}

/* ---- what may happen ---- */

bool
oracle_possible(const struct oracle *o, const struct event *ev)
{
	const struct facts *f = &o->at[ev->slot];

	switch ((enum act)ev->act) {
	case ACT_OPEN:
	case ACT_DECIDE:
		return f->exists && f->arrived > 0;
	case ACT_MAIL:
	case ACT_JUDGE:
	case ACT_WITHDRAW:
	case ACT_END:
		return f->exists;
	case ACT_RENEW:
		return o->at[ev->of].exists;
	case ACT_TELL:
		return o->told_n[ev->what][ev->premise] < MOVES;
	case ACT_NOT_ME:
		return rule_other(f, ev->what) >= 0;
	case ACT_BOUNCE:
		return f->accepted_at != NEVER && f->exists && !f->renewal;
	default:
		return true;
	}
}

/* The premises that an invitation must and may be for: R1, R2, R3. Whether what is over but for
 * the clock's next run is still in the way is open. */
void
rule_ask_for(const struct oracle *o, const struct event *ev, int64_t now, unsigned *least,
    unsigned *most)
{
	/* the copy of a const: it is not written to */
	unsigned right = rule_try((struct oracle *)o, ev, now, false);

	if (ev->months > 12)
		right &= o->h->large;
	*least = *most = right;
	for (const struct facts *f = o->at; f < o->at + SLOTS; f++) {
		if (f->csp != ev->csp || !rule_waits(f))
			continue;
		*least &= ~(unsigned)(f->premises & ~f->gone);
		if (now >= rule_deadline(f) || now >= rule_give_up(f))
			continue;
		for (unsigned p = 0; p < PREMISES; p++)
			if ((f->premises & ~f->gone & BIT(p)) && now < rule_left_at(o, f, p))
				*most &= ~BIT(p);
	}
}

static enum permit
may_ask(const struct oracle *o, const struct event *ev, int64_t now)
{
	unsigned least, most, today = 0, later = 0;

	rule_ask_for(o, ev, now, &least, &most);
	if (rule_shut(o, ev->csp) || most == 0 || (ev->all_or_none && most != ev->premises))
		return MUST_NOT;
	for (const struct facts *f = o->at; f < o->at + SLOTS; f++) {
		if (!f->exists || f->renewal || f->mailbox != ev->mailbox)
			continue;
		today += days_of(f->asked_at) == days_of(now);
		later += days_of(f->asked_at) > days_of(now); /* the clock was set back */
	}
	if (today >= MAILBOX_DAY_MOST)
		return MUST_NOT;
	return today + later >= MAILBOX_DAY_MOST || least == 0 ||
		       (ev->all_or_none && least != ev->premises)
		   ? MAY
		   : MUST;
}

bool
rule_all_left(const struct oracle *o, const struct facts *f, int64_t now)
{
	for (unsigned p = 0; p < PREMISES; p++)
		if ((f->premises & ~f->gone & BIT(p)) && now < rule_left_at(o, f, p))
			return false;
	return true;
}

/* R5 */
static enum permit
may_send(const struct oracle *o, const struct facts *f, int64_t now)
{
	if (!rule_waits(f) || f->refused || f->renewal || f->accepted_at != NEVER ||
	    rule_shut(o, f->csp) || rule_silent(o, f))
		return MUST_NOT;
	if (now >= rule_give_up(f) || now < f->asked_at || /* the clock was set back */
	    rule_all_left(o, f, now))
		return MAY;
	return f->last_try != NEVER && now < f->last_try + PAUSE_MOST_S ? MAY : MUST;
}

/* R6 */
static enum permit
may_answer(const struct oracle *o, const struct facts *f, int64_t now)
{
	if (!rule_waits(f) || now >= rule_deadline(f) || rule_all_left(o, f, now))
		return MUST_NOT;
	if (f->accepted_at == NEVER && now >= rule_give_up(f))
		return MAY;
	return rule_shut(o, f->csp) ? MAY : MUST;
}

/* R11 */
static enum permit
may_renew(const struct oracle *o, const struct facts *f, int64_t now)
{
	if (!rule_lives(f) || f->held || !f->large || f->kind == K_ONCE || now >= f->ends ||
	    f->renewed_by >= 0)
		return MUST_NOT;
	if (rule_shut(o, f->csp) || o->unsettled[f->csp] || f->gone != 0 || now < f->starts)
		return MAY;
	for (unsigned p = 0; p < PREMISES; p++)
		if ((f->premises & BIT(p)) && now >= rule_left_at(o, f, p))
			return MAY;
	return MUST;
}

/* R13: the share, or what renews it, is held by it. */
static enum permit
may_hold(const struct oracle *o, const struct facts *f, const struct event *ev, int64_t now)
{
	enum permit may = MUST_NOT;

	if ((f->used & BIT(rule_other(f, ev->what))) || now >= f->answered_at + NOT_ME_S)
		return MUST_NOT;
	for (const struct facts *g = f; g != NULL;
	     g = g->renewed_by >= 0 ? &o->at[g->renewed_by] : NULL) {
		if (!rule_lives(g) || g->held)
			continue;
		if (!o->revoked[g->csp] && now < g->ends && !rule_all_left(o, g, now))
			return MUST;
		may = MAY; /* the agreement clock has run or not */
	}
	return may;
}

/* R15 */
static enum permit
may_bounce(const struct oracle *o, const struct facts *f, const struct event *ev, int64_t now)
{
	if (ev->what != 0 || f->bounced || !rule_waits(f))
		return MUST_NOT;
	return now >= rule_deadline(f) || rule_all_left(o, f, now) || o->revoked[f->csp] ? MAY
											 : MUST;
}

/* Not over, whether or not the clock has run. */
static bool
settled(const struct oracle *o, const struct facts *f, int64_t now)
{
	return now < rule_deadline(f) && now < rule_give_up(f) && !rule_all_left(o, f, now) &&
	       !rule_shut(o, f->csp) && !rule_silent(o, f);
}

enum permit
oracle_permit(const struct oracle *o, const struct event *ev, int64_t now)
{
	const struct facts *f = &o->at[ev->slot];

	switch ((enum act)ev->act) {
	case ACT_INVITE:
		return may_ask(o, ev, now);
	case ACT_MAIL:
		return may_send(o, f, now);
	case ACT_DECIDE:
		return may_answer(o, f, now);
	case ACT_JUDGE:
		if (!rule_lives(f) || !f->held)
			return MUST_NOT;
		return rule_shut(o, f->csp) || now >= f->ends || rule_all_left(o, f, now)
			   ? MAY
			   : MUST;
	case ACT_WITHDRAW:
		if (!rule_waits(f))
			return MUST_NOT;
		return settled(o, f, now) ? MUST : MAY;
	case ACT_END:
		if (rule_waits(
			f)) /* who was asked can only answer; others take the question back */
			return ev->what == BY_CUSTOMER ? MUST_NOT
			       : settled(o, f, now)    ? MUST
						       : MAY;
		if (!rule_lives(f))
			return MUST_NOT;
		return now >= f->ends || rule_all_left(o, f, now) ? MAY : MUST;
	case ACT_CSP:
		if (o->revoked[ev->csp])
			return MUST_NOT;
		return ev->what == CSP_REVOKE ||
			       o->suspended[ev->csp] == (ev->what == CSP_RESUME)
			   ? MUST
			   : MUST_NOT;
	case ACT_RENEW:
		return may_renew(o, &o->at[ev->of], now);
	case ACT_NOT_ME:
		return may_hold(o, f, ev, now);
	case ACT_BOUNCE:
		return may_bounce(o, f, ev, now);
	case ACT_PROBE:
	case ACT_HOURS:
	case ACT_TELL:
		return MAY;
	default:
		return MAY;
	}
}
