/*
 * Green Button (ESPI in an Atom feed): an IntervalBlock a channel and local day, tied by links
 * to the MeterReading of its channel, that to its ReadingType and to the UsagePoint of the
 * premise, that to the LocalTimeParameters of its zone. docs/formats/espi.md has the codes.
 *
 * The feed streams: each of these entries is written when the first day that needs it comes,
 * and only the last premise is remembered, so the days must come premise by premise. Ids are
 * made from what an entry is about, so they are the same in every file; what never changes of
 * itself bears the date of this layout, a block the time at which the source made its day.
 *
 * No text of others gets into the XML but digits of the ESI ID, so nothing needs escaping.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "meter/out_put.h"

#define ROOT	     "/espi/1_1/resource"
#define ESPI	     "xmlns=\"http://naesb.org/espi\""
#define LAYOUT_STAMP "2026-11-01T00:00:00Z"

enum {
	READING_MOST = 256,
	FLOW_DELIVERED = 1,
	FLOW_RECEIVED = 19,
	QUALITY_VALID = 0,
	QUALITY_ESTIMATED = 8,
	QUALITY_OTHER = 16
};

/* version 5 of urn:busbar:green-button in the space of URLs */
static const struct uuid space = { { 0x6e, 0x6e, 0x7d, 0xac, 0x52, 0x76, 0x5a, 0x64, 0x9d, 0xfe,
    0xbe, 0xd8, 0xb0, 0x27, 0x66, 0x00 } };

/* ---- parts ---- */

