/*
 * The interval CSV of Smart Meter Texas, byte for byte as its portal gives it (one public
 * export, measured 2025): CRLF, an apostrophe before the ESI ID, a blank before the times, and
 * no mark for either change of the clock:
 *   - in spring the hour that does not exist has its rows, without value and flag;
 *   - in autumn the second pass of the repeated hour follows the first, and its first row
 * starts where the row before ended: " 02:00, 01:15". So a row starts where the one before
 * ended, as far as the clock allows. A slot without a value has an empty value and flag. For
 * instants without doubt there is out_csv_ext.c.
 */
#include "meter/out_put.h"

enum { DAY_S = 86400 };

static void
begin(struct out_file *f)
{
	buf_c(f->to, "ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,"
		     "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION\r\n");
}

void
smt_day_open(struct smt_day *s, const struct out_day *o)
{
	char *p = s->prefix;
	unsigned left_s;
	int32_t day = split_days(zone_local_s(o->zone, o->d->created_s), &left_s);

	*p++ = '\'';
	p = put_str(p, str_of(o->esiid));
	*p++ = ',';
	p = put_us_date(p, o->d->day);
	*p++ = ',';
	p = put_us_date(p, day);
	*p++ = ' ';
	p = put_clock_s(p, left_s);
	*p++ = ',';
	s->prefix_len = (size_t)(p - s->prefix);
	s->channel = o->d->channel == CHANNEL_GENERATION ? STR("Surplus Generation")
							 : STR("Consumption");
}

char *
smt_put_times(char *p, const struct smt_day *s, unsigned from_s, unsigned to_s)
{
	p = put_bytes(p, s->prefix, s->prefix_len);
	*p++ = ' ';
	p = put_clock(p, from_s % DAY_S);
	p = put_lit(p, ", ");
	p = put_clock(p, to_s % DAY_S);
	*p++ = ',';
	return p;
}

char *
smt_put_value(char *p, const struct smt_day *s, const struct day *d, unsigned slot)
{
	if (d->status[slot] == STATUS_MISSING) {
		p = put_lit(p, ",,");
	} else {
		p = put_kwh(p, d->wh[slot]);
		*p++ = ',';
		*p++ = d->status[slot];
		*p++ = ',';
	}
	return put_str(p, s->channel);
}

static char *
put_row(char *p, const struct smt_day *s, const struct day *d, unsigned slot, unsigned from_s,
    unsigned to_s)
{
	p = smt_put_times(p, s, from_s, to_s);
	p = smt_put_value(p, s, d, slot);
	return put_lit(p, "\r\n");
}

/* The rows of an hour that the clock jumps over. */
static char *
put_gap(char *p, const struct smt_day *s, const struct day *d, unsigned from_s, unsigned to_s)
{
	for (; from_s < to_s; from_s += d->interval_s) {
		p = smt_put_times(p, s, from_s, from_s + d->interval_s);
		p = put_lit(p, ",,");
		p = put_str(p, s->channel);
		p = put_lit(p, "\r\n");
	}
	return p;
}

static char *
put_plain_day(char *p, const struct smt_day *s, const struct day *d)
{
	for (unsigned i = 0; i < d->n; i++)
		p = put_row(p, s, d, i, i * d->interval_s, (i + 1) * d->interval_s);
	return p;
}

/* A day on which the clock changes: each slot's wall time is looked up. */
static char *
put_changing_day(char *p, const struct smt_day *s, const struct out_day *o)
{
	const struct day *d = o->d;
	int64_t start_s = zone_day_start(o->zone, d->day), midnight_s = (int64_t)d->day * DAY_S;
	unsigned before_s = 0;

	for (unsigned i = 0; i < d->n; i++) {
		int64_t utc_s = start_s + (int64_t)i * d->interval_s;
		unsigned from_s = (unsigned)(zone_local_s(o->zone, utc_s) - midnight_s);
		unsigned to_s = from_s + d->interval_s;

		p = put_gap(p, s, d, before_s, from_s);
		p = put_row(p, s, d, i, from_s < before_s ? before_s : from_s, to_s);
		before_s = to_s;
	}
	return p;
}

static void
day(struct out_file *f, const struct out_day *o)
{
	struct buf *b = f->to;
	/* the rows of a gap of an hour at most come on top */
	size_t rows = o->d->n + 3600 / o->d->interval_s;
	char *start = buf_room(b, rows * SMT_ROW_MOST), *p = start;
	struct smt_day s;

	if (start == NULL)
		return;
	smt_day_open(&s, o);
	if (zone_day_s(o->zone, o->d->day) == DAY_S)
		p = put_plain_day(p, &s, o->d);
	else
		p = put_changing_day(p, &s, o);
	buf_grew(b, (size_t)(p - start));
}

const struct out_format out_smt = {
	.name = "csv",
	.help = "interval CSV as Smart Meter Texas gives it",
	.media_type = "text/csv; charset=utf-8; header=present",
	.begin = begin,
	.day = day,
	.end = out_end_plain,
};
