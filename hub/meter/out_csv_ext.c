/*
 * The interval CSV with three columns more: START_UTC, the instant at which the interval
 * starts; UTC_OFFSET, of the row's both times; METHOD, how the value came about (ESPI's quality
 * of reading), empty when the source does not say. Each interval has exactly one row, and start
 * and end are wall times at the row's offset, so in autumn " 01:00, 01:15" stands twice with
 * two offsets, and in spring " 01:45, 02:00" is followed by " 03:00, 03:15".
 */
#include "meter/out_put.h"

enum { DAY_S = 86400 };

static void
begin(struct out_file *f)
{
	buf_c(f->to,
	    "ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,"
	    "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION,START_UTC,UTC_OFFSET,METHOD\r\n");
}

static void
day(struct out_file *f, const struct out_day *o)
{
	const struct day *d = o->d;
	struct buf *b = f->to;
	char *start = buf_room(b, (size_t)d->n * CSV_EXT_ROW_MOST), *p = start;
	int64_t utc_s = zone_day_start(o->zone, d->day), midnight_s = (int64_t)d->day * DAY_S;
	bool changing = zone_day_s(o->zone, d->day) != DAY_S;
	int32_t offset_s = zone_offset_s(o->zone, utc_s);
	struct utc_text u = { .day = DAY_NONE };
	struct smt_day s;

	if (start == NULL)
		return;
	smt_day_open(&s, o);
	for (unsigned i = 0; i < d->n; i++, utc_s += d->interval_s) {
		unsigned from_s;

		if (changing)
			offset_s = zone_offset_s(o->zone, utc_s);
		from_s = (unsigned)(utc_s + offset_s - midnight_s);
		p = smt_put_times(p, &s, from_s, from_s + d->interval_s);
		p = smt_put_value(p, &s, d, i);
		*p++ = ',';
		p = put_instant(p, &u, utc_s);
		*p++ = ',';
		p = put_offset(p, offset_s);
		*p++ = ',';
		if (d->method[i] != 0)
			p = put_number(p, d->method[i]);
		p = put_lit(p, "\r\n");
	}
	buf_grew(b, (size_t)(p - start));
}

const struct out_format out_csv_ext = {
	.name = "csv-ext",
	.help = "the same with UTC start, offset and method",
	.media_type = "text/csv; charset=utf-8; header=present",
	.begin = begin,
	.day = day,
	.end = out_end_plain,
};
