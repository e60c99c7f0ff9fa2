#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sys/json_in.h"

static enum err_code
reads(const char *text)
{
	struct err e = { 0 };
	AUTO_PTR(json_in) j = json_in_read(str_of(text), &e);

	assert_true((j == NULL) == (e.code != ERR_NONE));
	return e.code;
}

static void
only_json_is_json(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
	} cases[] = {
		{ "{}", ERR_NONE },
		{ " {\"a\":[1,2,{\"b\":null}]} \n", ERR_NONE },
		{ "", ERR_USAGE },
		{ "[]", ERR_USAGE },
		{ "\"a\"", ERR_USAGE },
		{ "{} {}", ERR_USAGE },
		{ "{\"a\":1,}", ERR_USAGE },
		{ "{'a':1}", ERR_USAGE },
		{ "{\"a\":01}", ERR_USAGE },
		{ "{\"a\":NaN}", ERR_USAGE },
		{ "{\"a\":1e400}", ERR_USAGE },
		{ "{\"a\":9223372036854775808}", ERR_USAGE },
		{ "{\"a\":\"\\u0000\"}", ERR_USAGE },
		{ "{\"a\":\"\\ud800\"}", ERR_USAGE },
		{ "{\"a\":\"\xff\"}", ERR_USAGE },
		{ "{\"a\":\"\xc0\x80\"}", ERR_USAGE },
		{ "\xef\xbb\xbf{}", ERR_USAGE },
		{ "{\"a\":\"\t\"}", ERR_USAGE },
		{ "{\"a\":1} // more", ERR_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (reads(cases[i].text) != cases[i].code)
			fail_msg("%s: %d", cases[i].text, (int)reads(cases[i].text));
}

static void
a_member_is_there_once(void **state)
{
	static const char *const twice[] = {
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"A\":2}",
		"{\"esiid\":1,\"b\":2,\"ESIID\":3}",
		"{\"a\":{\"b\":[{\"key\":1,\"Key\":2}]}}",
		"{\"key\":1,\"\xe2\x84\xaa"
		"ey\":2}",
		"{\"es\":1,\"e\xc5\xbf\":2}",
		"{\"\\u0061\":1,\"A\":2}",
	};

	(void)state;
	for (size_t i = 0; i < nitems(twice); i++)
		if (reads(twice[i]) != ERR_BAD_INPUT)
			fail_msg("%s", twice[i]);
	assert_int_equal(reads("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"A\":1}]}"), ERR_NONE);
	assert_int_equal(reads("{\"ab\":1,\"abc\":1,\"\":1}"), ERR_NONE);
}

static void
depth_and_members_have_an_end(void **state)
{
	AUTO(buf) b = BUF(1 << 20);

	(void)state;
	for (int more = 0; more < 2; more++) {
		buf_reset(&b);
		buf_c(&b, "{\"a\":");
		for (int i = 0; i < JSON_IN_DEPTH - 1 + more; i++)
			buf_byte(&b, '[');
		buf_c(&b, "\"[[{\\\"[\"");
		for (int i = 0; i < JSON_IN_DEPTH - 1 + more; i++)
			buf_byte(&b, ']');
		buf_c(&b, "}");
		buf_byte(&b, '\0');
		assert_int_equal(reads(b.at), more == 0 ? ERR_NONE : ERR_USAGE);
	}
	buf_reset(&b); /* far deeper than a stack */
	for (int i = 0; i < 500000; i++)
		buf_byte(&b, '[');
	buf_byte(&b, '\0');
	assert_int_equal(reads(b.at), ERR_USAGE);
	for (int more = 0; more < 2; more++) {
		buf_reset(&b);
		for (int i = 0; i < JSON_IN_MEMBERS + more; i++)
			buf_fmt(&b, "%s\"%d\":1", i == 0 ? "{" : ",", i);
		buf_c(&b, "}");
		buf_byte(&b, '\0');
		assert_int_equal(reads(b.at), more == 0 ? ERR_NONE : ERR_TOO_BIG);
	}
}

static void
members_are_of_the_type_asked_for(void **state)
{
	struct err e = { 0 };
	AUTO_PTR(json_in)
	j = json_in_read(STR("{\"l\":[\"a\",\"b\"],\"o\":{\"x\":1},\"n\":null,\"m\":[1]}"), &e);
	const struct json_value *root = json_in_root(j), *o;
	struct str texts[2], name;
	size_t n;

	(void)state;
	assert_true(json_in_texts(root, "l", 2, texts, &n, &e));
	assert_int_equal(n, 2);
	assert_true(str_is(texts[1], "b"));
	assert_false(json_in_texts(root, "l", 1, texts, &n, &e));
	assert_int_equal(e.code, ERR_TOO_BIG);
	assert_false(json_in_texts(root, "m", 2, texts, &n, &e));
	assert_false(json_in_texts(root, "o", 2, texts, &n, &e));
	assert_true(json_in_object_or(root, "o", &o, &e) && o != NULL);
	assert_true(json_in_object_or(root, "n", &o, &e) && o == NULL);
	assert_true(json_in_object_or(root, "none", &o, &e) && o == NULL);
	assert_false(json_in_object_or(root, "l", &o, &e));
	assert_true(json_in_has(root, "l") && !json_in_has(root, "n"));
	assert_true(json_in_only(root, "l o n m", &e));
	assert_false(json_in_other(root, "l o n m", &name));
	assert_true(json_in_other(root, "l o n", &name) && str_is(name, "m"));
	assert_false(json_in_only(root, "l o n mm", &e));
	assert_string_equal(e.text, "\"m\" is not known here, expected: l o n mm");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_json_is_json),
		cmocka_unit_test(a_member_is_there_once),
		cmocka_unit_test(depth_and_members_have_an_end),
		cmocka_unit_test(members_are_of_the_type_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
