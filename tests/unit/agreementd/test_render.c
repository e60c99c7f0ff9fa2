#include "render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "mails.h"
#include "texts.h"

static const char *
as_text(struct buf *b)
{
	buf_byte(b, '\0');
	return b->at;
}

static void
both_parts_come_of_one_text(void **state)
{
	AUTO(rendered) r = RENDERED;
	struct fields f = { .n = 0 };
	struct err e = { 0 };

	(void)state;
	fields_add(&f, "csp", STR("A & B <b>\"'"));
	fields_add(&f, "none", (struct str){ NULL, 0 });
	fields_add(&f, "link", STR("https://hub.example/a/x?y=1&z=2"));
	assert_true(render(&r,
	    STR("Subject: {csp} asks\n# Hello {csp}\nOne\ntwo.\n\nThree.\n* a point\n?none * "
		"not there\n"
		"!none * but this\n= Go on | {link}\n^ 123456\nEnd\n"),
	    &f, &e));
	assert_string_equal(as_text(&r.subject), "A & B <b>\"' asks");
	assert_string_equal(as_text(&r.text),
	    "Hello A & B <b>\"'\n=================\n\nOne two.\n\nThree.\n\n  * a point\n  * "
	    "but this\n\n"
	    "Go on\n  https://hub.example/a/x?y=1&z=2\n\n    123456\n\nEnd\n\n");
	assert_string_equal(as_text(&r.html),
	    "<h1 style=\"font-size:1.4em\">Hello A &amp; B &lt;b&gt;&quot;&#39;</h1>\n"
	    "<p>One two.</p>\n<p>Three.</p>\n<ul>\n<li>a point</li>\n<li>but this</li>\n</ul>\n"
	    "<p><a href=\"https://hub.example/a/x?y=1&amp;z=2\" style=\"display:inline-block;"
	    "padding:.6em 1em;background:#0b5d4a;color:#ffffff;font-weight:bold;"
	    "text-decoration:none;border-radius:8px\">Go on</a></p>\n"
	    "<p "
	    "style=\"font-size:1.6em;letter-spacing:.15em\"><b>123456</b></p>\n<p>End</p>\n");
}

static void
what_a_mail_is_for_stands_out(void **state)
{
	AUTO(rendered) r = RENDERED;
	struct fields f = { .n = 0 };
	struct err e = { 0 };

	(void)state;
	assert_true(render(&r, STR("# Asked\n= Answer | https://a.example\n"), &f, &e));
	assert_true(render(&r, STR("# About\n= No more | https://b.example\n"), &f, &e));
	assert_string_equal(as_text(&r.html),
	    "<h1 style=\"font-size:1.4em\">Asked</h1>\n"
	    "<p><a href=\"https://a.example\" style=\"display:inline-block;padding:.6em 1em;"
	    "background:#0b5d4a;color:#ffffff;font-weight:bold;text-decoration:none;"
	    "border-radius:8px\">Answer</a></p>\n"
	    "<h2 style=\"font-size:1.1em;margin-top:2em\">About</h2>\n"
	    "<p><a href=\"https://b.example\" style=\"color:#0b5d4a\">No more</a></p>\n");
}

/* A value is never markup, and never a second header line. */
static void
values_stay_values(void **state)
{
	AUTO(rendered) r = RENDERED;
	struct fields f = { .n = 0 };
	struct err e = { 0 };

	(void)state;
	fields_add(&f, "csp", STR("# x\r\nBcc: a@b.example\n= y | https://evil.example"));
	assert_true(render(&r, STR("Subject: {csp}\n{csp}\n"), &f, &e));
	assert_string_equal(
	    as_text(&r.subject), "# x  Bcc: a@b.example = y | https://evil.example");
	assert_string_equal(
	    as_text(&r.html), "<p># x  Bcc: a@b.example = y | https://evil.example</p>\n");
}

