/* Days with longer intervals; see coarse.h. */
#include "coarse.h"

#include <string.h>

/* What is worse of two statuses: missing, then anything but actual, then actual. */
static char
worse(char a, char b)
{
	if (a == STATUS_MISSING || b == STATUS_MISSING)
		return STATUS_MISSING;
	return a == STATUS_ACTUAL ? b : a;
}

static void
join(struct day *to, unsigned slot, const struct day *from, unsigned first, unsigned past)
{
	char status = STATUS_ACTUAL;
	uint8_t method = from->method[first];
	int64_t wh = 0;

	for (unsigned i = first; i < past; i++) {
		status = worse(status, from->status[i]);
		wh += from->wh[i];
		if (from->method[i] != method)
			method = 0;
	}
	to->status[slot] = status;
	to->method[slot] = method;
	to->wh[slot] = status == STATUS_MISSING ? 0 : wh;
}

bool
coarse_day(struct day *to, const struct day *from, uint32_t by_s)
{
	unsigned of_one = by_s == COARSE_DAY_S ? from->n : by_s / from->interval_s;

	if (by_s < from->interval_s || from->n == 0 || of_one == 0 || from->n % of_one != 0)
		return false;
	memcpy(to, from, offsetof(struct day, wh));
	to->interval_s = by_s;
	to->n = (uint16_t)(from->n / of_one);
	for (unsigned i = 0; i < to->n; i++)
		join(to, i, from, i * of_one, (i + 1) * of_one);
	day_count(to);
	return true;
}
