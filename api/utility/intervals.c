/*
 * /api/v2/intervals: an object a meter and month, each a release of its own. Readings of what
 * is delivered to the customer and of what is received from them stand together; a quarter-hour
 * without a value is there, and has none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/out_put.h"
#include "utility.h"

enum { OBJECTS_PRESET = 24, OBJECTS_MOST = 200, READING_MOST = 512, TAIL_SIZE = 9 };

struct giving { /* large: not for a frame */
	struct utility_ask ask;
	struct answer a;
	struct json json;
	const struct zone *zone;
	bool has;	/* a day waits for its other channel */
	struct day day; /* of the channel that came first */
	struct day other;
	bool has_other;
	int64_t readings, first_loaded, last_loaded, given;
	char last[UTILITY_UID_MOST]; /* uid of the last object */
	bool more;
};

/* ---- a day ---- */

static char *
put_point(char *p, const char *type, int64_t wh, bool *first)
{
	p = *first ? p : put_lit(p, ",");
	*first = false;
	p = put_lit(p, "{\"type\":\"");
	p = put_str(p, str_of(type));
	p = put_lit(p, "\",\"unit\":\"kwh\",\"value\":");
	p = put_kwh(p, wh);
	return put_lit(p, "}");
}

static bool
known(const struct day *d, unsigned i)
{
	return d != NULL && d->status[i] != STATUS_MISSING;
}

static const char *
quality(const struct day *load, const struct day *gen, unsigned i)
{
	bool missing = (load != NULL && !known(load, i)) || (gen != NULL && !known(gen, i));

	if (missing)
		return "missing";
	return (load == NULL || load->status[i] == STATUS_ACTUAL) &&
		       (gen == NULL || gen->status[i] == STATUS_ACTUAL)
		   ? "actual"
		   : "estimated";
}

static char *
put_reading(char *p, const struct giving *g, const struct day *load, const struct day *gen,
    unsigned i, int64_t from_s, int64_t to_s)
{
	const char *how = quality(load, gen, i);
	int64_t net = (known(load, i) ? load->wh[i] : 0) - (known(gen, i) ? gen->wh[i] : 0);
	bool whole = strcmp(how, "missing") != 0, first = true;

	p = put_lit(p, "{\"start\":\"");
	p = utility_put_local(p, g->zone, from_s);
	p = put_lit(p, "\",\"end\":\"");
	p = utility_put_local(p, g->zone, to_s);
	p = put_lit(p, "\",\"kwh\":");
	p = whole ? put_kwh(p, net) : put_lit(p, "null");
	p = put_lit(p, ",\"quality\":\"");
	p = put_str(p, str_of(how));
	p = put_lit(p, "\",\"datapoints\":[");
	if (whole)
		p = put_point(p, "net", net, &first);
	if (known(load, i))
		p = put_point(p, "forward", load->wh[i], &first);
	if (known(gen, i))
		p = put_point(p, "reverse", gen->wh[i], &first);
	return put_lit(p, "]}");
}

/* One channel, or both where their intervals are as long. */
static void
put_day(struct giving *g, const struct day *load, const struct day *gen)
{
	const struct day *d = load != NULL ? load : gen;
	struct buf *b = answer_to(&g->a);
	char *start = buf_room(b, (size_t)d->n * READING_MOST), *p = start;
	int64_t at = zone_day_start(g->zone, d->day);
	int64_t step = d->n == 1 ? zone_day_s(g->zone, d->day) : (int64_t)d->interval_s;

	if (start == NULL)
		return;
	for (unsigned i = 0; i < d->n; i++, at += step) {
		if ((g->ask.from_s != DB_STAMP_NONE && at < g->ask.from_s) ||
		    (g->ask.to_s != DB_STAMP_NONE && at + step > g->ask.to_s))
			continue;
		if (g->readings++ > 0)
			*p++ = ',';
		p = put_reading(p, g, load, gen, i, at, at + step);
	}
	buf_grew(b, (size_t)(p - start));
}

static bool
flush(struct giving *g, struct err *e)
{
	const struct day *a = &g->day, *b = &g->other;

	if (!g->has)
		return true;
	g->has = false;
	if (g->has_other && a->n == b->n) {
		put_day(g, a, b);
	} else {
		put_day(g, a->channel == CHANNEL_LOAD ? a : NULL,
		    a->channel == CHANNEL_LOAD ? NULL : a);
		if (g->has_other)
			put_day(g, NULL, b);
	}
	g->has_other = false;
	return answer_more(&g->a, e);
}

