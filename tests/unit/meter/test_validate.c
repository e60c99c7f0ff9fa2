/* Plausibility of one block: each rule at its edge, with its words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "meter/rule.h"

enum { TODAY = 20696 }; /* 2026-08-31 */

struct kase {
	const char *name;
	int32_t day;
	enum channel channel;
	uint16_t n;
	int64_t all_wh;
	struct {
		unsigned slot; /* from 1; 0: none */
		int64_t wh;
	} set[2];
	unsigned missing;	   /* so many at the end */
	int64_t start_wh, stop_wh; /* both 0: none */
	const char *shape;
	const char *rule, *severity; /* set before, when not NULL */
	int64_t threshold;
	const char *says; /* NULL: nothing */
};

static const struct kase cases[] = {
	{ .name = "a good day",
	    .all_wh = 300,
	    .start_wh = 1000,
	    .stop_wh = 29800,
	    .shape = "1,0" },
	/* dates */
	{ .name = "yesterday", .day = TODAY - 1, .all_wh = 300 },
	{ .name = "today",
	    .day = TODAY,
	    .all_wh = 300,
	    .says =
		"1:0: future-date: found \"2026-08-31\", expected a day before 2026-08-31" },
	{ .name = "today, allowed",
	    .day = TODAY,
	    .all_wh = 300,
	    .rule = "future-date",
	    .severity = "reject",
	    .threshold = 1 },
	{ .name = "tomorrow",
	    .day = TODAY + 1,
	    .all_wh = 300,
	    .rule = "future-date",
	    .severity = "reject",
	    .threshold = 1,
	    .says =
		"1:0: future-date: found \"2026-09-01\", expected a day before 2026-09-01" },
	{ .name = "future, off",
	    .day = TODAY + 9,
	    .all_wh = 300,
	    .rule = "future-date",
	    .severity = "off" },
	{ .name = "old", .day = TODAY - 730, .all_wh = 300 },
	{ .name = "too old",
	    .day = TODAY - 731,
	    .all_wh = 300,
	    .says = "1:0: too-old: found \"2024-08-30\", expected 2024-08-31 or later" },
	/* negative */
	{ .name = "negative",
	    .all_wh = 300,
	    .set = { { 5, -155 } },
	    .says = "1:0: negative: found \"-0.155 kWh in interval 5\", expected 0 or more" },
	{ .name = "negative, off",
	    .all_wh = 300,
	    .set = { { 5, -155 } },
	    .rule = "negative",
	    .severity = "off" },
	/* spike: 24 slots, 23 of 1 kWh and one of w: w * 24 > 20 * (23 + w) from 115 on */
	{ .name = "high", .n = 24, .all_wh = 1000, .set = { { 7, 115000 } } },
	{ .name = "spike",
	    .n = 24,
	    .all_wh = 1000,
	    .set = { { 7, 115001 } },
	    .says = "1:0: spike: found \"115.001 kWh in interval 7\", expected at most 20 "
		    "times the "
		    "day's mean of 5.750 kWh" },
	{ .name = "spike of a small user", .all_wh = 0, .set = { { 3, 5000 }, { 1, 1 } } },
	{ .name = "spike just over 5 kWh",
	    .all_wh = 0,
	    .set = { { 3, 5001 }, { 1, 1 } },
	    .says =
		"1:0: spike: found \"5.001 kWh in interval 3\", expected at most 20 times the "
		"day's mean of 0.052 kWh" },
	/* zeros */
	{ .name = "95 zeros", .set = { { 1, 1 } } },
	{ .name = "96 zeros",
	    .says =
		"1:0: zero-run: found \"96 zeros in a row from interval 1\", expected fewer "
		"than 96" },
	{ .name = "a spring day of zeros",
	    .n = 92,
	    .says =
		"1:0: zero-run: found \"92 zeros in a row from interval 1\", expected fewer "
		"than 92" },
	{ .name = "96 zeros of an autumn day",
	    .n = 100,
	    .set = { { 1, 1 }, { 2, 1 } },
	    .says =
		"1:0: zero-run: found \"98 zeros in a row from interval 3\", expected fewer "
		"than 96" },
	{ .name = "zeros on both sides", .n = 100, .set = { { 50, 1 } } },
	{ .name = "missing is not zero", .missing = 1 },
	{ .name = "no sun", .channel = CHANNEL_GENERATION },
	{ .name = "12 zeros",
	    .n = 24,
	    .all_wh = 0,
	    .set = { { 1, 5 }, { 14, 5 } },
	    .rule = "zero-run",
	    .severity = "flag",
	    .threshold = 12,
	    .says =
		"1:0: zero-run: found \"12 zeros in a row from interval 2\", expected fewer "
		"than 12" },
	/* register: 24 slots of 1 kWh */
	{ .name = "register within 50 Wh",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 25050 },
	{ .name = "register 51 Wh more",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 25051,
	    .says = "1:0: register-mismatch: found \"24.000 kWh in all intervals\", expected "
		    "24.051 "
		    "kWh by the register, give or take 50 Wh" },
	{ .name = "register 51 Wh less",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 24949,
	    .says = "1:0: register-mismatch: found \"24.000 kWh in all intervals\", expected "
		    "23.949 "
		    "kWh by the register, give or take 50 Wh" },
	{ .name = "register of a transformer meter",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 1300,
	    .shape = "80,0,1,0" },
	{ .name = "register with half a multiplier",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 49000,
	    .shape = "0.5,0,1,0" },
	{ .name = "register without multiplier",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 25000,
	    .shape = ",0,1,0" },
	{ .name = "rollover at 100000",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 99990000,
	    .stop_wh = 14000 },
	{ .name = "rollover at 1000000",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 999990000,
	    .stop_wh = 14000 },
	{ .name = "rollover at 100000000",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 99999990000,
	    .stop_wh = 14000 },
	{ .name = "backwards",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 50000,
	    .stop_wh = 26000,
	    .says = "1:0: register-mismatch: found \"24.000 kWh in all intervals\", expected "
		    "99976.000 kWh by the register, give or take 50 Wh" },
	{ .name = "register beside a missing slot",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 99000,
	    .missing = 1 },
	{ .name = "register, off",
	    .n = 24,
	    .all_wh = 1000,
	    .start_wh = 1000,
	    .stop_wh = 99000,
	    .rule = "register-mismatch",
	    .severity = "off" },
};

