/*
 * Codes of a second factor: six digits of each 30 seconds (RFC 6238, HMAC-SHA-1, as all
 * programs for phones know), and recovery codes for when the phone is lost.
 */
#ifndef PORTAL_TOTP_H
#define PORTAL_TOTP_H

#include "base/str.h"

enum {
	TOTP_BYTES = 20,
	TOTP_TEXT = 32, /* in base32 */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	TOTP_NONE = -1
};

/* Base32 without padding (RFC 4648 section 6); `to` has room for TOTP_TEXT + 1. */
void totp_text(char to[TOTP_TEXT + 1], const unsigned char secret[TOTP_BYTES]);
void totp_code(char to[TOTP_DIGITS + 1], const unsigned char secret[TOTP_BYTES], int64_t step);
/* The step that a code is of: this one, the one before or the one after, since clocks differ.
 * Blanks in it make no difference. TOTP_NONE: none. */
int64_t totp_step(const unsigned char secret[TOTP_BYTES], struct str typed, int64_t now_s);

/* "ABCD-EFGH-IJKL-MNOP": 80 bits. */
enum { RECOVERY_BYTES = 10, RECOVERY_TEXT = 19, RECOVERY_CODES = 10 };
void recovery_text(char to[RECOVERY_TEXT + 1], const unsigned char bits[RECOVERY_BYTES]);
/* SHA-256 of a recovery code as it was typed: any case, with or without its hyphens. */
void recovery_hash(struct str typed, unsigned char sha256[32]);

#endif
