/*
 * busbar-unpack: the one place where compressed bytes and XML from strangers are opened up. It
 * runs as a child with three descriptors and no rights; these are its parts.
 */
#ifndef UNPACK_UNPACK_H
#define UNPACK_UNPACK_H

#include "base/err.h"

struct unpack_caps {
	int64_t most_bytes; /* of what comes out */
	int64_t ratio; /* bytes out for one byte in, once more than RATIO_FREE_BYTES are out */
};
enum { RATIO_FREE_BYTES = 1024 * 1024 };

struct unpack_sink { /* takes bytes that live during the call; false ends the unpacking */
	void *self;
	bool (*piece)(void *self, struct str bytes, struct err *e);
};

/* Loads whatever the libraries load on first use; before the sandbox. */
void unpack_prepare(void);

/*
 * Reads fd to its end and gives the plain bytes of gzip, zstd, or a zip with exactly one
 * member, told apart by their first bytes. Plain input passes when `plain_too`, otherwise it is
 * refused, as is compression within compression. gzip: one member, whose check sum is compared.
 * Waits on fd. ERR_BAD_FILE, ERR_TOO_BIG, ERR_IO, ERR_BUG, or what the sink said.
 */
bool unpack_stream(int fd, bool plain_too, const struct unpack_caps *caps,
    const struct unpack_sink *sink, struct err *e);

#endif
