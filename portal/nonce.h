/*
 * What shows that an answer comes from a page that was sent to this browser, for this link, not
 * long ago: the time when it was sent, and a code over that time, the link and the browser's
 * cookie, by portal.key. Nothing is stored; any process of the portal can check it.
 */
#ifndef PORTAL_NONCE_H
#define PORTAL_NONCE_H

#include "sys/secret.h"

enum { NONCE_SIZE = 33, COOKIE_SIZE = 23, LINK_BYTES = 32 }; /* texts with their NUL */
#define NONCE_COOKIE "__Host-busbar"

enum nonce_said { NONCE_OK, NONCE_BAD, NONCE_OLD };

/* A new value for a browser that has none. */
void cookie_make(char to[COOKIE_SIZE]);
bool cookie_ok(struct str cookie); /* has the form of one */

void nonce_make(char to[NONCE_SIZE], const struct keys *k, const unsigned char link[LINK_BYTES],
    struct str cookie, int64_t now_ms);
/* *age_ms: since the page was sent; set for NONCE_OK and NONCE_OLD. */
enum nonce_said nonce_check(struct str nonce, const struct keys *k,
    const unsigned char link[LINK_BYTES], struct str cookie, int64_t now_ms, int64_t life_ms,
    int64_t *age_ms);

#endif
