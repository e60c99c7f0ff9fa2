/* Histories in a hub of real processes, side by side (crowd.h). */
#include "crowd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "oracle_rules.h"

/* ---- what is asked of the hub ---- */

/* What becomes of the mail of a slot when it is tried next. */
static unsigned
next_fate(const struct member *m)
{
	for (unsigned i = m->p.step + 1; i < m->h.n; i++)
		if (m->h.at[i].act == ACT_MAIL && m->h.at[i].slot == m->ev.slot)
			return m->h.at[i].what;
	return TAKEN;
}

static void
fit(struct event *ev)
{
	if (ev->act == ACT_INVITE)
		ev->all_or_none = true; /* as the command has it */
	if (ev->act == ACT_DECIDE && ev->verdict == V_SUSPEND)
		ev->verdict = V_HOLD;
}

static void
ask(struct crowd *c, unsigned n)
{
	struct member *m = &c->at[n];
	const struct event *ev = &m->ev;

	printf("do %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u %d %u\n", n, ev->id,
	    ev->act, ev->slot, ev->of, ev->csp, ev->premises, ev->wrong, ev->stale, ev->kind,
	    ev->what, ev->verdict, ev->months, ev->history, ev->kinds, ev->mailbox, ev->premise,
	    ev->customer, ev->days, next_fate(m));
}

/* What is to be now cannot be, or happens anyway: what comes then is planned. */
static bool
skips(struct crowd *c, struct member *m)
{
	m->ev = m->h.at[m->p.step];
	fit(&m->ev);
	if (m->ev.act != ACT_TICK && oracle_possible(&m->p.o, &m->ev))
		return false;
	c->tally.impossible += m->ev.act != ACT_TICK;
	m->p.step++;
	m->p.now = c->now;
	crowd_plan(c, m);
	return true;
}

static void
choose(struct crowd *c, unsigned n, int64_t at)
{
	struct member *m = &c->at[n];

	m->acts = false;
	for (unsigned i = 0; i < SLOTS; i++) {
		struct event mail = { .act = ACT_MAIL, .slot = (uint8_t)i };

		m->mail_may[i] =
		    (uint8_t)(m->p.o.at[i].exists ? oracle_permit(&m->p.o, &mail, at)
						  : MUST_NOT);
	}
	while (!m->over && m->planned <= at && skips(c, m))
		;
	if (m->over || m->planned > at)
		return;
	/* what is told changes which of two ends was due first: when the clock has just jumped,
	 * nobody knows whether it came before the agreement clock ran or after */
	if (m->ev.act == ACT_TELL && c->jumped)
		return;
	m->acts = true;
	m->may[0] = oracle_permit(&m->p.o, &m->ev, at);
	ask(c, n);
}

/* ---- what it did ---- */

/* The instant of what was done, as the product has it; it must be of this round. */
static bool
instant_of(const struct crowd *c, struct member *m, int64_t *at)
{
	const struct shown *w = &m->shown;

	*at = c->now;
	if (!w->did.done)
		return true;
	if (m->ev.act == ACT_INVITE)
		*at = w->invited[m->ev.slot];
	if (m->ev.act == ACT_DECIDE && m->ev.what == CONFIRM)
		*at = w->starts[m->ev.slot];
	return (*at >= c->since - 1 && *at <= c->now + 1) ||
	       play_found(
		   &m->p, "it was done %" PRId64 " s after the round began", *at - c->since);
}

static bool
act_done(const struct crowd *c, struct member *m)
{
	struct shown *w = &m->shown;
	enum permit may = oracle_permit(&m->p.o, &m->ev, c->now);
	int64_t at, now = m->p.now;
	bool ok;

	if (m->ev.act == ACT_DECIDE && w->verdict >= 0)
		m->ev.verdict = (uint8_t)w->verdict;
	if (m->ev.act == ACT_MAIL)
		return true;
	if (!instant_of(c, m, &at))
		return false;
	w->did.good = m->ev.premises;
	m->p.now = at;
	ok = play_did(&m->p, &m->ev, may == m->may[0] ? may : MAY, &w->did);
	m->p.now = now;
	return ok;
}

