/* What was built for a box: all drops, and one with its files and the rights it stands on. */
#include "box.h"

enum { PAGE = 50, FACTS_MOST = 16, LIST_MOST = 200 };

struct drop {
	struct str label, period, state, says, files, agreements;
	int64_t drop, subscription, due, built, ended, premises, rows, bytes;
	int32_t revision, first_day, last_day, attempts;
	bool may_go;
};
static const struct db_field list_fields[] = {
	DB_INT8(drop, drop),
	DB_INT8(drop, subscription),
	DB_TEXT(drop, label),
	DB_TEXT(drop, period),
	DB_INT4(drop, revision),
	DB_TEXT(drop, state),
	DB_DATE(drop, first_day),
	DB_DATE(drop, last_day),
	DB_STAMP(drop, due),
	DB_INT8(drop, premises),
	DB_INT8(drop, rows),
	DB_INT8(drop, bytes),
	DB_TEXT(drop, says),
};
static const struct db_field one_fields[] = {
	DB_INT8(drop, drop),
	DB_INT8(drop, subscription),
	DB_TEXT(drop, label),
	DB_TEXT(drop, period),
	DB_INT4(drop, revision),
	DB_TEXT(drop, state),
	DB_DATE(drop, first_day),
	DB_DATE(drop, last_day),
	DB_STAMP(drop, due),
	DB_STAMP(drop, built),
	DB_STAMP(drop, ended),
	DB_INT4(drop, attempts),
	DB_INT8(drop, premises),
	DB_INT8(drop, rows),
	DB_INT8(drop, bytes),
	DB_BOOL(drop, may_go),
	DB_TEXT(drop, says),
	DB_TEXT(drop, files),
	DB_TEXT(drop, agreements),
};

static struct str
days_of(struct page *p, int32_t first, int32_t last)
{
	if (first == DAY_NONE || last == DAY_NONE)
		return STR("");
	view_set(&p->view, "from", page_day(p, first, TEXT_DATE));
	view_set(&p->view, "to", page_day(p, last, TEXT_DATE));
	return page_text(p, first == last ? TEXT_READ_DAY : TEXT_READ_DAYS);
}

/* ---- all of them ---- */

static const struct box_word states[] = {
	{ "DUE", TEXT_IS_DUE },
	{ "BUILDING", TEXT_IS_BUILDING },
	{ "BUILT", TEXT_IS_BUILT },
	{ "DELIVERED", TEXT_IS_DELIVERED },
	{ "FAILED", TEXT_IS_FAILED },
	{ "CANCELLED", TEXT_IS_CANCELLED },
	{ "WITHDRAWN", TEXT_IS_WITHDRAWN },
};
static const struct field filter[] = {
	{ "state", "select", "off", 20, TEXT_AGREEMENT_STATE, TEXTS, TEXTS },
	{ "subscription", "number", "off", 18, TEXT_DROP_SUBSCRIPTION, TEXTS, TEXTS },
};

static void
put(struct listing *l, const struct drop *d)
{
	struct page *p = l->p;

	listing_row(l);
	listing_link(l, page_number(p, d->drop), "/drops/%lld", (long long)d->drop);
	listing_text(l, d->label);
	listing_more(l, d->period);
	listing_text(l, box_says(p, box_states, box_state_count, d->state));
	if (d->says.at != NULL)
		listing_more(l, d->says);
	listing_text(l, days_of(p, d->first_day, d->last_day));
	listing_time(l, d->due);
	listing_number(l, d->premises);
	listing_text(l, page_bytes(p, d->bytes));
}

static struct rows *
read(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	struct param subscription = P_NULL(), state = P_NULL(), before = P_NULL();
	int64_t n;

	if (f != NULL && act_form_number(f, "subscription", &n))
		subscription = (struct param)P_INT8(n);
	if (f != NULL && act_form_number(f, "before", &n))
		before = (struct param)P_INT8(n);
	if (f != NULL && form_get(f, "state").len > 0)
		state = (struct param)P_STR(form_get(f, "state"));
	return act_rows(t, p, SQL_PORTAL_BOX_DROPS,
	    ARGS(P_ME(p), subscription, state, before, P_INT4(PAGE)), e);
}

