/* See smt_rows.h. */
#include "smt_rows.h"

#include <stdio.h>
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

/* ---- the portal's usage pages ---- */

/* " 01:15 am": programs cut off the first sign. */
static void
clock_12(struct json *j, const char *name, const struct zone *z, int64_t utc_s)
{
	unsigned left_s, hour;
	char text[16];

	(void)split_days(zone_local_s(z, utc_s), &left_s);
	hour = left_s / 3600;
	(void)snprintf(text, sizeof text, " %02u:%02u %s", hour % 12 == 0 ? 12 : hour % 12,
	    left_s / 60 % 60, hour < 12 ? "am" : "pm");
	json_text(j, name, str_of(text));
}

static void
letter(struct json *j, const char *name, const char *status)
{
	json_text(
	    j, name, status == NULL ? (struct str){ NULL, 0 } : (struct str){ status, 1 });
}

static void
page_slot(struct json *j, const struct out_day *o, const struct day *g, bool many, unsigned i)
{
	int64_t from_s =
	    zone_day_start(o->zone, o->d->day) + (int64_t)i * (int64_t)o->d->interval_s;
	bool given = g != NULL && i < g->n && g->status[i] != STATUS_MISSING;
	char day[SMT_DATE_SIZE];

	*put_date(day, o->d->day) = '\0';
	json_open(j, NULL);
	if (many)
		json_text(j, "esiid", str_of(o->esiid));
	json_text(j, "date", str_of(day));
	clock_12(j, "starttime", o->zone, from_s);
	clock_12(j, "endtime", o->zone, from_s + (int64_t)o->d->interval_s);
	json_decimal(j, "consumption", o->d->wh[i], 3);
	letter(j, "consumption_est_act", &o->d->status[i]);
	if (g == NULL)
		json_int(j, "generation", 0); /* a meter of consumption alone */
	else if (given)
		json_decimal(j, "generation", g->wh[i], 3);
	else
		json_null(j, "generation");
	letter(j, "generation_est_act", given ? &g->status[i] : NULL);
	json_end(j);
}

void
smt_page_day(struct json *j, const struct out_day *o, const struct day *g, bool many)
{
	for (unsigned i = 0; i < o->d->n; i++)
		if (o->d->status[i] != STATUS_MISSING)
			page_slot(j, o, g, many, i);
}

void
smt_page_register(struct json *j, const struct out_register *r, bool many)
{
	open_row(j, r->esiid, many, false, r->channel);
	date(j, "date", r->day);
	json_decimal(j, "reading", r->wh, 3);
	milli(j, "startreading", r->start_wh);
	milli(j, "endreading", r->end_wh);
	json_end(j);
}

/* Smart Meter Texas says 0 of a demand that is not measured. */
static void
demand(struct json *j, const char *name, int64_t n)
{
	if (n == OUT_NONE)
		json_int(j, name, 0);
	else
		json_decimal(j, name, n, 3);
}

void
smt_page_billing(struct json *j, const struct out_billing *b, bool many)
{
	open_row(j, b->esiid, many, false, b->channel);
	date(j, "startdate", b->start_date);
	date(j, "enddate", b->end_date);
	if (b->wh == OUT_NONE)
		json_null(j, "actl_kwh_usg");
	else
		json_decimal(j, "actl_kwh_usg", b->wh, 3);
	demand(j, "mtrd_kwh_usg", b->metered_w);
	demand(j, "blld_kwh_usg", b->billed_w);
	demand(j, "mtrd_kva_usg", b->metered_va);
	demand(j, "blld_kva_usg", b->billed_va);
	stamp(j, "lastupdate", b->zone, b->created_s);
	json_text(j, "errmsg", STR("Success"));
	json_end(j);
}
