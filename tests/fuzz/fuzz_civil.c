/*
 * Times: the input is a zone file and, by its beginning, a date or an instant as text. A zone
 * that was taken must answer for any instant without leaving its table, and a text that was
 * read must be written back.
 */
#include <assert.h>
#include <string.h>

#include "base/zone_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_texts(struct str s)
{
	char stamp[CIVIL_STAMP_SIZE], date[CIVIL_DATE_SIZE];
	int64_t at, back;
	int32_t day, same;

	/* an offset may lead out of the years that can be written */
	if (civil_read_stamp(s, &at)) {
		civil_stamp(stamp, at);
		assert(
		    stamp[0] == '?' || (civil_read_stamp(str_of(stamp), &back) && back == at));
	}
	if (civil_read_date(s, &day)) {
		civil_date(date, day);
		assert(str_is(s, date));
	}
	if (civil_read_8(s, &day)) {
		civil_date(date, day);
		assert(civil_read_date(str_of(date), &same) && same == day);
	}
	(void)civil_read_14(s, &at);
}

static void
check_instant(const struct zone *z, int64_t at)
{
	int64_t local_s = zone_local_s(z, at), first;
	bool twice;

	assert(zone_offset_s(z, at) > OFFSET_LEAST_S && zone_offset_s(z, at) < OFFSET_MOST_S);
	first = zone_utc_s(z, local_s, &twice);
	/* the clock shows local_s at this instant, so the first such instant is not later */
	if (at > -FARTHEST_S / 2 && at < FARTHEST_S / 2) {
		assert(first <= at && zone_local_s(z, first) == local_s);
		(void)zone_day_s(z, zone_day_of(z, at));
	}
}

static void
check_zone(struct str s)
{
	struct zone *z = zone_parse("Fuzz", s, NULL);

	if (z == NULL)
		return;
	for (size_t i = 1; i < z->n && z->change[i].at < FARTHEST_S; i++)
		for (int near = -1; near <= 1; near++)
			check_instant(z, z->change[i].at + near);
	for (int shift = 0; shift < 63; shift++) {
		check_instant(z, INT64_C(1) << shift);
		check_instant(z, -(INT64_C(1) << shift));
	}
	check_instant(z, INT64_MIN);
	check_instant(z, INT64_MAX);
	zone_free(&z);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str s = { (const char *)bytes, size };
	struct zone_rule r;

	check_texts(s);
	check_zone(s);
	if (zone_rule_read(s, &r) && r.changes) {
		(void)zone_rule_start(&r, 1970 + (int)(size % 400));
		(void)zone_rule_end(&r, 1970 + (int)(size % 400));
	}
	return 0;
}
