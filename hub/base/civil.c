/*
 * The calendar and times as text; see civil.h, and zone.c for zones. Dates are proleptic
 * Gregorian. The conversion counts in years that begin in March, so that the leap day is a
 * year's last, and in eras of 400 years, which all have the same number of days.
 */
#include <string.h>

#include "base/civil.h"

enum {
	ERA_YEARS = 400,
	ERA_DAYS = 146097,
	/* days from 0000-03-01 to 1970-01-01 */
	EPOCH_DAYS = 719468,
	DAY_S = 86400,
	YEAR_LEAST = 1,
	YEAR_MOST = 9999
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int
month_days(int year, int month)
{
	static const signed char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

int32_t
civil_day(int year, int month, int day)
{
	int y, era, of_era, from_march;

	if (year < YEAR_LEAST || year > YEAR_MOST || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month))
		return DAY_NONE;
	y = month > 2 ? year : year - 1;
	era = y / ERA_YEARS;
	of_era = y % ERA_YEARS;
	/* March has 31 days, April 30, …: 153 days in each five months from March on */
	from_march = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + from_march -
	       EPOCH_DAYS;
}

void
civil_ymd(int32_t day, int *year, int *month, int *dom)
{
	int64_t z = (int64_t)day + EPOCH_DAYS, era = floor_div(z, ERA_DAYS);
	int of_era = (int)(z - era * ERA_DAYS);
	/* take out the leap days before dividing by the length of a plain year */
	int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100);
	int m = (5 * of_year + 2) / 153; /* 0 is March */

	*dom = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int)(era * ERA_YEARS) + y + (m >= 10);
}

int
civil_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday */
	int64_t n = ((int64_t)day + 3) % 7;

	return (int)(n < 0 ? n + 7 : n);
}

bool
civil_is_weekday(int32_t day)
{
	return civil_weekday(day) < 5;
}

int32_t
civil_add_weekdays(int32_t day, int n)
{
	int step = n < 0 ? -1 : 1, at, left;
	int64_t to = day;

	if (n == 0)
		return day;
	/* from a weekend, count from the weekday behind us */
	at = civil_weekday(day);
	if (at >= 5)
		to += step > 0 ? 4 - at : 7 - at;
	at = at < 5 ? at : step > 0 ? 4 : 0;
	to += (int64_t)(n / 5) * 7;
	for (left = n % 5; left != 0; left -= step) {
		bool over = at == (step > 0 ? 4 : 0);

		to += over ? 3 * step : step;
		at = over ? 4 - at : at + step;
	}
	return to <= INT32_MIN || to > INT32_MAX ? DAY_NONE : (int32_t)to;
}

int32_t
civil_month_start(int32_t day)
{
	int y, m, d;

	civil_ymd(day, &y, &m, &d);
	return (int64_t)day - (d - 1) > INT32_MIN ? day - (d - 1) : DAY_NONE;
}

int32_t
civil_add_months(int32_t day, int n)
{
	int y, m, d, most;
	int64_t months, year;

	civil_ymd(day, &y, &m, &d);
	months = (int64_t)y * 12 + (m - 1) + n;
	year = floor_div(months, 12);
	if (year < YEAR_LEAST || year > YEAR_MOST)
		return DAY_NONE;
	m = (int)(months - year * 12) + 1;
	most = month_days((int)year, m);
	return civil_day((int)year, m, d < most ? d : most);
}

static void
put_digits(char *to, int v, int n)
{
	for (; n > 0; v /= 10)
		to[--n] = (char)('0' + v % 10);
}

/* Days that no four-digit year holds (DAY_NONE too) come out as question marks. */
void
civil_date(char to[CIVIL_DATE_SIZE], int32_t day)
{
	int y, m, d;

	memset(to, '?', CIVIL_DATE_SIZE - 1);
	to[CIVIL_DATE_SIZE - 1] = '\0';
	civil_ymd(day, &y, &m, &d);
	if (y < YEAR_LEAST || y > YEAR_MOST)
		return;
	to[4] = to[7] = '-';
	put_digits(to, y, 4);
	put_digits(to + 5, m, 2);
	put_digits(to + 8, d, 2);
}

