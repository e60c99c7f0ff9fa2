/* Signatures, pauses, and what an answer means. Pure. */
#ifndef HOOKD_MARK_H
#define HOOKD_MARK_H

#include "body.h"
#include "sys/fetch.h"

enum { MARK_SIZE = 320, MARK_LINES = 2, MARK_SALT_BYTES = 16 };

/* Headers that sign a body; how many. BUSBAR: one, by both secrets while one follows the other
 *	Busbar-Signature: t=1764174000,v1=HEX[,v1=HEX]	HMAC-SHA-256(secret, "t.body")
 * UTILITYAPI: two, by the secret that is in force
 *	X-UtilityAPI-Webhook-Salt, -Signature		hex SHA-256("secret.salt.body")
 * BATCHLIST: none. */
size_t mark_headers(char lines[MARK_LINES][MARK_SIZE], enum hook_family f, struct str secret,
    struct str next, int64_t now_s, const unsigned char salt[MARK_SALT_BYTES], struct str body);

/* After `attempts` that failed: BUSBAR and BATCHLIST 5 s, doubling, up to an hour, up to a
 * fifth shorter by jitter (0 to 999); UTILITYAPI an hour. */
int64_t mark_pause_s(enum hook_family f, int32_t attempts, unsigned jitter);

struct verdict {
	bool good;
	const char
	    *result; /* "ok", or why not: "status", "redirect", "challenge", "timeout", … */
	char says[FETCH_SAYS_SIZE]; /* in words; of an answer its beginning */
};
/* challenge: what a program of the hub's own family must answer, or none. */
void mark_judge(struct verdict *v, const struct fetch_got *got, struct str challenge);

#endif
