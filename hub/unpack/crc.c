/* Table k holds what a byte does to the remainder when k more zero bytes follow it. */
#include <stdbool.h>
#include <string.h>

#include "unpack/crc.h"

static uint32_t tables[8][256];
static bool made;

static void
make_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t r = i;

		for (int bit = 0; bit < 8; bit++)
			r = r >> 1 ^ (r & 1 ? 0xedb88320u : 0);
		tables[0][i] = r;
	}
	for (size_t k = 1; k < 8; k++)
		for (size_t i = 0; i < 256; i++)
			tables[k][i] =
			    tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xff];
	made = true;
}

uint32_t
crc_gzip(uint32_t crc, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	if (!made)
		make_tables();
	crc = ~crc;
	for (; len >= 8; p += 8, len -= 8) {
		uint32_t low = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 |
					 (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);

		crc = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^
		      tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24] ^ tables[3][p[4]] ^
		      tables[2][p[5]] ^ tables[1][p[6]] ^ tables[0][p[7]];
	}
	while (len-- > 0)
		crc = crc >> 8 ^ tables[0][(crc ^ *p++) & 0xff];
	return ~crc;
}