void
civil_stamp(char to[CIVIL_STAMP_SIZE], int64_t utc_s)
{
	int64_t day = floor_div(utc_s, DAY_S);
	int s;

	memset(to, '?', CIVIL_STAMP_SIZE - 1);
	to[CIVIL_STAMP_SIZE - 1] = '\0';
	if (day < civil_day(YEAR_LEAST, 1, 1) || day > civil_day(YEAR_MOST, 12, 31))
		return;
	civil_date(to, (int32_t)day);
	to[10] = 'T';
	to[13] = to[16] = ':';
	to[19] = 'Z';
	s = (int)(utc_s - day * DAY_S);
	put_digits(to + 11, s / 3600, 2);
	put_digits(to + 14, s / 60 % 60, 2);
	put_digits(to + 17, s % 60, 2);
}

/*
 * Matches text against a pattern from the start: a letter stands for one digit of the number of
 * that letter, anything else for itself. n has a cell for each letter, 'a' first.
 */
static bool
match(struct str s, const char *pattern, int *n)
{
	size_t len = strlen(pattern);

	if (s.len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s.at[i];

		if (pattern[i] < 'a' || pattern[i] > 'z') {
			if (c != pattern[i])
				return false;
		} else {
			if (c < '0' || c > '9')
				return false;
			n[pattern[i] - 'a'] = n[pattern[i] - 'a'] * 10 + (c - '0');
		}
	}
	return true;
}

static bool
read_day(struct str s, const char *pattern, int32_t *day)
{
	int n[3] = { 0 };
	int32_t got;

	if (s.len != strlen(pattern) || !match(s, pattern, n))
		return false;
	got = civil_day(n[0], n[1], n[2]);
	if (got == DAY_NONE)
		return false;
	*day = got;
	return true;
}

bool
civil_read_date(struct str s, int32_t *day)
{
	return read_day(s, "aaaa-bb-cc", day);
}

bool
civil_read_8(struct str s, int32_t *day)
{
	return read_day(s, "aaaabbcc", day);
}

bool
civil_read_14(struct str s, int64_t *local_s)
{
	int n[6] = { 0 };
	int32_t day;

	if (s.len != 14 || !match(s, "aaaabbccddeeff", n))
		return false;
	day = civil_day(n[0], n[1], n[2]);
	if (day == DAY_NONE || n[3] > 23 || n[4] > 59 || n[5] > 59)
		return false;
	*local_s = (int64_t)day * DAY_S + n[3] * 3600 + n[4] * 60 + n[5];
	return true;
}

static struct str
from(struct str s, size_t at)
{
	return (struct str){ s.at + at, s.len - at };
}

/* "Z" or "±hh:mm", and nothing behind it. */
static bool
read_offset(struct str s, int *offset_s)
{
	int n[2] = { 0 };

	*offset_s = 0;
	if (str_is(s, "Z") || str_is(s, "z"))
		return true;
	if (s.len != 6 || (s.at[0] != '+' && s.at[0] != '-') ||
	    !match(from(s, 1), "aa:bb", n) || n[0] > 23 || n[1] > 59)
		return false;
	*offset_s = (s.at[0] == '-' ? -1 : 1) * (n[0] * 3600 + n[1] * 60);
	return true;
}

bool
civil_read_stamp(struct str s, int64_t *utc_s)
{
	int n[6] = { 0 }, offset_s;
	size_t i = 19;
	int32_t day;
	int64_t at;

	if (!match(s, "aaaa-bb-cc", n) || s.len < 20 || memchr("Tt ", s.at[10], 3) == NULL ||
	    !match(from(s, 11), "dd:ee:ff", n))
		return false;
	if (s.at[i] == '.') {
		for (i++; i < s.len && s.at[i] >= '0' && s.at[i] <= '9';)
			i++;
		if (i == 20)
			return false;
	}
	day = civil_day(n[0], n[1], n[2]);
	if (day == DAY_NONE || n[3] > 23 || n[4] > 59 || n[5] > 60 ||
	    !read_offset(from(s, i), &offset_s))
		return false;
	at = (int64_t)day * DAY_S + n[3] * 3600 + n[4] * 60 + n[5] - offset_s;
	/* a leap second is the last of a UTC day; we count it as the first of the next, as
	 * POSIX */
	if (n[5] == 60 && at % DAY_S != 0)
		return false;
	*utc_s = at;
	return true;
}
