#include "sys/conf.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

static int
new_file(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof path, "/tmp/busbar-conf-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int
drop_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void
write_text(const char *text)
{
	AUTO_FD fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void
presets_hold_where_the_file_is_silent(void **state)
{
	struct err e = { 0 };
	struct conf c;

	(void)state;
	write_text("# nothing but\n; comments\n\n[db]\n");
	if (!conf_read(&c, path, &e))
		fail_msg("%s", e.text);
	assert_string_equal(c.file, path);
	assert_string_equal(c.db_conninfo, "dbname=busbar");
	assert_int_equal(c.log_level, 6);
	assert_int_equal(c.ingest_file_max_bytes, INT64_C(2) << 30);
}

static void
units_blanks_and_comments_are_understood(void **state)
{
	struct err e = { 0 };
	struct conf c;

	(void)state;
	write_text("\xEF\xBB\xBF[db]\n"
		   "conninfo = host=/run/pg dbname=x ; where\r\n"
		   "\tconnections=3\n"
		   "[ingest]\n"
		   "  file_max = 3 M  ; small\n"
		   "plain_max =1048577\n"
		   "[log]\n"
		   "level = 7"); /* and no line end */
	if (!conf_read(&c, path, &e))
		fail_msg("%s", e.text);
	assert_string_equal(c.db_conninfo, "host=/run/pg dbname=x");
	assert_int_equal(c.db_connections, 3);
	assert_int_equal(c.ingest_file_max_bytes, 3 << 20);
	assert_int_equal(c.ingest_plain_max_bytes, 1048577);
	assert_int_equal(c.log_level, 7);
}

static void
a_fault_names_file_line_found_and_expected(void **state)
{
	static const struct {
		const char *text, *says; /* after "path:" */
	} cases[] = {
		{ "[log]\n\nlevel = 9\n",
		    "3: log.level is \"9\", expected a whole number from 3 to 7" },
		{ "[log]\nlevel = \n",
		    "2: log.level is \"\", expected a whole number from 3 to 7" },
		{ "[log]\nlevel = 6x\n",
		    "2: log.level is \"6x\", expected a whole number from 3 to 7" },
		{ "[log]\nlevel = -6\n",
		    "2: log.level is \"-6\", expected a whole number from 3 to 7" },
		{ "[ingest]\nfile_max = 2T\n",
		    "2: ingest.file_max is \"2T\", expected a size from 1K to 1024G" },
		{ "[ingest]\nfile_max = 1023\n",
		    "2: ingest.file_max is \"1023\", expected a size from 1K to 1024G" },
		{ "[ingest]\nfile_max = 9223372036854775807G\n",
		    "2: ingest.file_max is \"9223372036854775807G\", expected a size from 1K "
		    "to 1024G" },
		{ "[ingest]\nfil_max = 2G\n",
		    "2: there is no setting ingest.fil_max (docs/settings.md lists all)" },
		{ "level = 6\n", "1: there is no setting .level (docs/settings.md lists all)" },
		{ "[log]\nlevel = 6\nlevel = 6\n", "3: log.level is set in line 2 already" },
		{ "[log]\nlevel 6\n",
		    "2: found \"level 6\", expected \"name = value\" or \"[section]\"" },
		{ "[log\nlevel = 6\n",
		    "1: found \"[log\", expected \"name = value\" or \"[section]\"" },
		{ "[store]\npath =\n", "2: store.path is empty, expected a path" },
		{ "[log]\nlevel = 2\nlevel = x\n[x\n", /* the first one is told */
		    "2: log.level is \"2\", expected a whole number from 3 to 7" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct conf c = { .log_level = 77 };
		struct err e = { 0 };
		char says[256];

		write_text(cases[i].text);
		snprintf(says, sizeof says, "%s:%s", path, cases[i].says);
		assert_false(conf_read(&c, path, &e));
		assert_int_equal(e.code, ERR_CONF);
		assert_string_equal(e.text, says);
		assert_int_equal(c.log_level, 77); /* nothing half done */
	}
}

static void
a_text_or_a_line_that_is_too_long_is_refused_unseen(void **state)
{
	char text[1024], says[128], value[600];
	struct err e = { 0 };
	struct conf c;

	(void)state;
	memset(value, 's', sizeof value);
	snprintf(text, sizeof text, "[db]\nconninfo = %.255s\n", value);
	write_text(text);
	assert_true(conf_read(&c, path, &e));
	snprintf(text, sizeof text, "[db]\nconninfo = %.256s\n", value);
	write_text(text);
	snprintf(
	    says, sizeof says, "%s:2: db.conninfo has 256 bytes, expected at most 255", path);
	assert_false(conf_read(&c, path, &e));
	assert_string_equal(e.text, says);
	snprintf(text, sizeof text, "[db]\nconninfo = %.550s\n", value);
	write_text(text);
	snprintf(says, sizeof says, "%s:2: the line is longer than 512 bytes", path);
	assert_false(conf_read(&c, path, &e));
	assert_string_equal(e.text, says);
}

static void
each_type_takes_its_own_words(void **state)
{
	static const struct conf_row ms = {
		.name = "a.wait", .type = CONF_MS, .most = 86400000
	};
	static const struct conf_row yes = { .name = "a.on", .type = CONF_BOOL };
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} times[] = {
		{ "250ms", 250 },
		{ "5 s", 5000 },
		{ "2m", 120000 },
		{ "1h", 3600000 },
		{ "1d", 86400000 },
		{ "2d", -1 },
		{ "5", -1 },
		{ "s", -1 },
		{ "1.5s", -1 },
	};
	static const struct {
		const char *text;
		int means; /* -1: refused */
	} words[] = {
		{ "yes", 1 },
		{ "No", 0 },
		{ "TRUE", 1 },
		{ "off", 0 },
		{ "1", -1 },
		{ "", -1 },
	};
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < nitems(times); i++) {
		int64_t got = -1;

		conf_value(&ms, str_of(times[i].text), &got, &e);
		assert_int_equal(got, times[i].ms);
	}
	assert_string_equal(e.text, "a.wait is \"1.5s\", expected a time with its unit (ms, s, "
				    "m, h, d) from 0ms to 1d");
	for (size_t i = 0; i < nitems(words); i++) {
		bool got = false, ok = conf_value(&yes, str_of(words[i].text), &got, &e);

		assert_int_equal(ok, words[i].means >= 0);
		assert_int_equal(got, words[i].means == 1);
	}
	assert_string_equal(e.text, "a.on is \"\", expected yes or no");
}

static void
the_file_is_looked_for_in_order(void **state)
{
	struct err e = { 0 };
	char found[64], says[128], small[4];

	(void)state;
	assert_int_equal(setenv("BUSBAR_CONF", path, 1), 0);
	assert_true(conf_find(NULL, found, sizeof found, &e));
	assert_string_equal(found, path);
	assert_false(conf_find("/nowhere", found, sizeof found, &e));
	assert_int_equal(e.code, ERR_CONF);
	assert_string_equal(
	    e.text, "cannot read the settings /nowhere (as given): No such file or directory");
	assert_int_equal(setenv("BUSBAR_CONF", "/not/here", 1), 0);
	assert_true(conf_find(path, found, sizeof found, &e));
	assert_false(conf_find(NULL, found, sizeof found, &e));
	assert_string_equal(e.text,
	    "cannot read the settings /not/here (from BUSBAR_CONF): No such file or directory");
	unsetenv("BUSBAR_CONF");
	assert_false(conf_find(path, small, sizeof small, &e));
	snprintf(says, sizeof says, "the path of the settings is too long: %s", path);
	assert_string_equal(e.text, says);
}

static void
a_reload_takes_over_only_what_it_may(void **state)
{
	struct err e = { 0 };
	unsigned others;
	struct conf c;

	(void)state;
	write_text("[log]\nlevel = 4\n[db]\nconnections = 2\n");
	assert_true(conf_read(&c, path, &e));
	write_text("[log]\nlevel = 5\n[db]\nconnections = 3\n");
	assert_true(conf_reload(&c, &others, &e));
	assert_int_equal(c.log_level, 5);
	assert_int_equal(c.db_connections, 2);
	assert_int_equal(others, 1);
	write_text("[log]\nlevel = 6\n[db]\nconnections = 0\n");
	assert_false(conf_reload(&c, &others, &e));
	assert_int_equal(c.log_level, 5);
}

static void
the_page_lists_every_setting_once(void **state)
{
	AUTO(buf) b = BUF(1 << 20);
	static const char row[] = "| `log.level` | number | `6` | 3 to 7 | reload | Least "
				  "urgent level that is logged: ";

	(void)state;
	conf_write_docs(&b);
	assert_true(buf_ok(&b));
	for (size_t i = 0; i < conf_count; i++) {
		char name[80];
		const char *first;

		snprintf(name, sizeof name, "\n| `%s` | ", conf_rows[i].name);
		first = memmem(b.at, b.len, name, strlen(name));
		assert_non_null(first);
	}
	assert_non_null(memmem(b.at, b.len, row, strlen(row)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presets_hold_where_the_file_is_silent),
		cmocka_unit_test(units_blanks_and_comments_are_understood),
		cmocka_unit_test(a_fault_names_file_line_found_and_expected),
		cmocka_unit_test(a_text_or_a_line_that_is_too_long_is_refused_unseen),
		cmocka_unit_test(each_type_takes_its_own_words),
		cmocka_unit_test(the_file_is_looked_for_in_order),
		cmocka_unit_test(a_reload_takes_over_only_what_it_may),
		cmocka_unit_test(the_page_lists_every_setting_once),
	};

	return cmocka_run_group_tests(tests, new_file, drop_file);
}
