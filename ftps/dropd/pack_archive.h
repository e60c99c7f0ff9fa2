/* The one file that knows libarchive as a writer; private to pack.c. Blocks on `out`. */
#ifndef DROPD_PACK_ARCHIVE_H
#define DROPD_PACK_ARCHIVE_H

#include "pack.h"

struct packer;
/* kind is not PACK_NONE. */
struct packer *packer_new(
    enum pack_kind kind, bool zip64, pack_out *out, void *self, struct err *e);
bool packer_member(struct packer *p, const char *name, int64_t made_s, struct err *e);
bool packer_add(struct packer *p, const void *bytes, size_t len, struct err *e);
bool packer_end(struct packer *p, struct err *e);
void packer_free(struct packer **p);

#endif
