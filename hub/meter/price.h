/*
 * What a reading costs: prices by kind of day and time band (docs/formats/rate.md). A reading
 * that no band covers as a whole, or that lies in two of different prices, has no cost, which
 * is not a cost of 0.
 */
#ifndef METER_PRICE_H
#define METER_PRICE_H

#include "meter/day.h"

enum { PRICES_MOST = 256, PRICE_CURRENCY_SIZE = 4 };
enum price_days { PRICE_ALL, PRICE_WEEKDAY, PRICE_WEEKEND };

struct price {
	unsigned channel;
	int32_t first, last; /* local days, inclusive */
	enum price_days days;
	int32_t from_min, to_min; /* of the wall clock */
	int64_t micro;		  /* millionths of the currency a kWh */
};

struct prices {
	size_t n;
	char currency[PRICE_CURRENCY_SIZE]; /* of all; those of another are left out */
	struct price at[PRICES_MOST];
};

/* Adds one; false when it does not fit or is of another currency than those before. */
bool prices_add(struct prices *p, const struct price *one, struct str currency);
/* The price of the slot; false when it has none. */
bool price_of(const struct prices *p, const struct day *d, const struct zone *z, unsigned slot,
    int64_t *micro);
/* A value's cost in hundred-thousandths of the currency, rounded to the nearest, halves away
 * from zero. False when it does not fit 48 bits. */
bool price_cost(int64_t wh, int64_t micro, int64_t *cost);

#endif