static struct day
day_of(const struct kase *k)
{
	struct day d = { .day = k->day != 0 ? k->day : TODAY - 1,
		.line = 1,
		.interval_s = 900,
		.n = k->n != 0 ? k->n : 96,
		.channel = (uint8_t)k->channel,
		.has_start = k->stop_wh != 0,
		.has_stop = k->stop_wh != 0,
		.start_wh = k->start_wh,
		.stop_wh = k->stop_wh,
		.shape = str_of(k->shape) };

	for (unsigned i = 0; i < d.n; i++) {
		d.wh[i] = k->all_wh;
		d.status[i] = 'A';
	}
	for (unsigned i = 0; i < nitems(k->set); i++)
		if (k->set[i].slot != 0)
			d.wh[k->set[i].slot - 1] = k->set[i].wh;
	for (unsigned i = d.n - k->missing; i < d.n; i++) {
		d.wh[i] = 0;
		d.status[i] = STATUS_MISSING;
	}
	day_count(&d);
	return d;
}

static void
each_rule_speaks_at_its_edge_and_not_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const struct kase *k = &cases[i];
		struct day d = day_of(k);
		struct fault faults[RULES];
		char text[FAULT_TEXT] = "";
		struct rules r;
		unsigned n;

		rules_presets(&r);
		if (k->rule != NULL)
			assert_true(
			    rules_set(&r, str_of(k->rule), str_of(k->severity), k->threshold));
		n = validate_day(&r, &d, TODAY, faults);
		if (n > 0)
			fault_text(text, sizeof(text), &faults[0]);
		if (n != (k->says != NULL) || strcmp(text, k->says == NULL ? "" : k->says) != 0)
			fail_msg("%s: %u findings: %s", k->name, n, text);
	}
}

static void
several_rules_may_speak_of_one_block(void **state)
{
	struct day d = day_of(&(struct kase){ .day = TODAY,
	    .n = 96,
	    .set = { { 9, 6000 }, { 10, -1 } },
	    .start_wh = 1,
	    .stop_wh = 2 });
	struct fault faults[RULES];
	struct rules r;

	(void)state;
	assert_true(esiid_read(STR("10443720000000001"), &d.esiid));
	rules_presets(&r);
	assert_int_equal(validate_day(&r, &d, TODAY, faults), 4);
	assert_int_equal(faults[0].rule, RULE_FUTURE);
	assert_int_equal(faults[1].rule, RULE_NEGATIVE);
	assert_int_equal(faults[2].rule, RULE_SPIKE);
	assert_int_equal(faults[3].rule, RULE_REGISTER);
	assert_int_equal(faults[1].severity, SEV_REJECT);
	assert_int_equal(faults[3].severity, SEV_FLAG);
	assert_true(esiid_same(faults[3].esiid, d.esiid));
	assert_int_equal(faults[3].day, TODAY);
	assert_int_equal(faults[3].channel, CHANNEL_LOAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_speaks_at_its_edge_and_not_before),
		cmocka_unit_test(several_rules_may_speak_of_one_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
