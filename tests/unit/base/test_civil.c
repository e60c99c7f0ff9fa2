#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/civil.h"

enum { DAY_LENGTH_S = 86400 };

static const struct {
	int year, month, dom;
	int32_t day;
	int weekday;
} days[] = {
	{ 1970, 1, 1, 0, 3 },
	{ 1969, 12, 31, -1, 2 },
	{ 2000, 2, 29, 11016, 1 },
	{ 2000, 3, 1, 11017, 2 },
	{ 2026, 3, 8, 20520, 6 },
	{ 2026, 11, 1, 20758, 6 },
	{ 1900, 2, 28, -25509, 2 },
	{ 1900, 3, 1, -25508, 3 },
	{ 1, 1, 1, -719162, 0 },
	{ 9999, 12, 31, 2932896, 4 },
};

static void
a_date_is_a_number_of_days(void **state)
{
	int y, m, d;

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		assert_int_equal(
		    civil_day(days[i].year, days[i].month, days[i].dom), days[i].day);
		civil_ymd(days[i].day, &y, &m, &d);
		assert_int_equal(y, days[i].year);
		assert_int_equal(m, days[i].month);
		assert_int_equal(d, days[i].dom);
		assert_int_equal(civil_weekday(days[i].day), days[i].weekday);
	}
}

static void
every_day_of_eight_centuries_agrees_with_the_c_library(void **state)
{
	struct tm tm;
	int y, m, d;

	(void)state;
	for (int32_t day = -150000; day < 150000; day++) {
		time_t at = (time_t)day * DAY_LENGTH_S;

		assert_non_null(gmtime_r(&at, &tm));
		civil_ymd(day, &y, &m, &d);
		if (y != tm.tm_year + 1900 || m != tm.tm_mon + 1 || d != tm.tm_mday ||
		    civil_weekday(day) != (tm.tm_wday + 6) % 7 || civil_day(y, m, d) != day)
			fail_msg("day %d", day);
	}
}

static void
dates_that_do_not_exist_are_none(void **state)
{
	static const int none[][3] = { { 2026, 2, 29 }, { 1900, 2, 29 }, { 2026, 4, 31 },
		{ 2026, 0, 1 }, { 2026, 13, 1 }, { 2026, 1, 0 }, { 2026, 1, 32 }, { 0, 1, 1 },
		{ 10000, 1, 1 }, { -1, 1, 1 }, { 2026, -1, 1 }, { 2026, 1, -1 } };

	(void)state;
	for (size_t i = 0; i < nitems(none); i++)
		assert_int_equal(civil_day(none[i][0], none[i][1], none[i][2]), DAY_NONE);
}

static void
the_ends_of_the_range_do_not_overflow(void **state)
{
	static const int32_t ends[] = { INT32_MIN, INT32_MIN + 1, INT32_MAX - 1, INT32_MAX };
	char text[CIVIL_DATE_SIZE];
	int y, m, d;

	(void)state;
	for (size_t i = 0; i < nitems(ends); i++) {
		civil_ymd(ends[i], &y, &m, &d);
		assert_in_range(m, 1, 12);
		assert_in_range(d, 1, 31);
		assert_in_range(civil_weekday(ends[i]), 0, 6);
		civil_date(text, ends[i]);
		assert_string_equal(text, "??????????");
		assert_int_equal(civil_add_months(ends[i], 1), DAY_NONE);
		(void)civil_month_start(ends[i]);
		(void)civil_add_weekdays(ends[i], ends[i]);
	}
	civil_ymd(INT32_MAX, &y, &m, &d);
	assert_int_equal(y, 5881580);
	assert_int_equal(m, 7);
	assert_int_equal(d, 11);
}

