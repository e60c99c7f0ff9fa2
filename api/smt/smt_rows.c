/* See smt_rows.h. */
#include "smt_rows.h"

#include <string.h>

#include "base/kwh.h"
#include "meter/out_put.h"

/* ---- times ---- */

void
smt_date(char to[SMT_DATE_SIZE], int32_t day)
{
	*put_us_date(to, day) = '\0';
}

void
smt_stamp(char to[SMT_STAMP_SIZE], const struct zone *z, int64_t utc_s)
{
	unsigned left_s;
	int32_t day = split_days(zone_local_s(z, utc_s), &left_s);
	char *p = put_us_date(to, day);

	*p++ = ' ';
	*put_clock_s(p, left_s) = '\0';
}

static int
digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

bool
smt_read_date(struct str s, int32_t *day)
{
	int year, month, dom;

	if (s.len != 10 || s.at[2] != '/' || s.at[5] != '/')
		return false;
	month = digits(s.at, 2);
	dom = digits(s.at + 3, 2);
	year = digits(s.at + 6, 4);
	*day = month < 0 || dom < 0 || year < 0 ? DAY_NONE : civil_day(year, month, dom);
	return *day != DAY_NONE;
}

/* ---- intervals ---- */

static char *
put_slot(char *p, const struct day *d, unsigned i)
{
	if (d->status[i] == STATUS_MISSING) {
		*p++ = '-';
		return p;
	}
	p = put_kwh(p, d->wh[i]);
	*p++ = '-';
	*p++ = d->status[i];
	return p;
}

/* `hour` slots an hour; at index `at` of the list, which slot of the day, or what instead. */
enum { SLOT_EMPTY = -1, SLOT_NONE = -2 };
static int
slot_at(unsigned at, unsigned hour, unsigned n)
{
	bool autumn = n == 25 * hour, spring = n == 23 * hour;

	if (at < 2 * hour || autumn)
		return (int)at;
	if (at < 3 * hour)
		return SLOT_EMPTY;
	if (spring && at < 4 * hour)
		return SLOT_NONE;
	return (int)(at - (spring ? 2 : 1) * hour);
}

void
smt_rd(struct buf *to, const struct day *d)
{
	unsigned hour = 3600 / d->interval_s, slots = 25 * hour;
	char *start = buf_room(to, SMT_RD_MOST), *p = start;

	if (start == NULL)
		return;
	for (unsigned at = 0; at < slots; at++) {
		int slot = slot_at(at, hour, d->n);

		if (at > 0)
			*p++ = ',';
		if (slot >= 0 && slot < d->n)
			p = put_slot(p, d, (unsigned)slot);
		else if (slot != SLOT_EMPTY)
			*p++ = '-';
	}
	buf_grew(to, (size_t)(p - start));
}

void
smt_energy_row(struct json *j, const struct out_day *o, bool many)
{
	char date[SMT_DATE_SIZE], stamp[SMT_STAMP_SIZE];
	AUTO(buf) rd = BUF(SMT_RD_MOST * 2);

	smt_date(date, o->d->day);
	smt_stamp(stamp, o->zone, o->d->created_s);
	smt_rd(&rd, o->d);
	json_open(j, NULL);
	if (many)
		json_text(j, "esiid", str_of(o->esiid));
	json_text(j, "DT", str_of(date));
	json_text(j, "RevTS", str_of(stamp));
	json_text(j, "RT", o->d->channel == CHANNEL_GENERATION ? STR("G") : STR("C"));
	json_text(j, "RD", buf_view(&rd));
	json_end(j);
	if (!buf_ok(&rd))
		j->to->over = true;
}

/* ---- registers and billing ---- */

/* Thousandths as text with three decimals; "" when it is not known. */
static void
milli(struct json *j, const char *name, int64_t n)
{
	char text[KWH_SIZE];

	json_text(j, name, n == OUT_NONE ? STR("") : (struct str){ text, kwh_write(text, n) });
}

static void
date(struct json *j, const char *name, int32_t day)
{
	char text[SMT_DATE_SIZE];

	smt_date(text, day);
	json_text(j, name, str_of(text));
}

static void
stamp(struct json *j, const char *name, const struct zone *z, int64_t utc_s)
{
	char text[SMT_STAMP_SIZE];

	smt_stamp(text, z, utc_s);
	json_text(j, name, str_of(text));
}

static void
open_row(struct json *j, const char *esiid, bool many, bool rt, int32_t channel)
{
	json_open(j, NULL);
	if (many)
		json_text(j, "esiid", str_of(esiid));
	if (rt)
		json_text(j, "RT", channel == CHANNEL_GENERATION ? STR("G") : STR("C"));
}

void
smt_register_row(struct json *j, const struct out_register *r, bool many, bool rt)
{
	open_row(j, r->esiid, many, rt, r->channel);
	date(j, "readDate", r->day);
	stamp(j, "revisionDate", r->zone, r->created_s);
	milli(j, "startReading", r->start_wh);
	milli(j, "endReading", r->end_wh);
	milli(j, "energyDataKwh", r->wh);
	json_end(j);
}

void
smt_billing_row(struct json *j, const struct out_billing *b, bool many, bool rt)
{
	open_row(j, b->esiid, many, rt, b->channel);
	date(j, "startDate", b->start_date);
	date(j, "endDate", b->end_date);
	stamp(j, "revisionDate", b->zone, b->created_s);
	milli(j, "actualkWh", b->wh);
	milli(j, "meteredKW", b->metered_w);
	milli(j, "billedKW", b->billed_w);
	milli(j, "meteredKVA", b->metered_va);
	milli(j, "billedKVA", b->billed_va);
	json_end(j);
}
