/* Limits, thresholds and settings on the operator's desk; see desk.h. */
#include "desk_rows.h"

/* clang-format off */
/* ---- limits, thresholds, settings ---- */

static const struct desk_column limits_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_CLASS },
	{ "about", DESK_WORD, TEXT_DC_ABOUT },
	{ "most", DESK_NUMBER, TEXT_DC_MOST },
	{ "window_s", DESK_NUMBER, TEXT_DC_SECONDS },
	{ "own", DESK_NUMBER, TEXT_DC_OWN_LIMITS },
};
static const struct desk_column limits_own_columns[] = {
	{ "party", DESK_TEXT, TEXT_DC_PARTY },
	{ "class", DESK_TEXT, TEXT_DC_CLASS },
	{ "most", DESK_NUMBER, TEXT_DC_MOST },
};
static const struct desk_column limits_used_columns[] = {
	{ "party", DESK_TEXT, TEXT_DC_PARTY },
	{ "class", DESK_TEXT, TEXT_DC_CLASS },
	{ "taken", DESK_NUMBER, TEXT_DC_TAKEN },
	{ "most", DESK_NUMBER, TEXT_DC_MOST },
};
static const struct desk_part limits_parts[] = {
	{ .title = TEXT_OP_LIMITS_ALL, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_LIMITS, COLUMNS(limits_columns) },
	{ .title = TEXT_OP_LIMITS_OWN, .none = TEXT_OP_LIMITS_OWN_NONE, .none_says = TEXT_OP_LIMITS_OWN_NONE_SAYS,
	  .rows = SQL_DESK_LIMITS_OWN, COLUMNS(limits_own_columns) },
	{ .title = TEXT_OP_LIMITS_USED, .none = TEXT_OP_LIMITS_USED_NONE, .none_says = TEXT_OP_LIMITS_USED_NONE_SAYS,
	  .rows = SQL_DESK_LIMITS_USED, COLUMNS(limits_used_columns) },
};
static const struct field limit_fields[] = {
	{ "party", "text", "off", 40, TEXT_DC_PARTY, TEXT_OP_CODE_HINT, TEXTS },
	{ "class", "select", "off", 20, TEXT_DC_CLASS, TEXTS, TEXTS },
	{ "most", "number", "off", 9, TEXT_DC_MOST, TEXT_OP_LIMIT_HINT, TEXTS },
};
static const struct desk_choice class_choices[] = {
	{ "NORMAL", TEXT_OP_CLASS_NORMAL }, { "READS", TEXT_OP_CLASS_READS },
	{ "BULK", TEXT_OP_CLASS_BULK }, { "WRITE", TEXT_OP_CLASS_WRITE },
};
static const struct desk_choices limit_choices[] = { { "class", class_choices, nitems(class_choices) } };
static const struct desk_button limit_buttons[] = {
	{ "limit", TEXT_OP_SET, "yes", 1 | 2, SQL_ACT_LIMIT, TEXT_OP_SET_DONE, NULL },
};
static const struct desk_column thresholds_columns[] = {
	{ "id", DESK_KIND, TEXT_DC_DETECTOR },
	{ "fires", DESK_WORD, TEXT_DC_FIRES },
	{ "threshold", DESK_NUMBER, TEXT_DC_THRESHOLD },
	{ "unit", DESK_WORD, TEXT_DC_UNIT },
	{ "action", DESK_WORD, TEXT_DC_DOES },
	{ "flag", DESK_TEXT, TEXT_DC_FLAG },
	{ "standing", DESK_NUMBER, TEXT_DC_STANDING_FLAGS },
};
static const struct desk_part thresholds_parts[] = {
	{ .title = TEXTS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_THRESHOLDS, COLUMNS(thresholds_columns), .to = "/operator/thresholds/" },
};
static const struct desk_column threshold_columns[] = {
	{ "about", DESK_KIND, TEXT_DC_ABOUT },
	{ "fires", DESK_WORD, TEXT_DC_FIRES },
	{ "threshold", DESK_NUMBER, TEXT_DC_THRESHOLD },
	{ "unit", DESK_WORD, TEXT_DC_UNIT },
	{ "least", DESK_NUMBER, TEXT_DC_LEAST },
	{ "window_h", DESK_TEXT, TEXT_DC_WINDOW },
	{ "kinds", DESK_TEXT, TEXT_DC_LOOKS_AT },
	{ "action", DESK_WORD, TEXT_DC_DOES },
	{ "flag", DESK_TEXT, TEXT_DC_FLAG },
	{ "standing", DESK_NUMBER, TEXT_DC_STANDING_FLAGS },
};
static const struct desk_part threshold_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_THRESHOLD, COLUMNS(threshold_columns), .facts = true, .titled = true, .may = true },
};
static const struct field threshold_fields[] = {
	{ "action", "select", "off", 10, TEXT_DC_DOES, TEXTS, TEXTS },
	{ "threshold", "number", "off", 7, TEXT_DC_THRESHOLD, TEXT_OP_AS_IS, TEXTS },
	{ "least", "number", "off", 7, TEXT_DC_LEAST, TEXT_OP_AS_IS, TEXTS },
	{ "window", "number", "off", 5, TEXT_DC_WINDOW, TEXT_OP_AS_IS, TEXTS },
};
static const struct desk_choice action_choices[] = {
	{ "", TEXT_OP_UNCHANGED }, { "OFF", TEXT_D_OFF }, { "NOTE", TEXT_D_NOTE }, { "HOLD", TEXT_D_HOLD },
	{ "SUSPEND", TEXT_D_SUSPEND },
};
static const struct desk_choices threshold_choices[] = { { "action", action_choices, nitems(action_choices) } };
static const struct desk_button threshold_buttons[] = {
	{ "set", TEXT_OP_SET, "yes", 0, SQL_ACT_THRESHOLD, TEXT_OP_SET_DONE, NULL },
};
static const struct desk_column settings_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_NAME },
	{ "about", DESK_WORD, TEXT_DC_ABOUT },
	{ "value", DESK_TEXT, TEXT_DC_VALUE },
};
static const struct desk_part settings_parts[] = {
	{ .title = TEXTS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_SETTINGS, COLUMNS(settings_columns), .to = "/operator/settings/" },
};
static const struct desk_column setting_columns[] = {
	{ "about", DESK_WORD, TEXT_DC_ABOUT },
	{ "value", DESK_TEXT, TEXT_DC_VALUE },
	{ "allowed", DESK_TEXT, TEXT_DC_ALLOWED },
};
static const struct desk_column setting_past_columns[] = {
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "by", DESK_BY, TEXT_DC_BY },
	{ "says", DESK_TEXT, TEXT_DC_SAYS },
};
static const struct desk_part setting_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_SETTING, COLUMNS(setting_columns), .facts = true, .titled = true, .may = true },
	{ .title = TEXT_DESK_PAST, .none = TEXT_OP_SETTING_NONE, .none_says = TEXT_OP_SETTING_NONE_SAYS,
	  .rows = SQL_DESK_SETTING_PAST, COLUMNS(setting_past_columns) },
};
static const struct field setting_fields[] = {
	{ "value", "number", "off", 9, TEXT_DC_VALUE, TEXT_OP_SETTING_HINT, TEXTS },
};
static const struct desk_button setting_buttons[] = {
	{ "set", TEXT_OP_SET, "yes", FIRST, SQL_ACT_SETTING, TEXT_OP_SET_DONE, NULL },
};

