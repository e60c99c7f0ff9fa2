/* What is sent, in the words of each family, compared exactly. */
#include "body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct taken hook = { .endpoint = 7,
	.url = { "https://a.example/x", 19 },
	.what = { "EVENTS", 6 },
	.challenge = { "ab12", 4 } };
/* 2026-11-25 is day 20782 */
static const struct item items[] = {
	{ .id = { "0b9d", 4 },
	    .kind = { "reads.arrived", 13 },
	    .esiid = { "10443720000000001", 17 },
	    .detail = { "{\"reads\":\"interval\"}", 20 },
	    .utility = { "meter_intervals_added", 21 },
	    .paths = { "/espi/1 /espi/2?a=1&b=2", 23 },
	    .seq = 12,
	    .at = 1764165600,
	    .agreement = 17,
	    .from_day = 20782,
	    .to_day = 20783 },
	{ .id = { "1c", 2 },
	    .kind = { "status.changed", 14 },
	    .detail = { "{}", 2 },
	    .utility = { "", 0 },
	    .paths = { "https://elsewhere.example/<x> /espi/1", 37 },
	    .seq = 13,
	    .at = 0,
	    .from_day = DAY_NONE },
};
static const struct item end = {
	.seq = 12, .esiid = { "10443720000000001", 17 }, .more = true
};
static const struct item last = { .seq = 13 };

static void
says(enum hook_family f, const struct taken *k, size_t n, const struct item *to,
    const char *text)
{
	AUTO(buf) b = BUF(BODY_MOST);

	if (to != NULL)
		body_events(&b, f, k, "https://hub.example", items, n, to);
	else
		body_test(&b, f, k, "https://hub.example", 1764165600);
	buf_byte(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(b.at, text);
}

static void
events_of_the_hubs_own_family(void **state)
{
	(void)state;
	says(HOOK_BUSBAR, &hook, 2, &last,
	    "{\"type\":\"events\",\"webhook\":7,\"cursor\":\"13\",\"more\":false,\"events\":["
	    "{\"id\":\"0b9d\",\"type\":\"reads.arrived\",\"sequence\":12,"
	    "\"at\":\"2025-11-26T14:00:00Z\",\"esiid\":\"10443720000000001\",\"agreement\":17,"
	    "\"from\":\"2026-11-25\",\"to\":\"2026-11-26\",\"detail\":{\"reads\":\"interval\"}}"
	    ","
	    "{\"id\":\"1c\",\"type\":\"status.changed\",\"sequence\":13,"
	    "\"at\":\"1970-01-01T00:00:00Z\",\"detail\":{}}]}");
	says(HOOK_BUSBAR, &hook, 1, &end,
	    "{\"type\":\"events\",\"webhook\":7,\"cursor\":\"12.10443720000000001\",\"more\":"
	    "true,"
	    "\"events\":[{\"id\":\"0b9d\",\"type\":\"reads.arrived\",\"sequence\":12,"
	    "\"at\":\"2025-11-26T14:00:00Z\",\"esiid\":\"10443720000000001\",\"agreement\":17,"
	    "\"from\":\"2026-11-25\",\"to\":\"2026-11-26\",\"detail\":{\"reads\":\"interval\"}}"
	    "]}");
}

static void
events_in_utilitys_words(void **state)
{
	(void)state;
	says(HOOK_UTILITYAPI, &hook, 1, &last,
	    "{\"events\":[{\"uid\":\"0b9d\",\"type\":\"meter_intervals_added\","
	    "\"ts\":\"2025-11-26T14:00:00Z\",\"delivery_method\":\"webhook\","
	    "\"delivery_target\":\"https://a.example/x\",\"is_delivered\":false,"
	    "\"authorization_uid\":\"17\",\"meter_uid\":\"17-10443720000000001\","
	    "\"service_identifier\":\"10443720000000001\",\"detail\":{\"reads\":\"interval\"}}]"
	    ","
	    "\"next\":null}");
}

/* form_uid is a member of its own, as in their documents; a detail that ends early gives none.
 */
static void
an_event_of_a_form_names_it(void **state)
{
	static const struct {
		const char *detail, *says;
	} rows[] = {
		{ "{\"utility\": \"form_created\", \"form_uid\": \"1b-2\"}",
		    "\"form_uid\":\"1b-2\"" },
		{ "{\"form_uid\": \"1b-2", NULL },
		{ "{\"form_uid\": null}", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		AUTO(buf) b = BUF(BODY_MOST);
		struct item form = { .id = STR("1d"),
			.utility = STR("form_created"),
			.detail = str_of(rows[i].detail),
			.from_day = DAY_NONE };

		body_events(&b, HOOK_UTILITYAPI, &hook, "", &form, 1, &last);
		buf_byte(&b, '\0');
		if (rows[i].says != NULL)
			assert_non_null(strstr(b.at, rows[i].says));
		else
			assert_null(strstr(b.at, "\"form_uid\":\""));
	}
}

static void
a_batch_list_names_each_address_once(void **state)
{
	(void)state;
	says(HOOK_BATCHLIST, &hook, 2, &last,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<BatchList xmlns=\"http://naesb.org/espi\">"
	    "<resources>https://hub.example/espi/1</resources>"
	    "<resources>https://hub.example/espi/2?a=1&amp;b=2</resources>"
	    "<resources>https://elsewhere.example/&lt;x></resources></BatchList>\n");
}

static void
challenges_and_pings(void **state)
{
	struct taken k = hook;

	(void)state;
	k.what = STR("CHALLENGE");
	says(HOOK_BUSBAR, &k, 0, NULL,
	    "{\"type\":\"challenge\",\"webhook\":7,\"at\":\"2025-11-26T14:00:00Z\","
	    "\"challenge\":\"ab12\"}");
	says(HOOK_UTILITYAPI, &k, 0, NULL,
	    "{\"events\":[{\"uid\":\"ab12\",\"type\":\"ping\",\"ts\":\"2025-11-26T14:00:00Z\","
	    "\"delivery_method\":\"webhook\",\"delivery_target\":\"https://a.example/x\","
	    "\"is_delivered\":false}],\"next\":null}");
	k.challenge = STR("/espi/1_1/resource/ApplicationInformation/x");
	says(HOOK_BATCHLIST, &k, 0, NULL,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<BatchList xmlns=\"http://naesb.org/espi\"><resources>https://hub.example"
	    "/espi/1_1/resource/ApplicationInformation/x</resources></BatchList>\n");
	k.what = STR("PING");
	says(HOOK_BUSBAR, &k, 0, NULL,
	    "{\"type\":\"ping\",\"webhook\":7,\"at\":\"2025-11-26T14:00:00Z\"}");
}

static void
families_are_told_by_name(void **state)
{
	enum hook_family f;

	(void)state;
	assert_true(family_read(STR("BATCHLIST"), &f) && f == HOOK_BATCHLIST);
	assert_string_equal(family_type(f), "application/xml");
	assert_false(family_read(STR("batchlist"), &f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_the_hubs_own_family),
		cmocka_unit_test(events_in_utilitys_words),
		cmocka_unit_test(an_event_of_a_form_names_it),
		cmocka_unit_test(a_batch_list_names_each_address_once),
		cmocka_unit_test(challenges_and_pings),
		cmocka_unit_test(families_are_told_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
