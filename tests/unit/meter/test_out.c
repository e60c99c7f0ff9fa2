/*
 * The writers against files made by hand from the format's description, and against the reader:
 * what is written as LSE reads back as it was.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "lse_help.h"

static struct rules presets;

/* ---- the golden files ---- */

struct writing {
	const struct out_format *format;
	const struct zone *zone;
	struct buf b;
	struct out_file file;
};

static void
write_day(void *self, const struct day *d)
{
	struct writing *w = self;
	struct out_day o = {
		.d = d, .zone = w->zone, .tdu = "ONCOR", .loaded_s = TEST_RECEIVED_S, .load = 42
	};
	size_t before = w->b.len;

	esiid_write(o.esiid, d->esiid);
	w->format->day(&w->file, &o);
	assert_true(w->b.len - before <= OUT_DAY_MOST);
}

static void
each_format_writes_the_days_as_made_by_hand(void **state)
{
	static const char *const days[] = { "normal", "spring", "autumn", "solar" };
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < nitems(days); i++)
		for (size_t k = 0; out_formats[k] != NULL; k++) {
			struct writing w = { .format = out_formats[k],
				.zone = zone_get("America/Chicago", NULL),
				.b = BUF(1 << 20),
				.file = { .name = "test", .made_s = TEST_RECEIVED_S } };
			struct told t = { .also = write_day, .self = &w };
			AUTO(buf) text = { 0 };
			AUTO(buf) want = { 0 };
			char path[128];

			(void)snprintf(path, sizeof(path), "data/lse/good/%s.lse", days[i]);
			file_read(path, &text);
			(void)snprintf(path, sizeof(path), "data/out/%s.%s", days[i],
			    out_formats[k]->name);
			file_read(path, &want);
			w.file.to = &w.b;
			assert_true(uuid_read(
			    STR("6e6e7dac-5276-5a64-9dfe-bed8b0276600"), &w.file.space));
			w.format->begin(&w.file);
			tell_lse(&t, &presets, buf_view(&text), SIZE_MAX);
			w.format->end(&w.file);
			assert_true(buf_ok(&w.b));
			wrong += !same_text(path, buf_view(&w.b), buf_view(&want));
			buf_auto(&w.b);
			buf_auto(&t.text);
		}
	assert_int_equal(wrong, 0);
}

/* ---- what the golden days do not have ---- */

static struct day
hourly(int year, int month, int dom, uint16_t n)
{
	struct day d = { .interval_s = 3600, .n = n, .day = civil_day(year, month, dom) };

	assert_true(esiid_read(STR("10443720000000001"), &d.esiid));
	d.created_s = TEST_RECEIVED_S;
	for (unsigned i = 0; i < n; i++) {
		d.wh[i] = 1000 + i;
		d.status[i] = 'A';
	}
	return d;
}

static void
assert_written(const char *format, const struct day *d, const char *zone, const char *part)
{
	const struct out_format *f = out_format_named(format);
	struct out_day o = { .d = d, .zone = zone_get(zone, NULL), .tdu = "T\"1" };
	AUTO(buf) b = BUF(OUT_DAY_MOST);
	struct out_file file = { .to = &b };

	assert_non_null(f);
	esiid_write(o.esiid, d->esiid);
	f->day(&file, &o);
	assert_true(buf_ok(&b));
	if (!str_has(buf_view(&b), str_of(part)))
		fail_msg("%s: no\n%s\nin\n" STR_FMT, format, part, STR_ARG(buf_view(&b)));
}

