/*
 * Archives without compression, which every reader accepts: gzip and zip with stored data
 * (RFC 1951 3.2.4, APPNOTE 4.4.5 method 0) and zstd with raw blocks (RFC 8878 3.1.1.2.2).
 */
#ifndef SYNTH_STORED_H
#define SYNTH_STORED_H

#include "base/str.h"

void stored_gzip(struct buf *to, struct str plain);
void stored_zip(struct buf *to, struct str plain, const char *member);
void stored_zstd(struct buf *to, struct str plain);

#endif
