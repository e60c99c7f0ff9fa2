/* Figures; see figures.h. */
#include "figures.h"

#include <stdio.h>

#include "listing.h"

#define DASH STR("\xe2\x80\x93")

struct str
page_grouped(struct page *p, int64_t n)
{
	char digits[24], text[32];
	size_t len, to = 0;

	len = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n);
	for (size_t i = 0; i < len; i++) {
		if (i > (n < 0 ? 1U : 0U) && (len - i) % 3 == 0)
			text[to++] = ',';
		text[to++] = digits[i];
	}
	return page_keep(p, (struct str){ text, to });
}

struct str
page_kwh(struct page *p, int64_t wh)
{
	enum { LITTLE_WH = 1000 * 1000, TENTH_WH = 100, TENTHS = 10 };
	int64_t tenths = (wh + TENTH_WH / 2) / TENTH_WH;
	char text[24];

	if (wh >= LITTLE_WH)
		return page_grouped(p, (tenths + TENTHS / 2) / TENTHS);
	snprintf(text, sizeof text, "%lld.%lld", (long long)(tenths / TENTHS),
	    (long long)(tenths % TENTHS));
	return page_keep(p, str_of(text));
}

struct str
page_percent(struct page *p, int64_t part, int64_t whole)
{
	char text[24];
	int64_t tenths;

	if (whole <= 0)
		return DASH;
	if (part >= whole)
		return STR("100%");
	tenths = part * 1000 / whole;
	snprintf(
	    text, sizeof text, "%lld.%lld%%", (long long)tenths / 10, (long long)tenths % 10);
	return page_keep(p, str_of(text));
}

struct str
page_moment(struct page *p, int64_t utc_s)
{
	return page_time(p, utc_s);
}

struct str
page_lasting(struct page *p, int64_t s)
{
	static const struct {
		int64_t s;
		enum text one, more;
	} units[] = {
		{ 86400, TEXT_LASTS_DAY, TEXT_LASTS_DAYS },
		{ 3600, TEXT_LASTS_HOURS, TEXT_LASTS_HOURS },
		{ 60, TEXT_LASTS_MINUTES, TEXT_LASTS_MINUTES },
		{ 1, TEXT_LASTS_SECONDS, TEXT_LASTS_SECONDS },
	};
	size_t i = 0;

	while (i + 1 < nitems(units) && s < units[i].s)
		i++;
	view_set(&p->view, "count", page_grouped(p, s / units[i].s));
	return page_text(p, s / units[i].s == 1 ? units[i].one : units[i].more);
}
