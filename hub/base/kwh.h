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
 * The usual case in a few nanoseconds, without a loop or a branch on what the digits are: 4 to
 * 8 bytes, digits around one dot, one to three decimals. False means only "not that simple".
 * The text is loaded into one word, last character highest; the dot is squeezed out by moving
 * what stands before it up; what is free below is filled with zeros; then pairs, fours and
 * eights of digits are joined by multiplication.
 */
static inline bool
kwh_read_short(const char *p, size_t len, int64_t *wh)
{
	static const unsigned short scale[4] = { 1000, 100, 10, 1 };
	const uint64_t ones = UINT64_C(0x0101010101010101), zeros = (uint64_t)'0' * ones;
	const uint64_t dots = (uint64_t)'.' * ones;
	uint32_t head, tail;
	uint64_t w, at, below;
	unsigned free_bits, decimals;

	if (len < 4 || len > 8)
		return false;
	__builtin_memcpy(&head, p, 4);
	__builtin_memcpy(&tail, p + (len - 4), 4);
	free_bits = (unsigned)(8 - len) * 8;
	/* where the two loads overlap they agree */
	w = (head | (uint64_t)tail << ((len - 4) * 8)) << free_bits;
	/* 0x80 in the highest byte that is a dot; a second dot fails as a digit below */
	at = ((((w ^ dots) & 0x7F * ones) + 0x7F * ones) | (w ^ dots)) & 0x80 * ones;
	at ^= 0x80 * ones;
	if (at == 0)
		return false;
	decimals = (unsigned)__builtin_clzll(at) / 8;
	if (decimals < 1 || decimals > 3)
		return false;
	below = (UINT64_C(1) << (56 - 8 * decimals)) - 1;
	w = (w & ~(below << 8 | 0xFF)) | (w & below) << 8;
	w |= zeros & ((UINT64_C(1) << (free_bits + 8)) - 1);
	if (((w & 0xF0 * ones) | (((w + 0x06 * ones) & 0xF0 * ones) >> 4)) != 0x33 * ones)
		return false;
	w -= zeros;
	w = w * 10 + (w >> 8);
	w = ((w & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064) +
		((w >> 16) & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x0000271000000001)) >>
	    32;
	*wh = (int64_t)((w & UINT32_MAX) * scale[decimals]);
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
/* Reads a decimal of at most `decimals` places into v * 10^decimals; sign allowed, blanks not.
 */
bool decimal_read(struct str s, int decimals, int64_t *v);

#endif
