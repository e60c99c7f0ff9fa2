/* What reads cost; see rates.h. */
#include "store/rates.h"

#include <string.h>

struct rate {
	char esiid[ESIID_SIZE], currency[PRICE_CURRENCY_SIZE];
	struct price price;
};

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
add(struct rates *p, const struct price_row *row)
{
	struct rate x = { .price = { .channel = (unsigned)row->channel,
			      .first = row->first_day,
			      .last = row->last_day,
			      .days = str_is(row->days, "ALL")	     ? PRICE_ALL
				      : str_is(row->days, "WEEKDAY") ? PRICE_WEEKDAY
								     : PRICE_WEEKEND,
			      .from_min = row->from_minute,
			      .to_min = row->to_minute,
			      .micro = row->price_micro } };

	str_copy(x.esiid, sizeof x.esiid, row->esiid);
	str_copy(x.currency, sizeof x.currency, row->currency);
	buf_add(&p->table, &x, sizeof x);
	p->n++;
}

bool
rates_read(struct task *t, const struct release_by *by, const struct reads *r, struct rates *to,
    struct err *e)
{
	AUTO_PTR(conn) db = release_lease(t, by, r->number, e);
	AUTO_PTR(rows) rows = NULL;
	struct price_row row;

	to->table = (struct buf)BUF(RATES_BYTES_MOST);
	if (db == NULL)
		return false;
	rows = db_rows(t, db, SQL_API_RELEASE_PRICES,
	    ARGS(P_BYTES(by->shown, SHOWN_BYTES), P_INT8(r->number)), e);
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, price_row, &row))
		add(to, &row);
	return buf_ok(&to->table) || err(e, ERR_TOO_BIG, "there are too many prices");
}

void
rates_auto(struct rates *p)
{
	buf_auto(&p->table);
}

/* Days come premise by premise. A second currency of a premise is not added up with the first:
 * it is left out. */
static void
of_premise(struct rates *p, const char *esiid)
{
	const struct rate *at = (const struct rate *)(const void *)p->table.at;

	if (strcmp(p->esiid, esiid) == 0)
		return;
	str_copy(p->esiid, sizeof p->esiid, str_of(esiid));
	p->prices.n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(at[i].esiid, esiid) == 0)
			(void)prices_add(&p->prices, &at[i].price, str_of(at[i].currency));
}

void
rates_of_day(struct rates *p, const struct out_day *o, struct costs *to)
{
	*to = (struct costs){ 0 };
	of_premise(p, o->esiid);
	if (p->prices.n == 0)
		return;
	for (unsigned i = 0; i < o->d->n; i++) {
		int64_t micro;

		if (!price_of(&p->prices, o->d, o->zone, i, &micro))
			continue;
		to->known[i] = true;
		to->nano[i] = o->d->wh[i] * micro;
		str_copy(to->currency, sizeof to->currency, str_of(p->prices.currency));
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
