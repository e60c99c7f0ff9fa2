#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/code.h"
#include "base/zone_parts.h"

static const struct zone *
get(const char *name)
{
	struct err e;
	const struct zone *z = zone_get(name, &e);

	if (z == NULL)
		fail_msg("%s", e.text);
	return z;
}

static int32_t
day_of(const char *date)
{
	int32_t day;

	assert_true(civil_read_date(str_of(date), &day));
	return day;
}

static int64_t
at(const char *stamp)
{
	int64_t utc_s;

	assert_true(civil_read_stamp(str_of(stamp), &utc_s));
	return utc_s;
}

/* A wall time as local_s: written as if it were UTC. */
static int64_t
wall(const char *time)
{
	char stamp[CIVIL_STAMP_SIZE];

	memcpy(stamp, time, 19);
	memcpy(stamp + 19, "Z", 2);
	return at(stamp);
}

static const struct {
	const char *zone, *date;
	int quarters;
	const char *start;
} days[] = {
	{ "America/Chicago", "2026-03-07", 96, "2026-03-07T06:00:00Z" },
	{ "America/Chicago", "2026-03-08", 92, "2026-03-08T06:00:00Z" },
	{ "America/Chicago", "2026-03-09", 96, "2026-03-09T05:00:00Z" },
	{ "America/Chicago", "2026-10-31", 96, "2026-10-31T05:00:00Z" },
	{ "America/Chicago", "2026-11-01", 100, "2026-11-01T05:00:00Z" },
	{ "America/Chicago", "2026-11-02", 96, "2026-11-02T06:00:00Z" },
	/* before 2007 summer time began in April and ended in October */
	{ "America/Chicago", "2006-03-12", 96, "2006-03-12T06:00:00Z" },
	{ "America/Chicago", "2006-04-02", 92, "2006-04-02T06:00:00Z" },
	{ "America/Chicago", "2006-10-29", 100, "2006-10-29T05:00:00Z" },
	/* behind every table, from the rule: second Sunday of March, first of November */
	{ "America/Chicago", "2050-03-13", 92, "2050-03-13T06:00:00Z" },
	{ "America/Chicago", "2050-07-01", 96, "2050-07-01T05:00:00Z" },
	{ "America/Chicago", "2050-11-06", 100, "2050-11-06T05:00:00Z" },
	/* 2850 has the days of 2050 */
	{ "America/Chicago", "2850-03-13", 92, "2850-03-13T06:00:00Z" },
	{ "America/Chicago", "2850-11-06", 100, "2850-11-06T05:00:00Z" },
	{ "America/Phoenix", "2026-03-08", 96, "2026-03-08T07:00:00Z" },
	{ "America/Phoenix", "2026-11-01", 96, "2026-11-01T07:00:00Z" },
	{ "America/Phoenix", "2050-07-01", 96, "2050-07-01T07:00:00Z" },
	{ "UTC", "2026-03-08", 96, "2026-03-08T00:00:00Z" },
	{ "UTC", "1900-01-01", 96, "1900-01-01T00:00:00Z" },
	{ "America/Denver", "2026-03-08", 92, "2026-03-08T07:00:00Z" },
	/* half an hour of summer time */
	{ "Australia/Lord_Howe", "2026-10-04", 94, "2026-10-03T13:30:00Z" },
	/* midnight is skipped: the day begins at 01:00 */
	{ "America/Sao_Paulo", "2018-11-04", 92, "2018-11-04T03:00:00Z" },
	{ "America/Sao_Paulo", "2019-02-16", 100, "2019-02-16T02:00:00Z" },
	/* midnight comes twice: the day begins with the first */
	{ "America/Havana", "2025-11-02", 100, "2025-11-02T04:00:00Z" },
	/* a day that was left out */
	{ "Pacific/Apia", "2011-12-30", 0, "2011-12-30T10:00:00Z" },
	{ "Pacific/Apia", "2011-12-31", 96, "2011-12-30T10:00:00Z" },
	/* the change from 23:30 to 00:30 */
	{ "America/Toronto", "1919-03-31", 94, "1919-03-31T04:30:00Z" },
};

