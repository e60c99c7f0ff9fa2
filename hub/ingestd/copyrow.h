/* Rows of PostgreSQL's binary COPY, appended to a buffer. Source: its manual, COPY, "Binary
 * Format". */
#ifndef INGESTD_COPYROW_H
#define INGESTD_COPYROW_H

#include "base/code.h"
#include "base/str.h"

enum { COPY_HEADER_BYTES = 19 };

void copy_header(struct buf *b);
void copy_trailer(struct buf *b);
void copy_row(struct buf *b, int columns);
void copy_null(struct buf *b);
void copy_int2(struct buf *b, int16_t v);
void copy_int4(struct buf *b, int32_t v);
void copy_int8(struct buf *b, int64_t v);
void copy_date(struct buf *b, int32_t day);    /* DAY_NONE: null */
void copy_stamp(struct buf *b, int64_t utc_s); /* timestamptz */
void copy_bytes(struct buf *b, struct str s);  /* text or bytea; at NULL: null */
void copy_text(struct buf *b, const char *c);
/* An array of text or bytea. */
void copy_array(struct buf *b, const struct str *item, size_t n, bool bytea);

/* Seconds and days from 1970 to PostgreSQL's epoch, 2000-01-01. */
#define PG_EPOCH_S    INT64_C(946684800)
#define PG_EPOCH_DAYS 10957

#endif
