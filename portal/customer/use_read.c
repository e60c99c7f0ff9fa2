/* The reads of a range, as points; see use.h. */
#include <stdlib.h>
#include <string.h>

#include "use.h"

enum { QUARTER_S = 900, POINTS_BYTES_MOST = 8 * 1024 * 1024, NAME_MOST = 64 };

struct taking {
	struct use *u;
	enum use_by by;
	int32_t next; /* the day whose points of quarter-hours come next */
	size_t first; /* the first point of the day before that */
	struct rates rates;
	struct costs costs; /* of the day in hand */
};

void
use_auto(struct use *u)
{
	free(u->days);
	buf_auto(&u->points);
}

static struct use_point *
points(struct use *u)
{
	return (struct use_point *)(void *)u->points.at;
}

/* ---- points ---- */

/* Quarter-hours, or what the utility has instead, of one day more. */
static void
open_day(struct taking *k, uint32_t interval_s)
{
	struct use *u = k->u;
	int64_t utc_s = zone_day_start(u->zone, k->next);
	unsigned n = day_slots(u->zone, k->next, interval_s);

	k->first = u->points.len / sizeof(struct use_point);
	for (unsigned i = 0; i < n; i++, utc_s += interval_s) {
		struct use_point x = {
			.day = k->next, .utc_s = utc_s, .past = utc_s + interval_s
		};

		buf_add(&u->points, &x, sizeof x);
	}
	k->next++;
}

static bool
open_points(struct use *u, enum use_by by)
{
	for (int32_t day = u->from; by != BY_15 && day <= u->to;) {
		int32_t past =
		    by == BY_DAY ? day + 1 : civil_add_months(civil_month_start(day), 1);
		struct use_point x = { .day = day };

		past = past > u->to ? u->to + 1 : past;
		x.days = past - day;
		buf_add(&u->points, &x, sizeof x);
		day = past;
	}
	return buf_ok(&u->points);
}

static void
add_slot(struct use_sum *to, const struct day *d, const struct costs *costs, unsigned slot)
{
	bool missing = d->status[slot] == STATUS_MISSING;

	to->slots++;
	to->wh += d->wh[slot];
	to->missing += missing;
	to->estimated += d->status[slot] == STATUS_ESTIMATED;
	to->unpriced += !missing && !costs->known[slot];
	to->nano += missing ? 0 : costs->nano[slot];
}

static void
add_sum(struct use_sum *to, const struct use_sum *from)
{
	to->wh += from->wh;
	to->slots += from->slots;
	to->estimated += from->estimated;
	to->missing += from->missing;
	to->days += from->days;
	to->unpriced += from->unpriced;
	to->nano += from->nano;
}

/* Into the points of the day; a channel in other steps than the first one's falls into those in
 * which its steps begin. */
static void
take_slots(struct taking *k, const struct day *d)
{
	struct use_point *at = points(k->u) + k->first;
	size_t n = k->u->points.len / sizeof *at - k->first;
	int64_t utc_s = zone_day_start(k->u->zone, d->day);
	size_t i = 0;

	for (unsigned slot = 0; slot < d->n; slot++, utc_s += d->interval_s) {
		while (i + 1 < n && utc_s >= at[i].past)
			i++;
		if (i < n)
			add_slot(&at[i].sum[d->channel], d, &k->costs, slot);
	}
}

static bool
take_day(struct task *t, void *arg, const struct out_day *o, struct err *e)
{
	struct taking *k = arg;
	struct use *u = k->u;
	const struct day *d = o->d;
	struct use_sum *sum;

	(void)t;
	if (d->channel >= USE_CHANNELS || d->day < u->from || d->day > u->to || d->n == 0)
		return true;
	sum = &u->days[(d->day - u->from) * USE_CHANNELS + d->channel];
	rates_of_day(&k->rates, o, &k->costs);
	if (k->costs.currency[0] != '\0')
		memcpy(u->currency, k->costs.currency, sizeof u->currency);
	for (unsigned i = 0; i < d->n; i++)
		add_slot(sum, d, &k->costs, i);
	sum->days = 1;
	u->generation = u->generation || d->channel == CHANNEL_GENERATION;
	if (k->by != BY_15)
		return true;
	while (k->next < d->day)
		open_day(k, QUARTER_S);
	if (k->next == d->day)
		open_day(k, d->interval_s);
	if (!buf_ok(&u->points))
		return err(e, ERR_TOO_BIG, "too many values for a page");
	take_slots(k, d);
	return true;
}

