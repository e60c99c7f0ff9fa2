/* The entries of usage: points, readings, blocks, summaries; see espi_out.h. */
#include <inttypes.h>
#include <stdio.h>

#include "meter/espi_out.h"
#include "meter/out_put.h"

enum { READING_MOST = 320, QUALITY_VALID = 0, QUALITY_ESTIMATED = 8, QUALITY_OTHER = 16 };

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
bool
espi_local_time(const struct zone *z, uint32_t *start, uint32_t *end, struct zone_clock *c)
{
	*start = *end = UINT32_MAX;
	return zone_clock(z, c) &&
	       (!c->changes || (turn_bits(&c->start, start) && turn_bits(&c->end, end)));
}

void
espi_put_local_time(struct espi_out *o, const struct espi_point *p)
{
	uint32_t start, end;
	struct zone_clock c;

	if (!espi_local_time(p->zone, &start, &end, &c) || !espi_entry_open(o, p->zone_id))
		return;
	espi_link(
	    o, "self", "espi-entry/LocalTimeParameters", "/LocalTimeParameters/%s", p->zone_id);
	espi_link(o, "up", "espi-feed/LocalTimeParameters", "/LocalTimeParameters");
	espi_entry_content(o, "Local time", NULL);
	buf_fmt(o->to,
	    "<LocalTimeParameters " ESPI_NS "><dstEndRule>%08" PRIX32 "</dstEndRule>"
	    "<dstOffset>%" PRId32 "</dstOffset><dstStartRule>%08" PRIX32 "</dstStartRule>"
	    "<tzOffset>%" PRId32 "</tzOffset></LocalTimeParameters>",
	    end, c.changes ? c.summer_s - c.standard_s : 0, start, c.standard_s);
	espi_entry_close(o);
}

void
espi_put_point(struct espi_out *o, const struct espi_point *p, const struct espi_stamps *s)
{
	if (!espi_entry_open(o, p->id))
		return;
	espi_link(o, "self", "espi-entry/UsagePoint", "%s/UsagePoint/%s", o->under, p->id);
	espi_link(o, "up", "espi-feed/UsagePoint", "%s/UsagePoint", o->under);
	espi_link(o, "related", "espi-feed/MeterReading", "%s/UsagePoint/%s/MeterReading",
	    o->under, p->id);
	if (p->local)
		espi_link(o, "related", "espi-entry/LocalTimeParameters",
		    "/LocalTimeParameters/%s", p->zone_id);
	if (p->summaries)
		espi_link(o, "related", "espi-feed/UsageSummary",
		    "%s/UsagePoint/%s/UsageSummary", o->under, p->id);
	espi_entry_content(o, "Usage point", s);
	buf_c(
	    o->to, "<UsagePoint " ESPI_NS "><ServiceCategory><kind>0</kind></ServiceCategory>");
	if (o->esiids)
		buf_fmt(o->to, "<serviceDeliveryPoint><name>%s</name></serviceDeliveryPoint>",
		    p->esiid);
	buf_c(o->to, "</UsagePoint>");
	espi_entry_close(o);
}

void
espi_put_meter_reading(struct espi_out *o, const struct espi_point *p,
    const struct espi_series *s, const struct espi_stamps *at)
{
	if (!espi_entry_open(o, s->id))
		return;
	espi_link(o, "self", "espi-entry/MeterReading", "%s/UsagePoint/%s/MeterReading/%s",
	    o->under, p->id, s->id);
	espi_link(o, "up", "espi-feed/MeterReading", "%s/UsagePoint/%s/MeterReading", o->under,
	    p->id);
	espi_link(o, "related", "espi-feed/IntervalBlock",
	    "%s/UsagePoint/%s/MeterReading/%s/IntervalBlock", o->under, p->id, s->id);
	espi_link(o, "related", "espi-entry/ReadingType", "/ReadingType/%s", s->type_id);
	espi_entry_content(o, s->title, at);
	buf_c(o->to, "<MeterReading " ESPI_NS "/>");
	espi_entry_close(o);
}

