/*
 * Rows of the Smart Meter Texas family against files made by hand from the LSE blocks beside
 * them and the layout's description: 100 slots, of which a normal day leaves the 9th to the
 * 12th empty, autumn fills all, and spring has "-" where its hour is missing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "lse_help.h"
#include "smt_rows.h"

static struct rules presets;

struct writing {
	const struct zone *zone;
	struct json j;
};

static void
write_day(void *self, const struct day *d)
{
	struct writing *w = self;
	struct out_day o = { .d = d, .zone = w->zone };

	esiid_write(o.esiid, d->esiid);
	smt_energy_row(&w->j, &o, false);
}

static void
days_are_as_made_by_hand(void **state)
{
	static const char *const days[] = { "normal", "spring", "autumn", "solar" };
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		AUTO(buf) b = BUF(1 << 20);
		struct writing w = { zone_get("America/Chicago", NULL), json_to(&b) };
		struct told t = { .also = write_day, .self = &w };
		AUTO(buf) text = { 0 };
		AUTO(buf) want = { 0 };
		char path[128];

		(void)snprintf(path, sizeof path, "data/lse/good/%s.lse", days[i]);
		file_read(path, &text);
		(void)snprintf(path, sizeof path, "data/smt/%s.json", days[i]);
		file_read(path, &want);
		json_list(&w.j, NULL);
		tell_lse(&t, &presets, buf_view(&text), SIZE_MAX);
		json_end(&w.j);
		buf_byte(&b, '\n');
		assert_true(buf_ok(&b));
		wrong += !same_text(path, buf_view(&b), buf_view(&want));
		buf_auto(&t.text);
	}
	assert_int_equal(wrong, 0);
}

static struct day
made_day(int year, int month, int dom, uint32_t interval_s, uint16_t n)
{
	struct day d = { .interval_s = interval_s, .n = n, .day = civil_day(year, month, dom) };

	for (unsigned i = 0; i < n; i++) {
		d.status[i] = STATUS_ACTUAL;
		d.wh[i] = i;
	}
	return d;
}

static void
assert_rd(const struct day *d, const char *expected)
{
	AUTO(buf) b = BUF(SMT_RD_MOST);

	smt_rd(&b, d);
	buf_byte(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(b.at, expected);
}

static void
hours_are_25_and_missing_is_no_zero(void **state)
{
	struct day d = made_day(2026, 9, 1, 3600, 24);

	(void)state;
	d.status[1] = STATUS_MISSING;
	d.status[2] = STATUS_ESTIMATED;
	d.wh[23] = 1234567;
	assert_rd(&d, "0.000-A,-,,0.002-E,0.003-A,0.004-A,0.005-A,0.006-A,0.007-A,0.008-A,"
		      "0.009-A,0.010-A,0.011-A,0.012-A,0.013-A,0.014-A,0.015-A,0.016-A,"
		      "0.017-A,0.018-A,0.019-A,0.020-A,0.021-A,0.022-A,1234.567-A");
	d = made_day(2026, 3, 8, 3600, 23);
	assert_rd(&d, "0.000-A,0.001-A,,-,0.002-A,0.003-A,0.004-A,0.005-A,0.006-A,0.007-A,"
		      "0.008-A,0.009-A,0.010-A,0.011-A,0.012-A,0.013-A,0.014-A,0.015-A,"
		      "0.016-A,0.017-A,0.018-A,0.019-A,0.020-A,0.021-A,0.022-A");
	d = made_day(2026, 11, 1, 3600, 25);
	assert_rd(&d, "0.000-A,0.001-A,0.002-A,0.003-A,0.004-A,0.005-A,0.006-A,0.007-A,"
		      "0.008-A,0.009-A,0.010-A,0.011-A,0.012-A,0.013-A,0.014-A,0.015-A,"
		      "0.016-A,0.017-A,0.018-A,0.019-A,0.020-A,0.021-A,0.022-A,0.023-A,"
		      "0.024-A");
}

static void
the_longest_day_fits(void **state)
{
	struct day d = made_day(2026, 11, 1, 300, 300);
	AUTO(buf) b = BUF(SMT_RD_MOST);

	(void)state;
	for (unsigned i = 0; i < d.n; i++)
		d.wh[i] = KWH_MOST_WH;
	smt_rd(&b, &d);
	assert_true(buf_ok(&b));
	assert_int_equal(b.len, 300 * strlen("1000000000.000-A") + 299);
}

/* ---- registers and bills ---- */

