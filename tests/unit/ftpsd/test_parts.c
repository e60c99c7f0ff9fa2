/* The parts of the FTPS dialogue that need nobody: phases, lines, the command table, addresses,
 * codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ftpsd/commands.h"
#include "ftpsd/transfer.h"

/* ---- phases ---- */

static const struct {
	enum ftp_phase from;
	enum ftp_event ev;
	enum ftp_phase to; /* FTP_NONE: refused */
	const char *says;
} steps[] = {
	{ FTP_CLEAR, EV_SECURED, FTP_SECURE, "" },
	{ FTP_CLEAR, EV_USER, FTP_NONE, "USER is not possible before AUTH TLS" },
	{ FTP_CLEAR, EV_LOGGED_IN, FTP_NONE, "PASS is not possible before AUTH TLS" },
	{ FTP_CLEAR, EV_QUIT, FTP_CLOSED, "" },
	{ FTP_SECURE, EV_SECURED, FTP_NONE, "AUTH is not possible before USER" },
	{ FTP_SECURE, EV_USER, FTP_NAMED, "" },
	{ FTP_SECURE, EV_LOGGED_IN, FTP_NONE, "PASS is not possible before USER" },
	{ FTP_NAMED, EV_USER, FTP_NAMED, "" },
	{ FTP_NAMED, EV_REFUSED, FTP_SECURE, "" },
	{ FTP_NAMED, EV_LOGGED_IN, FTP_READY, "" },
	{ FTP_READY, EV_USER, FTP_NONE, "USER is not possible after the login" },
	{ FTP_READY, EV_LOGGED_IN, FTP_NONE, "PASS is not possible after the login" },
	{ FTP_READY, EV_QUIT, FTP_CLOSED, "" },
	{ FTP_CLOSED, EV_USER, FTP_NONE, "USER is not possible at the end" },
};

static void
a_phase_goes_where_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(steps); i++) {
		enum ftp_phase p = steps[i].from;
		struct err e = { 0 };
		bool ok = phase_step(&p, steps[i].ev, &e);

		assert_int_equal(ok, steps[i].to != FTP_NONE);
		assert_int_equal(p, ok ? steps[i].to : steps[i].from);
		assert_string_equal(e.text, steps[i].says);
	}
}

/* ---- lines ---- */

static const struct {
	struct str raw;
	enum line_fault fault;
	const char *verb, *arg; /* arg NULL: none */
} lines[] = {
	{ STR("NOOP"), LINE_GOOD, "NOOP", NULL },
	{ STR("noop"), LINE_GOOD, "NOOP", NULL },
	{ STR("RETR a b"), LINE_GOOD, "RETR", "a b" },
	{ STR("RETR  a"), LINE_GOOD, "RETR", " a" },
	{ STR("RETR a "), LINE_GOOD, "RETR", "a " },
	{ STR("RETR "), LINE_GOOD, "RETR", NULL },
	{ STR("XSHA256 x"), LINE_GOOD, "XSHA256", "x" },
	{ STR("SIZE \xc3\xa9"), LINE_GOOD, "SIZE", "\xc3\xa9" },
	{ STR("\xff\xf4\xff\xf2"
	      "ABOR"),
	    LINE_GOOD, "ABOR", NULL }, /* IP, synch */
	{ STR("\xf2"
	      "ABOR"),
	    LINE_NOT_UTF8, "", NULL }, /* a mark without its IAC is a byte like others */
	{ STR("\xff\xfd\x01"
	      "NOOP"),
	    LINE_GOOD, "NOOP", NULL }, /* DO ECHO */
	{ STR("SIZE a\xff\xff"
	      "b"),
	    LINE_NOT_UTF8, "", NULL }, /* a doubled IAC is one 255 */
	{ STR("NOOP\xff"), LINE_GOOD, "NOOP", NULL },
	{ STR("NOOP\xff\xfb"), LINE_GOOD, "NOOP", NULL },
	{ STR(""), LINE_EMPTY, "", NULL },
	{ STR("\xff\xf4"), LINE_EMPTY, "", NULL },
	{ STR("SIZE a\0b"), LINE_NUL, "", NULL },
	{ STR("SIZE \xc0\x80"), LINE_NOT_UTF8, "", NULL },
	{ STR(" NOOP"), LINE_NO_VERB, "", NULL },
	{ STR("NO-OP"), LINE_NO_VERB, "NO", NULL },
	{ STR("ABCDEFGHIJKLM"), LINE_NO_VERB, "ABCDEFGHIJKL", NULL },
};

