/*
 * Interval readings in the order of time into local days, of which one is open. What is wrong
 * with a reading costs its local day, with one fault: half a day would look like missing
 * values.
 */
#include <assert.h>
#include <string.h>

#include "base/kwh.h"
#include "meter/espi_state.h"

/* ---- faults ---- */

struct fault
espi_fault(const struct espi_state *s, enum rule rule, uint64_t line, bool of_series)
{
	struct fault f = fault_at(rule, s->reading.rules, line, 0);

	if (f.severity < SEV_QUARANTINE)
		f.severity = SEV_REJECT;
	if (of_series) {
		f.esiid = s->series.esiid;
		f.channel = s->series.channel;
	}
	return f;
}

void
espi_tell(struct espi_state *s, struct fault *f, struct str found, const char *expected)
{
	fault_found(f, STR_FMT, STR_ARG(found));
	fault_expected(f, "%s", expected);
	s->sink.fault(s->sink.self, f);
}

/* ---- days ---- */

void
espi_day_close(struct espi_state *s)
{
	if (s->day_open && !s->day_spoiled) {
		day_count(&s->day);
		s->sink.day(s->sink.self, &s->day);
	}
	s->day_open = false;
}

static void
day_begin(struct espi_state *s, int64_t start_s, uint64_t line)
{
	const struct zone *z = s->reading.zone;
	int32_t day = zone_day_of(z, start_s);
	unsigned n = day_slots(z, day, (uint32_t)s->series.length_s);

	assert(n <= DAY_SLOTS_MOST);
	memset(&s->day, 0, sizeof(s->day));
	s->day.esiid = s->series.esiid;
	s->day.channel = s->series.channel;
	s->day.day = day;
	s->day.interval_s = (uint32_t)s->series.length_s;
	s->day.n = (uint16_t)n;
	s->day.line = line;
	s->day.shape = STR("");
	memset(s->day.status, STATUS_MISSING, n);
	s->day_start_s = zone_day_start(z, day);
	s->day_end_s = s->day_start_s + zone_day_s(z, day);
	s->day_open = true;
	s->day_spoiled = false;
}

/* One fault a day: what follows in it is skipped. */
static void
day_spoil(
    struct espi_state *s, enum rule rule, int64_t line, struct str found, const char *expected)
{
	struct fault f = espi_fault(s, rule, (uint64_t)line, true);

	if (s->day_spoiled)
		return;
	s->day_spoiled = true;
	f.day = s->day.day;
	espi_tell(s, &f, found, expected);
}

/* Opens the local day of an instant, closing the one before. False: nobody can be that old. */
static bool
day_for(struct espi_state *s, const struct espi_read *r)
{
	/* 1970 to 9999: outside, the arithmetic of dates has no meaning */
	const int64_t least_s = 0, most_s = INT64_C(253402300799);
	struct fault f;
	char found[32];

	if (s->day_open && r->start_s >= s->day_start_s && r->start_s < s->day_end_s)
		return true;
	if (r->start_s >= least_s && r->start_s <= most_s) {
		espi_day_close(s);
		day_begin(s, r->start_s, (uint64_t)r->line);
		return true;
	}
	f = espi_fault(s, RULE_FIELD, (uint64_t)r->line, true);
	decimal_write(found, r->start_s, 0);
	espi_tell(s, &f, str_of(found), "a start in seconds since 1970, before the year 10000");
	return false;
}

/* ---- readings ---- */

/* ESPI QualityOfReading. What was measured, even if edited or not yet validated, is actual;
 * what was computed in place of a measurement is estimated. */
static char
status_of(int64_t quality)
{
	switch (quality) {
	case 0:	 /* valid */
	case 7:	 /* manually edited */
	case 10: /* questionable */
	case 11: /* derived */
	case 13: /* mixed */
	case 14: /* raw */
	case 16: /* other */
	case 17: /* validated */
	case 18: /* verified */
	case 19: /* revenue quality */
		return STATUS_ACTUAL;
	case 8:	 /* estimated by a reference day */
	case 9:	 /* estimated linearly */
	case 12: /* projected */
	case 15: /* weather-normalised */
		return STATUS_ESTIMATED;
	default:
		return 'Q'; /* not of the standard: kept and flagged */
	}
}

/* value * 10^power in whole Wh. */
static enum kwh_read
wh_of(int64_t value, int64_t power, int64_t *wh)
{
	if (value < 0)
		return KWH_NEGATIVE;
	for (; power < 0; power++) {
		if (value % 10 != 0)
			return KWH_PRECISE;
		value /= 10;
	}
	for (; power > 0 && value <= KWH_MOST_WH; power--)
		value *= 10;
	*wh = value;
	return value <= KWH_MOST_WH ? KWH_OK : KWH_TOO_LARGE;
}

static void
refuse_value(struct espi_state *s, const struct espi_read *r, enum kwh_read why)
{
	char found[KWH_SIZE];
	struct str value = { found, decimal_write(found, r->value, 0) };

	if (why == KWH_NEGATIVE)
		day_spoil(s, RULE_NEGATIVE, r->line, value, "a value of 0 or more");
	else if (why == KWH_PRECISE)
		day_spoil(s, RULE_PRECISION, r->line, value, "whole watt-hours");
	else
		day_spoil(s, RULE_FIELD, r->line, value, "at most 1 TWh");
}

void
espi_day_take(struct espi_state *s, const struct espi_read *r)
{
	struct day *d = &s->day;
	char number[KWH_SIZE];
	int64_t in_day_s, slot, wh, updated_s;
	enum kwh_read why;

	if (!day_for(s, r) || s->day_spoiled)
		return;
	if (r->duration_s != s->series.length_s) {
		decimal_write(number, r->duration_s, 0);
		day_spoil(s, RULE_FIELD, r->line, str_of(number),
		    "a duration that is the intervalLength of the ReadingType");
		return;
	}
	in_day_s = r->start_s - s->day_start_s;
	slot = in_day_s / s->series.length_s;
	decimal_write(number, r->start_s, 0);
	if (in_day_s % s->series.length_s != 0) {
		day_spoil(s, RULE_FIELD, r->line, str_of(number),
		    "a start that is a whole number of intervals after local midnight");
		return;
	}
	if (d->status[slot] != STATUS_MISSING) {
		day_spoil(s, RULE_DUPLICATE, r->line, str_of(number), "each start once");
		return;
	}
	why = wh_of(r->value, s->series.power, &wh);
	if (why != KWH_OK) {
		refuse_value(s, r, why);
		return;
	}
	d->wh[slot] = wh;
	d->status[slot] = status_of(r->quality);
	d->method[slot] = (uint8_t)r->quality;
	updated_s = r->updated_s != 0 ? r->updated_s : s->reading.received_s;
	if (updated_s > d->created_s)
		d->created_s = updated_s;
}

void
espi_day_refuse(struct espi_state *s, const struct espi_read *r, enum rule rule,
    struct str found, const char *expected)
{
	struct fault f;

	if (!r->has_start) {
		f = espi_fault(s, rule, (uint64_t)r->line, true);
		espi_tell(s, &f, found, expected);
	} else if (day_for(s, r))
		day_spoil(s, rule, r->line, found, expected);
}