static void
registers_and_bills_are_text(void **state)
{
	const struct zone *z = zone_get("America/Chicago", NULL);
	struct out_register r = { .esiid = "10443720000000001",
		.zone = z,
		.day = civil_day(2026, 11, 22),
		.channel = CHANNEL_LOAD,
		.created_s = TEST_RECEIVED_S,
		.start_wh = 1000000,
		.end_wh = 1027500,
		.wh = 27500 };
	struct out_billing x = { .esiid = "10443720000000001",
		.zone = z,
		.start_date = civil_day(2026, 10, 3),
		.end_date = civil_day(2026, 11, 2),
		.channel = CHANNEL_GENERATION,
		.created_s = TEST_RECEIVED_S,
		.wh = 905123,
		.metered_w = 4500,
		.billed_w = OUT_NONE,
		.metered_va = OUT_NONE,
		.billed_va = 0 };
	AUTO(buf) b = BUF(4096);
	struct json j = json_to(&b);

	(void)state;
	json_list(&j, NULL);
	smt_register_row(&j, &r, false, false);
	r.start_wh = OUT_NONE;
	smt_register_row(&j, &r, true, true);
	smt_billing_row(&j, &x, false, true);
	json_end(&j);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "[{\"readDate\":\"11/22/2026\",\"revisionDate\":\"11/22/2026 01:08:09\","
	    "\"startReading\":\"1000.000\",\"endReading\":\"1027.500\","
	    "\"energyDataKwh\":\"27.500\"},"
	    "{\"esiid\":\"10443720000000001\",\"RT\":\"C\",\"readDate\":\"11/22/2026\","
	    "\"revisionDate\":\"11/22/2026 01:08:09\",\"startReading\":\"\","
	    "\"endReading\":\"1027.500\",\"energyDataKwh\":\"27.500\"},"
	    "{\"RT\":\"G\",\"startDate\":\"10/03/2026\",\"endDate\":\"11/02/2026\","
	    "\"revisionDate\":\"11/22/2026 01:08:09\",\"actualkWh\":\"905.123\","
	    "\"meteredKW\":\"4.500\",\"billedKW\":\"\",\"meteredKVA\":\"\","
	    "\"billedKVA\":\"0.000\"}]");
}

