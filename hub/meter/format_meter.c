/* Meters: which device hangs at a premise from which day. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",      COL_ESIID, true, 0, NULL, "ESI ID of the premise" },
	{ "meter_number", COL_METER, true, 0, NULL, "number on the device" },
	{ "effective",  COL_DATE, true,  0, NULL, "first day at this premise" },
	{ "removed",    COL_DATE, false, 0, NULL, "day of removal; empty: still there" },
	{ "multiplier", COL_MILLI, false, 0, NULL, "register readings times this are kWh" },
	{ "dials",      COL_INT, false, 12, NULL, "digits of the register before it rolls over" },
	{ "manufacturer", COL_TEXT, false, 40, NULL, "maker" },
	{ "model",      COL_TEXT, false, 40, NULL, "model" },
	{ "meter_class", COL_TEXT, false, 20, NULL, "class, such as CL200" },
	{ "phases",     COL_INT, false,  3, NULL, "number of phases" },
	{ "utility_meter_id", COL_TEXT, false, 32, NULL, "the utility's own id of the device" },
	{ "interval_s", COL_INT, false, 3600, NULL, "length of its intervals in seconds" },
	{ "installed",  COL_DATE, false, 0, NULL, "day of installation" },
	{ "tested",     COL_DATE, false, 0, NULL, "day of the last test" },
	{ "firmware",   COL_TEXT, false, 20, NULL, "version" },
	{ "created",    COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */
enum { EFFECTIVE = 2, REMOVED = 3 };

static bool
meter_finish(struct csv_format *c, struct row *r)
{
	const struct value *v = r->value;

	if (!v[REMOVED].null && v[REMOVED].number < v[EFFECTIVE].number)
		return csv_format_refuse(
		    c, REMOVED, RULE_FIELD, NULL, "a day not before effective");
	return true;
}

CSV_FORMAT(meter, "meters: device, dials and multiplier by premise", meter_finish);
