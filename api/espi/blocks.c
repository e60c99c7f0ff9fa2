/* Interval blocks and summaries of a usage point, from releases. */
#include <stdlib.h>
#include <string.h>

#include "espi.h"
#include "rt/loop.h"

/* ---- the first half of a release: committed before anything is read ---- */

/* The days of all zones that what is asked may lie in. */
static void
widest(const struct espi_ask *a, int32_t *first, int32_t *last)
{
	*first = a->published_min == DB_STAMP_NONE ? civil_day(1970, 1, 1)
						   : (int32_t)(a->published_min / 86400) - 1;
	*last = a->published_max == DB_STAMP_NONE ? civil_day(9000, 1, 1)
						  : (int32_t)(a->published_max / 86400) + 1;
	if (a->from != DAY_NONE && a->from > *first)
		*first = a->from;
	if (a->to != DAY_NONE && a->to < *last)
		*last = a->to;
	if (*last < *first)
		*last = *first;
}

static bool
open_one(struct usage *u, const char *kind, int64_t *number, struct err *e)
{
	struct opened {
		int64_t number, at;
	} row;
	static const struct db_field fields[] = { DB_INT8(opened, number),
		DB_STAMP(opened, at) };
	char as_of[CIVIL_STAMP_SIZE] = "";
	struct param at = P_NULL();
	int32_t first, last;

	widest(&u->ask, &first, &last);
	if (u->at != DB_STAMP_NONE) {
		civil_stamp(as_of, u->at);
		at = (struct param)P_TEXT(as_of);
	}
	if (db_one(u->t, u->conn, SQL_ESPI_OPEN,
		ARGS(P_SHOWN(u->call), P_TEXT(u->subscription), (struct param)P_NULL(),
		    P_TEXT(kind), P_DATE(first), P_DATE(last), at, P_STR(espi_tail(u->call))),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	*number = row.number;
	u->at = row.at;
	return true;
}

bool
usage_release(struct usage *u, struct err *e)
{
	unsigned wants = u->target->wants;

	u->at = u->ask.as_of;
	if (((wants & WANT_BLOCK) != 0 && !open_one(u, "interval", &u->interval, e)) ||
	    ((wants & WANT_BILL) != 0 && !open_one(u, "billing", &u->billing, e)))
		return false;
	if (u->at == DB_STAMP_NONE)
		u->at = time_now_s();
	return true;
}

/* ---- days ---- */

struct day_row {
	int32_t premise, channel, day;
	int64_t published_at, updated_at;
	struct str data;
};

static const struct db_field day_fields[] = {
	DB_INT4(day_row, premise),
	DB_INT4(day_row, channel),
	DB_DATE(day_row, day),
	DB_STAMP(day_row, published_at),
	DB_STAMP(day_row, updated_at),
	DB_BYTES(day_row, data),
};

static bool
prices_read(struct usage *u, struct err *e)
{
	struct price_row {
		int32_t channel, first_day, last_day, from_minute, to_minute;
		int64_t price_micro;
		struct str days, currency;
	} row;
	static const struct db_field fields[] = {
		DB_INT4(price_row, channel),
		DB_DATE(price_row, first_day),
		DB_DATE(price_row, last_day),
		DB_INT4(price_row, from_minute),
		DB_INT4(price_row, to_minute),
		DB_INT8(price_row, price_micro),
		DB_TEXT(price_row, days),
		DB_TEXT(price_row, currency),
	};
	AUTO_PTR(rows)
	rows = db_rows(u->t, u->conn, SQL_ESPI_PRICES,
	    ARGS(P_INT8(u->interval), P_INT4(u->row.premise)), e);

	u->prices.n = 0;
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, fields, &row)) {
		struct price p = { .channel = (unsigned)row.channel,
			.first = row.first_day,
			.last = row.last_day,
			.days = str_is(row.days, "ALL")	      ? PRICE_ALL
				: str_is(row.days, "WEEKDAY") ? PRICE_WEEKDAY
							      : PRICE_WEEKEND,
			.from_min = row.from_minute,
			.to_min = row.to_minute,
			.micro = row.price_micro };

		/* ReadingType says which currency; others have no cost here */
		if (str_is(row.currency, "USD") && !prices_add(&u->prices, &p, row.currency))
			return err(e, ERR_BUG, "too many prices of a usage point");
	}
	return true;
}

static bool
block_wanted(struct usage *u, const struct espi_series *s, int32_t day)
{
	char id[UUID_SIZE];

	if (u->target->mr >= 0 && strcmp(u->call->param[u->target->mr], s->id) != 0)
		return false;
	if (u->target->id < 0)
		return true;
	espi_block_named(&u->out, id, &u->point, s, day);
	return usage_is(u, id);
}

