/* The parts of the SFTP door that need no session: names, the window, the line for sshd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/code.h"
#include "line.h"
#include "store/temp_name.h"
#include "window.h"
#include "wire.h"

static void
temporary_names_say_the_final_one(void **state)
{
	static const struct {
		const char *path, *final;
	} cases[] = {
		{ "/in/a.lse", NULL },
		{ "/in/a.lse.filepart", "/in/a.lse" },
		{ "/in/.a.lse.filepart", "/in/a.lse" },
		{ "/in/a.lse.part", "/in/a.lse" },
		{ "/in/.a.part", "/in/a" },
		{ "/in/a.tmp", "/in/a" },
		{ "/in/.in.a.lse", "/in/a.lse" },
		{ "/in/.part", NULL },
		{ "/in/.in.", NULL },
		{ "/in/.filepart", NULL },
		{ "/in/.a.lse", NULL },
		{ "/a.part/b", NULL },
		{ "/", NULL },
	};
	char to[64];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		bool is = temp_final(to, sizeof to, cases[i].path);

		assert_int_equal(is, cases[i].final != NULL);
		if (is)
			assert_string_equal(to, cases[i].final);
	}
	assert_false(temp_final(to, 9, "/in/a.lse.part")); /* "/in/a.lse" and a NUL are 10 */
}

static bool
gather(void *to, struct str bytes, struct err *e)
{
	struct buf *b = to;

	buf_str(b, bytes);
	return buf_ok(b) || err(e, ERR_TOO_BIG, "full");
}

static void
writes_out_of_order_are_put_in_order(void **state)
{
	AUTO(buf) b = BUF(64);
	struct window w = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_true(window_add(&w, b.len, 6, STR("gh"), gather, &b, &e));
	assert_true(window_add(&w, b.len, 3, STR("def"), gather, &b, &e));
	assert_int_equal(b.len, 0);
	assert_int_equal(window_gap(&w), 3);
	assert_int_equal(w.bytes, 5);
	assert_true(window_add(&w, b.len, 0, STR("abc"), gather, &b, &e));
	assert_true(str_is(buf_view(&b), "abcdefgh"));
	assert_int_equal(window_gap(&w), 0);
	assert_int_equal(w.bytes + w.pieces, 0);
	assert_true(window_add(&w, b.len, 8, STR("i"), gather, &b, &e));
	assert_true(str_is(buf_view(&b), "abcdefghi"));
	window_free(&w);
}

static void
what_cannot_be_put_in_order_is_refused(void **state)
{
	static char much[WINDOW_MOST_BYTES];
	AUTO(buf) b = BUF(64);
	struct window w = { 0 };
	struct err e = { 0 };

	(void)state;
	buf_c(&b, "abc");
	assert_false(window_add(&w, b.len, 2, STR("x"), gather, &b, &e));
	assert_string_equal(e.text, "a write begins at 2, expected 3, the size so far");
	assert_false(window_add(&w, b.len, UINT64_MAX, STR("xy"), gather, &b, &e));
	assert_true(window_add(&w, b.len, 5, STR("fgh"), gather, &b, &e));
	assert_false(window_add(&w, b.len, 4, STR("ef"), gather, &b, &e));
	assert_string_equal(e.text, "bytes at 4 were sent twice");
	assert_false(window_add(&w, b.len, 3, STR("def"), gather, &b, &e));
	assert_string_equal(e.text, "bytes at 5 were sent twice");
	window_free(&w);
	assert_true(window_add(&w, 0, 1, (struct str){ much, sizeof much }, gather, &b, &e));
	assert_false(window_add(&w, 0, 3 << 20, STR("x"), gather, &b, &e));
	assert_int_equal(e.code, ERR_TOO_BIG);
	window_free(&w);
}

static void
reading_stops_at_the_end_of_the_packet(void **state)
{
	struct wire w = { .left = STR("\0\0\0\5abcd") };

	(void)state;
	assert_int_equal(wire_str(&w).len, 0);
	assert_true(w.bad);
	w = (struct wire){ .left = STR("\0\0\0\4abcd\7") };
	assert_true(str_is(wire_str(&w), "abcd"));
	assert_int_equal(wire_u8(&w), 7);
	assert_false(w.bad);
	assert_int_equal(wire_u32(&w), 0);
	assert_true(w.bad);
	w = (struct wire){ .left = STR("\x80\0\0\0\xff\xff\xff\xff") };
	wire_attrs(&w);
	assert_true(w.bad);
}

/* The digest is that of the four bytes 00 01 02 fb: printf '\0\1\2\373' | sha256sum. */
static void
a_key_is_known_by_its_digest(void **state)
{
	static const char expected[] =
	    "48cb3e31e0b274cb81a6bef1ddc47a51e698cea9c1c3a37016f4d09c464d8b1b";
	unsigned char sha256[32];
	struct err e = { 0 };
	char hex[65];

	(void)state;
	assert_true(key_sha256(sha256, STR("ssh-ed25519"), STR("AAEC+w=="), &e));
	code_hex(hex, sha256, sizeof sha256);
	assert_string_equal(hex, expected);
	assert_false(key_sha256(sha256, STR("ssh-ed25519"), STR("AAEC+"), &e));
	assert_false(key_sha256(sha256, STR("ssh-ed25519"), STR("AA\"C"), &e));
	assert_false(key_sha256(sha256, STR("a b"), STR("AAEC"), &e));
	assert_false(key_sha256(sha256, STR("ssh-ed25519"), STR(""), &e));
}

static void
the_line_gives_no_way_out(void **state)
{
	static const char handle[] =
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	AUTO(buf) b = BUF(1000);
	struct err e = { 0 };

	(void)state;
	assert_true(key_line(&b, "/usr/bin/busbar-sftp", "/etc/b.conf", str_of(handle),
	    STR("ssh-ed25519"), STR("AAEC"), &e));
	assert_true(str_is(buf_view(&b),
	    "restrict,command=\"/usr/bin/busbar-sftp -c /etc/b.conf --handle "
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\" "
	    "ssh-ed25519 AAEC\n"));
	buf_reset(&b);
	assert_false(key_line(&b, "/usr/b in/busbar-sftp", "/etc/b.conf", str_of(handle),
	    STR("ssh-ed25519"), STR("AAEC"), &e));
	assert_false(key_line(&b, "/usr/bin/busbar-sftp", "etc/b.conf", str_of(handle),
	    STR("ssh-ed25519"), STR("AAEC"), &e));
	assert_false(key_line(&b, "/usr/bin/busbar-sftp", "/etc/b;c", str_of(handle),
	    STR("ssh-ed25519"), STR("AAEC"), &e));
	assert_false(key_line(&b, "/usr/bin/busbar-sftp", "/etc/b.conf", STR("12"),
	    STR("ssh-ed25519"), STR("AAEC"), &e));
	assert_int_equal(b.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(temporary_names_say_the_final_one),
		cmocka_unit_test(writes_out_of_order_are_put_in_order),
		cmocka_unit_test(what_cannot_be_put_in_order_is_refused),
		cmocka_unit_test(reading_stops_at_the_end_of_the_packet),
		cmocka_unit_test(a_key_is_known_by_its_digest),
		cmocka_unit_test(the_line_gives_no_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
