/* What is known of a feed while it is read; private to espi*.c and feed.c. */
#ifndef UNPACK_FEED_H
#define UNPACK_FEED_H

#include "base/arena.h"
#include "meter/xml.h"
#include "unpack/espi.h"

#define NONE UINT32_MAX

enum kind { KIND_OTHER, KIND_POINT, KIND_METER, KIND_TYPE, KIND_BLOCK };

enum type_field { /* of a ReadingType, in the order of the series line */
	TYPE_UOM,
	TYPE_POWER,
	TYPE_FLOW,
	TYPE_LENGTH,
	TYPE_ACCUMULATION,
	TYPE_COMMODITY,
	TYPE_KIND,
	TYPE_QUALITY,
	TYPE_FIELDS
};

struct point { /* UsagePoint */
	struct str name, title, agreement;
};

struct meter { /* MeterReading */
	struct str up;
	struct str *related;
	uint32_t related_n, line;
};

struct type { /* ReadingType */
	struct str field[TYPE_FIELDS];
	uint32_t line;
};

struct block { /* an entry with IntervalBlocks */
	struct str up, self, updated;
	uint32_t line;
};

enum what { WHAT_START, WHAT_DURATION, WHAT_VALUE, WHAT_QUALITY, WHAT_LINK, WHAT_UPDATED };

struct interval { /* IntervalReading */
	int64_t start_s, value, updated_s;
	uint32_t duration_s, line, seq;
	uint32_t owner; /* index of its block; once resolved, of its meter */
	uint32_t bad;	/* index of the reason, or NONE */
	uint8_t quality;
	bool has_quality, has_start, has_duration, has_value;
};

struct bad { /* why a reading or a block cannot be used */
	enum what what;
	struct str found;
	uint32_t line;
	bool block;
};

struct link { /* an address and what it leads to */
	struct str href;
	enum kind kind;
	uint32_t to;
};

struct list { /* grows by doubling up to a maximum */
	void *at;
	size_t n, cap, most, item_bytes;
	const char *of;
};

struct entry {			/* the open <entry> */
	unsigned depth;		/* 0: outside */
	unsigned content_depth; /* of its <content>; 0: outside */
	enum kind kind;		/* of what the content holds */
	struct str self, up, updated;
	struct str related[ESPI_RELATED_MOST];
	uint32_t related_n, line;
	struct point point;
	struct type type;
};

struct espi {
	struct xml *xml;
	int64_t xml_bytes, xml_most_bytes;
	struct arena *text;
	struct list points, meters, types, blocks, intervals, bads, links;
	struct entry entry;
	struct interval now;
	bool in_interval, in_delivery_point;
};

/* A new zeroed item, or NULL with e. */
void *list_add(struct list *l, struct err *e);
/* A copy, cut to `most` bytes; false with e when the memory for text is used up. */
bool feed_keep(struct espi *s, struct str *to, struct str from, size_t most, struct err *e);
bool feed_link(struct espi *s, enum kind kind, uint32_t to, struct str href, const char *tail,
    struct err *e);
/* Notes why something cannot be used; *index is for interval.bad, or NULL for a whole block. */
bool feed_bad(struct espi *s, enum what what, struct str found, uint32_t line, uint32_t *index,
    struct err *e);
/* Ties intervals to their meter (owner) and sorts them; blocks that lead nowhere become bads
 * and their intervals are dropped. */
bool feed_resolve(struct espi *s, struct err *e);
/* What an address leads to, or NONE. After feed_resolve. */
uint32_t feed_find(const struct espi *s, enum kind kind, struct str href);
const struct point *feed_point(const struct espi *s, const struct meter *m);
const struct type *feed_type(const struct espi *s, const struct meter *m);

static inline struct interval *
intervals_of(const struct espi *s)
{
	return s->intervals.at;
}

#endif
