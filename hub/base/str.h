/*
 * Text. struct str borrows bytes that somebody else owns: never freed, not NUL-terminated,
 * valid as long as its owner. struct buf owns bytes and grows up to a maximum that must be
 * named when it is made; going over sets `over`, keeps what fitted (whole appends, never a part
 * of one) and makes every later append a no-op, so a chain of appends is checked once at its
 * end with buf_ok().
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct str {
	const char *at;
	size_t len;
};

#define STR(lit)   ((struct str){ "" lit, sizeof(lit) - 1 }) /* of a literal */
#define STR_FMT	   "%.*s"
#define STR_ARG(s) (int)(s).len, (s).at /* for a printf with STR_FMT */

struct str str_of(const char *c); /* of a C string; NULL gives the empty slice */
bool str_eq(struct str a, struct str b);
bool str_ieq(struct str a, struct str b); /* ASCII case folded */
bool str_is(struct str a, const char *c);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_has(struct str s, struct str part);
struct str str_trim(struct str s); /* blanks, tabs, CR and LF at both ends */
/* Cuts at the first `sep`: *head before it, *tail after it. False without one; *head is all. */
bool str_cut(struct str s, char sep, struct str *head, struct str *tail);
/* The first `most` bytes or fewer: a UTF-8 character is not cut in two. */
struct str str_first(struct str s, size_t most);
/* Copies with a NUL, cut to fit as str_first cuts; true when all fitted. size is at least 1. */
bool str_copy(char *to, size_t size, struct str s);
/* The same for text that people or logs will see: control characters (C0, DEL, C1) and bytes
 * that are not UTF-8 become '?'. */
bool str_plain(char *to, size_t size, struct str s);
/* Whole number, no sign, no blanks; false when empty, not digits or over INT64_MAX. */
bool str_int64(struct str s, int64_t *n);
bool str_utf8(struct str s); /* valid UTF-8: no overlong, surrogate, NUL or above U+10FFFF */
size_t str_utf8_char(struct str s); /* bytes of the character in front, 0 when it is none */

struct buf {
	char *at;
	size_t len, cap, max;
	bool over; /* something did not fit or memory ran out */
};

/* clang-format off */
#define BUF(most) { .max = (most) } /* AUTO(buf) b = BUF(64 * 1024); */
/* clang-format on */

void buf_auto(struct buf *b);  /* frees; the struct may be used again */
void buf_reset(struct buf *b); /* empty again, memory kept */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_str(struct buf *b, struct str s);
void buf_c(struct buf *b, const char *c);
void buf_byte(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Makes room for `len` more bytes; where they go, NULL when over. Then call buf_grew(). */
char *buf_room(struct buf *b, size_t len);
void buf_grew(struct buf *b, size_t len);
bool buf_ok(const struct buf *b);
struct str buf_view(const struct buf *b); /* valid until the next append */

#endif
