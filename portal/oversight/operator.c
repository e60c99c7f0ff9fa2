/* The operator's home, third parties, and what a second person confirms; see desk.h. */
#include "both.h"
#include "desk_rows.h"

const struct field desk_reason[1] = {
	{ "why", "textarea", "off", REASON_MOST, TEXT_DESK_WHY, TEXT_DESK_WHY_HINT, TEXTS },
};

/* clang-format off */
/* ---- home, health ---- */

static const struct desk_column waits_columns[] = {
	{ "what", DESK_WORD, TEXT_DC_WHAT },
	{ "waiting", DESK_NUMBER, TEXT_DC_WAITING },
};
static const struct desk_column health_columns[] = {
	{ "what", DESK_WORD, TEXT_DC_WHAT },
	{ "ok", DESK_WORD, TEXT_DC_STATE },
	{ "says", DESK_SAY, TEXT_DC_SAYS },
};
static const struct desk_part home_parts[] = {
	{ .title = TEXT_OP_WAITS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_WAITS, COLUMNS(waits_columns), .to = "" },
	{ .title = TEXT_OP_HEALTH, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_HEALTH, COLUMNS(health_columns) },
};

static const struct desk_filter home_ways[] = {
	{ "/operator/jobs", TEXT_OP_JOBS }, { "/operator/holds", TEXT_OP_HOLDS }, { "/operator/flags", TEXT_OP_FLAGS },
	{ "/operator/complaints", TEXT_OP_COMPLAINTS }, { "/operator/orders", TEXT_OP_ORDERS },
	{ "/operator/reports", TEXT_RPTS }, { "/operator/parties", TEXT_OP_PARTIES }, { "/operator/announcements", TEXT_OP_NEWS },
	{ "/operator/limits", TEXT_OP_LIMITS }, { "/operator/thresholds", TEXT_OP_THRESHOLDS },
	{ "/operator/settings", TEXT_OP_SETTINGS },
};

/* ---- third parties ---- */

static const struct desk_filter csp_filters[] = {
	{ "", TEXT_DF_ALL }, { "waiting", TEXT_DF_WAITING }, { "live", TEXT_DF_LIVE },
	{ "suspended", TEXT_DF_SUSPENDED },
};
static const struct desk_column csps_columns[] = {
	{ "name", DESK_TEXT, TEXT_DC_NAME },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "missing", DESK_SAY, TEXT_DC_WAITS_FOR },
	{ "queue", DESK_TEXT, TEXT_DC_QUEUE },
	{ "expires_at", DESK_TIME, TEXT_DC_UNTIL },
};
static const struct desk_part csps_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_CSPS_NONE, .none_says = TEXT_OP_CSPS_NONE_SAYS,
	  .rows = SQL_DESK_CSPS, COLUMNS(csps_columns), .to = "/operator/csps/" },
};
static const struct desk_column csp_columns[] = {
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "missing", DESK_SAY, TEXT_DC_WAITS_FOR },
	{ "queue", DESK_TEXT, TEXT_DC_QUEUE },
	{ "expires_at", DESK_TIME, TEXT_DC_UNTIL },
	{ "code", DESK_TEXT, TEXT_DC_CODE },
	{ "requested_at", DESK_TIME, TEXT_DC_REQUESTED },
	{ "tax_id", DESK_TEXT, TEXT_DC_TAX },
	{ "duns", DESK_TEXT, TEXT_ENROL_DUNS },
	{ "site", DESK_TEXT, TEXT_DC_SITE },
	{ "privacy_url", DESK_TEXT, TEXT_DC_PRIVACY },
	{ "use_en", DESK_TEXT, TEXT_DC_USE_EN },
	{ "use_es", DESK_TEXT, TEXT_DC_USE_ES },
	{ "standing", DESK_TEXT, TEXT_DC_STANDING },
	{ "capability", DESK_TEXT, TEXT_DC_CAPABILITY },
	{ "redirects", DESK_TEXT, TEXT_DC_REDIRECTS },
	{ "certificate", DESK_WORD, TEXT_DC_CERTIFICATE },
	{ "reviewed_by", DESK_TEXT, TEXT_DC_REVIEWED },
	{ "approved_by", DESK_TEXT, TEXT_DC_APPROVED },
	{ "second_by", DESK_TEXT, TEXT_DC_SECOND },
	{ "agreements", DESK_NUMBER, TEXT_DC_SHARES },
};
static const struct desk_column checks_columns[] = {
	{ "about", DESK_WORD, TEXT_DC_WHAT },
	{ "ok", DESK_WORD, TEXT_DC_STATE },
	{ "found", DESK_TEXT, TEXT_DC_FOUND },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
};
static const struct desk_column suspensions_columns[] = {
	{ "began_at", DESK_TIME, TEXT_DC_FROM },
	{ "cause", DESK_WORD, TEXT_DC_CAUSE },
	{ "reason", DESK_TEXT, TEXT_DC_REASON },
	{ "began_by", DESK_BY, TEXT_DC_BY },
	{ "ended_at", DESK_TIME, TEXT_DC_UNTIL },
	{ "ended_by", DESK_TEXT, TEXT_DC_ENDED_BY },
};
static const struct desk_column past_columns[] = {
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "what", DESK_KIND, TEXT_DC_WHAT },
	{ "by", DESK_BY, TEXT_DC_BY },
	{ "says", DESK_WORDS, TEXT_DC_SAYS },
};
static const struct desk_part csp_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_CSP, COLUMNS(csp_columns), .facts = true, .titled = true, .may = true },
	{ .title = TEXT_OP_CHECKS, .none = TEXT_OP_CHECKS_NONE, .none_says = TEXT_OP_CHECKS_NONE_SAYS,
	  .rows = SQL_DESK_CSP_CHECKS, COLUMNS(checks_columns) },
	{ .title = TEXT_OP_SUSPENSIONS, .none = TEXT_OP_SUSPENSIONS_NONE, .none_says = TEXT_OP_SUSPENSIONS_NONE_SAYS,
	  .rows = SQL_DESK_COMPANY_SUSPENSIONS, COLUMNS(suspensions_columns) },
	{ .title = TEXT_DESK_PAST, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_CSP_PAST, COLUMNS(past_columns) },
};
static const struct field csp_fields[] = {
	{ "why", "textarea", "off", REASON_MOST, TEXT_DESK_WHY, TEXT_OP_CSP_WHY_HINT, TEXTS },
	{ "turn", "text", "off", REASON_MOST, TEXT_OP_TURN, TEXT_OP_TURN_HINT, TEXTS },
};
static const struct desk_button csp_buttons[] = {
	{ "review", TEXT_OP_REVIEW, "yes", 0, SQL_ACT_CSP_REVIEW, TEXT_OP_REVIEW_DONE, NULL },
	{ "approve", TEXT_OP_APPROVE, "yes", 0, SQL_ACT_CSP_REVIEW, TEXT_OP_APPROVE_DONE, approve_act },
	{ "second", TEXT_OP_SECOND, "yes", 0, SQL_ACT_CSP_SECOND, TEXT_OP_SECOND_DONE, NULL },
	{ "resume", TEXT_OP_RESUME, "yes", FIRST, SQL_ACT_CSP_RESUME, TEXT_OP_RESUME_DONE, NULL },
	{ "suspend", TEXT_OP_SUSPEND, "stop", FIRST, SQL_ACT_CSP_SUSPEND, TEXT_OP_SUSPEND_DONE, NULL },
	{ "revoke", TEXT_OP_REVOKE, "stop", FIRST, SQL_ACT_CSP_REVOKE, TEXT_OP_REVOKE_DONE, NULL },
	{ "refuse", TEXT_OP_REFUSE, "stop", FIRST, SQL_ACT_CSP_REFUSE, TEXT_OP_REFUSE_DONE, NULL },
};

