/* Identifiers of the field: check, exact number form, normal form. See ids.h. */
#include <assert.h>
#include <string.h>

#include "meter/ids.h"
#include "meter/swar.h"

enum { SHORT_LEN = 17, LONG_LEN = 22, HEAD_AT = 2, REST_AT = 7 };

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* All of [p, end) as one number; false when something else than digits stands there. */
static bool
number(const char *p, const char *end, uint64_t *n)
{
	uint64_t v = 0;

	for (; p < end; p++) {
		if (!digit(*p))
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	*n = v;
	return true;
}

bool
esiid_read(struct str s, struct esiid *id)
{
	uint64_t head, tail;
	uint32_t eight;

	if ((s.len != SHORT_LEN && s.len != LONG_LEN) || s.at[0] != '1' || s.at[1] != '0')
		return false;
	if (!number(s.at + HEAD_AT, s.at + REST_AT, &head) ||
	    !swar_digits8(s.at + REST_AT, &eight) ||
	    !number(s.at + REST_AT + 8, s.at + s.len, &tail))
		return false;
	id->head = (uint32_t)head * 2 + (s.len == LONG_LEN);
	id->rest = eight * UINT64_C(100) + tail;
	if (s.len == LONG_LEN)
		id->rest = eight * UINT64_C(10000000) + tail;
	return true;
}

static void
put_digits(char *to, uint64_t v, size_t width)
{
	while (width-- > 0) {
		to[width] = (char)('0' + v % 10);
		v /= 10;
	}
}

size_t
esiid_write(char to[ESIID_SIZE], struct esiid id)
{
	size_t len = (id.head & 1) != 0 ? LONG_LEN : SHORT_LEN;

	to[0] = '1';
	to[1] = '0';
	put_digits(to + HEAD_AT, id.head / 2, REST_AT - HEAD_AT);
	put_digits(to + REST_AT, id.rest, len - REST_AT);
	to[len] = '\0';
	return len;
}

uint32_t
esiid_prefix(struct esiid id)
{
	return 1000000 + id.head / 2;
}

bool
duns_ok(struct str s)
{
	uint64_t n;

	return (s.len == 9 || s.len == DUNS_MOST) && number(s.at, s.at + s.len, &n);
}

bool
meter_number_normal(struct str s, char to[METER_NUMBER_MOST + 1])
{
	s = str_trim(s);
	if (s.len == 0 || s.len > METER_NUMBER_MOST)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!digit(c) && c != '-' && (c < 'A' || c > 'Z'))
			return false;
		to[i] = c;
	}
	to[s.len] = '\0';
	return true;
}

static bool
letter_or_digit(char c)
{
	return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Atoms with single dots between them; what an atom may hold beside letters and digits. */
static bool
dotted(struct str s, const char *others)
{
	char before = '.';

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c == '.' ? before == '.'
			     : !letter_or_digit(c) && (c == '\0' || strchr(others, c) == NULL))
			return false;
		before = c;
	}
	return before != '.';
}

bool
email_ok(struct str s)
{
	struct str name, domain, label, rest;
	bool more;

	if (s.len > EMAIL_MOST || !str_cut(s, '@', &name, &domain) ||
	    name.len > EMAIL_NAME_MOST || !dotted(name, "!#$%&'*+-/=?^_`{|}~") ||
	    !dotted(domain, "-") || !str_cut(domain, '.', &label, &rest))
		return false;
	rest = domain;
	do {
		more = str_cut(rest, '.', &label, &rest);
		if (label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
			return false;
	} while (more);
	return true;
}