static void
a_missing_slot_has_no_value_in_any_format(void **state)
{
	struct day d = hourly(2026, 9, 1, 24);

	(void)state;
	d.status[1] = STATUS_MISSING;
	d.wh[1] = 0;
	day_count(&d);
	assert_written("csv", &d, "America/Chicago",
	    "09/01/2026,11/22/2026 01:08:09, 01:00, 02:00,,,Consumption\r\n'");
	assert_written("csv-ext", &d, "America/Chicago",
	    ", 01:00, 02:00,,,Consumption,2026-09-01T06:00:00Z,-05:00,\r\n");
	assert_written("json", &d, "America/Chicago",
	    "{\"start\":\"2026-09-01T06:00:00Z\",\"kwh\":null,\"status\":\"M\"}");
	assert_written("lse", &d, "America/Chicago", "\n10000000,1.000,A,,,,,1.002,A,,");
	assert_written("espi", &d, "America/Chicago",
	    "<start>1788238800</start></timePeriod><value>1000</value></IntervalReading>\n"
	    "<IntervalReading><timePeriod><duration>3600</duration>"
	    "<start>1788246000</start></timePeriod><value>1002</value>");
}

static void
method_status_and_size_are_kept(void **state)
{
	struct day d = hourly(2026, 9, 1, 24);

	(void)state;
	d.status[1] = 'X';
	d.method[1] = 8;
	d.wh[2] = -155;
	d.wh[3] = INT64_C(1000000000000);
	d.wh[4] = 10000;
	d.channel = CHANNEL_GENERATION;
	day_count(&d);
	assert_written(
	    "csv", &d, "America/Chicago", ", 01:00, 02:00,1.001,X,Surplus Generation\r\n");
	assert_written(
	    "csv", &d, "America/Chicago", ", 02:00, 03:00,-0.155,A,Surplus Generation\r\n");
	assert_written("csv", &d, "America/Chicago",
	    ", 03:00, 04:00,1000000000.000,A,Surplus Generation\r\n");
	assert_written("csv", &d, "America/Chicago", ", 04:00, 05:00,10.000,A,");
	assert_written("csv", &d, "America/Chicago", ", 23:00, 00:00,1.023,A,");
	assert_written("csv-ext", &d, "America/Chicago",
	    ",1.001,X,Surplus Generation,2026-09-01T06:00:00Z,-05:00,8\r\n");
	assert_written("json", &d, "America/Chicago",
	    "\"kwh\":1.001,\"status\":\"X\",\"method\":8},{\"start\":\"2026-09-01T07:00:00Z\","
	    "\"kwh\":-0.155,\"status\":\"A\"}");
	assert_written("json", &d, "America/Chicago",
	    "{\"esiid\":\"10443720000000001\",\"tdu\":\"T\\\"1\",");
	assert_written("lse", &d, "America/Chicago", "00000001,10443720000000001,1,20260901");
	assert_written("espi", &d, "America/Chicago",
	    "<IntervalReading><ReadingQuality><quality>8</quality></ReadingQuality><timePeriod>"
	    "<duration>3600</duration><start>1788242400</start></timePeriod><value>1001</value>"
	    "</IntervalReading>\n<IntervalReading><timePeriod><duration>3600</duration>"
	    "<start>1788246000</start></timePeriod><value>-155</value></IntervalReading>\n"
	    "<IntervalReading><timePeriod><duration>3600</duration><start>1788249600</start>"
	    "</timePeriod><value>1000000000000</value>");
	assert_written("espi", &d, "America/Chicago", "<flowDirection>19</flowDirection>");
}