static void
dates_are_american_and_real(void **state)
{
	static const struct {
		const char *text;
		int year, month, dom; /* 0: refused */
	} all[] = {
		{ "02/29/2024", 2024, 2, 29 },
		{ "12/31/2026", 2026, 12, 31 },
		{ "02/29/2026", 0, 0, 0 },
		{ "13/01/2026", 0, 0, 0 },
		{ "2026-11-22", 0, 0, 0 },
		{ "1/2/2026", 0, 0, 0 },
		{ "01/02/26", 0, 0, 0 },
		{ "01/0a/2026", 0, 0, 0 },
		{ "01/02/2026 ", 0, 0, 0 },
		{ "", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(all); i++) {
		int32_t day = 0;

		assert_int_equal(smt_read_date(str_of(all[i].text), &day), all[i].year != 0);
		if (all[i].year != 0)
			assert_int_equal(day, civil_day(all[i].year, all[i].month, all[i].dom));
	}
}

/* ---- the portal's usage pages, as programs that call them read them ---- */

static void
assert_page(const struct day *d, const struct day *g, const char *expected)
{
	AUTO(buf) b = BUF(16384);
	struct json j = json_to(&b);
	struct out_day o = { .d = d, .zone = zone_get("America/Chicago", NULL) };

	json_list(&j, NULL);
	smt_page_day(&j, &o, g, false);
	json_end(&j);
	buf_byte(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(b.at, expected);
}

#define ROW(from, to, kwh, how, g, g_how)                                                  \
	"{\"date\":\"2026-11-01\",\"starttime\":\" " from "\",\"endtime\":\" " to          \
	"\",\"consumption\":" kwh ",\"consumption_est_act\":\"" how "\",\"generation\":" g \
	",\"generation_est_act\":" g_how "}"

/* By the clock on the wall: autumn's day has 01:00 twice. */
static void
pages_have_rows_for_what_is_known(void **state)
{
	struct day d = made_day(2026, 11, 1, 3600, 4), g = d;

	(void)state;
	d.status[1] = STATUS_ESTIMATED;
	d.wh[3] = 1234567;
	assert_page(&d, NULL,
	    "[" ROW("12:00 am", "01:00 am", "0.000", "A", "0", "null") "," ROW(
		"01:00 am", "01:00 am", "0.001", "E", "0", "null") "," ROW("01:00 am",
		"02:00 am", "0.002", "A", "0",
		"null") "," ROW("02:00 am", "03:00 am", "1234.567", "A", "0", "null") "]");
	d.status[0] = d.status[2] = STATUS_MISSING; /* is no row, and no zero */
	g.status[1] = STATUS_MISSING;
	assert_page(&d, &g,
	    "[" ROW("01:00 am", "01:00 am", "0.001", "E", "null", "null") "," ROW(
		"02:00 am", "03:00 am", "1234.567", "A", "0.003", "\"A\"") "]");
	d = made_day(2026, 11, 1, 3600, 25);
	for (unsigned i = 0; i < d.n; i++)
		d.status[i] = i == 13 || i == 24 ? STATUS_ACTUAL : STATUS_MISSING;
	assert_page(&d, NULL,
	    "[" ROW("12:00 pm", "01:00 pm", "0.013", "A", "0", "null") "," ROW(
		"11:00 pm", "12:00 am", "0.024", "A", "0", "null") "]");
}

static void
pages_of_registers_and_bills(void **state)
{
	const struct zone *z = zone_get("America/Chicago", NULL);
	struct out_register r = { .esiid = "10443720000000001",
		.zone = z,
		.day = civil_day(2025, 12, 4),
		.start_wh = 72366148,
		.end_wh = 72404005,
		.wh = 37857 };
	struct out_billing x = { .zone = z,
		.start_date = civil_day(2020, 12, 30),
		.end_date = civil_day(2021, 1, 28),
		.created_s = TEST_RECEIVED_S,
		.wh = 290000,
		.metered_w = 4500,
		.billed_w = OUT_NONE,
		.metered_va = OUT_NONE,
		.billed_va = OUT_NONE };
	AUTO(buf) b = BUF(4096);
	struct json j = json_to(&b);

	(void)state;
	json_list(&j, NULL);
	smt_page_register(&j, &r, false);
	smt_page_billing(&j, &x, false);
	x.wh = OUT_NONE;
	smt_page_billing(&j, &x, false);
	json_end(&j);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "[{\"date\":\"12/04/2025\",\"reading\":37.857,\"startreading\":\"72366.148\","
	    "\"endreading\":\"72404.005\"},"
	    "{\"startdate\":\"12/30/2020\",\"enddate\":\"01/28/2021\",\"actl_kwh_usg\":290.000,"
	    "\"mtrd_kwh_usg\":4.500,\"blld_kwh_usg\":0,\"mtrd_kva_usg\":0,\"blld_kva_usg\":0,"
	    "\"lastupdate\":\"11/22/2026 01:08:09\",\"errmsg\":\"Success\"},"
	    "{\"startdate\":\"12/30/2020\",\"enddate\":\"01/28/2021\",\"actl_kwh_usg\":null,"
	    "\"mtrd_kwh_usg\":4.500,\"blld_kwh_usg\":0,\"mtrd_kva_usg\":0,\"blld_kva_usg\":0,"
	    "\"lastupdate\":\"11/22/2026 01:08:09\",\"errmsg\":\"Success\"}]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_as_made_by_hand),
		cmocka_unit_test(hours_are_25_and_missing_is_no_zero),
		cmocka_unit_test(the_longest_day_fits),
		cmocka_unit_test(registers_and_bills_are_text),
		cmocka_unit_test(pages_have_rows_for_what_is_known),
		cmocka_unit_test(pages_of_registers_and_bills),
		cmocka_unit_test(dates_are_american_and_real),
	};

	rules_presets(&presets);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
