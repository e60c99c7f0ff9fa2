/* SHA-256 (OpenSSL, hardware instructions): names of stored files and everything hashed in
 * bulk. */
#ifndef SYS_DIGEST_H
#define SYS_DIGEST_H

#include "base/str.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX = 65 };

struct digest; /* AUTO_PTR(digest) d = digest_new(); */
struct digest *digest_new(void);
void digest_free(struct digest **d);
void digest_add(struct digest *d, const void *bytes, size_t len);
void digest_end(struct digest *d, unsigned char sha256[DIGEST_BYTES]); /* and starts anew */
void digest_of(const void *bytes, size_t len, unsigned char sha256[DIGEST_BYTES]);

/* Poly1305 under a key that is kept, seven times as fast: whether bytes are still those they
 * were. Others have the same tag once in 2^80 times by chance; who knows the key can make such.
 */
enum { TAG_KEY_BYTES = 32, TAG_BYTES = 16 };
struct tag; /* AUTO_PTR(tag) g = tag_new(key); */
struct tag *tag_new(const unsigned char key[TAG_KEY_BYTES]);
void tag_free(struct tag **g);
void tag_add(struct tag *g, const void *bytes, size_t len);
void tag_end(struct tag *g, unsigned char to[TAG_BYTES]); /* once */

/* PBKDF2 with HMAC-SHA-256 (RFC 8018): some microseconds a round, on purpose. */
void digest_slow(
    struct str password, struct str salt, unsigned rounds, unsigned char to[DIGEST_BYTES]);

/* HMAC-SHA-1, which codes of a second factor are made by (RFC 4226); for nothing else. */
enum { DIGEST_SHA1_BYTES = 20 };
void digest_hmac_sha1(const void *key, size_t key_len, const void *bytes, size_t len,
    unsigned char to[DIGEST_SHA1_BYTES]);

#endif
