/* Usage points and all below them: single resources, feeds, batches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "espi.h"

/* clang-format off */
static const struct espi_target targets[] = {
	/* behind the base                       entries      kind           title           up  mr  id  whose */
	{ "/Batch/Subscription/{sub}",           WANT_ALL,    "Subscription", "Green Button usage", -1, -1, -1, OF_GRANT },
	{ "/Batch/Subscription/{sub}/UsagePoint/{up}", WANT_ALL, "UsagePoint", "Green Button usage", 1, -1, -1, OF_GRANT },
	{ "/Batch/Bulk/{bulk}",                  WANT_ALL,    "Bulk", "Green Button usage",  -1, -1, -1, OF_CLIENT },
	{ "/Batch/RetailCustomer/{rc}/UsagePoint", WANT_ALL, "UsagePoint", "Green Button usage", -1, -1, -1, OF_GRANT },
	{ "/UsagePoint",                         WANT_POINT,  "UsagePoint", "Usage points", -1, -1, -1, OF_ALL },
	{ "/UsagePoint/{id}",                    WANT_POINT,  "UsagePoint", "Usage points", -1, -1, 0, OF_ALL },
	{ "/MeterReading",                       WANT_METER,  "MeterReading", "Meter readings", -1, -1, -1, OF_ALL },
	{ "/MeterReading/{id}",                  WANT_METER,  "MeterReading", "Meter readings", -1, -1, 0, OF_ALL },
	{ "/IntervalBlock",                      WANT_BLOCK,  "IntervalBlock", "Interval blocks", -1, -1, -1, OF_ALL },
	{ "/IntervalBlock/{id}",                 WANT_BLOCK,  "IntervalBlock", "Interval blocks", -1, -1, 0, OF_ALL },
	{ "/Download/Usage",                     WANT_ALL,    "Download", "Green Button usage", -1, -1, -1, OF_CUSTOMER },
	{ "/LocalTimeParameters",                WANT_ZONE,   "LocalTimeParameters", "Local time", -1, -1, -1, OF_GRANT },
	{ "/LocalTimeParameters/{id}",           WANT_ZONE,   "LocalTimeParameters", "Local time", -1, -1, 0, OF_GRANT },
	{ "/ReadingType",                        WANT_TYPE,   "ReadingType", "Reading types", -1, -1, -1, OF_GRANT },
	{ "/ReadingType/{id}",                   WANT_TYPE,   "ReadingType", "Reading types", -1, -1, 0, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint",      WANT_POINT,  "UsagePoint", "Usage points", -1, -1, -1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}", WANT_POINT,  "UsagePoint", "Usage points", 1, -1, 1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/MeterReading", WANT_METER, "MeterReading", "Meter readings", 1, -1, -1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/MeterReading/{mr}", WANT_METER, "MeterReading", "Meter readings", 1, 2, 2, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/MeterReading/{mr}/IntervalBlock", WANT_BLOCK, "IntervalBlock", "Interval blocks", 1, 2, -1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/MeterReading/{mr}/IntervalBlock/{ib}", WANT_BLOCK, "IntervalBlock", "Interval blocks", 1, 2, 3, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/UsageSummary", WANT_BILL, "UsageSummary", "Usage summaries", 1, -1, -1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/UsageSummary/{id}", WANT_BILL, "UsageSummary", "Usage summaries", 1, -1, 2, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/ElectricPowerUsageSummary", WANT_BILL, "UsageSummary", "Usage summaries", 1, -1, -1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/ElectricPowerUsageSummary/{id}", WANT_BILL, "UsageSummary", "Usage summaries", 1, -1, 2, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/ElectricPowerQualitySummary", 0, "ElectricPowerQualitySummary", "Power quality", 1, -1, -1, OF_GRANT },
	{ "/Subscription/{sub}/UsagePoint/{up}/ElectricPowerQualitySummary/{id}", 0, "ElectricPowerQualitySummary", "Power quality", 1, -1, 2, OF_GRANT },
};
/* clang-format on */

const struct db_field point_fields[POINT_FIELDS] = {
	DB_INT4(point_row, premise),
	DB_STAMP(point_row, made_at),
	DB_TEXT(point_row, esiid),
	DB_TEXT(point_row, zone),
	DB_TEXT(point_row, subscription),
	DB_TEXT(point_row, series),
	DB_BOOL(point_row, reads),
	DB_BOOL(point_row, cost),
	DB_BOOL(point_row, summaries),
	DB_BOOL(point_row, amounts),
};

/* ---- what is asked ---- */

static const struct espi_target *
target_of(const struct call *c)
{
	struct str path = str_of(c->route->path);

	for (size_t i = 0; i < nitems(targets); i++)
		if (str_ends(path, targets[i].tail) &&
		    str_ends((struct str){ path.at, path.len - strlen(targets[i].tail) },
			"/resource"))
			return &targets[i];
	return NULL;
}

/* An id of the address as its text in small letters; ERR_NOT_FOUND: it is none. */
static bool
id_of(struct call *c, int param, struct err *e)
{
	struct uuid u;

	if (param < 0)
		return true;
	if (!uuid_read(str_of(c->param[param]), &u))
		return err(e, ERR_NOT_FOUND, "there is no such resource");
	uuid_write(c->param[param], u);
	return true;
}

static bool
ids_read(struct usage *u, struct err *e)
{
	const struct espi_target *g = u->target;
	bool sub =
	    str_has(str_of(g->tail), STR("{sub}")) || str_has(str_of(g->tail), STR("{rc}"));

	if ((sub || g->whose == OF_CLIENT) && !id_of(u->call, 0, e))
		return false;
	/* a custodian's token has no client of its own: the bulk says which */
	if (sub || (g->whose == OF_CLIENT && espi_is_custodian(u->call)))
		memcpy(u->subscription, u->call->param[0], UUID_SIZE);
	return id_of(u->call, g->up, e) && id_of(u->call, g->mr, e) && id_of(u->call, g->id, e);
}

static bool
points_read(struct usage *u, struct err *e)
{
	bool thorough =
	    (u->target->wants & (WANT_METER | WANT_TYPE)) != 0 && u->target->wants != WANT_ALL;

	if (u->target->whose == OF_CLIENT &&
	    db_exec(u->t, u->conn, SQL_ESPI_BULK,
		ARGS(P_SHOWN(u->call), P_TEXT(u->call->param[0])), NULL, e) != DB_FOUND)
		return false;
	u->points = db_rows(u->t, u->conn, SQL_ESPI_POINTS,
	    ARGS(P_SHOWN(u->call), P_TEXT(u->subscription), P_BOOL(thorough)), e);
	return u->points != NULL;
}

bool
usage_is(struct usage *u, const char *id)
{
	if (u->target->id < 0)
		return true;
	if (strcmp(u->call->param[u->target->id], id) != 0)
		return false;
	u->found = true;
	return true;
}

/* ---- one usage point ---- */

const struct espi_series *
usage_series(struct usage *u, unsigned channel, uint32_t interval_s, bool *fresh)
{
	struct espi_series s =
	    espi_series_of(channel, interval_s, u->row.cost ? espi_currency(STR("USD")) : 0);

	*fresh = false;
	for (size_t i = 0; i < u->n; i++)
		if (u->series[i].bit == s.bit)
			return &u->series[i];
	if (u->n == SERIES_MOST)
		return NULL;
	espi_series_named(&u->out, &u->point, &s);
	*fresh = true;
	u->series[u->n] = s;
	return &u->series[u->n++];
}

static bool
series_is(const struct usage *u, const struct espi_series *s)
{
	return u->target->mr < 0 || strcmp(u->call->param[u->target->mr], s->id) == 0;
}

bool
usage_put_series(struct usage *u, const struct espi_series *s, struct err *e)
{
	unsigned wants = u->target->wants;

	if (!series_is(u, s))
		return true;
	if ((wants & WANT_METER) != 0 &&
	    (wants == WANT_ALL || espi_asked(&u->ask, &u->stamps)) && usage_is(u, s->id))
		espi_put_meter_reading(&u->out, &u->point, s, &u->stamps);
	if ((wants & WANT_TYPE) != 0 && (u->types_said & s->bit) == 0 &&
	    (u->target->id < 0 || usage_is(u, s->type_id))) {
		espi_put_reading_type(&u->out, s);
		u->types_said |= s->bit;
	}
	return answer_more(&u->a, e);
}

/* "0/900 1/3600" */
static bool
put_all_series(struct usage *u, struct err *e)
{
	struct str list = u->row.series, one, channel, length;
	bool more = list.len > 0, fresh;

	while (more) {
		const struct espi_series *s;
		int64_t c, l;

		more = str_cut(list, ' ', &one, &list);
		if (!str_cut(one, '/', &channel, &length) || !str_int64(channel, &c) ||
		    !str_int64(length, &l))
			return err(e, ERR_BUG, "a series of readings is none");
		s = usage_series(u, (unsigned)c, (uint32_t)l, &fresh);
		if (s == NULL || !usage_put_series(u, s, e))
			return s != NULL || err(e, ERR_BUG, "too many series of readings");
	}
	return true;
}

static void
put_zone(struct usage *u)
{
	for (size_t i = 0; i < u->zones; i++)
		if (u->zones_said[i] == u->point.zone)
			return;
	if (u->zones < ZONES_MOST)
		u->zones_said[u->zones++] = u->point.zone;
	if (u->point.local && usage_is(u, u->point.zone_id))
		espi_put_local_time(&u->out, &u->point);
}

static bool
point_begin(struct usage *u, struct err *e)
{
	char zone[ZONE_NAME_SIZE];
	struct zone_clock clock;
	uint32_t start, end;

	u->n = 0;
	u->point = (struct espi_point){ .summaries = u->row.summaries };
	str_copy(u->point.esiid, sizeof u->point.esiid, u->row.esiid);
	str_copy(zone, sizeof zone, u->row.zone);
	u->point.zone = zone_get(zone, e);
	if (u->point.zone == NULL)
		return false;
	u->point.local = espi_local_time(u->point.zone, &start, &end, &clock);
	u->stamps = (struct espi_stamps){ u->row.made_at, u->row.made_at };
	u->out.under[0] = '\0';
	if (u->row.subscription.len > 0)
		snprintf(u->out.under, sizeof u->out.under, "/Subscription/" STR_FMT,
		    STR_ARG(u->row.subscription));
	espi_point_named(&u->out, &u->point);
	return true;
}

static bool
put_point(struct usage *u, struct err *e)
{
	unsigned wants = u->target->wants;
	bool all = wants == WANT_ALL;

	if (!point_begin(u, e))
		return false;
	if (u->target->up >= 0 && strcmp(u->call->param[u->target->up], u->point.id) != 0)
		return true;
	if (u->target->id < 0)
		u->found = true;
	if ((wants & WANT_POINT) != 0 && (all || espi_asked(&u->ask, &u->stamps)) &&
	    (u->target->id < 0 || usage_is(u, u->point.id)))
		espi_put_point(&u->out, &u->point, &u->stamps);
	if ((wants & WANT_ZONE) != 0)
		put_zone(u);
	task_deadline(u->t, 0);
	task_deadline(u->t, ESPI_STEP_MS);
	return task_yield(u->t, e) && put_all_series(u, e) &&
	       ((wants & WANT_BLOCK) == 0 || u->interval == 0 || !u->row.reads ||
		   usage_blocks(u, e)) &&
	       ((wants & WANT_BILL) == 0 || u->billing == 0 || !u->row.summaries ||
		   usage_bills(u, e)) &&
	       answer_more(&u->a, e);
}

/* ---- all of it ---- */

static void
next_link(struct usage *u)
{
	AUTO(buf) href = BUF(2048);
	char at[CIVIL_STAMP_SIZE];
	const struct form *q = &call_of(u->call)->query;

	if (u->out.seen < u->out.first + u->out.most)
		return;
	civil_stamp(at, u->at);
	buf_fmt(&href, "%s" STR_FMT "?start-index=%lld&max-results=%lld&as-of=%s", u->dc.root,
	    STR_ARG(espi_tail(u->call)), (long long)(u->out.first + u->out.put),
	    (long long)u->out.most, at);
	for (size_t i = 0; i < q->n; i++) {
		struct str name = q->at[i].name;

		if (!espi_ask_filters(name))
			continue;
		buf_byte(&href, '&');
		http_escape(&href, name);
		buf_byte(&href, '=');
		http_escape(&href, q->at[i].value);
	}
	if (buf_ok(&href))
		espi_link_text(&u->out, "next", "espi-feed/page", buf_view(&href));
}

static bool
write_entries(struct usage *u, struct err *e)
{
	bool alone = u->target->id >= 0;

	u->out = espi_to(answer_to(&u->a), u->dc.space, u->dc.root);
	u->out.first = u->ask.start;
	u->out.most = u->ask.most;
	u->out.alone = alone;
	if (!alone)
		espi_feed_begin(&u->out, &u->dc, espi_tail(u->call), u->call->http->query,
		    u->target->kind, u->target->title, u->at);
	while (u->out.seen < u->out.first + u->out.most && !(alone && u->found) &&
	       ROWS_NEXT(u->points, point_fields, &u->row))
		if (!put_point(u, e))
			return false;
	if (!u->found && (alone || u->target->up >= 0))
		return err(e, ERR_NOT_FOUND, "there is no such resource");
	if (!alone) {
		next_link(u);
		espi_feed_close(&u->out);
	}
	return answer_more(&u->a, e);
}

void
usage_free(struct usage **up)
{
	struct usage *u = *up;

	*up = NULL;
	if (u == NULL)
		return;
	answer_auto(&u->a);
	db_release(&u->conn);
	rows_free(&u->points);
	rows_free(&u->days);
	free(u);
}

struct usage *
usage_new(struct task *t, struct call *c, struct err *e)
{
	struct usage *u = calloc(1, sizeof *u);

	if (u == NULL) {
		err(e, ERR_BUSY, "no memory for a request");
		return NULL;
	}
	u->t = t;
	u->call = c;
	u->target = target_of(c);
	u->first = u->last = DAY_NONE;
	answer_begin(&u->a, c, ESPI_TYPE);
	if ((u->target == NULL && !err(e, ERR_BUG, "a route that is no target")) ||
	    !espi_ask_read(&call_of(c)->query, &u->ask, e) || !ids_read(u, e) ||
	    !custodian_read(t, c, &u->dc, e))
		usage_free(&u);
	else if (u->target->whose == OF_ALL && u->ask.most == ESPI_ENTRIES_ALL)
		u->ask.most = ESPI_PAGE;
	return u;
}

/* What was released is read on the standby, if there is one that knows it. */
static void
go_to_standby(struct usage *u)
{
	int64_t number = u->interval > u->billing ? u->interval : u->billing;
	struct conn *c =
	    number == 0 ? NULL : standby_lease(u->t, &call_api(u->call)->standby, number);

	if (c == NULL)
		return;
	db_release(&u->conn);
	u->conn = c;
}

bool
usage_write(struct usage *u, struct err *e)
{
	u->conn = call_lease(u->t, u->call, e);
	if (u->conn == NULL || !points_read(u, e) || !usage_release(u, e))
		return false;
	go_to_standby(u);
	if (!write_entries(u, e))
		return false;
	db_release(&u->conn);
	task_deadline(u->t, 0);
	return true;
}

bool
espi_usage(struct task *t, struct call *c, struct err *e)
{
	struct usage *u = usage_new(t, c, e);
	bool done = false, ok;

	if (u == NULL)
		return false;
	ok = (u->target->wants != WANT_ALL || u->target->whose == OF_CUSTOMER ||
		 espi_is_custodian(c) || usage_apart(u, &done, e)) &&
	     (done || usage_write(u, e));
	if (ok && u->target->whose == OF_CUSTOMER)
		espi_file_name(c->http, &u->dc, "Usage", u->first, u->last);
	ok = ok && (done || answer_send(t, &u->a, 200, e));
	usage_free(&u);
	return ok;
}
