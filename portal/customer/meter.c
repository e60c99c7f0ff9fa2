/*
 * A customer's home and meter: what is known of it, and what its register shows now: the
 * utility is asked, so often as it may be, and the answer stands here as soon as it has come.
 */
#include <stdio.h>

#include "figures.h"
#include "use.h"

enum { FACT_VALUES = 2, READ_VALUES = 3, PATH_MOST = 96 };

struct fact_row {
	struct str esiid, street, city, state, zip, utility, class_, status, load_profile,
	    rate_class, meter, manufacturer, model, provider;
	int32_t channels, meter_since, interval_s, provider_since, hour_most, hour_left;
	int64_t multiplier;
};
static const struct db_field fact_row[] = {
	DB_TEXT(fact_row, esiid),
	DB_TEXT(fact_row, street),
	DB_TEXT(fact_row, city),
	DB_TEXT(fact_row, state),
	DB_TEXT(fact_row, zip),
	DB_TEXT(fact_row, utility),
	{ "class", DB_T_TEXT, offsetof(struct fact_row, class_) },
	DB_TEXT(fact_row, status),
	DB_TEXT(fact_row, load_profile),
	DB_TEXT(fact_row, rate_class),
	DB_TEXT(fact_row, meter),
	DB_TEXT(fact_row, manufacturer),
	DB_TEXT(fact_row, model),
	DB_TEXT(fact_row, provider),
	DB_INT4(fact_row, channels),
	DB_DATE(fact_row, meter_since),
	DB_INT4(fact_row, interval_s),
	DB_DATE(fact_row, provider_since),
	DB_INT4(fact_row, hour_most),
	DB_INT4(fact_row, hour_left),
	DB_INT8(fact_row, multiplier),
};

struct read_row {
	struct str state, reason;
	int64_t command, asked_at, answered_at, read_at, read_wh, generation_wh;
};
static const struct db_field read_row[] = {
	DB_TEXT(read_row, state),
	DB_TEXT(read_row, reason),
	DB_INT8(read_row, command),
	DB_STAMP(read_row, asked_at),
	DB_STAMP(read_row, answered_at),
	DB_STAMP(read_row, read_at),
	DB_INT8(read_row, read_wh),
	DB_INT8(read_row, generation_wh),
};

static const struct {
	const char *reason;
	enum text text;
} reasons[] = {
	{ "no-answer", TEXT_METER_NO_ANSWER }, { "not-reached", TEXT_METER_NOT_REACHED },
	{ "no-meter", TEXT_METER_NO_METER }, { "not-equipped", TEXT_METER_NOT_EQUIPPED },
	{ "disconnected", TEXT_METER_DISCONNECTED }, { "busy", TEXT_METER_BUSY },
	{ "", TEXT_METER_FAILED }, /* all others */
};

/* ---- what is known ---- */

/* "from day on" behind a value. */
static struct str
since(struct page *p, struct str value, int32_t day)
{
	if (value.len == 0 || day == DAY_NONE)
		return page_keep(p, value);
	view_set(&p->view, "value", page_keep(p, value));
	view_set(&p->view, "from", page_day(p, day, TEXT_DATE));
	return page_text(p, TEXT_METER_SINCE);
}

static struct str
address(struct page *p, const struct fact_row *f)
{
	char text[200];

	snprintf(text, sizeof text, STR_FMT "%s" STR_FMT " " STR_FMT " " STR_FMT,
	    STR_ARG(f->street), f->street.len > 0 ? ", " : "", STR_ARG(f->city),
	    STR_ARG(f->state), STR_ARG(f->zip));
	return page_keep(p, str_trim(str_of(text)));
}

static struct str
model(struct page *p, const struct fact_row *f)
{
	char text[160];

	snprintf(text, sizeof text, STR_FMT " " STR_FMT, STR_ARG(f->manufacturer),
	    STR_ARG(f->model));
	return page_keep(p, str_trim(str_of(text)));
}

