/* The regulator's desks; see desk.h. None of their statements gives a reading. */
#include "both.h"
#include "desk_rows.h"

#define UP_TO_WATCH .up = "/regulator", .up_text = TEXT_REG_HOME

/* clang-format off */
/* ---- home ---- */

static const struct desk_column watch_columns[] = {
	{ "what", DESK_WORD, TEXT_DC_WHAT },
	{ "n", DESK_NUMBER, TEXT_DC_COUNT },
};
static const struct desk_column scoreboard_columns[] = {
	{ "day", DESK_DAY, TEXT_DC_DAY },
	{ "utility", DESK_TEXT, TEXT_DC_UTILITY },
	{ "due", DESK_NUMBER, TEXT_DC_METERS_DUE },
	{ "received", DESK_NUMBER, TEXT_DC_RECEIVED },
	{ "complete", DESK_FIGURE, TEXT_DC_COMPLETE },
	{ "estimated", DESK_FIGURE, TEXT_DC_ESTIMATED },
	{ "missing", DESK_FIGURE, TEXT_DC_MISSING },
	{ "late", DESK_FIGURE, TEXT_DC_LATE },
	{ "changed", DESK_NUMBER, TEXT_DC_CHANGED },
};
static const struct desk_column yesterday_columns[] = {
	{ "utility", DESK_TEXT, TEXT_DC_UTILITY },
	{ "due", DESK_NUMBER, TEXT_DC_METERS_DUE },
	{ "received", DESK_NUMBER, TEXT_DC_RECEIVED },
	{ "complete", DESK_FIGURE, TEXT_DC_COMPLETE },
	{ "estimated", DESK_FIGURE, TEXT_DC_ESTIMATED },
	{ "missing", DESK_FIGURE, TEXT_DC_MISSING },
	{ "late", DESK_FIGURE, TEXT_DC_LATE },
	{ "changed", DESK_NUMBER, TEXT_DC_CHANGED },
};
static const struct desk_part home_parts[] = {
	{ .title = TEXT_REG_WATCH, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_WATCH, COLUMNS(watch_columns), .to = "" },
	{ .title = TEXT_REG_YESTERDAY, .none = TEXT_REG_SCOREBOARD_NONE, .none_says = TEXT_REG_SCOREBOARD_NONE_SAYS,
	  .rows = SQL_DESK_YESTERDAY, COLUMNS(yesterday_columns) },
};
static const struct desk_filter home_ways[] = {
	{ "/regulator/reports", TEXT_RPTS }, { "/regulator/scoreboard", TEXT_REG_SCOREBOARD }, { "/regulator/flags", TEXT_OP_FLAGS },
	{ "/regulator/complaints", TEXT_OP_COMPLAINTS }, { "/regulator/orders", TEXT_OP_ORDERS },
	{ "/regulator/approvals", TEXT_OP_APPROVALS }, { "/regulator/cases", TEXT_CASES },
};
static const struct desk_part scoreboard_parts[] = {
	{ .title = TEXTS, .none = TEXT_REG_SCOREBOARD_NONE, .none_says = TEXT_REG_SCOREBOARD_NONE_SAYS,
	  .rows = SQL_DESK_SCOREBOARD, COLUMNS(scoreboard_columns) },
};

/* ---- third parties, and orders about them ---- */

