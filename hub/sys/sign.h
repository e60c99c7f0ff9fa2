/*
 * Ed25519 (RFC 8032) by libsodium. Signatures are deterministic: the same key and bytes give
 * the same signature, so signing again after a crash changes nothing.
 */
#ifndef SYS_SIGN_H
#define SYS_SIGN_H

#include "base/str.h"

enum { SIGN_SEED_BYTES = 32, SIGN_PUBLIC_BYTES = 32, SIGN_BYTES = 64 };

void sign_public(
    unsigned char to[SIGN_PUBLIC_BYTES], const unsigned char seed[SIGN_SEED_BYTES]);
void sign_make(
    unsigned char to[SIGN_BYTES], const unsigned char seed[SIGN_SEED_BYTES], struct str bytes);
bool sign_holds(const unsigned char signature[SIGN_BYTES], struct str bytes,
    const unsigned char public_key[SIGN_PUBLIC_BYTES]);

#endif