static bool
see_all(struct task *t, struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_DROP, true }, { TEXT_SUB_LABEL, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_DROP_DAYS, false },
		{ TEXT_DROP_DUE, false }, { TEXT_AGREEMENT_PLACES, true },
		{ TEXT_BOX_BYTES, true } };
	const struct form *asked = fields_query(p);
	AUTO_PTR(rows) rows = NULL;
	struct field_choices choices;
	struct listing l;
	struct drop d = { 0 };
	int status;

	act_page(p, NULL, 0);
	rows = read(t, p, asked, e);
	if (rows == NULL) {
		status = act_refused(p, e);
		return status != 0 && page_send(t, p, status, "box_none.html", e);
	}
	if (!box_choices(p, &choices, "state", states, nitems(states), true, e) ||
	    !listing_begin(&l, p, "drops", TEXT_DROPS_TITLE, columns, nitems(columns), PAGE, e))
		return false;
	while (ROWS_NEXT(rows, list_fields, &d))
		put(&l, &d);
	if (rows_count(rows) == PAGE)
		listing_next(&l, "before", page_number(p, d.drop));
	return listing_end(&l, TEXT_DROPS_NONE, TEXT_DROPS_NONE_SAY, e) &&
	       fields_put(p, &p->view, "fields", filter, nitems(filter), &choices, 1, asked,
		   NULL, e) &&
	       page_send(t, p, 200, "box_drops.html", e);
}

/* ---- one ---- */

static const struct act_done done[] = {
	{ "build", TEXT_DROP_BUILDS },
	{ "replay", TEXT_DROP_REPLAYS },
	{ "cancel", TEXT_DROP_CANCELLED },
};

static bool
put_facts(struct page *p, const struct drop *d, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, FACTS_MOST, e))
		return false;
	thing(&f, TEXT_AGREEMENT_STATE, box_says(p, box_states, box_state_count, d->state));
	if (d->says.at != NULL)
		thing(&f, TEXT_DROP_SAYS, d->says);
	thing(&f, TEXT_SUB_LABEL, d->label);
	thing(&f, TEXT_DROP_PERIOD, d->period);
	thing_number(&f, TEXT_DROP_REVISION, d->revision);
	thing(&f, TEXT_DROP_DAYS, days_of(p, d->first_day, d->last_day));
	thing_at(&f, TEXT_DROP_DUE, d->due);
	thing_at(&f, TEXT_DROP_BUILT, d->built);
	thing_at(&f, TEXT_ENDED, d->ended);
	thing_number(&f, TEXT_DROP_ATTEMPTS, d->attempts);
	thing_number(&f, TEXT_AGREEMENT_PLACES, d->premises);
	thing_number(&f, TEXT_DROP_ROWS, d->rows);
	thing(&f, TEXT_BOX_BYTES, page_bytes(p, d->bytes));
	things_end(&f);
	return true;
}

static bool
put_files(struct task *t, struct page *p, struct str json, struct err *e)
{
	struct file {
		struct str name, sha256, href;
		int64_t size, rows;
	} r;
	static const struct db_field row[] = { DB_TEXT(file, name), DB_TEXT(file, sha256),
		DB_TEXT(file, href), DB_INT8(file, size), DB_INT8(file, rows) };
	static const struct column columns[] = { { TEXT_BOX_FILE, false },
		{ TEXT_BOX_BYTES, true }, { TEXT_DROP_ROWS, true } };
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_PORTAL_BOX_DROP_FILES, ARGS(P_STR(json)), e);
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "files", TEXT_BOX_FILES, columns,
				nitems(columns), LIST_MOST, e))
		return false;
	while (ROWS_NEXT(rows, row, &r)) {
		listing_row(&l);
		if (r.href.at != NULL)
			listing_link(&l, r.name, STR_FMT, STR_ARG(r.href));
		else
			listing_text(&l, r.name);
		listing_more(&l, r.sha256.at != NULL ? r.sha256 : STR(""));
		listing_text(&l, page_bytes(p, r.size));
		listing_number(&l, r.rows);
	}
	return listing_end(&l, TEXT_BOX_NO_FILES, TEXT_DROP_NO_FILES_SAY, e);
}

