/* What everybody is told, and looks at customers, on the operator's desk; see desk.h. */
#include "desk_rows.h"

/* clang-format off */
/* ---- announcements ---- */

static const struct desk_column now_columns[] = {
	{ "title", DESK_TEXT, TEXT_DC_TITLE },
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "begins_at", DESK_TIME, TEXT_DC_FROM },
	{ "ends_at", DESK_TIME, TEXT_DC_UNTIL },
	{ "made_by", DESK_BY, TEXT_DC_BY },
};
static const struct desk_part announcements_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_NEWS_NONE, .none_says = TEXT_OP_NEWS_NONE_SAYS,
	  .rows = SQL_DESK_ANNOUNCEMENTS, COLUMNS(now_columns), .to = "/operator/announcements/", .more = true },
};
static const struct field announce_fields[] = {
	{ "kind", "select", "off", 10, TEXT_DC_KIND, TEXTS, TEXTS },
	{ "from", "datetime-local", "off", 30, TEXT_DC_FROM, TEXT_OP_CHICAGO, TEXTS },
	{ "until", "datetime-local", "off", 30, TEXT_DC_UNTIL, TEXT_OP_CHICAGO, TEXTS },
	{ "title_en", "text", "off", NAME_MOST, TEXT_OP_TITLE_EN, TEXTS, TEXTS },
	{ "body_en", "textarea", "off", SAYS_MOST, TEXT_OP_BODY_EN, TEXTS, TEXTS },
	{ "title_es", "text", "off", NAME_MOST, TEXT_OP_TITLE_ES, TEXTS, TEXTS },
	{ "body_es", "textarea", "off", SAYS_MOST, TEXT_OP_BODY_ES, TEXTS, TEXTS },
};
static const struct desk_choice news_choices[] = { { "OUTAGE", TEXT_D_OUTAGE }, { "NOTICE", TEXT_D_NOTICE } };
static const struct desk_choices announce_choices[] = { { "kind", news_choices, nitems(news_choices) } };
static const struct desk_button announce_buttons[] = {
	{ "announce", TEXT_OP_ANNOUNCE, "yes", 1 | 2 | 4 | 8 | 32, SQL_ACT_ANNOUNCE, TEXT_OP_ANNOUNCE_DONE, NULL },
};
static const struct desk_column announcement_columns[] = {
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "begins_at", DESK_TIME, TEXT_DC_FROM },
	{ "ends_at", DESK_TIME, TEXT_DC_UNTIL },
	{ "title_en", DESK_TEXT, TEXT_OP_TITLE_EN },
	{ "body_en", DESK_TEXT, TEXT_OP_BODY_EN },
	{ "title_es", DESK_TEXT, TEXT_OP_TITLE_ES },
	{ "body_es", DESK_TEXT, TEXT_OP_BODY_ES },
	{ "made_by", DESK_BY, TEXT_DC_BY },
	{ "ended_by", DESK_TEXT, TEXT_DC_ENDED_BY },
};
static const struct desk_part announcement_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_ANNOUNCEMENT, COLUMNS(announcement_columns), .facts = true, .titled = true,
	  .may = true },
};
static const struct desk_button announcement_buttons[] = {
	{ "end", TEXT_OP_TAKE_DOWN, "stop", 0, SQL_ACT_ANNOUNCEMENT_END, TEXT_OP_ENDED_DONE, NULL },
};

/* ---- customers ---- */

