/* Codes of a second factor; see totp.h. */
#include "totp.h"

#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "sys/digest.h"

static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* len * 8 is a multiple of 5. */
static void
base32(char *to, const unsigned char *bytes, size_t len)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 5; have -= 5)
			*to++ = signs[bits >> (have - 5) & 31];
	}
	*to = '\0';
}

void
totp_text(char to[TOTP_TEXT + 1], const unsigned char secret[TOTP_BYTES])
{
	base32(to, secret, TOTP_BYTES);
}

void
totp_code(char to[TOTP_DIGITS + 1], const unsigned char secret[TOTP_BYTES], int64_t step)
{
	unsigned char counter[8], mac[DIGEST_SHA1_BYTES];
	unsigned at;

	put_be64(counter, (uint64_t)step);
	digest_hmac_sha1(secret, TOTP_BYTES, counter, sizeof counter, mac);
	at = mac[DIGEST_SHA1_BYTES - 1] & 15;
	snprintf(to, TOTP_DIGITS + 1, "%06u", (get_be32(mac + at) & 0x7fffffff) % 1000000);
}

int64_t
totp_step(const unsigned char secret[TOTP_BYTES], struct str typed, int64_t now_s)
{
	char digits[TOTP_DIGITS + 1], code[TOTP_DIGITS + 1];
	int64_t step = now_s / TOTP_STEP_S, found = TOTP_NONE;
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++) {
		if (typed.at[i] == ' ')
			continue;
		if (n == TOTP_DIGITS)
			return TOTP_NONE;
		digits[n++] = typed.at[i];
	}
	if (n != TOTP_DIGITS)
		return TOTP_NONE;
	for (int64_t s = step - 1; s <= step + 1; s++) {
		totp_code(code, secret, s);
		if (code_same(code, digits, TOTP_DIGITS))
			found = s;
	}
	return found;
}

void
recovery_text(char to[RECOVERY_TEXT + 1], const unsigned char bits[RECOVERY_BYTES])
{
	char text[RECOVERY_BYTES * 8 / 5 + 1];

	base32(text, bits, RECOVERY_BYTES);
	snprintf(
	    to, RECOVERY_TEXT + 1, "%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12);
}

void
recovery_hash(struct str typed, unsigned char sha256[32])
{
	char text[64];
	size_t n = 0;

	for (size_t i = 0; i < typed.len && n < sizeof text; i++) {
		char c = typed.at[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c != '-' && c != ' ')
			text[n++] = c;
	}
	digest_of(text, n, sha256);
}
