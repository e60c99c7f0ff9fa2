#include "dsn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CODE   "0123456789abcdef0123"
#define BOUNCE "bounce@hub.example"
#define STATUS                                          \
	"Content-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; mx.example\r\n\r\n"        \
	"Final-Recipient: rfc822; ann@mail.example\r\n"

/* Forms of real servers: Postfix, Exchange (folded, other case), Exim's lack of a status part.
 */
static const struct {
	const char *message, *to, *verp, *says;
	bool found, permanent;
} cases[] = {
	{ "To: bounce+" CODE "@hub.example\r\n\r\n" STATUS "Action: failed\r\nStatus: 5.1.1\r\n"
	  "Diagnostic-Code: smtp; 550 5.1.1 <ann@mail.example>: unknown\r\n",
	    "", CODE, "5.1.1 smtp; 550 5.1.1 <…> unknown", true, true },
	{ "To: BOUNCE+0123456789ABCDEF0123@HUB.Example\n\ncontent-type: "
	  "Message/Delivery-Status\n\n"
	  "action: Delayed\nSTATUS: 4.4.7 (late)\n",
	    "", CODE, "4.4.7 ", true, false },
	{ STATUS "Action: failed\r\nStatus: 4.4.7\r\n", "bounce+" CODE "@hub.example", CODE,
	    "4.4.7 ", true, true },
	/* the first status counts; what follows the part does not */
	{ STATUS "Action: failed\nStatus: 5.7.1\nStatus: 4.0.0\n\n--b\nStatus: 2.0.0\n"
		 "Action: delayed\nX: bounce+" CODE "@hub.example",
	    "", CODE, "5.7.1 ", true, true },
	/* answers of machines and of people */
	{ "To: bounce+" CODE "@hub.example\n\nI am away.\nAction: failed\nStatus: 5.1.1\n", "",
	    CODE, "", false, false },
	{ "To: bounce+" CODE "@hub.example\n" STATUS "Action: relayed\nStatus: 2.0.0\n", "",
	    CODE, "", false, false },
	{ "To: bounce+" CODE "@hub.example\n" STATUS "Action: failed\nStatus: 5.1\n", "", CODE,
	    "", false, false },
	{ "To: bounce+" CODE "@hub.example\n" STATUS "Action: failed\n", "", CODE, "", false,
	    false },
	/* codes that are none */
	{ STATUS "Action: failed\nStatus: 5.1.1\nbounce+" CODE "@hub.exampl", "", "", "5.1.1 ",
	    true, true },
	{ STATUS "Action: failed\nStatus: 5.1.1\nbounce+0123456789abcdef012@hub.example", "",
	    "", "5.1.1 ", true, true },
	{ STATUS "Action: failed\nStatus: 5.1.1\nbounce+0123456789abcdefg123@hub.example", "",
	    "", "5.1.1 ", true, true },
	{ "", "", "", "", false, false },
};

static void
bounces_are_read_as_their_servers_mean_them(void **state)
{
	struct dsn d;

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		print_message("%zu\n", i);
		dsn_read(&d, str_of(cases[i].message), BOUNCE, str_of(cases[i].to));
		assert_string_equal(d.verp, cases[i].verp);
		assert_int_equal(d.found, cases[i].found);
		assert_int_equal(d.permanent, cases[i].permanent);
		assert_string_equal(d.says, cases[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounces_are_read_as_their_servers_mean_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
