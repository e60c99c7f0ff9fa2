/* Bits of route.who beside the mask of callers (caller.h): the class of its budget, and more.
 */
#ifndef API_ROUTE_WHO_H
#define API_ROUTE_WHO_H

enum {
	API_RATE_NORMAL = 0,
	API_RATE_READS = 1 << 8,
	API_RATE_BULK = 2 << 8,
	API_RATE_WRITE = 3 << 8,
	API_RATE_NONE = 15 << 8, /* files of the box: their bytes are what they cost */
	API_RATE_MASK = 15 << 8,
	/* the answer is never kept (once.h): it holds a secret, or reads, to which the right
	 * may end */
	API_NOT_ONCE = 1 << 12,
	/* the token may stand in the address, as access_token */
	API_TOKEN_ASKED = 1 << 13
};

#endif
