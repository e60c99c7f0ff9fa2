#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"

enum {
	ITEMS_MOST = 4 * 1024 * 1024,
	PACKED_MOST_BYTES = 1024 * 1024 * 1024,
	ROW_FIXED_BYTES = 2 + 12 + 12 + 4 * 8 + 3 * 6 + 4,
	ROW_COLUMNS = 10
};

void
batch_auto(struct batch *b)
{
	free(b->item);
	free(b->miss);
	free(b->doubt);
	free(b->order);
	free(b->scratch);
	buf_auto(&b->packed);
	buf_auto(&b->copy);
	*b = (struct batch){ 0 };
}

void
batch_clear(struct batch *b)
{
	b->n = b->misses = b->doubts = 0;
	b->packed.max = b->copy.max = PACKED_MOST_BYTES;
	buf_reset(&b->packed);
	buf_reset(&b->copy);
}

static bool
room_for(struct batch *b, void **at, size_t n, size_t *room, size_t size)
{
	size_t wanted = *room == 0 ? 1024 : *room * 2;
	void *grown;

	if (n < *room)
		return true;
	grown = n >= ITEMS_MOST ? NULL : realloc(*at, wanted * size);
	if (grown == NULL) {
		b->failed = true;
		return false;
	}
	*at = grown;
	*room = wanted;
	return true;
}

struct item *
batch_add(struct batch *b, const struct day *d, int32_t series, bool known, uint32_t shape)
{
	char *to = buf_room(&b->packed, PACK_MOST);
	struct item *i;

	if (to == NULL || !room_for(b, (void **)&b->item, b->n, &b->room, sizeof *b->item)) {
		b->failed = true;
		return NULL;
	}
	i = &b->item[b->n++];
	*i = (struct item){
		.created_s = d->created_s,
		.total_wh = d->total_wh,
		.at = b->packed.len,
		.series = series,
		.day = d->day,
		.line = (uint32_t)d->line,
		.n = d->n,
		.estimated = d->estimated,
		.missing = d->missing,
		.known = known,
	};
	day_reasons(d, i->reason);
	i->len = (uint16_t)day_pack((unsigned char *)to, d, shape);
	buf_grew(&b->packed, i->len);
	return i;
}

void
batch_miss(struct batch *b, size_t item, struct esiid id, uint8_t channel)
{
	if (room_for(b, (void **)&b->miss, b->misses, &b->misses_room, sizeof *b->miss))
		b->miss[b->misses++] = (struct miss){ item, id, channel };
}

void
batch_doubt(struct batch *b, size_t item, const struct fault *f)
{
	if (!room_for(b, (void **)&b->doubt, b->doubts, &b->doubts_room, sizeof *b->doubt))
		return;
	b->doubt[b->doubts++] = (struct doubt){ item, *f };
	b->item[item].flagged = true;
}

struct str
item_packed(const struct batch *b, const struct item *i)
{
	return (struct str){ b->packed.at + i->at, i->len };
}

static uint64_t
sort_key(const struct item *i)
{
	return (uint64_t)(uint32_t)i->series << 32 | (uint32_t)i->day;
}

/*
 * A stable radix sort by bytes: passes in which all keys agree are left out, so one day of a
 * utility takes three. scratch holds the keys, one after the other in the items' order.
 */
static void
radix_sort(struct batch *b, uint32_t *from, uint32_t *to)
{
	size_t count[256], at, n;

	for (unsigned shift = 0; shift < 64; shift += 8) {
		memset(count, 0, sizeof count);
		for (size_t i = 0; i < b->n; i++)
			count[b->scratch[i] >> shift & 255]++;
		if (count[b->scratch[0] >> shift & 255] == b->n)
			continue;
		at = 0;
		for (size_t i = 0; i < 256; i++) {
			n = count[i];
			count[i] = at;
			at += n;
		}
		for (size_t i = 0; i < b->n; i++)
			to[count[b->scratch[from[i]] >> shift & 255]++] = from[i];
		memcpy(from, to, b->n * sizeof *to);
	}
}

bool
batch_sort(struct batch *b)
{
	if (b->n > b->order_room || b->order == NULL) {
		free(b->order);
		free(b->scratch);
		b->order_room = b->room;
		b->order = malloc(b->room * 2 * sizeof *b->order);
		b->scratch = malloc(b->room * sizeof *b->scratch);
		if (b->order == NULL || b->scratch == NULL) {
			b->order_room = 0;
			return false;
		}
	}
	if (b->n == 0)
		return true;
	for (size_t i = 0; i < b->n; i++) {
		b->order[i] = (uint32_t)i;
		b->scratch[i] = sort_key(&b->item[i]);
	}
	radix_sort(b, b->order, b->order + b->order_room);
	return true;
}

static char *
field32(char *p, uint32_t v)
{
	put_be32((unsigned char *)p, 4);
	put_be32((unsigned char *)p + 4, v);
	return p + 8;
}

static char *
field64(char *p, uint64_t v)
{
	put_be32((unsigned char *)p, 8);
	put_be64((unsigned char *)p + 4, v);
	return p + 12;
}

static char *
field16(char *p, uint16_t v)
{
	put_be32((unsigned char *)p, 2);
	put_be16((unsigned char *)p + 4, v);
	return p + 6;
}

/* The columns of day_copy in their order; written in one go, since it runs once a meter-day. */
static void
encode_item(struct batch *b, const struct item *i, int32_t load)
{
	char *start = buf_room(&b->copy, ROW_FIXED_BYTES + i->len), *p = start;

	if (start == NULL) {
		b->failed = true;
		return;
	}
	put_be16((unsigned char *)p, ROW_COLUMNS);
	p = field64(p + 2, (uint64_t)i->total_wh);
	p = field64(p, (uint64_t)((i->created_s - PG_EPOCH_S) * 1000000));
	p = field32(p, (uint32_t)i->series);
	p = field32(p, (uint32_t)(i->day - PG_EPOCH_DAYS));
	p = field32(p, (uint32_t)load);
	p = field32(p, i->line);
	p = field16(p, i->n);
	p = field16(p, i->estimated);
	p = field16(p, i->missing);
	put_be32((unsigned char *)p, i->len);
	memcpy(p + 4, b->packed.at + i->at, i->len);
	buf_grew(&b->copy, (size_t)(p + 4 - start) + i->len);
}

size_t
batch_encode(struct batch *b, int32_t load)
{
	size_t kept = 0;

	buf_reset(&b->copy);
	copy_header(&b->copy);
	for (size_t i = 0; i < b->n; i++) {
		const struct item *item = &b->item[b->order[i]];

		if (item->state == ITEM_DROP)
			continue;
		encode_item(b, item, load);
		kept++;
	}
	copy_trailer(&b->copy);
	return kept;
}
