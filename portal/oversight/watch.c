/* Held shares, flags, complaints, orders on the operator's desk; see desk.h. */
#include "both.h"
#include "desk_rows.h"

/* clang-format off */
/* ---- held shares ---- */

static const struct desk_column holds_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_NUMBER },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "held_at", DESK_TIME, TEXT_DC_SINCE },
	{ "premises", DESK_NUMBER, TEXT_DC_PREMISES },
	{ "reason", DESK_TEXT, TEXT_DC_REASON },
	{ "detectors", DESK_WORDS, TEXT_DC_DETECTORS },
};
static const struct desk_part holds_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_HOLDS_NONE, .none_says = TEXT_OP_HOLDS_NONE_SAYS,
	  .rows = SQL_DESK_HOLDS, COLUMNS(holds_columns), .to = "/operator/holds/", .more = true },
};
static const struct desk_column hold_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "held_at", DESK_TIME, TEXT_DC_SINCE },
	{ "months", DESK_TEXT, TEXT_DC_MONTHS },
	{ "premises", DESK_NUMBER, TEXT_DC_PREMISES },
	{ "why", DESK_TEXT, TEXT_DC_REASON },
	{ "detectors", DESK_WORDS, TEXT_DC_DETECTORS },
};
static const struct desk_column hold_evidence_columns[] = {
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "detector", DESK_KIND, TEXT_DC_DETECTOR },
	{ "kind", DESK_KIND, TEXT_DC_WHAT },
	{ "premises", DESK_TEXT, TEXT_DC_PREMISES },
	{ "source", DESK_TEXT, TEXT_DC_FROM_ADDRESS },
	{ "mailbox", DESK_TEXT, TEXT_DC_MAILBOX },
	{ "detail", DESK_TEXT, TEXT_DC_DETAIL },
};
static const struct desk_part hold_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_HOLD, COLUMNS(hold_columns), .facts = true, .may = true },
	{ .title = TEXT_OP_EVIDENCE, .none = TEXT_OP_EVIDENCE_NONE, .none_says = TEXT_OP_EVIDENCE_NONE_SAYS,
	  .rows = SQL_DESK_HOLD_EVIDENCE, COLUMNS(hold_evidence_columns) },
};
static const struct desk_button hold_buttons[] = {
	{ "release", TEXT_OP_RELEASE, "yes", FIRST, SQL_ACT_HOLD_RELEASE, TEXT_OP_RELEASE_DONE, NULL },
	{ "refuse", TEXT_OP_REFUSE_SHARE, "stop", FIRST, SQL_ACT_HOLD_REFUSE, TEXT_OP_REFUSE_SHARE_DONE, NULL },
};

/* ---- flags ---- */

static const struct desk_part flags_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_FLAGS_NONE, .none_says = TEXT_OP_FLAGS_NONE_SAYS,
	  .rows = SQL_DESK_FLAGS, COLUMNS(flags_columns), .to = "/operator/flags/", .more = true },
};
static const struct desk_part flag_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_FLAG, COLUMNS(flag_columns), .facts = true, .titled = true, .may = true },
	{ .title = TEXT_OP_EVIDENCE, .none = TEXT_OP_EVIDENCE_NONE, .none_says = TEXT_OP_EVIDENCE_NONE_SAYS,
	  .rows = SQL_DESK_FLAG_EVIDENCE, COLUMNS(evidence_columns) },
};
static const struct desk_button flag_buttons[] = {
	{ "clear", TEXT_OP_CLEAR, "yes", FIRST, SQL_ACT_FLAG_CLEAR, TEXT_OP_CLEAR_DONE, NULL },
};