static const struct desk_filter company_filters[] = {
	{ "", TEXT_DF_ALL }, { "live", TEXT_DF_LIVE }, { "suspended", TEXT_DF_SUSPENDED },
};
static const struct desk_column companies_columns[] = {
	{ "name", DESK_TEXT, TEXT_DC_NAME },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "since", DESK_TIME, TEXT_DC_SINCE },
	{ "shares", DESK_NUMBER, TEXT_DC_SHARES },
	{ "flags", DESK_NUMBER, TEXT_DC_STANDING_FLAGS },
	{ "complaints", DESK_NUMBER, TEXT_OP_COMPLAINTS },
};
static const struct desk_part companies_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_CSPS_NONE, .none_says = TEXT_OP_CSPS_NONE_SAYS,
	  .rows = SQL_DESK_COMPANIES, COLUMNS(companies_columns), .to = "/regulator/companies/" },
};
static const struct desk_column company_columns[] = {
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "since", DESK_TIME, TEXT_DC_SINCE },
	{ "code", DESK_TEXT, TEXT_DC_CODE },
	{ "requested_at", DESK_TIME, TEXT_DC_REQUESTED },
	{ "tax_id", DESK_TEXT, TEXT_DC_TAX },
	{ "site", DESK_TEXT, TEXT_DC_SITE },
	{ "privacy_url", DESK_TEXT, TEXT_DC_PRIVACY },
	{ "use_en", DESK_TEXT, TEXT_DC_USE_EN },
	{ "standing", DESK_TEXT, TEXT_DC_STANDING },
	{ "reviewed_by", DESK_TEXT, TEXT_DC_REVIEWED },
	{ "approved_by", DESK_TEXT, TEXT_DC_APPROVED },
	{ "second_by", DESK_TEXT, TEXT_DC_SECOND },
	{ "shares", DESK_NUMBER, TEXT_DC_SHARES },
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
static const struct desk_part company_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_COMPANY, COLUMNS(company_columns), .facts = true, .titled = true, .may = true },
	{ .title = TEXT_OP_SUSPENSIONS, .none = TEXT_OP_SUSPENSIONS_NONE, .none_says = TEXT_OP_SUSPENSIONS_NONE_SAYS,
	  .rows = SQL_DESK_COMPANY_SUSPENSIONS, COLUMNS(suspensions_columns) },
	{ .title = TEXT_DESK_PAST, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_CSP_PAST, COLUMNS(past_columns) },
};
static const struct field order_fields[] = {
	{ "docket", "text", "off", 40, TEXT_DC_DOCKET, TEXT_REG_DOCKET_HINT, TEXTS },
	{ "what", "select", "off", 20, TEXT_DC_WHAT, TEXTS, TEXTS },
	{ "notice", "date", "off", 10, TEXT_DC_NOTICE, TEXT_REG_NOTICE_HINT, TEXTS },
	{ "utilities", "text", "off", 200, TEXT_DC_UTILITIES, TEXT_REG_UTILITIES_HINT, TEXTS },
	{ "why", "textarea", "off", REASON_MOST, TEXT_DESK_WHY, TEXT_DESK_WHY_HINT, TEXTS },
};
static const struct desk_choice order_whats[] = {
	{ "SUSPEND", TEXT_D_SUSPEND }, { "TERMINATE", TEXT_D_TERMINATE }, { "LIFT", TEXT_D_LIFT },
};
static const struct desk_choices order_choices[] = { { "what", order_whats, nitems(order_whats) } };
static const struct desk_button order_buttons[] = {
	{ "order", TEXT_REG_ORDER, "stop", 31, SQL_ACT_ORDER, TEXT_REG_ORDER_DONE, NULL },
};
static const struct desk_part approvals_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_APPROVALS_NONE, .none_says = TEXT_REG_APPROVALS_NONE_SAYS,
	  .rows = SQL_DESK_APPROVALS, COLUMNS(approvals_columns), .to = "/regulator/approvals/", .more = true },
};
static const struct desk_part approval_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_APPROVAL, COLUMNS(approval_columns), .facts = true, .titled = true, .may = true },
};
static const struct desk_button approval_buttons[] = {
	{ "confirm", TEXT_OP_CONFIRM, "stop", 0, SQL_ACT_APPROVAL_CONFIRM, TEXT_OP_CONFIRM_DONE, NULL },
	{ "refuse", TEXT_OP_REFUSE, "", 0, SQL_ACT_APPROVAL_REFUSE, TEXT_OP_ENDED_DONE, NULL },
};
static const struct desk_column orders_columns[] = {
	{ "docket", DESK_TEXT, TEXT_DC_DOCKET },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "what", DESK_WORD, TEXT_DC_WHAT },
	{ "notice_on", DESK_DAY, TEXT_DC_NOTICE },
	{ "utilities", DESK_TEXT, TEXT_DC_UTILITIES },
	{ "recorded_by", DESK_BY, TEXT_DC_BY },
	{ "state", DESK_WORD, TEXT_DC_STATE },
};
static const struct desk_part orders_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_ORDERS_NONE, .none_says = TEXT_REG_ORDERS_NONE_SAYS,
	  .rows = SQL_DESK_ORDERS, COLUMNS(orders_columns), .to = "/regulator/orders/", .more = true },
};
static const struct desk_column order_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "what", DESK_WORD, TEXT_DC_WHAT },
	{ "notice_on", DESK_DAY, TEXT_DC_NOTICE },
	{ "utilities", DESK_TEXT, TEXT_DC_UTILITIES },
	{ "evidence", DESK_TEXT, TEXT_OP_EVIDENCE },
	{ "evidence_sha256", DESK_TEXT, TEXT_DC_SHA256 },
	{ "recorded_at", DESK_TIME, TEXT_DC_WHEN },
	{ "recorded_by", DESK_BY, TEXT_DC_BY },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "carried_out_at", DESK_TIME, TEXT_DC_DECIDED },
	{ "carried_out_by", DESK_BY, TEXT_DC_DECIDED_BY },
	{ "csp_state", DESK_WORD, TEXT_DC_CSP_STATE },
};
static const struct desk_part order_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_ORDER, COLUMNS(order_columns), .facts = true, .titled = true },
};

