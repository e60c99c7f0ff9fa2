/* Rows of a desk's statement as cells, and codes in words; see desk.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "desk.h"
#include "figures.h"
#include "says.h"

enum { CSV_BYTES_MOST = 8 * 1024 * 1024, CSV_PAGES_MOST = 200, WORDS_MOST = 2000 };

/* ---- codes ---- */

static const struct {
	const char *code;
	enum text text;
} words[] = {
	{ "ACTIVE", TEXT_D_ACTIVE },
	{ "SUSPENDED", TEXT_D_SUSPENDED },
	{ "REVOKED", TEXT_D_REVOKED },
	{ "REQUESTED", TEXT_D_REQUESTED },
	{ "CONFIRMED", TEXT_D_CONFIRMED },
	{ "REVIEWED", TEXT_D_REVIEWED },
	{ "APPROVED", TEXT_D_APPROVED },
	{ "TESTED", TEXT_D_TESTED },
	{ "REFUSED", TEXT_D_REFUSED },
	{ "EXPIRED", TEXT_D_EXPIRED },
	{ "GOOD", TEXT_D_GOOD },
	{ "LOOK", TEXT_D_LOOK },
	{ "NOT_YET", TEXT_D_NOT_YET },
	{ "YES", TEXT_D_YES },
	{ "NO", TEXT_D_NO },
	{ "NONE", TEXT_D_NONE },
	{ "ENDED", TEXT_D_ENDED },
	{ "ASKED", TEXT_D_ASKED },
	{ "DONE", TEXT_D_DONE },
	{ "OVER", TEXT_D_OVER },
	{ "NOW", TEXT_D_NOW },
	{ "TO_COME", TEXT_D_TO_COME },
	{ "TAKEN_DOWN", TEXT_D_TAKEN_DOWN },
	{ "NOTICE", TEXT_D_NOTICE },
	{ "OUTAGE", TEXT_D_OUTAGE },
	{ "pack", TEXT_RPT_PACK },
	{ "data", TEXT_RPT_DATA },
	{ "estimates", TEXT_RPT_ESTIMATES },
	{ "registers", TEXT_RPT_REGISTERS },
	{ "agreements", TEXT_RPT_AGREEMENTS },
	{ "releases", TEXT_RPT_RELEASES },
	{ "authentication", TEXT_RPT_AUTHENTICATION },
	{ "addresses", TEXT_RPT_ADDRESSES },
	{ "oversight", TEXT_RPT_OVERSIGHT },
	{ "drops", TEXT_RPT_DROPS },
	{ "use", TEXT_RPT_USE },
	{ "commands", TEXT_RPT_COMMANDS },
	{ "availability", TEXT_RPT_AVAILABILITY },
	{ "PRINT", TEXT_RPT_PRINT },
	{ "CSV", TEXT_RPT_CSV },
	{ "PROOF", TEXT_RPT_PROOF },
	{ "JSON", TEXT_RPT_JSON },
	{ "HELD", TEXT_D_HELD },
	{ "RELEASED", TEXT_D_RELEASED },
	{ "STANDS", TEXT_D_STANDS },
	{ "CLEARED", TEXT_D_CLEARED },
	{ "OPEN", TEXT_D_OPEN },
	{ "UPHELD", TEXT_D_UPHELD },
	{ "DISMISSED", TEXT_D_DISMISSED },
	{ "CUSTOMER", TEXT_D_CUSTOMER },
	{ "TDU", TEXT_D_TDU },
	{ "REP", TEXT_D_REP },
	{ "CSP", TEXT_D_CSP },
	{ "REGULATOR", TEXT_D_REGULATOR },
	{ "OPERATOR", TEXT_D_OPERATOR },
	{ "COMMISSION", TEXT_D_COMMISSION },
	{ "RADAR", TEXT_D_RADAR },
	{ "COMPLAINT", TEXT_D_COMPLAINT },
	{ "ORDER", TEXT_D_ORDER },
	{ "SUSPEND", TEXT_D_SUSPEND },
	{ "TERMINATE", TEXT_D_TERMINATE },
	{ "LIFT", TEXT_D_LIFT },
	{ "HOLD", TEXT_D_HOLD },
	{ "NOTE", TEXT_D_NOTE },
	{ "OFF", TEXT_D_OFF },
	{ "ABOVE", TEXT_D_ABOVE },
	{ "BELOW", TEXT_D_BELOW },
	{ "TO_CARRY_OUT", TEXT_D_TO_CARRY_OUT },
	{ "CARRIED_OUT", TEXT_D_CARRIED_OUT },
	{ "QUEUED", TEXT_D_QUEUED },
	{ "SENDING", TEXT_D_SENDING },
	{ "SENT", TEXT_D_SENT },
	{ "BOUNCED", TEXT_D_BOUNCED },
	{ "FAILED", TEXT_D_FAILED },
	{ "CANCELLED", TEXT_D_CANCELLED },
	{ "SUPPRESSED", TEXT_D_SUPPRESSED },
	{ "DUE", TEXT_D_DUE },
	{ "BUILDING", TEXT_D_BUILDING },
	{ "PAUSED", TEXT_D_PAUSED },
	{ "PENDING", TEXT_D_PENDING },
	{ "REJECTED", TEXT_D_REJECTED },
	{ "REPORTED", TEXT_D_REPORTED },
	{ "LAPSED", TEXT_D_LAPSED },
	{ "WITHDRAWN", TEXT_D_WITHDRAWN },
	{ "UNDELIVERABLE", TEXT_D_UNDELIVERABLE },
	{ "COMPLETED", TEXT_D_COMPLETED },
	{ "TERMINATED", TEXT_D_TERMINATED },
	{ "ADMIN", TEXT_D_ADMIN },
	{ "MEMBER", TEXT_D_MEMBER },
	{ "READER", TEXT_D_READER },
	{ "MACHINE", TEXT_D_MACHINE },
	{ "FILE", TEXT_D_FILE },
	{ "DROP", TEXT_D_DROP },
	{ "PUSH", TEXT_D_PUSH },
	{ "WEBHOOK", TEXT_D_WEBHOOK },
	{ "RESIDENTIAL", TEXT_D_RESIDENTIAL },
	{ "BUSINESS", TEXT_D_BUSINESS },
	{ "csp.resume", TEXT_D_RESUME },
	{ "csp.revoke", TEXT_D_REVOKE },
	{ "csp.order", TEXT_D_ORDER_CSP },
	{ "case.open", TEXT_D_OPEN_CASE },
	{ "party.add", TEXT_D_ADD_PARTY },
	{ "OF_CUSTOMER", TEXT_D_OF_CUSTOMER },
	{ "OF_PREMISES", TEXT_D_OF_PREMISES },
	/* what waits, and how it does */
	{ "REGISTRATIONS", TEXT_D_REGISTRATIONS },
	{ "SECOND_PERSONS", TEXT_D_SECOND_PERSONS },
	{ "HELD_SHARES", TEXT_D_HELD_SHARES },
	{ "FLAGS", TEXT_D_FLAGS },
	{ "COMPLAINTS", TEXT_D_COMPLAINTS },
	{ "ORDERS", TEXT_D_ORDERS },
	{ "MAIL_FAILED", TEXT_D_MAIL_FAILED },
	{ "JOBS", TEXT_D_JOBS },
	{ "FILES_HELD", TEXT_D_FILES_HELD },
	{ "SUSPENDED_CSPS", TEXT_D_SUSPENDED_CSPS },
	{ "LIVE_CSPS", TEXT_D_LIVE_CSPS },
	{ "SHARES_NOW", TEXT_D_SHARES_NOW },
	{ "FILES_IN", TEXT_D_FILES_IN },
	{ "DROPS_OUT", TEXT_D_DROPS_OUT },
	{ "PUSHES", TEXT_D_PUSHES },
	{ "WEBHOOKS", TEXT_D_WEBHOOKS },
	{ "MAIL_OUT", TEXT_D_MAIL_OUT },
	{ "AGREEMENT_CLOCK", TEXT_D_AGREEMENT_CLOCK },
	{ "AUDIT", TEXT_D_AUDIT },
	{ "COMMANDS", TEXT_D_COMMANDS },
	{ "DATABASE", TEXT_D_DATABASE },
	{ "CLOCK", TEXT_D_CLOCK },
	{ "H_FILES", TEXT_H_FILES },
	{ "H_FOUND", TEXT_H_FOUND },
	{ "H_DROPS", TEXT_H_DROPS },
	{ "H_FAILED", TEXT_H_FAILED },
	{ "H_MAILS", TEXT_H_MAILS },
	{ "H_RELAY", TEXT_H_RELAY },
	{ "H_PAUSED", TEXT_H_PAUSED },
	{ "H_RUNS", TEXT_H_RUNS },
	{ "H_AUDIT", TEXT_H_AUDIT },
	{ "H_COMMANDS", TEXT_H_COMMANDS },
	{ "H_DATABASE", TEXT_H_DATABASE },
	{ "H_REAL", TEXT_H_REAL },
	{ "H_AHEAD", TEXT_H_AHEAD },
	{ "M_CONFIRM", TEXT_M_CONFIRM },
	{ "M_REVIEW", TEXT_M_REVIEW },
	{ "M_CERTIFICATE", TEXT_M_CERTIFICATE },
	{ "M_APPROVE", TEXT_M_APPROVE },
	{ "M_TEST", TEXT_M_TEST },
	{ "M_SECOND", TEXT_M_SECOND },
	{ "M_LIVE", TEXT_M_LIVE },
};

