/* What a request of the Smart Meter Texas family asks: whatever its capitals, and what is wrong
 * with it in which words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "smt_ask.h"

#define READS(more)                                                                           \
	"{\"trans_id\":\"7\",\"requestorID\":\"me\",\"SMTTermsandConditions\":\"Y\","         \
	"\"esiid\":[\"10443720000000001\"],\"startDate\":\"11/01/2026\",\"endDate\":\"11/02/" \
	"2026\"" more "}"

static struct json_in *json;
static struct smt_ask ask;
static struct smt_why why;

static bool
asked(const char *text, bool rows_say)
{
	struct err e = { 0 };

	if (json != NULL)
		json_in_free(&json);
	json = json_in_read(str_of(text), &e);
	if (json == NULL)
		fail_msg("%s: %s", text, e.text);
	ask = (struct smt_ask){ 0 };
	why = (struct smt_why){ 0 };
	return smt_ask_head(&ask, json_in_root(json), true, &why) &&
	       smt_ask_reads(&ask, rows_say, &why);
}

static void
what_is_left_out_has_a_meaning(void **state)
{
	(void)state;
	assert_true(asked(READS(""), true));
	assert_true(str_is(ask.trans_id, "7") && str_is(ask.requestor, "me"));
	assert_int_equal(ask.n, 1);
	assert_true(str_is(ask.esiids[0], "10443720000000001"));
	assert_int_equal(ask.from, civil_day(2026, 11, 1));
	assert_int_equal(ask.to, civil_day(2026, 11, 2));
	assert_true(ask.delivery == SMT_API && ask.format == SMT_JSON && !ask.all_versions);
	assert_true(ask.consumption && ask.generation && !ask.extended);
	assert_true(asked(READS(""), false));
	assert_true(ask.consumption && !ask.generation);
	assert_true(asked(READS(",\"deliveryMode\":\"FTP\""), false));
	assert_true(ask.format == SMT_CSV);
}

static void
capitals_make_no_difference(void **state)
{
	(void)state;
	assert_true(
	    asked("{\"TRANS_ID\":12,\"requestorid\":\"Me\",\"smttermsandconditions\":\"y\","
		  "\"ESIID\":\"1008901000000000000001\",\"STARTDATE\":\"01/31/2026\","
		  "\"enddate\":\"01/31/2026\",\"deliverymode\":\"eml\",\"ReportFormat\":"
		  "\"xml\",\"Version\":\"a\",\"readingtype\":\"g\",\"Extended\":\"y\"}",
		true));
	assert_true(str_is(ask.trans_id, "12") && str_is(ask.requestor, "Me"));
	assert_true(ask.delivery == SMT_EML && ask.format == SMT_XML && ask.all_versions);
	assert_true(!ask.consumption && ask.generation && ask.extended);
}

static void
what_is_wrong_has_a_code(void **state)
{
	static const struct {
		const char *text;
		enum smt_fault fault;
		const char *words;
	} all[] = {
		{ "{}", SMT_BAD_FIELD, "requestorID is missing" },
		{ "{\"requestorID\":\"\"}", SMT_BAD_FIELD, "requestorID is missing" },
		{ "{\"requestorID\":\"me\"}", SMT_TERMS, "SMTTermsandConditions must be Y" },
		{ "{\"requestorID\":\"me\",\"SMTTermsandConditions\":\"N\"}", SMT_TERMS, "Y" },
		{ "{\"requestorID\":\"me\",\"SMTTermsandConditions\":true}", SMT_TERMS, "Y" },
		{ "{\"requestorID\":\"me\",\"SMTTermsandConditions\":\"Y\"}", SMT_BAD_FIELD,
		    "esiid is missing" },
		{ READS(",\"deliveryMode\":\"FAX\""), SMT_BAD_FIELD, "deliveryMode" },
		{ READS(",\"reportFormat\":\"PDF\""), SMT_BAD_FIELD, "reportFormat" },
		{ READS(",\"version\":\"X\""), SMT_BAD_FIELD, "version" },
		{ READS(",\"readingType\":7"), SMT_BAD_FIELD, "readingType" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(all); i++) {
		assert_false(asked(all[i].text, true));
		assert_int_equal(why.fault, all[i].fault);
		if (strstr(why.text, all[i].words) == NULL)
			fail_msg("%s: \"%s\"", all[i].text, why.text);
	}
}

static bool
with(const char *esiid, const char *from, const char *to)
{
	char text[512];

	(void)snprintf(text, sizeof text,
	    "{\"requestorID\":\"me\",\"SMTTermsandConditions\":\"Y\",\"esiid\":%s,"
	    "\"startDate\":\"%s\",\"endDate\":\"%s\"}",
	    esiid, from, to);
	return asked(text, true);
}

static void
premises_and_dates(void **state)
{
	static const char ok[] = "[\"10443720000000001\",\"10443720000000002\"]";

	(void)state;
	assert_true(with(ok, "02/28/2026", "03/01/2026"));
	assert_int_equal(ask.n, 2);
	assert_false(with("[]", "02/28/2026", "03/01/2026"));
	assert_int_equal(why.fault, SMT_BAD_FIELD);
	assert_false(with("[\"1044372000000000\"]", "02/28/2026", "03/01/2026"));
	assert_false(with("[10443720000000001]", "02/28/2026", "03/01/2026"));
	assert_false(
	    with("[\"10443720000000001\",\"10443720000000001\"]", "02/28/2026", "03/01/2026"));
	assert_false(with(ok, "02/30/2026", "03/01/2026"));
	assert_int_equal(why.fault, SMT_BAD_DATE);
	assert_string_equal(
	    why.text, "Invalid Date. Expected format of: startDate is MM/dd/yyyy");
	assert_false(with(ok, "02/28/2026", "2026-03-01"));
	assert_string_equal(
	    why.text, "Invalid Date. Expected format of: endDate is MM/dd/yyyy");
	assert_false(with(ok, "03/02/2026", "03/01/2026"));
	assert_int_equal(why.fault, SMT_BAD_DATE);
}

static void
two_hundred_at_most(void **state)
{
	AUTO(buf) b = BUF(64 * 1024);

	(void)state;
	for (int n = SMT_ESIIDS_MOST; n <= SMT_ESIIDS_MOST + 1; n++) {
		buf_reset(&b);
		buf_c(&b, "{\"requestorID\":\"me\",\"SMTTermsandConditions\":\"Y\","
			  "\"startDate\":\"11/01/2026\",\"endDate\":\"11/01/2026\","
			  "\"ESIIDMeterList\":[");
		for (int i = 0; i < n; i++)
			buf_fmt(&b, "%s{\"esiid\":\"104437200000%05d\"}", i > 0 ? "," : "", i);
		buf_c(&b, "]}");
		buf_byte(&b, '\0');
		assert_int_equal(asked(b.at, true), n <= SMT_ESIIDS_MOST);
	}
	assert_int_equal(why.fault, SMT_TOO_LARGE);
}

static int
over(void **state)
{
	(void)state;
	if (json != NULL)
		json_in_free(&json);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_out_has_a_meaning),
		cmocka_unit_test(capitals_make_no_difference),
		cmocka_unit_test(what_is_wrong_has_a_code),
		cmocka_unit_test(premises_and_dates),
		cmocka_unit_test(two_hundred_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, over);
}
