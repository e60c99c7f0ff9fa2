/* The regulator's cases on its desk and the operator's; the page of reads under one is
 * ../customer/case_reads.c. See desk.h. */
#include <string.h>

#include "base/code.h"
#include "desk_rows.h"
#include "login.h"

enum { INDEX_SIZE = 2 * INDEX_BYTES + 1, ESIIDS_MOST = 1200, WHO = 5 };

/* A mailbox goes to the database as its keyed digest alone. */
bool
case_act(struct task *t, struct page *p, const struct desk *d, const struct form *f,
    struct str words[], struct err *e)
{
	struct login who;
	char index[INDEX_SIZE];

	(void)t;
	(void)d;
	(void)f;
	if (words[WHO].len == 0)
		return true;
	login_mailbox(p, words[WHO], &who);
	if (!who.mailbox)
		return err(e, ERR_BAD_INPUT, "that is no e-mail address");
	code_hex(index, who.index, sizeof who.index);
	words[WHO] = page_keep(p, str_of(index));
	return true;
}

/* clang-format off */
static const struct desk_filter filters[] = {
	{ "", TEXT_DF_OPEN }, { "all", TEXT_DF_ALL },
};
static const struct desk_column cases_columns[] = {
	{ "number", DESK_TEXT, TEXT_DC_CASE },
	{ "premises", DESK_FIGURE, TEXT_DC_PREMISES },
	{ "from_day", DESK_DAY, TEXT_DC_FIRST_DAY },
	{ "to_day", DESK_DAY, TEXT_DC_LAST_DAY },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "asked_by", DESK_BY, TEXT_DC_BY },
	{ "ends_at", DESK_TIME, TEXT_DC_CASE_ENDS },
};
static const struct desk_column case_columns[] = {
	{ "number", DESK_TEXT, TEXT_DC_NUMBER },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "reason", DESK_TEXT, TEXT_DC_REASON },
	{ "whose", DESK_WORD, TEXT_DC_ABOUT },
	{ "from_day", DESK_DAY, TEXT_DC_FIRST_DAY },
	{ "to_day", DESK_DAY, TEXT_DC_LAST_DAY },
	{ "asked_at", DESK_TIME, TEXT_DC_WHEN },
	{ "asked_by", DESK_BY, TEXT_DC_BY },
	{ "granted_at", DESK_TIME, TEXT_DC_GRANTED },
	{ "granted_by", DESK_BY, TEXT_DC_GRANTED_BY },
	{ "ends_at", DESK_TIME, TEXT_DC_CASE_ENDS },
	{ "ended_at", DESK_TIME, TEXT_DC_ENDED },
	{ "ended_by", DESK_TEXT, TEXT_DC_ENDED_BY },
};
static const struct desk_column premises_columns[] = {
	{ "esiid", DESK_TEXT, TEXT_ESIID },
	{ "utility", DESK_TEXT, TEXT_DC_UTILITY },
	{ "class", DESK_WORD, TEXT_DC_KIND },
	{ "city", DESK_TEXT, TEXT_DC_CITY },
};
static const struct desk_column looks_columns[] = {
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "by", DESK_BY, TEXT_DC_BY },
	{ "premise", DESK_TEXT, TEXT_ESIID },
	{ "from_day", DESK_DAY, TEXT_DC_FIRST_DAY },
	{ "to_day", DESK_DAY, TEXT_DC_LAST_DAY },
	{ "door", DESK_TEXT, TEXT_DC_DOOR },
};
static const struct desk_part regulator_list[] = {
	{ .title = TEXTS, .none = TEXT_CASES_NONE, .none_says = TEXT_CASES_NONE_SAYS,
	  .rows = SQL_DESK_CASES, COLUMNS(cases_columns), .to = "/regulator/cases/", .more = true },
};
static const struct desk_part operator_list[] = {
	{ .title = TEXTS, .none = TEXT_CASES_NONE, .none_says = TEXT_CASES_OP_NONE_SAYS,
	  .rows = SQL_DESK_CASES, COLUMNS(cases_columns), .to = "/operator/cases/", .more = true },
};
#define LOOKS { .title = TEXT_CASE_LOOKS, .none = TEXT_CASE_LOOKS_NONE, .none_says = TEXT_CASE_LOOKS_NONE_SAYS, \
	  .rows = SQL_DESK_CASE_LOOKS, COLUMNS(looks_columns), .more = true }
