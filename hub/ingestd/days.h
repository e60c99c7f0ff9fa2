/* Interval files under way: what days.c and compare.c share. */
#ifndef INGESTD_DAYS_H
#define INGESTD_DAYS_H

#include "batch.h"
#include "ingest.h"
#include "rollup.h"
#include "seen.h"
#include "source.h"

enum { SAMPLE_MOST = 1000, FILE_SHAPES_MOST = 4096, LISTED_DAYS_MOST = ROLLUP_DAYS_MOST };

struct day_fact { /* of one local day that occurs in the file */
	int32_t day;
	int64_t due_s;	/* reads that come after it are late; INT64_MIN: not asked yet */
	bool earlier;	/* the utility had rows of that day before this load */
	bool registers; /* it has register reads of that day */
	bool ready;	/* partition made, facts asked */
};

struct shape { /* row-2 text → number, as far as this file met it */
	char text[240];
	size_t len;
	int32_t id; /* 0: not asked yet */
};

struct sample { /* for the sudden-shift rule */
	int32_t series, day;
	int64_t total_wh;
};

struct days {
	struct loading *l;
	struct reader *reader;
	struct batch batch[2], *fill; /* one is filled while the other is copied */
	struct rollup rollup;
	struct seen *seen; /* the utility's */
	struct shape *shape;
	size_t shapes, last_shape;
	bool shape_asked; /* a new one came: stop and ask for its number */
	struct day_fact *fact;
	size_t facts, last_fact;
	struct fault fault[RULES + 3]; /* of the block at hand; too large for a stack */
	struct sample sample[SAMPLE_MOST];
	size_t samples;
	int64_t stride;
	enum io_got got; /* of the step that ran last */
	struct err e;
};

struct day_fact *day_fact_of(struct days *d, int32_t day, struct err *e);
/* days_sink.c: for the reader. */
void days_sink_day(void *days, const struct day *d);
void days_sink_fault(void *days, const struct fault *f);
/* days_settle.c */
bool settle_shapes(struct task *t, struct days *d, struct batch *b, struct err *e);
bool settle_premises(struct task *t, struct days *d, struct batch *b, struct err *e);
bool settle_memory(struct task *t, struct loading *l, struct err *e);
bool settle_days(struct task *t, struct days *d, struct batch *b, struct err *e);
/* days_judge.c */
bool judge_streaks(struct task *t, struct days *d, struct batch *b, struct err *e);
bool judge_registers(struct task *t, struct days *d, struct batch *b, struct err *e);
bool judge_file(struct task *t, struct days *d, struct err *e);
/* The items in state ITEM_CHECK against what is stored and against each other. */
bool compare_batch(struct task *t, struct days *d, struct batch *b, struct err *e);
/* A version with nothing before it. */
void count_first(struct days *d, const struct item *i, struct rollup_day *r);

#endif
