/*
 * JSON lines: one object a channel and day, with its readings. A slot without a value has kwh
 * null and status "M"; method is there when the source gave one. Starts are instants in UTC.
 */
#include "base/json.h"
#include "meter/out_put.h"

enum { READING_MOST = 128 };

static void
begin(struct out_file *f)
{
	(void)f;
}

static char *
put_reading(char *p, const struct day *d, unsigned slot, struct utc_text *u, int64_t utc_s)
{
	if (slot > 0)
		*p++ = ',';
	p = put_lit(p, "{\"start\":\"");
	p = put_instant(p, u, utc_s);
	p = put_lit(p, "\",\"kwh\":");
	if (d->status[slot] == STATUS_MISSING)
		p = put_lit(p, "null");
	else
		p = put_kwh(p, d->wh[slot]);
	p = put_lit(p, ",\"status\":\"");
	*p++ = d->status[slot];
	*p++ = '"';
	if (d->method[slot] != 0) {
		p = put_lit(p, ",\"method\":");
		p = put_number(p, d->method[slot]);
	}
	*p++ = '}';
	return p;
}

static void
readings(struct buf *b, const struct out_day *o)
{
	const struct day *d = o->d;
	char *start = buf_room(b, (size_t)d->n * READING_MOST), *p = start;
	int64_t utc_s = zone_day_start(o->zone, d->day);
	struct utc_text u = { .day = DAY_NONE };

	if (start == NULL)
		return;
	for (unsigned i = 0; i < d->n; i++, utc_s += d->interval_s)
		p = put_reading(p, d, i, &u, utc_s);
	buf_grew(b, (size_t)(p - start));
}

static void
day(struct out_file *f, const struct out_day *o)
{
	const struct day *d = o->d;
	struct buf *b = f->to;
	struct json j = json_to(b);

	json_open(&j, NULL);
	json_text(&j, "esiid", str_of(o->esiid));
	json_text(&j, "tdu", str_of(o->tdu));
	json_text(&j, "channel",
	    d->channel == CHANNEL_GENERATION ? STR("generation") : STR("consumption"));
	json_date(&j, "date", d->day);
	json_text(&j, "zone", str_of(zone_name(o->zone)));
	json_int(&j, "interval_s", d->interval_s);
	json_stamp(&j, "created", d->created_s);
	json_stamp(&j, "loaded", o->loaded_s);
	json_int(&j, "load", o->load);
	json_decimal(&j, "total_kwh", d->total_wh, 3);
	json_list(&j, "readings");
	readings(b, o);
	json_end(&j);
	json_end(&j);
	buf_byte(b, '\n');
}

const struct out_format out_jsonl = {
	.name = "json",
	.help = "JSON lines, one object a channel and day",
	.media_type = "application/jsonl",
	.begin = begin,
	.day = day,
	.end = out_end_plain,
};