/* 2026-11-23 is a Monday: day 20780. */
static const struct {
	int32_t day;
	int n;
	int32_t to;
} weekdays[] = {
	{ 20780, 0, 20780 },
	{ 20780, 1, 20781 },
	{ 20780, 4, 20784 },
	{ 20780, 5, 20787 },
	{ 20780, -1, 20777 },
	{ 20784, 1, 20787 }, /* Friday */
	{ 20784, -4, 20780 },
	{ 20784, -5, 20777 },
	{ 20785, 0, 20785 }, /* Saturday */
	{ 20785, 1, 20787 },
	{ 20785, 5, 20791 },
	{ 20785, 6, 20794 },
	{ 20785, -1, 20784 },
	{ 20786, 1, 20787 }, /* Sunday */
	{ 20786, -1, 20784 },
	{ 20786, -5, 20780 },
	{ 20786, -6, 20777 },
};

static void
weekdays_are_counted_without_weekends(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(weekdays); i++)
		assert_int_equal(
		    civil_add_weekdays(weekdays[i].day, weekdays[i].n), weekdays[i].to);
	/* and against counting them one by one, from each day of a week, both ways */
	for (int32_t from = 20780; from < 20787; from++)
		for (int n = 1; n < 40; n++) {
			int32_t on = from, back = from;

			for (int left = n; left > 0;)
				left -= civil_is_weekday(++on);
			for (int left = n; left > 0;)
				left -= civil_is_weekday(--back);
			assert_int_equal(civil_add_weekdays(from, n), on);
			assert_int_equal(civil_add_weekdays(from, -n), back);
		}
}

static const struct {
	const char *from;
	int n;
	const char *to;
} months[] = {
	{ "2026-01-31", 1, "2026-02-28" },
	{ "2024-01-31", 1, "2024-02-29" },
	{ "2026-01-31", 3, "2026-04-30" },
	{ "2026-03-31", -1, "2026-02-28" },
	{ "2026-12-15", 1, "2027-01-15" },
	{ "2026-01-15", -1, "2025-12-15" },
	{ "2026-01-15", -13, "2024-12-15" },
	{ "2024-02-29", 12, "2025-02-28" },
	{ "2024-02-29", 48, "2028-02-29" },
	{ "2026-05-05", 0, "2026-05-05" },
	{ "9999-12-01", 1, "??????????" },
	{ "0001-01-01", -1, "??????????" },
	{ "2026-01-01", INT32_MAX, "??????????" },
	{ "2026-01-01", INT32_MIN, "??????????" },
};

static void
months_are_added_and_end_where_they_end(void **state)
{
	char text[CIVIL_DATE_SIZE];
	int32_t day;

	(void)state;
	for (size_t i = 0; i < nitems(months); i++) {
		assert_true(civil_read_date(str_of(months[i].from), &day));
		civil_date(text, civil_add_months(day, months[i].n));
		assert_string_equal(text, months[i].to);
	}
	assert_true(civil_read_date(STR("2024-02-29"), &day));
	civil_date(text, civil_month_start(day));
	assert_string_equal(text, "2024-02-01");
}

static const struct {
	int64_t utc_s;
	const char *text;
} stamps[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 1795331289, "2026-11-22T07:08:09Z" },
	{ 253402300799, "9999-12-31T23:59:59Z" },
	{ 253402300800, "????????????????????" },
	{ -62135596800, "0001-01-01T00:00:00Z" },
	{ -62135596801, "????????????????????" },
	{ INT64_MAX, "????????????????????" },
	{ INT64_MIN, "????????????????????" },
};

static void
an_instant_is_written_as_rfc_3339(void **state)
{
	char text[CIVIL_STAMP_SIZE];

	(void)state;
	for (size_t i = 0; i < nitems(stamps); i++) {
		civil_stamp(text, stamps[i].utc_s);
		assert_string_equal(text, stamps[i].text);
	}
}