/* One that has no words here may be a kind, or else stands as it is. */
struct str
desk_word(const struct page *p, struct str code)
{
	for (size_t i = 0; i < nitems(words); i++)
		if (str_is(code, words[i].code))
			return text_of(p->language, words[i].text);
	return says_kind(p, code);
}

struct str
desk_say(struct page *p, struct str coded)
{
	struct str code, a = STR(""), b = STR("");

	if (str_cut(coded, '|', &code, &a))
		str_cut(a, '|', &a, &b);
	for (size_t i = 0; i < nitems(words); i++)
		if (str_is(code, words[i].code)) {
			view_set(&p->view, "a", page_keep(p, a));
			view_set(&p->view, "b", page_keep(p, desk_word(p, b)));
			return page_text(p, words[i].text);
		}
	return page_keep(p, coded);
}

/* ---- rows ---- */

static enum db_type
type_of(enum desk_cell cell)
{
	switch (cell) {
	case DESK_NUMBER:
		return DB_T_INT8;
	case DESK_TIME:
		return DB_T_STAMP;
	case DESK_DAY:
		return DB_T_DATE;
	case DESK_TEXT:
	case DESK_BY:
	case DESK_WORD:
	case DESK_WORDS:
	case DESK_KIND:
	case DESK_SAY:
	case DESK_FIGURE:
		break;
	}
	return DB_T_TEXT;
}

