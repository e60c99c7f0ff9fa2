/* Slices and bounded buffers; see str.h. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

enum { BUF_LEAST = 64 }; /* the first allocation; doubled from there */

struct str
str_of(const char *c)
{
	return c == NULL ? STR("") : (struct str){ c, strlen(c) };
}

/* memcmp and memcpy want valid pointers even for no bytes; slices may be { NULL, 0 }. */
static bool
same(const char *a, const char *b, size_t len)
{
	return len == 0 || memcmp(a, b, len) == 0;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && same(a.at, b.at, a.len);
}

bool
str_ieq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

bool
str_is(struct str a, const char *c)
{
	return str_eq(a, str_of(c));
}

bool
str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && same(s.at, prefix, len);
}

bool
str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && (len == 0 || same(s.at + (s.len - len), suffix, len));
}

bool
str_has(struct str s, struct str part)
{
	if (part.len == 0)
		return true;
	return s.len >= part.len && memmem(s.at, s.len, part.at, part.len) != NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	while (s.len > 0 && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	return s;
}

bool
str_cut(struct str s, char sep, struct str *head, struct str *tail)
{
	const char *p = s.len > 0 ? memchr(s.at, sep, s.len) : NULL;
	size_t len = p == NULL ? s.len : (size_t)(p - s.at);

	*head = (struct str){ s.at, len };
	*tail = p == NULL ? STR("") : (struct str){ p + 1, s.len - len - 1 };
	return p != NULL;
}

struct str
str_first(struct str s, size_t most)
{
	size_t len = most;

	if (s.len <= most)
		return s;
	/* back over continuation bytes; in text that is not UTF-8 at most three are given up */
	while (len > 0 && most - len < 3 && ((unsigned char)s.at[len] & 0xC0) == 0x80)
		len--;
	if (((unsigned char)s.at[len] & 0xC0) == 0x80)
		len = most;
	return (struct str){ s.at, len };
}

bool
str_copy(char *to, size_t size, struct str s)
{
	struct str fits;

	assert(size > 0);
	fits = str_first(s, size - 1);
	if (fits.len > 0)
		memcpy(to, fits.at, fits.len);
	to[fits.len] = '\0';
	return fits.len == s.len;
}

/* C0, DEL and, in two bytes, C1; of a valid character of `len` bytes. */
static bool
is_control(const char *at, size_t len)
{
	const unsigned char *p = (const unsigned char *)at;

	return (len == 1 && (p[0] < 0x20 || p[0] == 0x7F)) ||
	       (len == 2 && p[0] == 0xC2 && p[1] < 0xA0);
}

bool
str_plain(char *to, size_t size, struct str s)
{
	size_t n = 0;

	assert(size > 0);
	while (s.len > 0) {
		size_t len = str_utf8_char(s), step = len > 0 ? len : 1;
		bool hide = len == 0 || is_control(s.at, len);
		size_t shown = hide ? 1 : len;

		if (n + shown >= size)
			break;
		memcpy(to + n, hide ? "?" : s.at, shown);
		n += shown;
		s.at += step;
		s.len -= step;
	}
	to[n] = '\0';
	return s.len == 0;
}

bool
str_int64(struct str s, int64_t *n)
{
	int64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (int64_t)digit, &v))
			return false;
	}
	*n = v;
	return true;
}

/* RFC 3629 section 4: what the second byte may be narrows for E0, ED, F0 and F4. */
size_t
str_utf8_char(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.at;
	unsigned char least = 0x80, most = 0xBF;
	size_t len;

	if (s.len == 0 || p[0] == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	least = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : least;
	most = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : most;
	if (s.len < len || p[1] < least || p[1] > most)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

bool
str_utf8(struct str s)
{
	size_t i = 0, len;
	uint64_t w;

	while (i < s.len) {
		if (s.len - i >= sizeof(w)) {
			memcpy(&w, s.at + i, sizeof(w));
			/* eight bytes of ASCII without a NUL among them */
			if (((w | (w - ONES)) & HIGHS) == 0) {
				i += sizeof(w);
				continue;
			}
		}
		len = str_utf8_char((struct str){ s.at + i, s.len - i });
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

void
buf_auto(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ .max = b->max };
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->over = false;
}

/* One byte more than cap is kept behind the text, for the NUL that vsnprintf insists on. */
static bool
grow(struct buf *b, size_t need)
{
	size_t cap = b->cap < BUF_LEAST ? BUF_LEAST : b->cap;
	char *at;

	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if (cap > b->max)
		cap = b->max;
	at = realloc(b->at, cap + 1);
	if (at == NULL)
		return false;
	b->at = at;
	b->cap = cap;
	return true;
}

char *
buf_room(struct buf *b, size_t len)
{
	if (b->over)
		return NULL;
	if (len > b->max - b->len ||
	    ((b->at == NULL || len > b->cap - b->len) && !grow(b, b->len + len))) {
		b->over = true;
		return NULL;
	}
	return b->at + b->len;
}

void
buf_grew(struct buf *b, size_t len)
{
	assert(len <= b->cap - b->len);
	b->len += len;
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *to = buf_room(b, len);

	if (to == NULL || len == 0)
		return;
	memcpy(to, bytes, len);
	b->len += len;
}

void
buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.at, s.len);
}

void
buf_c(struct buf *b, const char *c)
{
	buf_str(b, str_of(c));
}

void
buf_byte(struct buf *b, char c)
{
	char *to = buf_room(b, 1);

	if (to == NULL)
		return;
	*to = c;
	b->len++;
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	char *to = buf_room(b, 0);
	int n;

	if (to == NULL)
		return;
	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(to, b->cap - b->len + 1, fmt, args);
	if (n < 0)
		b->over = true;
	else if ((size_t)n > b->cap - b->len && (to = buf_room(b, (size_t)n)) != NULL)
		n = vsnprintf(to, (size_t)n + 1, fmt, again);
	if (!b->over && n > 0)
		buf_grew(b, (size_t)n);
	va_end(again);
	va_end(args);
}

bool
buf_ok(const struct buf *b)
{
	return !b->over;
}

struct str
buf_view(const struct buf *b)
{
	return b->at == NULL ? STR("") : (struct str){ b->at, b->len };
}
