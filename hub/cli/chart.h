/*
 * A day as bars on a terminal, hours of the local day below them:
 *
 *	2026-11-01 load, 23.410 kWh in 100 intervals, 4 estimated, 2 missing
 *	 2.4 kW ┤              ▂▅█▇▄
 *	        │▁▁▂▂▁▁▁▁▂▃▄▅▆▇█████▆▅▄▃▂▁
 *	   0    └┬─────┬─────┬─────┬─────
 *	         00    03    06    09
 *	         xx           ee		x missing, e estimated
 *
 * A column is a quarter of an hour, or the mean of as many as it takes to fit. Missing is an
 *empty column with its mark, which a zero has not.
 */
#ifndef CLI_CHART_H
#define CLI_CHART_H

#include "meter/day.h"

enum { CHART_ROWS = 6, CHART_COLUMNS_LEAST = 40, CHART_BYTES_MOST = 64 * 1024 };

/* columns: width of the terminal. label: what is drawn ("load"). */
void chart_day(struct buf *b, const struct day *d, const struct zone *z, const char *label,
    unsigned columns, bool colour);

#endif
