/*
 * A client certificate that is handed over as a file, before it opens anything: who signed it,
 * and whether its key and signature are of a strength that the hub takes.
 */
#ifndef SYS_TLS_CHAIN_H
#define SYS_TLS_CHAIN_H

#include "base/err.h"

enum { CHAIN_BYTES_MOST = 16 * 1024, CHAIN_SAYS_SIZE = 256 };

/* PEM (the certificate first, then those between it and the authority), or DER, one behind the
 * other. `der` gets them as DER, leaf_len of which are the first one. ERR_BAD_FILE. */
bool chain_read(struct str text, struct buf *der, size_t *leaf_len, struct err *e);

/*
 * Signed by an authority of the PEM file ca, through what comes behind it; not by itself; for
 * clients; RSA of 2048 bits or EC of 256 at least; SHA-2; valid now, by the real clock. `says`
 * gets what it is, as "RSA 2048, SHA256, signed by Some CA, until 2027-01-31". ERR_BAD_INPUT
 * says what was found; ERR_CONF when ca cannot be read.
 */
bool chain_check(struct str der, const char *ca, char says[CHAIN_SAYS_SIZE], struct err *e);

#endif
