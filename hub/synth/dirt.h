/* One utility's faulty files in the making; shared by dirty*.c only. */
#ifndef SYNTH_DIRT_H
#define SYNTH_DIRT_H

#include "meter/format.h"
#include "synth/dirty.h"
#include "synth/lse_text.h"

enum {
	HOMES = 24, /* of the utility, ordinary ones, that faulty files speak of */
	HOMES_LEAST = 4,
	DIRT_MOST = 8 << 20
};

struct dirt {
	const struct world *world;
	const struct tdu *tdu;
	unsigned tdu_index;
	const struct period *run;
	const char *dir;
	struct premise home[HOMES];
	unsigned homes;
	struct shapes shapes; /* of the day in hand */
	struct synth_sum *sum;
	/* the case: its folder, and a day of its own before the run, so that no case disturbs
	 * another or the clean reads */
	char folder[64];
	int32_t day;
	/* the file in hand */
	struct buf text, faults;
	unsigned lines, records, accepted, rejected, flagged;
	/* all files */
	struct buf expected, all_faults;
};

/* Begins a case; its files lie in dirty/<folder>/. Takes the next day of the usual length. */
void dirt_case(struct dirt *d, const char *folder);
/* Something the hub must say of the file in hand; `line` counts from its start, 1. */
void dirt_fault(struct dirt *d, unsigned line, unsigned column, enum rule rule);
/* Writes d->text, and what is expected; then the file in hand is empty. `rule`: why the whole
 * file is not loaded; RULES: none. Held files are not counted. */
bool dirt_file(
    struct dirt *d, const char *name, const char *state, enum rule rule, struct err *e);
/* The same bytes under a name of an interval file of this utility. */
bool dirt_lse(struct dirt *d, const char *state, enum rule rule, struct err *e);
void dirt_lse_name(const struct dirt *d, unsigned counter, char to[LSE_NAME]);

/* ---- blocks ---- */
/* The reads of a home on a day, all actual. */
void dirt_day(struct dirt *d, unsigned home, int32_t day, struct day *to);
void dirt_text(struct dirt *d, struct str block); /* of one block: counts it and its lines */
/* A block of home p with these reads, as text at most BLOCK_MOST long. */
struct str dirt_block(
    struct dirt *d, const struct premise *p, const struct day *day, char to[BLOCK_MOST]);
void dirt_good(struct dirt *d, unsigned home, int32_t day); /* adds a good one */

bool dirty_lse_rows(struct dirt *d, struct err *e); /* a field or row is wrong */
bool dirty_lse_days(struct dirt *d, struct err *e); /* the block is readable and wrong or odd */
bool dirty_lse_files(struct dirt *d, struct err *e); /* the file as a whole */
bool dirty_csv_files(struct dirt *d, struct err *e);

#endif
