/* /api/v2/bills: the bills of each meter, a release a meter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utility.h"

enum {
	BILLS_PRESET = 100,
	BILLS_MOST = 1000,
	METER_MOST = 1000, /* of one meter */
	TEXT_MOST = 4 * 1024 * 1024,
	TAIL_SIZE = 40
};

struct bill { /* JSON of one, in giving.text */
	size_t at, len;
	char tail[TAIL_SIZE]; /* of its uid: "-20260301-20260331" */
};

struct giving {
	struct utility_ask ask;
	struct answer a;
	struct json json;
	const struct utility_meter *meter;
	const struct zone *zone;
	struct buf text;
	struct bill bills[METER_MOST];
	size_t n;
	int64_t given;
	char last[UTILITY_UID_MOST];
	bool more;
};

/* ---- one ---- */

static void
put_kwh_of(struct json *j, const char *name, int64_t wh)
{
	if (wh == OUT_NONE)
		json_null(j, name);
	else
		json_decimal(j, name, wh, 3);
}

/* "Base charge=4.95;Energy=102.10" */
static void
put_items(struct json *j, struct str items)
{
	struct str one, name, amount;
	bool more = items.len > 0;

	json_list(j, "line_items");
	while (more) {
		more = str_cut(items, ';', &one, &items);
		if (!str_cut(one, '=', &name, &amount))
			amount = STR("");
		json_open(j, NULL);
		json_text(j, "name", str_trim(name));
		json_text(j, "cost", str_trim(amount));
		json_end(j);
	}
	json_end(j);
}

/* The members of base that a bill adds. */
static void
put_base(struct buf *b, const struct giving *g, const struct read_billing *x)
{
	struct str base = g->meter->base;
	AUTO(buf) added = BUF(4 * 1024);
	struct json k = json_to(&added);

	json_open(&k, NULL);
	utility_local(&k, "bill_start_date", g->zone, zone_day_start(g->zone, x->start_date));
	utility_local(&k, "bill_end_date", g->zone, zone_day_start(g->zone, x->end_date + 1));
	put_kwh_of(&k, "bill_total_kwh", x->wh);
	json_text(&k, "bill_total_unit", STR("kwh"));
	put_kwh_of(&k, "bill_total_volume", x->wh);
	if (x->amount == OUT_NONE)
		json_null(&k, "bill_total_cost");
	else
		json_decimal(&k, "bill_total_cost", x->amount, 4);
	json_text(
	    &k, "bill_currency", x->currency.len > 0 ? x->currency : (struct str){ NULL, 0 });
	put_kwh_of(&k, "bill_demand_kw", x->metered_w);
	json_text(&k, "direction",
	    x->channel == CHANNEL_GENERATION ? STR("reverse") : STR("forward"));
	json_end(&k);
	/* {"service_identifier": …} and {"bill_start_date": …} are one object */
	buf_str(b, (struct str){ base.at, base.len - 1 });
	buf_byte(b, ',');
	buf_str(b, (struct str){ added.at + 1, added.len - 1 });
}

static void
put_blocks(struct json *j)
{
	json_list(j, "blocks");
	json_text(j, NULL, STR("base"));
	json_text(j, NULL, STR("sources"));
	json_text(j, NULL, STR("line_items"));
	json_text(j, NULL, STR("tiers"));
	json_end(j);
}

static void
put_bill(struct giving *g, const struct bill *b, const struct read_billing *x)
{
	struct json j = json_to(&g->text);
	AUTO(buf) base = BUF(8 * 1024);

	put_base(&base, g, x);
	utility_begin(&j, g->meter, b->tail, buf_view(&base));
	put_blocks(&j);
	put_items(&j, x->items);
	json_list(&j, "tiers");
	json_end(&j);
	utility_stamp(&j, "created", x->created);
	utility_stamp(&j, "updated", x->loaded_at);
	json_end(&j);
}

/* Whether it ends in what is asked for: on one of the days, or with instants behind the first
 * and not behind the last, as a bill of a day ends with that day. */
static bool
wanted(const struct giving *g, const struct read_billing *x)
{
	int64_t end_s = zone_day_start(g->zone, x->end_date + 1);

	return x->end_date >= g->ask.from && x->end_date <= g->ask.to &&
	       (g->ask.from_s == DB_STAMP_NONE || end_s > g->ask.from_s) &&
	       (g->ask.to_s == DB_STAMP_NONE || end_s <= g->ask.to_s);
}

