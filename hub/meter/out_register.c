/* Register reads and bills. Their headers are ours: no public sample of SMT's is known; names
 * are those that its clients look for (READ_DATE, START_…, END_…, …_KWH). */
#include <stdio.h>

#include "base/csv.h"
#include "base/json.h"
#include "meter/out_put.h"
#include "meter/out_rows.h"

enum { NUMBER_SIZE = 32 };

/* n thousandths, or nothing where it is not known. */
static void
csv_milli(struct buf *b, int64_t n)
{
	char to[WH_DIGITS_MOST + 8];

	buf_byte(b, ',');
	if (n != OUT_NONE)
		buf_add(b, to, (size_t)(put_kwh(to, n) - to));
}

static void
csv_us_date(struct buf *b, int32_t day)
{
	char to[16];

	buf_add(b, to, (size_t)(put_us_date(to, day) - to));
}

/* MM/DD/YYYY HH:MM:SS of the zone */
static void
csv_us_stamp(struct buf *b, const struct zone *z, int64_t utc_s)
{
	char to[32], *p;
	unsigned left_s;
	int32_t day = split_days(zone_local_s(z, utc_s), &left_s);

	p = put_us_date(to, day);
	*p++ = ' ';
	p = put_clock_s(p, left_s);
	buf_add(b, to, (size_t)(p - to));
}

static const char *
channel_smt(int32_t channel)
{
	return channel == CHANNEL_GENERATION ? "Surplus Generation" : "Consumption";
}

static const char *
channel_json(int32_t channel)
{
	return channel == CHANNEL_GENERATION ? "generation" : "consumption";
}

static void
json_milli(struct json *j, const char *name, int64_t n)
{
	if (n == OUT_NONE)
		json_null(j, name);
	else
		json_decimal(j, name, n, 3);
}

/* ---- register reads ---- */

void
out_register_csv_begin(struct buf *b)
{
	buf_c(b, "ESIID,READ_DATE,REVISION_DATE,START_READING,END_READING,USAGE_KWH,"
		 "ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION\r\n");
}

void
out_register_csv(struct buf *b, const struct out_register *r)
{
	buf_fmt(b, "'%s,", r->esiid);
	csv_us_date(b, r->day);
	buf_byte(b, ',');
	csv_us_stamp(b, r->zone, r->created_s);
	csv_milli(b, r->start_wh);
	csv_milli(b, r->end_wh);
	csv_milli(b, r->wh);
	buf_fmt(b, "," STR_FMT ",%s\r\n", STR_ARG(r->status), channel_smt(r->channel));
}

void
out_register_jsonl(struct buf *b, const struct out_register *r)
{
	struct json j = json_to(b);

	json_open(&j, NULL);
	json_text(&j, "esiid", str_of(r->esiid));
	json_text(&j, "tdu", str_of(r->tdu));
	json_text(&j, "channel", str_of(channel_json(r->channel)));
	json_date(&j, "date", r->day);
	json_text(&j, "zone", str_of(zone_name(r->zone)));
	json_stamp(&j, "created", r->created_s);
	json_int(&j, "load", r->load);
	json_milli(&j, "start_kwh", r->start_wh);
	json_milli(&j, "end_kwh", r->end_wh);
	json_milli(&j, "kwh", r->wh);
	json_text(&j, "status", r->status);
	json_end(&j);
	buf_byte(b, '\n');
}

/* ---- bills ---- */

void
out_billing_csv_begin(struct buf *b)
{
	buf_c(b, "ESIID,START_DATE,END_DATE,REVISION_DATE,ACTUAL_KWH,METERED_KW,BILLED_KW,"
		 "METERED_KVA,BILLED_KVA,AMOUNT,CURRENCY,ITEMS,ESTIMATED_ACTUAL,"
		 "CONSUMPTION_SURPLUSGENERATION\r\n");
}

static const char *
amount_text(char to[NUMBER_SIZE], int64_t n)
{
	uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;

	if (n == OUT_NONE)
		return "";
	(void)snprintf(to, NUMBER_SIZE, "%s%llu.%04u", n < 0 ? "-" : "",
	    (unsigned long long)(size / 10000), (unsigned)(size % 10000));
	return to;
}

void
out_billing_csv(struct buf *b, const struct out_billing *r)
{
	char amount[NUMBER_SIZE];

	buf_fmt(b, "'%s,", r->esiid);
	csv_us_date(b, r->start_date);
	buf_byte(b, ',');
	csv_us_date(b, r->end_date);
	buf_byte(b, ',');
	csv_us_stamp(b, r->zone, r->created_s);
	csv_milli(b, r->wh);
	csv_milli(b, r->metered_w);
	csv_milli(b, r->billed_w);
	csv_milli(b, r->metered_va);
	csv_milli(b, r->billed_va);
	buf_fmt(b, ",%s,", amount_text(amount, r->amount));
	csv_put(b, r->currency);
	buf_byte(b, ',');
	csv_put(b, r->items);
	buf_fmt(b, "," STR_FMT ",%s\r\n", STR_ARG(r->status), channel_smt(r->channel));
}

void
out_billing_jsonl(struct buf *b, const struct out_billing *r)
{
	struct json j = json_to(b);

	json_open(&j, NULL);
	json_text(&j, "esiid", str_of(r->esiid));
	json_text(&j, "tdu", str_of(r->tdu));
	json_text(&j, "channel", str_of(channel_json(r->channel)));
	json_date(&j, "start_date", r->start_date);
	json_date(&j, "end_date", r->end_date);
	json_stamp(&j, "created", r->created_s);
	json_int(&j, "load", r->load);
	json_milli(&j, "kwh", r->wh);
	json_milli(&j, "metered_kw", r->metered_w);
	json_milli(&j, "billed_kw", r->billed_w);
	json_milli(&j, "metered_kva", r->metered_va);
	json_milli(&j, "billed_kva", r->billed_va);
	if (r->amount == OUT_NONE)
		json_null(&j, "amount");
	else
		json_decimal(&j, "amount", r->amount, 4);
	json_text(&j, "currency", r->currency);
	json_text(&j, "items", r->items);
	json_text(&j, "status", r->status);
	json_end(&j);
	buf_byte(b, '\n');
}
