/* The rule at the end of a TZif file, such as "CST6CDT,M3.2.0,M11.1.0"; see zone_parts.h. */
#include "base/zone_parts.h"

/* Takes one byte if it is `c`. */
static bool
take(struct str *s, char c)
{
	if (s->len == 0 || s->at[0] != c)
		return false;
	s->at++;
	s->len--;
	return true;
}

static bool
take_number(struct str *s, int least, int most, int *n)
{
	size_t digits = 0;

	*n = 0;
	while (s->len > 0 && s->at[0] >= '0' && s->at[0] <= '9' && digits < 4) {
		*n = *n * 10 + (s->at[0] - '0');
		s->at++;
		s->len--;
		digits++;
	}
	return digits > 0 && *n >= least && *n <= most;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Three letters or more, or "<…>" with digits and signs too. What the name is does not matter.
 */
static bool
take_name(struct str *s)
{
	bool quoted = take(s, '<');
	size_t n = 0;

	for (; s->len > 0; n++, s->at++, s->len--) {
		char c = s->at[0];

		if (!is_letter(c) &&
		    !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-')))
			break;
	}
	return n >= 3 && (!quoted || take(s, '>'));
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool
take_time(struct str *s, int most_h, int32_t *time_s)
{
	int sign = take(s, '-') ? -1 : 1, h, m = 0, sec = 0;

	if (sign > 0)
		(void)take(s, '+');
	if (!take_number(s, 0, most_h, &h))
		return false;
	if (take(s, ':')) {
		if (!take_number(s, 0, 59, &m))
			return false;
		if (take(s, ':') && !take_number(s, 0, 59, &sec))
			return false;
	}
	*time_s = sign * (h * 3600 + m * 60 + sec);
	return true;
}

/* POSIX counts offsets west of Greenwich; we count east. */
static bool
take_offset(struct str *s, int32_t *offset_s)
{
	if (!take_time(s, 24, offset_s))
		return false;
	*offset_s = -*offset_s;
	return true;
}

/* ",M3.2.0", ",J60" or ",59", each with "/time" or without, which is 02:00. */
static bool
take_day(struct str *s, struct rule_day *d)
{
	if (!take(s, ','))
		return false;
	*d = (struct rule_day){ .time_s = 2 * 3600 };
	if (take(s, 'M')) {
		d->kind = RULE_MONTH_WEEK_DAY;
		if (!take_number(s, 1, 12, &d->month) || !take(s, '.') ||
		    !take_number(s, 1, 5, &d->week) || !take(s, '.') ||
		    !take_number(s, 0, 6, &d->day))
			return false;
	} else {
		d->kind = take(s, 'J') ? RULE_DAY_NO_LEAP : RULE_DAY;
		if (!take_number(s, d->kind == RULE_DAY_NO_LEAP, 365, &d->day))
			return false;
	}
	return !take(s, '/') || take_time(s, 167, &d->time_s);
}

bool
zone_rule_read(struct str s, struct zone_rule *r)
{
	*r = (struct zone_rule){ 0 };
	if (!take_name(&s) || !take_offset(&s, &r->standard_s))
		return false;
	if (s.len == 0)
		return true;
	r->changes = true;
	r->summer_s = r->standard_s + 3600;
	if (!take_name(&s))
		return false;
	if (s.len > 0 && s.at[0] != ',' && !take_offset(&s, &r->summer_s))
		return false;
	return take_day(&s, &r->start) && take_day(&s, &r->end) && s.len == 0;
}

/* Midnight of the rule's day plus its time, on a clock without zone. */
static int64_t
wall_of(const struct rule_day *d, int year)
{
	int32_t first = civil_day(year, d->kind == RULE_MONTH_WEEK_DAY ? d->month : 1, 1), day;
	int y, month, dom;

	if (d->kind == RULE_DAY)
		day = first + d->day;
	else if (d->kind == RULE_DAY_NO_LEAP)
		/* 29 February is never counted: J60 is 1 March in every year */
		day = first + d->day - 1 + (d->day > 59 && civil_day(year, 2, 29) != DAY_NONE);
	else {
		/* Monday is 0 for us, Sunday is 0 for them */
		int ahead = (d->day + 6 - civil_weekday(first) + 7) % 7;

		day = first + ahead + 7 * (d->week - 1);
		civil_ymd(day, &y, &month, &dom);
		if (month != d->month)
			day -= 7;
	}
	return (int64_t)day * DAY_S + d->time_s;
}

int64_t
zone_rule_start(const struct zone_rule *r, int year)
{
	return wall_of(&r->start, year) - r->standard_s;
}

int64_t
zone_rule_end(const struct zone_rule *r, int year)
{
	return wall_of(&r->end, year) - r->summer_s;
}

static struct zone_turn
turn_of(const struct rule_day *d)
{
	return (struct zone_turn){ .month = d->month,
		.week = d->week,
		.weekday = (d->day + 6) % 7,
		.time_s = d->time_s };
}

bool
zone_clock(const struct zone *z, struct zone_clock *c)
{
	const struct zone_rule *r = &z->rule;

	*c = (struct zone_clock){ 0 };
	if (!z->has_rule || (r->changes && (r->start.kind != RULE_MONTH_WEEK_DAY ||
					       r->end.kind != RULE_MONTH_WEEK_DAY)))
		return false;
	c->standard_s = r->standard_s;
	c->changes = r->changes;
	if (r->changes) {
		c->summer_s = r->summer_s;
		c->start = turn_of(&r->start);
		c->end = turn_of(&r->end);
	}
	return true;
}