static void
lines_of_text_are_short_but_words_stay_whole(void **state)
{
	AUTO(rendered) r = RENDERED;
	struct fields f = { .n = 0 };
	struct err e = { 0 };
	char text[200];

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text + 100, " ñandú ", strlen(" ñandú "));
	assert_true(render(&r, (struct str){ text, sizeof text }, &f, &e));
	assert_int_equal(r.text.at[100], '\n');
	assert_memory_equal(r.text.at + 101, "ñandú\n", strlen("ñandú\n"));
}

static const struct {
	const char *text, *says;
} bad[] = {
	{ "{nobody}", "a mail's text names \"nobody\", which is no field" },
	{ "?nobody x", "a mail's text asks for \"nobody\", which is no field" },
	{ "{open", "a field of a mail's text is not closed" },
};

static void
a_text_with_a_hole_is_no_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		AUTO(rendered) r = RENDERED;
		struct fields f = { .n = 0 };
		struct err e = { 0 };

		assert_false(render(&r, str_of(bad[i].text), &f, &e));
		assert_int_equal(e.code, ERR_BUG);
		assert_string_equal(e.text, bad[i].says);
	}
}

static void
a_subject_may_depend(void **state)
{
	AUTO(rendered) r = RENDERED;
	struct fields f = { .n = 0 };
	struct err e = { 0 };

	(void)state;
	fields_add(&f, "goes_on", STR("yes"));
	assert_true(render(
	    &r, STR("?goes_on Subject: It goes on\n!goes_on Subject: It ends\nx\n"), &f, &e));
	assert_string_equal(as_text(&r.subject), "It goes on");
	assert_string_equal(as_text(&r.text), "x\n\n");
}

/* ---- the texts themselves ---- */

#define FACTS                                                                                    \
	"{\"csp\":\"Sunny\",\"number\":\"17\",\"premises\":\"…0001, …0002\",\"more\":\"3\"," \
	"\"kinds\":\"interval,register,billing\",\"months\":\"12\",\"history_months\":\"1\","    \
	"\"reference\":\"R-1\",\"last_day\":\"2026-12-03\",\"start_day\":\"2026-11-27\","        \
	"\"end_day\":\"2027-11-26\",\"ended_day\":\"2026-12-01\"}"
#define ARGS_                                                                         \
	"{\"why\":\"move-out\",\"reason\":\"because\",\"days\":7,\"position\":\"2\"," \
	"\"until\":\"2026-12-31\",\"masked\":\"…0003\",\"cause\":\"ORDER\",\"held\":true}"

static void
fill(struct fields *f, struct arena *a, const char *language, const char *facts,
    const char *args)
{
	struct err e = { 0 };

	assert_true(facts_read(f, a, language, str_of(facts), str_of(args), &e));
	fields_add(f, "hub", STR("Busbar"));
	fields_add(f, "portal", STR("https://hub.example"));
	fields_add(f, "link", STR("https://hub.example/a/x"));
	fields_add(f, "code", STR("123456"));
	fields_add(f, "optout", STR("https://hub.example/o/x"));
}

static void
each_mail_is_complete_in_both_languages(void **state)
{
	static const char *const languages[] = { "en", "es" };
	static const char *const of[][2] = { { FACTS, ARGS_ },
		{ "{\"csp\":\"Sunny\"}", "{}" } };

	(void)state;
	for (size_t i = 0; i < 2 * mail_row_count * nitems(of); i++) {
		const struct mail_row *row = &mail_rows[i % mail_row_count];
		const char *language = languages[i / mail_row_count % 2];
		size_t which = i / mail_row_count / 2;
		AUTO_PTR(arena) a = arena_new(1 << 20);
		AUTO(rendered) r = RENDERED;
		struct fields f = { .n = 0 };
		struct err e = { 0 };
		struct str text = text_of(language, row->text);

		print_message("%s/%s\n", language, row->text);
		assert_non_null(text.at);
		fill(&f, a, language, of[which][0], of[which][1]);
		assert_true(render(&r, text, &f, &e));
		assert_true(
		    render(&r, text_of(language, row->csp ? "foot-csp" : "foot"), &f, &e));
		assert_true(r.subject.len > 10 && r.text.len > 200 && r.html.len > 200);
		assert_false(str_has(buf_view(&r.text), STR("{")));
		/* its link, where it has one, and its code */
		assert_int_equal(
		    str_has(buf_view(&r.html), STR("hub.example/a/x")), row->purpose != NULL);
		assert_int_equal(str_has(buf_view(&r.text), STR("123456")), row->code);
		/* where the pages are, in words, and to customers what is never asked for */
		assert_true(str_has(buf_view(&r.text), STR("https://hub.example")));
		assert_true(str_has(buf_view(&r.text),
		    strcmp(language, "es") == 0 ? STR("Nunca") : STR("never ask")));
	}
}