static void
a_day_has_its_start_and_its_quarter_hours(void **state)
{
	char text[CIVIL_STAMP_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		const struct zone *z = get(days[i].zone);
		int32_t day = day_of(days[i].date);

		civil_stamp(text, zone_day_start(z, day));
		assert_string_equal(text, days[i].start);
		if (zone_day_s(z, day) != days[i].quarters * 900)
			fail_msg("%s %s: %d s", days[i].zone, days[i].date, zone_day_s(z, day));
	}
}

static const struct {
	const char *zone, *wall, *utc;
	bool twice;
} walls[] = {
	{ "America/Chicago", "2026-03-08T01:59:59", "2026-03-08T07:59:59Z", false },
	/* skipped, so forward by the hour: PostgreSQL shows 03:00 and 03:30 */
	{ "America/Chicago", "2026-03-08T02:00:00", "2026-03-08T08:00:00Z", false },
	{ "America/Chicago", "2026-03-08T02:30:00", "2026-03-08T08:30:00Z", false },
	{ "America/Chicago", "2026-03-08T02:59:59", "2026-03-08T08:59:59Z", false },
	{ "America/Chicago", "2026-03-08T03:00:00", "2026-03-08T08:00:00Z", false },
	{ "America/Chicago", "2026-11-01T00:59:59", "2026-11-01T05:59:59Z", false },
	{ "America/Chicago", "2026-11-01T01:00:00", "2026-11-01T06:00:00Z", true },
	{ "America/Chicago", "2026-11-01T01:59:59", "2026-11-01T06:59:59Z", true },
	{ "America/Chicago", "2026-11-01T02:00:00", "2026-11-01T08:00:00Z", false },
	{ "America/Chicago", "2850-11-06T01:30:00", "2850-11-06T06:30:00Z", true },
	{ "America/Chicago", "2850-03-13T02:30:00", "2850-03-13T08:30:00Z", false },
	{ "America/Phoenix", "2026-11-01T01:30:00", "2026-11-01T08:30:00Z", false },
	{ "UTC", "2026-11-01T01:30:00", "2026-11-01T01:30:00Z", false },
	{ "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", false },
};

static void
a_wall_time_has_its_instant_even_if_repeated_or_skipped(void **state)
{
	char text[CIVIL_STAMP_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(walls); i++) {
		const struct zone *z = get(walls[i].zone);
		bool twice = !walls[i].twice;

		civil_stamp(text, zone_utc_s(z, wall(walls[i].wall), &twice));
		assert_string_equal(text, walls[i].utc);
		assert_int_equal(twice, walls[i].twice);
		assert_int_equal(zone_utc_s(z, wall(walls[i].wall), NULL), at(walls[i].utc));
	}
}

static void
the_clock_changes_at_its_second(void **state)
{
	const struct zone *z = get("America/Chicago");

	(void)state;
	assert_int_equal(zone_offset_s(z, at("2026-03-08T07:59:59Z")), -6 * 3600);
	assert_int_equal(zone_offset_s(z, at("2026-03-08T08:00:00Z")), -5 * 3600);
	assert_int_equal(zone_offset_s(z, at("2026-11-01T06:59:59Z")), -5 * 3600);
	assert_int_equal(zone_offset_s(z, at("2026-11-01T07:00:00Z")), -6 * 3600);
	assert_int_equal(
	    zone_local_s(z, at("2026-03-08T08:00:00Z")), wall("2026-03-08T03:00:00"));
	assert_int_equal(zone_day_of(z, at("2026-11-02T05:59:59Z")), day_of("2026-11-01"));
	assert_int_equal(zone_day_of(z, at("2026-11-02T06:00:00Z")), day_of("2026-11-02"));
	assert_string_equal(zone_name(z), "America/Chicago");
}