static size_t
add_field(struct desk_rows *r, const char *name, enum db_type type)
{
	r->fields[r->n] = (struct db_field){ name, type, r->n * sizeof r->values[0] };
	return r->n++;
}

bool
desk_rows_ask(struct desk_rows *r, struct task *t, struct page *p, const struct desk_part *part,
    struct str key, struct str before, struct err *e)
{
	AUTO_PTR(conn) c = NULL;
	int64_t behind;
	bool from = part->more && str_int64(before, &behind);

	*r = (struct desk_rows){
		.columns = part->columns, .id = SIZE_MAX, .title = SIZE_MAX, .may = SIZE_MAX
	};
	for (size_t i = 0; i < part->n; i++)
		add_field(r, part->columns[i].name, type_of(part->columns[i].cell));
	if (part->to != NULL || part->more)
		r->id = add_field(r, "id", DB_T_TEXT);
	if (part->titled)
		r->title = add_field(r, "title", DB_T_TEXT);
	if (part->may)
		r->may = add_field(r, "may", DB_T_TEXT);
	c = db_lease(t, p->portal->db, e);
	if (c == NULL)
		return false;
	r->rows = db_rows(t, c, part->rows,
	    from ? ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(key), P_INT8(behind))
		 : ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(key), P_NULL()),
	    e);
	return r->rows != NULL;
}

void
desk_rows_auto(struct desk_rows *r)
{
	rows_free(&r->rows);
}

bool
desk_rows_next(struct desk_rows *r)
{
	return rows_next(r->rows, r->fields, r->n, r->values);
}

struct str
desk_rows_text(const struct desk_rows *r, size_t at)
{
	return at == SIZE_MAX || r->values[at].text.at == NULL ? STR("") : r->values[at].text;
}

bool
desk_number_column(const struct desk_column *c)
{
	return c->cell == DESK_NUMBER || c->cell == DESK_FIGURE;
}

static struct str
words_of(struct page *p, struct str codes)
{
	static const struct str between = { " · ", sizeof " · " - 1 };
	AUTO(buf) to = BUF(WORDS_MOST);
	const char *end;

	while (codes.len > 0 &&
	       (end = memmem(codes.at, codes.len, between.at, between.len)) != NULL) {
		buf_str(&to, desk_word(p, (struct str){ codes.at, (size_t)(end - codes.at) }));
		buf_str(&to, between);
		codes.len -= (size_t)(end - codes.at) + between.len;
		codes.at = end + between.len;
	}
	buf_str(&to, desk_word(p, codes));
	return page_keep(p, buf_view(&to));
}

/* One person is "operator olga", two are joined by "and"; names stay as they are. */
static struct str
by_whom(struct page *p, struct str who)
{
	static const struct {
		const char *word;
		enum text text;
	} roles[] = {
		{ "operator", TEXT_BY_OPERATOR },
		{ "regulator", TEXT_BY_REGULATOR },
		{ "and", TEXT_BY_AND },
	};
	AUTO(buf) to = BUF(WORDS_MOST);
	struct str word, rest = who;

	for (bool more = true; more;) {
		size_t i = 0;

		more = str_cut(rest, ' ', &word, &rest);
		while (i < nitems(roles) && !(more && str_is(word, roles[i].word)))
			i++;
		buf_str(&to, i < nitems(roles) ? text_of(p->language, roles[i].text) : word);
		if (more)
			buf_byte(&to, ' ');
	}
	return page_keep(p, buf_view(&to));
}