static const struct {
	const char *text;
	bool good;
	int64_t utc_s;
} reads[] = {
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "1970-01-01t00:00:00z", true, 0 },
	{ "1970-01-01 00:00:00Z", true, 0 },
	{ "1985-04-12T23:20:50.52Z", true, 482196050 },	  /* RFC 3339 section 5.8 */
	{ "1996-12-19T16:39:57-08:00", true, 851042397 }, /* the same */
	{ "1990-12-31T23:59:60Z", true, 662688000 },
	{ "1990-12-31T15:59:60-08:00", true, 662688000 },
	{ "1937-01-01T12:00:27.87+00:20", true, -1041337173 },
	{ "1969-12-31T23:59:59.999999999Z", true, -1 },
	{ "2026-03-08T01:59:59-00:00", true, 1772935199 },
	{ "1990-12-31T23:58:60Z", false, 0 },
	{ "2026-03-08T01:59:61Z", false, 0 },
	{ "2026-03-08T24:00:00Z", false, 0 },
	{ "2026-03-08T01:60:00Z", false, 0 },
	{ "2026-02-29T00:00:00Z", false, 0 },
	{ "0000-01-01T00:00:00Z", false, 0 },
	{ "2026-03-08T01:59:59", false, 0 },
	{ "2026-03-08T01:59:59.", false, 0 },
	{ "2026-03-08T01:59:59.Z", false, 0 },
	{ "2026-03-08T01:59:59,5Z", false, 0 },
	{ "2026-03-08T01:59:59+0600", false, 0 },
	{ "2026-03-08T01:59:59+06", false, 0 },
	{ "2026-03-08T01:59:59+24:00", false, 0 },
	{ "2026-03-08T01:59:59+06:60", false, 0 },
	{ "2026-03-08T01:59:59Z ", false, 0 },
	{ " 2026-03-08T01:59:59Z", false, 0 },
	{ "2026-03-08_01:59:59Z", false, 0 },
	{ "2026-3-08T01:59:59Z", false, 0 },
	{ "2026-03-08T01:59Z", false, 0 },
	{ "2026-03-08", false, 0 },
	{ "+026-03-08T01:59:59Z", false, 0 },
	{ "", false, 0 },
};

static void
an_instant_is_read_as_rfc_3339(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(reads); i++) {
		int64_t at = 4711;

		if (civil_read_stamp(str_of(reads[i].text), &at) != reads[i].good)
			fail_msg("%s", reads[i].text);
		assert_int_equal(at, reads[i].good ? reads[i].utc_s : 4711);
	}
}

static void
dates_and_wall_times_are_read_in_their_one_form(void **state)
{
	static const char *const bad_dates[] = { "2026-02-29", "20260308", "2026-03-8",
		"2026-03-08 ", "2026/03/08", "", "2026-03-0x" };
	static const char *const bad_8s[] = { "20260229", "2026-03-08", "2026030", "202603080",
		"", "2026030 " };
	static const char *const bad_14s[] = { "20260229000000", "20260308240000",
		"20260308006000", "20260308000060", "2026030800000", "202603080000000",
		"2026-03-080000", "" };
	int64_t local_s = 7;
	int32_t day = 7;

	(void)state;
	for (size_t i = 0; i < nitems(bad_dates); i++)
		assert_false(civil_read_date(str_of(bad_dates[i]), &day));
	for (size_t i = 0; i < nitems(bad_8s); i++)
		assert_false(civil_read_8(str_of(bad_8s[i]), &day));
	for (size_t i = 0; i < nitems(bad_14s); i++)
		assert_false(civil_read_14(str_of(bad_14s[i]), &local_s));
	assert_int_equal(day, 7);
	assert_int_equal(local_s, 7);
	assert_true(civil_read_date(STR("2026-03-08"), &day));
	assert_int_equal(day, 20520);
	assert_true(civil_read_8(STR("20261101"), &day));
	assert_int_equal(day, 20758);
	assert_true(civil_read_14(STR("20260308235959"), &local_s));
	assert_int_equal(local_s, INT64_C(20520) * 86400 + 86399);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_a_number_of_days),
		cmocka_unit_test(every_day_of_eight_centuries_agrees_with_the_c_library),
		cmocka_unit_test(dates_that_do_not_exist_are_none),
		cmocka_unit_test(the_ends_of_the_range_do_not_overflow),
		cmocka_unit_test(weekdays_are_counted_without_weekends),
		cmocka_unit_test(months_are_added_and_end_where_they_end),
		cmocka_unit_test(an_instant_is_written_as_rfc_3339),
		cmocka_unit_test(an_instant_is_read_as_rfc_3339),
		cmocka_unit_test(dates_and_wall_times_are_read_in_their_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
