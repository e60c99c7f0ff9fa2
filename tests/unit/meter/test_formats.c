/* Recognising a format by its first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "meter/format.h"

#define ALL "lse, espi, premise, meter, rep, occupancy, customer, register, billing, rate"

/* clang-format off */
static const struct {
	const char *head, *format;
	const char *says; /* when there is none */
} cases[] = {
	{ "00000001,10443720001234567,4,20260308000000,20260308235959,Y,N\n", "lse", NULL },
	{ "busbar,premise,1\n", "premise", NULL },
	{ "busbar,meter,1\r\nesiid", "meter", NULL },
	{ "busbar,rep,1", "rep", NULL },
	{ "busbar,occupancy,1\n", "occupancy", NULL },
	{ "\xef\xbb\xbf" "busbar,customer,1\n", "customer", NULL },
	{ "busbar, register ,7\n", "register", NULL }, /* the reader tells that version 7 is unknown */
	{ "busbar,billing\n", "billing", NULL },
	{ "busbar,rate,1\n", "rate", NULL },
	{ "<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">", "espi", NULL },
	{ "\xef\xbb\xbf\n <ns1:feed xmlns:ns1=\"http://naesb.org/espi\"", "espi", NULL },
	{ "", NULL, "the file is empty" },
	{ "busbar,regster,1\n10", NULL, "line 1 begins \"busbar,regster,1\", which names no format; there are " ALL },
	{ "busbar\n", NULL, "the content begins \"busbar\", which is none of " ALL },
	{ "esiid,read_date\n", NULL, "the content begins \"esiid,read_date\", which is none of " ALL },
	{ "<html xmlns=\"http://www.w3.org/1999/xhtml\">", NULL,
	  "the content begins \"<html xmlns=\"http://www.w3.org/1999/xhtm\", which is none of " ALL },
	{ "\x1f\x8b\x08", NULL, "the file is gzip, expected its plain content" },
	{ "PK\x03\x04\x14", NULL, "the file is zip, expected its plain content" },
	{ "\x28\xb5\x2f\xfd\x04", NULL, "the file is zstd, expected its plain content" },
	{ "\x01\x02\x03", NULL, "the content begins \"???\", which is none of " ALL },
};
/* clang-format on */

static void
content_decides_and_what_is_unknown_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err e = { .text = "" };
		const struct format *f = format_sniff(str_of(cases[i].head), &e);

		if (cases[i].format != NULL) {
			assert_non_null(f);
			assert_string_equal(f->name, cases[i].format);
			continue;
		}
		assert_null(f);
		assert_int_equal(e.code, ERR_BAD_FILE);
		assert_string_equal(e.text, cases[i].says);
	}
}

static void
every_format_is_found_by_its_name_only(void **state)
{
	(void)state;
	for (size_t i = 0; formats[i] != NULL; i++) {
		assert_ptr_equal(format_named(formats[i]->name), formats[i]);
		assert_true((formats[i]->columns != NULL) == (formats[i]->gives == GIVES_ROWS));
		assert_true(formats[i]->column_count <= COLUMNS_MOST);
	}
	assert_null(format_named("LSE"));
	assert_null(format_named(""));
}

static void
compression_is_known_by_its_magic_number(void **state)
{
	(void)state;
	assert_string_equal(format_compression(STR("\x1f\x8b")), "gzip");
	assert_string_equal(format_compression(STR("PK\x03\x04")), "zip");
	assert_string_equal(format_compression(STR("PK\x05\x06")), "zip");
	assert_string_equal(format_compression(STR("\x28\xb5\x2f\xfd")), "zstd");
	assert_null(format_compression(STR("\x1f")));
	assert_null(format_compression(STR("PK")));
	assert_null(format_compression((struct str){ NULL, 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_decides_and_what_is_unknown_is_said),
		cmocka_unit_test(every_format_is_found_by_its_name_only),
		cmocka_unit_test(compression_is_known_by_its_magic_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
