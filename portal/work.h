/*
 * What shows that a yes comes from a browser at work on this page: a number n for which
 * PBKDF2-HMAC-SHA-256 (the nonce as password, n in digits as salt, WORK_ROUNDS) begins with
 * `bits` zero bits. static/portal.js looks for it; some 2^bits tries. It slows machines down
 * and proves no person: docs/decisions tells what it is for.
 */
#ifndef PORTAL_WORK_H
#define PORTAL_WORK_H

#include "base/str.h"

enum { WORK_ROUNDS = 2000, WORK_BITS_MOST = 16 };

bool work_ok(struct str nonce, struct str n, int bits); /* under a millisecond of CPU */

#endif
