/* UUIDs from names, with the SHA-1 that they are made of (FIPS 180-4, section 6.1). */
#include <string.h>

#include "base/uuid.h"

enum { BLOCK_BYTES = 64, WORDS = 5, ROUNDS = 80 };

struct sha1 {
	uint32_t state[WORDS];
	unsigned char block[BLOCK_BYTES];
	uint64_t bytes;
};

static uint32_t
rotated(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static void
spread(const unsigned char block[BLOCK_BYTES], uint32_t w[ROUNDS])
{
	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)block[i * 4] << 24 | (uint32_t)block[i * 4 + 1] << 16 |
		       (uint32_t)block[i * 4 + 2] << 8 | block[i * 4 + 3];
	for (unsigned i = 16; i < ROUNDS; i++)
		w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
}

static uint32_t
mixed(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	if (round < 20)
		return ((b & c) | (~b & d)) + 0x5a827999;
	if (round < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (round < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

static void
take_block(struct sha1 *s)
{
	uint32_t w[ROUNDS], a = s->state[0], b = s->state[1], c = s->state[2], d = s->state[3],
			    e = s->state[4];

	spread(s->block, w);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t next = rotated(a, 5) + mixed(i, b, c, d) + e + w[i];

		e = d;
		d = c;
		c = rotated(b, 30);
		b = a;
		a = next;
	}
	s->state[0] += a;
	s->state[1] += b;
	s->state[2] += c;
	s->state[3] += d;
	s->state[4] += e;
}

static void
take(struct sha1 *s, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;

	for (size_t i = 0; i < len; i++) {
		s->block[s->bytes++ % BLOCK_BYTES] = from[i];
		if (s->bytes % BLOCK_BYTES == 0)
			take_block(s);
	}
}

/* The first 16 bytes of the digest. */
static void
finish(struct sha1 *s, unsigned char to[16])
{
	uint64_t bits = s->bytes * 8;
	unsigned char size[8];

	for (unsigned i = 0; i < sizeof(size); i++)
		size[i] = (unsigned char)(bits >> (56 - 8 * i));
	take(s, "\x80", 1);
	while (s->bytes % BLOCK_BYTES != BLOCK_BYTES - sizeof(size))
		take(s, "", 1);
	take(s, size, sizeof(size));
	for (unsigned i = 0; i < 16; i++)
		to[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

struct uuid
uuid_of(struct uuid space, struct str name)
{
	struct sha1 s = { .state = {
			      0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
	struct uuid u;

	take(&s, space.at, sizeof(space.at));
	take(&s, name.at, name.len);
	finish(&s, u.at);
	u.at[6] = (unsigned char)((u.at[6] & 0x0f) | 0x50); /* version 5 */
	u.at[8] = (unsigned char)((u.at[8] & 0x3f) | 0x80); /* variant of the RFC */
	return u;
}

void
uuid_write(char to[UUID_SIZE], struct uuid u)
{
	static const char digits[] = "0123456789abcdef";
	char *p = to;

	for (unsigned i = 0; i < sizeof(u.at); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digits[u.at[i] >> 4];
		*p++ = digits[u.at[i] & 15];
	}
	*p = '\0';
}

static int
digit_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

bool
uuid_read(struct str s, struct uuid *u)
{
	size_t at = 0;

	if (s.len != UUID_SIZE - 1)
		return false;
	for (unsigned i = 0; i < sizeof(u->at); i++) {
		int high, low;

		if ((i == 4 || i == 6 || i == 8 || i == 10) && s.at[at++] != '-')
			return false;
		high = digit_of(s.at[at++]);
		low = digit_of(s.at[at++]);
		if (high < 0 || low < 0)
			return false;
		u->at[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}
