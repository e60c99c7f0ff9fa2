/* clang-format off */
/*
 * LodeStar Enhanced interval files, as ERCOT's Retail Market Guide section 9 appendix G describes
 * them: one block of rows per ESI ID, channel and local day.
 *
 *   00000001,ESIID,channel (4 load, 1 generation),start,stop,Y,N
 *   00000002,start reading,stop reading,multiplier,offset,pulse multiplier,pulse offset,900,01,,,,
 *   00000003,descriptor
 *   00000004,creation time (local),origin
 *   1000000n,value,status,, value,status,, …     any number of rows, triples, time left blank
 *
 * What row 2 says beyond the two readings, with the descriptor and the origin, is kept as one text,
 * the shape: "multiplier,offset,pulse multiplier,pulse offset,unit,basic,zones,population,weight,
 * descriptor,origin", since it is the same for nearly all meters of a utility; empty when it says
 * nothing at all.
 *
 * Tolerated: CRLF, blanks around fields, empty lines, commas to fill a row, intervals of 300,
 * 1800 and 3600 s, a stop at the next midnight, rows 2 to 4 absent (without a creation time the
 * receipt's stands in), a third field of a triple that says when its interval starts.
 *
 * A block that cannot be loaded gives one fault, the first, which is at least a quarantine,
 * whatever the utility has set; reading goes on at the next row 00000001, and what stands
 * before it is not looked at. Where null-interval, negative or unknown-status is below
 * quarantine the block is given all the same: the fault (unless off) comes just before it, once
 * for all intervals of that kind, and a null is a missing slot.
 */
/* clang-format on */
#ifndef METER_LSE_H
#define METER_LSE_H

#include "meter/format.h"

enum { SHAPE_MOST = 240 };

extern const struct format format_lse;
extern const struct out_format out_lse;

/* Name rule: digits (DUNS), "IntervalData" or another report name, 14 digits, 3 digits, ".lse",
 * any tail without ".csv". Gives the DUNS part (empty when the name has none). */
bool lse_name(struct str name, struct str *duns);

#endif
