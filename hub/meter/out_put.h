/*
 * Appending numbers and times to memory that has room: what the writers of out_*.c share. Each
 * function returns where the next byte goes.
 */
#ifndef METER_OUT_PUT_H
#define METER_OUT_PUT_H

#include <string.h>

#include "base/civil.h"
#include "meter/format.h"

enum { LOCAL14_SIZE = 15, WH_DIGITS_MOST = 24 };

static inline char *
put_bytes(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
	return to + len;
}

#define put_lit(to, lit) put_bytes(to, "" lit, sizeof(lit) - 1)

static inline char *
put_str(char *to, struct str s)
{
	return put_bytes(to, s.at, s.len);
}

static inline char *
put_2(char *to, unsigned n)
{
	to[0] = (char)('0' + n / 10 % 10);
	to[1] = (char)('0' + n % 10);
	return to + 2;
}

static inline char *
put_4(char *to, unsigned n)
{
	return put_2(put_2(to, n / 100), n % 100);
}

static inline char *
put_number(char *to, uint64_t n)
{
	char digits[WH_DIGITS_MOST];
	unsigned i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	return put_bytes(to, digits + i, sizeof(digits) - i);
}

/* Watt-hours as kWh with three decimals. */
static inline char *
put_kwh(char *to, int64_t wh)
{
	uint64_t n = wh < 0 ? -(uint64_t)wh : (uint64_t)wh;
	unsigned part;

	if (wh < 0)
		*to++ = '-';
	if (n < 10000)
		*to++ = (char)('0' + n / 1000);
	else
		to = put_number(to, n / 1000);
	part = (unsigned)(n % 1000);
	*to++ = '.';
	*to++ = (char)('0' + part / 100);
	return put_2(to, part % 100);
}

/* YYYY-MM-DD */
static inline char *
put_date(char *to, int32_t day)
{
	int year, month, dom;

	civil_ymd(day, &year, &month, &dom);
	to = put_4(to, (unsigned)year);
	*to++ = '-';
	to = put_2(to, (unsigned)month);
	*to++ = '-';
	return put_2(to, (unsigned)dom);
}

/* Splits seconds into days and the seconds left, also before 1970. */
static inline int32_t
split_days(int64_t s, unsigned *left_s)
{
	int64_t days = s / 86400, left = s % 86400;

	if (left < 0) {
		left += 86400;
		days--;
	}
	*left_s = (unsigned)left;
	return (int32_t)days;
}

/* HH:MM */
static inline char *
put_clock(char *to, unsigned of_day_s)
{
	to = put_2(to, of_day_s / 3600);
	*to++ = ':';
	return put_2(to, of_day_s / 60 % 60);
}

/* MM/DD/YYYY */
static inline char *
put_us_date(char *to, int32_t day)
{
	int year, month, dom;

	civil_ymd(day, &year, &month, &dom);
	to = put_2(to, (unsigned)month);
	*to++ = '/';
	to = put_2(to, (unsigned)dom);
	*to++ = '/';
	return put_4(to, (unsigned)year);
}

/* -05:00 */
static inline char *
put_offset(char *to, int32_t offset_s)
{
	*to++ = offset_s < 0 ? '-' : '+';
	return put_clock(to, (unsigned)(offset_s < 0 ? -offset_s : offset_s));
}

/* HH:MM:SS */
static inline char *
put_clock_s(char *to, unsigned of_day_s)
{
	to = put_clock(to, of_day_s);
	*to++ = ':';
	return put_2(to, of_day_s % 60);
}

/* YYYYMMDDHHMMSS of a wall clock */
static inline char *
put_local14(char *to, int64_t local_s)
{
	unsigned left_s;
	int32_t day = split_days(local_s, &left_s);
	int year, month, dom;

	civil_ymd(day, &year, &month, &dom);
	to = put_2(put_2(put_4(to, (unsigned)year), (unsigned)month), (unsigned)dom);
	return put_2(put_2(put_2(to, left_s / 3600), left_s / 60 % 60), left_s % 60);
}

/* An instant as text; the date is kept from one call to the next. */
struct utc_text {
	int32_t day;   /* DAY_NONE at first */
	char date[11]; /* YYYY-MM-DDT */
};

/* 2026-11-22T07:08:09Z */
static inline char *
put_instant(char *to, struct utc_text *u, int64_t utc_s)
{
	unsigned left_s;
	int32_t day = split_days(utc_s, &left_s);

	if (day != u->day) {
		u->day = day;
		*put_date(u->date, day) = 'T';
	}
	to = put_bytes(to, u->date, sizeof(u->date));
	to = put_clock_s(to, left_s);
	*to++ = 'Z';
	return to;
}

/* What every row of a day's CSV begins and ends with; both CSV writers use it (out_smt.c). */
struct smt_day {
	size_t prefix_len;
	char prefix[64]; /* ESI ID, usage date, revision date, each with its comma */
	struct str channel;
};
enum {
	SMT_ROW_MOST = 64 + 14 + WH_DIGITS_MOST + 4 + 18 + 2,
	CSV_EXT_ROW_MOST = SMT_ROW_MOST + 1 + 20 + 8 + 3
};
void smt_day_open(struct smt_day *s, const struct out_day *o);
/* The row up to and with its times, by the clock's seconds of the day. */
char *smt_put_times(char *to, const struct smt_day *s, unsigned from_s, unsigned to_s);
/* Value, flag and channel. */
char *smt_put_value(char *to, const struct smt_day *s, const struct day *d, unsigned slot);

/* Formats that need nothing at their end. */
void out_end_plain(struct out_file *f);

extern const struct out_format out_smt, out_csv_ext, out_jsonl, out_espi;

#endif
