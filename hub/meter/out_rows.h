/*
 * What drops hold beside whole days of intervals: single changes of values, register reads and
 * bills. Each is written as CSV after the manner of Smart Meter Texas (CRLF, an apostrophe
 * before the ESI ID, dates as MM/DD/YYYY), or as JSON lines. docs/formats/drops.md is for the
 * readers of them.
 */
#ifndef METER_OUT_ROWS_H
#define METER_OUT_ROWS_H

#include "meter/format.h"

#define OUT_NONE INT64_MIN /* a number that nobody knows: never written as zero */

struct out_register {
	char esiid[ESIID_SIZE];
	const struct zone *zone;
	const char *tdu;
	int32_t day, load, channel;
	int64_t created_s;
	int64_t start_wh, end_wh, wh; /* OUT_NONE: not known */
	struct str status;
};

struct out_billing {
	char esiid[ESIID_SIZE];
	const struct zone *zone;
	const char *tdu;
	int32_t start_date, end_date, load, channel;
	int64_t created_s;
	int64_t wh, metered_w, billed_w, metered_va, billed_va; /* OUT_NONE: not known */
	int64_t amount; /* ten-thousandths of the currency */
	struct str currency, items, status;
};

/* Why a value is in a file of changes, from what was told before to what is told now. */
enum change {
	CHANGE_NONE,		  /* nothing that a reader could tell apart */
	CHANGE_NEW,		  /* there was no version of the day before */
	CHANGE_FILLED,		  /* missing → a value */
	CHANGE_ESTIMATE_REPLACED, /* estimated → actual, whether or not the value differs */
	CHANGE_CORRECTED,	  /* another value */
	CHANGE_STATUS,		  /* the same value with another status */
	CHANGE_REMOVED,		  /* a value → missing */
	CHANGES
};
extern const char *const change_names[CHANGES]; /* "ESTIMATE_REPLACED" */
/* was: NULL when there was none. */
enum change change_of(const struct day *was, const struct day *now, unsigned slot);

void out_change_csv_begin(struct buf *b);
/* A row for each slot that changed; returns how many. was: NULL when there was none. */
unsigned out_change_csv(struct buf *b, const struct out_day *now, const struct day *was);
/* A line for each slot that changed; returns how many. */
unsigned out_change_jsonl(struct buf *b, const struct out_day *now, const struct day *was);

void out_register_csv_begin(struct buf *b);
void out_register_csv(struct buf *b, const struct out_register *r);
void out_register_jsonl(struct buf *b, const struct out_register *r);
void out_billing_csv_begin(struct buf *b);
void out_billing_csv(struct buf *b, const struct out_billing *r);
void out_billing_jsonl(struct buf *b, const struct out_billing *r);

#endif
