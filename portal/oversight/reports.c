/* Reports on the regulator's desk and the operator's, and one as a page to print; see desk.h
 * and docs/reports. */
#include "desk_rows.h"

/* clang-format off */
static const struct desk_column list_columns[] = {
	{ "report", DESK_WORD, TEXT_RPT },
	{ "from_day", DESK_DAY, TEXT_DC_FIRST_DAY },
	{ "to_day", DESK_DAY, TEXT_DC_LAST_DAY },
	{ "party", DESK_TEXT, TEXT_RPT_WHOSE },
	{ "made_at", DESK_TIME, TEXT_DC_WHEN },
	{ "made_by", DESK_BY, TEXT_DC_BY },
};
static const struct desk_column one_columns[] = {
	{ "report", DESK_WORD, TEXT_RPT },
	{ "from_day", DESK_DAY, TEXT_DC_FIRST_DAY },
	{ "to_day", DESK_DAY, TEXT_DC_LAST_DAY },
	{ "party", DESK_TEXT, TEXT_RPT_WHOSE },
	{ "made_at", DESK_TIME, TEXT_DC_WHEN },
	{ "made_by", DESK_BY, TEXT_DC_BY },
	{ "snapshot", DESK_NUMBER, TEXT_RPT_SNAPSHOT },
	{ "entries", DESK_NUMBER, TEXT_RPT_ENTRIES },
	{ "sha256", DESK_TEXT, TEXT_RPT_SHA256 },
	{ "event", DESK_NUMBER, TEXT_RPT_EVENT },
};
static const struct desk_column form_columns[] = {
	{ "what", DESK_WORD, TEXT_DC_WHAT },
};
#define LIST(at) { .title = TEXTS, .none = TEXT_RPT_NONE, .none_says = TEXT_RPT_NONE_SAYS, .rows = SQL_DESK_REPORTS, \
	  COLUMNS(list_columns), .to = at, .more = true }
static const struct desk_part regulator_list[] = { LIST("/regulator/reports/") };
static const struct desk_part operator_list[] = { LIST("/operator/reports/") };
static const struct desk_part one[] = {
	{ .title = TEXTS, .rows = SQL_DESK_REPORT, COLUMNS(one_columns), .facts = true },
	{ .title = TEXT_RPT_FORMS, .none = TEXT_RPT_NONE, .none_says = TEXT_RPT_NONE_SAYS, .rows = SQL_DESK_REPORT_FORMS,
	  COLUMNS(form_columns), .to = "/" },
};
static const struct desk_choice names[] = {
	{ "pack", TEXT_RPT_PACK }, { "data", TEXT_RPT_DATA }, { "estimates", TEXT_RPT_ESTIMATES },
	{ "registers", TEXT_RPT_REGISTERS }, { "agreements", TEXT_RPT_AGREEMENTS }, { "releases", TEXT_RPT_RELEASES },
	{ "authentication", TEXT_RPT_AUTHENTICATION }, { "addresses", TEXT_RPT_ADDRESSES },
	{ "oversight", TEXT_RPT_OVERSIGHT }, { "drops", TEXT_RPT_DROPS }, { "use", TEXT_RPT_USE },
	{ "commands", TEXT_RPT_COMMANDS }, { "availability", TEXT_RPT_AVAILABILITY },
};
static const struct desk_choices choices[] = { { "report", names, nitems(names) } };
static const struct field fields[] = {
	{ "report", "select", "off", 30, TEXT_RPT, TEXTS, TEXTS },
	{ "from", "date", "off", 10, TEXT_DC_FIRST_DAY, TEXT_RPT_FROM_HINT, TEXTS },
	{ "to", "date", "off", 10, TEXT_DC_LAST_DAY, TEXT_RPT_TO_HINT, TEXTS },
};
static const struct desk_button buttons[] = {
	{ "make", TEXT_RPT_MAKE, "yes", 1 << 0, SQL_ACT_REPORT, TEXT_RPT_MADE, NULL },
};
#define FORM .form_title = TEXT_RPT_MAKE_TITLE, FIELDS(fields), CHOICES(choices), BUTTONS(buttons)

static const struct desk rows[] = {
	{ .path = "/regulator/reports", .title = TEXT_RPTS, .lead = TEXT_RPTS_LEAD, UP("/regulator", TEXT_REG_HOME),
	  PARTS(regulator_list), FORM, .then = "/regulator/reports/" },
	{ .path = "/regulator/reports/{key}", .title = TEXT_RPT, .lead = TEXT_RPT_LEAD, UP("/regulator/reports", TEXT_RPTS), PARTS(one) },
	{ .path = "/operator/reports", .title = TEXT_RPTS, .lead = TEXT_RPTS_LEAD, UP_TO_HOME,
	  PARTS(operator_list), FORM, .then = "/operator/reports/" },
	{ .path = "/operator/reports/{key}", .title = TEXT_RPT, .lead = TEXT_RPT_LEAD, UP("/operator/reports", TEXT_RPTS), PARTS(one) },
};
/* clang-format on */
const struct desks desks_reports = { rows, nitems(rows) };

/* ---- to print: a page that is whole by itself, as it lies in boxes ---- */

struct print_row {
	struct str body, style;
};
static const struct db_field print_row[] = { DB_TEXT(print_row, body),
	DB_TEXT(print_row, style) };

static bool
print(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct print_row row;
	int64_t number;

	if (!str_int64(str_of(p->call->param[0]), &number))
		number = 0;
	if (c == NULL)
		return false;
	if (db_one(t, c, SQL_REPORT_PAGE, ARGS(P_BYTES(p->sha256, LINK_BYTES), P_INT8(number)),
		print_row, nitems(print_row), &row, &keep, e) != DB_FOUND) {
		db_release(&c);
		if (e->code != ERR_NOT_FOUND)
			return false;
		err_clear(e);
		return page_unknown(t, p->portal, p->call, e);
	}
	db_release(&c);
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Content-Security-Policy",
	    "default-src 'none'; style-src 'sha256-" STR_FMT
	    "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	    STR_ARG(row.style));
	return http_reply(t, p->call->http, 200, "text/html; charset=utf-8", row.body, e);
}

bool
report_print_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, print, e);
}