/* Days into months, and all into the totals. */
static void
sum_up(struct use *u, enum use_by by)
{
	size_t n = u->points.len / sizeof(struct use_point), i = 0;

	for (int32_t day = u->from; day <= u->to; day++)
		for (int c = 0; c < USE_CHANNELS; c++) {
			const struct use_sum *sum =
			    &u->days[(day - u->from) * USE_CHANNELS + c];

			add_sum(&u->total[c], sum);
			if (by == BY_15)
				continue;
			while (i + 1 < n && day >= points(u)[i].day + points(u)[i].days)
				i++;
			add_sum(&points(u)[i].sum[c], sum);
		}
}

/* ---- reading ---- */

static bool
take(struct task *t, const struct release_by *by, const struct reads_ask *ask, bool priced,
    struct taking *k, struct err *e)
{
	AUTO(reads) r = { 0 };

	if (release_open(t, by, ask, &r, e))
		return (!priced || rates_read(t, by, &r, &k->rates, e)) &&
		       release_days(t, by, &r, take_day, k, e);
	if (e->code != ERR_NOT_FOUND)
		return false;
	err_clear(e);
	return true;
}

bool
use_read(struct task *t, struct page *p, const struct place *x, int32_t from, int32_t to,
    enum use_by by, bool priced, struct use *u, struct err *e)
{
	struct release_by who = { p->portal->db, p->sha256, &p->portal->standby };
	struct reads_ask ask = READS_ASK;
	struct taking *k = arena_get(p->memory, sizeof *k); /* too large for a frame */
	char name[NAME_MOST];
	bool ok;

	ask.esiids = &x->esiid;
	ask.n = 1;
	ask.from = from;
	ask.to = to;
	ask.door = "portal";
	*u = (struct use){ .from = from, .to = to, .points = BUF(POINTS_BYTES_MOST) };
	u->days = calloc((size_t)(to - from + 1) * USE_CHANNELS, sizeof *u->days);
	if (u->days == NULL || k == NULL)
		return err(e, ERR_BUSY, "no memory for reads");
	*k = (struct taking){ .u = u, .by = by, .next = from };
	str_copy(name, sizeof name, x->zone);
	u->zone = zone_get(name, e);
	ok = u->zone != NULL && open_points(u, by) && take(t, &who, &ask, priced, k, e);
	rates_auto(&k->rates);
	if (!ok)
		return false;
	while (by == BY_15 && k->next <= to)
		open_day(k, QUARTER_S);
	sum_up(u, by);
	return buf_ok(&u->points) || err(e, ERR_TOO_BIG, "too many values for a page");
}

/* ---- two of them ---- */

static bool
whole(const struct use_sum *s)
{
	return s->days > 0 && s->missing == 0;
}

int32_t
use_alike(const struct use *a, const struct use *b, int64_t wh[2])
{
	int32_t n = 0,
		most = a->to - a->from < b->to - b->from ? a->to - a->from : b->to - b->from;

	wh[0] = wh[1] = 0;
	for (int32_t i = 0; i <= most; i++) {
		const struct use_sum *one = &a->days[i * USE_CHANNELS],
				     *other = &b->days[i * USE_CHANNELS];

		if (!whole(one) || !whole(other))
			continue;
		wh[0] += one->wh;
		wh[1] += other->wh;
		n++;
	}
	return n;
}
