/*
 * What reads cost, where a price is known: the prices of the premises of a release. Only
 * rates_read() waits.
 */
#ifndef STORE_RATES_H
#define STORE_RATES_H

#include "meter/price.h"
#include "store/release.h"

enum { RATES_BYTES_MOST = 4 * 1024 * 1024 };

struct rates {
	struct buf table; /* struct rate */
	size_t n;
	char esiid[ESIID_SIZE]; /* whose `prices` are */
	struct prices prices;
};

struct costs {			      /* of the slots of a day */
	char currency[4];	      /* "": no price is known of any slot */
	int64_t nano[DAY_SLOTS_MOST]; /* 10^-9 of the currency */
	bool known[DAY_SLOTS_MOST];
};

bool rates_read(struct task *t, const struct release_by *by, const struct reads *r,
    struct rates *to, struct err *e);
void rates_auto(struct rates *p);
void rates_of_day(struct rates *p, const struct out_day *o, struct costs *to);
/* The same with longer intervals: known where all of its parts are. */
void costs_coarse(struct costs *to, const struct costs *from, unsigned n, unsigned n_coarse);

#endif
