#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

enum { MOST = 40, OUT_MOST = 64 * 1024 };

/* Everything that a reader gives, as text: "2: [a@1][b@3]" a record, "! …" a fault. */
static void
show(struct buf *out, const struct csv_record *r)
{
	buf_fmt(out, "%" PRIu64 ": ", r->line);
	for (size_t i = 0; i < r->n; i++) {
		buf_byte(out, '[');
		buf_str(out, r->field[i]);
		buf_fmt(out, "@%u]", (unsigned)r->column[i]);
	}
	buf_byte(out, '\n');
}

static void
take_all(struct csv *c, struct buf *out, enum csv_got end)
{
	static struct csv_record r;
	enum csv_got got;
	struct err e;

	while ((got = csv_next(c, &r, &e)) == CSV_RECORD || got == CSV_FAULT) {
		if (got == CSV_RECORD) {
			show(out, &r);
			continue;
		}
		assert_int_equal(r.n, 0);
		assert_int_equal(e.code,
		    str_has(str_of(e.text), STR("longer than")) ? ERR_TOO_BIG : ERR_BAD_FILE);
		buf_fmt(out, "! %s\n", e.text);
	}
	assert_int_equal(got, end);
	assert_int_equal(csv_next(c, &r, &e), end);
}

/* Feeds memory of exactly the piece's size, which is gone as soon as the reader is done with
 * it. */
static void
feed(struct csv *c, struct str piece, bool last, struct buf *out)
{
	char *tight = malloc(piece.len > 0 ? piece.len : 1);

	assert_non_null(tight);
	if (piece.len > 0)
		memcpy(tight, piece.at, piece.len);
	csv_feed(c, (struct str){ tight, piece.len }, last);
	take_all(c, out, last ? CSV_END : CSV_MORE);
	free(tight);
}

/* In pieces of `step` bytes, the first of `first`. */
static void
read_in_pieces(struct str s, size_t most, size_t first, size_t step, struct buf *out)
{
	AUTO_PTR(csv) c = csv_new(most);
	size_t at = 0, len = first;

	assert_non_null(c);
	for (; s.len - at > len; at += len, len = step) {
		feed(c, (struct str){ s.at + at, len }, false, out);
		if (at == 0)
			feed(c, STR(""), false, out); /* no input is no end */
	}
	feed(c, (struct str){ s.at + at, s.len - at }, true, out);
}

