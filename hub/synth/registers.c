/* Midnight register reads, monthly bills and the rates they are reckoned by. */
#include "synth/csv_out.h"

#include <stdio.h>

#include "base/kwh.h"
#include "synth/draw.h"

enum { BILL_MONTHS = 12, BASE_CHARGE_CENTS = 439, RATE_YEAR = 2024, RISE_PER_1000 = 25 };

static const char *const channel_words[] = {
	[CHANNEL_LOAD] = "LOAD", [CHANNEL_GENERATION] = "GENERATION"
};

void
write_register(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	int32_t k = spell_of(&p->meter, day);
	char date[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE];

	(void)r;
	civil_date(date, day);
	csv_stamp(created, p, day + 1);
	for (unsigned c = 0; c < nitems(channel_words); c++) {
		char start[KWH_SIZE], end[KWH_SIZE], used[KWH_SIZE];
		uint64_t wh;

		if (!premise_has(p, (enum channel)c))
			continue;
		wh = premise_before_wh(p, (enum channel)c, day + 1) -
		     premise_before_wh(p, (enum channel)c, day);
		kwh_write(start, premise_register_wh(p, (enum channel)c, k, day));
		kwh_write(end, premise_register_wh(p, (enum channel)c, k, day + 1));
		kwh_write(used, (int64_t)wh);
		sheet_fmt(s, "%s,%s,%s,%s,%s,%s,A,%s\n", p->esiid, channel_words[c], date,
		    start, end, used, created);
	}
}

/* ---- rates ---- */

enum rate_number { RATE_HOME, RATE_HOME_TIMED, RATE_SHOP, RATE_PLANT, RATES };

static const struct {
	const char *name;
	int64_t mean; /* over a usual bill, 10^-6 dollars a kWh in RATE_YEAR */
} rates[RATES] = {
	[RATE_HOME] = { "RES", 128500 },
	[RATE_HOME_TIMED] = { "RES-TOU", 131000 },
	[RATE_SHOP] = { "SEC", 109200 },
	[RATE_PLANT] = { "PRI", 74000 },
};

static const struct {
	enum rate_number rate;
	const char *channel, *days, *from, *to;
	int64_t price;
} bands[] = {
	{ RATE_HOME, "LOAD", "ALL", "00:00", "24:00", 128500 },
	{ RATE_HOME, "GENERATION", "ALL", "00:00", "24:00", 45000 },
	{ RATE_HOME_TIMED, "LOAD", "WEEKDAY", "00:00", "14:00", 92000 },
	{ RATE_HOME_TIMED, "LOAD", "WEEKDAY", "14:00", "20:00", 235000 },
	{ RATE_HOME_TIMED, "LOAD", "WEEKDAY", "20:00", "24:00", 92000 },
	{ RATE_HOME_TIMED, "LOAD", "WEEKEND", "00:00", "24:00", 92000 },
	{ RATE_HOME_TIMED, "GENERATION", "ALL", "00:00", "24:00", 45000 },
	{ RATE_SHOP, "LOAD", "ALL", "00:00", "24:00", 109200 },
	{ RATE_PLANT, "LOAD", "WEEKDAY", "00:00", "06:00", 61000 },
	{ RATE_PLANT, "LOAD", "WEEKDAY", "06:00", "22:00", 82000 },
	{ RATE_PLANT, "LOAD", "WEEKDAY", "22:00", "24:00", 61000 },
	{ RATE_PLANT, "LOAD", "WEEKEND", "00:00", "24:00", 61000 },
};

static enum rate_number
rate_number(const struct premise *p)
{
	if (p->class == CLASS_LARGE)
		return RATE_PLANT;
	if (p->class >= CLASS_SHOP)
		return RATE_SHOP;
	return !p->fixed && draw_below(p->key, FOR_DEMAND, 0, 4) == 0 ? RATE_HOME_TIMED
								      : RATE_HOME;
}

/* Prices rise at New Year; to a hundredth of a cent. */
static int64_t
price_in(int64_t price, int year)
{
	return price * (1000 + RISE_PER_1000 * (year - RATE_YEAR)) / 1000 / 100 * 100;
}

const char *
rate_of(const struct premise *p)
{
	return rates[rate_number(p)].name;
}

