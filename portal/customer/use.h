/*
 * A customer's use of energy, as pages show it: which premise, which days, in steps of how
 * long, compared with what; the reads of it, by a release as any other; a chart, and a table
 * with the same numbers.
 *
 *   place.c      the customer's premises
 *   use_ask.c    what the address of a page asks for
 *   use_read.c   the reads, as points of a chart, and what they cost
 *   use_table.c  the points as rows and bars
 *   use.c        the page
 */
#ifndef PORTAL_CUSTOMER_USE_H
#define PORTAL_CUSTOMER_USE_H

#include "me.h"
#include "store/rates.h"

enum { USE_CHANNELS = 2 /* consumption, generation */, USE_DAYS_MOST = 400 };

/* ---- place.c ---- */

enum { PLACES_MOST = 100 }; /* that a list has; of more one is named by its ESI ID */

struct place {
	struct str esiid, street, city, utility, zone, class_, meter;
	int32_t channels, first_day, last_day; /* DAY_NONE where open */
	int32_t today, newest;		       /* DAY_NONE: nothing was ever sent */
	int64_t places;			       /* how many there are in all */
};
struct places {
	struct rows *keep;
	struct place *at; /* in the page's memory */
	size_t n;
	const struct place
	    *one; /* the one that is asked for, or the first; NULL: there is none */
};
void places_auto(struct places *x);
/* The customer's premises, and of them that of ?premise=. ERR_NOT_FOUND: it is none of them. */
bool places_read(struct task *t, struct page *p, struct places *to, struct err *e);
/* The day that the newest reads are of, or would be. */
int32_t place_newest(const struct place *x);
/* Sets the list "places" for a choice, and where, masked, many. */
bool places_set(struct page *p, const struct places *x, struct err *e);

/* ---- use_ask.c ---- */

enum use_span { SPAN_DAY, SPAN_WEEK, SPAN_35, SPAN_MONTH, SPAN_YEAR, SPANS };
enum use_by { BY_15, BY_DAY, BY_MONTH, BYS };
enum use_vs { VS_NONE, VS_BEFORE, VS_YEAR, VSS };
extern const char *const use_spans[SPANS], *const use_bys[BYS], *const use_vss[VSS];

struct use_ask {
	enum use_span span;
	enum use_by by;
	enum use_vs vs;
	int32_t from, to;	/* inclusive; to may lie ahead of the newest day */
	int32_t vs_from, vs_to; /* what it is compared with, unless VS_NONE */
};
/* What the address asks for; what is not understood is as if it were not there. newest: where
 * the last range ends. */
void use_asked(const struct page *p, int32_t newest, struct use_ask *to);
/* The range of the span in which `day` lies (of weeks and 35 days: that ends with it). */
void use_range(enum use_span span, int32_t day, int32_t *from, int32_t *to);
/* May the span be shown in such steps? */
bool use_may(enum use_span span, enum use_by by);
/* The address of a page of use with these instead of what the page is of; kept. */
struct str use_link(struct page *p, const struct place *x, const struct use_ask *a, int32_t at);

/* ---- use_read.c ---- */

struct use_sum {
	int64_t wh;
	int32_t slots, estimated, missing; /* slots: that a read came for, missing ones too */
	int32_t days;			   /* of which reads came */
	int32_t unpriced;		   /* values without a known price */
	int64_t nano;			   /* what the others cost, or bring; 10^-9 */
};
struct use_point {	     /* a bar, a row */
	int32_t day, days;   /* its first day, and how many it has */
	int64_t utc_s, past; /* of quarter-hours; else 0 */
	struct use_sum sum[USE_CHANNELS];
};
struct use {
	const struct zone *zone;
	int32_t from, to;
	struct use_sum *days; /* USE_CHANNELS for each day */
	struct buf points;    /* struct use_point */
	struct use_sum total[USE_CHANNELS];
	bool generation;		    /* there is some */
	char currency[PRICE_CURRENCY_SIZE]; /* of prices; "": none is known of any value */
};
void use_auto(struct use *u);
/* A release of the days. Nothing of them may be read: all is as if nothing had come. priced:
 * what they cost is asked for, too. */
bool use_read(struct task *t, struct page *p, const struct place *x, int32_t from, int32_t to,
    enum use_by by, bool priced, struct use *u, struct err *e);
static inline const struct use_point *
use_points(const struct use *u, size_t *n)
{
	*n = u->points.len / sizeof(struct use_point);
	return (const struct use_point *)(const void *)u->points.at;
}
/* Totals over those days alone that both have whole, the first of one beside the first of the
 * other; how many days that are. */
int32_t use_alike(const struct use *a, const struct use *b, int64_t wh[2]);

/* ---- use_table.c ---- */

struct str use_kwh(struct page *p, int64_t wh);	      /* 12.345 */
struct str use_kwh_short(struct page *p, int64_t wh); /* 12.3 */
struct str use_range_text(struct page *p, int32_t from, int32_t to);
/* $1,025.70; of other currencies 1,025.70 EUR. */
struct str use_money(struct page *p, int64_t nano, const char *currency, int digits);
/* Sets `cost`, a sentence about what the energy of `sum` cost; empty where no price is known.
 */
void use_set_cost(struct page *p, const struct use_sum sum[USE_CHANNELS], const char *currency);
/* Sets the chart, the rows and what stands above and below them. vs: may be NULL. */
bool use_set(struct page *p, const struct place *x, const struct use_ask *a,
    const struct use *u, const struct use *vs, int32_t newest, struct err *e);

#endif