/* What is not known is left out. */
static bool
put_facts(struct page *p, const struct fact_row *f, struct err *e)
{
	struct {
		enum text name;
		struct str value;
	} all[] = {
		{ TEXT_METER_ADDRESS, address(p, f) },
		{ TEXT_ESIID, page_keep(p, f->esiid) },
		{ TEXT_METER_CLASS,
		    text_of(p->language, str_is(f->class_, "BUSINESS") ? TEXT_METER_BUSINESS
								       : TEXT_METER_HOME) },
		{ TEXT_METER_UTILITY, page_keep(p, f->utility) },
		{ TEXT_METER_PROVIDER, since(p, f->provider, f->provider_since) },
		{ TEXT_METER_ITS_NUMBER, since(p, f->meter, f->meter_since) },
		{ TEXT_METER_MODEL, model(p, f) },
		{ TEXT_METER_STEP,
		    f->interval_s > 0 ? page_number(p, f->interval_s / 60) : STR("") },
		{ TEXT_METER_FACTOR, f->multiplier > 0 && f->multiplier != 1000
					 ? use_kwh(p, f->multiplier)
					 : STR("") },
		{ TEXT_METER_BOTH, text_of(p->language, f->channels > 1 ? TEXT_METER_BOTH_YES
									: TEXT_METER_BOTH_NO) },
		{ TEXT_METER_PROFILE, page_keep(p, f->load_profile) },
		{ TEXT_METER_RATE, page_keep(p, f->rate_class) },
	};
	struct view *items = page_items(p, nitems(all), FACT_VALUES, e);
	size_t n = 0;

	if (items == NULL)
		return false;
	for (size_t i = 0; i < nitems(all); i++) {
		if (all[i].value.len == 0)
			continue;
		view_set(&items[n], "name", text_of(p->language, all[i].name));
		view_set(&items[n], "is", all[i].value);
		n++;
	}
	view_list(&p->view, "facts", items, n);
	return true;
}

/* ---- reads that were asked for ---- */

static struct str
outcome(struct page *p, const struct read_row *r)
{
	size_t i = 0;

	if (str_is(r->state, "COMPLETED")) {
		view_set(&p->view, "kwh", use_kwh(p, r->read_wh));
		view_set(&p->view, "given",
		    r->generation_wh == OUT_NONE ? STR("") : use_kwh(p, r->generation_wh));
		view_set(&p->view, "at", page_moment(p, r->read_at));
		return page_text(
		    p, r->generation_wh == OUT_NONE ? TEXT_METER_SHOWS : TEXT_METER_SHOWS_BOTH);
	}
	if (!str_is(r->state, "FAILED"))
		return text_of(p->language, TEXT_METER_WAITS);
	while (i + 1 < nitems(reasons) && !str_is(r->reason, reasons[i].reason))
		i++;
	return text_of(p->language, reasons[i].text);
}

static bool
put_reads(struct page *p, struct rows *rows, struct err *e)
{
	struct view *items = page_items(p, rows_count(rows), READ_VALUES, e);
	struct read_row r;
	size_t n = 0;

	if (items == NULL)
		return false;
	view_c(&p->view, "waiting", "");
	while (ROWS_NEXT(rows, read_row, &r)) {
		view_set(&items[n], "asked", page_moment(p, r.asked_at));
		view_set(&items[n], "outcome", outcome(p, &r));
		if (n++ == 0 && !str_is(r.state, "COMPLETED") && !str_is(r.state, "FAILED"))
			view_set(&p->view, "waiting", page_number(p, r.command));
	}
	view_list(&p->view, "reads", items, n);
	return true;
}

/* ---- the page ---- */