static bool
take_bill(struct task *t, void *arg, const struct read_billing *x, struct err *e)
{
	struct giving *g = arg;
	struct bill *b = &g->bills[g->n];
	int y1, m1, d1, y2, m2, d2;

	(void)t;
	if (x->channel > CHANNEL_GENERATION || !wanted(g, x))
		return true;
	if (g->n == METER_MOST)
		return err(e, ERR_TOO_BIG,
		    "a meter has more than %d bills in that range: ask "
		    "for less",
		    METER_MOST);
	civil_ymd(x->start_date, &y1, &m1, &d1);
	civil_ymd(x->end_date, &y2, &m2, &d2);
	snprintf(b->tail, sizeof b->tail, "-%04d%02d%02d-%04d%02d%02d%s", y1 % 10000, m1 % 100,
	    d1 % 100, y2 % 10000, m2 % 100, d2 % 100,
	    x->channel == CHANNEL_GENERATION ? "-r" : "");
	b->at = g->text.len;
	put_bill(g, b, x);
	b->len = g->text.len - b->at;
	if (!buf_ok(&g->text))
		return err(e, ERR_TOO_BIG, "bills of more than %d bytes", TEXT_MOST);
	g->n++;
	return true;
}

/* ---- a meter's ---- */

static int
by_date(const void *a, const void *b)
{
	const struct bill *x = a, *y = b;

	return strcmp(x->tail, y->tail);
}

static bool
give_meter(struct task *t, struct call *c, struct giving *g, const struct utility_meter *m,
    struct err *e)
{
	struct reads r;
	bool none;

	g->zone = utility_zone(m, e);
	g->meter = m;
	g->n = 0;
	buf_reset(&g->text);
	if (g->zone == NULL ||
	    !utility_open(t, c, m, "billing", m->first_day, m->last_day, &r, &none, e))
		return false;
	if (!none && !reads_billings(t, c, &r, take_bill, g, e))
		return false;
	qsort(g->bills, g->n, sizeof g->bills[0], by_date);
	for (size_t i = 0; i < g->n && !g->more; i++) {
		const struct bill *b = &g->bills[g->ask.latest ? g->n - 1 - i : i];

		if (!utility_behind(&g->ask, m, b->tail))
			continue;
		if (g->given == g->ask.limit) {
			g->more = true;
			break;
		}
		json_raw(&g->json, NULL, (struct str){ g->text.at + b->at, b->len });
		buf_byte(answer_to(&g->a), '\n');
		g->given++;
		snprintf(g->last, sizeof g->last, STR_FMT "%s", STR_ARG(m->uid), b->tail);
		if (!answer_more(&g->a, e))
			return false;
	}
	return true;
}

static bool
give(struct task *t, struct call *c, struct giving *g, struct err *e)
{
	struct utility_meter m;

	if (!utility_plan(t, c, "billing", BILLS_PRESET, BILLS_MOST, &g->ask, e))
		return false;
	answer_begin(&g->a, c, "application/json");
	g->json = json_to(answer_to(&g->a));
	json_open(&g->json, NULL);
	json_list(&g->json, "bills");
	while (!g->more && utility_plan_next(&g->ask, &m))
		if (!give_meter(t, c, g, &m, e))
			return false;
	json_end(&g->json);
	utility_next(&g->json, c, g->more ? str_of(g->last) : (struct str){ NULL, 0 });
	json_end(&g->json);
	buf_byte(answer_to(&g->a), '\n');
	return answer_more(&g->a, e) && answer_send(t, &g->a, 200, e);
}

bool
utility_bills(struct task *t, struct call *c, struct err *e)
{
	struct giving *g = calloc(1, sizeof *g);
	bool ok;

	if (g == NULL)
		return err(e, ERR_BUSY, "no memory for bills");
	g->a.fd = -1;
	g->text = (struct buf)BUF(TEXT_MOST);
	ok = give(t, c, g, e);
	answer_auto(&g->a);
	buf_auto(&g->text);
	utility_ask_auto(&g->ask);
	free(g);
	return ok;
}