int64_t
rate_mean_price(const struct premise *p, int32_t day)
{
	int y, m, d;

	civil_ymd(day, &y, &m, &d);
	return price_in(rates[rate_number(p)].mean, y);
}

void
write_rates(struct sheet *s, unsigned tdu, const struct period *r)
{
	int first, last, m, d;
	char since[CIVIL_DATE_SIZE], until[CIVIL_DATE_SIZE], price[KWH_SIZE];

	(void)tdu;
	civil_ymd(r->since, &first, &m, &d);
	civil_ymd(r->last, &last, &m, &d);
	for (int year = first; year <= last; year++)
		for (size_t i = 0; i < nitems(bands); i++) {
			int32_t from = civil_day(year, 1, 1);

			civil_date(since, from > r->since ? from : r->since);
			civil_date(until, civil_day(year, 12, 31));
			decimal_write(price, price_in(bands[i].price, year), 6);
			sheet_fmt(s, "%s,%s,%s,%s,%s,%s,%s,USD,%s,\n",
			    rates[bands[i].rate].name, since, year < last ? until : "",
			    bands[i].days, bands[i].from, bands[i].to, price, bands[i].channel);
		}
}

/* ---- bills ---- */

struct bill {
	const struct premise *p;
	enum channel channel;
	int32_t start, end; /* both billed */
};

/* Highest quarter-hour, reckoned from the mean: for firms only. */
static void
write_demand(const struct bill *b, uint64_t wh, char kw[KWH_SIZE])
{
	uint64_t mean_w = wh / (24 * (uint64_t)(b->end - b->start + 1));

	kw[0] = '\0';
	if (b->p->class < CLASS_SHOP)
		return;
	decimal_write(kw,
	    (int64_t)(mean_w * (180 + draw_below(b->p->key, FOR_DEMAND, (uint64_t)b->end, 60)) /
		      100),
	    3);
}

static void
write_bill(struct sheet *s, const struct bill *b)
{
	uint64_t wh = premise_before_wh(b->p, b->channel, b->end + 1) -
		      premise_before_wh(b->p, b->channel, b->start);
	bool given = b->channel == CHANNEL_GENERATION;
	int64_t micro = given ? -45000 : rate_mean_price(b->p, b->end);
	int64_t energy_cents = (int64_t)wh * (micro / 100) / 100000;
	int64_t base_cents = given ? 0 : BASE_CHARGE_CENTS;
	char start[CIVIL_DATE_SIZE], end[CIVIL_DATE_SIZE], created[CIVIL_STAMP_SIZE];
	char kwh[KWH_SIZE], kw[KWH_SIZE] = "", amount[KWH_SIZE], energy[KWH_SIZE],
			    base[KWH_SIZE];

	civil_date(start, b->start);
	civil_date(end, b->end);
	csv_stamp(created, b->p, b->end + 1);
	kwh_write(kwh, (int64_t)wh);
	if (!given)
		write_demand(b, wh, kw);
	decimal_write(amount, energy_cents + base_cents, 2);
	decimal_write(energy, energy_cents, 2);
	decimal_write(base, base_cents, 2);
	sheet_fmt(s, "%s,%s,%s,%s,%s,%s,%s,%s,USD,energy=%s;base=%s,A,%s\n", b->p->esiid,
	    channel_words[b->channel], start, end, kwh, kw, kw, amount, energy, base, created);
}

/* Periods that end in the run or in the twelve months before it; each premise has its own day.
 */
void
write_billing(struct sheet *s, const struct premise *p, const struct period *r, int32_t day)
{
	int32_t cycle = (int32_t)draw_below(p->key, FOR_STAMP, 0, 28);
	int32_t oldest = civil_add_months(r->from, -BILL_MONTHS);
	int32_t month = civil_month_start(oldest);

	(void)day;
	for (; month + cycle - 1 <= r->last; month = civil_add_months(month, 1))
		for (unsigned c = 0; c < nitems(channel_words); c++) {
			struct bill b = { p, (enum channel)c,
				civil_add_months(month, -1) + cycle, month + cycle - 1 };

			if (b.end >= oldest && premise_has(p, b.channel))
				write_bill(s, &b);
		}
}
