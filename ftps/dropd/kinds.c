/* What the kinds of reads look like as rows of the database and as text. */
#include <string.h>

#include "build.h"
#include "meter/pack.h"

enum { ZONE_TEXT = 64, PARTY_TEXT = 64, DAY_S = 86400 };

static const struct form forms[] = {
	/* format          suffix    intervals  JSON   a line is a record */
	{ "SMT_CSV", ".CSV", "csv", false, true },
	{ "CSV", ".csv", "csv-ext", false, true },
	{ "LSE", ".lse", "lse", false, true },
	{ "GREEN_BUTTON", ".xml", "espi", false, false },
	{ "JSONL", ".jsonl", "json", true, true },
};

const struct form *
form_of(struct str format, struct err *e)
{
	for (size_t i = 0; i < nitems(forms); i++)
		if (str_is(format, forms[i].format))
			return &forms[i];
	err(e, ERR_BUG, "there is no format " STR_FMT, STR_ARG(format));
	return NULL;
}

/* ---- intervals, by whole days ---- */

struct day_row {
	int32_t channel, day, load, line;
	int64_t created, loaded_at, was_created;
	struct str data, was_data, esiid, tdu, zone;
};

static const struct db_field day_fields[] = { DB_INT4(day_row, channel), DB_DATE(day_row, day),
	DB_INT4(day_row, load), DB_INT4(day_row, line), DB_STAMP(day_row, created),
	DB_STAMP(day_row, loaded_at), DB_BYTES(day_row, data), DB_TEXT(day_row, esiid),
	DB_TEXT(day_row, tdu), DB_TEXT(day_row, zone) };

static const struct db_field change_fields[] = { DB_INT4(day_row, channel),
	DB_DATE(day_row, day), DB_INT4(day_row, load), DB_INT4(day_row, line),
	DB_STAMP(day_row, created), DB_STAMP(day_row, loaded_at), DB_BYTES(day_row, data),
	DB_BYTES(day_row, was_data), DB_STAMP(day_row, was_created), DB_TEXT(day_row, esiid),
	DB_TEXT(day_row, tdu), DB_TEXT(day_row, zone) };

static const struct zone *
zone_named(struct str name, struct err *e)
{
	char text[ZONE_TEXT];

	str_copy(text, sizeof text, name);
	return zone_get(text, e);
}

/* The stored day of a row, in f->day; tdu: room for the utility's code. */
static bool
day_open(struct file *f, const struct day_row *row, struct out_day *o, char tdu[PARTY_TEXT],
    struct err *e)
{
	struct day *d = &f->day;
	uint32_t shape;

	*o = (struct out_day){ .d = d, .loaded_s = row->loaded_at, .load = row->load };
	str_copy(o->esiid, sizeof o->esiid, row->esiid);
	str_copy(tdu, PARTY_TEXT, row->tdu);
	o->tdu = tdu;
	o->zone = zone_named(row->zone, e);
	if (o->zone == NULL || !day_unpack(row->data, d, &shape, e))
		return false;
	if (!esiid_read(row->esiid, &d->esiid))
		return err(e, ERR_BUG, "the database gave an ESI ID that is none");
	d->day = row->day;
	d->channel = (uint8_t)row->channel;
	d->created_s = row->created;
	d->line = (uint64_t)row->line;
	d->shape = shapes_text(&f->b->shapes, (int32_t)shape);
	return true;
}

static void
span_of_day(struct file *f, const struct out_day *o)
{
	int64_t start_s = zone_day_start(o->zone, o->d->day);

	file_span(f, start_s, start_s + (int64_t)o->d->n * o->d->interval_s);
	f->made->days++;
}

static void
days_begin(struct file *f)
{
	f->format->begin(&f->out);
}

static void
days_end(struct file *f)
{
	f->format->end(&f->out);
}

static enum io_got
days_row(struct file *f, struct rows *rows, struct err *e)
{
	char tdu[PARTY_TEXT];
	struct day_row row;
	struct out_day o;

	if (!ROWS_NEXT(rows, day_fields, &row))
		return IO_END;
	if (!day_open(f, &row, &o, tdu, e))
		return IO_FAIL;
	f->format->day(&f->out, &o);
	f->counted += o.d->n;
	span_of_day(f, &o);
	return IO_OK;
}

/* ---- single values that changed ---- */

static void
no_end(struct file *f)
{
	(void)f;
}

static void
changes_begin(struct file *f)
{
	if (!f->form->json)
		out_change_csv_begin(&f->buf);
}

static enum io_got
changes_row(struct file *f, struct rows *rows, struct err *e)
{
	char tdu[PARTY_TEXT];
	const struct day *was = NULL;
	struct day_row row;
	struct out_day o;
	uint32_t shape;
	unsigned changed;

	if (!ROWS_NEXT(rows, change_fields, &row))
		return IO_END;
	if (!day_open(f, &row, &o, tdu, e))
		return IO_FAIL;
	if (row.was_data.at != NULL) {
		if (!day_unpack(row.was_data, &f->was, &shape, e))
			return IO_FAIL;
		was = &f->was;
	}
	changed = f->form->json ? out_change_jsonl(&f->buf, &o, was)
				: out_change_csv(&f->buf, &o, was);
	if (changed > 0)
		span_of_day(f, &o);
	return IO_OK;
}

