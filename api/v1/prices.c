/* What reads cost; see prices.h. */
#include "prices.h"

#include <string.h>

struct price_row {
	struct str esiid, days, currency;
	int32_t channel, first_day, last_day, from_minute, to_minute;
	int64_t price_micro;
};
static const struct db_field price_row[] = {
	DB_TEXT(price_row, esiid),
	DB_TEXT(price_row, days),
	DB_TEXT(price_row, currency),
	DB_INT4(price_row, channel),
	DB_DATE(price_row, first_day),
	DB_DATE(price_row, last_day),
	DB_INT4(price_row, from_minute),
	DB_INT4(price_row, to_minute),
	DB_INT8(price_row, price_micro),
};

static void
add(struct prices *p, const struct price_row *row)
{
	struct price_band b = { .channel = row->channel,
		.first_day = row->first_day,
		.last_day = row->last_day,
		.from_minute = row->from_minute,
		.to_minute = row->to_minute,
		.price_micro = row->price_micro };

	str_copy(b.esiid, sizeof b.esiid, row->esiid);
	str_copy(b.days, sizeof b.days, row->days);
	str_copy(b.currency, sizeof b.currency, row->currency);
	buf_add(&p->table, &b, sizeof b);
	p->n++;
}

bool
prices_read(
    struct task *t, struct call *c, const struct reads *r, struct prices *to, struct err *e)
{
	AUTO_PTR(conn) db = call_lease(t, c, e);
	AUTO_PTR(rows) rows = NULL;
	struct price_row row;

	*to = (struct prices){ .table = BUF(PRICES_BYTES_MOST) };
	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_API_RELEASE_PRICES, ARGS(P_SHOWN(c), P_INT8(r->number)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, price_row, &row))
		add(to, &row);
	return buf_ok(&to->table) || err(e, ERR_TOO_BIG, "there are too many prices");
}

void
prices_auto(struct prices *p)
{
	buf_auto(&p->table);
}

static bool
of_day(const struct price_band *b, const struct out_day *o)
{
	bool weekend = !civil_is_weekday(o->d->day);

	return b->channel == o->d->channel && b->first_day <= o->d->day &&
	       (b->last_day == DAY_NONE || o->d->day <= b->last_day) &&
	       (b->days[0] == 'A' || (strcmp(b->days, "WEEKEND") == 0) == weekend) &&
	       strcmp(b->esiid, o->esiid) == 0;
}

static void
put_costs(const struct price_band *b, const struct out_day *o, struct costs *to)
{
	int64_t utc_s = zone_day_start(o->zone, o->d->day);

	for (unsigned i = 0; i < o->d->n; i++, utc_s += o->d->interval_s) {
		int64_t local_s = zone_local_s(o->zone, utc_s);
		int32_t minute = (int32_t)((local_s % 86400 + 86400) % 86400 / 60);

		if (to->known[i] || minute < b->from_minute || minute >= b->to_minute)
			continue;
		to->known[i] = true;
		to->nano[i] = o->d->wh[i] * b->price_micro;
	}
}

/* A second currency within a day is not added up with the first: its slots have no price. */
void
prices_of_day(const struct prices *p, const struct out_day *o, struct costs *to)
{
	const struct price_band *bands = (const struct price_band *)(const void *)p->table.at;

	*to = (struct costs){ 0 };
	for (size_t i = 0; i < p->n; i++) {
		if (!of_day(&bands[i], o))
			continue;
		if (to->currency[0] == '\0')
			str_copy(to->currency, sizeof to->currency, str_of(bands[i].currency));
		if (strcmp(to->currency, bands[i].currency) == 0)
			put_costs(&bands[i], o, to);
	}
}

void
costs_coarse(struct costs *to, const struct costs *from, unsigned n, unsigned n_coarse)
{
	unsigned of_one = n / n_coarse;

	*to = (struct costs){ 0 };
	str_copy(to->currency, sizeof to->currency, str_of(from->currency));
	for (unsigned i = 0; i < n_coarse; i++) {
		to->known[i] = true;
		for (unsigned k = i * of_one; k < (i + 1) * of_one; k++) {
			to->known[i] = to->known[i] && from->known[k];
			to->nano[i] += from->nano[k];
		}
	}
}