static void
a_line_is_cut_into_verb_and_argument(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(lines); i++) {
		struct line l;

		assert_true(line_make(&l, lines[i].raw));
		assert_int_equal(l.fault, lines[i].fault);
		assert_string_equal(l.verb, lines[i].verb);
		if (lines[i].arg == NULL)
			assert_int_equal(l.arg.len, 0);
		else
			assert_true(str_is(l.arg, lines[i].arg));
		line_free(&l);
		assert_null(l.text);
	}
}

/* ---- commands ---- */

static void
the_table_is_in_order_and_every_verb_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *c = &commands[i];

		assert_true(i == 0 || strcmp(commands[i - 1].verb, c->verb) < 0);
		assert_true(strlen(c->verb) <= VERB_MOST);
		assert_non_null(c->run);
		assert_true(str_starts(str_of(c->help), c->verb));
		assert_ptr_equal(command_find(c->verb), c);
	}
	assert_null(command_find("NOSUCH"));
	assert_null(command_find(""));
}

/* What may be asked before the login, by hand: everything else needs one. */
static void
only_these_are_answered_before_a_login(void **state)
{
	static const char *const clear[] = { "AUTH", "CLNT", "FEAT", "HELP", "HOST", "NOOP",
		"OPTS", "QUIT", "SYST" };
	static const char *const secure[] = { "ABOR", "ACCT", "CCC", "PASS", "PBSZ", "PROT",
		"REIN", "STAT", "USER" };
	unsigned found = 0;

	(void)state;
	for (size_t i = 0; i < commands_count; i++) {
		bool in_clear = false, in_secure = false;

		for (size_t k = 0; k < nitems(clear); k++)
			in_clear = in_clear || strcmp(clear[k], commands[i].verb) == 0;
		for (size_t k = 0; k < nitems(secure); k++)
			in_secure = in_secure || strcmp(secure[k], commands[i].verb) == 0;
		found += in_clear + in_secure;
		assert_int_equal(in_clear, (commands[i].needs & (TLS | LOGIN | DATA)) == 0);
		assert_int_equal(in_secure, (commands[i].needs & (TLS | LOGIN | DATA)) == TLS);
	}
	assert_int_equal(found, nitems(clear) + nitems(secure));
}

/* ---- addresses of PASV ---- */

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static void
pasv_tells_the_address_of_the_narrowest_network(void **state)
{
	static const struct {
		uint32_t client, told;
	} cases[] = {
		{ IP(10, 1, 2, 3), IP(10, 9, 9, 9) },
		{ IP(10, 200, 0, 1), IP(10, 8, 8, 8) },
		{ IP(192, 0, 2, 1), IP(203, 0, 113, 7) },
		{ IP(127, 0, 0, 1), IP(127, 0, 0, 5) },
	};
	struct externals x, none;
	struct err e = { 0 };

	(void)state;
	assert_true(externals_read(&x,
	    STR("0.0.0.0/0=203.0.113.7, 10.0.0.0/8=10.8.8.8,10.1.0.0/16=10.9.9.9,"
		"127.0.0.1/32=127.0.0.5"),
	    &e));
	assert_true(externals_read(&none, STR(" "), &e));
	for (size_t i = 0; i < nitems(cases); i++) {
		assert_int_equal(
		    externals_for(&x, cases[i].client, IP(1, 1, 1, 1)), cases[i].told);
		assert_int_equal(
		    externals_for(&none, cases[i].client, IP(1, 1, 1, 1)), IP(1, 1, 1, 1));
	}
}

static void
a_wrong_network_is_named(void **state)
{
	static const char *const bad[] = { "x", "10.0.0.0/8", "10.0.0.0=1.2.3.4",
		"10.0.0.1/8=1.2.3.4", "10.0.0.0/33=1.2.3.4", "10.0.0.0/8=host",
		"10.0.0.0/-1=1.2.3.4", "::/0=1.2.3.4" };
	char says[200];

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		struct externals x;
		struct err e = { 0 };

		snprintf(says, sizeof says,
		    "ftps.external has \"%s\", expected NETWORK=ADDRESS as in "
		    "10.0.0.0/8=10.1.2.3",
		    bad[i]);
		assert_false(externals_read(&x, str_of(bad[i]), &e));
		assert_int_equal(e.code, ERR_CONF);
		assert_string_equal(e.text, says);
	}
}

