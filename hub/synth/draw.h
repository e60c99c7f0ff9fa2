/*
 * Chance without state. Everything that looks random in the synthetic world is a hash of the
 * seed and of what the number is for, so that any value can be made alone, in any order, by any
 * thread. The mixing step is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
 */
#ifndef SYNTH_DRAW_H
#define SYNTH_DRAW_H

#include <stdint.h>

/* What a draw is for; the number is part of every value that hangs on it, so rows are only
 * added at the end. */
enum purpose {
	FOR_TDU = 1,
	FOR_PREMISE,
	FOR_CLASS,
	FOR_SIZE,
	FOR_MOVES,
	FOR_TENANT,
	FOR_VACANCY,
	FOR_METER,
	FOR_METER_START,
	FOR_CONTRACT,
	FOR_REP,
	FOR_USE,
	FOR_SLOTS,
	FOR_OUTAGE,
	FOR_ESTIMATE,
	FOR_STAMP,
	FOR_WEATHER,
	FOR_CLOUD,
	FOR_PERSON,
	FOR_ADDRESS,
	FOR_DEMAND
};

static inline uint64_t
draw_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* 64 even bits for (key, what for, number). */
static inline uint64_t
draw(uint64_t key, enum purpose what, uint64_t number)
{
	return draw_mix(
	    key + ((uint64_t)what << 56) + (number + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/* 0 to below - 1. The remainder's bias is below 2^-32 for the small ranges used here. */
static inline uint32_t
draw_below(uint64_t key, enum purpose what, uint64_t number, uint32_t below)
{
	return (uint32_t)((draw(key, what, number) >> 32) * below >> 32);
}

#endif
