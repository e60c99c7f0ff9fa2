/*
 * Some tens of thousands of meter-days on their way into the database: packed, then sorted by
 * series and day, so that index and heap stay in order and blocks of the same day become
 * neighbours.
 */
#ifndef INGESTD_BATCH_H
#define INGESTD_BATCH_H

#include "findings.h"
#include "meter/pack.h"

enum item_state { ITEM_NEW, ITEM_CHECK, ITEM_DROP };

struct item {
	int64_t created_s, total_wh;
	size_t at; /* of the packed bytes in batch.packed */
	int32_t series, day;
	uint32_t line;
	uint16_t len, n, estimated, missing;
	uint16_t reason[DAY_REASONS]; /* of the estimated */
	int16_t shape;		      /* index of a shape that has no number yet, or -1 */
	uint8_t state;
	bool known;   /* its premise was announced */
	bool flagged; /* has entries in batch.doubt */
};

struct doubt { /* a flag whose item has no series yet, or may be dropped */
	size_t item;
	struct fault fault;
};

struct miss { /* an item whose premise must be asked for */
	size_t item;
	struct esiid esiid;
	uint8_t channel;
};

struct batch {
	struct item *item;
	size_t n, room;
	struct miss *miss;
	size_t misses, misses_room;
	struct doubt *doubt;
	size_t doubts, doubts_room;
	struct buf packed, copy;
	uint32_t *order; /* items by series, day, as they came */
	uint64_t *scratch;
	size_t order_room;
	bool failed; /* memory ran out */
};

void batch_auto(struct batch *b);
void batch_clear(struct batch *b); /* empty, memory kept */
/* Adds a packed day; NULL when memory is short (batch.failed). series 0: not known yet. */
struct item *batch_add(
    struct batch *b, const struct day *d, int32_t series, bool known, uint32_t shape);
void batch_miss(struct batch *b, size_t item, struct esiid id, uint8_t channel);
void batch_doubt(struct batch *b, size_t item, const struct fault *f);
bool batch_sort(struct batch *b); /* fills order; false when memory is short */
struct str item_packed(const struct batch *b, const struct item *i);
/* Binary COPY of all items that are not dropped into b->copy, header and trailer included;
 * returns how many. */
size_t batch_encode(struct batch *b, int32_t load);

#endif