/* ---- what a second person confirms ---- */

static const struct desk_part approvals_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_APPROVALS_NONE, .none_says = TEXT_OP_APPROVALS_NONE_SAYS,
	  .rows = SQL_DESK_APPROVALS, COLUMNS(approvals_columns), .to = "/operator/approvals/", .more = true },
};
static const struct desk_part approval_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_APPROVAL, COLUMNS(approval_columns), .facts = true, .titled = true, .may = true },
};
static const struct desk_button approval_buttons[] = {
	{ "confirm", TEXT_OP_CONFIRM, "yes", 0, SQL_ACT_APPROVAL_CONFIRM, TEXT_OP_CONFIRM_DONE, NULL },
	{ "refuse", TEXT_OP_REFUSE, "stop", 0, SQL_ACT_APPROVAL_REFUSE, TEXT_OP_ENDED_DONE, NULL },
};

static const struct desk rows[] = {
	{ .path = "/operator", .title = TEXT_OP_HOME, .lead = TEXT_OP_HOME_LEAD, FILTERS(home_ways), PARTS(home_parts) },
	{ .path = "/operator/csps", .title = TEXT_OP_CSPS, .lead = TEXT_OP_CSPS_LEAD, UP_TO_HOME,
	  FILTERS(csp_filters), PARTS(csps_parts) },
	{ .path = "/operator/csps/{key}", .title = TEXT_OP_CSPS, .lead = TEXTS, UP("/operator/csps", TEXT_OP_CSPS),
	  PARTS(csp_parts), .form_title = TEXT_DESK_DECIDE, FIELDS(csp_fields), BUTTONS(csp_buttons) },
	{ .path = "/operator/approvals", .title = TEXT_OP_APPROVALS, .lead = TEXT_OP_APPROVALS_LEAD, UP_TO_HOME,
	  FILTERS(approval_filters), PARTS(approvals_parts) },
	{ .path = "/operator/approvals/{key}", .title = TEXT_OP_APPROVAL, .lead = TEXT_OP_APPROVAL_LEAD,
	  UP("/operator/approvals", TEXT_OP_APPROVALS), PARTS(approval_parts), .form_title = TEXT_DESK_DECIDE,
	  BUTTONS(approval_buttons) },
};
/* clang-format on */
const struct desks desks_operator = { rows, nitems(rows) };
