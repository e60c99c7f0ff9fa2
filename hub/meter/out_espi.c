/*
 * Green Button (ESPI in an Atom feed): an IntervalBlock a channel and local day, tied by links
 * to the MeterReading of its channel, that to its ReadingType and to the UsagePoint of the
 * premise, that to the LocalTimeParameters of its zone. espi_out.h writes the entries.
 *
 * The feed streams: each of these entries is written when the first day that needs it comes,
 * and only the last premise is remembered, so the days must come premise by premise. What never
 * changes of itself bears the date of this layout, a block the time at which the source made
 * its day.
 */
#include "meter/espi_out.h"
#include "meter/out_put.h"

static struct espi_out
to_of(struct out_file *f)
{
	struct espi_out o = espi_to(f->to, f->space, ESPI_ROOT);

	o.esiids = true;
	return o;
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
put_premise(struct out_file *f, struct espi_out *to, const struct espi_point *p)
{
	memcpy(f->esiid, p->esiid, sizeof(f->esiid));
	f->series_said = 0;
	espi_put_point(to, p, NULL);
	if (p->local && !said_zone(f, p->zone))
		espi_put_local_time(to, p);
}

static void
day(struct out_file *f, const struct out_day *d)
{
	struct espi_out to = to_of(f);
	struct espi_series s = espi_series_of(d->d->channel, d->d->interval_s, 0);
	struct espi_stamps made = { d->d->created_s, d->d->created_s };
	struct espi_point p = { .zone = d->zone };
	struct zone_clock clock;
	uint32_t start, end;

	memcpy(p.esiid, d->esiid, sizeof(p.esiid));
	p.local = espi_local_time(d->zone, &start, &end, &clock);
	espi_point_named(&to, &p);
	espi_series_named(&to, &p, &s);
	if (strcmp(f->esiid, d->esiid) != 0)
		put_premise(f, &to, &p);
	if ((f->series_said & s.bit) == 0)
		espi_put_meter_reading(&to, &p, &s, NULL);
	if ((f->types_said & s.bit) == 0)
		espi_put_reading_type(&to, &s);
	f->series_said |= s.bit;
	f->types_said |= s.bit;
	espi_put_block(&to, &p, &s, d->d, NULL, &made);
}

/* ---- around it ---- */

static void
begin(struct out_file *f)
{
	struct espi_out to = to_of(f);
	char id[UUID_SIZE];

	espi_named(&to, id, "Feed/%s", f->name);
	espi_feed_open(&to, id, "Green Button usage", f->made_s);
	espi_link(&to, "self", "espi-feed/Batch", "/Batch/Bulk/%s", id);
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