static const struct field look_fields[] = {
	{ "why", "textarea", "off", REASON_MOST, TEXT_DESK_WHY, TEXT_OP_LOOK_WHY_HINT, TEXTS },
	{ "who", "text", "off", 200, TEXT_OP_LOOK_WHO, TEXT_OP_LOOK_WHO_HINT, TEXTS },
	{ "index", "hidden", "off", 0, TEXT_OP_LOOK_WHO, TEXTS, TEXTS },
};
static const struct desk_button look_buttons[] = {
	{ "look", TEXT_OP_LOOK, "yes", 1 | 2, SQL_ACT_LOOK, TEXT_OP_LOOK_DONE, look_act },
};
static const struct desk_column look_columns[] = {
	{ "reason", DESK_TEXT, TEXT_DESK_WHY },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "account", DESK_WORD, TEXT_DC_ACCOUNT },
	{ "account_since", DESK_TIME, TEXT_DC_SINCE },
	{ "account_language", DESK_TEXT, TEXT_DC_LANGUAGE },
	{ "sign_ins", DESK_NUMBER, TEXT_DC_SESSIONS },
};
static const struct desk_column look_premises_columns[] = {
	{ "esiid", DESK_TEXT, TEXT_ESIID },
	{ "utility", DESK_TEXT, TEXT_DC_UTILITY },
	{ "class", DESK_WORD, TEXT_DC_KIND },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "rep", DESK_TEXT, TEXT_DC_REP },
	{ "meter", DESK_TEXT, TEXT_DC_METER },
	{ "since", DESK_DAY, TEXT_DC_LIVES_SINCE },
	{ "account", DESK_WORD, TEXT_DC_ACCOUNT },
};
static const struct desk_column look_agreements_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_NUMBER },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "invited_at", DESK_TIME, TEXT_DC_REQUESTED },
	{ "ends_at", DESK_TIME, TEXT_DC_UNTIL },
	{ "ended_at", DESK_TIME, TEXT_DC_ENDED },
	{ "reason", DESK_TEXT, TEXT_DC_REASON },
};
static const struct desk_column look_mails_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_NUMBER },
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "queued_at", DESK_TIME, TEXT_DC_QUEUED },
	{ "accepted_at", DESK_TIME, TEXT_DC_ACCEPTED },
	{ "reply", DESK_TEXT, TEXT_DC_SAYS },
};
static const struct desk_part look_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_LOOK, COLUMNS(look_columns), .facts = true },
	{ .title = TEXT_OP_LOOK_PREMISES, .none = TEXT_OP_LOOK_NOBODY, .none_says = TEXT_OP_LOOK_NOBODY_SAYS,
	  .rows = SQL_DESK_LOOK_PREMISES, COLUMNS(look_premises_columns) },
	{ .title = TEXT_OP_LOOK_AGREEMENTS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_LOOK_AGREEMENTS, COLUMNS(look_agreements_columns) },
	{ .title = TEXT_OP_MAILS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_LOOK_MAILS, COLUMNS(look_mails_columns), .to = "/operator/mail/" },
};

static const struct desk rows[] = {
	{ .path = "/operator/announcements", .title = TEXT_OP_NEWS, .lead = TEXT_OP_NEWS_LEAD, UP_TO_HOME,
	  PARTS(announcements_parts), .form_title = TEXT_OP_ANNOUNCE_TITLE, FIELDS(announce_fields),
	  CHOICES(announce_choices), BUTTONS(announce_buttons), .then = "/operator/announcements/" },
	{ .path = "/operator/announcements/{key}", .title = TEXT_OP_NEWS, .lead = TEXTS,
	  UP("/operator/announcements", TEXT_OP_NEWS), PARTS(announcement_parts), .form_title = TEXT_DESK_DECIDE,
	  BUTTONS(announcement_buttons) },
	{ .path = "/operator/customers", .title = TEXT_OP_CUSTOMERS, .lead = TEXT_OP_CUSTOMERS_LEAD, UP_TO_HOME,
	  .form_title = TEXT_OP_LOOK_TITLE, FIELDS(look_fields), BUTTONS(look_buttons), .then = "/operator/customers/" },
	{ .path = "/operator/customers/{key}", .title = TEXT_OP_CUSTOMER, .lead = TEXT_OP_CUSTOMER_LEAD,
	  UP("/operator/customers", TEXT_OP_CUSTOMERS), PARTS(look_parts) },
};
/* clang-format on */
const struct desks desks_people = { rows, nitems(rows) };
