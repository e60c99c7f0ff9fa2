/* What operators and regulators both look at, by the same columns: flags and their evidence,
 * and what waits for a second person. */
#ifndef PORTAL_OVERSIGHT_BOTH_H
#define PORTAL_OVERSIGHT_BOTH_H

#include "desk_rows.h"

/* clang-format off */
static const struct desk_filter flag_filters[] = {
	{ "", TEXT_DF_STANDING }, { "all", TEXT_DF_ALL },
};

static const struct desk_column flags_columns[] = {
	{ "detector", DESK_KIND, TEXT_DC_DETECTOR },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "found", DESK_SAY, TEXT_DC_FOUND },
	{ "action", DESK_WORD, TEXT_DC_DOES },
	{ "flag", DESK_TEXT, TEXT_DC_FLAG },
	{ "state", DESK_WORD, TEXT_DC_STATE },
};

static const struct desk_column flag_columns[] = {
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "about", DESK_TEXT, TEXT_DC_DETECTOR },
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "found", DESK_SAY, TEXT_DC_FOUND },
	{ "action", DESK_WORD, TEXT_DC_DOES },
	{ "flag", DESK_TEXT, TEXT_DC_FLAG },
	{ "flag_says", DESK_WORD, TEXT_DC_FLAG_SAYS },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "cleared_at", DESK_TIME, TEXT_DC_DECIDED },
	{ "cleared_by", DESK_TEXT, TEXT_DC_DECIDED_BY },
	{ "cleared_why", DESK_TEXT, TEXT_DC_REASON },
};

static const struct desk_column evidence_columns[] = {
	{ "at", DESK_TIME, TEXT_DC_WHEN },
	{ "kind", DESK_KIND, TEXT_DC_WHAT },
	{ "premises", DESK_TEXT, TEXT_DC_PREMISES },
	{ "source", DESK_TEXT, TEXT_DC_FROM_ADDRESS },
	{ "mailbox", DESK_TEXT, TEXT_DC_MAILBOX },
	{ "detail", DESK_TEXT, TEXT_DC_DETAIL },
};

static const struct desk_filter approval_filters[] = {
	{ "", TEXT_DF_WAITING }, { "past", TEXT_DF_ALL },
};

static const struct desk_column approvals_columns[] = {
	{ "action", DESK_WORD, TEXT_DC_WHAT },
	{ "about", DESK_TEXT, TEXT_DC_ABOUT },
	{ "reason", DESK_TEXT, TEXT_DC_REASON },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "asked_by", DESK_TEXT, TEXT_DC_BY },
	{ "asked_at", DESK_TIME, TEXT_DC_WHEN },
	{ "valid_until", DESK_TIME, TEXT_DC_UNTIL },
};

static const struct desk_column approval_columns[] = {
	{ "action", DESK_WORD, TEXT_DC_WHAT },
	{ "about", DESK_TEXT, TEXT_DC_ABOUT },
	{ "detail", DESK_TEXT, TEXT_DC_DETAIL },
	{ "reason", DESK_TEXT, TEXT_DC_REASON },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "asked_by", DESK_TEXT, TEXT_DC_BY },
	{ "asked_at", DESK_TIME, TEXT_DC_WHEN },
	{ "valid_until", DESK_TIME, TEXT_DC_UNTIL },
	{ "decided_by", DESK_TEXT, TEXT_DC_DECIDED_BY },
	{ "decided_at", DESK_TIME, TEXT_DC_DECIDED },
};
/* clang-format on */

#endif
