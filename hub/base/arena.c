/*
 * Memory that ends together; see arena.h. Small pieces are cut from chunks, which double in
 * size; a large piece is a chunk of its own, on another list, so that it leaves no hole in the
 * current one. Under ASan every piece counts as large, so that a step outside of it is seen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_PIECE_EACH 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ONE_PIECE_EACH 1
#endif
#ifndef ONE_PIECE_EACH
#define ONE_PIECE_EACH 0
#endif

enum { ALIGN_BYTES = 16, CHUNK_LEAST_BYTES = 4096, CHUNK_MOST_BYTES = 256 * 1024 };

struct chunk {
	struct chunk *older;
	size_t cap, used;
	_Alignas(ALIGN_BYTES) unsigned char bytes[];
};

struct arena {
	struct chunk *newest, *large;
	size_t most, used, next; /* next: how many bytes the next chunk is going to have */
};

struct arena *
arena_new(size_t most_bytes)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->most = most_bytes < PTRDIFF_MAX / 2 ? most_bytes : PTRDIFF_MAX / 2;
	a->next = CHUNK_LEAST_BYTES;
	return a;
}

/* Frees from the newest on; the oldest stays when `keep` says so. */
static void
free_list(struct chunk **list, bool keep)
{
	struct chunk *c = *list, *older;

	for (; c != NULL && !(keep && c->older == NULL); c = older) {
		older = c->older;
		free(c);
	}
	*list = c;
}

void
arena_free(struct arena **a)
{
	if (*a == NULL)
		return;
	free_list(&(*a)->newest, false);
	free_list(&(*a)->large, false);
	free(*a);
	*a = NULL;
}

void
arena_reset(struct arena *a)
{
	free_list(&a->newest, true);
	free_list(&a->large, false);
	if (a->newest != NULL)
		a->newest->used = 0;
	a->used = 0;
	a->next = a->newest != NULL ? 2 * CHUNK_LEAST_BYTES : CHUNK_LEAST_BYTES;
}

static struct chunk *
chunk_new(struct chunk **list, size_t cap)
{
	struct chunk *c = malloc(sizeof(*c) + cap);

	if (c == NULL)
		return NULL;
	*c = (struct chunk){ .older = *list, .cap = cap };
	*list = c;
	return c;
}

/* A chunk with room for `size` more bytes. */
static struct chunk *
chunk_for(struct arena *a, size_t size)
{
	struct chunk *c = a->newest;

	if (ONE_PIECE_EACH || size > CHUNK_LEAST_BYTES / 4)
		return chunk_new(&a->large, size);
	if (c != NULL && size <= c->cap - c->used)
		return c;
	c = chunk_new(&a->newest, a->next);
	if (c != NULL && a->next < CHUNK_MOST_BYTES)
		a->next *= 2;
	return c;
}

void *
arena_get(struct arena *a, size_t bytes)
{
	size_t size = bytes == 0 ? 1 : bytes;
	struct chunk *c;
	void *piece;

	if (size > a->most - a->used)
		return NULL;
	a->used += size;
	if (!ONE_PIECE_EACH)
		size = (size + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
	c = chunk_for(a, size);
	if (c == NULL)
		return NULL;
	piece = c->bytes + c->used;
	c->used += size;
	return memset(piece, 0, size);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *to = s.len == SIZE_MAX ? NULL : arena_get(a, s.len + 1);

	if (to == NULL)
		return (struct str){ NULL, 0 };
	if (s.len > 0)
		memcpy(to, s.at, s.len);
	return (struct str){ to, s.len };
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