/* ---- register reads ---- */

struct register_row {
	int32_t channel, day, load;
	int64_t created, start_wh, end_wh, wh;
	struct str status, esiid, tdu, zone;
};

static const struct db_field register_fields[] = { DB_INT4(register_row, channel),
	DB_DATE(register_row, day), DB_INT4(register_row, load),
	DB_STAMP(register_row, created), DB_INT8(register_row, start_wh),
	DB_INT8(register_row, end_wh), DB_INT8(register_row, wh), DB_TEXT(register_row, status),
	DB_TEXT(register_row, esiid), DB_TEXT(register_row, tdu), DB_TEXT(register_row, zone) };

static void
registers_begin(struct file *f)
{
	if (!f->form->json)
		out_register_csv_begin(&f->buf);
}

static enum io_got
registers_row(struct file *f, struct rows *rows, struct err *e)
{
	char tdu[PARTY_TEXT];
	struct register_row row;
	struct out_register r;

	if (!ROWS_NEXT(rows, register_fields, &row))
		return IO_END;
	r = (struct out_register){ .zone = zone_named(row.zone, e),
		.tdu = tdu,
		.day = row.day,
		.load = row.load,
		.channel = row.channel,
		.created_s = row.created,
		.start_wh = row.start_wh,
		.end_wh = row.end_wh,
		.wh = row.wh,
		.status = row.status };
	if (r.zone == NULL)
		return IO_FAIL;
	str_copy(r.esiid, sizeof r.esiid, row.esiid);
	str_copy(tdu, sizeof tdu, row.tdu);
	if (f->form->json)
		out_register_jsonl(&f->buf, &r);
	else
		out_register_csv(&f->buf, &r);
	file_span(f, zone_day_start(r.zone, r.day), zone_day_start(r.zone, r.day + 1));
	return IO_OK;
}

/* ---- bills ---- */

struct billing_row {
	int32_t channel, start_date, end_date, load;
	int64_t created, wh, metered_w, billed_w, metered_va, billed_va, amount;
	struct str currency, items, status, esiid, tdu, zone;
};

static const struct db_field billing_fields[] = { DB_INT4(billing_row, channel),
	DB_DATE(billing_row, start_date), DB_DATE(billing_row, end_date),
	DB_INT4(billing_row, load), DB_STAMP(billing_row, created), DB_INT8(billing_row, wh),
	DB_INT8(billing_row, metered_w), DB_INT8(billing_row, billed_w),
	DB_INT8(billing_row, metered_va), DB_INT8(billing_row, billed_va),
	DB_INT8(billing_row, amount), DB_TEXT(billing_row, currency),
	DB_TEXT(billing_row, items), DB_TEXT(billing_row, status), DB_TEXT(billing_row, esiid),
	DB_TEXT(billing_row, tdu), DB_TEXT(billing_row, zone) };

static void
billings_begin(struct file *f)
{
	if (!f->form->json)
		out_billing_csv_begin(&f->buf);
}

static enum io_got
billings_row(struct file *f, struct rows *rows, struct err *e)
{
	char tdu[PARTY_TEXT];
	struct billing_row row;
	struct out_billing r;

	if (!ROWS_NEXT(rows, billing_fields, &row))
		return IO_END;
	r = (struct out_billing){ .zone = zone_named(row.zone, e),
		.tdu = tdu,
		.start_date = row.start_date,
		.end_date = row.end_date,
		.load = row.load,
		.channel = row.channel,
		.created_s = row.created,
		.wh = row.wh,
		.metered_w = row.metered_w,
		.billed_w = row.billed_w,
		.metered_va = row.metered_va,
		.billed_va = row.billed_va,
		.amount = row.amount,
		.currency = row.currency,
		.items = row.items,
		.status = row.status };
	if (r.zone == NULL)
		return IO_FAIL;
	str_copy(r.esiid, sizeof r.esiid, row.esiid);
	str_copy(tdu, sizeof tdu, row.tdu);
	if (f->form->json)
		out_billing_jsonl(&f->buf, &r);
	else
		out_billing_csv(&f->buf, &r);
	file_span(
	    f, zone_day_start(r.zone, r.start_date), zone_day_start(r.zone, r.end_date + 1));
	return IO_OK;
}

/* ---- the table ---- */

/* clang-format off */
static const struct kind kinds[] = {
	{ "interval", false, "IntervalMeterUsage",   SQL_DROP_PAGE,      days_begin,      days_row,       days_end },
	{ "interval", true,  "IntervalMeterChanges", SQL_DROP_CHANGES,   changes_begin,   changes_row,   no_end },
	{ "register", false, "DailyMeterUsage",      SQL_DROP_REGISTERS, registers_begin, registers_row, no_end },
	{ "billing",  false, "MonthlyBilling",       SQL_DROP_BILLINGS,  billings_begin,  billings_row,  no_end },
};
/* clang-format on */

const struct kind *
kind_of(struct str kind, bool change)
{
	for (size_t i = 0; i < nitems(kinds); i++)
		if (str_is(kind, kinds[i].kind) && kinds[i].change == change)
			return &kinds[i];
	return NULL;
}