/* What became of an attempt. When a sender died in this round and the mail was tried again, the
 * server took the first without its being put on record: of all senders that die, the server
 * knows only those that it held itself. */
static unsigned
fate_of(const struct crowd *c, const struct shown *w, unsigned i)
{
	unsigned fate = w->attempt[i].fate;

	for (unsigned j = i + 1; j < w->attempts && fate == TAKEN && c->deaths > 0; j++)
		if (w->attempt[j].slot == w->attempt[i].slot)
			fate = DIED_AFTER;
	return fate;
}

/* The mails that the hub tried to send in this round, each as it may be; none is forgotten. */
static bool
mails_done(struct crowd *c, struct member *m)
{
	struct shown *w = &m->shown;
	unsigned tried = 0;
	int64_t now = m->p.now;

	for (unsigned i = 0; i < w->attempts; i++) {
		unsigned slot = w->attempt[i].slot, fate = fate_of(c, w, i);
		struct event ev = {
			.act = ACT_MAIL, .slot = (uint8_t)slot, .what = (uint8_t)fate
		};
		struct outcome out = { .done = true, .letter = w->attempt[i].letter };
		struct facts *f = &m->p.o.at[slot];
		bool again = (tried & BIT(slot)) != 0;
		enum permit may = oracle_permit(&m->p.o, &ev, c->now);

		if (may == MUST_NOT && m->mail_may[slot] == MUST_NOT)
			return play_found(&m->p, "#%u was mailed, which it may not", slot);
		if (fate == TAKEN && w->accepted[slot] != 0)
			m->p.now = w->accepted[slot];
		if (!again)
			f->deaths = (uint8_t)(f->deaths + c->deaths);
		tried |= BIT(slot);
		f->deaths = (uint8_t)(f->deaths - (fate == DIED_AFTER)); /* was counted */
		if (!play_did(&m->p, &ev, MAY, &out))
			return false;
		m->p.now = now;
	}
	for (unsigned i = 0; i < SLOTS; i++) {
		struct event ev = { .act = ACT_MAIL, .slot = (uint8_t)i };

		if (m->mail_may[i] == MUST && !(tried & BIT(i)) &&
		    oracle_permit(&m->p.o, &ev, c->now) == MUST)
			return play_found(&m->p, "no mail of #%u went, which must", i);
	}
	return true;
}

static bool
round_of(struct crowd *c, struct member *m, unsigned kind)
{
	const struct event tick = { .act = ACT_TICK };
	struct outcome none = { 0 };

	m->p.since = c->since;
	m->p.now = c->now;
	if ((m->acts && !act_done(c, m)) || !mails_done(c, m))
		return false;
	oracle_note(&m->p.o, &tick, c->since, &none);
	c->tally.refused[ACT_TICK]++;
	if (m->shown.looked)
		return play_looks(&m->p, kind);
	return play_says(&m->p);
}

static void
story(const struct crowd *c, const struct member *m)
{
	char text[200], stamp[CIVIL_STAMP_SIZE];

	civil_stamp(stamp, c->now);
	printf("say FOUND with seed %" PRIu64 ", by the processes, at %s\n", m->h.seed, stamp);
	for (unsigned i = 0; i <= m->p.step && i < m->h.n; i++) {
		event_text(text, sizeof text, &m->h.at[i]);
		printf("say %3u  %s\n", i, text);
	}
	printf("say      %s\n", m->f.text[0] != '\0' ? m->f.text : m->e.text);
}

static void
round_end(struct crowd *c, unsigned kind)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct member *m = &c->at[i];

		if (m->found)
			continue;
		if (!round_of(c, m, kind)) {
			story(c, m);
			m->found = m->over = true;
			c->found++;
			continue;
		}
		if (m->acts) {
			m->p.step++;
			crowd_plan(c, m);
		}
	}
}

