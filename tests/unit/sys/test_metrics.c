/* Metrics as text: the format, escapes, and a list that does not grow for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sys/metrics.h"

static void
samples_stand_below_their_two_lines(void **state)
{
	static struct metric files = { "files_total", METRIC_COUNTER, "Files.",
		.label = { "utility", "state" } };
	static struct metric now = { "now", METRIC_GAUGE, "Now.", .label = { NULL } };
	static struct metric *const all[] = { &files, &now };
	AUTO(buf) b = BUF(4096);

	(void)state;
	metric_add(&files, "oncor", "LOADED", 1);
	metric_add(&files, "aep", "HELD", 2);
	metric_add(&files, "oncor", "LOADED", 3);
	metric_add(&files, "a\"\\\n", "x", 1);
	metrics_write(&b, all, nitems(all));
	metric_set(&now, NULL, NULL, 7);
	metric_set(&now, NULL, NULL, -1);
	metrics_write(&b, all + 1, 1);
	buf_byte(&b, '\0');
	assert_string_equal(b.at, "# HELP files_total Files.\n# TYPE files_total counter\n"
				  "files_total{utility=\"oncor\",state=\"LOADED\"} 4\n"
				  "files_total{utility=\"aep\",state=\"HELD\"} 2\n"
				  "files_total{utility=\"a\\\"\\\\?\",state=\"x\"} 1\n"
				  "# HELP now Now.\n# TYPE now gauge\nnow 0\n"
				  "# HELP now Now.\n# TYPE now gauge\nnow -1\n");
	assert_int_equal(metric_value(&files, "oncor", "LOADED"), 4);
	assert_int_equal(metric_value(&files, "tnmp", "LOADED"), 0);
	free(files.samples);
	free(now.samples);
}

static void
strangers_cannot_make_it_grow(void **state)
{
	static struct metric m = { "m_total", METRIC_COUNTER, "M.", .label = { "of" } };
	char name[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "%d", i);
		metric_add(&m, name, NULL, 1);
	}
	assert_int_equal(m.count, METRIC_SAMPLES_MOST);
	assert_int_equal(metric_value(&m, "5", NULL), 1);
	assert_int_equal(metric_value(&m, "other", NULL), 1000 - (METRIC_SAMPLES_MOST - 1));
	free(m.samples);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_stand_below_their_two_lines),
		cmocka_unit_test(strangers_cannot_make_it_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
