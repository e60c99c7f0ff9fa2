/* Mails, jobs and parties on the operator's desk; see desk.h. */
#include "desk_rows.h"
#include "meter/ids.h"

/* clang-format off */
/* ---- mails, jobs ---- */

static const struct desk_filter mail_filters[] = {
	{ "", TEXT_DF_ALL }, { "waiting", TEXT_DF_WAITING }, { "failed", TEXT_DF_FAILED }, { "sent", TEXT_DF_SENT },
};
static const struct desk_column mails_columns[] = {
	{ "id", DESK_TEXT, TEXT_DC_NUMBER },
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "attempts", DESK_NUMBER, TEXT_DC_ATTEMPTS },
	{ "queued_at", DESK_TIME, TEXT_DC_QUEUED },
	{ "due_at", DESK_TIME, TEXT_DC_DUE },
	{ "reply", DESK_TEXT, TEXT_DC_SAYS },
};
static const struct desk_part mails_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_MAILS_NONE, .none_says = TEXT_OP_MAILS_NONE_SAYS,
	  .rows = SQL_DESK_MAILS, COLUMNS(mails_columns), .to = "/operator/mail/", .more = true },
};
static const struct desk_column mail_columns[] = {
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "csp", DESK_TEXT, TEXT_DC_CSP },
	{ "agreement", DESK_TEXT, TEXT_DC_AGREEMENT },
	{ "language", DESK_TEXT, TEXT_DC_LANGUAGE },
	{ "mailbox", DESK_TEXT, TEXT_DC_MAILBOX },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "attempts", DESK_NUMBER, TEXT_DC_ATTEMPTS },
	{ "queued_at", DESK_TIME, TEXT_DC_QUEUED },
	{ "due_at", DESK_TIME, TEXT_DC_DUE },
	{ "give_up_at", DESK_TIME, TEXT_DC_GIVE_UP },
	{ "accepted_at", DESK_TIME, TEXT_DC_ACCEPTED },
	{ "bounced_at", DESK_TIME, TEXT_DC_BOUNCED },
	{ "reply", DESK_TEXT, TEXT_DC_SAYS },
	{ "suppressed", DESK_TEXT, TEXT_DC_SUPPRESSED },
};
static const struct desk_part mail_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_MAIL, COLUMNS(mail_columns), .facts = true, .may = true },
};
static const struct desk_button mail_buttons[] = {
	{ "again", TEXT_OP_AGAIN, "yes", 0, SQL_ACT_MAIL_AGAIN, TEXT_OP_AGAIN_DONE, NULL },
};
static const struct desk_column jobs_columns[] = {
	{ "what", DESK_WORD, TEXT_DC_WHAT },
	{ "party", DESK_TEXT, TEXT_DC_PARTY },
	{ "says", DESK_TEXT, TEXT_DC_SAYS },
	{ "since", DESK_TIME, TEXT_DC_SINCE },
	{ "state", DESK_WORD, TEXT_DC_STATE },
};
static const struct desk_part jobs_parts[] = {
	{ .title = TEXTS, .none = TEXT_OP_JOBS_NONE, .none_says = TEXT_OP_JOBS_NONE_SAYS,
	  .rows = SQL_DESK_JOBS, COLUMNS(jobs_columns), .to = "/operator/jobs/" },
};
static const struct desk_part job_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_JOB, COLUMNS(jobs_columns), .facts = true, .may = true },
};
static const struct field job_fields[] = {
	{ "says", "text", "off", 200, TEXT_OP_JOB_SAYS, TEXT_OP_JOB_SAYS_HINT, TEXTS },
};
static const struct desk_button job_buttons[] = {
	{ "release", TEXT_OP_JOB_RELEASE, "yes", 0, SQL_ACT_JOB_RELEASE, TEXT_OP_AGAIN_DONE, NULL },
	{ "again", TEXT_OP_AGAIN, "yes", 0, SQL_ACT_JOB_AGAIN, TEXT_OP_AGAIN_DONE, NULL },
	{ "discard", TEXT_OP_JOB_DISCARD, "stop", 0, SQL_ACT_JOB_DISCARD, TEXT_OP_ENDED_DONE, NULL },
	{ "cancel", TEXT_OP_JOB_CANCEL, "stop", 0, SQL_ACT_JOB_CANCEL, TEXT_OP_ENDED_DONE, NULL },
};

