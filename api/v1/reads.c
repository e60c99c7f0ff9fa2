/*
 * Reads: of one premise, of a list, of all that the caller may read; as JSON, one object a
 * line, CSV, Green Button, LSE. One statement reads them, so an answer is of one instant, and
 * its totals are the same in every form.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asked.h"
#include "coarse.h"
#include "day_json.h"
#include "day_short.h"
#include "fresh.h"
#include "v1.h"

struct giving { /* large: not for a frame */
	struct asked asked;
	struct reads reads;
	struct answer a;
	struct json json; /* around the items */
	const struct out_format *out;
	struct out_file file;
	char name[200];
	struct rates rates;
	struct costs costs, wide_costs;
	struct day wide;
	struct fresh fresh;
	int64_t items, wh[CHANNELS];
};

/* ---- around ---- */

static void
list_not_found(struct json *j, struct str list)
{
	struct str one;
	bool more = list.len > 0;

	json_list(j, "not_found");
	while (more) {
		more = str_cut(list, ',', &one, &list);
		json_text(j, NULL, one);
	}
	json_end(j);
}

static void
open_json(struct giving *g)
{
	const struct reads_ask *ask = &g->asked.ask;
	struct json *j = &g->json;

	*j = json_to(answer_to(&g->a));
	json_open(j, NULL);
	json_text(j, "kind", str_of(read_kinds[g->asked.kind]));
	json_date(j, "first_day", g->reads.first);
	json_date(j, "last_day", g->reads.last);
	if (ask->from_s != DB_STAMP_NONE) {
		json_stamp(j, "from", ask->from_s);
		json_stamp(j, "to", ask->to_s);
	}
	json_stamp(j, "as_of", ask->as_of_s);
	fresh_json(j, &g->fresh);
	list_not_found(j, g->reads.not_found);
	json_list(j, "items");
	buf_byte(answer_to(&g->a), '\n');
}

static void
close_json(struct giving *g)
{
	struct json *j = &g->json;

	json_end(j);
	json_open(j, "totals");
	json_int(j, "items", g->items);
	json_decimal(j, "consumption_kwh", g->wh[CHANNEL_LOAD], 3);
	json_decimal(j, "generation_kwh", g->wh[CHANNEL_GENERATION], 3);
	json_end(j);
	json_end(j);
	buf_byte(answer_to(&g->a), '\n');
}

/* The same question has the same name, so that a feed asked for twice is known again. */
static void
open_file(struct call *c, struct giving *g)
{
	const struct asked *a = &g->asked;
	char from[CIVIL_DATE_SIZE], to[CIVIL_DATE_SIZE];
	struct timespec now;

	civil_date(from, g->reads.first);
	civil_date(to, g->reads.last);
	snprintf(g->name, sizeof g->name, "reads %s %s %s %lld " STR_FMT, call_code(c), from,
	    to, (long long)(a->ask.as_of_s == DB_STAMP_NONE ? 0 : a->ask.as_of_s),
	    STR_ARG(a->ask.n == 1 ? a->esiids[0] : STR("several")));
	clock_gettime(CLOCK_REALTIME, &now);
	g->file =
	    (struct out_file){ .to = answer_to(&g->a), .name = g->name, .made_s = now.tv_sec };
}

/* The ids of Green Button are of a space of the hub's own. */
static bool
begin_file(struct task *t, struct call *c, struct giving *g, struct err *e)
{
	if (g->out->by_premise) {
		AUTO_PTR(conn) db = call_lease(t, c, e);

		if (db == NULL || !space_read(&g->file.space, t, db, SQL_ESPI_CUSTODIAN, e))
			return false;
	}
	g->out->begin(&g->file);
	return true;
}

static void
open_answer(struct call *c, struct giving *g)
{
	const struct read_form *form = g->asked.form;

	answer_begin(&g->a, c, form->media_type);
	if (form->out != NULL && g->asked.kind == READ_INTERVAL) {
		g->out = out_format_named(form->out);
		open_file(c, g);
	} else if (form->out != NULL && g->asked.kind == READ_REGISTER) {
		out_register_csv_begin(answer_to(&g->a));
	} else if (form->out != NULL) {
		out_billing_csv_begin(answer_to(&g->a));
	} else if (!form->lines) {
		open_json(g);
	}
}

/* ---- items ---- */

/* Between the objects of a list; lines end by themselves. */
static struct buf *
next_item(struct giving *g)
{
	if (g->asked.form->out == NULL && !g->asked.form->lines && g->items > 0)
		buf_byte(answer_to(&g->a), ',');
	g->items++;
	return answer_to(&g->a);
}

static void
put_json(struct giving *g, const struct out_day *o, const struct costs *costs)
{
	const struct reads_ask *ask = &g->asked.ask;
	struct day_json x = { .o = o, .costs = costs, .past = o->d->n };

	if (ask->from_s != DB_STAMP_NONE) {
		x.past = 0;
		if (!day_json_clip(&x, ask->from_s, ask->to_s))
			return;
	}
	if (g->asked.form->brief)
		day_short(next_item(g), o, g->asked.round_wh);
	else
		day_json(next_item(g), &x);
	buf_byte(answer_to(&g->a), '\n');
	g->wh[o->d->channel] += day_json_wh(&x);
}

