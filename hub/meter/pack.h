/*
 * The packed day: what a row of reads.day holds in `data`.
 *
 *   byte 0     bits 0-3 version (1); bit 4 status runs follow; bit 5 start register; bit 6 stop
 *              register; bit 7 interval is not 900 s
 *   varint     n, slots
 *   varint     interval_s (bit 7 only)
 *   varint     shape id (0: none)
 *   svarint    start_wh (bit 5)
 *   svarint    stop_wh - start_wh, or stop_wh when there is no start (bit 6)
 *   n svarint  value - the value before (the first: - 0); a missing slot adds delta 0
 *   runs       {status byte, method byte, varint length}, lengths sum to n (bit 4);
 *              without them every slot is actual with method 0
 * varint: LEB128; svarint: zigzag LEB128. The reader checks every bound and accepts exactly
 * what the writer makes (shortest varints, runs merged), so equal days are equal bytes.
 */
#ifndef METER_PACK_H
#define METER_PACK_H

#include "meter/day.h"

enum { PACK_MOST = 16 + 40 + DAY_SLOTS_MOST * 14 };

size_t day_pack(unsigned char to[PACK_MOST], const struct day *d, uint32_t shape);
/* Fills n, interval_s, registers, slots and counts; the rest of *d stays. */
bool day_unpack(struct str packed, struct day *d, uint32_t *shape, struct err *e);

#endif