/* ---- outcomes ---- */

static const struct desk_column outcomes_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "invited", DESK_NUMBER, TEXT_DC_INVITED },
	{ "waiting", DESK_NUMBER, TEXT_DC_WAITING },
	{ "affirmed", DESK_NUMBER, TEXT_DC_AFFIRMED },
	{ "declined", DESK_NUMBER, TEXT_DC_DECLINED },
	{ "reported", DESK_NUMBER, TEXT_DC_REPORTED },
	{ "lapsed", DESK_NUMBER, TEXT_DC_LAPSED },
	{ "undeliverable", DESK_NUMBER, TEXT_D_UNDELIVERABLE },
	{ "withdrawn", DESK_NUMBER, TEXT_D_WITHDRAWN },
	{ "tries", DESK_NUMBER, TEXT_DC_TRIES },
	{ "tries_failed", DESK_NUMBER, TEXT_DC_TRIES_FAILED },
	{ "addresses", DESK_NUMBER, TEXT_DC_ADDRESSES },
	{ "ended_by_customer", DESK_NUMBER, TEXT_DC_ENDED_CUSTOMER },
	{ "flags", DESK_NUMBER, TEXT_DC_FLAG_COUNT },
	{ "reads", DESK_NUMBER, TEXT_DC_RELEASES },
};
static const struct desk_column answers_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "invited", DESK_NUMBER, TEXT_DC_INVITED },
	{ "affirmed", DESK_NUMBER, TEXT_DC_AFFIRMED },
	{ "declined", DESK_NUMBER, TEXT_DC_DECLINED },
	{ "reported", DESK_NUMBER, TEXT_DC_REPORTED },
	{ "lapsed", DESK_NUMBER, TEXT_DC_LAPSED },
	{ "ended_by_customer", DESK_NUMBER, TEXT_DC_ENDED_CUSTOMER },
};
static const struct desk_column conduct_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "tries", DESK_NUMBER, TEXT_DC_TRIES },
	{ "tries_failed", DESK_NUMBER, TEXT_DC_TRIES_FAILED },
	{ "addresses", DESK_NUMBER, TEXT_DC_ADDRESSES },
	{ "flags", DESK_NUMBER, TEXT_DC_FLAG_COUNT },
	{ "reads", DESK_NUMBER, TEXT_DC_RELEASES },
};
static const struct desk_part outcomes_parts[] = {
	{ .title = TEXT_REG_ANSWERS, .none = TEXT_OP_CSPS_NONE, .none_says = TEXT_OP_CSPS_NONE_SAYS,
	  .rows = SQL_DESK_OUTCOMES, COLUMNS(answers_columns) },
	{ .title = TEXT_REG_CONDUCT, .none = TEXT_OP_CSPS_NONE, .none_says = TEXT_OP_CSPS_NONE_SAYS,
	  .rows = SQL_DESK_OUTCOMES, COLUMNS(conduct_columns) },
};
static const struct desk_part outcomes_file = { .rows = SQL_DESK_OUTCOMES, COLUMNS(outcomes_columns) };

