/* Signatures against values that openssl made; pauses; what an answer means. */
#include "mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sys/secret.h"

/* printf '%s' '1764174000.{"type":"ping"}' | openssl dgst -sha256 -hmac whsec_first */
#define FIRST  "3afee3d531b62dc7aba252f6695fdda45c9a5b0485c358834bb86f5f4dc3952e"
#define SECOND "a6913c0489e6ca241f245eceeb856d1d2c793fc6470829dfd2f11a3968198e06"
/* printf '%s' 'whsec_first.000102…0e0f.{"events":[],"next":null}' | openssl dgst -sha256 */
#define SALTED "c278ad6e223ff0fa74b733549b987e97061a66ae1668e1338d31cfabae585a28"

static const unsigned char salt[MARK_SALT_BYTES] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15 };

static void
own_signature_is_hmac_of_time_and_body(void **state)
{
	char lines[MARK_LINES][MARK_SIZE];
	struct str body = STR("{\"type\":\"ping\"}"), none = { NULL, 0 };

	(void)state;
	assert_int_equal(1,
	    mark_headers(lines, HOOK_BUSBAR, STR("whsec_first"), none, 1764174000, salt, body));
	assert_string_equal(lines[0], "Busbar-Signature: t=1764174000,v1=" FIRST);
	assert_int_equal(1, mark_headers(lines, HOOK_BUSBAR, STR("whsec_first"),
				STR("whsec_second"), 1764174000, salt, body));
	assert_string_equal(lines[0], "Busbar-Signature: t=1764174000,v1=" FIRST ",v1=" SECOND);
}

static void
utilitys_signature_is_a_salted_hash(void **state)
{
	char lines[MARK_LINES][MARK_SIZE];

	(void)state;
	/* the second secret is not in force yet */
	assert_int_equal(
	    2, mark_headers(lines, HOOK_UTILITYAPI, STR("whsec_first"), STR("whsec_second"),
		   1764174000, salt, STR("{\"events\":[],\"next\":null}")));
	assert_string_equal(
	    lines[0], "X-UtilityAPI-Webhook-Salt: 000102030405060708090a0b0c0d0e0f");
	assert_string_equal(lines[1], "X-UtilityAPI-Webhook-Signature: " SALTED);
	assert_int_equal(0, mark_headers(lines, HOOK_BATCHLIST, (struct str){ NULL, 0 },
				(struct str){ NULL, 0 }, 1, salt, STR("<BatchList/>")));
}

static void
pauses_double_to_an_hour(void **state)
{
	static const int64_t want[] = { 5, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600,
		3600 };
	int64_t sum = 0;

	(void)state;
	for (int32_t i = 0; i < (int32_t)nitems(want); i++)
		assert_int_equal(mark_pause_s(HOOK_BUSBAR, i, 0), want[i]);
	assert_int_equal(mark_pause_s(HOOK_BATCHLIST, INT32_MAX, 0), 3600);
	assert_int_equal(mark_pause_s(HOOK_BUSBAR, 11, 999), 3600 - 3600 * 999 / 5000);
	/* each hour for 72 hours */
	for (int32_t i = 1; i <= 72; i++)
		sum += mark_pause_s(HOOK_UTILITYAPI, i, 999);
	assert_int_equal(sum, 72 * 3600);
}

static void
answers_are_judged(void **state)
{
	static const struct {
		enum fetch_result result;
		int status;
		const char *answer, *challenge;
		bool good;
		const char *is;
	} rows[] = {
		{ FETCH_ANSWERED, 200, "", NULL, true, "ok" },
		{ FETCH_ANSWERED, 204, "", NULL, true, "ok" },
		{ FETCH_ANSWERED, 202, "whatever", NULL, true, "ok" },
		{ FETCH_ANSWERED, 199, "", NULL, false, "status" },
		{ FETCH_ANSWERED, 301, "", NULL, false, "redirect" },
		{ FETCH_ANSWERED, 307, "", NULL, false, "redirect" },
		{ FETCH_ANSWERED, 400, "", NULL, false, "status" },
		{ FETCH_ANSWERED, 410, "", NULL, false, "status" },
		{ FETCH_ANSWERED, 503, "", NULL, false, "status" },
		{ FETCH_TIMEOUT, 0, "", NULL, false, "timeout" },
		{ FETCH_TOO_BIG, 200, "", NULL, false, "too-big" },
		{ FETCH_ADDRESS, 0, "", NULL, false, "address" },
		{ FETCH_ANSWERED, 200, "ab12", "ab12", true, "ok" },
		{ FETCH_ANSWERED, 200, " ab12\r\n", "ab12", true, "ok" },
		{ FETCH_ANSWERED, 200, "{\"challenge\":\"ab12\"}", "ab12", true, "ok" },
		{ FETCH_ANSWERED, 200, "{ \"challenge\" :\t\"ab12\" }\n", "ab12", true, "ok" },
		{ FETCH_ANSWERED, 500, "ab12", "ab12", false, "status" },
		{ FETCH_ANSWERED, 200, "", "ab12", false, "challenge" },
		{ FETCH_ANSWERED, 200, "ab1", "ab12", false, "challenge" },
		{ FETCH_ANSWERED, 200, "ab123", "ab12", false, "challenge" },
		{ FETCH_ANSWERED, 200, "{\"challenge\":\"ab13\"}", "ab12", false, "challenge" },
		/* sent back as it came */
		{ FETCH_ANSWERED, 200, "{\"type\":\"challenge\",\"challenge\":\"ab12\"}",
		    "ab12", false, "challenge" },
		{ FETCH_ANSWERED, 200, "{\"challenge\":\"ab12\",\"x\":\"\"}", "ab12", false,
		    "challenge" },
		{ FETCH_ANSWERED, 200, "<p>ab12</p>", "ab12", false, "challenge" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		AUTO(fetch_got)
		got = {
			.result = rows[i].result, .status = rows[i].status, .answer = BUF(1000)
		};
		struct verdict v;

		buf_c(&got.answer, rows[i].answer);
		mark_judge(&v, &got, str_of(rows[i].challenge));
		assert_int_equal(v.good, rows[i].good);
		assert_string_equal(v.result, rows[i].is);
	}
}

static void
what_it_said_is_cleaned_and_cut(void **state)
{
	AUTO(fetch_got) got = { .status = 500, .answer = BUF(10000) };
	struct verdict v;

	(void)state;
	buf_c(&got.answer, "  no\x1b[2J\xff\n<b>");
	for (int i = 0; i < 500; i++)
		buf_c(&got.answer, "ä");
	mark_judge(&v, &got, (struct str){ NULL, 0 });
	assert_memory_equal(v.says,
	    "no?[2J"
	    "?"
	    "?<b>ä",
	    13);
	assert_true(strlen(v.says) <= 200 && str_utf8(str_of(v.says)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_signature_is_hmac_of_time_and_body),
		cmocka_unit_test(utilitys_signature_is_a_salted_hash),
		cmocka_unit_test(pauses_double_to_an_hour),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(what_it_said_is_cleaned_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
