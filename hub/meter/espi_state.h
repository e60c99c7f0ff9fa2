/* What is known while the lines of a Green Button feed are read; private to format_espi.c and
 * espi_day.c. */
#ifndef METER_ESPI_STATE_H
#define METER_ESPI_STATE_H

#include "meter/format_espi.h"

enum { ESPI_LINE_MOST = 2048 };

struct espi_series {
	struct esiid esiid;
	uint8_t channel;
	int64_t power, length_s, quality;
	uint64_t line;
};

struct espi_read { /* one "read" or "bad" line */
	int64_t start_s, duration_s, value, quality, line, updated_s;
	bool has_start;
};

struct espi_state {
	struct reading reading;
	struct sink sink;
	char line[ESPI_LINE_MOST];
	size_t len;
	enum { ESPI_FIRST, ESPI_BODY, ESPI_ENDED, ESPI_GIVEN_UP } at;
	int64_t readings; /* lines so far, to compare with the end line */
	struct espi_series series;
	bool series_ok; /* the readings that follow may be used */
	struct day day;
	int64_t day_start_s, day_end_s;
	bool day_open, day_spoiled;
};

/* A fault with what is known; at least a rejection, since what has no value cannot be let
 * through. */
struct fault espi_fault(
    const struct espi_state *s, enum rule rule, uint64_t line, bool of_series);
void espi_tell(struct espi_state *s, struct fault *f, struct str found, const char *expected);
void espi_day_close(struct espi_state *s); /* gives the open day to the sink, unless spoiled */
/* A reading of the series at its place in its local day. */
void espi_day_take(struct espi_state *s, const struct espi_read *r);
/* A reading that cannot be used: its local day is refused, with one fault. */
void espi_day_refuse(struct espi_state *s, const struct espi_read *r, enum rule rule,
    struct str found, const char *expected);

#endif