static const struct {
	struct str text;
	const char *got;
} cases[] = {
	{ STR(""), "" },
	{ STR("\n\r\n\n"), "" },
	{ STR("a,b\nc,d\n"), "1: [a@1][b@3]\n2: [c@1][d@3]\n" },
	{ STR("a,b\r\nc,d\r\n"), "1: [a@1][b@3]\n2: [c@1][d@3]\n" },
	{ STR("a,b"), "1: [a@1][b@3]\n" },
	{ STR("a,b\r"), "1: [a@1][b@3]\n" },
	{ STR(","), "1: [@1][@2]\n" },
	{ STR("a,,\n,b\n"), "1: [a@1][@3][@4]\n2: [@1][b@2]\n" },
	{ STR("a\n\n\r\nb\n"), "1: [a@1]\n4: [b@1]\n" },
	{ STR(" a , b \n"), "1: [ a @1][ b @5]\n" },
	{ STR("a\rb,c\n"), "1: [a\rb@1][c@5]\n" },
	/* quotes */
	{ STR("\"a\",\"b\"\n"), "1: [a@1][b@5]\n" },
	{ STR("\"a,b\",c\n"), "1: [a,b@1][c@7]\n" },
	{ STR("\"\"\n"), "1: [@1]\n" },
	{ STR("\"\",\"\"\r\n"), "1: [@1][@4]\n" },
	{ STR("\"\""), "1: [@1]\n" },
	{ STR("\"\"\"\"\n"), "1: [\"@1]\n" },
	{ STR("\"a \"\"b\"\" c\",d,\"\"\"e\"\"\"\n"), "1: [a \"b\" c@1][d@13][\"e\"@15]\n" },
	{ STR("\"a\nb\r\nc\",d\ne\n"), "1: [a\nb\r\nc@1][d@10]\n4: [e@1]\n" },
	{ STR("x\n\"\n\"\ny\n"), "1: [x@1]\n2: [\n@1]\n4: [y@1]\n" },
	{ STR("a,\"b\""), "1: [a@1][b@3]\n" },
	{ STR("a,\"b\"\r"), "1: [a@1][b@3]\n" },
	{ STR("\"a\"\r\n\"b\"\r\n"), "1: [a@1]\n2: [b@1]\n" },
	/* the byte order mark */
	{ STR("\xEF\xBB\xBF"
	      "a,b\n"),
	    "1: [a@1][b@3]\n" },
	{ STR("\xEF\xBB\xBF"
	      "\"a\",b\n"),
	    "1: [a@1][b@5]\n" },
	{ STR("\xEF\xBB\xBF"), "" },
	{ STR("a\n\xEF\xBB\xBF"
	      "b\n"),
	    "1: [a@1]\n2: [\xEF\xBB\xBF"
	    "b@1]\n" },
	{ STR("\xEF\xBB\xBF\xEF\xBB\xBF\n"), "1: [\xEF\xBB\xBF@1]\n" },
	{ STR("\xEF\xBB"), "1: [\xEF\xBB@1]\n" },
	{ STR("\xEF\xBBx,y\n"), "1: [\xEF\xBBx@1][y@5]\n" },
	{ STR("\xEF,\"y\"\n"), "1: [\xEF@1][y@3]\n" },
	{ STR("\xEF\n"), "1: [\xEF@1]\n" },
	/* faults, and what comes behind them */
	{ STR("a\"b,c\nd\n"), "! line 1: column 2: quote inside a field, expected quotes "
			      "around all of it\n2: [d@1]\n" },
	{ STR("x, \"b\"\nd\n"), "! line 1: column 4: quote inside a field, expected quotes "
				"around all of it\n2: [d@1]\n" },
	{ STR("a,b\"\r\nd\n"), "! line 1: column 4: quote inside a field, expected quotes "
			       "around all of it\n2: [d@1]\n" },
	{ STR("x\na,\"b\"c,d\ne\n"), "1: [x@1]\n! line 2: column 6: text behind a closing "
				     "quote, expected a comma or a new "
				     "line\n3: [e@1]\n" },
	{ STR("\"b\"\rc\ne\n"), "! line 1: column 4: text behind a closing quote, expected a "
				"comma or a new line\n2: "
				"[e@1]\n" },
	{ STR("\"b\"\r,c\ne\n"), "! line 1: column 4: text behind a closing quote, expected a "
				 "comma or a new line\n2: "
				 "[e@1]\n" },
	{ STR("\"b\" ,\"c\nd\"\ne\n"), /* what follows the fault is still read as CSV */
	    "! line 1: column 4: text behind a closing quote, expected a comma or a new "
	    "line\n3: "
	    "[e@1]\n" },
	{ STR("a\nb,\"c\nd\n"), "1: [a@1]\n! line 2: column 3: quote opens here and is not "
				"closed before the end of the "
				"file\n" },
	{ STR("\""), "! line 1: column 1: quote opens here and is not closed before the end of "
		     "the file\n" },
	{ STR("a,\"b\"\"\n"), "! line 1: column 3: quote opens here and is not closed before "
			      "the end of the file\n" },
	/* 40 bytes and 41 */
	{ STR("0123456789012345678901234567890123456789\r\na\n"),
	    "1: [0123456789012345678901234567890123456789@1]\n2: [a@1]\n" },
	{ STR("01234567890123456789012345678901234567890\na\n"),
	    "! line 1: longer than 40 bytes\n2: [a@1]\n" },
	{ STR("0123456789012345678901234567890123456789"),
	    "1: [0123456789012345678901234567890123456789@1]\n" },
	{ STR("01234567890123456789012345678901234567890"),
	    "! line 1: longer than 40 bytes\n" },
	{ STR("\"0123456789012345678901234567890123456\"\r\n"),
	    "1: [0123456789012345678901234567890123456@1]\n" },
	{ STR("\"0123456789\n123456789012345678901234567890123456789\",b\na\n"),
	    "! line 1: longer than 40 bytes\n3: [a@1]\n" },
	{ STR("a\n\"0123456789\n12345678901234567890123456789012345678901\n"),
	    "1: [a@1]\n! line 2: column 1: quote opens here and is not closed before the end "
	    "of the "
	    "file\n" },
	/* two faults: the first is told, wherever the input was cut between them */
	{ STR("0123456789012345678901234567890123456789012\"\na\n"),
	    "! line 1: longer than 40 bytes\n2: [a@1]\n" },
	{ STR("0\"23456789012345678901234567890123456789012\na\n"),
	    "! line 1: column 2: quote inside a field, expected quotes around all of "
	    "it\n2: [a@1]\n" },
	{ STR("a\0b,\0\n"), "1: [a\0b@1][\0@5]\n" },
};

