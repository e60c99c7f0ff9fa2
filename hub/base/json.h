/*
 * A JSON writer that only appends. Commas and nesting are kept by the writer, so a caller lists
 *what there is: each call takes the member's name, or NULL inside a list and for the outermost
 *value.
 *
 *	struct json j = json_to(&b);
 *	json_open(&j, NULL);
 *	json_text(&j, "state", str_of("LOADED"));
 *	json_list(&j, "items");
 *	json_int(&j, NULL, 3);
 *	json_end(&j);
 *	json_end(&j);			{"state":"LOADED","items":[3]}
 *
 * Text that is not UTF-8 has each byte over 0x7f replaced by U+FFFD: what comes out is always
 *valid. A wrong order of calls (a name in a list, none in an object, ends that do not match) is
 *a bug and aborts. Too long shows in the buffer: buf_ok().
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/civil.h"

enum { JSON_DEPTH_MOST = 32 };

struct json {
	struct buf *to;
	unsigned depth;
	uint32_t list, filled; /* a bit for each depth: it is a list; it has a member already */
};

struct json json_to(struct buf *b); /* b must outlive it */

void json_open(struct json *j, const char *name); /* an object, until json_end */
void json_list(struct json *j, const char *name); /* a list, until json_end */
void json_end(struct json *j);

void json_text(struct json *j, const char *name, struct str s); /* at == NULL: null */
void json_int(struct json *j, const char *name, int64_t n);
/* n * 10^-decimals, always with all its decimals (0 to 9): 12.500 */
void json_decimal(struct json *j, const char *name, int64_t n, int decimals);
void json_bool(struct json *j, const char *name, bool v);
void json_null(struct json *j, const char *name);
void json_date(struct json *j, const char *name, int32_t day);	  /* DAY_NONE: null */
void json_stamp(struct json *j, const char *name, int64_t utc_s); /* INT64_MIN: null */
/* A value that is JSON already, put in as it stands. */
void json_raw(struct json *j, const char *name, struct str value);

/* The text with its quotes, for callers that keep no writer. */
void json_quote(struct buf *b, struct str s);

#endif