static void
other_intervals_and_zones_keep_their_clocks(void **state)
{
	struct day spring = hourly(2026, 3, 8, 23), autumn = hourly(2026, 11, 1, 25);
	struct day five = hourly(2026, 9, 1, 288), east = hourly(2026, 9, 1, 24);

	(void)state;
	assert_written("csv", &spring, "America/Chicago",
	    ", 01:00, 02:00,1.001,A,Consumption\r\n"
	    "'10443720000000001,03/08/2026,11/22/2026 01:08:09, 02:00, 03:00,,,Consumption\r\n"
	    "'10443720000000001,03/08/2026,11/22/2026 01:08:09, 03:00, "
	    "04:00,1.002,A,Consumption\r\n");
	assert_written("csv", &autumn, "America/Chicago",
	    ", 01:00, 02:00,1.001,A,Consumption\r\n"
	    "'10443720000000001,11/01/2026,11/22/2026 01:08:09, 02:00, "
	    "02:00,1.002,A,Consumption\r\n"
	    "'10443720000000001,11/01/2026,11/22/2026 01:08:09, 02:00, "
	    "03:00,1.003,A,Consumption\r\n");
	assert_written("espi", &spring, "America/Denver",
	    "<interval><duration>82800</duration><start>1772953200</start></interval>");
	assert_written("espi", &spring, "America/Denver",
	    "<dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset>"
	    "<dstStartRule>360E2000</dstStartRule><tzOffset>-25200</tzOffset>");
	assert_written("espi", &autumn, "America/Chicago",
	    "<interval><duration>90000</duration><start>1793509200</start></interval>");
	assert_written("espi", &east, "Asia/Kolkata",
	    "<dstEndRule>FFFFFFFF</dstEndRule><dstOffset>0</dstOffset>"
	    "<dstStartRule>FFFFFFFF</dstStartRule><tzOffset>19800</tzOffset>");
	five.interval_s = 300;
	assert_written(
	    "csv", &five, "America/Chicago", ", 23:55, 00:00,1.287,A,Consumption\r\n");
	assert_written("csv-ext", &east, "Asia/Kolkata",
	    ", 00:00, 01:00,1.000,A,Consumption,2026-08-31T18:30:00Z,+05:30,\r\n");
	assert_written("lse", &five, "America/Chicago",
	    "00000001,10443720000000001,4,20260901000000,20260901235959,Y,N\n"
	    "00000002,,,,,,,300,,,,,\n00000003,\n00000004,20261122010809,\n10000000,1.000,A,,1."
	    "001");
}

static void
a_buffer_that_is_full_is_over_and_not_overrun(void **state)
{
	struct day d = hourly(2026, 9, 1, 24);
	struct out_day o = { .d = &d, .zone = zone_get("America/Chicago", NULL), .tdu = "T" };

	(void)state;
	esiid_write(o.esiid, d.esiid);
	for (size_t k = 0; out_formats[k] != NULL; k++) {
		AUTO(buf) b = BUF(100);
		struct out_file file = { .to = &b };

		out_formats[k]->day(&file, &o);
		assert_false(buf_ok(&b));
	}
}

static void
formats_are_found_by_their_names(void **state)
{
	(void)state;
	assert_ptr_equal(out_format_named("lse"), &out_lse);
	assert_string_equal(out_format_named("csv-ext")->name, "csv-ext");
	assert_null(out_format_named("xls"));
}

/* The last Sunday, and a turn on the day before by the rule's clock, which ESPI cannot tell. */
static void
green_button_tells_the_clock_or_keeps_silent(void **state)
{
	struct day d = hourly(2026, 9, 1, 24);
	struct out_day o = { .d = &d, .tdu = "T" };

	(void)state;
	assert_written("espi", &d, "Europe/Berlin",
	    "<dstEndRule>AE0E3000</dstEndRule><dstOffset>3600</dstOffset>"
	    "<dstStartRule>3E0E2000</dstStartRule><tzOffset>3600</tzOffset>");
	AUTO(buf) b = BUF(OUT_DAY_MOST);
	struct out_file file = { .to = &b };

	o.zone = zone_get("America/Nuuk", NULL);
	esiid_write(o.esiid, d.esiid);
	out_format_named("espi")->day(&file, &o);
	assert_true(buf_ok(&b) && !str_has(buf_view(&b), STR("LocalTimeParameters")));
}

/* ---- LSE out, in ---- */

static uint64_t seed = UINT64_C(88172645463325252);

static uint64_t
any(uint64_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(2685821657736338717) >> 33) % below;
}