/* ---- complaints, orders ---- */

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
	{ .title = TEXTS, .none = TEXT_OP_COMPLAINTS_NONE, .none_says = TEXT_OP_COMPLAINTS_NONE_SAYS,
	  .rows = SQL_DESK_COMPLAINTS, COLUMNS(complaints_columns), .to = "/operator/complaints/", .more = true },
};
static const struct field complain_fields[] = {
	{ "csp", "text", "off", 40, TEXT_DC_CSP_CODE, TEXT_OP_CODE_HINT, TEXTS },
	{ "whose", "select", "off", 20, TEXT_DC_WHOSE, TEXTS, TEXTS },
	{ "tdu", "text", "off", 40, TEXT_OP_COMPLAINT_TDU, TEXT_OP_COMPLAINT_TDU_HINT, TEXTS },
	{ "flag", "select", "off", 1, TEXT_DC_FLAG, TEXTS, TEXTS },
	{ "reference", "text", "off", 100, TEXT_DC_REFERENCE, TEXT_OP_REFERENCE_HINT, TEXTS },
};
static const struct desk_choice whose_choices[] = {
	{ "CUSTOMER", TEXT_D_CUSTOMER }, { "TDU", TEXT_D_TDU }, { "COMMISSION", TEXT_D_COMMISSION },
};
static const struct desk_choice flag_choices[] = {
	{ "a", TEXT_OP_FLAG_A }, { "b", TEXT_OP_FLAG_B }, { "c", TEXT_OP_FLAG_C },
	{ "d", TEXT_OP_FLAG_D }, { "e", TEXT_OP_FLAG_E }, { "f", TEXT_OP_FLAG_F },
};
static const struct desk_choices complain_choices[] = {
	{ "whose", whose_choices, nitems(whose_choices) },
	{ "flag", flag_choices, nitems(flag_choices) },
};
static const struct desk_button complain_buttons[] = {
	{ "complain", TEXT_OP_COMPLAIN, "yes", 1 | 2 | 8 | 16, SQL_ACT_COMPLAIN, TEXT_OP_COMPLAIN_DONE, NULL },
};
static const struct desk_column complaint_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "whose", DESK_WORD, TEXT_DC_WHOSE },
	{ "from_party", DESK_TEXT, TEXT_OP_COMPLAINT_TDU },
	{ "flag", DESK_TEXT, TEXT_DC_FLAG },
	{ "flag_says", DESK_WORD, TEXT_DC_FLAG_SAYS },
	{ "reference", DESK_TEXT, TEXT_DC_REFERENCE },
	{ "agreement", DESK_TEXT, TEXT_DC_AGREEMENT },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "evidence", DESK_TEXT, TEXT_OP_EVIDENCE },
	{ "evidence_sha256", DESK_TEXT, TEXT_DC_SHA256 },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "decided_at", DESK_TIME, TEXT_DC_DECIDED },
	{ "decided_by", DESK_BY, TEXT_DC_DECIDED_BY },
	{ "decision", DESK_TEXT, TEXT_DC_REASON },
};
static const struct desk_part complaint_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_COMPLAINT, COLUMNS(complaint_columns), .facts = true, .may = true },
};
static const struct desk_button complaint_buttons[] = {
	{ "dismiss", TEXT_OP_DISMISS, "", FIRST, SQL_ACT_COMPLAINT_DISMISS, TEXT_OP_DISMISS_DONE, NULL },
	{ "uphold", TEXT_OP_UPHOLD, "", FIRST, SQL_ACT_COMPLAINT_UPHOLD, TEXT_OP_UPHOLD_DONE, NULL },
	{ "suspend", TEXT_OP_UPHOLD_SUSPEND, "stop", FIRST, SQL_ACT_COMPLAINT_SUSPEND, TEXT_OP_SUSPEND_DONE, NULL },
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
	{ .title = TEXTS, .none = TEXT_OP_ORDERS_NONE, .none_says = TEXT_OP_ORDERS_NONE_SAYS,
	  .rows = SQL_DESK_ORDERS, COLUMNS(orders_columns), .to = "/operator/orders/", .more = true },
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
	{ .title = TEXTS, .rows = SQL_DESK_ORDER, COLUMNS(order_columns), .facts = true, .titled = true, .may = true },
};
static const struct desk_button order_buttons[] = {
	{ "carry", TEXT_OP_CARRY, "stop", 0, SQL_ACT_ORDER_CARRY, TEXT_OP_CARRY_DONE, NULL },
};

static const struct desk rows[] = {
	{ .path = "/operator/holds", .title = TEXT_OP_HOLDS, .lead = TEXT_OP_HOLDS_LEAD, UP_TO_HOME, PARTS(holds_parts) },
	{ .path = "/operator/holds/{key}", .title = TEXT_OP_HOLD, .lead = TEXT_OP_HOLD_LEAD,
	  UP("/operator/holds", TEXT_OP_HOLDS), PARTS(hold_parts), .form_title = TEXT_DESK_DECIDE, FIELDS(desk_reason),
	  BUTTONS(hold_buttons) },
	{ .path = "/operator/flags", .title = TEXT_OP_FLAGS, .lead = TEXT_OP_FLAGS_LEAD, UP_TO_HOME, FILTERS(flag_filters),
	  PARTS(flags_parts) },
	{ .path = "/operator/flags/{key}", .title = TEXT_OP_FLAGS, .lead = TEXTS, UP("/operator/flags", TEXT_OP_FLAGS),
	  PARTS(flag_parts), .form_title = TEXT_DESK_DECIDE, FIELDS(desk_reason), BUTTONS(flag_buttons) },
	{ .path = "/operator/complaints", .title = TEXT_OP_COMPLAINTS, .lead = TEXT_OP_COMPLAINTS_LEAD, UP_TO_HOME,
	  FILTERS(complaint_filters), PARTS(complaints_parts), .form_title = TEXT_OP_COMPLAIN_TITLE,
	  FIELDS(complain_fields), CHOICES(complain_choices), BUTTONS(complain_buttons), .then = "/operator/complaints/" },
	{ .path = "/operator/complaints/{key}", .title = TEXT_OP_COMPLAINT, .lead = TEXTS,
	  UP("/operator/complaints", TEXT_OP_COMPLAINTS), PARTS(complaint_parts), .form_title = TEXT_DESK_DECIDE,
	  FIELDS(desk_reason), BUTTONS(complaint_buttons) },
	{ .path = "/operator/orders", .title = TEXT_OP_ORDERS, .lead = TEXT_OP_ORDERS_LEAD, UP_TO_HOME, PARTS(orders_parts) },
	{ .path = "/operator/orders/{key}", .title = TEXT_OP_ORDERS, .lead = TEXTS, UP("/operator/orders", TEXT_OP_ORDERS),
	  PARTS(order_parts), .form_title = TEXT_DESK_DECIDE, BUTTONS(order_buttons) },
};
/* clang-format on */
const struct desks desks_watch = { rows, nitems(rows) };
