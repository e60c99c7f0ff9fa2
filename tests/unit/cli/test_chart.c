/* Days as bars: heights, hours and marks, also on the two days when the clocks change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/chart.h"

enum { WIDE = 120, QUARTER_S = 900 };

static const struct zone *
chicago(void)
{
	const struct zone *z = zone_get("America/Chicago", NULL);

	assert_non_null(z);
	return z;
}

static struct day
flat_day(int32_t day, unsigned n, int64_t wh)
{
	struct day d = { .day = day, .interval_s = QUARTER_S, .n = (uint16_t)n };

	for (unsigned i = 0; i < n; i++) {
		d.wh[i] = wh;
		d.status[i] = STATUS_ACTUAL;
	}
	return d;
}

static void
drawn(struct buf *b, struct day *d, unsigned columns, bool colour)
{
	day_count(d);
	chart_day(b, d, chicago(), "load", columns, colour);
	assert_true(buf_ok(b));
	buf_byte(b, '\0');
}

static unsigned
times(const char *text, const char *part)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
		n++;
	return n;
}

static void
a_day_is_drawn_from_zero_to_its_largest_value(void **state)
{
	AUTO(buf) b = BUF(CHART_BYTES_MOST);
	struct day d = flat_day(civil_day(2026, 9, 1), 96, 0);

	(void)state;
	/* an hour a column (24 in 40): halves of the largest, then all of it, then the least */
	for (unsigned i = 32; i < 36; i++)
		d.wh[i] = 250;
	for (unsigned i = 36; i < 40; i++)
		d.wh[i] = 500;
	d.wh[40] = 1;
	drawn(&b, &d, 40, false);
	assert_string_equal(b.at, "2026-09-01 load, 3.001 kWh in 96 intervals\n"
				  " 2.00 kW ┤         █              \n"
				  "         │         █              \n"
				  "         │         █              \n"
				  "         │        ██              \n"
				  "         │        ██              \n"
				  "         │        ██▁             \n"
				  "    0    └┬──┬──┬──┬──┬──┬──┬──┬──\n"
				  "          00 03 06 09 12 15 18 21 \n"
				  "\n");
}

static void
estimated_and_missing_are_marked_and_missing_is_no_zero(void **state)
{
	AUTO(buf) b = BUF(CHART_BYTES_MOST);
	struct day d = flat_day(civil_day(2026, 9, 1), 96, 100);

	(void)state;
	d.status[0] = STATUS_ESTIMATED;
	for (unsigned i = 4; i < 8; i++) {
		d.status[i] = STATUS_MISSING;
		d.wh[i] = 0;
	}
	d.status[8] = STATUS_MISSING; /* one of four: the mean is of the others */
	d.wh[8] = 0;
	d.wh[12] = 0; /* a zero is a value like any other */
	d.wh[13] = 0;
	d.wh[14] = 0;
	d.wh[15] = 0;
	drawn(&b, &d, 40, false);
	assert_non_null(strstr(
	    b.at, "2026-09-01 load, 8.700 kWh in 96 intervals, 1 estimated, 5 missing\n"));
	assert_non_null(strstr(b.at, " 0.40 kW ┤█ █ ████████████████████\n"));
	assert_non_null(
	    strstr(b.at, "\n          exx                       e estimated, x missing\n"));
}

static void
hours_are_those_of_the_local_clock(void **state)
{
	static const struct {
		int year, month, dom;
		unsigned n;
		const char *hours;
	} cases[] = {
		/* spring: two o'clock is not there; autumn: one o'clock is there twice */
		{ 2026, 3, 8, 92, "\n          00      03          06" },
		{ 2026, 9, 1, 96, "\n          00          03          06" },
		{ 2026, 11, 1, 100, "\n          00              03          06" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) b = BUF(CHART_BYTES_MOST);
		struct day d = flat_day(
		    civil_day(cases[i].year, cases[i].month, cases[i].dom), cases[i].n, 100);

		drawn(&b, &d, WIDE, false);
		assert_int_equal(times(b.at, "█"), cases[i].n * CHART_ROWS);
		assert_non_null(strstr(b.at, cases[i].hours));
	}
}

static void
a_wide_terminal_shows_every_interval_and_a_narrow_one_their_means(void **state)
{
	static const struct {
		unsigned columns, bars;
	} cases[] = { { 200, 96 }, { 106, 96 }, { 105, 48 }, { 80, 48 }, { 58, 48 }, { 57, 24 },
		{ 40, 24 }, { 0, 24 } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) b = BUF(CHART_BYTES_MOST);
		struct day d = flat_day(civil_day(2026, 9, 1), 96, 100);

		drawn(&b, &d, cases[i].columns, false);
		assert_int_equal(times(b.at, "█"), cases[i].bars * CHART_ROWS);
	}
}

static void
colours_are_only_there_when_asked_for(void **state)
{
	(void)state;
	for (int colour = 0; colour < 2; colour++) {
		AUTO(buf) b = BUF(CHART_BYTES_MOST);
		struct day d = flat_day(civil_day(2026, 9, 1), 96, 100);

		d.status[3] = STATUS_ESTIMATED;
		drawn(&b, &d, WIDE, colour != 0);
		assert_int_equal(strstr(b.at, "\033[33m") != NULL, colour);
		assert_int_equal(times(b.at, "\033[0m"), colour ? CHART_ROWS : 0);
	}
}

static void
a_day_without_any_value_is_an_empty_chart(void **state)
{
	AUTO(buf) b = BUF(CHART_BYTES_MOST);
	struct day d = flat_day(civil_day(2026, 9, 1), 96, 0);

	(void)state;
	for (unsigned i = 0; i < d.n; i++)
		d.status[i] = STATUS_MISSING;
	drawn(&b, &d, WIDE, false);
	assert_int_equal(times(b.at, "█"), 0);
	assert_int_equal(times(b.at, "▁"), 0);
	assert_non_null(strstr(b.at, "96 missing\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_drawn_from_zero_to_its_largest_value),
		cmocka_unit_test(estimated_and_missing_are_marked_and_missing_is_no_zero),
		cmocka_unit_test(hours_are_those_of_the_local_clock),
		cmocka_unit_test(
		    a_wide_terminal_shows_every_interval_and_a_narrow_one_their_means),
		cmocka_unit_test(colours_are_only_there_when_asked_for),
		cmocka_unit_test(a_day_without_any_value_is_an_empty_chart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
