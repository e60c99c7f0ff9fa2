/* Tables of a feed and the links between them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "unpack/feed.h"
#include "unpack/sort.h"

enum { FOUND_BYTES = 60 };

void *
list_add(struct list *l, struct err *e)
{
	if (l->n == l->most) {
		err(e, ERR_TOO_BIG, "more than %zu %s", l->most, l->of);
		return NULL;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		void *at = realloc(l->at, cap * l->item_bytes);

		if (at == NULL) {
			err(e, ERR_TOO_BIG, "no memory for %zu %s", cap, l->of);
			return NULL;
		}
		l->at = at;
		l->cap = cap;
	}
	return memset((char *)l->at + l->n++ * l->item_bytes, 0, l->item_bytes);
}

bool
feed_keep(struct espi *s, struct str *to, struct str from, size_t most, struct err *e)
{
	if (from.len > most)
		from.len = most;
	*to = arena_str(s->text, from);
	return to->at != NULL ||
	       err(e, ERR_TOO_BIG, "more than %d bytes of links and names", ESPI_TEXT_BYTES);
}

bool
feed_bad(struct espi *s, enum what what, struct str found, uint32_t line, uint32_t *index,
    struct err *e)
{
	struct bad *b = list_add(&s->bads, e);

	if (b == NULL || !feed_keep(s, &b->found, found, FOUND_BYTES, e))
		return false;
	b->what = what;
	b->line = line;
	b->block = index == NULL;
	if (index != NULL)
		*index = (uint32_t)(s->bads.n - 1);
	return true;
}

/* ---- links ---- */

bool
feed_link(struct espi *s, enum kind kind, uint32_t to, struct str href, const char *tail,
    struct err *e)
{
	AUTO(buf) b = BUF(2 * XML_TEXT_MOST);
	struct link *l;

	if (href.len == 0)
		return true;
	buf_str(&b, href);
	buf_c(&b, tail);
	l = list_add(&s->links, e);
	if (l == NULL || !feed_keep(s, &l->href, buf_view(&b), 2 * XML_TEXT_MOST, e))
		return false;
	l->kind = kind;
	l->to = to;
	return true;
}

static int
link_order(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	size_t shorter = x->href.len < y->href.len ? x->href.len : y->href.len;
	int got = memcmp(x->href.at, y->href.at, shorter);

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (got != 0)
		return got;
	return (x->href.len > y->href.len) - (x->href.len < y->href.len);
}

uint32_t
feed_find(const struct espi *s, enum kind kind, struct str href)
{
	struct link wanted = { .href = href, .kind = kind };
	const struct link *found;

	if (href.len == 0 || s->links.n == 0)
		return NONE;
	found = bsearch(&wanted, s->links.at, s->links.n, sizeof(wanted), link_order);
	return found != NULL ? found->to : NONE;
}

const struct point *
feed_point(const struct espi *s, const struct meter *m)
{
	uint32_t at = feed_find(s, KIND_POINT, m->up);

	return at != NONE ? (const struct point *)s->points.at + at : NULL;
}

const struct type *
feed_type(const struct espi *s, const struct meter *m)
{
	for (uint32_t i = 0; i < m->related_n; i++) {
		uint32_t at = feed_find(s, KIND_TYPE, m->related[i]);

		if (at != NONE)
			return (const struct type *)s->types.at + at;
	}
	return NULL;
}

/* ---- resolving ---- */

static bool
block_owner(
    struct espi *s, const struct block *b, uint32_t *meter, int64_t *updated_s, struct err *e)
{
	*meter = feed_find(s, KIND_METER, b->up);
	*updated_s = 0;
	if (*meter == NONE)
		*meter = feed_find(s, KIND_METER, b->self);
	if (*meter == NONE)
		return feed_bad(s, WHAT_LINK, b->up, b->line, NULL, e);
	if (b->updated.len > 0 && !civil_read_stamp(b->updated, updated_s)) {
		*meter = NONE;
		return feed_bad(s, WHAT_UPDATED, b->updated, b->line, NULL, e);
	}
	return true;
}

static int
interval_order(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->start_s != y->start_s)
		return x->start_s < y->start_s ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

bool
feed_resolve(struct espi *s, struct err *e)
{
	struct interval *all = s->intervals.at;
	const struct block *blocks = s->blocks.at;
	uint32_t block = NONE, meter = NONE;
	int64_t updated_s = 0;
	size_t kept = 0;

	sort_items(s->links.at, s->links.n, s->links.item_bytes, link_order);
	/* the intervals of a block follow each other, in the order of the blocks */
	for (size_t i = 0; i < s->intervals.n; i++) {
		if (all[i].owner != block) {
			block = all[i].owner;
			assert(block < s->blocks.n);
			if (!block_owner(s, &blocks[block], &meter, &updated_s, e))
				return false;
		}
		if (meter == NONE)
			continue;
		all[kept] = all[i];
		all[kept].owner = meter;
		all[kept++].updated_s = updated_s;
	}
	s->intervals.n = kept;
	sort_items(all, kept, sizeof(*all), interval_order);
	return true;
}