#define FACTS { .title = TEXTS, .rows = SQL_DESK_CASE, COLUMNS(case_columns), .facts = true, .may = true }
static const struct desk_part regulator_one[] = {
	FACTS,
	{ .title = TEXT_DC_PREMISES, .none = TEXT_CASE_PREMISES_NONE, .none_says = TEXT_CASE_PREMISES_NONE_SAYS,
	  .rows = SQL_DESK_CASE_PREMISES, COLUMNS(premises_columns), .to = "/regulator/cases/" },
	LOOKS,
};
static const struct desk_part operator_one[] = {
	FACTS,
	{ .title = TEXT_DC_PREMISES, .none = TEXT_CASE_PREMISES_NONE, .none_says = TEXT_CASE_OP_PREMISES_NONE_SAYS,
	  .rows = SQL_DESK_CASE_PREMISES, COLUMNS(premises_columns) },
	LOOKS,
};
static const struct field ask_fields[] = {
	{ "number", "text", "off", 40, TEXT_DC_CASE, TEXT_REG_DOCKET_HINT, TEXTS },
	{ "from", "date", "off", 10, TEXT_DC_FIRST_DAY, TEXT_CASE_FROM_HINT, TEXTS },
	{ "to", "date", "off", 10, TEXT_DC_LAST_DAY, TEXT_CASE_TO_HINT, TEXTS },
	{ "days", "number", "off", 2, TEXT_CASE_DAYS, TEXT_CASE_DAYS_HINT, TEXTS },
	{ "esiids", "textarea", "off", ESIIDS_MOST, TEXT_CASE_ESIIDS, TEXT_CASE_ESIIDS_HINT, TEXTS },
	{ "who", "text", "off", 254, TEXT_CASE_WHO, TEXT_CASE_WHO_HINT, TEXTS },
	{ "why", "textarea", "off", REASON_MOST, TEXT_DESK_WHY, TEXT_CASE_WHY_HINT, TEXTS },
};
enum { ASK_NEEDS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 6 };
static const struct desk_button ask_buttons[] = {
	{ "ask", TEXT_CASE_ASK, "yes", ASK_NEEDS, SQL_ACT_CASE, TEXT_CASE_ASK_DONE, case_act },
};
static const struct desk_button end_buttons[] = {
	{ "end", TEXT_CASE_END, "stop", 0, SQL_ACT_CASE_END, TEXT_CASE_END_DONE, NULL },
};

static const struct desk rows[] = {
	{ .path = "/regulator/cases", .title = TEXT_CASES, .lead = TEXT_CASES_LEAD, .up = "/regulator", .up_text = TEXT_REG_HOME,
	  FILTERS(filters), PARTS(regulator_list), .form_title = TEXT_CASE_ASK_TITLE, FIELDS(ask_fields),
	  BUTTONS(ask_buttons), .then = "/regulator/cases/" },
	{ .path = "/regulator/cases/{key}", .title = TEXT_DC_CASE, .lead = TEXT_CASE_LEAD, UP("/regulator/cases", TEXT_CASES),
	  PARTS(regulator_one), .form_title = TEXT_DESK_DECIDE, BUTTONS(end_buttons) },
	{ .path = "/operator/cases", .title = TEXT_CASES, .lead = TEXT_CASES_OP_LEAD, UP_TO_HOME, FILTERS(filters),
	  PARTS(operator_list) },
	{ .path = "/operator/cases/{key}", .title = TEXT_DC_CASE, .lead = TEXT_CASE_LEAD, UP("/operator/cases", TEXT_CASES),
	  PARTS(operator_one), .form_title = TEXT_DESK_DECIDE, BUTTONS(end_buttons) },
};
/* clang-format on */
const struct desks desks_cases = { rows, nitems(rows) };
