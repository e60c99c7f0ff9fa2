#include "rollup.h"

#include <stdlib.h>

void
rollup_auto(struct rollup *r)
{
	free(r->at);
	*r = (struct rollup){ 0 };
}

static bool
make_room(struct rollup *r, struct err *e)
{
	size_t room = r->room == 0 ? 16 : r->room * 2;
	struct rollup_day *at;

	if (r->n < r->room)
		return true;
	if (r->n >= ROLLUP_DAYS_MOST)
		return err(e, ERR_TOO_BIG, "the file has more than %d different days",
		    ROLLUP_DAYS_MOST);
	at = realloc(r->at, room * sizeof *at);
	if (at == NULL)
		return err(e, ERR_BUSY, "out of memory");
	r->at = at;
	r->room = room;
	return true;
}

/* A file has one or a few days, which follow each other: the day asked for is nearly always the
 * one asked for last, or the one behind it. */
struct rollup_day *
rollup_of(struct rollup *r, int32_t day, struct err *e)
{
	if (r->last < r->n && r->at[r->last].day == day)
		return &r->at[r->last];
	if (++r->last < r->n && r->at[r->last].day == day)
		return &r->at[r->last];
	for (r->last = 0; r->last < r->n; r->last++)
		if (r->at[r->last].day == day)
			return &r->at[r->last];
	if (!make_room(r, e))
		return NULL;
	r->at[r->n] = (struct rollup_day){ .day = day };
	return &r->at[r->n++];
}

void
rollup_weigh(struct rollup_day *r, const struct weight *w, int sign)
{
	r->intervals += sign * (w->n - w->missing);
	r->estimated += sign * w->estimated;
	r->missing += sign * w->missing;
	for (unsigned i = 0; i < DAY_REASONS; i++)
		r->reason[i] += sign * w->reason[i];
	if (w->channel == CHANNEL_GENERATION)
		r->generation_wh += sign * w->total_wh;
	else if (w->channel == CHANNEL_LOAD)
		r->load_wh += sign * w->total_wh;
}