/* What the C library shows, with TZ set. */
static int32_t
shown(int64_t instant, long *offset_s)
{
	time_t t = (time_t)instant;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	*offset_s = tm.tm_gmtoff;
	return civil_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void
agree_at(const struct zone *z, int64_t instant)
{
	long offset_s;
	int32_t day = shown(instant, &offset_s);

	if (zone_offset_s(z, instant) != offset_s || zone_day_of(z, instant) != day)
		fail_msg("%s at %" PRId64 ": offset %d, expected %ld", zone_name(z), instant,
		    zone_offset_s(z, instant), offset_s);
}

/* Of one zone: where each day of 1990 to 2060 begins, each noon, and all of the uneven days. */
static void
agrees(const char *name)
{
	const struct zone *z = get(name);
	int32_t from = day_of("1990-01-01"), to = day_of("2060-12-31");
	long offset_s;

	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
	for (int32_t day = from; day <= to; day++) {
		int64_t start = zone_day_start(z, day), noon = (int64_t)day * 86400 + 43200;

		agree_at(z, start);
		agree_at(z, start - 1);
		agree_at(z, noon);
		if (zone_day_s(z, day) > 0 &&
		    (shown(start, &offset_s) != day || shown(start - 1, &offset_s) >= day))
			fail_msg("%s: day %d begins at %" PRId64, name, day, start);
		if (zone_day_s(z, day) != 86400)
			for (int64_t t = start; t < start + zone_day_s(z, day); t += 900)
				agree_at(z, t);
	}
}

static void
every_day_of_71_years_agrees_with_the_c_library(void **state)
{
	static const char *const names[] = { "America/Chicago", "America/Denver",
		"America/New_York", "America/Phoenix", "America/Sao_Paulo", "America/Havana",
		"America/Nuuk", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe",
		"Pacific/Auckland", "UTC" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++)
		agrees(names[i]);
}

static void
every_wall_time_leads_back_to_its_instant(void **state)
{
	static const char *const names[] = { "America/Chicago", "Australia/Lord_Howe",
		"America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia" };
	int64_t to = at("2060-01-01T00:00:00Z");

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		const struct zone *z = get(names[i]);

		for (int64_t t = at("1990-01-01T00:00:00Z"); t < to; t += 5400) {
			int64_t local_s = zone_local_s(z, t), first;
			bool twice;

			first = zone_utc_s(z, local_s, &twice);
			/* the second time of a repeated wall time leads to the first */
			if (first != t &&
			    !(twice && first < t && zone_local_s(z, first) == local_s))
				fail_msg("%s at %" PRId64, names[i], t);
		}
	}
}

static void
the_ends_of_time_do_not_overflow(void **state)
{
	static const int64_t ends[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX };
	static const int32_t days_[] = { INT32_MIN, INT32_MIN + 1, INT32_MAX - 1, INT32_MAX };
	const struct zone *z = get("America/Chicago");
	bool twice;

	(void)state;
	for (size_t i = 0; i < nitems(ends); i++) {
		/* before 1883 Chicago had its own mean time */
		int32_t offset_s = zone_offset_s(z, ends[i]);

		assert_true(offset_s == -21036 || offset_s == -18000 || offset_s == -21600);
		(void)zone_local_s(z, ends[i]);
		(void)zone_day_of(z, ends[i]);
		(void)zone_utc_s(z, ends[i], &twice);
		(void)zone_day_start(z, days_[i]);
		(void)zone_day_s(z, days_[i]);
	}
	assert_int_equal(zone_offset_s(z, at("1850-01-01T00:00:00Z")), -21036);
}

static const struct {
	const char *name, *says;
} unknown[] = {
	{ "", "zone is \"\", expected a name such as America/Chicago" },
	{ "../etc/passwd",
	    "zone is \"../etc/passwd\", expected a name such as America/Chicago" },
	{ "/etc/passwd", "zone is \"/etc/passwd\", expected a name such as America/Chicago" },
	{ "America/Chi cago",
	    "zone is \"America/Chi cago\", expected a name such as America/Chicago" },
	{ "Amer.ica", "zone is \"Amer.ica\", expected a name such as America/Chicago" },
	{ "America/Dallas", "no zone \"America/Dallas\" in /usr/share/zoneinfo, expected a "
			    "name such as America/Chicago" },
	{ "America", "no zone \"America\" in /usr/share/zoneinfo, expected a name such as "
		     "America/Chicago" },
	{ "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	    "zone is \"123456789012345678901234567890123456789012345678901234567890123\", "
	    "expected a name such as America/Chicago" },
};