static bool
put_day(struct usage *u, const struct day_row *row, struct err *e)
{
	struct espi_stamps at = { row->published_at, row->updated_at };
	const struct espi_series *s;
	uint32_t shape;
	bool fresh;

	if (!day_unpack(row->data, &u->day, &shape, e))
		return false;
	u->day.day = row->day;
	u->day.channel = (uint8_t)row->channel;
	s = usage_series(u, u->day.channel, u->day.interval_s, &fresh);
	if (s == NULL)
		return err(e, ERR_BUG, "too many series of readings");
	if (fresh && !usage_put_series(u, s, e))
		return false;
	if (u->first == DAY_NONE || row->day < u->first)
		u->first = row->day;
	if (row->day > u->last)
		u->last = row->day;
	if (block_wanted(u, s, row->day))
		espi_put_block(
		    &u->out, &u->point, s, &u->day, u->row.cost ? &u->prices : NULL, &at);
	return answer_more(&u->a, e);
}

/* The point under way and those of its zone behind it, as usage.c will come to them. */
static size_t
points_ahead(struct usage *u)
{
	size_t here = rows_at(u->points), n = 0;
	struct point_row next;

	u->ahead[n++] = u->row.premise;
	while (u->target->up < 0 && n < POINTS_AHEAD &&
	       ROWS_NEXT(u->points, point_fields, &next) && str_eq(next.zone, u->row.zone))
		if (next.reads)
			u->ahead[n++] = next.premise;
	rows_go(u->points, here);
	return n;
}

/* Days of as many of them as are had at once: the last row says of which one they go. */
static bool
fetch_days(struct usage *u, struct err *e)
{
	struct day_row last_row = { 0 };
	int32_t first, last;
	size_t n = points_ahead(u), at = 0;

	espi_ask_days(&u->ask, u->point.zone, &first, &last);
	rows_free(&u->days);
	u->days = db_rows(u->t, u->conn, SQL_ESPI_DAYS,
	    ARGS(P_INT8(u->interval), P_INT4S(u->ahead, n), P_DATE(first), P_DATE(last),
		P_STAMP(u->ask.updated_min), P_STAMP(u->ask.updated_max), P_INT4(DAYS_AHEAD)),
	    e);
	if (u->days == NULL)
		return false;
	rows_go(u->days, rows_count(u->days) - 1);
	ROWS_NEXT(u->days, day_fields, &last_row);
	rows_go(u->days, 0);
	while (at < n && u->ahead[at] != last_row.premise)
		at++;
	u->points_ahead = at + 1;
	return at < n || err(e, ERR_BUG, "days of usage points that were not asked for");
}

static bool
write_days(struct usage *u, struct err *e)
{
	struct day_row row;
	unsigned n = 0;

	if (u->points_ahead == 0 && !fetch_days(u, e))
		return false;
	u->points_ahead--;
	while (ROWS_NEXT(u->days, day_fields, &row) && row.premise == u->row.premise &&
	       row.day != DAY_NONE) {
		if (!put_day(u, &row, e))
			return false;
		if (++n % DAYS_TURN == 0 && !task_yield(u->t, e))
			return false;
	}
	rows_go(u->days, rows_at(u->days) - 1); /* which is another's, or the last */
	return true;
}

bool
usage_blocks(struct usage *u, struct err *e)
{
	return (!u->row.cost || prices_read(u, e)) && write_days(u, e);
}

/* ---- bills ---- */

struct bill_row {
	int32_t first_day, last_day;
	int64_t published_at, updated_at, wh, demand_w, amount;
	struct str currency, items, status;
};

static const struct db_field bill_fields[] = {
	DB_DATE(bill_row, first_day),
	DB_DATE(bill_row, last_day),
	DB_STAMP(bill_row, published_at),
	DB_STAMP(bill_row, updated_at),
	DB_INT8(bill_row, wh),
	DB_INT8(bill_row, demand_w),
	DB_INT8(bill_row, amount),
	DB_TEXT(bill_row, currency),
	DB_TEXT(bill_row, items),
	DB_TEXT(bill_row, status),
};

bool
usage_bills(struct usage *u, struct err *e)
{
	struct bill_row row;
	int32_t first = u->ask.from != DAY_NONE ? u->ask.from : civil_day(1970, 1, 1);
	int32_t last = u->ask.to != DAY_NONE ? u->ask.to : civil_day(9000, 1, 1);
	AUTO_PTR(rows)
	rows = db_rows(u->t, u->conn, SQL_ESPI_BILLS,
	    ARGS(P_INT8(u->billing), P_INT4(u->row.premise), P_DATE(first), P_DATE(last),
		P_STAMP(u->ask.updated_min), P_STAMP(u->ask.updated_max)),
	    e);

	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, bill_fields, &row)) {
		struct espi_stamps at = { row.published_at, row.updated_at };
		struct espi_bill x = { .first = row.first_day,
			.last = row.last_day,
			.wh = row.wh,
			.demand_w = row.demand_w,
			.cost = u->row.amounts && row.currency.at != NULL,
			.amount = row.amount,
			.currency = espi_currency(row.currency),
			.items = row.items,
			.estimated = str_is(row.status, "E") };
		char id[UUID_SIZE];

		espi_bill_named(&u->out, id, &u->point, &x);
		if (espi_asked(&u->ask, &at) && (u->target->id < 0 || usage_is(u, id)))
			espi_put_bill(&u->out, &u->point, &x, &at);
		if (!answer_more(&u->a, e))
			return false;
	}
	return true;
}
