#include "copyrow.h"

#include <string.h>

#include "base/civil.h"

enum { OID_BYTEA = 17, OID_TEXT = 25 };

static const char header[COPY_HEADER_BYTES] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

void
copy_header(struct buf *b)
{
	buf_add(b, header, sizeof header);
}

void
copy_trailer(struct buf *b)
{
	buf_add(b, "\377\377", 2);
}

static void
be16(struct buf *b, uint16_t v)
{
	unsigned char bytes[2];

	put_be16(bytes, v);
	buf_add(b, bytes, sizeof bytes);
}

static void
be32(struct buf *b, uint32_t v)
{
	unsigned char bytes[4];

	put_be32(bytes, v);
	buf_add(b, bytes, sizeof bytes);
}

void
copy_row(struct buf *b, int columns)
{
	be16(b, (uint16_t)columns);
}

void
copy_null(struct buf *b)
{
	be32(b, UINT32_MAX);
}

void
copy_int2(struct buf *b, int16_t v)
{
	be32(b, 2);
	be16(b, (uint16_t)v);
}

void
copy_int4(struct buf *b, int32_t v)
{
	be32(b, 4);
	be32(b, (uint32_t)v);
}

void
copy_int8(struct buf *b, int64_t v)
{
	unsigned char bytes[8];

	put_be64(bytes, (uint64_t)v);
	be32(b, 8);
	buf_add(b, bytes, sizeof bytes);
}

void
copy_date(struct buf *b, int32_t day)
{
	if (day == DAY_NONE)
		copy_null(b);
	else
		copy_int4(b, day - PG_EPOCH_DAYS);
}

void
copy_stamp(struct buf *b, int64_t utc_s)
{
	copy_int8(b, (utc_s - PG_EPOCH_S) * 1000000);
}

void
copy_bytes(struct buf *b, struct str s)
{
	if (s.at == NULL) {
		copy_null(b);
		return;
	}
	be32(b, (uint32_t)s.len);
	buf_str(b, s);
}

void
copy_text(struct buf *b, const char *c)
{
	copy_bytes(b, str_of(c));
}

void
copy_array(struct buf *b, const struct str *item, size_t n, bool bytea)
{
	size_t bytes = n == 0 ? 12 : 20;

	for (size_t i = 0; i < n; i++)
		bytes += 4 + item[i].len;
	be32(b, (uint32_t)bytes);
	be32(b, n == 0 ? 0 : 1); /* dimensions */
	be32(b, 0);		 /* no nulls */
	be32(b, bytea ? OID_BYTEA : OID_TEXT);
	if (n == 0)
		return;
	be32(b, (uint32_t)n);
	be32(b, 1); /* lower bound */
	for (size_t i = 0; i < n; i++)
		copy_bytes(b, item[i]);
}