static void
a_zone_that_is_not_there_is_told_by_name(void **state)
{
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(unknown); i++) {
		assert_null(zone_get(unknown[i].name, &e));
		assert_int_equal(e.code, ERR_CONF);
		assert_string_equal(e.text, unknown[i].says);
	}
	assert_ptr_equal(get("America/Chicago"), get("America/Chicago"));
}

/* A file of version 2 made here: one type for each offset, each change names the next type. */
struct file {
	unsigned char bytes[1024];
	size_t len;
};

static void
put(struct file *f, const void *bytes, size_t len)
{
	assert_true(len <= sizeof(f->bytes) - f->len);
	memcpy(f->bytes + f->len, bytes, len);
	f->len += len;
}

static void
put_header(struct file *f, uint32_t times, uint32_t types)
{
	unsigned char header[44] = "TZif2";

	put_be32(header + 32, times);
	put_be32(header + 36, types);
	put_be32(header + 40, 4); /* "LMT\0" */
	put(f, header, sizeof(header));
}

static void
make_file(struct file *f, const int64_t *times, uint32_t n, const int32_t *offsets_s,
    const char *footer)
{
	unsigned char cell[8];

	*f = (struct file){ 0 };
	/* a first part as small as one gets */
	put_header(f, 0, 1);
	put(f, "\0\0\0\0\0\0LMT", 10);
	put_header(f, n, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		put_be64(cell, (uint64_t)times[i]);
		put(f, cell, 8);
	}
	for (uint32_t i = 0; i < n; i++) {
		cell[0] = (unsigned char)(i + 1);
		put(f, cell, 1);
	}
	for (uint32_t i = 0; i <= n; i++) {
		put_be32(cell, (uint32_t)offsets_s[i]);
		put(f, cell, 4);
		put(f, "\0\0", 2);
	}
	put(f, "LMT", 4);
	put(f, "\n", 1);
	put(f, footer, strlen(footer));
	put(f, "\n", 1);
}

static struct str
bytes_of(const struct file *f)
{
	return (struct str){ (const char *)f->bytes, f->len };
}

/* Rules of each kind, and offsets that they give. Worked out by hand. */
static const struct {
	const char *rule;
	int32_t standard_s;
	const char *last, *first; /* the last instant before a change, the first behind it … */
	int32_t before_s, behind_s; /* … and what holds at them */
} rules[] = {
	{ "CST6CDT,M3.2.0,M11.1.0", -21600, "2031-03-09T07:59:59Z", "2031-03-09T08:00:00Z",
	    -21600, -18000 },
	/* day 60 without leap days is 1 March */
	{ "AAA3BBB,J60/0,J300", -10800, "2028-03-01T02:59:59Z", "2028-03-01T03:00:00Z", -10800,
	    -7200 },
	{ "AAA3BBB,J59/0,J300", -10800, "2028-02-28T02:59:59Z", "2028-02-28T03:00:00Z", -10800,
	    -7200 },
	/* day 59 from 0 with leap days is 29 February in 2028 and 1 March in 2027 */
	{ "AAA3BBB,59/0,300", -10800, "2028-02-29T02:59:59Z", "2028-02-29T03:00:00Z", -10800,
	    -7200 },
	{ "AAA3BBB,59/0,300", -10800, "2027-03-01T02:59:59Z", "2027-03-01T03:00:00Z", -10800,
	    -7200 },
	/* the last Sunday of October; the change back at 03:00 summer time */
	{ "CET-1CEST,M3.5.0,M10.5.0/3", 3600, "2031-10-26T00:59:59Z", "2031-10-26T01:00:00Z",
	    7200, 3600 },
	/* before midnight, and far behind it: Saturday before the last Sunday; Thursday 26:00
	 */
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, "2031-03-30T00:59:59Z",
	    "2031-03-30T01:00:00Z", -7200, -3600 },
	{ "IST-2IDT,M3.4.4/26,M10.5.0", 7200, "2031-03-27T23:59:59Z", "2031-03-28T00:00:00Z",
	    7200, 10800 },
	/* "summer" below standard time, in winter */
	{ "IST-1GMT0,M10.5.0,M3.5.0/1", 3600, "2031-10-26T00:59:59Z", "2031-10-26T01:00:00Z",
	    3600, 0 },
	{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, "2031-10-04T15:29:59Z",
	    "2031-10-04T15:30:00Z", 37800, 39600 },
	/* summer all the year, as RFC 8536 writes it */
	{ "XXX3EDT4,0/0,J365/23", -10800, "2031-01-01T02:59:59Z", "2031-01-01T03:00:00Z",
	    -14400, -14400 },
	{ "EST5", -18000, "2031-06-01T00:00:00Z", "2031-12-01T00:00:00Z", -18000, -18000 },
};

