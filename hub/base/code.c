/* Encodings, checksums and hashes; see code.h. */
#include <assert.h>
#include <string.h>

#include "base/code.h"

_Static_assert(
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "code.h swaps: little-endian machines only");

void
code_hex(char *to, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++) {
		*to++ = digits[p[i] >> 4];
		*to++ = digits[p[i] & 15];
	}
	*to = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
code_unhex(void *to, size_t len, struct str hex)
{
	unsigned char *p = to;

	if (hex.len % 2 != 0 || hex.len / 2 != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		p[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void
code_b64u(char *to, const void *bytes, size_t len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *p = bytes;
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < len; i++) {
		bits = bits << 8 | p[i];
		for (held += 8; held >= 6; held -= 6)
			*to++ = digits[bits >> (held - 6) & 63];
	}
	if (held > 0)
		*to++ = digits[bits << (6 - held) & 63];
	*to = '\0';
}

static int
b64u_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* Strict, so that one value has one text: exact length, and the bits left over are zero. */
bool
code_unb64u(void *to, size_t len, struct str text)
{
	unsigned char *p = to;
	uint32_t bits = 0;
	unsigned held = 0;

	if (len > SIZE_MAX / 4 - 1 || text.len != (len * 4 + 2) / 3)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int v = b64u_value(text.at[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*p++ = (unsigned char)(bits >> held);
		}
	}
	return (bits & ((1U << held) - 1)) == 0;
}

/* The same digits but for the last two, and "=" up to a multiple of four. */
void
code_b64(char *to, const void *bytes, size_t len)
{
	size_t n = (len * 4 + 2) / 3;

	code_b64u(to, bytes, len);
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(to[i] == '-' ? '+' : to[i] == '_' ? '/' : to[i]);
	while (n % 4 != 0)
		to[n++] = '=';
	to[n] = '\0';
}

bool
code_unb64(void *to, size_t size, size_t *len, struct str text)
{
	unsigned char *p = to;
	uint32_t bits = 0;
	unsigned held = 0;
	size_t n = text.len;

	for (int i = 0; i < 2 && n > 0 && text.at[n - 1] == '='; i++)
		n--;
	*len = n / 4 * 3 + (n % 4 * 3) / 4;
	if (text.len % 4 != 0 || n % 4 == 1 || *len > size)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = text.at[i];
		int v = c == '+'	       ? 62
			: c == '/'	       ? 63
			: c == '-' || c == '_' ? -1
					       : b64u_value(c);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*p++ = (unsigned char)(bits >> held);
		}
	}
	return (bits & ((1U << held) - 1)) == 0;
}

bool
code_same(const void *a, const void *b, size_t len)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char differ = 0;

	for (size_t i = 0; i < len; i++)
		differ = (unsigned char)(differ | (x[i] ^ y[i]));
	return differ == 0;
}

/*
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected, polynomial 0x82F63B78. The table is
 * linear: the entry of a byte is the sum of the entries of its bits, and the entry of bit k - 1
 * is that of bit k shifted once more.
 */
#define BIT(i, k, entry) ((i) >> (k)&1 ? UINT32_C(entry) : 0)
#define ROW(i)                                                                      \
	(BIT(i, 7, 0x82F63B78) ^ BIT(i, 6, 0x417B1DBC) ^ BIT(i, 5, 0x20BD8EDE) ^    \
	    BIT(i, 4, 0x105EC76F) ^ BIT(i, 3, 0x8AD958CF) ^ BIT(i, 2, 0xC79A971F) ^ \
	    BIT(i, 1, 0xE13B70F7) ^ BIT(i, 0, 0xF26B8303))
#define ROW4(i)	 ROW(i), ROW(i + 1), ROW(i + 2), ROW(i + 3)
#define ROW16(i) ROW4(i), ROW4(i + 4), ROW4(i + 8), ROW4(i + 12)
#define ROW64(i) ROW16(i), ROW16(i + 16), ROW16(i + 32), ROW16(i + 48)

static const uint32_t crc_table[256] = { ROW64(0), ROW64(64), ROW64(128), ROW64(192) };

static uint32_t
crc_by_table(uint32_t crc, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		crc = crc >> 8 ^ crc_table[(crc ^ p[i]) & 0xFF];
	return crc;
}

#if defined(__x86_64__)
/* The processor's own instruction, some twenty times faster. */
__attribute__((target("sse4.2"))) static uint32_t
crc_by_machine(uint32_t crc, const unsigned char *p, size_t len)
{
	uint64_t wide = crc, w;

	for (; len >= sizeof(w); len -= sizeof(w), p += sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		wide = __builtin_ia32_crc32di(wide, w);
	}
	crc = (uint32_t)wide;
	for (; len > 0; len--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return crc;
}
#endif

uint32_t
code_crc32c(uint32_t seed, const void *bytes, size_t len)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		return ~crc_by_machine(~seed, bytes, len);
#endif
	return ~crc_by_table(~seed, bytes, len);
}

uint32_t
code_crc32c_table(uint32_t seed, const void *bytes, size_t len)
{
	return ~crc_by_table(~seed, bytes, len);
}

/* Multiply to 128 bits and fold the halves: each bit of both factors reaches most of the
 * result. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
load(const unsigned char *p, size_t len)
{
	uint64_t w = 0;

	memcpy(&w, p, len);
	return w;
}

/* Two words of at most 16 bytes; loads overlap rather than branch on each length. */
static void
load_tail(const unsigned char *p, size_t len, uint64_t *a, uint64_t *b)
{
	if (len >= 8) {
		*a = load(p, 8);
		*b = load(p + (len - 8), 8);
	} else if (len >= 4) {
		*a = load(p, 4);
		*b = load(p + (len - 4), 4);
	} else if (len > 0) {
		*a = (uint64_t)p[0] << 16 | (uint64_t)p[len / 2] << 8 | p[len - 1];
		*b = 0;
	} else {
		*a = *b = 0;
	}
}

/* The constants are odd, with about half of their bits set, and mean nothing else. */
#define MIX_A UINT64_C(0x9E6C63D0876A9A47)
#define MIX_B UINT64_C(0xC4BD29F5E1B3D687)
#define MIX_C UINT64_C(0xB5297A4D3F84D5B5)

uint64_t
code_hash64(const void *bytes, size_t len, uint64_t seed)
{
	const unsigned char *p = bytes;
	uint64_t h = seed ^ fold(seed ^ MIX_A, MIX_B), a, b;
	size_t left = len;

	for (; left > 16; left -= 16, p += 16)
		h = fold(load(p, 8) ^ MIX_A, load(p + 8, 8) ^ h);
	load_tail(p, left, &a, &b);
	h = fold(a ^ MIX_B, b ^ h);
	return fold(h ^ MIX_C, (uint64_t)len ^ MIX_A);
}
