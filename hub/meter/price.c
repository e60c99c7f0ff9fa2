/* What a reading costs; see price.h. */
#include "meter/price.h"

#include <string.h>

enum { COST_BITS = 47, MICRO_WH_PER_COST = 10000 };

bool
prices_add(struct prices *p, const struct price *one, struct str currency)
{
	if (p->n == 0 && !str_copy(p->currency, sizeof p->currency, currency))
		return false;
	if (p->n == PRICES_MOST || !str_is(currency, p->currency))
		return false;
	p->at[p->n++] = *one;
	return true;
}

static bool
covers(
    const struct price *x, const struct day *d, bool weekday, int32_t from_min, int32_t to_min)
{
	return x->channel == d->channel && d->day >= x->first && d->day <= x->last &&
	       (x->days == PRICE_ALL || (x->days == PRICE_WEEKDAY) == weekday) &&
	       from_min >= x->from_min && to_min <= x->to_min;
}

bool
price_of(const struct prices *p, const struct day *d, const struct zone *z, unsigned slot,
    int64_t *micro)
{
	int64_t start_s = zone_day_start(z, d->day) + (int64_t)slot * d->interval_s;
	int64_t local_s = zone_local_s(z, start_s) - (int64_t)d->day * 86400;
	int32_t from_min = (int32_t)(local_s / 60),
		to_min = from_min + (int32_t)d->interval_s / 60;
	bool weekday = civil_is_weekday(d->day), found = false;

	for (size_t i = 0; i < p->n; i++) {
		if (!covers(&p->at[i], d, weekday, from_min, to_min))
			continue;
		if (found && p->at[i].micro != *micro)
			return false;
		*micro = p->at[i].micro;
		found = true;
	}
	return found;
}

bool
price_cost(int64_t wh, int64_t micro, int64_t *cost)
{
	int64_t product;

	/* Wh * millionths a kWh = 10^-9 of the currency */
	if (__builtin_mul_overflow(wh, micro, &product) || product > INT64_MAX / 2 ||
	    product < -(INT64_MAX / 2))
		return false;
	product += product < 0 ? -MICRO_WH_PER_COST / 2 : MICRO_WH_PER_COST / 2;
	*cost = product / MICRO_WH_PER_COST;
	return *cost < INT64_C(1) << COST_BITS && *cost > -(INT64_C(1) << COST_BITS);
}