void
espi_put_reading_type(struct espi_out *o, const struct espi_series *s)
{
	if (!espi_entry_open(o, s->type_id))
		return;
	espi_link(o, "self", "espi-entry/ReadingType", "/ReadingType/%s", s->type_id);
	espi_link(o, "up", "espi-feed/ReadingType", "/ReadingType");
	espi_entry_content(o, s->title, NULL);
	/* delta data, electricity, normal, the default quality, energy, no phase, Wh */
	buf_c(o->to, "<ReadingType " ESPI_NS "><accumulationBehaviour>4</accumulationBehaviour>"
		     "<commodity>1</commodity>");
	if (s->currency != 0)
		buf_fmt(o->to, "<currency>%u</currency>", s->currency);
	buf_fmt(o->to,
	    "<dataQualifier>12</dataQualifier>"
	    "<defaultQuality>%d</defaultQuality><flowDirection>%u</flowDirection>"
	    "<intervalLength>%u</intervalLength><kind>12</kind><phase>0</phase>"
	    "<powerOfTenMultiplier>0</powerOfTenMultiplier><timeAttribute>0</timeAttribute>"
	    "<uom>72</uom></ReadingType>",
	    QUALITY_VALID, s->flow, s->interval_s);
	espi_entry_close(o);
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
put_signed(char *p, int64_t n)
{
	if (n < 0)
		*p++ = '-';
	return put_number(p, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

/* period: the reading's XML up to its start, the same for all of the day. */
static char *
put_reading(char *p, const struct day *d, unsigned slot, struct str period, int64_t utc_s)
{
	unsigned quality = quality_of(d, slot);

	if (quality != QUALITY_VALID) {
		p = put_lit(p, "<ReadingQuality><quality>");
		p = put_number(p, quality);
		p = put_lit(p, "</quality></ReadingQuality>");
	}
	p = put_str(p, period);
	p = put_signed(p, utc_s);
	p = put_lit(p, "</start></timePeriod><value>");
	p = put_signed(p, d->wh[slot]);
	return put_lit(p, "</value></IntervalReading>\n");
}

static char *
put_cost(char *p, const struct prices *prices, const struct day *d, const struct zone *z,
    unsigned slot)
{
	int64_t micro, cost;

	if (!price_of(prices, d, z, slot, &micro) || !price_cost(d->wh[slot], micro, &cost))
		return p;
	p = put_lit(p, "<cost>");
	p = put_signed(p, cost);
	return put_lit(p, "</cost>");
}

static void
put_readings(
    struct buf *b, const struct day *d, const struct zone *z, const struct prices *prices)
{
	char *start = buf_room(b, (size_t)d->n * READING_MOST), *p = start;
	int64_t utc_s = zone_day_start(z, d->day);
	char period[64];
	struct str before = { period, 0 };

	if (start == NULL)
		return;
	before.len = (size_t)snprintf(period, sizeof(period),
	    "<timePeriod><duration>%" PRIu32 "</duration><start>",
	    /* one value a day is of a local day, which may have 23 or 25 hours */
	    d->n == 1 ? (uint32_t)zone_day_s(z, d->day) : d->interval_s);
	for (unsigned i = 0; i < d->n; i++, utc_s += d->interval_s) {
		if (d->status[i] == STATUS_MISSING)
			continue;
		p = put_lit(p, "<IntervalReading>");
		if (prices != NULL)
			p = put_cost(p, prices, d, z, i);
		p = put_reading(p, d, i, before, utc_s);
	}
	buf_grew(b, (size_t)(p - start));
}

void
espi_put_block(struct espi_out *o, const struct espi_point *p, const struct espi_series *s,
    const struct day *d, const struct prices *prices, const struct espi_stamps *at)
{
	char id[UUID_SIZE], date[CIVIL_DATE_SIZE];

	civil_date(date, d->day);
	espi_block_named(o, id, p, s, d->day);
	if (!espi_entry_open(o, id))
		return;
	espi_link(o, "self", "espi-entry/IntervalBlock",
	    "%s/UsagePoint/%s/MeterReading/%s/IntervalBlock/%s", o->under, p->id, s->id, id);
	espi_link(o, "up", "espi-feed/IntervalBlock",
	    "%s/UsagePoint/%s/MeterReading/%s/IntervalBlock", o->under, p->id, s->id);
	espi_entry_content(o, date, at);
	buf_fmt(o->to,
	    "<IntervalBlock " ESPI_NS "><interval><duration>%d</duration><start>%" PRId64
	    "</start></interval>\n",
	    zone_day_s(p->zone, d->day), zone_day_start(p->zone, d->day));
	put_readings(o->to, d, p->zone, prices);
	buf_c(o->to, "</IntervalBlock>");
	espi_entry_close(o);
}
