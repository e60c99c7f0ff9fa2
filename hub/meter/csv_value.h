/* One field of a CSV that we define, checked against its column. Part of format_csv. */
#ifndef METER_CSV_VALUE_H
#define METER_CSV_VALUE_H

#include "meter/format_csv.h"

/* Reads the text of a field that is not empty into *v; false with c->rule, c->found and
 * c->expected filled. */
bool csv_value_read(
    struct csv_format *c, const struct column *col, struct str s, struct value *v);
/* What a column of that kind wants, in words: "a date YYYY-MM-DD". */
void csv_value_wants(const struct column *col, char to[EXPECTED_MOST]);

#endif
