/* Rates: a price by day kind and time band, from a day on. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "rate",      COL_TEXT, true,  20, NULL, "the rate_class of premise files" },
	{ "effective", COL_DATE, true,   0, NULL, "first day of this price" },
	{ "ends",      COL_DATE, false,  0, NULL, "last day; empty: until the next" },
	{ "days",      COL_CHOICE, true, 0, "ALL|WEEKDAY|WEEKEND", "days of the week" },
	{ "from_time", COL_TIME, true,   0, NULL, "local time the band begins" },
	{ "to_time",   COL_TIME, true,   0, NULL, "local time it ends, 24:00 for midnight" },
	{ "price",     COL_PRICE, true,  0, NULL, "for one kWh" },
	{ "currency",  COL_TEXT, true,   3, NULL, "ISO 4217 code" },
	{ "channel",   COL_CHOICE, false, 0, "LOAD|GENERATION", "preset LOAD" },
	{ "created",   COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */
enum { EFFECTIVE = 1, ENDS = 2, FROM_TIME = 4, TO_TIME = 5, CHANNEL = 8 };

static bool
rate_finish(struct csv_format *c, struct row *r)
{
	struct value *v = r->value;

	if (!v[ENDS].null && v[ENDS].number < v[EFFECTIVE].number)
		return csv_format_refuse(
		    c, ENDS, RULE_FIELD, NULL, "a day not before effective");
	if (v[TO_TIME].number <= v[FROM_TIME].number)
		return csv_format_refuse(
		    c, TO_TIME, RULE_FIELD, NULL, "a time after from_time, 24:00 for midnight");
	if (v[CHANNEL].null)
		v[CHANNEL] = (struct value){ .text = STR("LOAD") };
	return true;
}

CSV_FORMAT(rate, "prices by day kind and time band", rate_finish);
