/* What the address of a page of use asks for; see use.h. */
#include <stdio.h>

#include "use.h"

enum { LINK_MOST = 160, WEEK = 7, SPAN_35_DAYS = 35, WEEKS_OF_YEAR_DAYS = 364 };

const char *const use_spans[SPANS] = { "day", "week", "35", "month", "year" };
const char *const use_bys[BYS] = { "15", "day", "month" };
const char *const use_vss[VSS] = { "", "before", "year" };

static const struct {
	enum use_by first; /* unless another is asked for */
	unsigned may;	   /* a bit for each */
} steps[SPANS] = {
	[SPAN_DAY] = { BY_15, 1u << BY_15 },
	[SPAN_WEEK] = { BY_DAY, 1u << BY_15 | 1u << BY_DAY },
	[SPAN_35] = { BY_DAY, 1u << BY_15 | 1u << BY_DAY },
	[SPAN_MONTH] = { BY_DAY, 1u << BY_15 | 1u << BY_DAY },
	[SPAN_YEAR] = { BY_MONTH, 1u << BY_DAY | 1u << BY_MONTH },
};

bool
use_may(enum use_span span, enum use_by by)
{
	return (steps[span].may & 1u << by) != 0;
}

void
use_range(enum use_span span, int32_t day, int32_t *from, int32_t *to)
{
	int year, month, dom;

	civil_ymd(day, &year, &month, &dom);
	*from = *to = day;
	switch (span) {
	case SPAN_WEEK:
		*from = day - WEEK + 1;
		break;
	case SPAN_35:
		*from = day - SPAN_35_DAYS + 1;
		break;
	case SPAN_MONTH:
		*from = civil_month_start(day);
		*to = civil_add_months(*from, 1) - 1;
		break;
	case SPAN_YEAR:
		*from = civil_day(year, 1, 1);
		*to = civil_day(year, 12, 31);
		break;
	default:
		break;
	}
}

static size_t
one_of(struct str word, const char *const *of, size_t n, size_t otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (word.len > 0 && str_is(word, of[i]))
			return i;
	return otherwise;
}

/* The same weekdays a year before; of months and years the same dates. */
static void
compare(struct use_ask *a)
{
	bool year = a->vs == VS_YEAR;

	switch (a->span) {
	case SPAN_MONTH:
		a->vs_from = civil_add_months(a->from, year ? -12 : -1);
		a->vs_to = civil_add_months(a->vs_from, 1) - 1;
		break;
	case SPAN_YEAR:
		a->vs_from = civil_add_months(a->from, -12);
		a->vs_to = a->from - 1;
		break;
	default:
		a->vs_from = a->from - (year ? WEEKS_OF_YEAR_DAYS : a->to - a->from + 1);
		a->vs_to = a->vs_from + a->to - a->from;
	}
}

void
use_asked(const struct page *p, int32_t newest, struct use_ask *to)
{
	int32_t at;

	*to = (struct use_ask){ 0 };
	to->span = (enum use_span)one_of(page_query(p, "span"), use_spans, SPANS, SPAN_35);
	to->by = (enum use_by)one_of(page_query(p, "by"), use_bys, BYS, steps[to->span].first);
	if (!use_may(to->span, to->by))
		to->by = steps[to->span].first;
	to->vs = (enum use_vs)one_of(page_query(p, "vs"), use_vss, VSS, VS_NONE);
	if (!civil_read_date(page_query(p, "at"), &at) || at < civil_day(2000, 1, 1) ||
	    at > newest + USE_DAYS_MOST)
		at = newest;
	use_range(to->span, at, &to->from, &to->to);
	if (to->vs != VS_NONE)
		compare(to);
}

struct str
use_link(struct page *p, const struct place *x, const struct use_ask *a, int32_t at)
{
	char text[LINK_MOST], date[CIVIL_DATE_SIZE];

	civil_date(date, at);
	snprintf(text, sizeof text,
	    "/use?premise=" STR_FMT "&span=%s&by=%s%s%s&at=%s&l=" STR_FMT, STR_ARG(x->esiid),
	    use_spans[a->span], use_bys[a->by], a->vs == VS_NONE ? "" : "&vs=", use_vss[a->vs],
	    date, STR_ARG(text_of(p->language, TEXT_LANG)));
	return page_keep(p, str_of(text));
}
