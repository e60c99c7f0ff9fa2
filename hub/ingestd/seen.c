#include "seen.h"

#include <stdlib.h>

#include "base/code.h"

/* Of a series' 8 channels two are in use, so a page of 8,192 bits spans 1,024 premises. */
enum { PAGE_BYTES = 1024, PAGE_BITS = PAGE_BYTES * 8, FIRST_SLOTS = 256 };

struct page_slot {
	uint64_t key; /* page + 1 of the series, with the day; 0: empty */
	unsigned char *bits;
};

struct seen {
	struct page_slot *slot;
	size_t mask, count;
	struct page_slot last; /* blocks of a file mostly come in runs */
};

struct seen *
seen_new(struct err *e)
{
	struct seen *s = calloc(1, sizeof *s);

	if (s != NULL)
		s->slot = calloc(FIRST_SLOTS, sizeof *s->slot);
	if (s == NULL || s->slot == NULL) {
		err(e, ERR_BUSY, "out of memory");
		seen_free(&s);
		return NULL;
	}
	s->mask = FIRST_SLOTS - 1;
	return s;
}

void
seen_free(struct seen **ps)
{
	struct seen *s = *ps;

	*ps = NULL;
	if (s == NULL)
		return;
	for (size_t i = 0; s->slot != NULL && i <= s->mask; i++)
		free(s->slot[i].bits);
	free(s->slot);
	free(s);
}

static struct page_slot *
page_of(struct page_slot *slots, size_t mask, uint64_t key)
{
	size_t at = (size_t)code_hash64(&key, sizeof key, 0) & mask;

	while (slots[at].key != 0 && slots[at].key != key)
		at = (at + 1) & mask;
	return &slots[at];
}

static bool
grow(struct seen *s, struct err *e)
{
	size_t mask = s->mask * 2 + 1;
	struct page_slot *wider = calloc(mask + 1, sizeof *wider);

	if (wider == NULL)
		return err(e, ERR_BUSY, "out of memory");
	for (size_t i = 0; i <= s->mask; i++)
		if (s->slot[i].key != 0)
			*page_of(wider, mask, s->slot[i].key) = s->slot[i];
	free(s->slot);
	s->slot = wider;
	s->mask = mask;
	return true;
}

/* The page into s->last; its bits are NULL when there is no room for one more page. */
static bool
page_find(struct seen *s, uint64_t key, struct err *e)
{
	struct page_slot *p;

	if (s->last.key == key)
		return true;
	if (s->count * 2 > s->mask && !grow(s, e))
		return false;
	p = page_of(s->slot, s->mask, key);
	if (p->key == 0) {
		if (s->count >= SEEN_PAGES_MOST) {
			s->last = (struct page_slot){ key, NULL };
			return true;
		}
		p->bits = calloc(1, PAGE_BYTES);
		if (p->bits == NULL)
			return err(e, ERR_BUSY, "out of memory");
		p->key = key;
		s->count++;
	}
	s->last = *p;
	return true;
}

bool
seen_full(const struct seen *s)
{
	return s->count >= SEEN_PAGES_MOST;
}

bool
seen_mark(struct seen *s, int32_t series, int32_t day, bool *before, struct err *e)
{
	uint32_t n = (uint32_t)series;
	uint64_t key = (uint64_t)(n / PAGE_BITS + 1) << 32 | (uint32_t)day;
	unsigned char *byte, bit = (unsigned char)(1U << (n % 8));

	if (!page_find(s, key, e))
		return false;
	if (s->last.bits == NULL) {
		*before = true;
		return true;
	}
	byte = &s->last.bits[n % PAGE_BITS / 8];
	*before = (*byte & bit) != 0;
	*byte |= bit;
	return true;
}
