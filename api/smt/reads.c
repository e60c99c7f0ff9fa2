/*
 * Reads: at once when few premises are asked for, else as a report (report.c). An answer is
 * written whole before its first byte goes out, so what has no rows can still become a no.
 */
#include <string.h>
#include <time.h>

#include "fresh.h"
#include "smt.h"

struct writing {
	struct answer *a;
	const struct smt_ask *ask;
	struct json j;
	struct out_file file; /* of another format than JSON */
	const struct out_format *format;
	const struct zone *zone; /* of what comes without one */
	unsigned rows;
	/* of a usage page: the day of consumption that waits for its generation, which is next
	 */
	struct out_day held;
	struct day held_day;
	bool holds, generates, closed;
};

static bool
wanted(const struct smt_ask *a, int32_t channel)
{
	return channel == CHANNEL_GENERATION ? a->generation : a->consumption;
}

/* ---- the three kinds ---- */

static bool
each_day(struct task *t, void *arg, const struct out_day *o, struct err *e)
{
	struct writing *w = arg;

	(void)t;
	if (!wanted(w->ask, o->d->channel))
		return true;
	w->rows++;
	if (w->format != NULL)
		w->format->day(&w->file, o);
	else
		smt_energy_row(&w->j, o, w->ask->n > 1);
	return answer_more(w->a, e);
}

static bool
each_register(struct task *t, void *arg, const struct read_register *x, struct err *e)
{
	struct writing *w = arg;
	struct out_register r;

	(void)t;
	if (!wanted(w->ask, x->channel))
		return true;
	w->rows++;
	reads_out_register(&r, x, w->zone, "");
	if (w->ask->format == SMT_CSV)
		out_register_csv(answer_to(w->a), &r);
	else
		smt_register_row(
		    &w->j, &r, w->ask->n > 1, w->ask->consumption && w->ask->generation);
	return answer_more(w->a, e);
}

static bool
each_billing(struct task *t, void *arg, const struct read_billing *x, struct err *e)
{
	struct writing *w = arg;
	struct out_billing b;

	(void)t;
	if (!wanted(w->ask, x->channel))
		return true;
	w->rows++;
	reads_out_billing(&b, x, w->zone, "");
	if (w->ask->format == SMT_CSV)
		out_billing_csv(answer_to(w->a), &b);
	else
		smt_billing_row(
		    &w->j, &b, w->ask->n > 1, w->ask->consumption && w->ask->generation);
	return answer_more(w->a, e);
}

static bool
put_days(
    struct task *t, struct call *c, const struct reads *r, struct writing *w, struct err *e)
{
	return reads_days(t, c, r, each_day, w, e);
}

static bool
put_registers(
    struct task *t, struct call *c, const struct reads *r, struct writing *w, struct err *e)
{
	if (w->ask->format == SMT_CSV)
		out_register_csv_begin(answer_to(w->a));
	return reads_registers(t, c, r, each_register, w, e);
}

static bool
put_billings(
    struct task *t, struct call *c, const struct reads *r, struct writing *w, struct err *e)
{
	if (w->ask->format == SMT_CSV)
		out_billing_csv_begin(answer_to(w->a));
	return reads_billings(t, c, r, each_billing, w, e);
}

const struct smt_kind smt_interval = { "interval", "energyData", true, put_days };
const struct smt_kind smt_register = { "register", "registeredReads", false, put_registers };
const struct smt_kind smt_billing = { "billing", "billingData", false, put_billings };

/* ---- the same for the portal's usage pages ---- */

static void
page_put(struct writing *w, const struct day *generation)
{
	static const struct day none; /* has not come: no zero */

	if (generation == NULL && w->generates)
		generation = &none;
	if (w->holds)
		smt_page_day(&w->j, &w->held, generation, w->ask->n > 1);
	w->holds = false;
}

