/* Which address PASV tells a client: behind address translation it is not the one it came to.
 */
#ifndef FTPSD_PASSIVE_H
#define FTPSD_PASSIVE_H

#include "base/err.h"

enum { EXTERNALS_MOST = 16, PASSIVE_SIZE = 40 };

struct externals { /* IPv4, in the machine's byte order: PASV knows no other */
	size_t n;
	struct external {
		uint32_t network, mask, address;
	} at[EXTERNALS_MOST];
};

/* "NETWORK/BITS=ADDRESS,..."; "" is none. ERR_CONF says which item is wrong. */
bool externals_read(struct externals *x, struct str list, struct err *e);
/* What a client of this address is told, when it came to `local`. */
uint32_t externals_for(const struct externals *x, uint32_t client, uint32_t local);
/* "(192,0,2,7,117,48)" */
void passive_text(char to[PASSIVE_SIZE], uint32_t address, int port);

#endif
