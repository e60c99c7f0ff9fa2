/* A day of reads as a JSON object; see day_json.h. */
#include "day_json.h"

#include "meter/out_put.h"

enum { READING_MOST = 192, NANO_OF_MICRO = 1000 };

bool
day_json_clip(struct day_json *x, int64_t from_s, int64_t to_s)
{
	int64_t utc_s = zone_day_start(x->o->zone, x->o->d->day);

	x->first = x->past;
	for (unsigned i = 0; i < x->o->d->n; i++, utc_s += x->o->d->interval_s) {
		if (utc_s < from_s || utc_s >= to_s)
			continue;
		if (x->first == x->past && x->past != i)
			x->first = i;
		x->past = i + 1;
	}
	return x->first < x->past;
}

int64_t
day_json_wh(const struct day_json *x)
{
	int64_t wh = 0;

	for (unsigned i = x->first; i < x->past; i++)
		wh += x->o->d->wh[i];
	return wh;
}

/* Millionths with all of their decimals; nano is rounded half away from zero. */
static char *
put_money(char *p, int64_t nano)
{
	uint64_t n = (uint64_t)(nano < 0 ? -nano : nano);
	uint64_t micro = (n + NANO_OF_MICRO / 2) / NANO_OF_MICRO, part = micro % 1000000;

	if (nano < 0 && micro > 0)
		*p++ = '-';
	p = put_number(p, micro / 1000000);
	*p++ = '.';
	for (uint64_t unit = 100000; unit > 0; unit /= 10)
		*p++ = (char)('0' + part / unit % 10);
	return p;
}

static char *
put_reading(char *p, const struct day_json *x, unsigned slot, struct utc_text *u, int64_t utc_s)
{
	const struct day *d = x->o->d;
	bool missing = d->status[slot] == STATUS_MISSING;

	if (slot > x->first)
		*p++ = ',';
	p = put_lit(p, "{\"start\":\"");
	p = put_instant(p, u, utc_s);
	p = put_lit(p, "\",\"kwh\":");
	p = missing ? put_lit(p, "null") : put_kwh(p, d->wh[slot]);
	p = put_lit(p, ",\"status\":\"");
	*p++ = d->status[slot];
	*p++ = '"';
	if (d->method[slot] != 0) {
		p = put_lit(p, ",\"method\":");
		p = put_number(p, d->method[slot]);
	}
	if (x->costs != NULL) {
		p = put_lit(p, ",\"cost\":");
		p = missing || !x->costs->known[slot] ? put_lit(p, "null")
						      : put_money(p, x->costs->nano[slot]);
	}
	*p++ = '}';
	return p;
}

static void
readings(struct buf *b, const struct day_json *x)
{
	const struct day *d = x->o->d;
	char *start = buf_room(b, (size_t)d->n * READING_MOST), *p = start;
	int64_t utc_s = zone_day_start(x->o->zone, d->day) + (int64_t)x->first * d->interval_s;
	struct utc_text u = { .day = DAY_NONE };

	if (start == NULL)
		return;
	for (unsigned i = x->first; i < x->past; i++, utc_s += d->interval_s)
		p = put_reading(p, x, i, &u, utc_s);
	buf_grew(b, (size_t)(p - start));
}

/* Of the slots whose price is known; how many have a value and no known price. */
static void
cost_of_day(struct json *j, const struct day_json *x)
{
	int64_t nano = 0, unpriced = 0;
	char text[32];

	for (unsigned i = x->first; i < x->past; i++) {
		if (x->o->d->status[i] == STATUS_MISSING)
			continue;
		if (x->costs->known[i])
			nano += x->costs->nano[i];
		else
			unpriced++;
	}
	if (x->costs->currency[0] == '\0') {
		json_null(j, "cost");
		return;
	}
	json_open(j, "cost");
	json_raw(j, "amount", (struct str){ text, (size_t)(put_money(text, nano) - text) });
	json_text(j, "currency", str_of(x->costs->currency));
	json_int(j, "unpriced", unpriced);
	json_end(j);
}

static void
counts(struct json *j, const struct day_json *x)
{
	int64_t estimated = 0, missing = 0;

	for (unsigned i = x->first; i < x->past; i++) {
		missing += x->o->d->status[i] == STATUS_MISSING;
		estimated += x->o->d->status[i] == STATUS_ESTIMATED;
	}
	json_int(j, "estimated", estimated);
	json_int(j, "missing", missing);
}

void
day_json(struct buf *b, const struct day_json *x)
{
	const struct out_day *o = x->o;
	const struct day *d = o->d;
	struct json j = json_to(b);

	json_open(&j, NULL);
	json_text(&j, "esiid", str_of(o->esiid));
	json_text(&j, "tdu", str_of(o->tdu));
	json_text(&j, "channel",
	    d->channel == CHANNEL_GENERATION ? STR("generation") : STR("consumption"));
	json_date(&j, "date", d->day);
	json_text(&j, "zone", str_of(zone_name(o->zone)));
	json_int(
	    &j, "interval_s", d->n == 1 ? zone_day_s(o->zone, d->day) : (int64_t)d->interval_s);
	json_stamp(&j, "created", d->created_s);
	json_stamp(&j, "loaded", o->loaded_s);
	json_int(&j, "load", o->load);
	json_decimal(&j, "total_kwh", day_json_wh(x), 3);
	counts(&j, x);
	if (x->costs != NULL)
		cost_of_day(&j, x);
	json_list(&j, "readings");
	readings(b, x);
	json_end(&j);
	json_end(&j);
}