static bool
take_day(struct task *t, void *arg, const struct out_day *o, struct err *e)
{
	struct giving *g = arg;

	(void)t;
	if (o->d->channel > CHANNEL_GENERATION)
		return true;
	g->first_loaded = g->first_loaded == 0 || o->loaded_s < g->first_loaded
			      ? o->loaded_s
			      : g->first_loaded;
	g->last_loaded = o->loaded_s > g->last_loaded ? o->loaded_s : g->last_loaded;
	if (g->has && !g->has_other && g->day.day == o->d->day &&
	    o->d->channel == CHANNEL_GENERATION) {
		g->other = *o->d;
		g->has_other = true;
		return true;
	}
	if (!flush(g, e))
		return false;
	g->day = *o->d;
	g->has = true;
	return true;
}

/* ---- an object ---- */

static void
put_blocks(struct json *j)
{
	json_list(j, "blocks");
	json_text(j, NULL, STR("base"));
	json_text(j, NULL, STR("sources"));
	json_text(j, NULL, STR("readings"));
	json_end(j);
}

static bool
give_month(struct task *t, struct call *c, struct giving *g, const struct utility_meter *m,
    const char *tail, int32_t from, int32_t to, struct err *e)
{
	struct json *j = &g->json;
	struct reads r;
	bool none;

	if (!utility_open(t, c, m, "interval", from, to, &r, &none, e))
		return false;
	if (none)
		return true;
	g->readings = g->first_loaded = g->last_loaded = 0;
	utility_begin(j, m, tail, m->base);
	put_blocks(j);
	json_list(j, "readings");
	if (!reads_days(t, c, &r, take_day, g, e) || !flush(g, e))
		return false;
	json_end(j);
	utility_stamp(j, "created", g->first_loaded);
	utility_stamp(j, "updated", g->last_loaded);
	json_end(j);
	buf_byte(answer_to(&g->a), '\n');
	g->given++;
	snprintf(g->last, sizeof g->last, STR_FMT "%s", STR_ARG(m->uid), tail);
	return answer_more(&g->a, e);
}

static bool
give_meter(struct task *t, struct call *c, struct giving *g, const struct utility_meter *m,
    struct err *e)
{
	int32_t first = civil_month_start(m->first_day), last = civil_month_start(m->last_day);
	int32_t month = g->ask.latest ? last : first;
	int year, mon, dom;
	char tail[TAIL_SIZE];

	g->zone = utility_zone(m, e);
	if (g->zone == NULL)
		return false;
	for (; month >= first && month <= last;
	     month = civil_add_months(month, g->ask.latest ? -1 : 1)) {
		int32_t past = civil_add_months(month, 1);

		civil_ymd(month, &year, &mon, &dom);
		snprintf(tail, sizeof tail, "-%04u-%02u", (unsigned)year % 10000U,
		    (unsigned)mon % 100U);
		if (!utility_behind(&g->ask, m, tail))
			continue;
		if (g->given == g->ask.limit) {
			g->more = true;
			return true;
		}
		if (!give_month(t, c, g, m, tail, month > m->first_day ? month : m->first_day,
			past - 1 < m->last_day ? past - 1 : m->last_day, e))
			return false;
	}
	return true;
}

static bool
give(struct task *t, struct call *c, struct giving *g, struct err *e)
{
	struct utility_meter m;

	if (!utility_plan(t, c, "interval", OBJECTS_PRESET, OBJECTS_MOST, &g->ask, e))
		return false;
	answer_begin(&g->a, c, "application/json");
	g->json = json_to(answer_to(&g->a));
	json_open(&g->json, NULL);
	json_list(&g->json, "intervals");
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
utility_intervals(struct task *t, struct call *c, struct err *e)
{
	struct giving *g = calloc(1, sizeof *g);
	bool ok;

	if (g == NULL)
		return err(e, ERR_BUSY, "no memory for reads");
	g->a.fd = -1;
	ok = give(t, c, g, e);
	answer_auto(&g->a);
	utility_ask_auto(&g->ask);
	free(g);
	return ok;
}
