/* Register readings at both ends of a local day. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",     COL_ESIID, true,  0, NULL, "ESI ID of the premise" },
	{ "channel",   COL_CHOICE, true, 0, "LOAD|GENERATION", "delivered or received" },
	{ "read_date", COL_DATE, true,   0, NULL, "the day that the two readings enclose" },
	{ "start_kwh", COL_KWH, false,   0, NULL, "reading at its first midnight" },
	{ "end_kwh",   COL_KWH, true,    0, NULL, "reading at its last midnight" },
	{ "kwh",       COL_KWH, false,   0, NULL, "energy of the day" },
	{ "status",    COL_CHOICE, true, 0, "A|E", "actual or estimated" },
	{ "created",   COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */

/* start above end is a register that rolled over: not for the reader to judge */
CSV_FORMAT(register, "midnight register readings", NULL);
