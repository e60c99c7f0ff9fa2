/* UtilityAPI's addresses; see sys/route.h. */
#include "utility.h"

enum {
	CSP = API_LOGIN | API_TOKEN_ASKED | API_NOT_ONCE,
	LIST = CSP | API_RATE_READS,
	READ = CSP | API_RATE_BULK,
	WRITE = CSP | API_RATE_WRITE,
	NO_BODY = 0,
	BODY_MOST = 64 * 1024
};
#define BASE "/api/v2/"

/* clang-format off */
const struct route utility_routes[] = {
	{ "GET",    BASE "templates", LIST, NO_BODY, utility_templates, "the page that forms lead to" },
	{ "GET",    BASE "templates/{uid}", LIST, NO_BODY, utility_template, "the same, by its uid" },
	{ "GET",    BASE "forms", LIST, NO_BODY, utility_forms, "your forms, newest first" },
	{ "POST",   BASE "forms", WRITE, BODY_MOST, utility_form_add, "a new form: an address to send to a customer" },
	{ "GET",    BASE "forms/{uid}", LIST, NO_BODY, utility_form, "one of them" },
	{ "PATCH",  BASE "forms/{uid}", WRITE, BODY_MOST, utility_form_change, "archive or disable it" },
	{ "DELETE", BASE "forms/{uid}", WRITE, NO_BODY, utility_form_delete, "its address leads nowhere any more" },
	{ "POST",   BASE "forms/{uid}/test-submit", WRITE, BODY_MOST, utility_test_submit,
	  "as if a customer of the sandbox had said yes" },
	{ "GET",    BASE "authorizations", LIST, NO_BODY, utility_authorizations,
	  "what customers allowed or declined, newest first" },
	{ "GET",    BASE "authorizations/{uid}", LIST, NO_BODY, utility_authorization, "one of them" },
	{ "PATCH",  BASE "authorizations/{uid}", WRITE, BODY_MOST, utility_authorization_change, "archive or name it" },
	{ "DELETE", BASE "authorizations/{uid}", WRITE, NO_BODY, utility_authorization_delete, "a trial goes" },
	{ "POST",   BASE "authorizations/{uid}/revoke", WRITE, BODY_MOST, utility_authorization_revoke, "end it at once" },
	{ "GET",    BASE "meters", LIST, NO_BODY, utility_meters, "premises that you may read of now" },
	{ "POST",   BASE "meters/historical-collection", WRITE, BODY_MOST, utility_collect,
	  "what there is can be had already: events say so" },
	{ "POST",   BASE "meters/ongoing-monitoring", WRITE, BODY_MOST, utility_monitor, "of which meters you are told" },
	{ "GET",    BASE "meters/{uid}", LIST, NO_BODY, utility_meter, "one of them" },
	{ "PATCH",  BASE "meters/{uid}", WRITE, BODY_MOST, utility_meter_change, "archive it" },
	{ "GET",    BASE "intervals", READ, NO_BODY, utility_intervals, "interval reads, an object a meter and month" },
	{ "GET",    BASE "bills", READ, NO_BODY, utility_bills, "bills of meters" },
	{ "GET",    BASE "files/intervals_csv", READ, NO_BODY, utility_intervals_csv, "interval reads as CSV" },
	{ "GET",    BASE "files/bills_csv", READ, NO_BODY, utility_bills_csv, "bills as CSV" },
	{ "GET",    BASE "events", LIST, NO_BODY, utility_events, "what webhooks are told, oldest first" },
	{ "GET",    BASE "events/{uid}", LIST, NO_BODY, utility_event, "one of them" },
	{ "PATCH",  BASE "events/{uid}", WRITE, BODY_MOST, utility_event_change, "mark it as delivered" },
};
/* clang-format on */
const size_t utility_routes_n = nitems(utility_routes);
