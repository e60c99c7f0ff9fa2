/* REP of record: who serves a premise from which day. */
#include "meter/format_csv.h"

/* clang-format off */
static const struct column columns[] = {
	{ "esiid",     COL_ESIID, true,  0, NULL, "ESI ID of the premise" },
	{ "rep",       COL_DIGITS, false, 5, NULL, "PUCT certificate number; empty: none from then" },
	{ "effective", COL_DATE, true,   0, NULL, "first day with this REP" },
	{ "created",   COL_STAMP, false, 0, NULL, "when the source said so; preset receipt" },
};
/* clang-format on */

CSV_FORMAT(rep, "REP of record changes", NULL);
