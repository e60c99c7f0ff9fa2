/* Bytes as text and back; comparison whose time does not depend on where two secrets differ. */
#ifndef BASE_CODE_H
#define BASE_CODE_H

#include "base/str.h"

/* `to` has room for 2 * len + 1; lower case. */
void code_hex(char *to, const void *bytes, size_t len);
bool code_unhex(void *to, size_t len, struct str hex); /* exactly len bytes, either case */
/* Base64url without padding (RFC 4648 section 5); `to` has room for code_b64u_size(len). */
#define code_b64u_size(len) (((len)*4 + 2) / 3 + 1)
void code_b64u(char *to, const void *bytes, size_t len);
bool code_unb64u(void *to, size_t len, struct str text);
/* Base64 with padding (RFC 4648 section 4), strict; `to` has room for code_b64_size(len). */
#define code_b64_size(len) (((len) + 2) / 3 * 4 + 1)
void code_b64(char *to, const void *bytes, size_t len);
bool code_unb64(void *to, size_t size, size_t *len, struct str text); /* at most size bytes */
bool code_same(const void *a, const void *b, size_t len);	      /* constant time */
/* CRC-32C of bytes; seed 0, or the sum of what came before to go on behind it. */
uint32_t code_crc32c(uint32_t seed, const void *bytes, size_t len);
uint32_t code_crc32c_table(
    uint32_t seed, const void *bytes, size_t len); /* same, any machine */
uint64_t code_hash64(
    const void *bytes, size_t len, uint64_t seed); /* for tables, not secrets */

/* Big-endian integers in a buffer, as PostgreSQL's binary COPY wants them. */
static inline void
put_be16(unsigned char *p, uint16_t v)
{
	v = __builtin_bswap16(v);
	__builtin_memcpy(p, &v, 2);
}

static inline void
put_be32(unsigned char *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	__builtin_memcpy(p, &v, 4);
}

static inline void
put_be64(unsigned char *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	__builtin_memcpy(p, &v, 8);
}

static inline uint16_t
get_be16(const void *p)
{
	uint16_t v;
	__builtin_memcpy(&v, p, 2);
	return __builtin_bswap16(v);
}

static inline uint32_t
get_be32(const void *p)
{
	uint32_t v;
	__builtin_memcpy(&v, p, 4);
	return __builtin_bswap32(v);
}

static inline uint64_t
get_be64(const void *p)
{
	uint64_t v;
	__builtin_memcpy(&v, p, 8);
	return __builtin_bswap64(v);
}

#endif
