/* Changes, register reads and bills, as drops hold them: each row against what
 * docs/formats/drops.md says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "meter/out_rows.h"

#define ID "10443720000000001"

/* 2026-06-01 of four quarter-hours that are looked at; the rest are 0.100 actual. */
static struct day
day_of(const int64_t wh[4], const char status[5])
{
	struct day d = { .day = civil_day(2026, 6, 1),
		.created_s = 1780405200, /* 2026-06-02T13:00:00Z */
		.interval_s = 900,
		.n = 96 };

	for (unsigned i = 0; i < d.n; i++) {
		d.wh[i] = i < 4 ? wh[i] : 100;
		d.status[i] = i < 4 ? status[i] : 'A';
	}
	return d;
}

static struct out_day
out_of(const struct day *d)
{
	struct out_day o = { .d = d,
		.esiid = ID,
		.zone = zone_get("America/Chicago", NULL),
		.tdu = "oncor",
		.load = 7 };

	return o;
}

static void
each_change_has_its_reason(void **state)
{
	static const struct {
		int64_t was_wh, now_wh;
		char was, now;
		enum change change;
	} cases[] = {
		{ 100, 100, 'A', 'A', CHANGE_NONE },
		{ 100, 101, 'A', 'A', CHANGE_CORRECTED },
		{ 100, 100, 'E', 'A', CHANGE_ESTIMATE_REPLACED },
		{ 100, 250, 'E', 'A', CHANGE_ESTIMATE_REPLACED },
		{ 100, 250, 'E', 'E', CHANGE_CORRECTED },
		{ 100, 100, 'A', 'E', CHANGE_STATUS },
		{ 0, 100, 'M', 'A', CHANGE_FILLED },
		{ 0, 0, 'M', 'E', CHANGE_FILLED },
		{ 100, 0, 'A', 'M', CHANGE_REMOVED },
		{ 0, 0, 'M', 'M', CHANGE_NONE },
		{ 0, 0, 'A', 'M', CHANGE_REMOVED },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct day was = day_of(
		    (int64_t[4]){ cases[i].was_wh }, (char[5]){ cases[i].was, 'A', 'A', 'A' });
		struct day now = day_of(
		    (int64_t[4]){ cases[i].now_wh }, (char[5]){ cases[i].now, 'A', 'A', 'A' });

		assert_int_equal(change_of(&was, &now, 0), cases[i].change);
		assert_int_equal(change_of(NULL, &now, 0), CHANGE_NEW);
		was.interval_s = 1800;
		assert_int_equal(change_of(&was, &now, 0), CHANGE_NEW);
	}
}

static void
only_what_changed_is_written_with_the_old_value(void **state)
{
	struct day was = day_of((int64_t[4]){ 100, 200, 0, 400 }, "EAMA");
	struct day now = day_of((int64_t[4]){ 150, 200, 300, 0 }, "AAAM");
	struct out_day o = out_of(&now);
	AUTO(buf) b = BUF(1 << 20);

	(void)state;
	out_change_csv_begin(&b);
	assert_int_equal(out_change_csv(&b, &o, &was), 3);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,"
	    "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION,START_UTC,UTC_OFFSET,METHOD,"
	    "OLD_KWH,OLD_ESTIMATED_ACTUAL,REASON\r\n"
	    "'" ID ",06/01/2026,06/02/2026 08:00:00, 00:00, 00:15,0.150,A,Consumption,"
	    "2026-06-01T05:00:00Z,-05:00,,0.100,E,ESTIMATE_REPLACED\r\n"
	    "'" ID ",06/01/2026,06/02/2026 08:00:00, 00:30, 00:45,0.300,A,Consumption,"
	    "2026-06-01T05:30:00Z,-05:00,,,,FILLED\r\n"
	    "'" ID ",06/01/2026,06/02/2026 08:00:00, 00:45, 01:00,,,Consumption,"
	    "2026-06-01T05:45:00Z,-05:00,,0.400,A,REMOVED\r\n");
	assert_int_equal(out_change_csv(&b, &o, &now), 0);
}

static void
a_change_as_json_has_null_for_what_is_not_there(void **state)
{
	struct day was = day_of((int64_t[4]){ 100, 200, 0, 400 }, "AAMA");
	struct day now = day_of((int64_t[4]){ 100, 200, 300, 400 }, "AAAA");
	struct out_day o = out_of(&now);
	AUTO(buf) b = BUF(1 << 20);

	(void)state;
	assert_int_equal(out_change_jsonl(&b, &o, &was), 1);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "{\"esiid\":\"" ID "\",\"tdu\":\"oncor\",\"channel\":\"consumption\","
	    "\"date\":\"2026-06-01\",\"start\":\"2026-06-01T05:30:00Z\",\"interval_s\":900,"
	    "\"created\":\"2026-06-02T13:00:00Z\",\"load\":7,\"kwh\":0.300,\"status\":\"A\","
	    "\"old_kwh\":null,\"old_status\":\"M\",\"reason\":\"FILLED\"}\n");
	buf_reset(&b);
	assert_int_equal(out_change_jsonl(&b, &o, NULL), 96);
	assert_non_null(
	    strstr(b.at, "\"old_kwh\":null,\"old_status\":null,\"reason\":\"NEW\""));
}

