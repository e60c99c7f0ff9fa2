/*
 * Eight text bytes at once: the few tricks that ids.c and the LSE reader share. Little-endian
 * hosts only, which the build checks here.
 */
#ifndef METER_SWAR_H
#define METER_SWAR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte tricks assume little endian");

#define SWAR_EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
swar_load(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Reads exactly eight digits at p, which must have eight bytes; false when one is no digit. */
static inline bool
swar_digits8(const char *p, uint32_t *n)
{
	uint64_t w = swar_load(p) ^ SWAR_EVERY('0');

	if (((w | (w + SWAR_EVERY(0x76))) & SWAR_EVERY(0x80)) != 0)
		return false;
	w = w * 10 + (w >> 8);
	w = (w & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
	    ((w >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001);
	*n = (uint32_t)(w >> 32);
	return true;
}

#endif
