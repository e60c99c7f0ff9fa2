/* The certificate that was proven, and no other: for libcurl's CURLOPT_SSL_CTX_FUNCTION. */
#ifndef PUSH_PIN_H
#define PUSH_PIN_H

#include "push.h"

/* ctx is an SSL_CTX. Every handshake, of the data connections too, ends unless the server's
 * certificate has the job's SHA-256; what it says of names, dates and authorities does not
 * matter then. Sets PUSH_PIN. */
void pin_context(struct push *p, void *ctx);

#endif