static struct str
expected(size_t i)
{
	/* the only text with NULs in it is the last */
	return i + 1 < nitems(cases) ? str_of(cases[i].got) : STR("1: [a\0b@1][\0@5]\n");
}

static void
a_text_is_read_as_rfc_4180(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) out = BUF(OUT_MOST);

		read_in_pieces(cases[i].text, MOST, cases[i].text.len + 1, 1, &out);
		if (!str_eq(buf_view(&out), expected(i)))
			fail_msg("case %zu:\n%.*s", i, STR_ARG(buf_view(&out)));
	}
}

static void
it_does_not_matter_where_the_input_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		for (size_t first = 1; first <= cases[i].text.len; first++)
			for (size_t step = 1; step <= 1 + cases[i].text.len;
			     step += cases[i].text.len) {
				AUTO(buf) out = BUF(OUT_MOST);

				read_in_pieces(cases[i].text, MOST, first, step, &out);
				if (!str_eq(buf_view(&out), expected(i)))
					fail_msg("case %zu, %zu and %zu:\n%.*s", i, first, step,
					    STR_ARG(buf_view(&out)));
			}
}

/* All cases in one text, whatever they do to each other, against the same in one piece. */
static void
a_long_text_reads_the_same_in_pieces_of_any_size(void **state)
{
	AUTO(buf) text = BUF(OUT_MOST);
	AUTO(buf) whole = BUF(OUT_MOST);

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		buf_str(&text, cases[i].text);
	read_in_pieces(buf_view(&text), MOST, text.len + 1, 1, &whole);
	assert_true(whole.len > text.len);
	for (size_t step = 1; step < 200; step++) {
		AUTO(buf) out = BUF(OUT_MOST);

		read_in_pieces(buf_view(&text), MOST, step, step, &out);
		if (!str_eq(buf_view(&out), buf_view(&whole)))
			fail_msg("in pieces of %zu", step);
	}
}

static void
fields_are_counted(void **state)
{
	static const char *const cells[] = { "a", "\"a\"" };
	static struct csv_record r;
	struct err e;

	(void)state;
	for (size_t k = 0; k < nitems(cells); k++)
		for (size_t n = CSV_FIELDS - 1; n <= CSV_FIELDS + 1; n++) {
			AUTO_PTR(csv) c = csv_new(1000);
			AUTO(buf) text = BUF(1000);

			for (size_t i = 0; i < n; i++) {
				buf_c(&text, i > 0 ? "," : "");
				buf_c(&text, cells[k]);
			}
			buf_c(&text, "\nb\n");
			csv_feed(c, buf_view(&text), true);
			if (n > CSV_FIELDS) {
				assert_int_equal(csv_next(c, &r, &e), CSV_FAULT);
				assert_int_equal(e.code, ERR_TOO_BIG);
				assert_string_equal(e.text, "line 1: more than 128 fields");
			} else {
				assert_int_equal(csv_next(c, &r, &e), CSV_RECORD);
				assert_int_equal(r.n, n);
				assert_true(str_eq(r.field[n - 1], STR("a")));
			}
			assert_int_equal(csv_next(c, &r, &e), CSV_RECORD);
			assert_int_equal(r.line, 2);
			assert_int_equal(csv_next(c, &r, &e), CSV_END);
		}
}

