/* hub/tools/sql_embed.awk, run as the build runs it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

static char folder[64], query[96], header[96], rows[96], says[96];

static int
new_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/busbar-awk-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(query, sizeof query, "%s/q.sql", folder);
	snprintf(header, sizeof header, "%s/sql_statements.h", folder);
	snprintf(rows, sizeof rows, "%s/sql_statements.inc", folder);
	snprintf(says, sizeof says, "%s/says", folder);
	return 0;
}

static int
drop_folder(void **state)
{
	(void)state;
	unlink(query);
	unlink(header);
	unlink(rows);
	unlink(says);
	return rmdir(folder);
}

static const char *
text_of(const char *path)
{
	static char text[4096];
	AUTO_FD fd = open(path, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* The exit status of awk on a query file of that text; NULL: on no file. */
static int
embed(const char *text)
{
	char out[80];
	const char *const argv[] = { "awk", "-v", out, "-f", "../hub/tools/sql_embed.awk",
		text != NULL ? query : NULL, NULL };
	int status = -1;
	pid_t pid;

	snprintf(out, sizeof out, "out=%s", folder);
	if (text != NULL) {
		AUTO_FD fd = open(query, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	}
	pid = fork();
	if (pid == 0) {
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(open(says, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
		execvp("awk", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define FIRST "/* Made from sql/queries by hub/tools/sql_embed.awk. */\n"

static void
statements_become_an_enum_and_rows(void **state)
{
	(void)state;
	assert_int_equal(embed("-- of the file\n\n"
			       "--! find(esiid, day)  one read\n"
			       "-- why\n"
			       "select \"a\", '\\x'\n"
			       "\n"
			       "\tfrom t where e = $1 -- it\n"
			       "  and d = $2;\n"
			       "--! drop_all()\texec\n"
			       "delete from t\n"
			       "--! in()  copyin\n"
			       "copy t from stdin\n"),
	    0);
	assert_string_equal(text_of(header),
	    FIRST "#ifndef SQL_STATEMENTS_H\n#define SQL_STATEMENTS_H\n\nenum sql {\n"
		  "\tSQL_FIND, /* q: (esiid,day) one */\n"
		  "\tSQL_DROP_ALL, /* q: () exec */\n"
		  "\tSQL_IN, /* q: () copyin */\n"
		  "\tSQL_COUNT\n};\n\n#endif\n");
	assert_string_equal(text_of(rows),
	    FIRST "\t{ \"find\", \"q\", SQL_K_ONE, 2, true,\n"
		  "\t  \"select \\\"a\\\", '\\\\x'\\n\"\n"
		  "\t  \"\\tfrom t where e = $1 -- it\\n\"\n"
		  "\t  \"  and d = $2\" },\n"
		  "\t{ \"drop_all\", \"q\", SQL_K_EXEC, 0, false,\n"
		  "\t  \"delete from t\" },\n"
		  "\t{ \"in\", \"q\", SQL_K_COPY_IN, 0, false,\n"
		  "\t  \"copy t from stdin\" },\n");
}

static void
no_file_gives_an_empty_list(void **state)
{
	(void)state;
	assert_int_equal(embed(NULL), 0);
	assert_string_equal(text_of(header),
	    FIRST "#ifndef SQL_STATEMENTS_H\n#define SQL_STATEMENTS_H\n\nenum sql {\n"
		  "\tSQL_COUNT\n};\n\n#endif\n");
	assert_string_equal(text_of(rows), FIRST);
}

static void
a_mistake_stops_the_build_with_its_place(void **state)
{
	static const struct {
		const char *text, *says; /* behind the file's name, as it begins */
	} cases[] = {
		{ "select 1\n", ":1: text before the first \"--! name(…) kind\"\n" },
		{ "--! a() one\nselect 1\n--! a() one\nselect 2\n",
		    ":3: \"a\" is there already: " },
		{ "--! a(b) one\nselect $2\n", ":2: \"a\" (" },
		{ "--! a() one\n-- only\n", ":2: \"a\" (" },
		{ "--! a() one\nselect 1;\nselect 2\n", ":3: \"a\" (" },
		{ "--! a one\nselect 1\n", ":1: expected \"--! name(parameter, …) kind\"\n" },
		{ "--! A() one\nselect 1\n",
		    ":1: the name \"A\" is not made of a-z, 0-9 and _\n" },
		{ "--! a() two\nselect 1\n",
		    ":1: \"a\" needs one of: one, rows, exec, copyin, copyout\n" },
		{ "--! a() one write\nselect 1\n",
		    ":1: after \"one\" only \"read\" may follow\n" },
		{ "--! a(b) copyin\ncopy t from stdin\n", ":1: COPY takes no parameters\n" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		const char *told;

		assert_int_equal(embed(cases[i].text), 1);
		told = text_of(says);
		assert_memory_equal(told, query, strlen(query));
		assert_memory_equal(told + strlen(query), cases[i].says, strlen(cases[i].says));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_become_an_enum_and_rows),
		cmocka_unit_test(no_file_gives_an_empty_list),
		cmocka_unit_test(a_mistake_stops_the_build_with_its_place),
	};

	return cmocka_run_group_tests(tests, new_folder, drop_folder);
}
