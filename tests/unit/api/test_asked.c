/* What a request for reads asks, and in which form it is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "v1/asked.h"
#include "v1/coarse.h"

static struct asked asked;

static enum err_code
ask(const char *query, const char *accept)
{
	struct api_call *of = calloc(1, sizeof *of);
	struct http r = { 0 };
	struct call c = { .http = &r, .who = of };
	struct err e = { 0 };
	bool ok;

	r.scgi.var[SCGI_ACCEPT] = str_of(accept);
	assert_true(form_parse(&of->query, str_of(query), &e));
	memset(&asked, 0, sizeof asked);
	ok = asked_query(&c, (struct str){ NULL, 0 }, &asked, &e);
	assert_true(ok == (e.code == ERR_NONE));
	free(of);
	return e.code;
}

static void
days_and_instants(void **state)
{
	(void)state;
	assert_int_equal(ask("esiid=all&from=2026-04-21", ""), ERR_NONE);
	assert_null(asked.ask.esiids);
	assert_int_equal(asked.ask.from, asked.ask.to);
	assert_int_equal(asked.ask.from_s, DB_STAMP_NONE);
	assert_int_equal(
	    ask("esiid=1,2,3&from=2026-04-21&to=2026-05-20&versions=true", ""), ERR_NONE);
	assert_int_equal(asked.ask.n, 3);
	assert_int_equal(asked.ask.to - asked.ask.from, 29);
	assert_true(asked.ask.versions);
	assert_int_equal(
	    ask("esiid=1&from=2026-04-21T00:00:00Z&to=2026-04-21T01:00:00%2B01:00", ""),
	    ERR_BAD_INPUT); /* the same instant */
	assert_int_equal(
	    ask("esiid=1&from=2026-04-21T00:00:00Z&to=2026-04-21T01:00:01%2B01:00", ""),
	    ERR_NONE);
	assert_int_equal(asked.ask.from, DAY_NONE);
	assert_int_equal(asked.ask.to_s - asked.ask.from_s, 1);
}

static void
what_makes_no_sense(void **state)
{
	static const struct {
		const char *query;
		enum err_code code;
	} cases[] = {
		{ "from=2026-04-21", ERR_USAGE },
		{ "esiid=&from=2026-04-21", ERR_USAGE },
		{ "esiid=1", ERR_USAGE },
		{ "esiid=1&from=", ERR_USAGE },
		{ "esiid=1&from=2026-02-29", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&to=2026-04-20", ERR_BAD_INPUT },
		{ "esiid=1&from=2010-01-01&to=2026-04-20", ERR_BAD_INPUT },
		{ "esiid=1&from=2026-04-21&to=2026-04-21T00:00:00Z", ERR_USAGE },
		{ "esiid=1&from=2026-04-21T00:00:00Z", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&kind=all", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&resolution=minute", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&cost=1", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&format=pdf", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&format=days&round=5", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&format=json&round=10", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&more=1", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&as_of=today", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&kind=billing&resolution=day", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&kind=billing&format=lse", ERR_ACCEPT },
		{ "esiid=1&from=2026-04-21&format=lse&resolution=hour", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&format=csv&cost=true", ERR_USAGE },
		{ "esiid=1&from=2026-04-21&format=xml&versions=true", ERR_USAGE },
		{ "esiid=1&from=2026-04-21T00:00:00Z&to=2026-04-22T00:00:00Z&format=csv",
		    ERR_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (ask(cases[i].query, "") != cases[i].code)
			fail_msg("%s: %d", cases[i].query, (int)ask(cases[i].query, ""));
}

static void
a_list_has_an_end(void **state)
{
	AUTO(buf) b = BUF(64 * 1024);

	(void)state;
	buf_c(&b, "from=2026-04-21&esiid=1");
	for (int i = 1; i < READS_LIST_MOST; i++)
		buf_c(&b, ",1");
	buf_byte(&b, '\0');
	assert_int_equal(ask(b.at, ""), ERR_NONE);
	assert_int_equal(asked.ask.n, READS_LIST_MOST);
	b.len--;
	buf_c(&b, ",1");
	buf_byte(&b, '\0');
	assert_int_equal(ask(b.at, ""), ERR_TOO_BIG);
}

static void
forms_by_accept(void **state)
{
	static const struct {
		const char *accept, *form;
	} cases[] = {
		{ "", "json" },
		{ "*/*", "json" },
		{ "application/json", "json" },
		{ "text/csv", "csv" },
		{ "TEXT/CSV", "csv" },
		{ "text/csv;profile=extended", "csv-ext" },
		{ "text/csv; profile=\"extended\"", "csv-ext" },
		{ "application/atom+xml", "xml" },
		{ "application/xml;q=0.9, */*;q=0.8", "xml" },
		{ "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "xml" },
		{ "application/json;q=0.5, text/csv", "csv" },
		{ "application/x-ndjson", "ndjson" },
		{ "application/jsonl, application/json;q=0.1", "ndjson" },
		{ "application/x-lse", "lse" },
		{ "image/png", NULL },
		{ "application/json;q=0", NULL },
		{ ",", NULL },
		{ ";q=1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		enum err_code code = ask("esiid=1&from=2026-04-21", cases[i].accept);

		if (code != (cases[i].form == NULL ? ERR_ACCEPT : ERR_NONE) ||
		    (cases[i].form != NULL && strcmp(asked.form->name, cases[i].form) != 0))
			fail_msg("%s: %d", cases[i].accept, (int)code);
	}
	/* by name, whatever Accept says */
	assert_int_equal(ask("esiid=1&from=2026-04-21&format=lse", "image/png"), ERR_NONE);
	assert_string_equal(asked.form->name, "lse");
	assert_int_equal(ask("esiid=1&from=2026-04-21&resolution=day&cost=true", ""), ERR_NONE);
	assert_int_equal(asked.by_s, COARSE_DAY_S);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_and_instants),
		cmocka_unit_test(what_makes_no_sense),
		cmocka_unit_test(a_list_has_an_end),
		cmocka_unit_test(forms_by_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