static const struct desk rows[] = {
	{ .path = "/operator/limits", .title = TEXT_OP_LIMITS, .lead = TEXT_OP_LIMITS_LEAD, UP_TO_HOME, PARTS(limits_parts),
	  .form_title = TEXT_OP_LIMIT_TITLE, FIELDS(limit_fields), CHOICES(limit_choices), BUTTONS(limit_buttons) },
	{ .path = "/operator/thresholds", .title = TEXT_OP_THRESHOLDS, .lead = TEXT_OP_THRESHOLDS_LEAD, UP_TO_HOME,
	  PARTS(thresholds_parts) },
	{ .path = "/operator/thresholds/{key}", .title = TEXT_OP_THRESHOLDS, .lead = TEXTS,
	  UP("/operator/thresholds", TEXT_OP_THRESHOLDS), PARTS(threshold_parts), .form_title = TEXT_DESK_CHANGE,
	  FIELDS(threshold_fields), CHOICES(threshold_choices), BUTTONS(threshold_buttons) },
	{ .path = "/operator/settings", .title = TEXT_OP_SETTINGS, .lead = TEXT_OP_SETTINGS_LEAD, UP_TO_HOME,
	  PARTS(settings_parts) },
	{ .path = "/operator/settings/{key}", .title = TEXT_OP_SETTINGS, .lead = TEXTS,
	  UP("/operator/settings", TEXT_OP_SETTINGS), PARTS(setting_parts), .form_title = TEXT_DESK_CHANGE,
	  FIELDS(setting_fields), BUTTONS(setting_buttons) },
};
/* clang-format on */
const struct desks desks_limits = { rows, nitems(rows) };
