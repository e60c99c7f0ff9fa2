/*
 * Writes that came before their turn. An upload is hashed as it arrives, so bytes must go on in
 * order; a client that sends blocks out of order is helped as long as they fit in here. Nothing
 * waits.
 */
#ifndef SFTP_WINDOW_H
#define SFTP_WINDOW_H

#include "base/err.h"

enum { WINDOW_MOST_BYTES = 2 << 20, WINDOW_PIECES_MOST = 256 };

struct window_piece;
struct window {			    /* begins as { 0 } */
	struct window_piece *first; /* in order of offset */
	size_t bytes;
	unsigned pieces;
};

typedef bool window_fn(void *to, struct str bytes, struct err *e);

/* `at` is how much has gone on already. Gives fn the bytes when it is their turn, and those
 * held that follow; holds them otherwise. ERR_BAD_INPUT: behind `at`, or over what was held
 * before; ERR_TOO_BIG: too far ahead. */
bool window_add(struct window *w, uint64_t at, uint64_t offset, struct str bytes, window_fn *fn,
    void *to, struct err *e);
uint64_t window_gap(const struct window *w); /* where the first held piece begins, or 0 */
void window_free(struct window *w);

#endif