static void
the_reply_to_pasv_has_six_numbers(void **state)
{
	char text[PASSIVE_SIZE];

	(void)state;
	passive_text(text, IP(192, 0, 2, 255), 30000);
	assert_string_equal(text, "(192,0,2,255,117,48)");
	passive_text(text, IP(255, 255, 255, 255), 65535);
	assert_string_equal(text, "(255,255,255,255,255,255)");
}

/* ---- codes ---- */

static void
a_failure_is_told_by_its_stage(void **state)
{
	static const struct {
		enum transfer_stage stage;
		enum err_code code;
		int told;
	} cases[] = {
		{ AT_ACCEPT, ERR_TIMEOUT, 425 },
		{ AT_ACCEPT, ERR_FORBIDDEN, 425 },
		{ AT_ACCEPT, ERR_CANCELLED, 426 },
		{ AT_SECURE, ERR_FORBIDDEN, 522 },
		{ AT_SECURE, ERR_BAD_INPUT, 425 },
		{ AT_SECURE, ERR_GONE, 425 },
		{ AT_SECURE, ERR_CANCELLED, 426 },
		{ AT_BEGIN, ERR_FORBIDDEN, 550 },
		{ AT_BEGIN, ERR_CONFLICT, 450 },
		{ AT_BEGIN, ERR_BAD_INPUT, 554 },
		{ AT_BEGIN, ERR_TOO_BIG, 552 },
		{ AT_BEGIN, ERR_NO_SPACE, 452 },
		{ AT_MOVE, ERR_GONE, 426 },
		{ AT_MOVE, ERR_TIMEOUT, 426 },
		{ AT_MOVE, ERR_CANCELLED, 426 },
		{ AT_MOVE, ERR_BAD_INPUT, 426 },
		{ AT_MOVE, ERR_TOO_BIG, 552 },
		{ AT_MOVE, ERR_NO_SPACE, 452 },
		{ AT_MOVE, ERR_IO, 451 },
		{ AT_KEEP, ERR_IO, 451 },
		{ AT_KEEP, ERR_UNCERTAIN, 451 },
		{ AT_KEEP, ERR_TIMEOUT, 451 },
		{ AT_KEEP, ERR_CANCELLED, 451 },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(transfer_code(cases[i].stage, cases[i].code), cases[i].told);
}

/* ---- limits ---- */

static void
a_place_is_given_back_and_an_address_has_its_share(void **state)
{
	static struct counts counts;
	static struct door d = { .counts = &counts, .sessions_most = 3 };
	struct visitor *a, *b, *c;
	const char *why;

	(void)state;
	d.conf.ftps_address_sessions = 2;
	a = door_enter(&d, "192.0.2.1", &why);
	b = door_enter(&d, "192.0.2.1", &why);
	assert_non_null(a);
	assert_ptr_equal(a, b);
	assert_null(door_enter(&d, "192.0.2.1", &why));
	assert_string_equal(
	    why, "Your address has too many sessions open; end one of them first.");
	c = door_enter(&d, "192.0.2.2", &why);
	assert_non_null(c);
	assert_null(door_enter(&d, "192.0.2.3", &why));
	assert_string_equal(why, "Too many sessions are open; try again later.");
	door_leave(&d, a);
	a = door_enter(&d, "192.0.2.3", &why);
	assert_non_null(a);
	door_leave(&d, a);
	door_leave(&d, b);
	door_leave(&d, c);
	assert_int_equal(counts.sessions_now, 0);
	assert_int_equal(counts.sessions, 4);
	assert_int_equal(counts.refused_full, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phase_goes_where_the_table_says),
		cmocka_unit_test(a_line_is_cut_into_verb_and_argument),
		cmocka_unit_test(the_table_is_in_order_and_every_verb_is_found),
		cmocka_unit_test(only_these_are_answered_before_a_login),
		cmocka_unit_test(pasv_tells_the_address_of_the_narrowest_network),
		cmocka_unit_test(a_wrong_network_is_named),
		cmocka_unit_test(the_reply_to_pasv_has_six_numbers),
		cmocka_unit_test(a_failure_is_told_by_its_stage),
		cmocka_unit_test(a_place_is_given_back_and_an_address_has_its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
