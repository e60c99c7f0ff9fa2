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
 * descriptor,origin", since it is the same for nearly all meters of a utility.
 */
#ifndef METER_LSE_H
#define METER_LSE_H

#include "meter/format.h"

enum { SHAPE_MOST = 240 };

extern const struct format format_lse;
extern const struct out_format out_lse;

/* Name rule: digits (DUNS), "IntervalData" or another report name, 14 digits, 3 digits, ".lse", any
 * tail without ".csv". Gives the DUNS part (empty when the name has none). */
bool lse_name(struct str name, struct str *duns);

#endif
