/* Occupancy: whose account a premise belongs to from which day. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",     COL_ESIID, true,  0, NULL, "ESI ID of the premise" },
	{ "account",   COL_TEXT, false, 40, NULL, "account number; empty: vacant from then" },
	{ "effective", COL_DATE, true,   0, NULL, "first day of this account" },
	{ "created",   COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */

CSV_FORMAT(occupancy, "move-ins and move-outs", NULL);