static bool
put_bases(struct task *t, struct page *p, struct str json, struct err *e)
{
	struct base {
		struct str kind;
		int64_t agreement, premises;
		int32_t first_day, last_day;
	} r;
	static const struct db_field row[] = { DB_INT8(base, agreement), DB_TEXT(base, kind),
		DB_INT8(base, premises), DB_DATE(base, first_day), DB_DATE(base, last_day) };
	static const struct column columns[] = { { TEXT_AGREEMENT, false },
		{ TEXT_READS, false }, { TEXT_DROP_DAYS, false },
		{ TEXT_AGREEMENT_PLACES, true } };
	AUTO_PTR(rows)
	rows = act_rows(t, p, SQL_PORTAL_BOX_DROP_BASES, ARGS(P_STR(json)), e);
	struct listing l;

	if (rows == NULL || !listing_begin(&l, p, "bases", TEXT_DROP_BASES, columns,
				nitems(columns), LIST_MOST, e))
		return false;
	while (ROWS_NEXT(rows, row, &r)) {
		listing_row(&l);
		if (r.agreement > 0 && (p->me->is & PORTAL_CSP) != 0)
			listing_link(&l, page_number(p, r.agreement), "/csp/agreements/%lld",
			    (long long)r.agreement);
		else
			listing_say(&l, TEXT_DROP_BY_SPAN);
		listing_text(&l, r.kind);
		listing_text(&l, days_of(p, r.first_day, r.last_day));
		listing_number(&l, r.premises);
	}
	return listing_end(&l, TEXT_DROP_NO_BASES, TEXT_DROP_NO_BASES_SAY, e);
}

static bool
show(struct task *t, struct page *p, int status, struct err *e)
{
	AUTO_PTR(rows) keep = NULL;
	struct drop d;
	int got = act_row(t, p, SQL_PORTAL_BOX_DROP, ARGS(P_ME(p), P_INT8(act_number(p, 0))),
	    one_fields, nitems(one_fields), &d, &keep, e);

	if (got == 404)
		return page_unknown(t, p->portal, p->call, e);
	if (got != 200)
		return got != 0 && page_send(t, p, got, "box_none.html", e);
	view_set(&p->view, "number", page_number(p, d.drop));
	view_c(&p->view, "may", (p->me->is & PORTAL_MEMBER) != 0 ? "1" : "");
	view_c(&p->view, "kept",
	    str_is(d.state, "CANCELLED") || str_is(d.state, "WITHDRAWN") ? "" : "1");
	return put_facts(p, &d, e) && put_files(t, p, d.files, e) &&
	       put_bases(t, p, d.agreements, e) && page_send(t, p, status, "box_drop.html", e);
}

static bool
see_one(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	return show(t, p, 200, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	struct made {
		int64_t drop;
	} m = { 0 };
	static const struct db_field made_fields[] = { DB_INT8(made, drop) };
	struct args who = ARGS(P_ME(p), P_INT8(act_number(p, 0)));
	struct form *f;
	struct str what;
	enum text wrong;
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), e);
	what = form_get(f, "do");
	if (str_is(what, "replay"))
		status = act_row(t, p, SQL_PORTAL_BOX_REPLAY, who, made_fields,
		    nitems(made_fields), &m, NULL, e);
	else if (str_is(what, "cancel"))
		status = act_do(t, p, SQL_PORTAL_BOX_CANCEL, who, e);
	else
		status = act_wrong(p, TEXT_WRONG_FORM);
	if (status != 200)
		return status != 0 && show(t, p, status, e);
	if (m.drop > 0)
		return act_go(t, p, "replay", e, "/drops/%lld", (long long)m.drop);
	return act_go(t, p, "cancel", e, "/drops/%lld", (long long)act_number(p, 0));
}

bool
drops_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see_all, e);
}

bool
drop_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see_one, e);
}

bool
drop_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
