/* What is built for a box, and when: all of them, a new one, and what is done to one. */
#include "box.h"

#include "sys/pgp.h"

enum { ROWS_MOST = 200, ESIIDS_MOST = 1000, KINDS_MOST = 3 };
enum {
	LABEL,
	KINDS,
	FORMAT,
	PACKING,
	SCHEDULE,
	AT,
	WEEKDAY,
	MONTH_DAY,
	HISTORY,
	ESIIDS,
	OPENPGP,
	FIELDS
};

struct row {
	struct str label, state, kinds, format, packing, schedule, folder, last_state;
	int64_t subscription, next;
	int32_t premises;
};
static const struct db_field fields[] = {
	DB_INT8(row, subscription),
	DB_TEXT(row, label),
	DB_TEXT(row, state),
	DB_INT4(row, premises),
	DB_TEXT(row, kinds),
	DB_TEXT(row, format),
	DB_TEXT(row, packing),
	DB_TEXT(row, schedule),
	DB_TEXT(row, folder),
	DB_STAMP(row, next),
	DB_TEXT(row, last_state),
};

/* As /v1 has them. */
static const struct box_word kinds[] = {
	{ "interval", TEXT_READS_INTERVAL },
	{ "register", TEXT_READS_REGISTER },
	{ "billing", TEXT_READS_BILLING },
};
static const struct box_word formats[] = {
	{ "smt-csv", TEXT_FORMAT_SMT },
	{ "csv", TEXT_FORMAT_CSV },
	{ "lse", TEXT_FORMAT_LSE },
	{ "green-button", TEXT_FORMAT_GREEN },
	{ "jsonl", TEXT_FORMAT_JSONL },
};
static const struct box_word packings[] = {
	{ "none", TEXT_PACKING_NONE },
	{ "gzip", TEXT_PACKING_GZIP },
	{ "zip", TEXT_PACKING_ZIP },
	{ "zstd", TEXT_PACKING_ZSTD },
};
static const struct box_word schedules[] = {
	{ "daily", TEXT_SCHEDULE_DAILY },
	{ "weekly", TEXT_SCHEDULE_WEEKLY },
	{ "monthly", TEXT_SCHEDULE_MONTHLY },
	{ "change", TEXT_SCHEDULE_CHANGE },
	{ "once", TEXT_SCHEDULE_ONCE },
};
static const struct box_word weekdays[] = {
	{ "monday", TEXT_WEEKDAY_1 },
	{ "tuesday", TEXT_WEEKDAY_2 },
	{ "wednesday", TEXT_WEEKDAY_3 },
	{ "thursday", TEXT_WEEKDAY_4 },
	{ "friday", TEXT_WEEKDAY_5 },
	{ "saturday", TEXT_WEEKDAY_6 },
	{ "sunday", TEXT_WEEKDAY_7 },
};

static const struct field form_fields[FIELDS] = {
	[LABEL] = { "label", "text", "off", 100, TEXT_SUB_LABEL, TEXTS, TEXT_WRONG_LABEL },
	[KINDS] = { "kinds", "checks", "off", 1, TEXT_READS, TEXTS, TEXT_WRONG_KINDS },
	[FORMAT] = { "format", "select", "off", 20, TEXT_SUB_FORMAT, TEXTS, TEXTS },
	[PACKING] = { "packing", "select", "off", 10, TEXT_SUB_PACKING, TEXTS, TEXTS },
	[SCHEDULE] = { "schedule", "select", "off", 10, TEXT_SUB_SCHEDULE, TEXTS, TEXTS },
	[AT] = { "at", "text", "off", 5, TEXT_SUB_AT, TEXT_SUB_AT_HINT, TEXTS },
	[WEEKDAY] = { "weekday", "select", "off", 10, TEXT_SUB_WEEKDAY, TEXT_SUB_WEEKDAY_HINT,
	    TEXTS },
	[MONTH_DAY] = { "month_day", "number", "off", 2, TEXT_SUB_MONTH_DAY,
	    TEXT_SUB_MONTH_DAY_HINT, TEXTS },
	[HISTORY] = { "history", "number", "off", 2, TEXT_SUB_HISTORY, TEXT_SUB_HISTORY_HINT,
	    TEXTS },
	[ESIIDS] = { "esiids", "textarea", "off", 24000, TEXT_SUB_ESIIDS, TEXT_SUB_ESIIDS_HINT,
	    TEXTS },
	[OPENPGP] = { "openpgp", "textarea", "off", PGP_KEY_MOST, TEXT_SUB_OPENPGP,
	    TEXT_SUB_OPENPGP_HINT, TEXTS },
};
static const struct field_preset presets[] = {
	{ "kinds-interval", "1" },
	{ "format", "smt-csv" },
	{ "packing", "none" },
	{ "schedule", "daily" },
	{ "at", "06:00" },
	{ "weekday", "monday" },
	{ "month_day", "1" },
	{ "history", "12" },
};

