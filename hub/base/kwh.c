/* Energy and other decimals as text; see kwh.h. */
#include <assert.h>
#include <string.h>

#include "base/kwh.h"

enum { DECIMALS_MOST = 9, WH_DECIMALS = 3 };

static const int64_t powers[DECIMALS_MOST + 1] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, 1000000000 };

/* What a decimal number is made of. */
struct number {
	bool below;	/* a minus sign */
	bool large;	/* does not fit */
	bool precise;	/* has more decimals than asked for, and they are not all zero */
	size_t places;	/* decimals written */
	int64_t scaled; /* times 10^decimals */
};

static void
put_digit(struct number *n, unsigned digit)
{
	if (__builtin_mul_overflow(n->scaled, 10, &n->scaled) ||
	    __builtin_add_overflow(n->scaled, (int64_t)digit, &n->scaled)) {
		n->large = true;
		n->scaled = 0; /* the digits that follow are still checked, no longer counted */
	}
}

/* [+-] digits [. digits], with a digit at least on one side of the dot; false when it is not.
 */
static bool
take_apart(struct str s, size_t decimals, struct number *n)
{
	size_t i = s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'), digits = 0;
	bool dot = false;

	*n = (struct number){ .below = s.len > 0 && s.at[0] == '-' };
	for (; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';

		if (s.at[i] == '.' && !dot) {
			dot = true;
			continue;
		}
		if (digit > 9)
			return false;
		digits++;
		n->places += dot;
		if (n->places <= decimals)
			put_digit(n, digit);
		else
			n->precise = n->precise || digit != 0;
	}
	for (i = n->places; i < decimals; i++)
		put_digit(n, 0);
	return digits > 0;
}

enum kwh_read
kwh_read_any(struct str s, int64_t *wh)
{
	struct number n;

	s = str_trim(s);
	if (s.len == 0)
		return KWH_EMPTY;
	if (!take_apart(s, WH_DECIMALS, &n))
		return KWH_NOT_NUMBER;
	if (n.large || n.scaled > KWH_MOST_WH)
		return KWH_TOO_LARGE;
	if (n.precise)
		return KWH_PRECISE;
	*wh = n.below ? -n.scaled : n.scaled;
	return *wh < 0 ? KWH_NEGATIVE : KWH_OK;
}

bool
decimal_read(struct str s, int decimals, int64_t *v)
{
	struct number n;

	assert(decimals >= 0 && decimals <= DECIMALS_MOST);
	if (!take_apart(s, (size_t)decimals, &n) || n.large || n.places > (size_t)decimals)
		return false;
	*v = n.below ? -n.scaled : n.scaled;
	return true;
}

/* Writes v in at least `least` digits, the last of them before `end`; returns the first. */
static char *
digits_before(char *end, uint64_t v, int least)
{
	for (; v > 0 || least > 0; v /= 10, least--)
		*--end = (char)('0' + v % 10);
	return end;
}

size_t
decimal_write(char to[KWH_SIZE], int64_t v, int decimals)
{
	uint64_t size = v < 0 ? -(uint64_t)v : (uint64_t)v;
	uint64_t one;
	char text[KWH_SIZE], *end = text + sizeof(text), *p = end;
	size_t len;

	assert(decimals >= 0 && decimals <= DECIMALS_MOST);
	one = (uint64_t)powers[decimals];
	if (decimals > 0) {
		p = digits_before(p, size % one, decimals);
		*--p = '.';
	}
	p = digits_before(p, size / one, 1);
	if (v < 0)
		*--p = '-';
	len = (size_t)(end - p);
	memcpy(to, p, len);
	to[len] = '\0';
	return len;
}

size_t
kwh_write(char to[KWH_SIZE], int64_t wh)
{
	uint64_t u = (uint64_t)wh;

	if (u >= 10000)
		return decimal_write(to, wh, WH_DECIMALS);
	/* nearly every quarter-hour is below 10 kWh */
	to[0] = (char)('0' + u / 1000);
	to[1] = '.';
	to[2] = (char)('0' + u / 100 % 10);
	to[3] = (char)('0' + u / 10 % 10);
	to[4] = (char)('0' + u % 10);
	to[5] = '\0';
	return 5;
}
