/* All agreements of a third party, newest first, with filters by GET. */
#include "csp.h"

enum { PAGE = 50 };

struct agreement_row {
	struct str state, stage, kind, reference, by;
	int64_t agreement, premises, invited_at, dies_at, starts_at, ends_at, ended_at;
};

static const struct db_field fields[] = {
	DB_INT8(agreement_row, agreement),
	DB_TEXT(agreement_row, state),
	DB_TEXT(agreement_row, stage),
	DB_TEXT(agreement_row, kind),
	DB_INT8(agreement_row, premises),
	DB_TEXT(agreement_row, reference),
	DB_STAMP(agreement_row, invited_at),
	DB_STAMP(agreement_row, dies_at),
	DB_STAMP(agreement_row, starts_at),
	DB_STAMP(agreement_row, ends_at),
	DB_STAMP(agreement_row, ended_at),
	DB_TEXT(agreement_row, by),
};

static const struct column columns[] = {
	{ TEXT_AGREEMENT, true },
	{ TEXT_AGREEMENT_STATE, false },
	{ TEXT_AGREEMENT_KIND, false },
	{ TEXT_AGREEMENT_PLACES, true },
	{ TEXT_REFERENCE, false },
	{ TEXT_INVITED, false },
	{ TEXT_AGREEMENT_UNTIL, false },
};

static const struct field filter[] = {
	{ "state", "select", "off", 20, TEXT_AGREEMENT_STATE, TEXTS, TEXTS },
	{ "kind", "select", "off", 20, TEXT_AGREEMENT_KIND, TEXTS, TEXTS },
	{ "esiid", "text", "off", 22, TEXT_ESIID, TEXTS, TEXTS },
	{ "reference", "text", "off", 100, TEXT_REFERENCE, TEXTS, TEXTS },
	{ "from", "date", "off", 10, TEXT_FILTER_FROM, TEXTS, TEXTS },
	{ "to", "date", "off", 10, TEXT_FILTER_TO, TEXTS, TEXTS },
};

static struct str
text_or_null(const struct form *f, const char *name)
{
	struct str s = f == NULL ? STR("") : str_trim(form_get(f, name));

	return s.len > 0 ? s : (struct str){ NULL, 0 };
}

static int32_t
day_of(const struct form *f, const char *name)
{
	int32_t day;

	return f != NULL && civil_read_date(form_get(f, name), &day) ? day : DAY_NONE;
}

static struct rows *
read(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	struct str state = text_or_null(f, "state"), kind = text_or_null(f, "kind");
	struct param states = P_TEXTS(&state, 1);
	int64_t before = INT64_MAX;

	if (state.at == NULL)
		states = (struct param)P_NULL();
	if (f != NULL)
		(void)str_int64(form_get(f, "before"), &before);
	return act_rows(t, p, SQL_PORTAL_CSP_AGREEMENTS,
	    ARGS(P_ME(p), states, P_STR(kind), P_STR(text_or_null(f, "esiid")),
		P_STR(text_or_null(f, "reference")), P_DATE(day_of(f, "from")),
		P_DATE(day_of(f, "to")), P_INT8(before), P_INT4(PAGE)),
	    e);
}

static void
put(struct listing *l, const struct agreement_row *r)
{
	struct page *p = l->p;
	bool waits = str_is(r->state, "PENDING");
	int64_t until = waits			       ? r->dies_at
			: r->ended_at != DB_STAMP_NONE ? r->ended_at
						       : r->ends_at;

	listing_row(l);
	listing_link(
	    l, page_number(p, r->agreement), "/csp/agreements/%lld", (long long)r->agreement);
	listing_say(l, csp_state(r->state, r->stage));
	listing_say(l, csp_kind(r->kind));
	listing_number(l, r->premises);
	listing_text(l, r->reference);
	listing_date(l, r->invited_at);
	listing_date(l, until);
}

static bool
show(struct task *t, struct page *p, struct err *e)
{
	const struct form *asked = fields_query(p);
	AUTO_PTR(rows) rows = read(t, p, asked, e);
	struct field_choices choices[2];
	struct agreement_row r = { 0 };
	struct listing l;

	if (rows == NULL || !csp_states(p, &choices[0], e) ||
	    !csp_kinds(p, &choices[1], true, e) ||
	    !listing_begin(
		&l, p, "agreements", TEXT_AGREEMENTS, columns, nitems(columns), PAGE, e))
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		put(&l, &r);
	if (rows_count(rows) == PAGE)
		listing_next(&l, "before", page_number(p, r.agreement));
	act_page(p, NULL, 0);
	return listing_end(&l, TEXT_AGREEMENTS_NONE, TEXT_AGREEMENTS_NONE_SAYS, e) &&
	       fields_put(p, &p->view, "fields", filter, nitems(filter), choices,
		   nitems(choices), asked, NULL, e) &&
	       page_send(t, p, 200, "csp_agreements.html", e);
}

bool
csp_agreements_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, show, e);
}