static const struct act_done done[] = {
	{ "add", TEXT_SUB_ADDED },
	{ "pause", TEXT_SUB_PAUSED },
	{ "resume", TEXT_SUB_RESUMED },
	{ "end", TEXT_SUB_ENDED },
};

/* ---- the page ---- */

static void
put(struct listing *l, const struct row *r, bool may)
{
	struct page *p = l->p;
	struct str number = page_number(p, r->subscription);

	listing_row(l);
	listing_link(l, r->label, "/drops?subscription=%lld", (long long)r->subscription);
	listing_text(l, box_says(p, box_states, box_state_count, r->state));
	listing_text(l, box_says(p, schedules, nitems(schedules), r->schedule));
	listing_more(l, r->folder);
	listing_text(l, box_says(p, formats, nitems(formats), r->format));
	if (!str_is(r->packing, "none"))
		listing_more(l, r->packing);
	if (r->premises > 0)
		listing_number(l, r->premises);
	else
		listing_say(l, TEXT_SUB_ALL);
	listing_time(l, r->next);
	listing_text(l, STR(""));
	if (!may || str_is(r->state, "ENDED"))
		return;
	listing_button(l, "build", number, text_of(p->language, TEXT_SUB_BUILD), false);
	if (str_is(r->state, "PAUSED"))
		listing_button(l, "resume", number, text_of(p->language, TEXT_RESUME), false);
	else
		listing_button(l, "pause", number, text_of(p->language, TEXT_PAUSE), false);
	listing_button(l, "end", number, text_of(p->language, TEXT_SUB_END), true);
}

static bool
put_all(struct page *p, struct rows *rows, struct err *e)
{
	static const struct column columns[] = { { TEXT_SUB_LABEL, false },
		{ TEXT_AGREEMENT_STATE, false }, { TEXT_SUB_SCHEDULE, false },
		{ TEXT_SUB_FORMAT, false }, { TEXT_AGREEMENT_PLACES, true },
		{ TEXT_SUB_NEXT, false }, { TEXT_KEY_ACT, false } };
	struct listing l;
	struct row r;

	if (!listing_begin(&l, p, "subscriptions", TEXT_SUBS_TITLE, columns, nitems(columns),
		ROWS_MOST, e))
		return false;
	while (ROWS_NEXT(rows, fields, &r))
		put(&l, &r, (p->me->is & PORTAL_MEMBER) != 0);
	return listing_end(&l, TEXT_SUBS_NONE, TEXT_SUBS_NONE_SAY, e);
}

static bool
put_form(struct page *p, const struct form *f, const enum text *wrong, struct err *e)
{
	struct field_choices c[5];

	if (f == NULL && (f = fields_preset(p, presets, nitems(presets), e)) == NULL)
		return false;
	return box_choices(p, &c[0], "kinds", kinds, nitems(kinds), false, e) &&
	       box_choices(p, &c[1], "format", formats, nitems(formats), false, e) &&
	       box_choices(p, &c[2], "packing", packings, nitems(packings), false, e) &&
	       box_choices(p, &c[3], "schedule", schedules, nitems(schedules), false, e) &&
	       box_choices(p, &c[4], "weekday", weekdays, nitems(weekdays), false, e) &&
	       fields_put(
		   p, &p->view, "fields", form_fields, FIELDS, c, nitems(c), f, wrong, e);
}

static bool
show(struct task *t, struct page *p, int status, const struct form *f, const enum text *wrong,
    struct err *e)
{
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_BOX_SUBSCRIPTIONS, ARGS(P_ME(p)), e);

	if (rows == NULL) {
		status = act_refused(p, e);
		return status != 0 && page_send(t, p, status, "box_none.html", e);
	}
	view_c(&p->view, "may", (p->me->is & PORTAL_MEMBER) != 0 ? "1" : "");
	view_c(&p->view, "open", f != NULL ? "1" : "");
	return put_all(p, rows, e) && put_form(p, f, wrong, e) &&
	       page_send(t, p, status, "box_subscriptions.html", e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	act_page(p, done, nitems(done));
	return show(t, p, 200, NULL, NULL, e);
}

/* ---- what is done ---- */

/* By blanks, commas and lines. */
static size_t
esiids_of(struct str text, struct str to[ESIIDS_MOST])
{
	size_t n = 0, at = 0;

	while (at < text.len && n < ESIIDS_MOST) {
		size_t end = at;

		while (end < text.len && text.at[end] > ' ' && text.at[end] != ',')
			end++;
		if (end > at)
			to[n++] = (struct str){ text.at + at, end - at };
		at = end + 1;
	}
	return n;
}