/* ---- flags, complaints ---- */

static const struct desk_part flags_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_FLAGS_NONE, .none_says = TEXT_OP_FLAGS_NONE_SAYS,
	  .rows = SQL_DESK_FLAGS, COLUMNS(flags_columns), .to = "/regulator/flags/", .more = true },
};
static const struct desk_part flag_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_FLAG, COLUMNS(flag_columns), .facts = true, .titled = true },
	{ .title = TEXT_OP_EVIDENCE, .none = TEXT_OP_EVIDENCE_NONE, .none_says = TEXT_OP_EVIDENCE_NONE_SAYS,
	  .rows = SQL_DESK_FLAG_EVIDENCE, COLUMNS(evidence_columns) },
};
static const struct desk_filter complaint_filters[] = {
	{ "", TEXT_DF_OPEN }, { "all", TEXT_DF_ALL },
};
static const struct desk_column complaints_columns[] = {
	{ "reference", DESK_TEXT, TEXT_DC_REFERENCE },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "whose", DESK_WORD, TEXT_DC_WHOSE },
	{ "flag", DESK_TEXT, TEXT_DC_FLAG },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "state", DESK_WORD, TEXT_DC_STATE },
};
static const struct desk_part complaints_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_COMPLAINTS_NONE, .none_says = TEXT_REG_COMPLAINTS_NONE_SAYS,
	  .rows = SQL_DESK_COMPLAINTS, COLUMNS(complaints_columns), .more = true },
};

/* ---- the audit events ---- */

static const struct desk_column audit_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_NUMBER },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "kind", DESK_KIND, TEXT_DC_WHAT },
	{ "actor", DESK_BY, TEXT_DC_BY },
	{ "party", DESK_TEXT, TEXT_DC_PARTY },
	{ "premise", DESK_TEXT, TEXT_ESIID },
	{ "says", DESK_TEXT, TEXT_DC_SAYS },
};
static const struct desk_column tree_columns[] = {
	{ "origin", DESK_TEXT, TEXT_DC_NAME },
	{ "size", DESK_NUMBER, TEXT_DC_EVENTS },
	{ "signed_size", DESK_NUMBER, TEXT_DC_SIGNED },
	{ "signed_at", DESK_TIME, TEXT_DC_WHEN },
	{ "signer", DESK_TEXT, TEXT_DC_SIGNER },
};
static const struct desk_part audit_parts[] = {
	{ .title = TEXTS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_AUDIT, COLUMNS(audit_columns), .to = "/regulator/audit/", .more = true },
	{ .title = TEXT_REG_TREE, .none = TEXT_REG_TREE_NONE, .none_says = TEXT_REG_TREE_NONE_SAYS,
	  .rows = SQL_DESK_TREE, COLUMNS(tree_columns) },
};
static const struct desk_column event_columns[] = {
	{ "kind", DESK_TEXT, TEXT_DC_WHAT },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "actor", DESK_BY, TEXT_DC_BY },
	{ "party", DESK_TEXT, TEXT_DC_PARTY },
	{ "premise", DESK_TEXT, TEXT_ESIID },
	{ "detail", DESK_TEXT, TEXT_DC_DETAIL },
	{ "entry", DESK_TEXT, TEXT_DC_ENTRY },
	{ "signed", DESK_TEXT, TEXT_DC_CHECKPOINT },
};
static const struct desk_column proof_columns[] = {
	{ "what", DESK_WORD, TEXT_DC_WHAT },
};
static const struct desk_part event_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_EVENT, COLUMNS(event_columns), .facts = true, .titled = true },
	{ .title = TEXT_READ_PROOF, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_EVENT_PROOF, COLUMNS(proof_columns), .to = "/" },
};

