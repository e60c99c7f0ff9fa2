/*
 * Memory that ends with one request, file or batch. An arena has a maximum; past it, allocation
 * gives NULL and the caller reports ERR_TOO_BIG. Under ASan each piece is a malloc of its own.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

struct arena *arena_new(size_t most_bytes);
void arena_free(struct arena **a);		/* all of it; sets *a to NULL */
void arena_reset(struct arena *a);		/* forget everything, keep the first chunk */
void *arena_get(struct arena *a, size_t bytes); /* zeroed, aligned to 16; NULL when full */
struct str arena_str(
    struct arena *a, struct str s);	  /* a copy, NUL after it; at=NULL when full */
size_t arena_used(const struct arena *a); /* bytes handed out */

#endif
