/*
 * Plausibility of one block by itself. One pass over the slots finds the extremes; a rule looks
 * closer only when they make it possible, so a good day costs little more than that pass.
 */
#include <string.h>

#include "base/kwh.h"
#include "meter/rule.h"

enum { SPIKE_LEAST_WH = 5000, MULTIPLIER_PLACES = 6 };
#define MULTIPLIER_ONE INT64_C(1000000) /* 10^MULTIPLIER_PLACES */

struct findings {
	const struct rules *rules;
	const struct day *d;
	struct fault *to;
	unsigned n;
};

struct extremes {
	int64_t least_wh, most_wh, total_wh;
	unsigned zeros;
};

static bool
on(const struct findings *f, enum rule rule)
{
	return f->rules->of[rule].severity != SEV_OFF;
}

static int64_t
threshold(const struct findings *f, enum rule rule)
{
	return f->rules->of[rule].threshold;
}

static struct fault *
add(struct findings *f, enum rule rule)
{
	struct fault *to = &f->to[f->n++];

	*to = fault_at(rule, f->rules, f->d->line, 0);
	to->esiid = f->d->esiid;
	to->day = f->d->day;
	to->channel = f->d->channel;
	return to;
}

static struct extremes
look(const struct day *d)
{
	struct extremes x = { .least_wh = d->wh[0], .most_wh = d->wh[0] };

	for (unsigned i = 0; i < d->n; i++) {
		int64_t wh = d->wh[i];

		x.total_wh += wh;
		x.zeros += wh == 0;
		x.least_wh = wh < x.least_wh ? wh : x.least_wh;
		x.most_wh = wh > x.most_wh ? wh : x.most_wh;
	}
	return x;
}

/* Number, from 1, of the first slot with that value. */
static unsigned
slot_of(const struct day *d, int64_t wh)
{
	unsigned i = 0;

	while (d->wh[i] != wh)
		i++;
	return i + 1;
}

static void
check_date(struct findings *f, int32_t today)
{
	int32_t day = f->d->day;
	char is[CIVIL_DATE_SIZE], bound[CIVIL_DATE_SIZE];
	struct fault *to;

	if (on(f, RULE_FUTURE) && (int64_t)day - today >= threshold(f, RULE_FUTURE)) {
		civil_date(is, day);
		civil_date(bound, today + (int32_t)threshold(f, RULE_FUTURE));
		to = add(f, RULE_FUTURE);
		fault_found(to, "%s", is);
		fault_expected(to, "a day before %s", bound);
	}
	if (on(f, RULE_TOO_OLD) && (int64_t)today - day > threshold(f, RULE_TOO_OLD)) {
		civil_date(is, day);
		civil_date(bound, today - (int32_t)threshold(f, RULE_TOO_OLD));
		to = add(f, RULE_TOO_OLD);
		fault_found(to, "%s", is);
		fault_expected(to, "%s or later", bound);
	}
}

static void
check_negative(struct findings *f, const struct extremes *x)
{
	char kwh[KWH_SIZE];
	struct fault *to;

	if (!on(f, RULE_NEGATIVE))
		return;
	kwh_write(kwh, x->least_wh);
	to = add(f, RULE_NEGATIVE);
	fault_found(to, "%s kWh in interval %u", kwh, slot_of(f->d, x->least_wh));
	fault_expected(to, "0 or more");
}

static void
check_spike(struct findings *f, const struct extremes *x)
{
	int64_t times = threshold(f, RULE_SPIKE);
	unsigned known = f->d->n - f->d->missing;
	char kwh[KWH_SIZE], mean[KWH_SIZE];
	struct fault *to;

	if (!on(f, RULE_SPIKE) || known == 0 ||
	    (__int128)x->most_wh * known <= (__int128)times * x->total_wh)
		return;
	kwh_write(kwh, x->most_wh);
	kwh_write(mean, x->total_wh / known);
	to = add(f, RULE_SPIKE);
	fault_found(to, "%s kWh in interval %u", kwh, slot_of(f->d, x->most_wh));
	fault_expected(
	    to, "at most %lld times the day's mean of %s kWh", (long long)times, mean);
}

