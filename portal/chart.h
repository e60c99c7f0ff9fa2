/*
 * Charts as SVG that the page brings with it: bars upwards and downwards of a line, in as few
 * paths as there are kinds of bars; views/chart.html shows them. What is a part only, estimated
 * or missing is drawn as such, and a table beside it has the numbers. No script, no style.
 */
#ifndef PORTAL_CHART_H
#define PORTAL_CHART_H

#include "portal.h"

enum { CHART_BARS_MOST = 4000, CHART_WIDE = 10 };

enum chart_kind { CHART_WHOLE, CHART_GUESSED, CHART_NONE }; /* NONE: nothing is known */

struct chart_bar {
	int64_t up, down; /* not negative */
	int64_t mark;	  /* what it is compared with, upwards; negative: nothing */
	enum chart_kind kind, kind_down;
};

/* Sets the values of chart.html: paths, lines of the scale with their labels in `unit` (an
 * amount of 1000 is 1 of it). False without memory. */
bool chart_set(
    struct page *p, const struct chart_bar *bars, size_t n, const char *unit, struct err *e);

/* The next round number that is not below n: 10, 15, 20, 30 … 80, 100, 150 … */
int64_t chart_round(int64_t n);

#endif
