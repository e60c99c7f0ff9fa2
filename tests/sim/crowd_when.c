/* When things happen in a crowd (crowd.h): the clock stops at few instants, for all. */
#include "crowd.h"

enum {
	FINE_DAYS = 12,	    /* from the beginning on the clock stops thrice a day */
	COARSE_DAYS = 10,   /* later so often, and wherever something ends */
	HORIZON_DAYS = 430, /* what would be later does not happen */
	AT_ONCE_LATER_S = 4 * DAY,
	AT_ONCE_S = 6 * HOUR, /* so soon after another thing: without a jump */
	STAGGER_S = 11,	      /* no two stops on different days at the same time of the day */
};

/* Stops of a day: a while before its noon and its end, and after its beginning. */
static int64_t
stop_of(const struct crowd *c, int32_t day, unsigned which)
{
	static const int32_t before[] = { 10 * 60, 12 * HOUR, 23 * HOUR + 40 * 60 };
	int32_t k = (day - days_of(c->begins)) % 100;

	return days_midnight(day) + before[which] + k * STAGGER_S;
}

static bool
is_stop_day(const struct crowd *c, int32_t day, bool edge)
{
	int32_t n = day - days_of(c->begins);

	return edge || n < FINE_DAYS || n % COARSE_DAYS == 0;
}

/* The last stop before an instant, when early; else the first from it on. */
static int64_t
stop_near(const struct crowd *c, int64_t at, bool edge, bool early)
{
	int32_t day = days_of(at);
	int64_t last = c->now;

	for (int32_t d = day - 1; d < day + COARSE_DAYS + 2; d++) {
		if (!is_stop_day(c, d, edge))
			continue;
		for (unsigned i = 0; i < 3; i++) {
			int64_t stop = stop_of(c, d, i);

			if (stop >= at)
				return early ? last : stop;
			last = stop > last ? stop : last;
		}
	}
	return at;
}

/* What only other systems have: a clock that is set back, hours of the real clock. */
bool
crowd_leaves_out(const struct event *ev)
{
	return ev->act == ACT_REWIND || ev->act == ACT_HOURS;
}

/* Where stops are far apart, what follows closely follows at once: else nobody would ever
 * answer in time. */
static int64_t
at_once_s(const struct crowd *c)
{
	return days_of(c->now) - days_of(c->begins) < FINE_DAYS ? AT_ONCE_S : AT_ONCE_LATER_S;
}

void
crowd_plan(const struct crowd *c, struct member *m)
{
	const struct event *ev;
	int64_t at;

	while (m->p.step < m->h.n && crowd_leaves_out(&m->h.at[m->p.step]))
		m->p.step++;
	m->over |= m->p.step >= m->h.n;
	if (m->over)
		return;
	ev = &m->h.at[m->p.step];
	at = play_when(&m->p, ev);
	m->planned = c->now;
	if (at > c->now + (ev->when == AFTER ? at_once_s(c) : 0))
		m->planned =
		    stop_near(c, at, ev->when != AFTER, ev->when != AFTER && ev->after_s < 0);
	m->over = m->planned > c->begins + HORIZON_DAYS * (int64_t)DAY;
}
