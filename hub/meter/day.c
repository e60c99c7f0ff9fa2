/* A channel's local day: slots, counts, comparison. See day.h. */
#include <assert.h>
#include <string.h>

#include "meter/day.h"

unsigned
day_slots(const struct zone *z, int32_t day, uint32_t interval_s)
{
	uint32_t day_s = (uint32_t)zone_day_s(z, day);

	if (interval_s == 0 || day_s % interval_s != 0 || day_s / interval_s > DAY_SLOTS_MOST)
		return 0;
	return day_s / interval_s;
}

void
day_count(struct day *d)
{
	unsigned estimated = 0, missing = 0;
	int64_t total_wh = 0;

	assert(d->n <= DAY_SLOTS_MOST);
	for (unsigned i = 0; i < d->n; i++) {
		estimated += d->status[i] == STATUS_ESTIMATED;
		missing += d->status[i] == STATUS_MISSING;
		total_wh += d->wh[i];
	}
	d->estimated = (uint16_t)estimated;
	d->missing = (uint16_t)missing;
	d->total_wh = total_wh;
}

static bool
same_registers(const struct day *a, const struct day *b)
{
	return a->has_start == b->has_start && a->has_stop == b->has_stop &&
	       (!a->has_start || a->start_wh == b->start_wh) &&
	       (!a->has_stop || a->stop_wh == b->stop_wh);
}

bool
day_same(const struct day *a, const struct day *b)
{
	return a->n == b->n && a->interval_s == b->interval_s && same_registers(a, b) &&
	       memcmp(a->wh, b->wh, a->n * sizeof(a->wh[0])) == 0 &&
	       memcmp(a->status, b->status, a->n) == 0 &&
	       memcmp(a->method, b->method, a->n) == 0 && str_eq(a->shape, b->shape);
}

const uint8_t day_reason[DAY_REASONS] = { 8, 9, 12, 15 };

void
day_reasons(const struct day *d, uint16_t of[DAY_REASONS])
{
	memset(of, 0, DAY_REASONS * sizeof *of);
	if (d->estimated == 0)
		return;
	for (unsigned i = 0; i < d->n; i++)
		for (unsigned r = 0; r < DAY_REASONS; r++)
			if (d->status[i] == STATUS_ESTIMATED && d->method[i] == day_reason[r])
				of[r]++;
}

unsigned
day_changed(const struct day *a, const struct day *b)
{
	unsigned changed = 0;

	if (a->n != b->n || a->interval_s != b->interval_s)
		return a->n > b->n ? a->n : b->n;
	for (unsigned i = 0; i < a->n; i++)
		changed += a->wh[i] != b->wh[i] || a->status[i] != b->status[i];
	return changed;
}
