/* Heap sort. */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "unpack/sort.h"

struct heap {
	char *items;
	size_t bytes;
	sort_order *order;
};

static char *
item(const struct heap *h, size_t i)
{
	return h->items + i * h->bytes;
}

static void
swap(const struct heap *h, size_t a, size_t b)
{
	char kept[SORT_ITEM_MOST];

	memcpy(kept, item(h, a), h->bytes);
	memcpy(item(h, a), item(h, b), h->bytes);
	memcpy(item(h, b), kept, h->bytes);
}

/* Item `at` sinks until neither child is behind it in the order. */
static void
sink(const struct heap *h, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && h->order(item(h, child), item(h, child + 1)) < 0)
			child++;
		if (h->order(item(h, at), item(h, child)) >= 0)
			return;
		swap(h, at, child);
	}
}

static bool
in_order(const struct heap *h, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (h->order(item(h, i - 1), item(h, i)) > 0)
			return false;
	return true;
}

void
sort_items(void *items, size_t n, size_t item_bytes, sort_order *order)
{
	struct heap h = { items, item_bytes, order };

	assert(item_bytes <= SORT_ITEM_MOST);
	if (in_order(&h, n))
		return;
	for (size_t i = n / 2; i-- > 0;)
		sink(&h, i, n);
	for (size_t last = n; last-- > 1;) {
		swap(&h, 0, last);
		sink(&h, 0, last);
	}
}