struct str
desk_text_of(struct page *p, const struct desk_rows *r, size_t column)
{
	const union desk_value *v = &r->values[column];

	switch (r->columns[column].cell) {
	case DESK_NUMBER:
		return page_grouped(p, v->number);
	case DESK_TIME:
		return v->number == DB_STAMP_NONE ? STR("") : page_time(p, v->number);
	case DESK_DAY:
		return v->day == DAY_NONE ? STR("") : page_day(p, v->day, TEXT_DATE);
	case DESK_WORD:
		return page_keep(p, desk_word(p, desk_rows_text(r, column)));
	case DESK_WORDS:
		return words_of(p, desk_rows_text(r, column));
	case DESK_KIND:
		return page_keep(p, says_kind(p, desk_rows_text(r, column)));
	case DESK_SAY:
		return desk_say(p, desk_rows_text(r, column));
	case DESK_BY:
		return by_whom(p, desk_rows_text(r, column));
	case DESK_TEXT:
	case DESK_FIGURE:
		break;
	}
	return page_keep(p, desk_rows_text(r, column));
}

/* ---- as a file ---- */

/* A spreadsheet takes what begins so for a formula. */
static bool
formula(struct str s)
{
	return s.len > 0 && strchr("=+-@\t\r", s.at[0]) != NULL;
}

static void
add_csv(struct buf *to, bool first, struct str s)
{
	if (!first)
		buf_byte(to, ',');
	buf_byte(to, '"');
	if (formula(s))
		buf_byte(to, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"')
			buf_byte(to, '"');
		buf_byte(to, s.at[i]);
	}
	buf_byte(to, '"');
}

static struct str
plain_of(const struct desk_rows *r, size_t column, char text[CIVIL_STAMP_SIZE])
{
	const union desk_value *v = &r->values[column];

	text[0] = '\0';
	switch (r->columns[column].cell) {
	case DESK_TIME:
		if (v->number != DB_STAMP_NONE)
			civil_stamp(text, v->number);
		return str_of(text);
	case DESK_DAY:
		if (v->day != DAY_NONE)
			civil_date(text, v->day);
		return str_of(text);
	case DESK_NUMBER:
		snprintf(text, CIVIL_STAMP_SIZE, "%" PRId64, v->number);
		return str_of(text);
	case DESK_TEXT:
	case DESK_BY:
	case DESK_WORD:
	case DESK_WORDS:
	case DESK_KIND:
	case DESK_SAY:
	case DESK_FIGURE:
		break;
	}
	return desk_rows_text(r, column);
}

/* The rows of one page of the list; last: the id of its last row, empty behind the end. */
static bool
add_rows(struct task *t, struct page *p, const struct desk *d, struct buf *to, char last[],
    struct err *e)
{
	AUTO(desk_rows) r = { 0 };
	const struct desk_part *part = d->file;
	char text[CIVIL_STAMP_SIZE];
	size_t n = 0;

	if (!desk_rows_ask(&r, t, p, part, desk_key(p, d), str_of(last), e))
		return false;
	last[0] = '\0';
	for (; desk_rows_next(&r); n++) {
		for (size_t i = 0; i < part->n; i++)
			add_csv(to, i == 0, plain_of(&r, i, text));
		buf_str(to, STR("\r\n"));
		if (part->more && n == DESK_ROWS_A_PAGE - 1)
			str_copy(last, CIVIL_STAMP_SIZE, desk_rows_text(&r, r.id));
	}
	return true;
}

/* All pages of the list: the newest 10,000 rows of it. */
bool
desk_csv(struct task *t, struct page *p, const struct desk *d, struct err *e)
{
	AUTO(buf) to = BUF(CSV_BYTES_MOST);
	char last[CIVIL_STAMP_SIZE] = "";

	for (size_t i = 0; i < d->file->n; i++)
		add_csv(&to, i == 0, str_of(d->file->columns[i].name));
	buf_str(&to, STR("\r\n"));
	for (size_t n = 0; n == 0 || (last[0] != '\0' && n < CSV_PAGES_MOST); n++)
		if (!add_rows(t, p, d, &to, last, e))
			return false;
	if (!buf_ok(&to))
		return err(e, ERR_TOO_BIG, "a list does not fit a file: look for fewer days");
	http_header(p->call->http, "Cache-Control", "no-store");
	http_header(p->call->http, "Content-Disposition", "attachment; filename=\"%s.csv\"",
	    strrchr(d->path, '/') + 1);
	return http_reply(t, p->call->http, 200, "text/csv; charset=utf-8", buf_view(&to), e);
}
