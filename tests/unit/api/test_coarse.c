/* Hours and days out of quarters; a day as JSON, cut to instants, with costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "v1/coarse.h"
#include "v1/day_json.h"

static struct day
quarters(const char *zone, int32_t day, int64_t wh)
{
	struct err e;
	const struct zone *z = zone_get(zone, &e);
	struct day d = { .day = day, .interval_s = 900, .channel = CHANNEL_LOAD };

	assert_non_null(z);
	d.n = (uint16_t)day_slots(z, day, 900);
	for (unsigned i = 0; i < d.n; i++) {
		d.wh[i] = wh + i;
		d.status[i] = STATUS_ACTUAL;
	}
	day_count(&d);
	return d;
}

static void
hours_add_up(void **state)
{
	static const struct {
		int year, month, dom;
		unsigned hours;
	} days[] = { { 2026, 4, 21, 24 }, { 2026, 3, 8, 23 }, { 2026, 11, 1, 25 } };
	struct day to;

	(void)state;
	for (size_t i = 0; i < nitems(days); i++) {
		struct day d = quarters("America/Chicago",
		    civil_day(days[i].year, days[i].month, days[i].dom), 100);

		assert_true(coarse_day(&to, &d, COARSE_HOUR_S));
		assert_int_equal(to.n, days[i].hours);
		assert_int_equal(to.interval_s, 3600);
		assert_int_equal(to.total_wh, d.total_wh);
		assert_int_equal(to.wh[1], 4 * 100 + 4 + 5 + 6 + 7);
		assert_true(coarse_day(&to, &d, COARSE_DAY_S));
		assert_int_equal(to.n, 1);
		assert_int_equal(to.wh[0], d.total_wh);
		assert_int_equal(to.total_wh, d.total_wh);
	}
}

static void
what_is_missing_is_missing(void **state)
{
	struct day d = quarters("America/Chicago", 20000, 250), to;

	(void)state;
	d.status[1] = STATUS_MISSING;
	d.wh[1] = 0;
	d.status[6] = STATUS_ESTIMATED;
	d.status[9] = STATUS_ESTIMATED;
	d.status[10] = STATUS_MISSING;
	d.wh[10] = 0;
	day_count(&d);
	assert_true(coarse_day(&to, &d, COARSE_HOUR_S));
	assert_int_equal(to.status[0], STATUS_MISSING);
	assert_int_equal(to.wh[0], 0); /* not what is left of it */
	assert_int_equal(to.status[1], STATUS_ESTIMATED);
	assert_int_equal(to.status[2], STATUS_MISSING);
	assert_int_equal(to.status[3], STATUS_ACTUAL);
	assert_int_equal(to.missing, 2);
	assert_int_equal(to.estimated, 1);
	assert_true(coarse_day(&to, &d, COARSE_DAY_S));
	assert_int_equal(to.status[0], STATUS_MISSING);
	assert_int_equal(to.missing, 1);
}

static void
methods_stay_where_they_are_one(void **state)
{
	struct day d = quarters("America/Chicago", 20000, 250), to;

	(void)state;
	memset(d.method, 8, sizeof d.method);
	d.method[5] = 17;
	assert_true(coarse_day(&to, &d, COARSE_HOUR_S));
	assert_int_equal(to.method[0], 8);
	assert_int_equal(to.method[1], 0);
}

static void
nothing_becomes_finer(void **state)
{
	struct day d = quarters("America/Chicago", 20000, 250), hours, to;

	(void)state;
	assert_true(coarse_day(&hours, &d, COARSE_HOUR_S));
	assert_false(coarse_day(&to, &hours, 900));
	assert_true(coarse_day(&to, &hours, COARSE_DAY_S));
	assert_int_equal(to.total_wh, d.total_wh);
	d.n = 0;
	assert_false(coarse_day(&to, &d, COARSE_HOUR_S));
	d.n = 95; /* no whole hours */
	assert_false(coarse_day(&to, &d, COARSE_HOUR_S));
}

static struct out_day
out_of(const struct day *d)
{
	struct err e;
	struct out_day o = { .d = d, .tdu = "oncor", .load = 7, .loaded_s = 1776800000 };

	o.zone = zone_get("America/Chicago", &e);
	strcpy(o.esiid, "10443720000000001");
	return o;
}

static void
a_day_is_cut_to_instants(void **state)
{
	struct day d = quarters("America/Chicago", civil_day(2026, 4, 21), 0);
	struct out_day o = out_of(&d);
	/* local midnight is 05:00 UTC */
	int64_t midnight_s;
	struct day_json x = { .o = &o };

	(void)state;
	assert_true(civil_read_stamp(STR("2026-04-21T05:00:00Z"), &midnight_s));
	assert_true(day_json_clip(&x, midnight_s, midnight_s + 86400));
	assert_int_equal(x.first, 0);
	assert_int_equal(x.past, 96);
	assert_int_equal(day_json_wh(&x), d.total_wh);
	x = (struct day_json){ .o = &o };
	assert_true(day_json_clip(&x, midnight_s + 1, midnight_s + 1801));
	assert_int_equal(x.first, 1);
	assert_int_equal(x.past, 3); /* 00:15 and 00:30 begin between them */
	assert_int_equal(day_json_wh(&x), 1 + 2);
	x = (struct day_json){ .o = &o };
	assert_false(day_json_clip(&x, midnight_s + 1, midnight_s + 900));
	x = (struct day_json){ .o = &o };
	assert_false(day_json_clip(&x, midnight_s + 86400, midnight_s + 90000));
}

static void
costs_are_exact(void **state)
{
	struct day d = quarters("America/Chicago", civil_day(2026, 4, 21), 0), wide;
	struct out_day o = out_of(&d);
	struct costs costs = { .currency = "USD" }, wider;
	struct day_json x = { .o = &o, .costs = &costs, .past = 2 };
	AUTO(buf) b = BUF(64 * 1024);

	(void)state;
	d.wh[0] = 333; /* at 0.081000: 0.026973 */
	d.wh[1] = 1;
	costs.known[0] = true;
	costs.nano[0] = 333 * 81000;
	day_json(&b, &x);
	buf_byte(&b, '\0');
	assert_non_null(
	    strstr(b.at, "\"cost\":{\"amount\":0.026973,\"currency\":\"USD\",\"unpriced\":1}"));
	assert_non_null(strstr(b.at, "\"kwh\":0.333,\"status\":\"A\",\"cost\":0.026973}"));
	assert_non_null(strstr(b.at, "\"kwh\":0.001,\"status\":\"A\",\"cost\":null}"));
	for (unsigned i = 0; i < 4; i++)
		costs.known[i] = i != 2;
	assert_true(coarse_day(&wide, &d, COARSE_HOUR_S));
	costs_coarse(&wider, &costs, d.n, wide.n);
	assert_false(wider.known[0]); /* of a part nobody knows the price */
	costs.known[2] = true;
	costs_coarse(&wider, &costs, d.n, wide.n);
	assert_true(wider.known[0]);
	assert_int_equal(wider.nano[0], 333 * 81000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours_add_up),
		cmocka_unit_test(what_is_missing_is_missing),
		cmocka_unit_test(methods_stay_where_they_are_one),
		cmocka_unit_test(nothing_becomes_finer),
		cmocka_unit_test(a_day_is_cut_to_instants),
		cmocka_unit_test(costs_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
