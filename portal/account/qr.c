/* QR codes; see qr.h. */
#include "qr.h"

#include <string.h>

enum {
	DATA_BYTES = 108, /* of version 5, level L, all in one block */
	CHECK_BYTES = 26,
	ALL_BYTES = DATA_BYTES + CHECK_BYTES,
	MODE_BYTES = 4,
	ALIGN_AT = 30, /* the middle of the one alignment pattern */
	TIMING_AT = 6,
	FORMAT =
	    0x77c4 /* level L, mask 0, with its check bits, as the standard's table has it */
};

/* ---- check bytes: Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1 ---- */

static unsigned char
times(unsigned char a, unsigned char b)
{
	unsigned z = 0;

	for (int i = 7; i >= 0; i--) {
		z = (z << 1) ^ ((z >> 7) * 0x11d);
		z ^= (unsigned)((b >> i) & 1) * a;
	}
	return (unsigned char)z;
}

static void
divisor(unsigned char to[CHECK_BYTES])
{
	unsigned char root = 1;

	memset(to, 0, CHECK_BYTES);
	to[CHECK_BYTES - 1] = 1;
	for (int i = 0; i < CHECK_BYTES; i++) {
		for (int j = 0; j < CHECK_BYTES; j++) {
			to[j] = times(to[j], root);
			if (j + 1 < CHECK_BYTES)
				to[j] ^= to[j + 1];
		}
		root = times(root, 2);
	}
}

static void
add_check(unsigned char all[ALL_BYTES])
{
	unsigned char by[CHECK_BYTES], *rest = all + DATA_BYTES;

	divisor(by);
	memset(rest, 0, CHECK_BYTES);
	for (int i = 0; i < DATA_BYTES; i++) {
		unsigned char factor = all[i] ^ rest[0];

		memmove(rest, rest + 1, CHECK_BYTES - 1);
		rest[CHECK_BYTES - 1] = 0;
		for (int j = 0; j < CHECK_BYTES; j++)
			rest[j] ^= times(by[j], factor);
	}
}

/* ---- bytes ---- */

static void
put_bits(unsigned char *to, size_t *at, unsigned value, unsigned n)
{
	while (n-- > 0) {
		if (value >> n & 1)
			to[*at / 8] |= (unsigned char)(0x80 >> *at % 8);
		++*at;
	}
}

static void
fill_bytes(unsigned char all[ALL_BYTES], struct str text)
{
	size_t at = 0;

	memset(all, 0, ALL_BYTES);
	put_bits(all, &at, MODE_BYTES, 4);
	put_bits(all, &at, (unsigned)text.len, 8);
	for (size_t i = 0; i < text.len; i++)
		put_bits(all, &at, (unsigned char)text.at[i], 8);
	put_bits(all, &at, 0, 4); /* the end; a whole byte with the mode */
	for (bool odd = false; at < DATA_BYTES * 8; odd = !odd)
		put_bits(all, &at, odd ? 0x11 : 0xec, 8);
	add_check(all);
}

/* ---- where they stand ---- */

struct board {
	struct qr *qr;
	bool taken[QR_SIZE][QR_SIZE];
};

static void
set(struct board *b, int row, int column, bool dark)
{
	if (row < 0 || column < 0 || row >= QR_SIZE || column >= QR_SIZE)
		return;
	b->qr->dark[row][column] = dark;
	b->taken[row][column] = true;
}

/* Rings around a middle: the pattern of a corner with its margin (4), or of alignment (2). */
static void
rings(struct board *b, int row, int column, int radius)
{
	for (int r = -radius; r <= radius; r++)
		for (int c = -radius; c <= radius; c++) {
			int ar = r < 0 ? -r : r, ac = c < 0 ? -c : c, ring = ar > ac ? ar : ac;

			set(b, row + r, column + c,
			    radius == 4 ? ring != 2 && ring != 4 : ring != 1);
		}
}

static void
put_format(struct board *b)
{
	for (int i = 0; i < 15; i++) {
		bool dark = FORMAT >> i & 1;

		/* beside the corner above on the left */
		set(b, i < 6 ? i : i < 8 ? i + 1 : 8, i < 8 ? 8 : i == 8 ? 7 : 14 - i, dark);
		/* and beside the two others */
		set(b, i < 8 ? 8 : QR_SIZE - 15 + i, i < 8 ? QR_SIZE - 1 - i : 8, dark);
	}
	set(b, QR_SIZE - 8, 8, true);
}

static void
put_patterns(struct board *b)
{
	for (int i = 0; i < QR_SIZE; i++) {
		set(b, TIMING_AT, i, i % 2 == 0);
		set(b, i, TIMING_AT, i % 2 == 0);
	}
	rings(b, 3, 3, 4);
	rings(b, 3, QR_SIZE - 4, 4);
	rings(b, QR_SIZE - 4, 3, 4);
	rings(b, ALIGN_AT, ALIGN_AT, 2);
	put_format(b);
}

/* Up and down in pairs of columns, from below on the right; mask 0 on all of it. */
static void
put_bytes(struct board *b, const unsigned char all[ALL_BYTES])
{
	size_t at = 0;
	bool up = true;

	for (int right = QR_SIZE - 1; right > 0; right -= 2, up = !up) {
		if (right == TIMING_AT)
			right--;
		for (int i = 0; i < QR_SIZE; i++)
			for (int c = right; c >= right - 1; c--) {
				int row = up ? QR_SIZE - 1 - i : i;
				bool dark = false;

				if (b->taken[row][c])
					continue;
				if (at < ALL_BYTES * 8)
					dark = all[at / 8] >> (7 - at % 8) & 1;
				at++;
				b->qr->dark[row][c] = dark != ((row + c) % 2 == 0);
			}
	}
}

bool
qr_make(struct qr *to, struct str text)
{
	struct board b = { .qr = to };
	unsigned char all[ALL_BYTES];

	if (text.len > QR_TEXT_MOST)
		return false;
	*to = (struct qr){ 0 };
	fill_bytes(all, text);
	put_patterns(&b);
	put_bytes(&b, all);
	return true;
}

void
qr_path(struct buf *to, const struct qr *qr)
{
	for (int r = 0; r < QR_SIZE; r++)
		for (int c = 0; c < QR_SIZE; c++) {
			int from = c;

			while (c < QR_SIZE && qr->dark[r][c])
				c++;
			if (c > from)
				buf_fmt(to, "M%d %dh%dv1h-%dz", from + QR_QUIET, r + QR_QUIET,
				    c - from, c - from);
		}
}
