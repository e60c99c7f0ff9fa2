/* Scopes: what is read, how it is written, what is cut away. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "meter/scope.h"

#define REGISTERED "FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000"

static void
said_as_the_hub_says_it(void **state)
{
	static const struct {
		const char *asked, *written;
	} cases[] = {
		{ "FB=4", "FB=4" },
		{ "fb=15_4_4_5;", "FB=4_5_15" },
		{ REGISTERED, REGISTERED },
		{ "FB=4_5;HistoryLength=13", "FB=4_5;HistoryLength=34164000" },
		{ "FB=4;blockduration=DAILY_BillingPeriod;intervalDuration=900_3600",
		    "FB=4;IntervalDuration=900_3600;BlockDuration=daily_billingPeriod" },
		{ "FB=4_16_51;AdditionalScope=auth-phone-1111111111", "FB=4_16_51" },
		{ "FB=1_3_8;AdditionalScope=Usage_Billing_Basic;AccountCollection=2;BR=50123;"
		  "dataCustodianId=PGE;SubscriptionFrequency=daily",
		    "FB=1_3_8;SubscriptionFrequency=daily;AccountCollection=2" },
		{ "FB=4;PreferredAuthEndDate=1800000000;MinAuthEndDate=1790000000", "FB=4" },
		{ "FB=4;Colour=blue", "FB=4" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) b = BUF(1024);
		struct scope s;
		struct err e = { 0 };

		if (!scope_read(&s, str_of(cases[i].asked), &e))
			fail_msg("%s: %s", cases[i].asked, e.text);
		assert_true(scope_write(&b, &s, &e));
		assert_int_equal(b.len, strlen(cases[i].written));
		assert_memory_equal(b.at, cases[i].written, b.len);
	}
}

static void
what_is_no_scope_is_told_why(void **state)
{
	static const struct {
		const char *asked, *says;
	} cases[] = {
		{ "", "scope begins with \"\", expected FB=" },
		{ "FB", "scope begins with \"FB\", expected FB=" },
		{ "IntervalDuration=900",
		    "scope begins with \"IntervalDuration=900\", expected FB=" },
		{ "FB=", "function block is \"\", expected 1 to 127" },
		{ "FB=0", "function block is \"0\", expected 1 to 127" },
		{ "FB=4__5", "function block is \"\", expected 1 to 127" },
		{ "FB=4,5", "function block is \"4,5\", expected 1 to 127" },
		{ "FB=0004", "function block is \"0004\", expected 1 to 127" },
		{ "FB=-4", "function block is \"-4\", expected 1 to 127" },
		{ "FB=999", "function block is \"999\", expected 1 to 127" },
		{ "FB=4;FB=5", "FB stands there twice" },
		{ "FB=4;;", "\"\", expected NAME=VALUE" },
		{ "FB=4;BlockDuration", "\"BlockDuration\", expected NAME=VALUE" },
		{ "FB=4;BlockDuration=", "\"BlockDuration=\", expected NAME=VALUE" },
		{ "FB=4;BlockDuration=yearly",
		    "BlockDuration is \"yearly\", expected numbers, or "
		    "billingPeriod, daily, monthly, seasonal, weekly, with _ between" },
		{ "FB=4;HistoryLength=1_2", "HistoryLength is \"2\", expected one number" },
		{ "FB=4;HistoryLength=daily",
		    "HistoryLength is \"daily\", expected one number" },
		{ "FB=4;HistoryLength=9999999999999", "HistoryLength is \"9999999999999\", "
						      "expected one number" },
		{ "FB=4;HistoryLength=1;historylength=2", "HistoryLength stands there twice" },
		{ "FB=4;BR=a b", "BR is no name" },
		{ "FB=4;AdditionalScope=noedit_", "AdditionalScope has an empty option" },
		{ "FB=4;AdditionalScope=auth-email-%00", "the value of auth-email is no text" },
		{ "FB=4;AdditionalScope=auth-email-%ff", "the value of auth-email is no text" },
		{ "FB=4;x\xff=1", "scope is no text" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct scope s;
		struct err e = { 0 };

		assert_false(scope_read(&s, str_of(cases[i].asked), &e));
		assert_int_equal(e.code, ERR_BAD_INPUT);
		assert_string_equal(e.text, cases[i].says);
	}
}

static void
at_most_256_characters(void **state)
{
	char text[SCOPE_BYTES_MOST + 2] = "FB=4;BR=";
	struct scope s;
	struct err e = { 0 };

	(void)state;
	memset(text + 8, 'x', sizeof text - 9);
	text[SCOPE_BYTES_MOST + 1] = '\0';
	assert_false(scope_read(&s, str_of(text), &e));
	assert_string_equal(e.text, "scope has 257 characters, expected at most 256");
	text[SCOPE_BYTES_MOST] = '\0';
	assert_true(scope_read(&s, str_of(text), &e));
}

static void
options_tell_who_the_customer_is(void **state)
{
	static const struct {
		const char *option;
		enum scope_auth auth;
		const char *value;
		bool noedit, all;
	} cases[] = {
		{ "auth-phone", SCOPE_PHONE, "", false, false },
		{ "auth-account-111111111-1", SCOPE_ACCOUNT, "111111111-1", false, false },
		{ "auth-email-uapi-test-residential%40example.com", SCOPE_EMAIL,
		    "uapi-test-residential@example.com", false, false },
		{ "auth-email-a_b_c%40example.com_noedit", SCOPE_EMAIL, "a_b_c@example.com",
		    true, false },
		{ "meters-all_auth-phone-TEST_residential_5125550100", SCOPE_PHONE,
		    "TEST_residential_5125550100", false, true },
		{ "auth-address-333%20W%20EL%20CAMINO%20REAL%2C%20SUNNYVALE", SCOPE_ADDRESS,
		    "333 W EL CAMINO REAL, SUNNYVALE", false, false },
		{ "auth-sso", SCOPE_NO_AUTH, "", false, false },
		{ "Usage_Billing_noedit", SCOPE_NO_AUTH, "", true, false },
		{ "auth-phone-100%", SCOPE_PHONE, "100%", false, false },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) b = BUF(1024);
		struct scope s;
		struct err e = { 0 };

		buf_fmt(&b, "FB=4;AdditionalScope=%s", cases[i].option);
		assert_true(scope_read(&s, buf_view(&b), &e));
		assert_int_equal(s.auth, cases[i].auth);
		assert_string_equal(s.auth_value, cases[i].value);
		assert_int_equal(s.noedit, cases[i].noedit);
		assert_int_equal(s.meters_all, cases[i].all);
	}
}

static void
nobody_gets_more_than_is_registered(void **state)
{
	static const struct {
		const char *asked, *narrow, *strict; /* NULL: refused */
	} cases[] = {
		{ REGISTERED, REGISTERED, REGISTERED },
		{ "FB=4",
		    "FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000",
		    "FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000" },
		{ "FB=1_3_4_39;HistoryLength=2",
		    "FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=5256000",
		    "FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=5256000" },
		{ "FB=4_16;IntervalDuration=300_900;HistoryLength=999999999;AccountCollection="
		  "4",
		    "FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000",
		    NULL },
		{ "FB=4_99",
		    "FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000",
		    NULL },
		{ "FB=16", NULL, NULL },
		{ "FB=1_3", NULL, NULL },
	};
	struct scope registered, asked, got;
	struct err e = { 0 };

	(void)state;
	assert_true(scope_read(&registered, STR(REGISTERED), &e));
	for (size_t i = 0; i < nitems(cases); i++)
		for (int narrow = 0; narrow < 2; narrow++) {
			const char *expected = narrow ? cases[i].narrow : cases[i].strict;
			AUTO(buf) b = BUF(1024);

			assert_true(scope_read(&asked, str_of(cases[i].asked), &e));
			if (expected == NULL) {
				assert_false(
				    scope_narrow(&got, &asked, &registered, narrow, &e));
				assert_int_equal(e.code, ERR_FORBIDDEN);
				continue;
			}
			assert_true(scope_narrow(&got, &asked, &registered, narrow, &e));
			assert_true(scope_write(&b, &got, &e));
			buf_byte(&b, '\0');
			assert_string_equal(b.at, expected);
		}
}

static void
a_customer_leaves_things_out(void **state)
{
	AUTO(buf) b = BUF(1024);
	struct scope s;
	struct err e = { 0 };

	(void)state;
	assert_true(scope_read(&s, STR("FB=4_5_9_15_16_51_55"), &e));
	assert_true(scope_has(&s, SCOPE_CUSTOMER) && scope_has(&s, SCOPE_BILLING));
	scope_drop(&s, SCOPE_CUSTOMER);
	scope_drop(&s, SCOPE_BILLING);
	assert_true(scope_write(&b, &s, &e));
	assert_memory_equal(b.at, "FB=4_5_9", b.len);
	scope_drop(&s, SCOPE_READS);
	scope_drop(&s, SCOPE_REGISTER);
	assert_false(scope_write(&b, &s, &e));
	assert_string_equal(e.text, "the scope has no function block");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(said_as_the_hub_says_it),
		cmocka_unit_test(what_is_no_scope_is_told_why),
		cmocka_unit_test(at_most_256_characters),
		cmocka_unit_test(options_tell_who_the_customer_is),
		cmocka_unit_test(nobody_gets_more_than_is_registered),
		cmocka_unit_test(a_customer_leaves_things_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
