/* Fields of SFTP packets; see wire.h. */
#include "wire.h"

#include "base/code.h"

/* Pairs of an extended attribute list; a packet has no room for more that mean anything. */
enum { EXTENDED_MOST = 64 };

static const char *
take(struct wire *w, size_t len)
{
	const char *at = w->left.at;

	if (w->bad || w->left.len < len) {
		w->bad = true;
		return NULL;
	}
	w->left.at += len;
	w->left.len -= len;
	return at;
}

uint8_t
wire_u8(struct wire *w)
{
	const char *at = take(w, 1);

	return at == NULL ? 0 : (uint8_t)*at;
}

uint32_t
wire_u32(struct wire *w)
{
	const char *at = take(w, 4);

	return at == NULL ? 0 : get_be32(at);
}

uint64_t
wire_u64(struct wire *w)
{
	const char *at = take(w, 8);

	return at == NULL ? 0 : get_be64(at);
}

struct str
wire_str(struct wire *w)
{
	uint32_t len = wire_u32(w);
	const char *at = take(w, len);

	return at == NULL ? STR("") : (struct str){ at, len };
}

struct attrs
wire_attrs(struct wire *w)
{
	struct attrs a = { .flags = wire_u32(w) };

	if (a.flags & ATTR_SIZE)
		a.size = wire_u64(w);
	if (a.flags & ATTR_OWNER)
		wire_u64(w);
	if (a.flags & ATTR_PERMISSIONS)
		a.permissions = wire_u32(w);
	if (a.flags & ATTR_TIMES) {
		wire_u32(w);
		a.modified_s = wire_u32(w);
	}
	if (a.flags & (uint32_t)ATTR_MORE) {
		uint32_t n = wire_u32(w);

		if (n > EXTENDED_MOST)
			w->bad = true;
		for (uint32_t i = 0; i < n && !w->bad; i++) {
			wire_str(w);
			wire_str(w);
		}
	}
	return a;
}

void
put_u32(struct buf *b, uint32_t v)
{
	unsigned char at[4];

	put_be32(at, v);
	buf_add(b, at, sizeof at);
}

void
put_u64(struct buf *b, uint64_t v)
{
	unsigned char at[8];

	put_be64(at, v);
	buf_add(b, at, sizeof at);
}

void
put_str(struct buf *b, struct str s)
{
	put_u32(b, (uint32_t)s.len);
	buf_str(b, s);
}

void
put_attrs(struct buf *b, const struct attrs *a)
{
	put_u32(b, a->flags & (ATTR_SIZE | ATTR_PERMISSIONS | ATTR_TIMES));
	if (a->flags & ATTR_SIZE)
		put_u64(b, a->size);
	if (a->flags & ATTR_PERMISSIONS)
		put_u32(b, a->permissions);
	if (a->flags & ATTR_TIMES) {
		put_u32(b, a->modified_s);
		put_u32(b, a->modified_s);
	}
}