static void
a_repeated_hour_has_two_offsets(void **state)
{
	struct day d = day_of((int64_t[4]){ 1, 2, 3, 4 }, "AAAA");
	struct out_day o = out_of(&d);
	AUTO(buf) b = BUF(1 << 20);

	(void)state;
	d.day = civil_day(2026, 11, 1);
	d.n = 100;
	memset(d.status, 'A', d.n);
	assert_int_equal(out_change_csv(&b, &o, NULL), 100);
	buf_byte(&b, '\0');
	assert_non_null(
	    strstr(b.at, " 01:00, 01:15,0.100,A,Consumption,2026-11-01T06:00:00Z,-05:00,"));
	assert_non_null(
	    strstr(b.at, " 01:00, 01:15,0.100,A,Consumption,2026-11-01T07:00:00Z,-06:00,"));
}

static void
a_register_read_leaves_out_what_nobody_knows(void **state)
{
	struct out_register r = { .esiid = ID,
		.zone = zone_get("America/Chicago", NULL),
		.tdu = "oncor",
		.day = civil_day(2026, 6, 1),
		.load = 7,
		.channel = CHANNEL_GENERATION,
		.created_s = 1780405200,
		.start_wh = OUT_NONE,
		.end_wh = 48230500,
		.wh = 0,
		.status = STR("E") };
	AUTO(buf) b = BUF(4096);

	(void)state;
	out_register_csv_begin(&b);
	out_register_csv(&b, &r);
	out_register_jsonl(&b, &r);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "ESIID,READ_DATE,REVISION_DATE,START_READING,END_READING,USAGE_KWH,"
	    "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION\r\n"
	    "'" ID ",06/01/2026,06/02/2026 08:00:00,,48230.500,0.000,E,Surplus Generation\r\n"
	    "{\"esiid\":\"" ID "\",\"tdu\":\"oncor\",\"channel\":\"generation\","
	    "\"date\":\"2026-06-01\",\"zone\":\"America/Chicago\","
	    "\"created\":\"2026-06-02T13:00:00Z\",\"load\":7,\"start_kwh\":null,"
	    "\"end_kwh\":48230.500,\"kwh\":0.000,\"status\":\"E\"}\n");
}

static void
a_bill_has_its_amount_and_items(void **state)
{
	struct out_billing r = { .esiid = ID,
		.zone = zone_get("America/Chicago", NULL),
		.tdu = "oncor",
		.start_date = civil_day(2026, 5, 2),
		.end_date = civil_day(2026, 6, 1),
		.load = 7,
		.channel = CHANNEL_LOAD,
		.created_s = 1780405200,
		.wh = 612250,
		.metered_w = 61400,
		.billed_w = OUT_NONE,
		.metered_va = OUT_NONE,
		.billed_va = OUT_NONE,
		.amount = -15500,
		.currency = STR("USD"),
		.items = STR("Energy, net=1.55"),
		.status = STR("A") };
	AUTO(buf) b = BUF(4096);

	(void)state;
	out_billing_csv(&b, &r);
	r.amount = OUT_NONE;
	r.currency = r.items = r.status = (struct str){ NULL, 0 };
	out_billing_csv(&b, &r);
	out_billing_jsonl(&b, &r);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "'" ID ",05/02/2026,06/01/2026,06/02/2026 08:00:00,612.250,61.400,,,,-1.5500,USD,"
	    "\"Energy, net=1.55\",A,Consumption\r\n"
	    "'" ID ",05/02/2026,06/01/2026,06/02/2026 08:00:00,612.250,61.400,,,,,,,,"
	    "Consumption\r\n"
	    "{\"esiid\":\"" ID "\",\"tdu\":\"oncor\",\"channel\":\"consumption\","
	    "\"start_date\":\"2026-05-02\",\"end_date\":\"2026-06-01\","
	    "\"created\":\"2026-06-02T13:00:00Z\",\"load\":7,\"kwh\":612.250,"
	    "\"metered_kw\":61.400,\"billed_kw\":null,\"metered_kva\":null,\"billed_kva\":null,"
	    "\"amount\":null,\"currency\":null,\"items\":null,\"status\":null}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_has_its_reason),
		cmocka_unit_test(only_what_changed_is_written_with_the_old_value),
		cmocka_unit_test(a_change_as_json_has_null_for_what_is_not_there),
		cmocka_unit_test(a_repeated_hour_has_two_offsets),
		cmocka_unit_test(a_register_read_leaves_out_what_nobody_knows),
		cmocka_unit_test(a_bill_has_its_amount_and_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