static void
rules_of_every_kind_are_followed(void **state)
{
	struct file f;
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(rules); i++) {
		struct zone *z;

		make_file(&f, NULL, 0, &rules[i].standard_s, rules[i].rule);
		z = zone_parse("Test", bytes_of(&f), &e);
		if (z == NULL)
			fail_msg("%s: %s", rules[i].rule, e.text);
		if (zone_offset_s(z, at(rules[i].last)) != rules[i].before_s ||
		    zone_offset_s(z, at(rules[i].first)) != rules[i].behind_s)
			fail_msg("%s", rules[i].rule);
		/* 800 years on the calendar is the same */
		assert_int_equal(
		    zone_offset_s(z, at(rules[i].first) + 2 * PERIOD_S), rules[i].behind_s);
		assert_int_equal(
		    zone_offset_s(z, at(rules[i].last) + 2 * PERIOD_S), rules[i].before_s);
		zone_free(&z);
		assert_null(z);
	}
}

/* What a rule says in words, for formats that tell it. */
static void
the_clock_of_a_zone_is_told_by_its_rule(void **state)
{
	struct zone_clock c;

	(void)state;
	assert_true(zone_clock(get("America/Denver"), &c));
	assert_int_equal(c.standard_s, -25200);
	assert_int_equal(c.summer_s, -21600);
	assert_true(c.changes);
	assert_int_equal(c.start.month * 100 + c.start.week * 10 + c.start.weekday, 326);
	assert_int_equal(c.end.month * 100 + c.end.week * 10 + c.end.weekday, 1116);
	assert_int_equal(c.end.time_s, 7200);
	assert_true(zone_clock(get("Asia/Kolkata"), &c));
	assert_int_equal(c.standard_s, 19800);
	assert_false(c.changes);
	for (size_t i = 0; i < nitems(rules); i++) {
		struct file f;
		struct zone *z;

		make_file(&f, NULL, 0, &rules[i].standard_s, rules[i].rule);
		z = zone_parse("Test", bytes_of(&f), NULL);
		assert_non_null(z);
		/* days counted from the first of January have no month and week */
		assert_int_equal(zone_clock(z, &c),
		    strchr(rules[i].rule, ',') == NULL || strstr(rules[i].rule, ",M") != NULL);
		zone_free(&z);
	}
}

static void
what_is_no_rule_is_refused(void **state)
{
	static const char *const bad[] = { "C6", "CS6CDT,M3.2.0,M11.1.0", "CST", "CST6CDT",
		"CST6CDT,M3.2.0", "CST6CDT,M3.2.0,M11.1.0,", "CST6CDT,M13.2.0,M11.1.0",
		"CST6CDT,M3.6.0,M11.1.0", "CST6CDT,M3.0.0,M11.1.0", "CST6CDT,M3.2.7,M11.1.0",
		"CST6CDT,J0,J300", "CST6CDT,J366,J300", "CST6CDT,366,300",
		"CST6CDT,M3.2.0/168,1", "CST25", "CST6:60", "CST6:00:60", "<CST6", "<C>6",
		"CST6CDT,M3.2.0 ,M11.1.0", "CST6\nEST5", "CST+-6", "CST00006",
		"CST6CDT,M3.2,M11.1.0" };
	struct zone_rule r;

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++)
		if (zone_rule_read(str_of(bad[i]), &r))
			fail_msg("%s", bad[i]);
}

