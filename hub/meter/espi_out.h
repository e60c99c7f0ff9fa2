/*
 * Writing Green Button: entries of an Atom feed, one function a kind, for files (out_espi.c)
 * and for the API (api/espi). docs/formats/espi.md has the codes.
 *
 * Ids are UUIDs of version 5 made from what an entry is about, in a space that is the hub's own
 * secret: the same in every file and answer, and nothing that an ESI ID leads to or that leads
 * to one.
 *
 * Text of others goes through espi_text() alone; all else that is written is ours.
 */
#ifndef METER_ESPI_OUT_H
#define METER_ESPI_OUT_H

#include "base/uuid.h"
#include "meter/day.h"
#include "meter/price.h"

#define ESPI_ROOT	  "/espi/1_1/resource"
#define ESPI_LAYOUT_STAMP "2026-11-01T00:00:00Z"
#define ESPI_NS		  "xmlns=\"http://naesb.org/espi\""

enum {
	ESPI_UNDER_SIZE = 64,
	ESPI_HREF_SIZE = 512,
	ESPI_DAY_MOST = 256 * 1024,
	ESPI_ALL = INT32_MAX
};

struct espi_out {
	struct buf *to;
	struct uuid space;
	const char *root;	     /* what addresses begin with */
	char under[ESPI_UNDER_SIZE]; /* "/Subscription/ID", or nothing */
	bool esiids;		     /* ESI IDs may be told */
	bool alone;		     /* one entry is the document */
	/* of all entries those from the first-th (from 1) on, at most so many */
	int64_t first, most;
	int64_t seen, put; /* entries so far, and those of them that were written */
};

struct espi_point { /* a usage point */
	char esiid[ESIID_SIZE];
	const struct zone *zone;
	char id[UUID_SIZE], zone_id[UUID_SIZE];
	bool local;	/* its zone has a form in ESPI */
	bool summaries; /* it has a UsageSummary collection */
};

struct espi_series { /* a channel with one length of interval */
	unsigned flow, interval_s;
	unsigned currency; /* of the cost of its readings, by ISO 4217's number; 0: none */
	const char *title;
	char id[UUID_SIZE], type_id[UUID_SIZE];
	uint32_t bit; /* of what a feed has said */
};

struct espi_stamps { /* seconds UTC */
	int64_t published, updated;
};

struct espi_bill {	      /* what a UsageSummary is made of */
	int32_t first, last;  /* local days, inclusive */
	int64_t wh, demand_w; /* demand: -1 when none */
	bool cost;
	int64_t amount; /* ten-thousandths of the currency */
	unsigned currency;
	struct str items; /* name=amount;… */
	bool estimated;
};

struct espi_out espi_to(struct buf *b, struct uuid space, const char *root);

/* ---- names and text ---- */
void espi_named(const struct espi_out *o, char to[UUID_SIZE], const char *fmt, ...)
    PRINTF_LIKE(3, 4);
void espi_point_named(const struct espi_out *o, struct espi_point *p);
void espi_series_named(
    const struct espi_out *o, const struct espi_point *p, struct espi_series *s);
/* Everything but flow, length and currency is made from these three. */
struct espi_series espi_series_of(unsigned channel, uint32_t interval_s, unsigned currency);
/* The id of a block is about its day, that of a summary about its period. */
void espi_block_named(const struct espi_out *o, char to[UUID_SIZE], const struct espi_point *p,
    const struct espi_series *s, int32_t day);
void espi_bill_named(const struct espi_out *o, char to[UUID_SIZE], const struct espi_point *p,
    const struct espi_bill *x);
unsigned espi_currency(struct str code); /* "USD" is 840; 0 for one that is not known */
/* Escaped; control characters that XML has no form for become '?'. */
void espi_text(struct buf *b, struct str s);

/* False for a zone whose rule ESPI has no form for. */
bool espi_local_time(
    const struct zone *z, uint32_t *start, uint32_t *end, struct zone_clock *c);

/* ---- a feed and its entries ---- */
void espi_feed_open(struct espi_out *o, const char *id, const char *title, int64_t updated_s);
void espi_feed_close(struct espi_out *o);
/* href = root + what is printed (+ nothing else). kind: "espi-entry/UsagePoint" … */
void espi_link(struct espi_out *o, const char *rel, const char *kind, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* One whose address is as it stands, with others' text: escaped. */
void espi_link_text(struct espi_out *o, const char *rel, const char *kind, struct str href);
/* Links go between these two, the content after the second. False: the entry is not of the
 * page, and nothing of it need be written. */
bool espi_entry_open(struct espi_out *o, const char *id);
void espi_entry_content(struct espi_out *o, const char *title, const struct espi_stamps *s);
void espi_entry_close(struct espi_out *o);
bool espi_over(const struct espi_out *o); /* the page is full */

void espi_put_point(
    struct espi_out *o, const struct espi_point *p, const struct espi_stamps *s);
void espi_put_local_time(struct espi_out *o, const struct espi_point *p);
void espi_put_meter_reading(struct espi_out *o, const struct espi_point *p,
    const struct espi_series *s, const struct espi_stamps *at);
void espi_put_reading_type(struct espi_out *o, const struct espi_series *s);
/* At most ESPI_DAY_MOST bytes. prices: of the whole day, or NULL. */
void espi_put_block(struct espi_out *o, const struct espi_point *p, const struct espi_series *s,
    const struct day *d, const struct prices *prices, const struct espi_stamps *at);
void espi_put_bill(struct espi_out *o, const struct espi_point *p, const struct espi_bill *x,
    const struct espi_stamps *at);

#endif