static bool
page_day(struct task *t, void *arg, const struct out_day *o, struct err *e)
{
	struct writing *w = arg;
	bool generation = o->d->channel == CHANNEL_GENERATION;

	(void)t;
	w->rows++;
	w->generates = w->generates || generation;
	if (!generation) {
		page_put(w, NULL);
		w->held = *o;
		w->held_day = *o->d;
		w->held.d = &w->held_day;
		w->holds = true;
	} else if (w->holds && w->held_day.day == o->d->day &&
		   strcmp(w->held.esiid, o->esiid) == 0) {
		page_put(w, o->d);
	}
	return answer_more(w->a, e);
}

static bool
put_page_days(
    struct task *t, struct call *c, const struct reads *r, struct writing *w, struct err *e)
{
	if (!reads_days(t, c, r, page_day, w, e))
		return false;
	page_put(w, NULL);
	json_end(&w->j);
	json_bool(&w->j, "generationFlag", w->generates);
	w->closed = true;
	return true;
}

static bool
page_register(struct task *t, void *arg, const struct read_register *x, struct err *e)
{
	struct writing *w = arg;
	struct out_register r;

	(void)t;
	reads_out_register(&r, x, w->zone, "");
	if (x->channel == CHANNEL_GENERATION || r.wh == OUT_NONE)
		return true;
	w->rows++;
	smt_page_register(&w->j, &r, w->ask->n > 1);
	return answer_more(w->a, e);
}

static bool
put_page_registers(
    struct task *t, struct call *c, const struct reads *r, struct writing *w, struct err *e)
{
	return reads_registers(t, c, r, page_register, w, e);
}

static bool
page_billing(struct task *t, void *arg, const struct read_billing *x, struct err *e)
{
	struct writing *w = arg;
	struct out_billing b;

	(void)t;
	if (x->channel == CHANNEL_GENERATION)
		return true;
	w->rows++;
	reads_out_billing(&b, x, w->zone, "");
	smt_page_billing(&w->j, &b, w->ask->n > 1);
	return answer_more(w->a, e);
}

static bool
put_page_billings(
    struct task *t, struct call *c, const struct reads *r, struct writing *w, struct err *e)
{
	return reads_billings(t, c, r, page_billing, w, e);
}

const struct smt_kind smt_page_interval = { "interval", "intervaldata", true, put_page_days };
const struct smt_kind smt_page_daily = { "register", "dailyData", false, put_page_registers };
const struct smt_kind smt_page_monthly = { "billing", "monthlyData", false, put_page_billings };

/* ---- an answer ---- */

static const char *const format_names[] = {
	[SMT_CSV] = "csv", [SMT_XML] = "espi", [SMT_LSE] = "lse"
};

static bool
space_of(struct task *t, struct call *c, struct uuid *to, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);

	return db != NULL && space_read(to, t, db, SQL_SMT_SPACE, e);
}

/* The writer of another format than JSON: of intervals one of the hub's, of the rest CSV. */
static bool
other_format(struct task *t, struct call *c, struct writing *w, const struct smt_kind *kind,
    const char **type, struct err *e)
{
	struct timespec now;
	struct uuid space = { 0 };

	*type = "text/csv; charset=utf-8; header=present";
	if (!kind->intervals)
		return w->ask->format == SMT_CSV ||
		       err(e, ERR_USAGE, "reportFormat: there are only JSON and CSV of these");
	w->format = out_format_named(format_names[w->ask->format]);
	*type = w->format->media_type;
	if (w->ask->format == SMT_XML && !space_of(t, c, &space, e))
		return false;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	w->file = (struct out_file){
		.to = answer_to(w->a), .name = "smt", .made_s = now.tv_sec, .space = space
	};
	return true;
}

static void
json_head(struct writing *w, const struct smt_kind *kind, const char *wrap)
{
	w->j = json_to(answer_to(w->a));
	json_open(&w->j, NULL);
	if (wrap != NULL)
		json_open(&w->j, wrap);
	if (wrap == NULL)
		json_text(&w->j, "trans_id", w->ask->trans_id);
	if (w->ask->n == 1)
		json_text(&w->j, "esiid", w->ask->esiids[0]);
	json_list(&w->j, kind->list);
}