static bool
give_day(struct task *t, void *arg, const struct out_day *o, struct err *e)
{
	struct giving *g = arg;
	struct out_day wide = *o;
	const struct costs *costs = NULL;

	(void)t;
	if (g->asked.cost) {
		rates_of_day(&g->rates, o, &g->costs);
		costs = &g->costs;
	}
	if (g->asked.by_s != 0 && coarse_day(&g->wide, o->d, g->asked.by_s)) {
		wide.d = &g->wide;
		if (costs != NULL) {
			costs_coarse(&g->wide_costs, costs, o->d->n, g->wide.n);
			costs = &g->wide_costs;
		}
	}
	if (g->out == NULL) {
		put_json(g, &wide, costs);
	} else {
		g->out->day(&g->file, &wide);
		g->items++;
	}
	return answer_more(&g->a, e);
}

static bool
give_register(struct task *t, void *arg, const struct read_register *x, struct err *e)
{
	struct giving *g = arg;
	struct out_register r;
	char name[64], tdu[41];
	const struct zone *zone;

	(void)t;
	str_copy(name, sizeof name, x->zone);
	str_copy(tdu, sizeof tdu, x->tdu);
	zone = zone_get(name, e);
	if (zone == NULL)
		return false;
	reads_out_register(&r, x, zone, tdu);
	if (g->asked.form->out != NULL)
		out_register_csv(next_item(g), &r);
	else
		out_register_jsonl(next_item(g), &r);
	if (x->wh != OUT_NONE)
		g->wh[x->channel] += x->wh;
	return answer_more(&g->a, e);
}

static bool
give_billing(struct task *t, void *arg, const struct read_billing *x, struct err *e)
{
	struct giving *g = arg;
	struct out_billing r;
	char name[64], tdu[41];
	const struct zone *zone;

	(void)t;
	str_copy(name, sizeof name, x->zone);
	str_copy(tdu, sizeof tdu, x->tdu);
	zone = zone_get(name, e);
	if (zone == NULL)
		return false;
	reads_out_billing(&r, x, zone, tdu);
	if (g->asked.form->out != NULL)
		out_billing_csv(next_item(g), &r);
	else
		out_billing_jsonl(next_item(g), &r);
	g->wh[x->channel] += x->wh;
	return answer_more(&g->a, e);
}

static bool
give_items(struct task *t, struct call *c, struct giving *g, struct err *e)
{
	switch (g->asked.kind) {
	case READ_REGISTER:
		return reads_registers(t, c, &g->reads, give_register, g, e);
	case READ_BILLING:
		return reads_billings(t, c, &g->reads, give_billing, g, e);
	default:
		return reads_days(t, c, &g->reads, give_day, g, e);
	}
}

/* ---- an answer ---- */

/* Totals also as headers: a CSV has no place for them. */
static void
headers(struct call *c, const struct giving *g)
{
	fresh_headers(c->http, &g->fresh);
	http_header(c->http, "Busbar-Items", "%lld", (long long)g->items);
	if (g->reads.not_found.len > 0)
		http_header(c->http, "Busbar-Not-Found", STR_FMT,
		    STR_ARG(str_first(g->reads.not_found, 900)));
	http_header(c->http, "Vary", "Accept");
}

static bool
give(struct task *t, struct call *c, struct giving *g, struct err *e)
{
	if (!reads_open(t, c, &g->asked.ask, &g->reads, e) ||
	    !fresh_of(t, c, g->reads.tdus, &g->fresh, e) ||
	    (g->asked.cost && !reads_rates(t, c, &g->reads, &g->rates, e)))
		return false;
	open_answer(c, g);
	if (g->out != NULL && !begin_file(t, c, g, e))
		return false;
	if (!give_items(t, c, g, e))
		return false;
	if (g->out != NULL)
		g->out->end(&g->file);
	else if (g->asked.form->out == NULL && !g->asked.form->lines)
		close_json(g);
	headers(c, g);
	return answer_send(t, &g->a, 200, e);
}

static struct giving *
giving_new(struct err *e)
{
	struct giving *g = calloc(1, sizeof *g);

	if (g == NULL)
		err(e, ERR_BUSY, "no memory for reads");
	else
		g->a.fd = -1;
	return g;
}

static void
giving_free(struct giving *g)
{
	if (g == NULL)
		return;
	answer_auto(&g->a);
	rates_auto(&g->rates);
	reads_auto(&g->reads);
	free(g);
}

bool
v1_reads(struct task *t, struct call *c, struct err *e)
{
	struct giving *g = giving_new(e);
	bool ok = g != NULL && asked_query(c, (struct str){ NULL, 0 }, &g->asked, e) &&
		  give(t, c, g, e);

	giving_free(g);
	return ok;
}

bool
v1_premise_reads(struct task *t, struct call *c, struct err *e)
{
	struct giving *g = giving_new(e);
	bool ok =
	    g != NULL && asked_query(c, str_of(c->param[0]), &g->asked, e) && give(t, c, g, e);

	giving_free(g);
	return ok;
}

bool
v1_reads_asked(struct task *t, struct call *c, struct err *e)
{
	AUTO_PTR(json_in) body = NULL;
	struct giving *g = giving_new(e);
	bool ok = g != NULL && call_only(c, "", e) && call_json(t, c, &body, e) &&
		  asked_json(c, json_in_root(body), &g->asked, e) && give(t, c, g, e);

	giving_free(g);
	return ok;
}
