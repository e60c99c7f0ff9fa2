/*
 * Wall-clock time. A day is an int32 of days since 1970-01-01 (negative before); an instant is
 * an int64 of seconds since 1970-01-01T00:00:00Z; "local_s" is the same count on a clock
 * without zone. Zones come from the system's tz database (TZif files, read once each); nothing
 * here depends on TZ in the environment. A day of a zone has 24, 23 or 25 hours: 96, 92 or 100
 * quarter-hours.
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "base/err.h"

#define DAY_NONE INT32_MIN

struct zone; /* opaque; lives until the program ends */

/* Finds by IANA name ("America/Chicago"); NULL with ERR_CONF when there is none. The first call
 * for a name reads its file, so a process that gives up the file system asks for its zones
 * before. May be called from any thread; a zone never changes, so all others here take no lock.
 */
const struct zone *zone_get(const char *name, struct err *e);
const char *zone_name(const struct zone *z);
/* From the bytes of a TZif file, not kept in the list; zone_free it. For tests. */
struct zone *zone_parse(const char *name, struct str tzif, struct err *e);
void zone_free(struct zone **z);

int32_t civil_day(
    int year, int month, int day); /* DAY_NONE when no such date in years 1 to 9999 */
void civil_ymd(int32_t day, int *year, int *month, int *dom);
int civil_weekday(int32_t day);			/* 0 Monday … 6 Sunday */
bool civil_is_weekday(int32_t day);		/* Monday to Friday; holidays are not skipped */
int32_t civil_add_weekdays(int32_t day, int n); /* day 0 is `day`; the n-th Mon–Fri after it */
int32_t civil_month_start(int32_t day);
/* Clamped to the month's last day; DAY_NONE when the result is not in years 1 to 9999. */
int32_t civil_add_months(int32_t day, int n);

int32_t zone_offset_s(const struct zone *z, int64_t utc_s); /* seconds east of Greenwich */
int64_t zone_day_start(const struct zone *z, int32_t day);  /* instant of local midnight */
int zone_day_s(const struct zone *z, int32_t day);	  /* 82800, 86400 or 90000 in the USA */
int32_t zone_day_of(const struct zone *z, int64_t utc_s); /* local date of an instant */
/* Local wall time of an instant, as local_s. */
int64_t zone_local_s(const struct zone *z, int64_t utc_s);
/* Instant of a wall time. A repeated hour gives the first instant, with *twice set when not
 * NULL; a skipped hour is moved forward by the gap, as PostgreSQL does. */
int64_t zone_utc_s(const struct zone *z, int64_t local_s, bool *twice);

/* What a zone's clocks do every year by the rule that holds now, for formats that tell it. */
struct zone_turn {
	int month, week; /* 1 to 4, or 5: the last */
	int weekday;	 /* 0 Monday … 6 Sunday */
	int32_t time_s;	 /* wall time of the day; may lie outside of it */
};
struct zone_clock {
	int32_t standard_s, summer_s; /* east of Greenwich */
	bool changes;		      /* false: standard time all year, nothing else is set */
	struct zone_turn start, end;  /* of summer time */
};
/* False when there is no rule of that kind. */
bool zone_clock(const struct zone *z, struct zone_clock *c);

/* Text. The buffers take the text and a NUL. A time outside of years 1 to 9999 is all '?'. */
#define CIVIL_DATE_SIZE	 11 /* 2026-11-22 */
#define CIVIL_STAMP_SIZE 21 /* 2026-11-22T07:08:09Z */
void civil_date(char to[CIVIL_DATE_SIZE], int32_t day);
void civil_stamp(char to[CIVIL_STAMP_SIZE], int64_t utc_s);
bool civil_read_date(struct str s, int32_t *day); /* YYYY-MM-DD only, real dates only */
/* RFC 3339: date, T or t or blank, time, optional fraction (rounded down), Z or ±hh:mm. */
bool civil_read_stamp(struct str s, int64_t *utc_s);
bool civil_read_14(struct str s, int64_t *local_s); /* YYYYMMDDHHMMSS */
bool civil_read_8(struct str s, int32_t *day);	    /* YYYYMMDD */

#endif
