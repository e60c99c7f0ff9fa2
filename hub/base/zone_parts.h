/*
 * How a time zone is kept; shared by zone.c (lookup), zone_file.c (TZif) and zone_rule.c (the
 * rule at the end of a TZif file). Everybody else uses civil.h.
 */
#ifndef BASE_ZONE_PARTS_H
#define BASE_ZONE_PARTS_H

#include "base/civil.h"

enum {
	DAY_S = 86400,
	/* RFC 8536 section 3.2: what an offset should be within, ends not included */
	OFFSET_LEAST_S = -90000,
	OFFSET_MOST_S = 93600,
	ZONE_NAME_MOST = 63,
	ZONE_FILE_MOST_BYTES = 64 * 1024,
	STEP_BITS = 22,
	STEPS = 979 /* of 2^22 s (48.5 days) from 1970-01-01 on: until February 2100 */
};

/* What lies outside is taken as the nearest inside: some five million years around 1970. */
#define FARTHEST_S (INT64_C(86400) * (INT32_MAX - 2))
#define PERIOD_S   (INT64_C(86400) * 146097) /* 400 Gregorian years */

struct change {
	int64_t at;	  /* the instant from which on … */
	int32_t offset_s; /* … this holds */
};

/* One of the two days in a year on which the clock changes. */
struct rule_day {
	enum { RULE_MONTH_WEEK_DAY, RULE_DAY_NO_LEAP, RULE_DAY } kind;
	int month, week, day; /* week 5 is the last; day 0 is Sunday, or the day of the year */
	int32_t time_s;	      /* wall time, -167 h to 167 h */
};

struct zone_rule {
	int32_t standard_s, summer_s; /* east of Greenwich */
	bool changes;		      /* false: standard time all year, nothing else is set */
	struct rule_day start, end;   /* of summer time */
};

struct zone {
	struct zone *older; /* in the list of all that were read */
	char name[ZONE_NAME_MOST + 1];
	int64_t repeat_s; /* from this instant on, 400 years repeat; INT64_MAX: no rule */
	size_t n;
	struct change
	    *change;	      /* n, the first at INT64_MIN; one more at INT64_MAX behind them */
	uint16_t step[STEPS]; /* index of the change that holds when the step begins */
	bool has_rule;
	struct zone_rule rule; /* for the years behind the file's table */
};

/* Reads a POSIX TZ string (with the extension of RFC 8536 section 3.3.1); false if it is none.
 */
bool zone_rule_read(struct str s, struct zone_rule *r);
int64_t zone_rule_start(const struct zone_rule *r, int year); /* instant */
int64_t zone_rule_end(const struct zone_rule *r, int year);

#endif