static struct day
any_day(const struct zone *z)
{
	static const char *const shapes[] = { "", "1,0,1,0,01,,,,,,M",
		"80,0,1,0,01,,,,,feeder, 7,M", "1,0,1,0,01,a,6,b,c,d,e", ",,,,,,,,,,M",
		",,,,,,,,,x,", "1.5,-2,,,1,,,,,caf\xc3\xa9," };
	static const uint32_t intervals[] = { 900, 900, 900, 300, 1800, 3600 };
	struct day d = { .interval_s = intervals[any(nitems(intervals))],
		.channel = (uint8_t)any(2),
		.has_start = any(2) == 0,
		.has_stop = any(2) == 0 };
	int64_t scale = INT64_C(10) << any(30);
	char status = 'A';

	d.esiid.head = (uint32_t)any(200000);
	d.esiid.rest =
	    any((d.esiid.head & 1) != 0 ? UINT64_C(1000000000000000) : UINT64_C(10000000000));
	d.day = any(4) == 0   ? civil_day(2026, 3, 8)
		: any(4) == 0 ? civil_day(2026, 11, 1)
			      : civil_day(2026, 1, 1) + (int32_t)any(365);
	d.created_s = zone_day_start(z, d.day + 3) + (int64_t)any(86400);
	d.shape = str_of(shapes[any(nitems(shapes))]);
	d.start_wh = d.has_start ? (int64_t)any(1000000000) : 0;
	d.stop_wh = d.has_stop ? (int64_t)any(1000000000) : 0;
	d.n = (uint16_t)day_slots(z, d.day, d.interval_s);
	for (unsigned i = 0; i < d.n; i++) {
		if (any(10) == 0)
			status = "AAAAEEEXz9"[any(10)];
		d.status[i] = status;
		d.wh[i] = (int64_t)any((uint64_t)scale);
	}
	day_count(&d);
	return d;
}

enum { ROUND = 16 };

struct round {
	struct day day[ROUND];
	unsigned seen;
};

static void
compare(void *self, const struct day *d)
{
	struct round *r = self;
	const struct day *want = &r->day[r->seen++];

	assert_true(esiid_same(want->esiid, d->esiid));
	assert_int_equal(want->day, d->day);
	assert_int_equal(want->channel, d->channel);
	assert_true(want->created_s == d->created_s);
	if (!str_eq(want->shape, d->shape))
		fail_msg("shape " STR_FMT, STR_ARG(d->shape));
	assert_true(day_same(want, d));
}

static void
what_is_written_as_lse_reads_back_as_it_was(void **state)
{
	const struct zone *z = zone_get("America/Chicago", NULL);
	static struct round r;

	(void)state;
	for (unsigned k = 0; k < 200; k++) {
		AUTO(buf) b = BUF(1 << 20);
		struct out_file file = { .to = &b };
		struct told t = { .also = compare, .self = &r };

		r.seen = 0;
		for (unsigned i = 0; i < ROUND; i++) {
			struct out_day o = { .zone = z, .d = &r.day[i] };

			r.day[i] = any_day(z);
			/* the second pass of the repeated hour has no form of its own */
			if (zone_utc_s(z, zone_local_s(z, r.day[i].created_s), NULL) !=
			    r.day[i].created_s)
				r.day[i].created_s -= 3600;
			esiid_write(o.esiid, r.day[i].esiid);
			out_lse.day(&file, &o);
		}
		assert_true(buf_ok(&b));
		tell_lse(&t, &presets, buf_view(&b), 1 + any(5000));
		assert_int_equal(r.seen, ROUND);
		buf_auto(&t.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_writes_the_days_as_made_by_hand),
		cmocka_unit_test(a_missing_slot_has_no_value_in_any_format),
		cmocka_unit_test(method_status_and_size_are_kept),
		cmocka_unit_test(other_intervals_and_zones_keep_their_clocks),
		cmocka_unit_test(a_buffer_that_is_full_is_over_and_not_overrun),
		cmocka_unit_test(formats_are_found_by_their_names),
		cmocka_unit_test(green_button_tells_the_clock_or_keeps_silent),
		cmocka_unit_test(what_is_written_as_lse_reads_back_as_it_was),
	};

	rules_presets(&presets);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
