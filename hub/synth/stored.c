#include "synth/stored.h"

#include <string.h>

enum { DEFLATE_BLOCK_MOST = 65535, ZSTD_BLOCK_MOST = 128 << 10 };

static void
put_le(struct buf *to, uint64_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		buf_byte(to, (char)(v & 0xff));
}

/* CRC-32 of IEEE 802.3, bit by bit: these files are small. */
static uint32_t
crc32(struct str s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= (unsigned char)s.at[i];
		for (int b = 0; b < 8; b++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

void
stored_gzip(struct buf *to, struct str plain)
{
	buf_add(to, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
	for (size_t at = 0, n; at < plain.len || at == 0; at += n) {
		n = plain.len - at < DEFLATE_BLOCK_MOST ? plain.len - at : DEFLATE_BLOCK_MOST;
		buf_byte(to, at + n == plain.len);
		put_le(to, n, 2);
		put_le(to, ~n, 2);
		buf_add(to, plain.at + at, n);
		if (n == 0)
			break;
	}
	put_le(to, crc32(plain), 4);
	put_le(to, plain.len, 4);
}

/* What the local header and the directory have in common. */
static void
zip_member(struct buf *to, struct str plain, const char *member)
{
	put_le(to, 20, 2);	   /* version to read */
	put_le(to, 0, 4);	   /* flags, method: stored */
	put_le(to, 0x5a210000, 4); /* 2025-01-01 00:00 */
	put_le(to, crc32(plain), 4);
	put_le(to, plain.len, 4);
	put_le(to, plain.len, 4);
	put_le(to, strlen(member), 2);
	put_le(to, 0, 2);
}

void
stored_zip(struct buf *to, struct str plain, const char *member)
{
	size_t start = to->len, directory;

	buf_add(to, "PK\x03\x04", 4);
	zip_member(to, plain, member);
	buf_c(to, member);
	buf_str(to, plain);
	directory = to->len;
	buf_add(to, "PK\x01\x02\x14\x03", 6);
	zip_member(to, plain, member);
	put_le(to, 0, 2 + 2 + 2); /* comment, disk, kind of content */
	put_le(to, UINT32_C(0100644) << 16, 4);
	put_le(to, 0, 4); /* where its header is */
	buf_c(to, member);
	start = directory - start;
	directory = to->len - directory;
	buf_add(to, "PK\x05\x06\0\0\0\0\x01\0\x01\0", 12);
	put_le(to, directory, 4);
	put_le(to, start, 4);
	put_le(to, 0, 2);
}

void
stored_zstd(struct buf *to, struct str plain)
{
	put_le(to, 0xfd2fb528, 4);
	buf_byte(to, (char)0xa0); /* one segment, its size in four bytes */
	put_le(to, plain.len, 4);
	for (size_t at = 0, n; at < plain.len || at == 0; at += n) {
		n = plain.len - at < ZSTD_BLOCK_MOST ? plain.len - at : ZSTD_BLOCK_MOST;
		put_le(to, n << 3 | (at + n == plain.len), 3);
		buf_add(to, plain.at + at, n);
		if (n == 0)
			break;
	}
}