/* ---- parties ---- */

static const struct desk_filter party_filters[] = {
	{ "", TEXT_DF_ALL }, { "tdu", TEXT_D_TDU }, { "rep", TEXT_D_REP }, { "csp", TEXT_D_CSP },
	{ "regulator", TEXT_D_REGULATOR }, { "operator", TEXT_D_OPERATOR },
};
static const struct desk_column parties_columns[] = {
	{ "name", DESK_TEXT, TEXT_DC_NAME },
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "says", DESK_TEXT, TEXT_DC_DUNS },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "people", DESK_NUMBER, TEXT_DC_PEOPLE },
	{ "accounts", DESK_NUMBER, TEXT_DC_ACCOUNTS },
};
static const struct desk_part parties_parts[] = {
	{ .title = TEXTS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_PARTIES, COLUMNS(parties_columns), .to = "/operator/parties/" },
};
static const struct field party_new_fields[] = {
	{ "kind", "select", "off", 10, TEXT_DC_KIND, TEXTS, TEXTS },
	{ "code", "text", "off", 40, TEXT_DC_CODE, TEXT_OP_PARTY_CODE_HINT, TEXTS },
	{ "name", "text", "off", 200, TEXT_DC_NAME, TEXTS, TEXTS },
	{ "certificate", "text", "off", 5, TEXT_DC_REP_CERTIFICATE, TEXT_OP_PARTY_REP_HINT, TEXTS },
	{ "duns", "text", "off", 200, TEXT_ENROL_DUNS, TEXT_OP_PARTY_DUNS_HINT, TEXTS },
	{ "prefixes", "text", "off", 200, TEXT_OP_PARTY_PREFIXES, TEXT_OP_PARTY_PREFIXES_HINT, TEXTS },
	{ "zone", "text", "off", 40, TEXT_DC_ZONE, TEXT_OP_PARTY_ZONE_HINT, TEXTS },
	{ "why", "textarea", "off", REASON_MOST, TEXT_DESK_WHY, TEXT_DESK_WHY_HINT, TEXTS },
};
static const struct desk_choice party_kinds[] = {
	{ "REP", TEXT_D_REP }, { "TDU", TEXT_D_TDU }, { "REGULATOR", TEXT_D_REGULATOR },
};
static const struct desk_choices party_choices[] = { { "kind", party_kinds, nitems(party_kinds) } };
static const struct desk_button party_new_buttons[] = {
	{ "add", TEXT_OP_PARTY_ADD, "yes", 1 | 2 | 4 | 128, SQL_ACT_PARTY, TEXT_OP_RESUME_DONE, NULL },
};
static const struct field party_fields[] = {
	{ "login", "text", "off", 64, TEXT_PERSON_LOGIN, TEXT_PERSON_LOGIN_HINT, TEXTS },
	{ "email", "email", "off", EMAIL_MOST, TEXT_FIND_EMAIL, TEXT_PERSON_EMAIL_HINT, TEXTS },
	{ "box", "text", "off", 64, TEXT_OP_BOX_LOGIN, TEXT_OP_PARTY_BOX_HINT, TEXTS },
	{ "sealed_name", "hidden", "off", 0, TEXT_PERSON_LOGIN, TEXTS, TEXTS },
	{ "sealed", "hidden", "off", 0, TEXT_FIND_EMAIL, TEXTS, TEXTS },
	{ "place", "hidden", "off", 0, TEXT_FIND_EMAIL, TEXTS, TEXTS },
	{ "index", "hidden", "off", 0, TEXT_FIND_EMAIL, TEXTS, TEXTS },
	{ "language", "hidden", "off", 0, TEXT_FIND_EMAIL, TEXTS, TEXTS },
};
static const struct desk_button party_buttons[] = {
	{ "person", TEXT_OP_PARTY_PERSON, "yes", 1 | 2, SQL_ACT_PARTY_PERSON, TEXT_OP_PARTY_PERSON_DONE, person_act },
	{ "box", TEXT_OP_PARTY_BOX, "", 4, SQL_ACT_PARTY_BOX, TEXT_OP_PARTY_BOX_DONE, NULL },
};
static const struct desk_column party_columns[] = {
	{ "kind", DESK_WORD, TEXT_DC_KIND },
	{ "code", DESK_TEXT, TEXT_DC_CODE },
	{ "duns", DESK_TEXT, TEXT_ENROL_DUNS },
	{ "certificate", DESK_TEXT, TEXT_DC_REP_CERTIFICATE },
	{ "zone", DESK_TEXT, TEXT_DC_ZONE },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "people", DESK_NUMBER, TEXT_DC_PEOPLE },
	{ "subscriptions", DESK_NUMBER, TEXT_DC_SUBSCRIPTIONS },
	{ "last_login", DESK_TIME, TEXT_DC_LAST_LOGIN },
};
static const struct desk_column party_accounts_columns[] = {
	{ "login", DESK_TEXT, TEXT_DC_NAME },
	{ "whose", DESK_WORD, TEXT_DC_KIND },
	{ "state", DESK_WORD, TEXT_DC_STATE },
	{ "credentials", DESK_TEXT, TEXT_DC_CREDENTIALS },
	{ "last_login", DESK_TIME, TEXT_DC_LAST_LOGIN },
};
static const struct desk_part party_parts[] = {
	{ .title = TEXTS, .rows = SQL_DESK_PARTY, COLUMNS(party_columns), .facts = true, .titled = true, .may = true },
	{ .title = TEXT_OP_ACCOUNTS, .none = TEXT_DESK_NONE, .none_says = TEXT_DESK_NONE_SAYS,
	  .rows = SQL_DESK_PARTY_ACCOUNTS, COLUMNS(party_accounts_columns) },
};

