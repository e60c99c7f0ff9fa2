/*
 * Energy is whole watt-hours in int64; text is kWh with up to three decimals ("0.155", "12",
 * ".5"). No floating point: a value that has a fourth significant decimal or does not fit is
 * refused.
 */
#ifndef BASE_KWH_H
#define BASE_KWH_H

#include "base/str.h"

enum kwh_read {
	KWH_OK,
	KWH_EMPTY,     /* nothing but blanks */
	KWH_NEGATIVE,  /* a well-formed number below zero; *wh is set */
	KWH_PRECISE,   /* more than three decimals that are not zero */
	KWH_TOO_LARGE, /* over KWH_MOST_WH */
	KWH_NOT_NUMBER
};

#define KWH_MOST_WH INT64_C(1000000000000) /* 1 TWh in one reading: nothing here is larger */

/* Any text: blanks around it, a sign, more digits than kwh_read_short takes. */
enum kwh_read kwh_read_any(struct str s, int64_t *wh);

/*
 * The shape that nearly all readings have, "0.155" to "99999.999": one to five digits, a dot,
 * three digits. False means only "not that simple". Digits are checked once, at the end, so
 * that the only branches are on the length; reading a word at a time was tried and was slower.
 */
static inline bool
kwh_read_short(const char *p, size_t len, int64_t *wh)
{
	const unsigned char *in = (const unsigned char *)p, *places;
	unsigned wrong = 0, whole = 0, a, b, c;

	if (len < 5 || len > 9 || p[len - 4] != '.')
		return false;
	for (size_t i = 0; i < len - 4; i++) {
		unsigned digit = in[i] - (unsigned)'0';

		wrong |= digit > 9;
		whole = whole * 10 + digit;
	}
	places = in + len - 3;
	a = places[0] - (unsigned)'0';
	b = places[1] - (unsigned)'0';
	c = places[2] - (unsigned)'0';
	if (wrong | (a > 9) | (b > 9) | (c > 9))
		return false;
	*wh = whole * 1000 + a * 100 + b * 10 + c;
	return true;
}

/* Blanks around the number do not count. *wh is set for KWH_OK and KWH_NEGATIVE only. */
static inline enum kwh_read
kwh_read(struct str s, int64_t *wh)
{
	return kwh_read_short(s.at, s.len, wh) ? KWH_OK : kwh_read_any(s, wh);
}

#define KWH_SIZE 24
size_t kwh_write(char to[KWH_SIZE], int64_t wh); /* always three decimals; returns the length */
/* Fixed decimals: writes v * 10^-decimals; 0 <= decimals <= 9. */
size_t decimal_write(char to[KWH_SIZE], int64_t v, int decimals);
/* Reads a decimal of at most `decimals` places into v * 10^decimals. A sign may be, no blank.
 */
bool decimal_read(struct str s, int decimals, int64_t *v);

#endif