static void
what_is_held_is_not_said_to_be_given(void **state)
{
	static const struct {
		const char *args;
		bool held;
	} cases[] = { { "{}", false }, { "{\"held\":true}", true },
		{ "{\"held\":false}", false } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO_PTR(arena) a = arena_new(1 << 20);
		AUTO(rendered) r = RENDERED;
		struct fields f = { .n = 0 };
		struct err e = { 0 };

		fill(&f, a, "en", FACTS, cases[i].args);
		assert_true(render(&r, text_of("en", "affirmed"), &f, &e));
		assert_int_equal(
		    str_has(buf_view(&r.text), STR("may now get readings")), !cases[i].held);
		assert_int_equal(str_has(buf_view(&r.text), STR("look at this request once")),
		    cases[i].held);
	}
}

static void
no_text_is_of_no_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < text_row_count; i++) {
		const char *name = strchr(text_rows[i].name, '/') + 1;
		bool used = strcmp(name, "words") == 0 || strncmp(name, "foot", 4) == 0;
		char other[64];

		for (size_t m = 0; m < mail_row_count; m++)
			used = used || strcmp(mail_rows[m].text, name) == 0;
		if (!used)
			print_message("%s\n", text_rows[i].name);
		assert_true(used);
		snprintf(other, sizeof other, "%s", text_rows[i].name[1] == 'n' ? "es" : "en");
		assert_non_null(text_of(other, name).at);
	}
}

static void
words_are_the_same_in_both_languages(void **state)
{
	struct str rest = text_of("en", "words"), line, key, value;
	char name[64];
	bool more = true;

	(void)state;
	while (more) {
		more = str_cut(rest, '\n', &line, &rest);
		if (!str_cut(line, '=', &key, &value))
			continue;
		str_copy(name, sizeof name, str_trim(key));
		assert_non_null(word_of("es", name).at);
		assert_true(word_of("es", name).len > 0);
	}
}

static void
days_are_written_as_people_write_them(void **state)
{
	AUTO_PTR(arena) a = arena_new(1 << 16);

	(void)state;
	assert_true(
	    str_is(facts_day(a, "en", STR("2026-12-03")), "Thursday, December 3, 2026"));
	assert_true(
	    str_is(facts_day(a, "es", STR("2026-12-03")), "jueves 3 de diciembre de 2026"));
	assert_true(
	    str_is(facts_day(a, "es", STR("2028-02-29")), "martes 29 de febrero de 2028"));
	assert_null(facts_day(a, "en", STR("2026-02-29")).at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_parts_come_of_one_text),
		cmocka_unit_test(what_a_mail_is_for_stands_out),
		cmocka_unit_test(a_subject_may_depend),
		cmocka_unit_test(values_stay_values),
		cmocka_unit_test(lines_of_text_are_short_but_words_stay_whole),
		cmocka_unit_test(a_text_with_a_hole_is_no_mail),
		cmocka_unit_test(each_mail_is_complete_in_both_languages),
		cmocka_unit_test(what_is_held_is_not_said_to_be_given),
		cmocka_unit_test(no_text_is_of_no_mail),
		cmocka_unit_test(words_are_the_same_in_both_languages),
		cmocka_unit_test(days_are_written_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
