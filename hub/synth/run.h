/*
 * One run of the generator: the files of four utilities for some days, below out/<utility>/.
 * The work is cut into units (a kind of file of a utility and day, or a part of it) that know
 * nothing of each other, so any number of threads gives the same bytes.
 */
#ifndef SYNTH_RUN_H
#define SYNTH_RUN_H

#include "synth/premise.h"

enum synth_kind {	     /* bits */
	SYNTH_REFERENCE = 1, /* premise, meter, rep, occupancy, customer, rate */
	SYNTH_LSE = 2,
	SYNTH_REGISTER = 4,
	SYNTH_BILLING = 8,
	SYNTH_ALL = 15
};

enum { SYNTH_METERS_MOST = 20000000, SYNTH_DAYS_MOST = 3660, SYNTH_THREADS_MOST = 16 };

struct synth {
	const char *out; /* made when it does not exist; its parent must */
	uint32_t meters; /* a utility */
	int32_t from;
	int32_t days;
	uint64_t seed;
	unsigned kinds; /* of enum synth_kind */
	unsigned threads;
	bool dirty; /* also faulty files and what should become of each; see dirty.h */
	/* after each unit, from any thread, one at a time; may be NULL */
	void (*progress)(void *self, unsigned done, unsigned of);
	void *self;
};

struct synth_sum {
	uint64_t files, bytes, blocks, records; /* records: of the CSVs */
};

/* Writes everything; ERR_USAGE, ERR_IO, ERR_NO_SPACE. Blocks the caller. */
bool synth_run(const struct synth *s, struct synth_sum *sum, struct err *e);

/* Names that configuration and tests need: KEY='value' lines that a shell reads, and the REPs
 * as CSV (certificate,code,name). */
bool synth_samples(struct buf *b, struct err *e);
void synth_reps(struct buf *b);

#endif