/* A shorter day than the threshold counts when it is zero all through. */
static void
check_zeros(struct findings *f, unsigned least)
{
	const struct day *d = f->d;
	unsigned run = 0, longest = 0, from = 0;
	struct fault *to;

	for (unsigned i = 0; i < d->n; i++) {
		run = d->wh[i] == 0 && d->status[i] != STATUS_MISSING ? run + 1 : 0;
		if (run > longest) {
			longest = run;
			from = i + 1 - run;
		}
	}
	if (longest < least)
		return;
	to = add(f, RULE_ZERO_RUN);
	fault_found(to, "%u zeros in a row from interval %u", longest, from + 1);
	fault_expected(to, "fewer than %u", least);
}

static bool
zeros_possible(const struct findings *f, unsigned zeros, unsigned *least)
{
	int64_t t = threshold(f, RULE_ZERO_RUN);

	*least = t < f->d->n ? (unsigned)t : f->d->n;
	return on(f, RULE_ZERO_RUN) && f->d->channel == CHANNEL_LOAD && t > 0 &&
	       zeros >= *least;
}

/* Meter multiplier * MULTIPLIER_ONE: the shape's first field; 1 when there is none. */
static int64_t
multiplier(struct str shape)
{
	struct str first, rest;
	int64_t v;

	if (shape.len >= 2 && shape.at[0] == '1' && shape.at[1] == ',')
		return MULTIPLIER_ONE;
	(void)str_cut(shape, ',', &first, &rest);
	if (!decimal_read(first, MULTIPLIER_PLACES, &v))
		return MULTIPLIER_ONE;
	return v;
}

/* What a dial went forward; when it stands lower than before it has passed its end, which lies
 * at 10^5 to 10^8 kWh: the smallest that holds the start reading. */
static int64_t
advance(int64_t start_wh, int64_t stop_wh)
{
	int64_t dial_wh = INT64_C(100000000), dial_most_wh = INT64_C(100000000000);

	if (stop_wh >= start_wh)
		return stop_wh - start_wh;
	while (dial_wh < dial_most_wh && dial_wh <= start_wh)
		dial_wh *= 10;
	if (dial_wh <= start_wh)
		return stop_wh - start_wh;
	return dial_wh - start_wh + stop_wh;
}

static void
check_register(struct findings *f, const struct extremes *x)
{
	const struct day *d = f->d;
	int64_t times = multiplier(d->shape), most_off = threshold(f, RULE_REGISTER);
	__int128 by_register =
	    (__int128)advance(d->start_wh, d->stop_wh) * times / MULTIPLIER_ONE;
	__int128 off = x->total_wh - by_register;
	char sum[KWH_SIZE], want[KWH_SIZE];
	struct fault *to;

	if ((off <= most_off && off >= -most_off) || by_register > INT64_MAX ||
	    by_register < INT64_MIN)
		return;
	kwh_write(sum, x->total_wh);
	kwh_write(want, (int64_t)by_register);
	to = add(f, RULE_REGISTER);
	fault_found(to, "%s kWh in all intervals", sum);
	fault_expected(
	    to, "%s kWh by the register, give or take %lld Wh", want, (long long)most_off);
}

unsigned
validate_day(const struct rules *r, const struct day *d, int32_t today, struct fault *to)
{
	struct findings f = { .rules = r, .d = d, .to = to };
	struct extremes x = look(d);
	unsigned least;

	check_date(&f, today);
	if (x.least_wh < 0)
		check_negative(&f, &x);
	if (x.most_wh > SPIKE_LEAST_WH)
		check_spike(&f, &x);
	if (zeros_possible(&f, x.zeros, &least))
		check_zeros(&f, least);
	if (d->has_start && d->has_stop && d->missing == 0 && on(&f, RULE_REGISTER))
		check_register(&f, &x);
	return f.n;
}
