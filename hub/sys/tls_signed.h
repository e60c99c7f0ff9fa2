/*
 * A signature by the key of a certificate, as `openssl dgst -sha256 -sign KEY` (RSA, EC) or
 * `openssl pkeyutl -sign -rawin` (Ed25519) makes it: who sends both holds the key.
 */
#ifndef SYS_TLS_SIGNED_H
#define SYS_TLS_SIGNED_H

#include "base/err.h"

enum { TLS_SIGNATURE_MOST = 2 * 1024 };

/* Whether `signature` (base64, with line ends anywhere) is by the key of the certificate (DER)
 * over `message`. ERR_BAD_INPUT when it is not, when the key is none that is taken (RSA of 2048
 * to 8192 bits, EC of 256 at least, Ed25519), or when the certificate is over. Some
 * milliseconds at most. */
bool tls_signed(struct str der, struct str signature, struct str message, struct err *e);

#endif
