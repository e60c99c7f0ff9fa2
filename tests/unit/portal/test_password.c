/* Which passwords may be chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "account/password.h"

static void
passwords_that_are_easy_to_guess_are_not_taken(void **state)
{
	static const struct {
		const char *password;
		enum text wrong;
	} cases[] = {
		{ "correct horse battery", TEXTS },
		{ "caballo grapa pila", TEXTS },
		{ "kq8Zp2mW9rTx", TEXTS },
		{ "contraseña con ñandú", TEXTS },
		{ "tundra lamp 1987 quiche", TEXTS },
		{ "shortword", TEXT_WRONG_NEW_SHORT },
		{ "elevenchars", TEXT_WRONG_NEW_SHORT },
		/* characters are counted, not bytes: these are 11 */
		{ "ñññññññññññ", TEXT_WRONG_NEW_SHORT },
		{ "password1234", TEXT_WRONG_NEW_EASY },
		{ "P4ssw0rd2026!", TEXT_WRONG_NEW_EASY },
		{ "123456789012", TEXT_WRONG_NEW_EASY },
		{ "aaaaaaaaaaaaaaaa", TEXT_WRONG_NEW_EASY },
		{ "qwertyuiop12", TEXT_WRONG_NEW_EASY },
		{ "1qaz2wsx3edc4rfv", TEXT_WRONG_NEW_EASY },
		{ "kq8kq8kq8kq8kq8", TEXT_WRONG_NEW_EASY },
		{ "Summer2026Summer2026", TEXT_WRONG_NEW_EASY },
		{ "welcome to texas", TEXT_WRONG_NEW_EASY },
		{ "iloveyou iloveyou", TEXT_WRONG_NEW_EASY },
		{ "BienvenidoDomingo", TEXT_WRONG_NEW_EASY },
		{ "kq8Zp2\tmW9rTx", TEXT_WRONG_NEW_ODD },
	};
	char longest[PASSWORD_MOST_BYTES + 2];

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		if (password_wrong(str_of(cases[i].password)) != cases[i].wrong)
			fail_msg("%s: %d bits, text %d", cases[i].password,
			    password_bits(str_of(cases[i].password)),
			    (int)password_wrong(str_of(cases[i].password)));
	for (size_t i = 0; i < sizeof longest; i++)
		longest[i] = "kq8Zp2mW9rTxLf7"[i % 15];
	assert_int_equal(password_wrong((struct str){ longest, PASSWORD_MOST_BYTES + 1 }),
	    TEXT_WRONG_NEW_LONG);
	assert_int_equal(password_bits(STR("")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_that_are_easy_to_guess_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