static void
a_table_holds_without_a_rule(void **state)
{
	static const int64_t times[] = { -1000, 0, 1000 };
	static const int32_t offsets_s[] = { 60, 3600, -3600, 7200 };
	struct file f;
	struct err e;
	struct zone *z;

	(void)state;
	make_file(&f, times, 3, offsets_s, "");
	z = zone_parse("Test", bytes_of(&f), &e);
	assert_non_null(z);
	assert_int_equal(zone_offset_s(z, -1001), 60);
	assert_int_equal(zone_offset_s(z, -1000), 3600);
	assert_int_equal(zone_offset_s(z, -1), 3600);
	assert_int_equal(zone_offset_s(z, 0), -3600);
	assert_int_equal(zone_offset_s(z, 999), -3600);
	assert_int_equal(zone_offset_s(z, 1000), 7200);
	assert_int_equal(zone_offset_s(z, INT64_MAX), 7200);
	zone_free(&z);
}

static void
a_clock_put_on_and_half_back_at_once_skips_less(void **state)
{
	static const int64_t times[] = { 0, 1, 1000000 };
	static const int32_t offsets_s[] = { 0, 3600, 1800, 7200 };
	struct file f;
	struct err e;
	struct zone *z;
	bool twice;

	(void)state;
	make_file(&f, times, 3, offsets_s, "");
	z = zone_parse("Test", bytes_of(&f), &e);
	assert_non_null(z);
	/* 00:33:20 is skipped by the first change, and shown after the second */
	assert_int_equal(zone_utc_s(z, 2000, &twice), 200);
	assert_false(twice);
	/* 01:00:00 is shown in that second, and half an hour later */
	assert_int_equal(zone_utc_s(z, 3600, &twice), 0);
	assert_true(twice);
	zone_free(&z);
}

struct damage {
	int64_t times[3];
	int32_t offsets_s[4];
	const char *footer;
	const char *says;
};

static const struct damage damages[] = {
	{ { 0, 0, 1 }, { 0 }, "", "its instants do not rise" },
	{ { 2, 1, 3 }, { 0 }, "", "its instants do not rise" },
	{ { INT64_MIN, 1, 3 }, { 0 }, "", "its instants do not rise" },
	{ { 1, 2, 3 }, { 0, 0, 93600, 0 }, "", "an offset is more than a day" },
	{ { 1, 2, 3 }, { 0, 0, 0, -90000 }, "", "an offset is more than a day" },
	{ { 1, 2, 3 }, { 0, 0, 0, INT32_MIN }, "", "an offset is more than a day" },
	{ { 1, 2, 3 }, { 0 }, "EST5", "its rule does not follow from its table" },
	{ { 1, 2, 3 }, { 0 }, "EST", "its rule is not understood" },
	{ { 1, 2, INT64_MAX }, { 0 }, "AAA0BBB,0,100", "its table goes too far" },
	{ { 1, 2, INT64_C(300000000000) }, { 0 }, "AAA0BBB,0,100", "its table goes too far" },
	/* one year's end comes after the next year's begin */
	{ { 1, 2, 3 }, { 0 }, "AAA0BBB,J1/0,J365/167", "its rule has changes that overlap" },
};

static void
a_damaged_file_is_told_and_refused(void **state)
{
	char says[200];
	struct file f;
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(damages); i++) {
		const struct damage *d = &damages[i];

		make_file(&f, d->times, 3, d->offsets_s, d->footer);
		(void)snprintf(
		    says, sizeof(says), "zone \"Test\": the file is damaged: %s", d->says);
		if (zone_parse("Test", bytes_of(&f), &e) != NULL)
			fail_msg("%s", d->says);
		assert_int_equal(e.code, ERR_CONF);
		assert_string_equal(e.text, says);
	}
}

