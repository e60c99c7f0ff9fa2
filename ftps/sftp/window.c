/* Writes out of order; see window.h. */
#include "window.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct window_piece {
	struct window_piece *next;
	uint64_t offset;
	size_t len;
	char at[];
};

static void
drop_first(struct window *w)
{
	struct window_piece *p = w->first;

	w->first = p->next;
	w->bytes -= p->len;
	w->pieces--;
	free(p);
}

static bool
hold(struct window *w, uint64_t offset, struct str bytes, struct err *e)
{
	struct window_piece **at = &w->first, *p;

	if (bytes.len > WINDOW_MOST_BYTES - w->bytes || w->pieces == WINDOW_PIECES_MOST)
		return err(e, ERR_TOO_BIG,
		    "%zu bytes wait for those before them, no more than %d are kept; send in "
		    "order",
		    w->bytes + bytes.len, WINDOW_MOST_BYTES);
	while (*at != NULL && (*at)->offset < offset)
		at = &(*at)->next;
	if (*at != NULL && (*at)->offset < offset + bytes.len)
		return err(e, ERR_BAD_INPUT, "bytes at %" PRIu64 " were sent twice", offset);
	p = malloc(sizeof *p + bytes.len);
	if (p == NULL)
		return err(e, ERR_BUSY, "no memory for %zu bytes", bytes.len);
	p->next = *at;
	p->offset = offset;
	p->len = bytes.len;
	memcpy(p->at, bytes.at, bytes.len);
	*at = p;
	w->bytes += bytes.len;
	w->pieces++;
	return true;
}

bool
window_add(struct window *w, uint64_t at, uint64_t offset, struct str bytes, window_fn *fn,
    void *to, struct err *e)
{
	if (offset < at || bytes.len > UINT64_MAX - offset)
		return err(e, ERR_BAD_INPUT,
		    "a write begins at %" PRIu64 ", expected %" PRIu64 ", the size so far",
		    offset, at);
	if (bytes.len == 0)
		return true;
	if (offset > at)
		return hold(w, offset, bytes, e);
	if (!fn(to, bytes, e))
		return false;
	at += bytes.len;
	while (w->first != NULL && w->first->offset <= at) {
		if (w->first->offset < at)
			return err(e, ERR_BAD_INPUT, "bytes at %" PRIu64 " were sent twice",
			    w->first->offset);
		if (!fn(to, (struct str){ w->first->at, w->first->len }, e))
			return false;
		at += w->first->len;
		drop_first(w);
	}
	return true;
}

uint64_t
window_gap(const struct window *w)
{
	return w->first == NULL ? 0 : w->first->offset;
}

void
window_free(struct window *w)
{
	while (w->first != NULL)
		drop_first(w);
}