/* ---- rounds ---- */

static bool
next_stop(const struct crowd *c, int64_t *at)
{
	*at = ALWAYS;
	for (unsigned i = 0; i < c->n; i++)
		if (!c->at[i].over && c->at[i].planned < *at)
			*at = c->at[i].planned;
	return *at != ALWAYS;
}

static bool
one_round(struct crowd *c, int64_t at, struct err *e)
{
	unsigned kind = c->rounds++ % 3;
	bool jump = at > c->now;

	c->jumped = jump;
	if (jump) {
		printf("jump %" PRId64 "\n", at);
		c->jumps++;
		c->now = at;
	} else {
		at = c->now;
	}
	/* every other time the agreement clock is let run before anything else happens */
	for (unsigned i = 0; i < c->n; i++)
		if (jump && c->jumps % 2 == 0) {
			int64_t planned = c->at[i].planned;

			c->at[i].planned = ALWAYS;
			choose(c, i, at);
			c->at[i].planned = planned;
		} else if (!c->at[i].found) {
			choose(c, i, at);
		}
	printf("go %u %u\n", kind, jump);
	fflush(stdout);
	if (!crowd_read(c, stdin, e))
		return false;
	if (c->trouble[0] == '\0')
		round_end(c, kind);
	return true;
}

static void
crowd_told(struct crowd *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct member *m = &c->at[i];

		if (!m->found && !play_told(&m->p)) {
			story(c, m);
			m->found = true;
			c->found++;
		}
	}
}

static void
member_begin(struct crowd *c, unsigned n, uint64_t seed)
{
	struct member *m = &c->at[n];

	history_make(&m->h, seed);
	m->h.begins = c->begins;
	shown_open(m);
	m->p = (struct play){ .s = &m->s,
		.h = &m->h,
		.f = &m->f,
		.e = &m->e,
		.tally = &c->tally,
		.since = c->begins,
		.now = c->begins };
	oracle_begin(&m->p.o, &m->h);
	crowd_plan(c, m);
}

static void
crowd_print(const struct crowd *c)
{
	fflush(stdout);
	printf("done %u\n", c->found);
	tally_print(&c->tally);
	printf("%u histories, %u rounds, %u jumps of the clock; killed: agreementd %u times, "
	       "portald %u times; %u found\n",
	    c->n, c->rounds, c->jumps, c->killed[0], c->killed[1], c->found);
}

int
crowd_run(uint64_t seed, unsigned n, struct err *e)
{
	struct crowd c = { .at = calloc(n, sizeof *c.at), .n = n };
	struct history h;
	int64_t at;
	bool ok = c.at != NULL || err(e, ERR_BUSY, "no memory");

	for (unsigned i = 0; ok && i < n; i++) {
		history_make(&h, seed + i);
		printf("history %u %u %u %u %u %u\n", i, h.large, h.lives_at[0], h.lives_at[1],
		    h.lives_at[2], h.lives_at[3]);
	}
	printf("begin\n");
	fflush(stdout);
	ok = ok && crowd_read(&c, stdin, e);
	c.begins = c.now;
	for (unsigned i = 0; ok && i < n; i++)
		member_begin(&c, i, seed + i);
	while (ok && c.trouble[0] == '\0' && next_stop(&c, &at))
		ok = one_round(&c, at, e);
	if (ok && c.trouble[0] == '\0') {
		printf("tell\n");
		fflush(stdout);
		ok = crowd_read(&c, stdin, e);
	}
	if (ok && c.trouble[0] != '\0')
		ok = err(e, ERR_UNAVAILABLE, "%s", c.trouble);
	if (ok)
		crowd_told(&c);
	if (ok)
		crowd_print(&c);
	free(c.at);
	return !ok ? 69 : c.found > 0;
}
