/* One table of columns, for people and for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/list.h"

static const struct list_column columns[] = {
	{ "name", "NAME", CELL_TEXT },
	{ "files", "FILES", CELL_INT },
	{ "hidden", NULL, CELL_JSON },
	{ "load", "LOAD", CELL_DIGITS },
	{ "kwh", "kWh", CELL_KWH },
	{ "day", "DAY", CELL_DATE },
	{ "at", "AT", CELL_MOMENT },
	{ "sha256", "DIGEST", CELL_HEX },
	{ "ok", "OK", CELL_BOOL },
};

static void
fill(struct list *l)
{
	list_text(l, STR("caf\xc3\xa9"));
	list_int(l, 7);
	list_text(l, STR("{\"a\":1}"));
	list_text(l, STR("12"));
	list_int(l, -1500);
	list_int(l, civil_day(2026, 11, 1));
	list_text(l, STR("2026-11-01T06:00:00.123456Z"));
	list_text(l, STR("\x01\xfe"));
	list_int(l, 1);

	list_text(l, STR("two\nlines\033"));
	list_int(l, 12345);
	list_none(l);
	list_none(l);
	list_int(l, 0);
	list_none(l);
	list_none(l);
	list_none(l);
	list_int(l, 0);
}

static void
people_get_aligned_columns_without_control_bytes(void **state)
{
	AUTO(list) l = LIST(columns);
	AUTO(buf) b = BUF(4096);

	(void)state;
	fill(&l);
	assert_int_equal(list_count(&l), 2);
	list_draw(&l, false, false, &b);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "NAME        FILES  LOAD     kWh  DAY         AT                    DIGEST  OK\n"
	    "caf\xc3\xa9            7    12  -1.500  2026-11-01  2026-11-01T06:00:00Z  01fe    "
	    "yes\n"
	    "two?lines?  12345     -   0.000  -           -                     -       no\n");
}

static void
programs_get_one_object_with_items(void **state)
{
	AUTO(list) l = LIST(columns);
	AUTO(buf) b = BUF(4096);

	(void)state;
	fill(&l);
	list_draw(&l, true, false, &b);
	buf_byte(&b, '\0');
	assert_string_equal(b.at,
	    "{\"items\":[{\"name\":\"caf\xc3\xa9\",\"files\":7,\"hidden\":{\"a\":1},\"load\":"
	    "12,"
	    "\"kwh\":-1.500,\"day\":\"2026-11-01\",\"at\":\"2026-11-01T06:00:00.123456Z\","
	    "\"sha256\":\"01fe\",\"ok\":true},"
	    "{\"name\":\"two\\nlines\\u001b\",\"files\":12345,\"hidden\":null,\"load\":null,"
	    "\"kwh\":0.000,\"day\":null,\"at\":null,\"sha256\":null,\"ok\":false}]}\n");
}

static void
nothing_is_a_heading_or_an_empty_list(void **state)
{
	AUTO(list) l = LIST(columns);
	AUTO(buf) people = BUF(4096);
	AUTO(buf) programs = BUF(4096);

	(void)state;
	list_draw(&l, false, false, &people);
	list_draw(&l, true, false, &programs);
	buf_byte(&people, '\0');
	buf_byte(&programs, '\0');
	assert_string_equal(people.at, "NAME  FILES  LOAD  kWh  DAY  AT  DIGEST  OK\n");
	assert_string_equal(programs.at, "{\"items\":[]}\n");
}

static void
one_thing_is_lines_of_names_and_values_or_one_object(void **state)
{
	static const struct list_column two[] = {
		{ "id", "agreement", CELL_INT },
		{ "state", "state", CELL_TEXT },
	};
	AUTO(list) l = LIST(two);
	AUTO(buf) people = BUF(4096);
	AUTO(buf) programs = BUF(4096);

	(void)state;
	list_int(&l, 5);
	list_text(&l, STR("ACTIVE"));
	list_draw_one(&l, false, &people);
	list_draw_one(&l, true, &programs);
	buf_byte(&people, '\0');
	buf_byte(&programs, '\0');
	assert_string_equal(people.at, "agreement  5\nstate      ACTIVE\n");
	assert_string_equal(programs.at, "{\"id\":5,\"state\":\"ACTIVE\"}\n");
}

static void
what_is_not_there_is_no_line_but_null(void **state)
{
	static const struct list_column two[] = {
		{ "id", "agreement", CELL_INT },
		{ "reason", "reason", CELL_TEXT },
	};
	AUTO(list) l = LIST(two);
	AUTO(buf) people = BUF(4096);
	AUTO(buf) programs = BUF(4096);

	(void)state;
	list_int(&l, 5);
	list_none(&l);
	list_draw_one(&l, false, &people);
	list_draw_one(&l, true, &programs);
	buf_byte(&people, '\0');
	buf_byte(&programs, '\0');
	assert_string_equal(people.at, "agreement  5\n");
	assert_string_equal(programs.at, "{\"id\":5,\"reason\":null}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_get_aligned_columns_without_control_bytes),
		cmocka_unit_test(programs_get_one_object_with_items),
		cmocka_unit_test(nothing_is_a_heading_or_an_empty_list),
		cmocka_unit_test(what_is_not_there_is_no_line_but_null),
		cmocka_unit_test(one_thing_is_lines_of_names_and_values_or_one_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