static void
a_reader_without_input_wants_more(void **state)
{
	static struct csv_record r;
	struct csv *c = csv_new(10);
	struct err e;

	(void)state;
	assert_int_equal(csv_next(c, &r, &e), CSV_MORE);
	csv_feed(c, STR("a"), false);
	assert_int_equal(csv_next(c, &r, &e), CSV_MORE);
	csv_feed(c, STR(""), true);
	assert_int_equal(csv_next(c, &r, &e), CSV_RECORD);
	assert_int_equal(csv_next(c, &r, &e), CSV_END);
	csv_free(&c);
	assert_null(c);
	csv_free(&c);
}

static const struct {
	struct str text;
	const char *safe, *plain;
} puts_[] = {
	{ STR(""), "", "" },
	{ STR("abc"), "abc", "abc" },
	{ STR("a b"), "a b", "a b" },
	{ STR("a,b"), "\"a,b\"", "\"a,b\"" },
	{ STR("a\"b\""), "\"a\"\"b\"\"\"", "\"a\"\"b\"\"\"" },
	{ STR("\""), "\"\"\"\"", "\"\"\"\"" },
	{ STR("a\nb"), "\"a\nb\"", "\"a\nb\"" },
	{ STR("a\rb"), "\"a\rb\"", "\"a\rb\"" },
	{ STR("=1+1"), "\"'=1+1\"", "=1+1" },
	{ STR("=\"x\",1"), "\"'=\"\"x\"\",1\"", "\"=\"\"x\"\",1\"" },
	{ STR("+1 512 555 0100"), "\"'+1 512 555 0100\"", "+1 512 555 0100" },
	{ STR("-0.155"), "\"'-0.155\"", "-0.155" },
	{ STR("@x"), "\"'@x\"", "@x" },
	{ STR("\tx"), "\"'\tx\"", "\tx" },
	{ STR("\rx"), "\"'\rx\"", "\"\rx\"" },
	{ STR("a=1"), "a=1", "a=1" },
};

static void
a_text_is_written_so_that_no_spreadsheet_runs_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(puts_); i++) {
		AUTO(buf) safe = BUF(100);
		AUTO(buf) plain = BUF(100);

		csv_put(&safe, puts_[i].text);
		csv_put_plain(&plain, puts_[i].text);
		if (!str_is(buf_view(&safe), puts_[i].safe) ||
		    !str_is(buf_view(&plain), puts_[i].plain))
			fail_msg("%zu: %.*s %.*s", i, STR_ARG(buf_view(&safe)),
			    STR_ARG(buf_view(&plain)));
	}
}

static void
what_is_written_plain_is_read_back(void **state)
{
	static struct csv_record r;
	struct err e;

	(void)state;
	for (size_t i = 0; i < nitems(puts_); i++) {
		AUTO_PTR(csv) c = csv_new(100);
		AUTO(buf) b = BUF(100);

		csv_put_plain(&b, puts_[i].text);
		buf_c(&b, ",x\r\n");
		csv_feed(c, buf_view(&b), true);
		assert_int_equal(csv_next(c, &r, &e), CSV_RECORD);
		assert_int_equal(r.n, 2);
		assert_true(str_eq(r.field[0], puts_[i].text));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_read_as_rfc_4180),
		cmocka_unit_test(it_does_not_matter_where_the_input_is_cut),
		cmocka_unit_test(a_long_text_reads_the_same_in_pieces_of_any_size),
		cmocka_unit_test(fields_are_counted),
		cmocka_unit_test(a_reader_without_input_wants_more),
		cmocka_unit_test(a_text_is_written_so_that_no_spreadsheet_runs_it),
		cmocka_unit_test(what_is_written_plain_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
