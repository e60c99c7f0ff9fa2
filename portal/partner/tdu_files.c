/* A utility's files: what became of each, its acknowledgement, and what was not taken to the
 * line. */
#include "partner.h"
#include "says.h"

enum { FILES = 50, REJECTS = 100, RULES_MOST = 100, FACTS = 20 };

static const struct partner_word states[] = {
	{ "RECEIVED", TEXT_FILE_RECEIVED },
	{ "LOADED", TEXT_FILE_LOADED },
	{ "HELD", TEXT_FILE_HELD },
	{ "REFUSED", TEXT_FILE_REFUSED },
	{ "DISCARDED", TEXT_FILE_DISCARDED },
	{ "", TEXT_FILE_RECEIVED },
};

/* ---- the list ---- */

struct file_row {
	struct str name, door, state, why;
	int64_t file, size, received, accepted, rejected, flagged;
	int32_t revision;
};

static const struct db_field fields[] = {
	DB_INT8(file_row, file),
	DB_TEXT(file_row, name),
	DB_INT4(file_row, revision),
	DB_INT8(file_row, size),
	DB_TEXT(file_row, door),
	DB_STAMP(file_row, received),
	DB_TEXT(file_row, state),
	DB_TEXT(file_row, why),
	DB_INT8(file_row, accepted),
	DB_INT8(file_row, rejected),
	DB_INT8(file_row, flagged),
};

static const struct column columns[] = {
	{ TEXT_FILE_NAME, false },
	{ TEXT_FILE_STATE, false },
	{ TEXT_FILE_CAME, false },
	{ TEXT_FILE_SIZE, true },
	{ TEXT_FILE_TAKEN, true },
	{ TEXT_FILE_NOT_TAKEN, true },
	{ TEXT_FILE_MARKED, true },
};

static const struct field filter[] = {
	{ "state", "select", "off", 20, TEXT_FILE_STATE, TEXTS, TEXTS },
};

static void
put(struct listing *l, const struct file_row *r)
{
	listing_row(l);
	listing_link(l, r->name, "/tdu/files/%lld", (long long)r->file);
	if (r->revision > 1) {
		view_set(&l->p->view, "count", page_number(l->p, r->revision));
		listing_more(l, page_text(l->p, TEXT_FILE_REVISION));
	}
	listing_say(l, partner_word(states, r->state));
	listing_more(l, r->why);
	listing_time(l, r->received);
	listing_more(l, r->door);
	listing_text(l, page_bytes(l->p, r->size));
	listing_text(l, page_grouped(l->p, r->accepted));
	listing_text(l, page_grouped(l->p, r->rejected));
	listing_text(l, page_grouped(l->p, r->flagged));
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_FILES,
	    ARGS(P_ME(p), P_STR(partner_text(asked, "state")),
		P_INT8(partner_number(asked, "before", INT64_MAX)), P_INT4(FILES)),
	    e);
	struct field_choices choices;
	struct file_row r = { 0 };
	struct listing l;

	if (rows == NULL || !partner_choices(p, &choices, "state", TEXT_FILE_ALL, states, e) ||
	    !listing_begin(&l, p, "files", TEXT_FILES, columns, nitems(columns), FILES, e))
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		put(&l, &r);
	if (rows_count(rows) == FILES)
		listing_next(&l, "before", page_number(p, r.file));
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_FILES_NONE, TEXT_FILES_NONE_SAYS, e) &&
	       fields_put(p, &p->view, "fields", filter, nitems(filter), &choices, 1, asked,
		   NULL, e) &&
	       page_send(t, p, 200, "tdu_files.html", e);
}

bool
tdu_files_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}

/* ---- one ---- */

struct one {
	struct str name, sha256, door, state, format, why, ack, rejects, counts;
	int64_t size, received, loaded;
	int32_t revision;
};

static const struct db_field one_fields[] = {
	DB_TEXT(one, name),
	DB_INT4(one, revision),
	DB_INT8(one, size),
	DB_TEXT(one, sha256),
	DB_TEXT(one, door),
	DB_STAMP(one, received),
	DB_TEXT(one, state),
	DB_TEXT(one, format),
	DB_STAMP(one, loaded),
	DB_TEXT(one, why),
	DB_TEXT(one, ack),
	DB_TEXT(one, rejects),
	DB_TEXT(one, counts),
};

struct reject {
	struct str rule, severity, esiid, found, expected;
	int64_t line, col;
	int32_t day;
};

static const struct db_field reject_fields[] = {
	DB_INT8(reject, line),
	DB_INT8(reject, col),
	DB_TEXT(reject, rule),
	DB_TEXT(reject, severity),
	DB_TEXT(reject, esiid),
	DB_DATE(reject, day),
	DB_TEXT(reject, found),
	DB_TEXT(reject, expected),
};

static const struct column reject_columns[] = {
	{ TEXT_REJECT_LINE, true },
	{ TEXT_REJECT_RULE, false },
	{ TEXT_ESIID, false },
	{ TEXT_REJECT_DAY, false },
	{ TEXT_REJECT_FOUND, false },
	{ TEXT_REJECT_EXPECTED, false },
};