static bool
fill(struct task *t, struct page *p, const struct place *x, struct err *e)
{
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	AUTO_PTR(rows) reads = NULL;
	struct fact_row f;

	if (c == NULL || db_one(t, c, SQL_PORTAL_FACTS,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(x->esiid)), fact_row,
			     nitems(fact_row), &f, &keep, e) != DB_FOUND)
		return false;
	reads = db_rows(t, c, SQL_PORTAL_READS_NOW,
	    ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(x->esiid)), e);
	if (reads == NULL || !put_facts(p, &f, e) || !put_reads(p, reads, e))
		return false;
	view_set(&p->view, "left", page_number(p, f.hour_left));
	view_set(&p->view, "most", page_number(p, f.hour_most));
	view_set(&p->view, "quota", page_text(p, TEXT_METER_QUOTA));
	/* only who lives there now may ask */
	view_c(&p->view, "may", f.hour_left > 0 && x->last_day == DAY_NONE ? "1" : "");
	return true;
}

static bool
show(struct task *t, struct page *p, const struct places *x, int status, enum text wrong,
    struct err *e)
{
	if (!places_set(p, x, e) || !fill(t, p, x->one, e))
		return false;
	view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
	view_c(&p->view, "meter_script", file_named(STR("meter.js"))->tag);
	view_c(&p->view, "done", page_query(p, "done").len > 0 && wrong == TEXTS ? "1" : "");
	if (wrong != TEXTS)
		page_say(p, "wrong", wrong);
	return page_send(t, p, status, "meter.html", e);
}

struct asked {
	struct str result;
	int32_t wait_s;
	int64_t command;
};

static bool
ask(struct task *t, struct page *p, const struct place *x, enum text *wrong, struct err *e)
{
	static const struct db_field row[] = { DB_TEXT(asked, result), DB_INT4(asked, wait_s),
		DB_INT8(asked, command) };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, e);
	AUTO_PTR(rows) keep = NULL;
	struct asked a;

	if (c == NULL)
		return false;
	if (db_one(t, c, SQL_PORTAL_READ_NOW,
		ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(x->esiid)), row, nitems(row), &a,
		&keep, e) != DB_FOUND) {
		if (e->code != ERR_NOT_FOUND && e->code != ERR_SEQUENCE)
			return false;
		err_clear(e);
		*wrong = TEXT_METER_CANNOT;
		return true;
	}
	view_set(&p->view, "wait", page_number(p, (a.wait_s + 59) / 60));
	if (str_is(a.result, "METER"))
		*wrong = TEXT_METER_OFTEN;
	else if (!str_is(a.result, "OK"))
		*wrong = TEXT_METER_FULL;
	return true;
}

static bool
page(struct task *t, struct page *p, bool post, struct err *e)
{
	AUTO(places) x = { 0 };
	enum text wrong = TEXTS;
	char path[PATH_MOST];
	struct form *f;

	if (post && !me_form(t, p, &f, &wrong, e))
		return false;
	if (!places_read(t, p, &x, e))
		return e->code == ERR_NOT_FOUND ? page_unknown(t, p->portal, p->call, e)
						: false;
	if (x.one == NULL) {
		view_c(&p->view, "use_style", file_named(STR("use.css"))->tag);
		return page_send(t, p, post ? 422 : 200, "use_none.html", e);
	}
	if (!post)
		return show(t, p, &x, 200, TEXTS, e);
	if (wrong == TEXTS && !ask(t, p, x.one, &wrong, e))
		return false;
	if (wrong != TEXTS)
		return show(t, p, &x,
		    wrong == TEXT_METER_OFTEN || wrong == TEXT_METER_FULL ? 429
		    : wrong == TEXT_METER_CANNOT			  ? 409
						 : page_wrong_status(wrong),
		    wrong, e);
	portal_count_answer("READ_NOW");
	snprintf(path, sizeof path, "/meter?premise=" STR_FMT "&done=1", STR_ARG(x.one->esiid));
	return page_go(t, p, path, e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	return page(t, p, false, e);
}

static bool
act(struct task *t, struct page *p, struct err *e)
{
	return page(t, p, true, e);
}

bool
meter_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}

bool
meter_post(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, act, e);
}
