/*
 * The oracle's calendar: days from 2020 to 2060, counted one by one from a Wednesday, and the
 * law of the United States since 2007: clocks go forward at 2:00 on the second Sunday of March
 * and back at 2:00 on the first Sunday of November; Chicago is six hours behind, five in
 * summer.
 */
#include <assert.h>

#include "oracle.h"

enum { FIRST_YEAR = 2020, LAST_YEAR = 2060, FIRST_DAY = 18262, DAYS = 41 * 366 };

static struct {
	int16_t year;
	int8_t month, dom, weekday; /* weekday: 0 Sunday */
	int8_t turn;		    /* 1: clocks go forward on that day, -1: back */
	int64_t midnight;
} days[DAYS];
static int32_t months[41][12]; /* first days */
static int32_t made;

static int
days_in(int year, int month)
{
	switch (month) {
	case 2:
		return year % 4 == 0 ? 29 : 28; /* true of these years */
	case 4:
	case 6:
	case 9:
	case 11:
		return 30;
	default:
		return 31;
	}
}

void
days_make(void)
{
	int n = 0, weekday = 3; /* 2020-01-01 was a Wednesday */
	int behind = 6;

	for (int y = FIRST_YEAR; made == 0 && y <= LAST_YEAR; y++)
		for (int m = 1; m <= 12; m++) {
			months[y - FIRST_YEAR][m - 1] = FIRST_DAY + n;
			for (int d = 1; d <= days_in(y, m);
			     d++, n++, weekday = (weekday + 1) % 7) {
				bool sunday = weekday == 0;
				int turn = sunday && m == 3 && d >= 8 && d <= 14 ? 1
					   : sunday && m == 11 && d <= 7	 ? -1
										 : 0;

				days[n].year = (int16_t)y;
				days[n].month = (int8_t)m;
				days[n].dom = (int8_t)d;
				days[n].weekday = (int8_t)weekday;
				days[n].turn = (int8_t)turn;
				days[n].midnight =
				    (int64_t)(FIRST_DAY + n) * DAY + behind * HOUR;
				behind -= turn;
			}
		}
	made = made == 0 ? n : made;
}

static int32_t
place(int32_t day)
{
	assert(day >= FIRST_DAY && day < FIRST_DAY + made);
	return day - FIRST_DAY;
}

int64_t
days_midnight(int32_t day)
{
	return days[place(day)].midnight;
}

int32_t
days_of(int64_t at)
{
	int32_t day = (int32_t)((at - 5 * HOUR) / DAY);

	return at < days_midnight(day) ? day - 1 : day;
}

bool
days_weekday(int32_t day)
{
	int w = days[place(day)].weekday;

	return w != 0 && w != 6;
}

/* The same time of the day, so many months later; the month's last day when it has no such day.
 * A time that is skipped is moved forward, one that comes twice is the first. */
int64_t
days_months(int64_t at, int n)
{
	int32_t day = days_of(at), i = place(day);
	int64_t since = at - days[i].midnight; /* seconds that have passed, not the clock's */
	int64_t clock = since + (since >= 2 * HOUR ? days[i].turn * HOUR : 0);
	int m = (days[i].year - FIRST_YEAR) * 12 + days[i].month - 1 + n, dom = days[i].dom,
	    last;

	assert(m >= 0 && m < 41 * 12);
	last = days_in(FIRST_YEAR + m / 12, m % 12 + 1);
	i = place(months[m / 12][m % 12] + (dom < last ? dom : last) - 1);
	if (days[i].turn == 1 && clock >= 3 * HOUR)
		clock -= HOUR;
	if (days[i].turn == -1 && clock >= 2 * HOUR)
		clock += HOUR;
	return days[i].midnight + clock;
}
