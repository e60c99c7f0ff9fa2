/* Nonces; see nonce.h. */
#include "nonce.h"

#include <string.h>

#include "base/code.h"

enum { STAMP_BYTES = 8, NONCE_BYTES = STAMP_BYTES + INDEX_BYTES, COOKIE_BYTES = 16 };
enum { AHEAD_MS = 5000 }; /* how far another process's clock may be ahead */

void
cookie_make(char to[COOKIE_SIZE])
{
	unsigned char random[COOKIE_BYTES];

	secret_random(random, sizeof random);
	code_b64u(to, random, sizeof random);
}

bool
cookie_ok(struct str cookie)
{
	unsigned char bytes[COOKIE_BYTES];

	return cookie.at != NULL && code_unb64u(bytes, sizeof bytes, cookie);
}

static void
mac(unsigned char to[INDEX_BYTES], const struct keys *k, const unsigned char stamp[STAMP_BYTES],
    const unsigned char link[LINK_BYTES], struct str cookie)
{
	char text[STAMP_BYTES + LINK_BYTES + COOKIE_SIZE];
	size_t len = STAMP_BYTES + LINK_BYTES + cookie.len;

	memcpy(text, stamp, STAMP_BYTES);
	memcpy(text + STAMP_BYTES, link, LINK_BYTES);
	memcpy(text + STAMP_BYTES + LINK_BYTES, cookie.at, cookie.len);
	blind_index(k, to, "page", (struct str){ text, len });
}

void
nonce_make(char to[NONCE_SIZE], const struct keys *k, const unsigned char link[LINK_BYTES],
    struct str cookie, int64_t now_ms)
{
	unsigned char bytes[NONCE_BYTES];

	put_be64(bytes, (uint64_t)now_ms);
	mac(bytes + STAMP_BYTES, k, bytes, link, cookie);
	code_b64u(to, bytes, sizeof bytes);
}

enum nonce_said
nonce_check(struct str nonce, const struct keys *k, const unsigned char link[LINK_BYTES],
    struct str cookie, int64_t now_ms, int64_t life_ms, int64_t *age_ms)
{
	unsigned char bytes[NONCE_BYTES], expected[INDEX_BYTES];

	*age_ms = 0;
	if (!cookie_ok(cookie) || !code_unb64u(bytes, sizeof bytes, nonce))
		return NONCE_BAD;
	mac(expected, k, bytes, link, cookie);
	if (!code_same(expected, bytes + STAMP_BYTES, INDEX_BYTES))
		return NONCE_BAD;
	*age_ms = now_ms - (int64_t)get_be64(bytes);
	if (*age_ms > life_ms || *age_ms < -AHEAD_MS)
		return NONCE_OLD;
	return NONCE_OK;
}
