/* Sorting without the system calls that qsort of the C library makes to look for memory. */
#ifndef UNPACK_SORT_H
#define UNPACK_SORT_H

#include <stddef.h>

typedef int sort_order(const void *a, const void *b); /* as qsort's */

enum { SORT_ITEM_MOST = 64 }; /* bytes of one item */

/* In place, O(n log n), not stable; an array already in order is only looked through. */
void sort_items(void *items, size_t n, size_t item_bytes, sort_order *order);

#endif
