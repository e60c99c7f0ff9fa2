/* Passwords: what is kept of them is made slowly, so that guessing is slow too. */
#include "sys/secret.h"

#include <sodium.h>

enum { PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024 }; /* as OWASP advises (2024) */

_Static_assert(SECRET_SALT_BYTES == crypto_pwhash_SALTBYTES, "salt");

bool
secret_derive(unsigned char to[SECRET_DERIVED_BYTES], struct str password,
    const unsigned char salt[SECRET_SALT_BYTES], struct err *e)
{
	return crypto_pwhash(to, SECRET_DERIVED_BYTES, password.len > 0 ? password.at : "",
		   password.len, salt, PASSES, MEMORY_BYTES,
		   crypto_pwhash_ALG_ARGON2ID13) == 0 ||
	       err(e, ERR_BUSY, "there is no memory left");
}
