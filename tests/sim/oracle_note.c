/* What has happened, taken down as facts (oracle.h) by the rules of oracle.c. */
#include <string.h>

#include "oracle.h"
#include "oracle_rules.h"

/* R11: and what was to follow */
static void
end(struct oracle *o, struct facts *f)
{
	f->ended = true;
	if (f->renewed_by >= 0 && rule_lives(&o->at[f->renewed_by]))
		end(o, &o->at[f->renewed_by]);
}

static void
lose(struct oracle *o, struct facts *f, unsigned premises)
{
	f->gone |= (uint8_t)premises;
	if ((f->premises & ~f->gone) != 0)
		return;
	if (rule_waits(f))
		f->withdrawn = true;
	else
		end(o, f);
}

/* Premises that the one who was asked, or agreed, has left. */
static void
leave(struct oracle *o, struct facts *f, int64_t now)
{
	for (unsigned p = 0; p < PREMISES; p++)
		if ((rule_waits(f) || rule_lives(f)) && (f->premises & ~f->gone & BIT(p)) &&
		    now >= rule_left_at(o, f, p))
			lose(o, f, BIT(p));
}

/* R10 */
static void
takes_place(struct oracle *o, struct facts *by)
{
	unsigned has = by->premises & ~(unsigned)by->gone;

	for (struct facts *f = o->at; f < o->at + SLOTS; f++)
		if (f != by && rule_lives(f) && f->csp == by->csp && f->kind == by->kind &&
		    (f->premises & ~f->gone & has) != 0 && f->answered_at <= by->answered_at)
			lose(o, f, f->premises & has);
}

/* And what renews it. */
static void
released(struct oracle *o, struct facts *f)
{
	takes_place(o, f);
	for (; f != NULL; f = f->renewed_by >= 0 ? &o->at[f->renewed_by] : NULL)
		f->held = false;
}

static const char *
mailed(struct facts *f, enum fate fate, int64_t now, const struct outcome *out)
{
	if (f->letter != 0 && out->letter != f->letter)
		return "the same mail has another Message-ID";
	f->letter = out->letter;
	f->last_try = now;
	f->arrived = (uint8_t)(f->arrived + (fate == TAKEN || fate == DIED_AFTER));
	f->deaths = (uint8_t)(f->deaths + (fate == DIED_AFTER));
	if (fate == TAKEN)
		f->accepted_at = now;
	if (fate == REFUSED)
		f->refused = f->undelivered = true;
	return f->arrived > f->deaths + 1 ? "more than one repeat for a death of the sender"
					  : NULL;
}

static void
answered(struct oracle *o, struct facts *f, const struct event *ev, int64_t now)
{
	leave(o, f, now);
	f->answer = ev->what == CONFIRM	  ? CONFIRMED
		    : ev->what == DECLINE ? DECLINED
					  : REPORTED_AS_SPAM;
	if (ev->what == REPORT)
		o->reported[f->csp][f->mailbox] = true;
	if (ev->what != CONFIRM)
		return;
	f->answered_at = f->starts = now;
	f->ends = f->kind == K_ONCE ? now + ONCE_S : days_months(now, f->months);
	f->reads_from = days_months(now, -(int)f->history);
	for (unsigned p = 0; p < PREMISES; p++)
		if (f->customer[p] == 0)
			f->customer[p] = rule_resident(o, p, days_of(now));
	f->held = ev->verdict != V_NONE || rule_shut(o, f->csp);
	if (ev->verdict == V_SUSPEND && !o->revoked[f->csp])
		o->suspended[f->csp] = true;
	if (!f->held)
		takes_place(o, f);
	f->others = (uint16_t)rule_others(o, f, now);
}

/* R13: a link is used up also when there is nothing to hold. */
static void
not_me(struct oracle *o, struct facts *f, unsigned n, int64_t now)
{
	unsigned link = BIT(rule_other(f, n));

	if ((f->used & link) || now >= f->answered_at + NOT_ME_S)
		return;
	f->used |= (uint16_t)link;
	for (struct facts *g = f; g != NULL;
	     g = g->renewed_by >= 0 ? &o->at[g->renewed_by] : NULL)
		if (rule_lives(g))
			g->held = true;
}

/* R15: whatever has become of what it asked. */
static void
came_back(struct oracle *o, struct facts *f)
{
	if (!f->bounced)
		o->bounces[f->mailbox]++;
	f->bounced = true;
}

static void
asked(struct oracle *o, const struct event *ev, int64_t now, const struct outcome *out)
{
	struct facts *f = &o->at[ev->slot];

	*f = (struct facts){ .exists = true,
		.csp = ev->csp,
		.premises = out->good,
		.kind = ev->kind,
		.kinds = ev->kinds,
		.months = ev->months,
		.history = ev->history,
		.mailbox = ev->mailbox,
		.large = (out->good & ~(unsigned)o->h->large) == 0,
		.asked_at = now,
		.accepted_at = NEVER,
		.last_try = NEVER,
		.renewed_by = -1 };
	for (unsigned p = 0; p < PREMISES; p++)
		f->customer[p] = rule_resident(o, p, days_of(now));
}

