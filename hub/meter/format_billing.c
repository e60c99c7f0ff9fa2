/* Monthly billing reads, with amount and line items where the utility gives them. */
#include "base/kwh.h"
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",      COL_ESIID, true, 0, NULL, "ESI ID of the premise" },
	{ "channel",    COL_CHOICE, true, 0, "LOAD|GENERATION", "delivered or received" },
	{ "start_date", COL_DATE, true,  0, NULL, "first day billed" },
	{ "end_date",   COL_DATE, true,  0, NULL, "last day billed" },
	{ "kwh",        COL_KWH, true,   0, NULL, "energy billed" },
	{ "metered_kw", COL_MILLI, false, 0, NULL, "highest demand measured" },
	{ "billed_kw",  COL_MILLI, false, 0, NULL, "demand billed" },
	{ "metered_kva", COL_MILLI, false, 0, NULL, "highest apparent demand measured" },
	{ "billed_kva", COL_MILLI, false, 0, NULL, "apparent demand billed" },
	{ "amount",     COL_MONEY, false, 0, NULL, "total of the bill" },
	{ "currency",   COL_TEXT, false, 3, NULL, "ISO 4217 code" },
	{ "items",      COL_LIST, false, 80, NULL, "lines of the bill: name=amount" },
	{ "status",     COL_CHOICE, false, 0, "A|E", "actual or estimated" },
	{ "created",    COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */
enum { START_DATE = 2, END_DATE = 3, AMOUNT = 9, CURRENCY = 10, ITEMS = 11 };

static bool
items_ok(struct csv_format *c, struct str rest)
{
	struct str item, name, amount;
	int64_t v;

	while (list_next(&rest, &item)) {
		char found[FAULT_FOUND];

		if (str_cut(item, '=', &name, &amount) && str_trim(name).len > 0 &&
		    decimal_read(str_trim(amount), 4, &v))
			continue;
		str_copy(found, sizeof(found), item);
		return csv_format_refuse(c, ITEMS, RULE_FIELD, found,
		    "items such as Delivery=41.20, with at most four decimals");
	}
	return true;
}

static bool
billing_finish(struct csv_format *c, struct row *r)
{
	const struct value *v = r->value;

	if (v[END_DATE].number < v[START_DATE].number)
		return csv_format_refuse(
		    c, END_DATE, RULE_FIELD, NULL, "a day not before start_date");
	if (v[CURRENCY].null && (!v[AMOUNT].null || !v[ITEMS].null))
		return csv_format_refuse(c, CURRENCY, RULE_FIELD, "",
		    "a currency, since there is an amount or an item");
	return items_ok(c, v[ITEMS].text);
}

CSV_FORMAT(billing, "monthly billing reads", billing_finish);
