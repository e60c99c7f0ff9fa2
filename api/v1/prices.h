/*
 * What reads cost, where a price is known: the bands of the premises of a release, in the order
 * in which they count, as reads.price() has it. Only v1_prices_read() waits.
 */
#ifndef API_V1_PRICES_H
#define API_V1_PRICES_H

#include "reads.h"

enum { PRICES_BYTES_MOST = 4 * 1024 * 1024 };

struct price_band {
	char esiid[ESIID_SIZE], days[8], currency[4];
	int32_t channel, first_day, last_day; /* last: DAY_NONE: without end */
	int32_t from_minute, to_minute;
	int64_t price_micro; /* millionths of the currency a kWh */
};

struct prices {
	struct buf table;
	size_t n;
};

struct costs {			      /* of the slots of a day */
	char currency[4];	      /* "": no price is known of any slot */
	int64_t nano[DAY_SLOTS_MOST]; /* 10^-9 of the currency */
	bool known[DAY_SLOTS_MOST];
};

bool prices_read(
    struct task *t, struct call *c, const struct reads *r, struct prices *to, struct err *e);
void prices_auto(struct prices *p);
void prices_of_day(const struct prices *p, const struct out_day *o, struct costs *to);
/* The same with longer intervals: known where all of its parts are. */
void costs_coarse(struct costs *to, const struct costs *from, unsigned n, unsigned n_coarse);

#endif
