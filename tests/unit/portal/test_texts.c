/* Texts in both languages, and every template with every value that its page gives. */
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

#include "base/code.h"
#include "portal.h"

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* "{csp} {help}": the names in a text, each once, in the order of the alphabet. */
static void
names_in(char to[200], struct str text)
{
	char names[16][24];
	struct str rest = text, head, name;
	size_t n = 0;

	while (str_cut(rest, '{', &head, &rest)) {
		if (!str_cut(rest, '}', &name, &rest) || name.len == 0 || n == nitems(names))
			fail_msg("a name is not closed: " STR_FMT, STR_ARG(text));
		str_copy(names[n++], sizeof names[0], name);
	}
	qsort(names, n, sizeof names[0], by_name);
	to[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		size_t was = strlen(to);

		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			snprintf(to + was, 200 - was, "{%s} ", names[i]);
	}
}

static void
every_text_is_there_in_both_languages(void **state)
{
	/* names and the like are the same in both, and what is nothing but values */
	static const enum text same[] = { TEXT_USE_ONE_DAY, TEXT_USE_TOTAL, TEXT_TICK_MONTH,
		TEXT_TIME_ALONE, TEXT_TAKE_GREEN, TEXT_TAKE_JSON, TEXT_H_FOUND, TEXT_RPT_CSV,
		TEXT_RPT_JSON, TEXT_RPT_SHA256 };

	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		struct str en = text_of(LANGUAGE_EN, (enum text)i);
		struct str es = text_of(LANGUAGE_ES, (enum text)i);
		char in_en[200], in_es[200];
		bool may = false;

		if (en.len == 0 || es.len == 0)
			fail_msg("%s is missing in one language", text_names[i]);
		names_in(in_en, en);
		names_in(in_es, es);
		if (strcmp(in_en, in_es) != 0)
			fail_msg("%s names %s and %s", text_names[i], in_en, in_es);
		for (size_t k = 0; k < nitems(same); k++)
			may |= same[k] == (enum text)i;
		if (!may && str_eq(en, es))
			fail_msg("%s is not translated", text_names[i]);
		assert_true(str_utf8(en) && str_utf8(es));
	}
}

static void
languages_are_told_by_their_codes(void **state)
{
	(void)state;
	assert_int_equal(language_of(STR("es"), LANGUAGE_EN), LANGUAGE_ES);
	assert_int_equal(language_of(STR("EN"), LANGUAGE_ES), LANGUAGE_EN);
	assert_int_equal(language_of(STR("fr"), LANGUAGE_ES), LANGUAGE_ES);
	assert_int_equal(language_of((struct str){ NULL, 0 }, LANGUAGE_EN), LANGUAGE_EN);
}

