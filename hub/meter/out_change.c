/*
 * Changes of interval reads, a row a slot. The CSV is that of out_csv_ext.c with three columns
 * more: OLD_KWH and OLD_ESTIMATED_ACTUAL, what was given out before (empty: nothing, or
 * missing), and REASON.
 */
#include "base/json.h"
#include "meter/out_put.h"
#include "meter/out_rows.h"

enum { DAY_S = 86400, CHANGE_ROW_MOST = CSV_EXT_ROW_MOST + WH_DIGITS_MOST + 8 + 24 };

const char *const change_names[CHANGES] = {
	[CHANGE_NONE] = "",
	[CHANGE_NEW] = "NEW",
	[CHANGE_FILLED] = "FILLED",
	[CHANGE_ESTIMATE_REPLACED] = "ESTIMATE_REPLACED",
	[CHANGE_CORRECTED] = "CORRECTED",
	[CHANGE_STATUS] = "STATUS",
	[CHANGE_REMOVED] = "REMOVED",
};

/* Of a version whose intervals have another length nothing can be compared slot by slot. */
static bool
comparable(const struct day *was, const struct day *now)
{
	return was != NULL && was->interval_s == now->interval_s && was->n == now->n;
}

enum change
change_of(const struct day *was, const struct day *now, unsigned slot)
{
	bool gone = now->status[slot] == STATUS_MISSING;

	if (!comparable(was, now))
		return CHANGE_NEW;
	if (was->status[slot] == STATUS_MISSING)
		return gone ? CHANGE_NONE : CHANGE_FILLED;
	if (gone)
		return CHANGE_REMOVED;
	if (was->status[slot] == STATUS_ESTIMATED && now->status[slot] == STATUS_ACTUAL)
		return CHANGE_ESTIMATE_REPLACED;
	if (was->wh[slot] != now->wh[slot])
		return CHANGE_CORRECTED;
	return was->status[slot] != now->status[slot] ? CHANGE_STATUS : CHANGE_NONE;
}

void
out_change_csv_begin(struct buf *b)
{
	buf_c(b, "ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,"
		 "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION,START_UTC,UTC_OFFSET,METHOD,"
		 "OLD_KWH,OLD_ESTIMATED_ACTUAL,REASON\r\n");
}

/* ,0.250,E,CORRECTED */
static char *
put_old(char *p, const struct day *was, const struct day *now, unsigned slot, enum change why)
{
	*p++ = ',';
	if (comparable(was, now) && was->status[slot] != STATUS_MISSING) {
		p = put_kwh(p, was->wh[slot]);
		*p++ = ',';
		*p++ = was->status[slot];
	} else {
		*p++ = ',';
	}
	*p++ = ',';
	return put_str(p, str_of(change_names[why]));
}

unsigned
out_change_csv(struct buf *b, const struct out_day *o, const struct day *was)
{
	const struct day *d = o->d;
	char *start = buf_room(b, (size_t)d->n * CHANGE_ROW_MOST), *p = start;
	int64_t utc_s = zone_day_start(o->zone, d->day), midnight_s = (int64_t)d->day * DAY_S;
	struct utc_text u = { .day = DAY_NONE };
	struct smt_day s;
	unsigned rows = 0;

	if (start == NULL)
		return 0;
	smt_day_open(&s, o);
	for (unsigned i = 0; i < d->n; i++, utc_s += d->interval_s) {
		enum change why = change_of(was, d, i);
		int32_t offset_s;
		unsigned from_s;

		if (why == CHANGE_NONE)
			continue;
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
		p = put_old(p, was, d, i, why);
		p = put_lit(p, "\r\n");
		rows++;
	}
	buf_grew(b, (size_t)(p - start));
	return rows;
}

static void
json_value(
    struct json *j, const char *kwh, const char *status, const struct day *d, unsigned slot)
{
	if (d == NULL) {
		json_null(j, kwh);
		json_null(j, status);
		return;
	}
	if (d->status[slot] == STATUS_MISSING)
		json_null(j, kwh);
	else
		json_decimal(j, kwh, d->wh[slot], 3);
	json_text(j, status, (struct str){ &d->status[slot], 1 });
}

static void
json_change(struct buf *b, const struct out_day *o, const struct day *was, unsigned slot,
    enum change why)
{
	const struct day *d = o->d;
	struct json j = json_to(b);

	json_open(&j, NULL);
	json_text(&j, "esiid", str_of(o->esiid));
	json_text(&j, "tdu", str_of(o->tdu));
	json_text(&j, "channel",
	    d->channel == CHANNEL_GENERATION ? STR("generation") : STR("consumption"));
	json_date(&j, "date", d->day);
	json_stamp(
	    &j, "start", zone_day_start(o->zone, d->day) + (int64_t)slot * d->interval_s);
	json_int(&j, "interval_s", d->interval_s);
	json_stamp(&j, "created", d->created_s);
	json_int(&j, "load", o->load);
	json_value(&j, "kwh", "status", d, slot);
	json_value(&j, "old_kwh", "old_status", comparable(was, d) ? was : NULL, slot);
	json_text(&j, "reason", str_of(change_names[why]));
	json_end(&j);
	buf_byte(b, '\n');
}

unsigned
out_change_jsonl(struct buf *b, const struct out_day *o, const struct day *was)
{
	unsigned rows = 0;

	for (unsigned i = 0; i < o->d->n; i++) {
		enum change why = change_of(was, o->d, i);

		if (why == CHANGE_NONE)
			continue;
		json_change(b, o, was, i, why);
		rows++;
	}
	return rows;
}