static const struct partner_word severities[] = {
	{ "reject", TEXT_REJECT_REJECT },
	{ "quarantine", TEXT_REJECT_QUARANTINE },
	{ "hold", TEXT_REJECT_HOLD },
	{ "", TEXT_REJECT_FLAG },
};

static bool
set_rejects(struct task *t, struct page *p, int64_t file, struct err *e)
{
	int64_t after = partner_number(fields_query(p), "after", 0);
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_TDU_REJECTS,
	    ARGS(P_ME(p), P_INT8(file), P_INT8(after), P_INT4(REJECTS)), e);
	struct reject r = { 0 };
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "rejects", TEXT_REJECTS, reject_columns,
				nitems(reject_columns), REJECTS, e))
		return false;
	while (ROWS_NEXT(rows, reject_fields, &r)) {
		listing_row(&l);
		listing_text(&l, page_grouped(p, r.line));
		if (r.col > 0) {
			view_set(&p->view, "count", page_number(p, r.col));
			listing_more(&l, page_text(p, TEXT_REJECT_COLUMN));
		}
		listing_text(&l, says_one_of(p, "rule", r.rule));
		listing_more(&l, r.rule);
		listing_more(&l, text_of(p->language, partner_word(severities, r.severity)));
		listing_text(&l, r.esiid);
		listing_text(&l, r.day == DAY_NONE ? STR("") : page_day(p, r.day, TEXT_DATE));
		listing_text(&l, r.found);
		listing_text(&l, says_sheet(p, r.expected));
	}
	if (rows_count(rows) == REJECTS)
		listing_next(&l, "after", page_number(p, after + REJECTS));
	return listing_end(&l, TEXT_REJECTS_NONE, TEXT_REJECTS_NONE_SAYS, e);
}

struct rule {
	struct str rule;
	int64_t n;
};

/* How often each rule was broken, as bars. */
static bool
set_rules(struct task *t, struct page *p, struct str counts, struct err *e)
{
	static const struct db_field rule_fields[] = { DB_TEXT(rule, rule), DB_INT8(rule, n) };
	static const struct column rule_columns[] = {
		{ TEXT_REJECT_RULE, false },
		{ TEXT_REJECT_TIMES, true },
		{ TEXT_REJECT_SHARE, false },
	};
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_TDU_FILE_RULES, ARGS(P_STR(counts)), e);
	struct rule r = { 0 };
	struct listing l;
	int64_t most = 1;

	if (rows == NULL || !listing_begin(&l, p, "rules", TEXT_REJECT_RULES, rule_columns,
				nitems(rule_columns), RULES_MOST, e))
		return false;
	view_c(&p->view, "broken", rows_count(rows) > 0 ? "1" : "");
	while (ROWS_NEXT(rows, rule_fields, &r)) {
		most = r.n > most ? r.n : most; /* the first is the largest */
		listing_row(&l);
		listing_text(&l, says_one_of(p, "rule", r.rule));
		listing_more(&l, r.rule);
		listing_text(&l, page_grouped(p, r.n));
		listing_share(&l, r.n, most);
	}
	return listing_end(&l, TEXT_REJECTS_NONE, TEXT_REJECTS_NONE_SAYS, e);
}

static bool
set_facts(struct page *p, const struct one *o, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, FACTS, e))
		return false;
	thing(&f, TEXT_FILE_STATE, text_of(p->language, partner_word(states, o->state)));
	thing(&f, TEXT_FILE_WHY, o->why);
	thing_at(&f, TEXT_FILE_CAME, o->received);
	thing(&f, TEXT_FILE_DOOR, o->door);
	thing_at(&f, TEXT_FILE_WAS_LOADED, o->loaded);
	thing(&f, TEXT_FILE_FORMAT, o->format);
	thing(&f, TEXT_FILE_SIZE, page_bytes(p, o->size));
	if (o->revision > 1)
		thing_number(&f, TEXT_FILE_NTH, o->revision);
	thing(&f, TEXT_FILE_SHA256, o->sha256);
	things_end(&f);
	return true;
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct one o = { 0 };
	int64_t file = act_number(p, 0);
	int status = act_row(t, p, SQL_TDU_FILE, ARGS(P_ME(p), P_INT8(file)), one_fields,
	    nitems(one_fields), &o, &keep, e);

	if (status == 0)
		return false;
	if (status != 200)
		return page_unknown(t, p->portal, p->call, e);
	act_page(p, NULL, 0);
	view_set(&p->view, "name", page_keep(p, o.name));
	view_set(&p->view, "ack", page_keep(p, o.ack));
	view_set(&p->view, "rejects_file", page_keep(p, o.rejects));
	return set_facts(p, &o, e) && set_rules(t, p, o.counts, e) &&
	       set_rejects(t, p, file, e) && page_send(t, p, 200, "tdu_file.html", e);
}

bool
tdu_file_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
