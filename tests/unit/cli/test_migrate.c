/* Which migrations are to run, what is refused, and how a script falls into statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/migrate.h"

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
drop_file(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static int
make_folder(void **state)
{
	static char folder[] = "/tmp/busbar-migrate-XXXXXX";

	*state = mkdtemp(folder);
	if (*state == NULL)
		return -1;
	write_file(folder, "0001_one.sql", "create table a();\n");
	write_file(folder, "0002_two.auto.sql", "create index concurrently i on a (x);\n");
	write_file(folder, "README.md", "not a script\n");
	write_file(folder, ".0003_hidden.sql", "nor this\n");
	return 0;
}

static int
drop_folder(void **state)
{
	static const char *const names[] = { "0001_one.sql", "0002_two.auto.sql", "README.md",
		".0003_hidden.sql" };

	for (size_t i = 0; i < nitems(names); i++)
		drop_file(*state, names[i]);
	return rmdir(*state);
}

static void
scripts_come_in_the_order_of_their_numbers(void **state)
{
	AUTO(scripts) s;
	struct err e = { 0 };

	assert_true(scripts_read(&s, *state, true, &e));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.at[0].name, "0001_one");
	assert_false(s.at[0].alone);
	assert_string_equal(s.at[0].text.at, "create table a();\n");
	assert_string_equal(s.at[1].name, "0002_two");
	assert_true(s.at[1].alone);
	assert_int_equal(s.at[1].number, 2);
}

static void
a_gap_or_a_bad_name_is_refused(void **state)
{
	static const struct {
		const char *name, *says;
	} cases[] = {
		{ "0004_four.sql", "0004_four.sql: expected number 0003 here" },
		{ "0002_twice.sql", "0002_two.sql: expected number 0003 here" },
		{ "03_three.sql", "03_three.sql: expected a name as 0001_schema.sql" },
		{ "0003.sql", "0003.sql: expected a name as 0001_schema.sql" },
		{ "three.sql", "three.sql: expected a name as 0001_schema.sql" },
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(scripts) s;
		struct err e = { 0 };
		char says[256];

		write_file(*state, cases[i].name, "select 1;");
		assert_false(scripts_read(&s, *state, true, &e));
		drop_file(*state, cases[i].name);
		snprintf(says, sizeof says, "%s/%s", (const char *)*state, cases[i].says);
		assert_string_equal(e.text, says);
		assert_int_equal(e.code, ERR_BAD_INPUT);
	}
}

static void
a_folder_that_is_not_there_is_told(void **state)
{
	AUTO(scripts) s;
	struct err e = { 0 };

	(void)state;
	assert_false(scripts_read(&s, "/nonexistent", false, &e));
	assert_string_equal(
	    e.text, "looking for scripts in /nonexistent: No such file or directory");
}

static struct applied
applied_as(const struct script *s)
{
	return (struct applied){ s->number, str_of(s->name),
		{ (const char *)s->sha256, DIGEST_BYTES }, STR("0.1") };
}

static void
only_what_was_not_applied_is_to_run(void **state)
{
	AUTO(scripts) s;
	struct err e = { 0 };
	struct applied a[2];
	size_t first = 99;

	assert_true(scripts_read(&s, *state, true, &e));
	a[0] = applied_as(&s.at[0]);
	a[1] = applied_as(&s.at[1]);
	for (size_t n = 0; n <= 2; n++) {
		assert_true(migrate_plan(&s, a, n, "0.1", &first, &e));
		assert_int_equal(first, n);
	}
}

static void
a_database_these_files_did_not_make_is_refused(void **state)
{
	AUTO(scripts) s;
	struct err e = { 0 };
	struct applied a[3];
	size_t first;

	assert_true(scripts_read(&s, *state, true, &e));
	a[0] = applied_as(&s.at[0]);
	a[1] = applied_as(&s.at[1]);
	a[2] = (struct applied){ 3, STR("0003_later"), a[0].sha256, STR("0.9") };
	assert_false(migrate_plan(&s, a, 3, "0.1", &first, &e));
	assert_int_equal(e.code, ERR_SEQUENCE);
	assert_string_equal(e.text, "the database has migration 0003_later of busbar 0.9; this "
				    "is busbar 0.1, which ends "
				    "at 0002");

	a[1].sha256 = a[0].sha256;
	assert_false(migrate_plan(&s, a, 2, "0.1", &first, &e));
	assert_string_equal(e.text,
	    "0002_two has changed since it was applied; put the change into a new migration");

	a[0].name = STR("0001_uno");
	assert_false(migrate_plan(&s, a, 2, "0.1", &first, &e));
	assert_string_equal(
	    e.text, "migration 0001 was 0001_uno when it was applied, the file is 0001_one");
}

static void
a_script_falls_into_its_statements(void **state)
{
	static const struct {
		const char *script, *statements[4];
	} cases[] = {
		{ "", { NULL } },
		{ " \n; ;\n", { NULL } },
		{ "-- only words; no statement", { NULL } },
		{ "/* a /* nested; */ comment; */", { NULL } },
		{ "a; b;c", { "a;", "b;", "c" } },
		{ "-- first; one\na -- still; a\n;\nb;", { "a -- still; a\n;", "b;" } },
		{ "select ';', \";\", 'it''s;'; b;", { "select ';', \";\", 'it''s;';", "b;" } },
		{ "do $$ begin; end $$; b;", { "do $$ begin; end $$;", "b;" } },
		{ "do $x$ $$;$$ ; $x$; b;", { "do $x$ $$;$$ ; $x$;", "b;" } },
		{ "execute p($1); b;", { "execute p($1);", "b;" } },
		{ "a - b / c; d;", { "a - b / c;", "d;" } },
		{ "do $$ never closed; ", { "do $$ never closed;" } },
		{ "'never closed; ", { "'never closed;" } },
		{ "/* x */ /* y; */ a;", { "a;" } },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct str rest = str_of(cases[i].script), one;
		size_t n = 0;

		while (script_next(&rest, &one)) {
			assert_true(n < 3 && cases[i].statements[n] != NULL);
			assert_int_equal(one.len, strlen(cases[i].statements[n]));
			assert_memory_equal(one.at, cases[i].statements[n], one.len);
			n++;
		}
		assert_null(cases[i].statements[n]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_come_in_the_order_of_their_numbers),
		cmocka_unit_test(a_gap_or_a_bad_name_is_refused),
		cmocka_unit_test(a_folder_that_is_not_there_is_told),
		cmocka_unit_test(only_what_was_not_applied_is_to_run),
		cmocka_unit_test(a_database_these_files_did_not_make_is_refused),
		cmocka_unit_test(a_script_falls_into_its_statements),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
