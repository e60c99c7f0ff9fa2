/* The CSVs of one utility: who lives where, which meters and REPs, registers, bills and rates.
 */
#ifndef SYNTH_CSV_OUT_H
#define SYNTH_CSV_OUT_H

#include "synth/premise.h"
#include "synth/sheet.h"

struct period {	       /* of the run */
	int32_t since; /* records of the past begin here: 24 months before `from` */
	int32_t from, last;
};

struct csv_kind {
	const char *name;
	const char *head; /* lines 1 and 2 */
	unsigned kind;	  /* of enum synth_kind */
	bool daily;	  /* one sheet a day; otherwise one for the run */
	/* All records of one premise; `day` for the daily ones. */
	void (*write)(
	    struct sheet *s, const struct premise *p, const struct period *run, int32_t day);
	/* instead of it: all records of the sheet */
	void (*whole)(struct sheet *s, unsigned tdu, const struct period *run);
};
extern const struct csv_kind csv_kinds[];
extern const size_t csv_kind_count;

/* The rate of a premise's class and what a kWh costs on average, in 10^-6 of a dollar. */
const char *rate_of(const struct premise *p);
int64_t rate_mean_price(const struct premise *p, int32_t day);

/* One record from a format of ours; fields with commas are quoted by the format. */
void sheet_fmt(struct sheet *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* "2025-09-01T10:00:00Z": what the source said at 05:00 of that local day. */
void csv_stamp(char to[CIVIL_STAMP_SIZE], const struct premise *p, int32_t day);

void write_register(
    struct sheet *s, const struct premise *p, const struct period *r, int32_t day);
void write_billing(
    struct sheet *s, const struct premise *p, const struct period *r, int32_t day);
void write_rates(struct sheet *s, unsigned tdu, const struct period *r);

#endif