static void
the_language_is_the_first_of_ours_that_a_browser_takes(void **state)
{
	static const struct {
		const char *header;
		enum language l;
	} cases[] = {
		{ "", LANGUAGE_EN },
		{ "es", LANGUAGE_ES },
		{ "es-MX,es;q=0.9,en;q=0.8", LANGUAGE_ES },
		{ "en-US, es;q=0.5", LANGUAGE_EN },
		{ "fr, de;q=0.9, ES-mx;q=0.8", LANGUAGE_ES },
		{ "es;q=0, en", LANGUAGE_EN },
		{ "est, e, ,;", LANGUAGE_EN },
		{ "*", LANGUAGE_EN },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(language_accepted(str_of(cases[i].header)), cases[i].l);
	assert_int_equal(language_accepted((struct str){ NULL, 0 }), LANGUAGE_EN);
}

/* Who changes a disclosure gives it a new version: what people agreed to is known by both. */
static void
disclosures_are_those_of_their_version(void **state)
{
	static const char *const digests[LANGUAGES] = {
		[LANGUAGE_EN] =
		    "be0c09a8320a58cff1f176f0fe850cd81146a167f88abe01d980e10d681e4509",
		[LANGUAGE_ES] =
		    "bc1975e04467ba19bef25760c092362557aca941fc04faa1a2f72e37ba7ef609",
	};

	(void)state;
	assert_string_equal(DISCLOSURE_VERSION, "2026-1");
	for (int l = 0; l < LANGUAGES; l++) {
		unsigned char sha256[32];
		char hex[65];

		disclosure_hash((enum language)l, sha256);
		code_hex(hex, sha256, 32);
		assert_string_equal(hex, digests[l]);
	}
}

static struct str
no_text(const void *arg, struct str name)
{
	(void)arg;
	return str_is(name, "HELLO") ? STR("Hello, {who} & \"{who}\"")
				     : (struct str){ NULL, 0 };
}

static struct str
the_file(const void *arg, struct str name)
{
	if (str_is(name, "page"))
		return str_of(arg);
	return str_is(name, "part") ? STR("[{{who}}]") : (struct str){ NULL, 0 };
}

static void
templates_escape_what_they_are_given(void **state)
{
	static const struct {
		const char *template, *gives; /* NULL: a bug, told as `says` */
		const char *says;
	} cases[] = {
		{ "plain", "plain", NULL },
		{ "<b>{{who}}</b>", "<b>&lt;i&gt;&amp;&quot;&#39;</b>", NULL },
		{ "{{@HELLO}}",
		    "Hello, &lt;i&gt;&amp;&quot;&#39; &amp; "
		    "&quot;&lt;i&gt;&amp;&quot;&#39;&quot;",
		    NULL },
		{ "{{?who}}yes{{/}}{{?none}}no{{/}}", "yes", NULL },
		{ "{{^who}}no{{/}}{{^none}}yes{{/}}", "yes", NULL },
		{ "{{?none}}{{?who}}no{{/}}no{{/}}after", "after", NULL },
		{ "{{*list}}({{n}}{{?b}}, {{b}}{{/}}){{/}}", "(1)(2, x)", NULL },
		{ "{{*empty}}no{{/}}{{?list}}some{{/}}{{^empty}}none{{/}}", "somenone", NULL },
		{ "{{*list}}{{who}}{{/}}", "&lt;i&gt;&amp;&quot;&#39;&lt;i&gt;&amp;&quot;&#39;",
		    NULL },
		{ "{{>part}}", "[&lt;i&gt;&amp;&quot;&#39;]", NULL },
		{ "a { b } c", "a { b } c", NULL },
		{ "{{stranger}}", NULL, "a page names \"stranger\", which has no value" },
		{ "{{@NO}}", NULL, "there is no text \"NO\"" },
		{ "{{>none}}", NULL, "there is no template \"none\"" },
		{ "{{who", NULL, "a template has a tag that is not closed" },
		{ "{{}}", NULL, "a template has a tag that is not closed" },
		{ "{{?who}}open", NULL, "a template has a part without an end" },
		{ "shut{{/}}", NULL, "a template has an end without a part" },
		{ "{{>page}}", NULL, "templates hold one another" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct view_value values[8], one[2], two[2];
		struct view v = { .at = values, .most = 8 };
		struct view items[2] = { { &v, one, 0, 2 }, { &v, two, 0, 2 } };
		struct view_source from = { the_file, no_text, cases[i].template };
		AUTO(buf) b = BUF(4096);
		struct err e = { 0 };
		bool ok;

		view_c(&v, "who", "<i>&\"'");
		view_c(&v, "none", "");
		view_c(&items[0], "n", "1");
		view_c(&items[0], "b", "");
		view_c(&items[1], "n", "2");
		view_c(&items[1], "b", "x");
		view_list(&v, "list", items, 2);
		view_list(&v, "empty", items, 0);
		ok = view_fill(&b, "page", &v, &from, &e);
		buf_byte(&b, '\0');
		assert_int_equal(ok, cases[i].gives != NULL);
		if (ok)
			assert_string_equal(b.at, cases[i].gives);
		else
			assert_string_equal(e.text, cases[i].says);
	}
}

static void
links_have_one_form(void **state)
{
	(void)state;
	assert_true(link_form(STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
	assert_false(link_form(STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
	assert_false(link_form(STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/")));
	assert_false(link_form(STR("")));
}

static void
forms_are_taken_strictly(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		const char *a;
	} cases[] = {
		{ "a=1&b=2", true, "1" },
		{ "a=x+y%26z", true, "x y&z" },
		{ "a", true, "" },
		{ "", true, "" },
		{ "b=2&&a=3", true, "3" },
		{ "a=1&a=2", false, NULL },
		{ "a=%0", false, NULL },
		{ "a=%00", false, NULL },
		{ "a=%ff", false, NULL },
		{ "a=%1b[1m", false, NULL },
		{ "a=%7f", false, NULL },
		{ "a=1%0d%0a%092", true, "1\r\n\t2" },
		{ "a=%zz", false, NULL },
		/* 49 of them */
		{ "f1=1&f2=1&f3=1&f4=1&f5=1&f6=1&f7=1&f8=1&f9=1&f10=1&f11=1&f12=1&f13=1&f"
		  "14=1&f15=1&f16=1&f17=1&f18=1&f19=1&f20=1&f21=1&f22=1&f23=1&f24=1&f25=1"
		  "&f26=1&f27=1&f28=1&f29=1&f30=1&f31=1&f32=1&f33=1&f34=1&f35=1&f36=1&f37"
		  "=1&f38=1&f39=1&f40=1&f41=1&f42=1&f43=1&f44=1&f45=1&f46=1&f47=1&f48=1&f"
		  "49=1",
		    false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct form f;
		struct err e = { 0 };
		char value[32];

		assert_int_equal(form_parse(&f, str_of(cases[i].text), &e), cases[i].ok);
		if (!cases[i].ok)
			continue;
		str_copy(value, sizeof value, form_get(&f, "a"));
		assert_string_equal(value, cases[i].a);
	}
}

#define PART(head, value) "--x\r\nContent-Disposition: form-data; " head "\r\n\r\n" value "\r\n"

static void
forms_with_files_are_taken_strictly(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		const char *a;
	} cases[] = {
		{ PART("name=\"a\"", "1") "--x--\r\n", true, "1" },
		{ PART("name=\"b\"", "2")
			PART("name=\"a\"; filename=\"f.csv\"", "\xff,\r\n--y") "--x--",
		    true, "\xff,\r\n--y" },
		{ PART("name=\"a\"; filename=\"\"\r\nContent-Type: text/csv", "") "--x--", true,
		    "" },
		{ "--x--\r\n", true, "" },
		{ PART("name=\"a\"", "\xff") "--x--", false, NULL },
		{ PART("name=\"a\"", "1") PART("name=\"a\"", "2") "--x--", false, NULL },
		{ PART("name=\"a\"", "1"), false, NULL },
		{ PART("name=a", "1") "--x--", false, NULL },
		{ PART("", "1") "--x--", false, NULL },
		{ "--x\r\nContent-Type: text/plain\r\n\r\n1\r\n--x--", false, NULL },
		{ "before" PART("name=\"a\"", "1") "--x--", false, NULL },
		{ "", false, NULL },
	};
	struct str boundary;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct form f;
		struct err e = { 0 };

		assert_int_equal(
		    form_parts(&f, str_of(cases[i].text), STR("x"), &e), cases[i].ok);
		if (cases[i].ok)
			assert_true(str_is(form_get(&f, "a"), cases[i].a));
	}
	assert_true(form_is_parts(STR("multipart/form-data; boundary=\"x y\""), &boundary));
	assert_true(str_is(boundary, "x y"));
	assert_false(form_is_parts(STR("multipart/form-data"), &boundary));
	assert_false(form_is_parts(STR("multipart/mixed; boundary=x"), &boundary));
	assert_false(form_is_parts((struct str){ NULL, 0 }, &boundary));
}

static void
cookies_are_found_once(void **state)
{
	(void)state;
	assert_true(
	    str_is(cookie_get(STR("x=1; __Host-busbar=abc; y=2"), "__Host-busbar"), "abc"));
	assert_true(str_is(cookie_get(STR("__Host-busbar=abc"), "__Host-busbar"), "abc"));
	assert_null(cookie_get(STR("a__Host-busbar=abc"), "__Host-busbar").at);
	assert_null(cookie_get(STR("__Host-busbar=a; __Host-busbar=b"), "__Host-busbar").at);
	assert_null(cookie_get((struct str){ NULL, 0 }, "__Host-busbar").at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_is_there_in_both_languages),
		cmocka_unit_test(languages_are_told_by_their_codes),
		cmocka_unit_test(the_language_is_the_first_of_ours_that_a_browser_takes),
		cmocka_unit_test(disclosures_are_those_of_their_version),
		cmocka_unit_test(templates_escape_what_they_are_given),
		cmocka_unit_test(links_have_one_form),
		cmocka_unit_test(forms_are_taken_strictly),
		cmocka_unit_test(forms_with_files_are_taken_strictly),
		cmocka_unit_test(cookies_are_found_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