static void
json_tail(struct writing *w, const char *wrap)
{
	if (!w->closed)
		json_end(&w->j);
	if (wrap != NULL)
		json_end(&w->j);
	json_end(&w->j);
}

bool
smt_reads_now(struct task *t, struct call *c, const struct smt_ask *ask,
    const struct smt_kind *kind, const char *wrap, bool *any, struct err *e)
{
	AUTO(answer) a;
	AUTO(reads) r = { 0 };
	struct writing w = { .a = &a, .ask = ask, .zone = zone_get("America/Chicago", e) };
	struct reads_ask of = READS_ASK;
	const char *type = "application/json";
	struct fresh fresh;

	answer_begin(&a, c, type);
	a.no_tag = true;
	of.esiids = ask->esiids;
	of.n = ask->n;
	of.kind = kind->kind;
	of.from = ask->from;
	of.to = ask->to;
	of.versions = ask->all_versions;
	of.door = "smt";
	*any = false;
	if (w.zone == NULL)
		return false;
	if (ask->format != SMT_JSON) {
		if (!other_format(t, c, &w, kind, &type, e))
			return false;
		a.type = type;
		if (w.format != NULL)
			w.format->begin(&w.file);
	} else {
		json_head(&w, kind, wrap);
	}
	if (!reads_open(t, c, &of, &r, e) || !fresh_of(t, c, r.tdus, &fresh, e))
		return false;
	fresh_headers(c->http, &fresh);
	if (!kind->put(t, c, &r, &w, e))
		return false;
	if (w.format != NULL)
		w.format->end(&w.file);
	else if (ask->format == SMT_JSON)
		json_tail(&w, wrap);
	*any = w.rows > 0;
	return !*any || answer_send(t, &a, 200, e);
}

/* ---- the functions ---- */

static bool
order_once(struct task *t, struct call *c, struct smt_call *s, void *kind, struct err *e)
{
	return smt_report_order(t, c, &s->ask, kind, e);
}

static bool
reads(struct task *t, struct call *c, const struct smt_kind *kind, bool xml, struct err *e)
{
	AUTO(smt_call) s;
	bool ok, any;

	if (!smt_begin(t, c, &s, true, &ok, e))
		return ok;
	if (!smt_ask_reads(&s.ask, kind->intervals, &s.why))
		return smt_no(t, c, &s.why, s.ask.trans_id, e);
	if (!smt_nothing_against(t, c, &s.ask, kind->kind, &ok, e))
		return ok;
	if (xml)
		s.ask.format = SMT_XML;
	if (s.ask.delivery != SMT_API || s.ask.n > SMT_AT_ONCE_MOST)
		return smt_once(t, c, &s, order_once, (void *)(uintptr_t)kind, e);
	if (!smt_reads_now(t, c, &s.ask, kind, NULL, &any, e)) {
		if (e->code != ERR_NOT_FOUND || c->http->status != 0)
			return false;
		err_clear(e); /* no day of the range is the caller's, or not any more */
		any = false;
	}
	if (any)
		return true;
	return smt_refuse(t, c, s.ask.extended ? SMT_NO_DATA_YET : SMT_NO_DATA, STR(""), e);
}

bool
smt_intervals(struct task *t, struct call *c, struct err *e)
{
	return reads(t, c, &smt_interval, false, e);
}

bool
smt_registers(struct task *t, struct call *c, struct err *e)
{
	return reads(t, c, &smt_register, false, e);
}

bool
smt_billings(struct task *t, struct call *c, struct err *e)
{
	return reads(t, c, &smt_billing, false, e);
}

bool
smt_green_button(struct task *t, struct call *c, struct err *e)
{
	return reads(t, c, &smt_interval, true, e);
}
