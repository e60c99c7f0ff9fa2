/*
 * RFC 4180 CSV in pieces, in constant memory: quoted fields may hold commas, doubled quotes and
 * line breaks. A record longer than csv.most bytes or with more than CSV_FIELDS fields is a
 * fault of that record; reading goes on behind it. A byte order mark at the start is passed.
 * Also the writer's escape, which guards a text that a spreadsheet would run as a formula (= +
 * - @ TAB CR first) with a leading apostrophe.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/err.h"

enum { CSV_FIELDS = 128 };

struct csv_record {
	size_t n;
	struct str field[CSV_FIELDS]; /* unquoted; valid until the next call */
	uint32_t column[CSV_FIELDS]; /* 1-based byte position of its first byte in the record */
	uint64_t line;		     /* of its first byte, from 1; of a fault's record too */
};

struct csv;				       /* reader */
struct csv *csv_new(size_t record_most_bytes); /* NULL when memory is short */
void csv_free(struct csv **c);

enum csv_got { CSV_RECORD, CSV_FAULT, CSV_MORE, CSV_END };

/* Gives input; the bytes must stay until csv_next has said CSV_MORE. last: nothing follows. */
void csv_feed(struct csv *c, struct str bytes, bool last);
/* The next record, a fault, MORE when the input given is used up, or END. A fault fills e, with
 * the line in the text; it is ERR_TOO_BIG for too long or too many fields, ERR_BUSY when memory
 * is short, else ERR_BAD_FILE; the record is skipped. An empty line is skipped. */
enum csv_got csv_next(struct csv *c, struct csv_record *r, struct err *e);

/* Quoted when needed, and safe in a spreadsheet: for texts that others gave. */
void csv_put(struct buf *b, struct str text);
/* Quoted when needed: for our own numbers and ids. */
void csv_put_plain(struct buf *b, struct str text);

#endif
