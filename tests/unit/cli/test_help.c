/* The table of commands: found by name, whole, and told about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"

enum { HELP_COLUMNS = 80 };

static const struct command *
find(const char *first, const char *second, int *used, struct err *e)
{
	char *const argv[] = { (char *)(uintptr_t)first, (char *)(uintptr_t)second };

	return command_find(second == NULL ? 1 : 2, argv, used, e);
}

static void
commands_of_one_and_two_words_are_found(void **state)
{
	struct err e = { 0 };
	int used;

	(void)state;
	assert_string_equal(find("reads", "--help", &used, &e)->name, "reads");
	assert_int_equal(used, 1);
	assert_string_equal(find("clock", "advance", &used, &e)->name, "clock advance");
	assert_int_equal(used, 2);
}

static void
a_command_that_is_not_there_is_told_with_near_ones(void **state)
{
	static const struct {
		const char *first, *second, *says;
	} cases[] = {
		{ "raeds", NULL, "there is no command \"raeds\"; there is: reads" },
		{ "clock", "stop",
		    "there is no command \"clock stop\"; there is: clock show, clock advance, "
		    "clock reset, clock trust" },
		{ "clock", NULL,
		    "there is no command \"clock\"; there is: clock show, clock advance, "
		    "clock reset, clock trust" },
		{ "entirely-else", "x", "there is no command \"entirely-else x\"" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct err e = { 0 };
		int used;

		assert_null(find(cases[i].first, cases[i].second, &used, &e));
		assert_int_equal(e.code, ERR_USAGE);
		assert_string_equal(e.text, cases[i].says);
	}
}

/* What a row must have, so that no command can be added without its help. */
static void
every_row_of_the_table_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *c = commands[i];

		assert_non_null(c->run);
		assert_true(strlen(c->help) > 0 && strlen(c->help) < HELP_COLUMNS);
		assert_true(c->help[strlen(c->help) - 1] != '.');
		assert_true(c->option_count == 0 || c->args_bytes > 0);
		for (size_t k = 0; k < c->option_count; k++) {
			assert_non_null(c->options[k].help);
			assert_true(c->options[k].offset < c->args_bytes);
			assert_true((c->options[k].type == OPTION_WORD) ==
				    (c->options[k].words != NULL));
		}
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(c->name, commands[k]->name);
	}
}

static void
help_has_every_command_and_the_exit_codes(void **state)
{
	AUTO(buf) all = BUF(256 * 1024);
	AUTO(buf) page = BUF(256 * 1024);

	(void)state;
	help_all(&all, NULL);
	help_markdown(&page);
	for (size_t i = 0; commands[i] != NULL; i++) {
		assert_true(str_has(buf_view(&all), str_of(commands[i]->help)));
		assert_true(str_has(buf_view(&page), str_of(commands[i]->name)));
	}
	assert_true(str_has(buf_view(&all),
	    STR("Exit status: 0 done, 1 done with findings, 64 not understood, 65 bad input,\n"
		"69 not available, 70 our bug, 75 try again.\n")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_of_one_and_two_words_are_found),
		cmocka_unit_test(a_command_that_is_not_there_is_told_with_near_ones),
		cmocka_unit_test(every_row_of_the_table_is_whole),
		cmocka_unit_test(help_has_every_command_and_the_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
