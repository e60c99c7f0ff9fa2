/* Proof of work; see work.h. */
#include "work.h"

#include "base/code.h"
#include "sys/digest.h"

enum { DIGITS_MOST = 9 };

bool
work_ok(struct str nonce, struct str n, int bits)
{
	unsigned char got[DIGEST_BYTES];
	int64_t number;

	if (bits == 0)
		return true;
	/* one way to write a number, so that none counts twice */
	if (n.len > DIGITS_MOST || !str_int64(n, &number) || (n.at[0] == '0' && n.len > 1))
		return false;
	digest_slow(nonce, n, WORK_ROUNDS, got);
	return get_be32(got) >> (32 - bits) == 0;
}