static void named(char to[UUID_SIZE], const char *fmt, ...) PRINTF_LIKE(2, 3);
static void link_to(struct buf *b, const char *rel, const char *type, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void
named(char to[UUID_SIZE], const char *fmt, ...)
{
	char name[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	uuid_write(to, uuid_of(space, str_of(name)));
}

static void
link_to(struct buf *b, const char *rel, const char *type, const char *fmt, ...)
{
	char path[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	buf_fmt(
	    b, "<link rel=\"%s\" type=\"espi-%s\" href=\"" ROOT "%s\"/>\n", rel, type, path);
}

static void
entry_open(struct buf *b, const char *id)
{
	buf_fmt(b, "<entry>\n<id>urn:uuid:%s</id>\n", id);
}

static void
entry_content(struct buf *b, const char *title, const char *stamp)
{
	buf_fmt(b,
	    "<title>%s</title>\n<published>%s</published>\n<updated>%s</updated>\n"
	    "<content type=\"application/xml\">",
	    title, stamp, stamp);
}

static void
entry_close(struct buf *b)
{
	buf_c(b, "</content>\n</entry>\n");
}

/* ---- what a day hangs on ---- */

/* The 32 bits of ESPI's DstRuleType; false when they cannot tell it. */
static bool
turn_bits(const struct zone_turn *t, uint32_t *bits)
{
	/* "the first of the month" is 2, the last is 7 */
	uint32_t occurrence = t->week == 5 ? 7 : (uint32_t)t->week + 1;

	if (t->time_s < 0 || t->time_s >= 24 * 3600)
		return false;
	*bits = (uint32_t)t->month << 28 | occurrence << 25 | (uint32_t)(t->weekday + 1) << 17 |
		(uint32_t)(t->time_s / 3600) << 12 | (uint32_t)(t->time_s % 3600);
	return true;
}

/* A zone whose rule ESPI has no form for gets no LocalTimeParameters: readings are in UTC. */
static bool
local_time(const struct zone *z, uint32_t *start, uint32_t *end, struct zone_clock *c)
{
	*start = *end = UINT32_MAX;
	return zone_clock(z, c) &&
	       (!c->changes || (turn_bits(&c->start, start) && turn_bits(&c->end, end)));
}

static bool
said_zone(struct out_file *f, const struct zone *z)
{
	for (unsigned i = 0; i < f->zones; i++)
		if (f->zones_said[i] == z)
			return true;
	/* of very many zones the last is said again, under the same id */
	if (f->zones < OUT_ZONES_MOST)
		f->zones++;
	f->zones_said[f->zones - 1] = z;
	return false;
}

static void
put_local_time(
    struct buf *b, const char *id, uint32_t start, uint32_t end, const struct zone_clock *c)
{
	entry_open(b, id);
	link_to(b, "self", "entry/LocalTimeParameters", "/LocalTimeParameters/%s", id);
	link_to(b, "up", "feed/LocalTimeParameters", "/LocalTimeParameters");
	entry_content(b, "Local time", LAYOUT_STAMP);
	buf_fmt(b,
	    "<LocalTimeParameters " ESPI "><dstEndRule>%08" PRIX32 "</dstEndRule>"
	    "<dstOffset>%" PRId32 "</dstOffset><dstStartRule>%08" PRIX32 "</dstStartRule>"
	    "<tzOffset>%" PRId32 "</tzOffset></LocalTimeParameters>",
	    end, c->changes ? c->summer_s - c->standard_s : 0, start, c->standard_s);
	entry_close(b);
}

static void
put_premise(struct out_file *f, const struct out_day *o)
{
	struct buf *b = f->to;
	const char *id = f->usage_point;
	char zone[UUID_SIZE];
	uint32_t start, end;
	struct zone_clock clock;
	bool local = local_time(o->zone, &start, &end, &clock);

	memcpy(f->esiid, o->esiid, sizeof(f->esiid));
	f->series_said = 0;
	named(f->usage_point, "UsagePoint/%s", o->esiid);
	named(zone, "LocalTimeParameters/%s", zone_name(o->zone));
	entry_open(b, id);
	link_to(b, "self", "entry/UsagePoint", "/UsagePoint/%s", id);
	link_to(b, "up", "feed/UsagePoint", "/UsagePoint");
	link_to(b, "related", "feed/MeterReading", "/UsagePoint/%s/MeterReading", id);
	if (local)
		link_to(
		    b, "related", "entry/LocalTimeParameters", "/LocalTimeParameters/%s", zone);
	entry_content(b, "Usage point", LAYOUT_STAMP);
	buf_fmt(b,
	    "<UsagePoint " ESPI "><ServiceCategory><kind>0</kind></ServiceCategory>"
	    "<serviceDeliveryPoint><name>%s</name></serviceDeliveryPoint></UsagePoint>",
	    o->esiid);
	entry_close(b);
	if (local && !said_zone(f, o->zone))
		put_local_time(b, zone, start, end, &clock);
}

struct series { /* a channel with one length of interval */
	unsigned flow, interval_s;
	uint32_t bit;
	const char *title;
};

static struct series
series_of(const struct day *d)
{
	static const uint16_t lengths[] = { 300, 900, 1800, 3600 };
	bool received = d->channel == CHANNEL_GENERATION;
	unsigned i = 0;

	while (i < nitems(lengths) && lengths[i] != d->interval_s)
		i++;
	assert(i < nitems(lengths)); /* no reader lets others in */
	return (struct series){ .flow = received ? FLOW_RECEIVED : FLOW_DELIVERED,
		.interval_s = d->interval_s,
		.bit = 1u << (received * nitems(lengths) + i),
		.title = received ? "Electricity received" : "Electricity delivered" };
}

static void
put_reading_type(struct out_file *f, const struct series *s, const char *id)
{
	struct buf *b = f->to;

	f->types_said |= s->bit;
	entry_open(b, id);
	link_to(b, "self", "entry/ReadingType", "/ReadingType/%s", id);
	link_to(b, "up", "feed/ReadingType", "/ReadingType");
	entry_content(b, s->title, LAYOUT_STAMP);
	/* delta data, electricity, normal, the default quality, energy, no phase, Wh */
	buf_fmt(b,
	    "<ReadingType " ESPI "><accumulationBehaviour>4</accumulationBehaviour>"
	    "<commodity>1</commodity><dataQualifier>12</dataQualifier>"
	    "<defaultQuality>%d</defaultQuality><flowDirection>%u</flowDirection>"
	    "<intervalLength>%u</intervalLength><kind>12</kind><phase>0</phase>"
	    "<powerOfTenMultiplier>0</powerOfTenMultiplier><timeAttribute>0</timeAttribute>"
	    "<uom>72</uom></ReadingType>",
	    QUALITY_VALID, s->flow, s->interval_s);
	entry_close(b);
}

static void
put_meter_reading(struct out_file *f, const struct series *s, const char *id)
{
	struct buf *b = f->to;
	const char *point = f->usage_point;
	char type[UUID_SIZE];

	f->series_said |= s->bit;
	named(type, "ReadingType/%u/%u", s->flow, s->interval_s);
	entry_open(b, id);
	link_to(b, "self", "entry/MeterReading", "/UsagePoint/%s/MeterReading/%s", point, id);
	link_to(b, "up", "feed/MeterReading", "/UsagePoint/%s/MeterReading", point);
	link_to(b, "related", "feed/IntervalBlock",
	    "/UsagePoint/%s/MeterReading/%s/IntervalBlock", point, id);
	link_to(b, "related", "entry/ReadingType", "/ReadingType/%s", type);
	entry_content(b, s->title, LAYOUT_STAMP);
	buf_c(b, "<MeterReading " ESPI "/>");
	entry_close(b);
	if ((f->types_said & s->bit) == 0)
		put_reading_type(f, s, type);
}

/* ---- a day ---- */

/* How a value came about: the source's own code, or what its status says. */
static unsigned
quality_of(const struct day *d, unsigned slot)
{
	if (d->method[slot] != 0)
		return d->method[slot];
	return d->status[slot] == STATUS_ACTUAL	     ? QUALITY_VALID
	       : d->status[slot] == STATUS_ESTIMATED ? QUALITY_ESTIMATED
						     : QUALITY_OTHER;
}

static char *
put_wh(char *p, int64_t wh)
{
	if (wh < 0)
		*p++ = '-';
	return put_number(p, wh < 0 ? -(uint64_t)wh : (uint64_t)wh);
}

/* period: the reading's XML up to its start, the same for all of the day. */
static char *
put_reading(char *p, const struct day *d, unsigned slot, struct str period, int64_t utc_s)
{
	unsigned quality = quality_of(d, slot);

	p = put_lit(p, "<IntervalReading>");
	if (quality != QUALITY_VALID) {
		p = put_lit(p, "<ReadingQuality><quality>");
		p = put_number(p, quality);
		p = put_lit(p, "</quality></ReadingQuality>");
	}
	p = put_str(p, period);
	p = put_wh(p, utc_s);
	p = put_lit(p, "</start></timePeriod><value>");
	p = put_wh(p, d->wh[slot]);
	return put_lit(p, "</value></IntervalReading>\n");
}

static void
put_readings(struct buf *b, const struct day *d, int64_t utc_s)
{
	char *start = buf_room(b, (size_t)d->n * READING_MOST), *p = start;
	char period[64];
	struct str before = { period, 0 };

	if (start == NULL)
		return;
	before.len = (size_t)snprintf(period, sizeof(period),
	    "<timePeriod><duration>%" PRIu32 "</duration><start>", d->interval_s);
	for (unsigned i = 0; i < d->n; i++, utc_s += d->interval_s)
		if (d->status[i] != STATUS_MISSING)
			p = put_reading(p, d, i, before, utc_s);
	buf_grew(b, (size_t)(p - start));
}

static void
put_block(
    struct out_file *f, const struct out_day *o, const struct series *s, const char *meter)
{
	struct buf *b = f->to;
	const char *point = f->usage_point;
	char id[UUID_SIZE], date[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE];
	int64_t midnight_s = zone_day_start(o->zone, o->d->day);

	civil_date(date, o->d->day);
	civil_stamp(created, o->d->created_s);
	named(id, "IntervalBlock/%s/%u/%u/%s", o->esiid, s->flow, s->interval_s, date);
	entry_open(b, id);
	link_to(b, "self", "entry/IntervalBlock",
	    "/UsagePoint/%s/MeterReading/%s/IntervalBlock/%s", point, meter, id);
	link_to(b, "up", "feed/IntervalBlock", "/UsagePoint/%s/MeterReading/%s/IntervalBlock",
	    point, meter);
	entry_content(b, date, created);
	buf_fmt(b,
	    "<IntervalBlock " ESPI "><interval><duration>%d</duration><start>%" PRId64
	    "</start></interval>\n",
	    zone_day_s(o->zone, o->d->day), midnight_s);
	put_readings(b, o->d, midnight_s);
	buf_c(b, "</IntervalBlock>");
	entry_close(b);
}

static void
day(struct out_file *f, const struct out_day *o)
{
	struct series s = series_of(o->d);
	char meter[UUID_SIZE];

	if (strcmp(f->esiid, o->esiid) != 0)
		put_premise(f, o);
	named(meter, "MeterReading/%s/%u/%u", o->esiid, s.flow, s.interval_s);
	if ((f->series_said & s.bit) == 0)
		put_meter_reading(f, &s, meter);
	put_block(f, o, &s, meter);
}

/* ---- around it ---- */

static void
begin(struct out_file *f)
{
	char id[UUID_SIZE], made[CIVIL_STAMP_SIZE];

	named(id, "Feed/%s", f->name);
	civil_stamp(made, f->made_s);
	buf_fmt(f->to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
	    "<id>urn:uuid:%s</id>\n<title>Green Button usage</title>\n<updated>%s</updated>\n",
	    id, made);
	link_to(f->to, "self", "feed/Batch", "/Batch/Bulk/%s", id);
}

static void
end(struct out_file *f)
{
	buf_c(f->to, "</feed>\n");
}

const struct out_format out_espi = {
	.name = "espi",
	.help = "Green Button (ESPI Atom)",
	.media_type = "application/atom+xml",
	.by_premise = true,
	.begin = begin,
	.day = day,
	.end = end,
};