static struct param
number_or_null(const struct form *f, const char *name, bool wanted)
{
	int64_t n;

	if (!wanted || !act_form_number(f, name, &n) || n > INT32_MAX)
		return (struct param)P_NULL();
	return (struct param)P_INT4((int32_t)n);
}

static int
add(struct task *t, struct page *p, const struct form *f, enum text wrong[FIELDS_MOST],
    struct err *e)
{
	struct str *esiids = arena_get(p->memory, ESIIDS_MOST * sizeof *esiids);
	struct str reads[KINDS_MOST], schedule = form_get(f, "schedule");
	struct str weekday = form_get(f, "weekday"), at = str_trim(form_get(f, "at"));
	struct str key = str_trim(form_get(f, "openpgp"));
	static const struct field_choice boxes[KINDS_MOST] = { { { "interval", 8 }, { "", 0 } },
		{ { "register", 8 }, { "", 0 } }, { { "billing", 7 }, { "", 0 } } };
	size_t n;

	if (esiids == NULL)
		return err(e, ERR_BUSY, "no memory for a subscription");
	if (!fields_check(form_fields, FIELDS, f, wrong))
		return act_wrong(p, TEXT_WRONG_SEE);
	n = esiids_of(form_get(f, "esiids"), esiids);
	if (!str_is(schedule, "weekly"))
		weekday = (struct str){ NULL, 0 };
	if (at.len == 0)
		at = (struct str){ NULL, 0 };
	if (key.len == 0)
		key = (struct str){ NULL, 0 };
	else if (!pgp_key_ok(t, key, e)) {
		wrong[OPENPGP] = TEXT_WRONG_OPENPGP;
		return act_refused(p, e);
	}
	return act_do(t, p, SQL_PORTAL_BOX_SUBSCRIPTION_ADD,
	    ARGS(P_ME(p), P_STR(str_trim(form_get(f, "label"))), P_TEXTS(esiids, n),
		P_TEXTS(reads, fields_checked(f, "kinds", boxes, KINDS_MOST, reads)),
		P_STR(form_get(f, "format")), P_STR(form_get(f, "packing")), P_STR(schedule),
		P_STR(at), P_STR(weekday),
		number_or_null(f, "month_day", str_is(schedule, "monthly")),
		number_or_null(f, "history", str_is(schedule, "once")), P_STR(key)),
	    e);
}

static bool
build(struct task *t, struct page *p, int64_t number, int *status, int64_t *drop, struct err *e)
{
	struct made {
		int64_t drop;
	} m = { 0 };
	static const struct db_field made_fields[] = { DB_INT8(made, drop) };

	*status = act_row(t, p, SQL_PORTAL_BOX_BUILD, ARGS(P_ME(p), P_INT8(number)),
	    made_fields, nitems(made_fields), &m, NULL, e);
	*drop = m.drop;
	return *status != 0;
}

static bool
move(struct task *t, struct page *p, const struct form *f, struct err *e)
{
	static const char *const moves[] = { "pause", "resume", "end" };
	int64_t number, drop;
	int status = act_wrong(p, TEXT_WRONG_FORM);

	if (act_form_number(f, "build", &number)) {
		view_c(&p->view, "wrong", "");
		if (!build(t, p, number, &status, &drop, e))
			return false;
		if (status == 200)
			return act_go(t, p, "build", e, "/drops/%lld", (long long)drop);
	}
	for (size_t i = 0; i < nitems(moves); i++) {
		if (!act_form_number(f, moves[i], &number))
			continue;
		view_c(&p->view, "wrong", "");
		status = act_do(t, p, SQL_PORTAL_BOX_SUBSCRIPTION_MOVE,
		    ARGS(P_ME(p), P_INT8(number), P_TEXT(moves[i])), e);
		if (status == 200)
			return act_go(t, p, moves[i], e, "/subscriptions");
	}
	return status != 0 && show(t, p, status, NULL, NULL, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	enum text wrong, bad[FIELDS_MOST];
	struct form *f;
	int status;

	act_page(p, NULL, 0);
	if (!me_form(t, p, &f, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, act_wrong(p, wrong), NULL, NULL, e);
	if (!str_is(form_get(f, "do"), "add"))
		return move(t, p, f, e);
	for (size_t i = 0; i < nitems(bad); i++)
		bad[i] = TEXTS;
	status = add(t, p, f, bad, e);
	if (status == 200)
		return act_go(t, p, "add", e, "/subscriptions");
	return status != 0 && show(t, p, status, f, bad, e);
}

bool
subscriptions_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
subscriptions_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