static const struct desk rows[] = {
	{ .path = "/operator/mail", .title = TEXT_OP_MAILS, .lead = TEXT_OP_MAILS_LEAD, UP_TO_HOME, FILTERS(mail_filters),
	  PARTS(mails_parts) },
	{ .path = "/operator/mail/{key}", .title = TEXT_OP_MAIL, .lead = TEXT_OP_MAIL_LEAD, UP("/operator/mail", TEXT_OP_MAILS),
	  PARTS(mail_parts), .form_title = TEXT_DESK_DECIDE, BUTTONS(mail_buttons) },
	{ .path = "/operator/jobs", .title = TEXT_OP_JOBS, .lead = TEXT_OP_JOBS_LEAD, UP_TO_HOME, PARTS(jobs_parts) },
	{ .path = "/operator/jobs/{key}", .title = TEXT_OP_JOB, .lead = TEXTS, UP("/operator/jobs", TEXT_OP_JOBS),
	  PARTS(job_parts), .form_title = TEXT_DESK_DECIDE, FIELDS(job_fields), BUTTONS(job_buttons), .then = "/operator/jobs?was=" },
	{ .path = "/operator/parties", .title = TEXT_OP_PARTIES, .lead = TEXTS, UP_TO_HOME, FILTERS(party_filters),
	  PARTS(parties_parts), .form_title = TEXT_OP_PARTY_TITLE, FIELDS(party_new_fields), CHOICES(party_choices),
	  BUTTONS(party_new_buttons), .then = "/operator/approvals/" },
	{ .path = "/operator/parties/{key}", .title = TEXT_OP_PARTIES, .lead = TEXTS, UP("/operator/parties", TEXT_OP_PARTIES),
	  PARTS(party_parts), .form_title = TEXT_OP_PARTY_BEGIN, FIELDS(party_fields), BUTTONS(party_buttons) },
};
/* clang-format on */
const struct desks desks_work = { rows, nitems(rows) };