static void
renewed(struct oracle *o, const struct event *ev, int64_t now)
{
	struct facts *f = &o->at[ev->slot], *was = &o->at[ev->of];

	*f = *was;
	f->premises &= (uint8_t)~was->gone;
	f->gone = 0;
	f->answered_at = now;
	f->renewal = true;
	f->renewed_by = -1;
	f->others = f->used = 0;
	f->arrived = 0; /* no invitation asked for it */
	f->starts = was->ends;
	f->ends = days_months(was->ends, was->months);
	was->renewed_by = (int8_t)ev->slot;
}

/* When the last of its premises is left. */
static int64_t
all_left_at(const struct oracle *o, const struct facts *f)
{
	int64_t last = NEVER;

	for (unsigned p = 0; p < PREMISES; p++)
		if ((f->premises & ~f->gone & BIT(p)) && rule_left_at(o, f, p) > last)
			last = rule_left_at(o, f, p);
	return last;
}

/* When it is over by itself. */
static int64_t
over_at(const struct facts *f)
{
	if (f->answer == CONFIRMED)
		return f->ends;
	return f->accepted_at == NEVER ? rule_unsent_end(f) : rule_deadline(f);
}

/* The agreement clock: what is due is then done, and not before it was due; of two ends the one
 * that was due first. */
static void
ran(struct oracle *o, int64_t now)
{
	memset(o->unsettled, 0, sizeof o->unsettled);
	for (struct facts *f = o->at; f < o->at + SLOTS; f++) {
		int64_t left, over;

		if (!rule_waits(f) && !rule_lives(f))
			continue;
		if (o->revoked[f->csp]) {
			f->either = true; /* R9: that ends it, unless something else has */
			continue;
		}
		left = all_left_at(o, f);
		over = over_at(f);
		if (left == over && now >= left) {
			f->either = true;
		} else if (now >= over && over < left) {
			f->completed = f->answer == CONFIRMED;
			f->undelivered = !f->completed && f->accepted_at == NEVER;
			f->lapsed = !f->completed && f->accepted_at != NEVER;
		} else {
			leave(o, f, now);
		}
	}
}

/* What happens whether or not something is done about it. */
static void
heard(struct oracle *o, const struct event *ev, int64_t now)
{
	struct facts *f = &o->at[ev->slot];

	switch ((enum act)ev->act) {
	case ACT_TICK:
		ran(o, now);
		break;
	case ACT_TELL:
		o->told[ev->what][ev->premise][o->told_n[ev->what][ev->premise]++] =
		    (struct told_move){ days_of(now) + ev->days, ev->customer };
		break;
	case ACT_INVITE:
		if (!rule_shut(o, ev->csp))
			rule_try(o, ev, now, true);
		break;
	case ACT_PROBE:
		rule_probe(o, ev);
		break;
	case ACT_HOURS:
		o->hour += ev->days;
		break;
	case ACT_NOT_ME:
		not_me(o, f, ev->what, now);
		break;
	case ACT_BOUNCE:
		if (ev->what == 0)
			came_back(o, f);
		break;
	default:
		break;
	}
}

const char *
oracle_note(struct oracle *o, const struct event *ev, int64_t now, const struct outcome *out)
{
	struct facts *f = &o->at[ev->slot];
	unsigned least, most;

	if (ev->act == ACT_INVITE && out->done) {
		rule_ask_for(o, ev, now, &least, &most);
		if ((least & ~(unsigned)out->good) != 0 || (out->good & ~most) != 0)
			return "other premises are in it than may be asked for";
	}
	heard(o, ev, now);
	if (!out->done)
		return NULL;
	switch ((enum act)ev->act) {
	case ACT_INVITE:
		asked(o, ev, now, out);
		break;
	case ACT_MAIL:
		return mailed(f, ev->what, now, out);
	case ACT_DECIDE:
		answered(o, f, ev, now);
		break;
	case ACT_JUDGE:
		if (ev->what == RELEASE)
			released(o, f);
		else
			end(o, f);
		break;
	case ACT_BOUNCE:
		f->undelivered = true;
		break;
	case ACT_WITHDRAW:
		f->withdrawn = true;
		break;
	case ACT_END:
		if (rule_waits(f))
			f->withdrawn = true;
		else
			end(o, f);
		break;
	case ACT_CSP:
		o->suspended[ev->csp] = ev->what == CSP_SUSPEND;
		o->unsettled[ev->csp] = ev->what == CSP_RESUME;
		o->revoked[ev->csp] = ev->what == CSP_REVOKE;
		break;
	case ACT_RENEW:
		renewed(o, ev, now);
		break;
	default:
		break;
	}
	return NULL;
}
