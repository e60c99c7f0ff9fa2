/*
 * What the LSE reader remembers, and how its parts call each other. Private to format_lse.c and
 * lse_*.c.
 */
#ifndef METER_LSE_STATE_H
#define METER_LSE_STATE_H

#include "base/field.h"
#include "meter/lse.h"

enum lse_where {
	LSE_BETWEEN, /* a header row is next */
	LSE_INSIDE,
	LSE_LOST /* the block is rejected: nothing counts until the next header row */
};

/* A text met before. Nearly all blocks of a file say the same in rows 2 to 4. */
enum { MEMO_NONE = SHAPE_MOST + 1 };
struct lse_memo {
	size_t len; /* MEMO_NONE: nothing yet */
	char text[SHAPE_MOST];
};

/* Findings that do not stop the block, told with it: the first of each kind and how many. */
enum lse_mark { LSE_MARK_NULL, LSE_MARK_NEGATIVE, LSE_MARK_STATUS, LSE_MARKS };

enum { LSE_SEEN_2 = 1 << 2, LSE_SEEN_3 = 1 << 3, LSE_SEEN_4 = 1 << 4 };

struct lse {
	struct reading r;
	struct sink s;
	enum lse_where where;
	uint64_t line;	/* number of the line in hand */
	struct str row; /* the line in hand, whole: columns count from its start */
	bool cut;	/* it is the file's last and has no line end */
	uint32_t code;	/* sort code of the row before */
	unsigned want;	/* intervals that the block must have */
	uint64_t got;
	bool complete; /* it had them all before the row in hand */
	/* of the block, as far as known; for faults */
	struct esiid esiid;
	int32_t date; /* DAY_NONE: not yet */
	int channel;  /* -1: not yet */
	unsigned marked[LSE_MARKS];
	struct fault mark[LSE_MARKS];
	/* the header's span met last, and its intervals */
	struct lse_memo span;
	int32_t span_day, slots_day;
	uint32_t slots_interval_s;
	unsigned slots;
	/* rows 2 to 4 met last, as they stood and as parts of the shape */
	struct lse_memo row2, row3, row4, part2, part4;
	struct str part3; /* in row3 */
	uint32_t row2_interval_s;
	int64_t row4_created_s;
	unsigned seen, shape_seen; /* LSE_SEEN_*: of this block, in the shape */
	bool shape_stale;	   /* a part is new since the shape was put together */
	char shape[SHAPE_MOST + 1];
	struct day day; /* method stays 0: the format has none */
	size_t kept;	/* start of a line whose end has not come yet */
	bool too_long;
	char keep[LINE_MOST_BYTES];
};

static inline bool
lse_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static inline bool
memo_is(const struct lse_memo *m, struct str s)
{
	return m->len == s.len && memcmp(m->text, s.at, s.len) == 0;
}

static inline void
memo_set(struct lse_memo *m, struct str s)
{
	m->len = s.len;
	memcpy(m->text, s.at, s.len);
}

/* ---- lse_block.c ---- */

/* Nothing is known of the next block yet. */
void lse_forget(struct lse *l);
/* The intervals are that long: sets how many the block must have. */
void lse_set_interval(struct lse *l, uint32_t interval_s);
/* A fault of the block in hand, at a place in the line in hand (NULL: column 0). */
struct fault lse_fault(const struct lse *l, enum rule rule, const char *at);
/* Tells it, forgets the block; at_end: the trouble touches the end of the line, so that in a
 * file cut there the cut is to blame. Always false. */
bool lse_reject(struct lse *l, struct fault *f, bool at_end);
/* Tells of the line in hand, which belongs to no block. */
void lse_stray(struct lse *l);
/* Gives the block, which is all there. */
void lse_deliver(struct lse *l);
/* The block in hand, if there is one, is over: another begins, or the file ends. */
void lse_finish(struct lse *l, bool file_ends);

/* ---- lse_rows.c, lse_detail.c ---- */

/* The rows, by what is behind their sort code and its comma. */
void lse_header(struct lse *l, struct str rest);
void lse_registers(struct lse *l, struct str rest);
void lse_descriptor(struct lse *l, struct str rest);
void lse_creation(struct lse *l, struct str rest);
void lse_detail(struct lse *l, struct str rest);

#endif
