/* Ed25519: apart from the other secrets, since the stand-alone verifier links this alone. */
#include "sys/sign.h"

#include <sodium.h>

_Static_assert(SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "seed");
_Static_assert(SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "public key");
_Static_assert(SIGN_BYTES == crypto_sign_BYTES, "signature");

void
sign_public(unsigned char to[SIGN_PUBLIC_BYTES], const unsigned char seed[SIGN_SEED_BYTES])
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(to, secret, seed);
	sodium_memzero(secret, sizeof secret);
}

void
sign_make(
    unsigned char to[SIGN_BYTES], const unsigned char seed[SIGN_SEED_BYTES], struct str bytes)
{
	unsigned char secret[crypto_sign_SECRETKEYBYTES], public_key[SIGN_PUBLIC_BYTES];

	crypto_sign_seed_keypair(public_key, secret, seed);
	crypto_sign_detached(to, NULL, (const unsigned char *)bytes.at, bytes.len, secret);
	sodium_memzero(secret, sizeof secret);
}

bool
sign_holds(const unsigned char signature[SIGN_BYTES], struct str bytes,
    const unsigned char public_key[SIGN_PUBLIC_BYTES])
{
	return crypto_sign_verify_detached(
		   signature, (const unsigned char *)bytes.at, bytes.len, public_key) == 0;
}
