/* The routes of the Smart Meter Texas family; see sys/route.h. Each is there with /v2, as since
 * 2025, and without it, as before. */
#include "smt.h"

#define BOTH(path, who, fn, does)                              \
	{ "POST", "/v2/" path, who, SMT_BODY_MOST, fn, does }, \
	{                                                      \
		"POST", "/" path, who, SMT_BODY_MOST, fn, does \
	}

/* clang-format off */
const struct route smt_routes[] = {
	BOTH("token",            API_ANYBODY, smt_token_post, "a token for an hour, by name and password"),
	BOTH("15minintervalreads", API_LOGIN | API_RATE_READS, smt_intervals, "15-minute reads"),
	BOTH("dailyreads",       API_LOGIN | API_RATE_READS, smt_registers, "daily register reads"),
	BOTH("monthlybillingInformation", API_LOGIN | API_RATE_READS, smt_billings, "monthly billing reads"),
	BOTH("greenbutton",      API_LOGIN | API_RATE_READS, smt_green_button, "15-minute reads as Green Button XML"),
	BOTH("meterInfo",        API_LOGIN, smt_meter_info, "meters as they are now"),
	BOTH("premiseInfo",      API_LOGIN, smt_premise_info, "premises as they are now"),
	BOTH("odr",              API_LOGIN | API_RATE_WRITE, smt_odr, "an on-demand read"),
	BOTH("odrstatus",        API_LOGIN, smt_odr_status, "what became of one"),
	BOTH("reportrequeststatus", API_LOGIN, smt_report_status, "what became of a report"),
	{ "GET", "/v2/reportfile/{number}", API_LOGIN, 0, smt_report_file, "its file" },
	{ "GET", "/r/{link}", API_ANYBODY, 0, smt_report_link, "a report's file, by the link of a mail" },
	BOTH("NewSubscription",  API_LOGIN | API_RATE_WRITE, smt_subscription_new, "reads into the box, as they come"),
	BOTH("UnSubscription",   API_LOGIN | API_RATE_WRITE, smt_subscription_end, "ends one"),
	BOTH("Mysubscriptions",  API_LOGIN, smt_subscription_list, "your subscriptions"),
	BOTH("NewAgreement",     API_LOGIN | API_RATE_WRITE, smt_agreement_new, "asks a customer for an agreement"),
	BOTH("myagreements",     API_LOGIN, smt_agreement_list, "your agreements, all or one"),
	BOTH("AgreementESIIDs",  API_LOGIN, smt_agreement_esiids, "the premises of one"),
	BOTH("Terminateagreement", API_LOGIN | API_RATE_WRITE, smt_agreement_end, "ends agreements"),
	BOTH("tokenService",       API_ANYBODY, smt_soap, "SOAP, which is refused"),
	BOTH("energydata",         API_ANYBODY, smt_soap, "SOAP, which is refused"),
	BOTH("MeterInformation",   API_ANYBODY, smt_soap, "SOAP, which is refused"),
	BOTH("PremiseInformation", API_ANYBODY, smt_soap, "SOAP, which is refused"),
	BOTH("Subscription",       API_ANYBODY, smt_soap, "SOAP, which is refused"),
	BOTH("CSPAuthorization",   API_ANYBODY, smt_soap, "SOAP, which is refused"),
};
const size_t smt_routes_n = nitems(smt_routes);

/* What customers' own programs call on the portal of Smart Meter Texas. */
const struct route smt_web_routes[] = {
	{ "POST", "/commonapi/user/authenticate", API_ANYBODY, SMT_BODY_MOST, smt_web_login,
	  "a token, by name and password" },
	{ "POST", "/api/user/authenticate", API_ANYBODY, SMT_BODY_MOST, smt_web_login,
	  "the same, as before" },
	{ "POST", "/api/dashboard", API_LOGIN, SMT_BODY_MOST, smt_web_dashboard, "your first meter" },
	{ "POST", "/api/meter", API_LOGIN, SMT_BODY_MOST, smt_web_meter, "your meters" },
	{ "POST", "/api/ondemandread", API_LOGIN | API_RATE_WRITE, SMT_BODY_MOST, smt_web_odr,
	  "an on-demand read" },
	{ "POST", "/api/usage/latestodrread", API_LOGIN, SMT_BODY_MOST, smt_web_odr_latest,
	  "the last one" },
	{ "POST", "/api/adhoc/intervalsynch", API_LOGIN | API_RATE_READS, SMT_BODY_MOST, smt_web_synch,
	  "15-minute reads" },
	{ "POST", "/api/usage/interval", API_LOGIN | API_RATE_READS, SMT_BODY_MOST, smt_web_interval,
	  "15-minute reads" },
	{ "POST", "/api/usage/daily", API_LOGIN | API_RATE_READS, SMT_BODY_MOST, smt_web_daily,
	  "daily register reads" },
	{ "POST", "/api/usage/monthly", API_LOGIN | API_RATE_READS, SMT_BODY_MOST, smt_web_monthly,
	  "monthly billing reads" },
};
const size_t smt_web_routes_n = nitems(smt_web_routes);
/* clang-format on */