static const struct desk rows[] = {
	{ .path = "/regulator", .title = TEXT_REG_HOME, .lead = TEXT_REG_HOME_LEAD, FILTERS(home_ways), PARTS(home_parts) },
	{ .path = "/regulator/scoreboard", .title = TEXT_REG_SCOREBOARD, .lead = TEXT_REG_SCOREBOARD_LEAD, UP_TO_WATCH,
	  PARTS(scoreboard_parts), .search = true, .search_hint = TEXT_REG_DAY_HINT, .file = scoreboard_parts },
	{ .path = "/regulator/companies", .title = TEXT_REG_COMPANIES, .lead = TEXT_REG_COMPANIES_LEAD, UP_TO_WATCH,
	  FILTERS(company_filters), PARTS(companies_parts) },
	{ .path = "/regulator/companies/{key}", .title = TEXT_REG_COMPANIES, .lead = TEXTS,
	  UP("/regulator/companies", TEXT_REG_COMPANIES), PARTS(company_parts), .form_title = TEXT_REG_ORDER_TITLE,
	  FIELDS(order_fields), CHOICES(order_choices), BUTTONS(order_buttons) },
	{ .path = "/regulator/approvals", .title = TEXT_OP_APPROVALS, .lead = TEXT_REG_APPROVALS_LEAD, UP_TO_WATCH,
	  FILTERS(approval_filters), PARTS(approvals_parts) },
	{ .path = "/regulator/approvals/{key}", .title = TEXT_OP_APPROVAL, .lead = TEXT_OP_APPROVAL_LEAD,
	  UP("/regulator/approvals", TEXT_OP_APPROVALS), PARTS(approval_parts), .form_title = TEXT_DESK_DECIDE,
	  BUTTONS(approval_buttons) },
	{ .path = "/regulator/orders", .title = TEXT_OP_ORDERS, .lead = TEXT_REG_ORDERS_LEAD, UP_TO_WATCH, PARTS(orders_parts) },
	{ .path = "/regulator/orders/{key}", .title = TEXT_OP_ORDERS, .lead = TEXTS, UP("/regulator/orders", TEXT_OP_ORDERS),
	  PARTS(order_parts) },
	{ .path = "/regulator/outcomes", .title = TEXT_REG_OUTCOMES, .lead = TEXT_REG_OUTCOMES_LEAD, UP_TO_WATCH,
	  PARTS(outcomes_parts), .search = true, .search_hint = TEXT_REG_MONTH_HINT, .file = &outcomes_file },
	{ .path = "/regulator/flags", .title = TEXT_OP_FLAGS, .lead = TEXT_REG_FLAGS_LEAD, UP_TO_WATCH, FILTERS(flag_filters),
	  PARTS(flags_parts) },
	{ .path = "/regulator/flags/{key}", .title = TEXT_OP_FLAGS, .lead = TEXTS, UP("/regulator/flags", TEXT_OP_FLAGS),
	  PARTS(flag_parts) },
	{ .path = "/regulator/complaints", .title = TEXT_OP_COMPLAINTS, .lead = TEXTS, UP_TO_WATCH, FILTERS(complaint_filters),
	  PARTS(complaints_parts) },
	{ .path = "/regulator/audit", .title = TEXT_REG_AUDIT, .lead = TEXT_REG_AUDIT_LEAD, UP_TO_WATCH, PARTS(audit_parts),
	  .search = true, .search_hint = TEXT_REG_AUDIT_HINT, .file = audit_parts },
	{ .path = "/regulator/audit/{key}", .title = TEXT_REG_AUDIT, .lead = TEXTS, UP("/regulator/audit", TEXT_REG_AUDIT),
	  PARTS(event_parts) },
};
/* clang-format on */
const struct desks desks_regulator = { rows, nitems(rows) };