static void
a_file_cut_anywhere_is_refused(void **state)
{
	static const int64_t times[] = { 1, 2, 3 };
	static const int32_t offsets_s[4] = { 0, 3600, 0, -21600 };
	struct file f;
	struct err e;
	struct zone *z;

	(void)state;
	make_file(&f, times, 3, offsets_s, "CST6CDT,M3.2.0,M11.1.0");
	z = zone_parse("Test", bytes_of(&f), &e);
	assert_non_null(z);
	zone_free(&z);
	for (size_t len = 0; len < f.len; len++) {
		char *tight = malloc(len > 0 ? len : 1);

		assert_non_null(tight);
		memcpy(tight, f.bytes, len);
		assert_null(zone_parse("Test", (struct str){ tight, len }, &e));
		free(tight);
	}
	/* each byte set to its extremes: refused or not, never out of bounds */
	for (size_t i = 0; i < f.len; i++)
		for (int value = 0; value < 256; value += 51) {
			struct file g = f;

			g.bytes[i] = (unsigned char)value;
			z = zone_parse("Test", bytes_of(&g), NULL);
			if (z == NULL)
				continue;
			(void)zone_day_s(z, 20520);
			zone_free(&z);
		}
}

static void
leap_seconds_are_told(void **state)
{
	static const int32_t offset_s = 0;
	struct file f;
	struct err e;

	(void)state;
	make_file(&f, NULL, 0, &offset_s, "AAA0BBB,M3.2.0,M11.1.0");
	/* the second header begins behind 44 + 10 bytes; leap seconds are its third count */
	put_be32(f.bytes + 54 + 28, 1);
	assert_null(zone_parse("Test", bytes_of(&f), &e));
	assert_string_equal(
	    e.text, "zone \"Test\" counts leap seconds, expected one that does not");
}

static void
the_zones_of_the_country_and_some_odd_ones_load(void **state)
{
	static const char *const folders[] = { "America", "Africa", "Antarctica", "Asia",
		"Australia", "Etc", "Europe", "Pacific", "US" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < nitems(folders); i++) {
		char path[300];
		struct dirent *entry;
		DIR *d;

		(void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", folders[i]);
		d = opendir(path);
		if (d == NULL)
			continue; /* US is a package of its own on some systems */
		while ((entry = readdir(d)) != NULL) {
			if (entry->d_type == DT_DIR)
				continue;
			(void)snprintf(path, sizeof(path), "%s/%s", folders[i], entry->d_name);
			assert_int_equal(zone_day_s(get(path), day_of("2026-01-20")), 86400);
			n++;
		}
		closedir(d);
	}
	assert_true(n > 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_has_its_start_and_its_quarter_hours),
		cmocka_unit_test(a_wall_time_has_its_instant_even_if_repeated_or_skipped),
		cmocka_unit_test(the_clock_changes_at_its_second),
		cmocka_unit_test(every_day_of_71_years_agrees_with_the_c_library),
		cmocka_unit_test(every_wall_time_leads_back_to_its_instant),
		cmocka_unit_test(the_ends_of_time_do_not_overflow),
		cmocka_unit_test(a_zone_that_is_not_there_is_told_by_name),
		cmocka_unit_test(rules_of_every_kind_are_followed),
		cmocka_unit_test(the_clock_of_a_zone_is_told_by_its_rule),
		cmocka_unit_test(what_is_no_rule_is_refused),
		cmocka_unit_test(a_table_holds_without_a_rule),
		cmocka_unit_test(a_clock_put_on_and_half_back_at_once_skips_less),
		cmocka_unit_test(a_damaged_file_is_told_and_refused),
		cmocka_unit_test(a_file_cut_anywhere_is_refused),
		cmocka_unit_test(leap_seconds_are_told),
		cmocka_unit_test(the_zones_of_the_country_and_some_odd_ones_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
