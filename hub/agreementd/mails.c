#include "mails.h"

/* clang-format off */
const struct mail_row mail_rows[] = {
	/* kind              csp    text                 purpose    path  code */
	{ "invitation",      false, "invitation",        "DECIDE",  "a",  true },
	{ "reminder",        false, "reminder",          "DECIDE",  "a",  true },
	{ "affirmed",        false, "affirmed",          "RECEIPT", "a",  false },
	{ "affirmed",        true,  "affirmed-csp",      NULL,      NULL, false },
	{ "declined",        false, "declined",          NULL,      NULL, false },
	{ "declined",        true,  "declined-csp",      NULL,      NULL, false },
	{ "reported",        false, "reported",          NULL,      NULL, false },
	{ "reported",        true,  "reported-csp",      NULL,      NULL, false },
	{ "lapsed",          false, "lapsed",            NULL,      NULL, false },
	{ "lapsed",          true,  "lapsed-csp",        NULL,      NULL, false },
	{ "undeliverable",   true,  "undeliverable-csp", NULL,      NULL, false },
	{ "withdrawn",       false, "withdrawn",         NULL,      NULL, false },
	{ "withdrawn",       true,  "withdrawn-csp",     NULL,      NULL, false },
	{ "ended",           false, "ended",             NULL,      NULL, false },
	{ "ended",           true,  "ended-csp",         NULL,      NULL, false },
	{ "suspended",       false, "suspended",         NULL,      NULL, false },
	{ "suspended",       true,  "suspended-csp",     NULL,      NULL, false },
	{ "resumed",         false, "resumed",           NULL,      NULL, false },
	{ "resumed",         true,  "resumed-csp",       NULL,      NULL, false },
	{ "expiry-warning",  false, "expiry-warning",    NULL,      NULL, false },
	{ "expiry-warning",  true,  "expiry-warning-csp", NULL,     NULL, false },
	{ "renewal",         false, "renewal",           "RENEW",   "a",  false },
	{ "renewed",         false, "renewed",           "RECEIPT", "a",  false },
	{ "renewed",         true,  "renewed-csp",       NULL,      NULL, false },
	{ "stop",            false, "stop",              "STOP",    "a",  false },
	{ "not-you",         false, "not-you",           "NOT_ME",  "a",  false },
	{ "receipt",         false, "receipt",           "RECEIPT", "a",  false },
	{ "receipt",         true,  "receipt-csp",       NULL,      NULL, false },
	{ "csp-confirm",     true,  "csp-confirm",       "CONFIRM", "c",  false },
	{ "csp-approved",    true,  "csp-approved",      NULL,      NULL, false },
	{ "csp-refused",     true,  "csp-refused",       NULL,      NULL, false },
	{ "csp-expired",     true,  "csp-expired",       NULL,      NULL, false },
	{ "csp-suspended",   true,  "csp-suspended",     NULL,      NULL, false },
	{ "csp-resumed",     true,  "csp-resumed",       NULL,      NULL, false },
	{ "webhook-failing", true,  "webhook-failing",   NULL,      NULL, false },
	{ "webhook-paused", true,   "webhook-paused",    NULL,      NULL, false },
	{ "customer-confirm", false, "customer-confirm", "CONFIRM", "c",  false },
	{ "password",        false, "password",          "CONFIRM", "c",  false },
	{ "password-set",    false, "password-set",      NULL,      NULL, false },
	{ "factor-set",      false, "factor-set",        NULL,      NULL, false },
	{ "factor-ended",    false, "factor-ended",      NULL,      NULL, false },
	{ "sign-in-new",     false, "sign-in-new",       NULL,      NULL, false },
	{ "account-deleted", false, "account-deleted",   NULL,      NULL, false },
	{ "person-invited",  false, "person-invited",    "CONFIRM", "c",  false },
	{ "report",          false, "report",            "REPORT",  "r",  false },
	{ "consent-code",    false, "consent-code",      NULL,      NULL, true },
	{ "consent-text",    false, "consent-text",      NULL,      "tel", true },
	{ "customer-notice", false, "customer-notice",   NULL,      NULL, false },
	{ "regulator-look",  false, "regulator-look",    NULL,      NULL, false },
};
/* clang-format on */
const size_t mail_row_count = nitems(mail_rows);

const struct mail_row *
mail_row_of(struct str kind, bool csp)
{
	const struct mail_row *other = NULL;

	for (size_t i = 0; i < nitems(mail_rows); i++) {
		if (!str_is(kind, mail_rows[i].kind))
			continue;
		if (mail_rows[i].csp == csp)
			return &mail_rows[i];
		other = &mail_rows[i];
	}
	return other;
}
