#include "synth/lse_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static char *
put(char *p, const char *text, size_t len)
{
	memcpy(p, text, len);
	return p + len;
}

static char *
put_c(char *p, const char *text)
{
	return put(p, text, strlen(text));
}

static char *
put_digits(char *p, uint64_t v, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + digits;
}

static char *
put_number(char *p, uint64_t v)
{
	int digits = 1;

	for (uint64_t x = v; x >= 10; x /= 10)
		digits++;
	return put_digits(p, v, digits);
}

static char *
put_kwh(char *p, int64_t wh)
{
	uint64_t v = (uint64_t)wh;

	assert(wh >= 0);
	p = v < 10000 ? put_digits(p, v / 1000, 1) : put_number(p, v / 1000);
	*p++ = '.';
	return put_digits(p, v % 1000, 3);
}

void
stamp_14(char to[STAMP_14], int64_t local_s)
{
	int y, m, d;
	int64_t day = local_s / 86400, s = local_s % 86400;

	civil_ymd((int32_t)day, &y, &m, &d);
	put_digits(to, (uint64_t)(y * 10000 + m * 100 + d), 8);
	put_digits(to + 8, (uint64_t)(s / 3600 * 10000 + s / 60 % 60 * 100 + s % 60), 6);
}

static char *
put_slots(char *p, const struct day *d, const char *eol)
{
	for (unsigned i = 0; i < d->n; i++) {
		if (i % ROW_SLOTS == 0)
			p = put_digits(p, 10000000 + i / ROW_SLOTS, 8);
		*p++ = ',';
		p = put_kwh(p, d->wh[i]);
		*p++ = ',';
		*p++ = d->status[i];
		*p++ = ',';
		if (i % ROW_SLOTS == ROW_SLOTS - 1 || i + 1u == d->n)
			p = put_c(p, eol);
	}
	return p;
}

size_t
lse_block(char to[BLOCK_MOST], const struct premise *p, const struct day *d, const char *eol)
{
	char date[STAMP_14];
	char *at = to;

	stamp_14(date, (int64_t)d->day * 86400);
	at = put_c(at, "00000001,");
	at = put_c(at, p->esiid);
	at = put_c(at, d->channel == CHANNEL_LOAD ? ",4," : ",1,");
	at = put(at, date, STAMP_14);
	*at++ = ',';
	at = put(at, date, 8);
	at = put_c(put_c(at, "235959,Y,N"), eol);
	at = put_kwh(put_c(at, "00000002,"), d->start_wh);
	*at++ = ',';
	at = put_kwh(at, d->stop_wh);
	*at++ = ',';
	at = put_number(at, p->multiplier);
	at = put_c(put_c(at, ",0,1,0,900,01,,,,"), eol);
	at = put_c(put_c(at, "00000003,"), eol);
	at = put_c(at, "00000004,");
	stamp_14(at, zone_local_s(world_zone(p->world), d->created_s));
	at = put_c(put_c(at + STAMP_14, ",M"), eol);
	at = put_slots(at, d, eol);
	assert(at - to <= BLOCK_MOST);
	return (size_t)(at - to);
}

void
lse_file_name(char to[LSE_NAME], const char *duns, int64_t local_s, unsigned counter)
{
	char stamp[STAMP_14];
	int len;

	stamp_14(stamp, local_s);
	len = snprintf(
	    to, LSE_NAME, "%sIntervalData%.*s%03u.lse", duns, STAMP_14, stamp, counter);
	assert(len > 0 && len < LSE_NAME);
}
