/* Premises: points of delivery with address, class and the channels that are due. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",   COL_ESIID, true,  0, NULL, "ESI ID of the premise" },
	{ "status",  COL_CHOICE, true, 0, "ACTIVE|INACTIVE|RETIRED", "whether reads are due" },
	{ "class",   COL_CHOICE, true, 0, "RESIDENTIAL|BUSINESS", "class of the customer" },
	{ "effective", COL_DATE, true, 0, NULL, "first day that the record is true" },
	{ "ends",    COL_DATE, false,  0, NULL, "last day; empty: until the next record" },
	{ "commodity", COL_CHOICE, false, 0, "ELECTRIC|GAS|WATER", "preset ELECTRIC" },
	{ "street",  COL_TEXT, false, 100, NULL, "street and number" },
	{ "city",    COL_TEXT, false, 60, NULL, "city" },
	{ "state",   COL_TEXT, false,  2, NULL, "two letters" },
	{ "zip",     COL_TEXT, false, 10, NULL, "ZIP or ZIP+4" },
	{ "load_profile", COL_TEXT, false, 40, NULL, "load profile of the market" },
	{ "rate_class", COL_TEXT, false, 20, NULL, "names the rate in rate files" },
	{ "service_voltage", COL_TEXT, false, 20, NULL, "as the utility writes it" },
	{ "channels", COL_CHOICE, false, 0, "LOAD|LOAD_GENERATION", "channels due; preset LOAD" },
	{ "created", COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */
enum { EFFECTIVE = 3, ENDS = 4, COMMODITY = 5, CHANNELS_DUE = 13 };

static bool
premise_finish(struct csv_format *c, struct row *r)
{
	struct value *v = r->value;

	if (!v[ENDS].null && v[ENDS].number < v[EFFECTIVE].number)
		return csv_format_refuse(
		    c, ENDS, RULE_FIELD, NULL, "a day not before effective");
	if (v[COMMODITY].null)
		v[COMMODITY] = (struct value){ .text = STR("ELECTRIC") };
	if (v[CHANNELS_DUE].null)
		v[CHANNELS_DUE] = (struct value){ .text = STR("LOAD") };
	return true;
}

CSV_FORMAT(premise, "premises: address, class, channels due", premise_finish);
