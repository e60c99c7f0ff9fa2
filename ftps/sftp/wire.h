/*
 * Fields of SFTP version 3 (draft-ietf-secsh-filexfer-02): big-endian numbers, strings with a
 * length in front, attributes. A reader never goes beyond its packet: what is not there reads
 * as 0 or empty and sets `bad`, so a chain of reads is checked once at its end. Nothing here
 * waits.
 */
#ifndef SFTP_WIRE_H
#define SFTP_WIRE_H

#include "base/str.h"

enum {
	ATTR_SIZE = 1,
	ATTR_OWNER = 2,
	ATTR_PERMISSIONS = 4,
	ATTR_TIMES = 8,
	ATTR_MORE = -2147483647 - 1
};

struct wire {
	struct str left;
	bool bad;
};

struct attrs {
	uint32_t flags;
	uint64_t size;
	uint32_t permissions, modified_s;
};

uint8_t wire_u8(struct wire *w);
uint32_t wire_u32(struct wire *w);
uint64_t wire_u64(struct wire *w);
struct str wire_str(struct wire *w);	 /* points into the packet */
struct attrs wire_attrs(struct wire *w); /* owner, access time and extensions are read over */

void put_u32(struct buf *b, uint32_t v);
void put_u64(struct buf *b, uint64_t v);
void put_str(struct buf *b, struct str s);
void put_attrs(struct buf *b, const struct attrs *a); /* those of flags that the struct has */

#endif
