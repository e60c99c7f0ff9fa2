/* Points of use as rows of a table and bars of a chart, with what is to be said of them; see
 * use.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "figures.h"
#include "use.h"

enum { ROW_VALUES = 7, HOUR_S = 3600, DAY_S = 86400, NOON = 12 };

/* ---- words ---- */

static struct str
kwh(struct page *p, int64_t wh, int digits)
{
	static const int64_t units[] = { 1000, 100, 10, 1 };
	int64_t n = (llabs(wh) + units[digits] / 2) / units[digits], ten = 1000 / units[digits];
	char text[40];

	if (digits == 0)
		snprintf(text, sizeof text, "%s%lld", wh < 0 ? "-" : "", (long long)n);
	else
		snprintf(text, sizeof text, "%s%lld.%0*lld", wh < 0 ? "-" : "",
		    (long long)(n / ten), digits, (long long)(n % ten));
	return page_keep(p, str_of(text));
}

struct str
use_kwh(struct page *p, int64_t wh)
{
	return kwh(p, wh, 3);
}

/* 1,025.7 */
struct str
use_kwh_short(struct page *p, int64_t wh)
{
	int64_t tenths = (llabs(wh) + 50) / 100, thousands = tenths / 10000;
	char text[40];

	if (thousands == 0)
		return kwh(p, wh, 1);
	snprintf(text, sizeof text, "%s%lld,%03lld.%lld", wh < 0 ? "-" : "",
	    (long long)thousands, (long long)(tenths / 10 % 1000), (long long)(tenths % 10));
	return page_keep(p, str_of(text));
}

/* Rounded half away from zero. */
struct str
use_money(struct page *p, int64_t nano, const char *currency, int digits)
{
	int64_t unit = digits == 2 ? 10000000 : 100000, n = (llabs(nano) + unit / 2) / unit,
		one = digits == 2 ? 100 : 10000;
	const char *sign = nano < 0 && n > 0 ? "\xe2\x88\x92" : "";
	bool dollars = strcmp(currency, "USD") == 0;
	struct str whole = page_grouped(p, n / one);
	char text[64];

	snprintf(text, sizeof text, "%s%s" STR_FMT ".%0*lld%s%s", sign, dollars ? "$" : "",
	    STR_ARG(whole), digits, (long long)(n % one), dollars ? "" : " ",
	    dollars ? "" : currency);
	return page_keep(p, str_of(text));
}

/* The month's short name out of the line that has all of them. */
static struct str
tick(struct page *p, int32_t day, enum text form)
{
	struct str names = text_of(p->language, TEXT_MONTHS_SHORT), name = names;
	int year, month, dom;

	civil_ymd(day, &year, &month, &dom);
	for (int i = 0; i < month; i++)
		str_cut(names, ' ', &name, &names);
	view_set(&p->view, "mon", name);
	view_set(&p->view, "day", page_number(p, dom));
	return page_text(p, form);
}

struct str
use_range_text(struct page *p, int32_t from, int32_t to)
{
	struct str first = page_day(p, from, TEXT_DATE);
	int year, month, day, last_year, last_month;

	civil_ymd(from, &year, &month, &day);
	civil_ymd(to, &last_year, &last_month, &(int){ 0 });
	if (day == 1 && year == last_year && civil_month_start(to + 1) == to + 1) {
		if (month == last_month)
			return page_day(p, from, TEXT_DATE_MONTH);
		if (month == 1 && last_month == 12)
			return page_number(p, year);
	}
	if (from == to) {
		view_set(&p->view, "date", first);
		return page_day(p, from, TEXT_USE_ONE_DAY);
	}
	view_set(&p->view, "from", first);
	view_set(&p->view, "to", page_day(p, to, TEXT_DATE));
	return page_text(p, TEXT_USE_DAYS);
}

/* 1:15 AM; of an hour that the clock shows twice the second one says so. */
static struct str
clock_text(struct page *p, const struct zone *z, int64_t utc_s)
{
	int64_t of_day = zone_local_s(z, utc_s) % DAY_S;
	int hour = (int)(of_day / HOUR_S);
	bool again = zone_offset_s(z, utc_s) < zone_offset_s(z, utc_s - HOUR_S);
	char text[16];

	snprintf(text, sizeof text, "%d:%02d", hour % NOON == 0 ? NOON : hour % NOON,
	    (int)(of_day % HOUR_S / 60));
	view_set(&p->view, "clock", page_keep(p, str_of(text)));
	if (again)
		return page_text(p, hour < NOON ? TEXT_TIME_AM_AGAIN : TEXT_TIME_PM_AGAIN);
	return page_text(p, hour < NOON ? TEXT_TIME_AM : TEXT_TIME_PM);
}

static struct str
label(struct page *p, const struct use_ask *a, const struct use *u, const struct use_point *x)
{
	if (a->by == BY_MONTH)
		return page_day(p, x->day, TEXT_DATE_MONTH);
	if (a->by == BY_DAY)
		return page_day(p, x->day, TEXT_DATE_SHORT);
	view_set(&p->view, "time", clock_text(p, u->zone, x->utc_s));
	if (a->span == SPAN_DAY)
		return page_text(p, TEXT_TIME_ALONE);
	return page_day(p, x->day, TEXT_DAY_TIME);
}

/* ---- what is known ---- */

enum state { KNOWN, PARTLY, MISSING, AHEAD, ELSEWHERE };

/* Days of a point on which the customer lived there, up to the newest that is here. */
static int32_t
days_due(const struct place *x, const struct use_point *o, int32_t newest)
{
	int32_t first = o->day, last = o->day + (o->days > 0 ? o->days : 1) - 1;

	first = x->first_day != DAY_NONE && x->first_day > first ? x->first_day : first;
	last = x->last_day != DAY_NONE && x->last_day < last ? x->last_day : last;
	last = newest < last ? newest : last;
	return last < first ? 0 : last - first + 1;
}

static enum state
state_of(const struct place *x, const struct use_point *o, int channel, int32_t newest)
{
	const struct use_sum *s = &o->sum[channel];
	int32_t due = days_due(x, o, newest);

	if (s->slots == 0)
		return due > 0 ? MISSING : o->day > newest ? AHEAD : ELSEWHERE;
	if (s->missing == s->slots)
		return MISSING;
	return s->missing > 0 || s->estimated > 0 || (o->days > 0 && s->days < due) ? PARTLY
										    : KNOWN;
}

static enum chart_kind
kind_of(enum state s)
{
	return s == MISSING ? CHART_NONE : s == PARTLY ? CHART_GUESSED : CHART_WHOLE;
}

/* In words what is missing or estimated of a point. */
static struct str
note(struct page *p, const struct place *x, const struct use_point *o, int32_t newest)
{
	enum state s = state_of(x, o, CHANNEL_LOAD, newest);
	const struct use_sum *sum = &o->sum[CHANNEL_LOAD];
	int32_t absent = days_due(x, o, newest) - sum->days;

	if (s == MISSING || s == AHEAD || s == ELSEWHERE)
		return text_of(p->language, s == MISSING ? TEXT_USE_MISSING
					    : s == AHEAD ? TEXT_USE_AHEAD
							 : TEXT_USE_ELSEWHERE);
	if (s == KNOWN)
		return STR("");
	if (sum->slots == 1)
		return text_of(p->language, TEXT_USE_ESTIMATED);
	view_set(&p->view, "n", page_grouped(p, sum->estimated));
	view_set(&p->view, "missing", page_grouped(p, sum->missing));
	view_set(&p->view, "slots", page_grouped(p, sum->slots));
	view_set(&p->view, "absent", page_number(p, absent));
	if (o->days > 1 && absent > 0)
		return page_text(p, TEXT_USE_ABSENT);
	return page_text(p, sum->missing == 0	  ? TEXT_USE_SOME_ESTIMATED
			    : sum->estimated == 0 ? TEXT_USE_SOME_MISSING
						  : TEXT_USE_SOME_BOTH);
}

/* ---- rows and bars ---- */

struct showing {
	struct page *p;
	const struct place *x;
	const struct use_ask *a;
	const struct use *u, *vs;
	int32_t newest;
};

/* What stands there in what it is compared with; NULL: nothing. */
static const struct use_sum *
other(const struct showing *s, size_t i)
{
	const struct use_point *at;
	size_t n;

	if (s->vs == NULL)
		return NULL;
	at = use_points(s->vs, &n);
	return i < n && at[i].sum[CHANNEL_LOAD].slots > 0 ? &at[i].sum[CHANNEL_LOAD] : NULL;
}

static struct str
value(struct page *p, const struct use_sum *s)
{
	return s->slots == 0 || s->missing == s->slots ? STR("\xe2\x80\x93")
						       : use_kwh(p, s->wh);
}

/* What was used less what was given back; of a part without a known price nothing is told. */
static struct str
cost(struct page *p, const struct use *u, const struct use_point *o, int digits)
{
	const struct use_sum *used = &o->sum[CHANNEL_LOAD],
			     *given = &o->sum[CHANNEL_GENERATION];

	if (used->slots + given->slots == used->missing + given->missing ||
	    used->unpriced + given->unpriced > 0)
		return STR("\xe2\x80\x93");
	return use_money(p, used->nano - given->nano, u->currency, digits);
}

/* A month leads to its days, a day to its quarter-hours. */
static struct str
finer(const struct showing *s, const struct use_point *o)
{
	struct use_ask a = { .span = s->a->by == BY_MONTH ? SPAN_MONTH : SPAN_DAY,
		.by = s->a->by == BY_MONTH ? BY_DAY : BY_15 };

	if (s->a->by == BY_15 || state_of(s->x, o, CHANNEL_LOAD, s->newest) >= MISSING)
		return STR("");
	return use_link(s->p, s->x, &a, o->day);
}

static void
set_row(const struct showing *s, const struct use_point *o, size_t i, struct view *to)
{
	const struct use_sum *was = other(s, i);

	view_set(to, "label", label(s->p, s->a, s->u, o));
	view_set(to, "link", finer(s, o));
	view_set(to, "used", value(s->p, &o->sum[CHANNEL_LOAD]));
	view_set(
	    to, "given", s->u->generation ? value(s->p, &o->sum[CHANNEL_GENERATION]) : STR(""));
	view_set(to, "cost",
	    s->u->currency[0] == '\0' ? STR("")
				      : cost(s->p, s->u, o, s->a->by == BY_15 ? 4 : 2));
	view_set(to, "was", was != NULL ? value(s->p, was) : STR("\xe2\x80\x93"));
	view_set(to, "note", note(s->p, s->x, o, s->newest));
}

static void
set_bar(const struct showing *s, const struct use_point *o, size_t i, struct chart_bar *to)
{
	const struct use_sum *was = other(s, i);

	*to = (struct chart_bar){ .up = o->sum[CHANNEL_LOAD].wh,
		.down = o->sum[CHANNEL_GENERATION].wh,
		.mark = was != NULL && was->missing < was->slots ? was->wh : -1,
		.kind = kind_of(state_of(s->x, o, CHANNEL_LOAD, s->newest)),
		.kind_down = kind_of(state_of(s->x, o, CHANNEL_GENERATION, s->newest)) };
}

/* ---- what stands above ---- */

/* What is not as it should be of the range, in one sentence each. */
static void
set_quality(const struct showing *s)
{
	struct use_point all = { .day = s->u->from, .days = s->u->to - s->u->from + 1 };
	const struct use_sum *sum = &s->u->total[CHANNEL_LOAD];
	struct page *p = s->p;
	int32_t absent = days_due(s->x, &all, s->newest) - sum->days;

	view_set(&p->view, "n", page_grouped(p, sum->estimated));
	view_set(&p->view, "slots", page_grouped(p, sum->slots));
	view_set(&p->view, "missing", page_grouped(p, sum->missing));
	view_set(&p->view, "absent", page_number(p, absent));
	view_set(
	    &p->view, "some_absent", absent > 0 ? page_text(p, TEXT_USE_SAY_ABSENT) : STR(""));
	view_set(&p->view, "some_missing",
	    sum->missing > 0 ? page_text(p, TEXT_USE_SAY_MISSING) : STR(""));
	view_set(&p->view, "some_estimated",
	    sum->estimated > 0 ? page_text(p, TEXT_USE_SAY_ESTIMATED) : STR(""));
	view_c(&p->view, "guessed", sum->missing + sum->estimated + absent > 0 ? "1" : "");
}

void
use_set_cost(struct page *p, const struct use_sum sum[USE_CHANNELS], const char *currency)
{
	const struct use_sum *used = &sum[CHANNEL_LOAD], *given = &sum[CHANNEL_GENERATION];
	int32_t unpriced = used->unpriced + given->unpriced;

	view_c(&p->view, "cost", "");
	view_c(&p->view, "cost_part", "");
	if (currency[0] == '\0')
		return;
	view_set(&p->view, "money", use_money(p, used->nano - given->nano, currency, 2));
	view_set(&p->view, "money_used", use_money(p, used->nano, currency, 2));
	view_set(&p->view, "money_given", use_money(p, given->nano, currency, 2));
	view_set(&p->view, "unpriced", page_number(p, unpriced));
	page_say(p, "cost", given->nano != 0 ? TEXT_USE_COST_LESS : TEXT_USE_COST);
	if (unpriced > 0)
		page_say(p, "cost_part", TEXT_USE_COST_PART);
}

static void
set_compared(const struct showing *s)
{
	struct page *p = s->p;
	int64_t wh[2], percent = 0;
	int32_t n;

	view_c(&p->view, "compared", "");
	if (s->vs == NULL)
		return;
	n = use_alike(s->u, s->vs, wh);
	if (wh[1] > 0)
		percent = (wh[0] - wh[1]) * 100 / wh[1];
	view_set(&p->view, "n", page_number(p, n));
	view_set(&p->view, "percent", page_number(p, llabs(percent)));
	view_set(&p->view, "now", use_kwh_short(p, wh[0]));
	view_set(&p->view, "then", use_kwh_short(p, wh[1]));
	view_set(&p->view, "range_was", use_range_text(p, s->vs->from, s->vs->to));
	page_say(p, "compared",
	    n == 0	    ? TEXT_USE_NOT_ALIKE
	    : percent == 0  ? TEXT_USE_SAME
	    : wh[0] < wh[1] ? TEXT_USE_LESS
			    : TEXT_USE_MORE);
}

static bool
set_labels(const struct showing *s, const struct use_point *at, size_t n, struct err *e)
{
	size_t most = s->a->by == BY_MONTH ? n : n < 7 ? n : s->a->span == SPAN_WEEK ? 7 : 5;
	struct view *items = page_items(s->p, most, 1, e);

	if (items == NULL)
		return false;
	for (size_t i = 0; i < most; i++) {
		size_t of = most == n		      ? i
			    : s->a->span == SPAN_WEEK ? i * n / most
			    : s->a->span == SPAN_DAY  ? i * n / (most - 1)
						      : i * (n - 1) / (most - 1);

		of = of < n ? of : n - 1;
		view_set(&items[i], "tick",
		    s->a->span == SPAN_DAY ? clock_text(s->p, s->u->zone,
						 i + 1 == most ? at[of].past : at[of].utc_s)
		    : s->a->by == BY_MONTH ? tick(s->p, at[of].day, TEXT_TICK_MONTH)
					   : tick(s->p, at[of].day, TEXT_TICK_DAY));
	}
	view_list(&s->p->view, "ticks", items, most);
	view_c(&s->p->view, "ticks_each", most == n || s->a->span == SPAN_WEEK ? "1" : "");
	return true;
}

bool
use_set(struct page *p, const struct place *x, const struct use_ask *a, const struct use *u,
    const struct use *vs, int32_t newest, struct err *e)
{
	struct showing s = { p, x, a, u, vs, newest };
	size_t n;
	const struct use_point *at = use_points(u, &n);
	struct view *rows = page_items(p, n, ROW_VALUES, e);
	struct chart_bar *bars = arena_get(p->memory, (n + 1) * sizeof *bars);

	if (rows == NULL)
		return false;
	if (bars == NULL)
		return err(e, ERR_BUSY, "no memory for a chart");
	for (size_t i = 0; i < n; i++) {
		set_row(&s, &at[i], i, &rows[i]);
		set_bar(&s, &at[i], i, &bars[i]);
	}
	view_list(&p->view, "rows", rows, n);
	view_c(&p->view, "generation", u->generation ? "1" : "");
	view_set(&p->view, "used", use_kwh_short(p, u->total[CHANNEL_LOAD].wh));
	view_set(&p->view, "given", use_kwh_short(p, u->total[CHANNEL_GENERATION].wh));
	view_set(&p->view, "used_whole", use_kwh(p, u->total[CHANNEL_LOAD].wh));
	view_set(&p->view, "given_whole", use_kwh(p, u->total[CHANNEL_GENERATION].wh));
	view_c(&p->view, "some", u->total[CHANNEL_LOAD].slots > 0 ? "1" : "");
	use_set_cost(p, u->total, u->currency);
	view_set(&p->view, "cost_whole",
	    u->currency[0] == '\0'
		? STR("")
		: use_money(p, u->total[CHANNEL_LOAD].nano - u->total[CHANNEL_GENERATION].nano,
		      u->currency, 2));
	set_compared(&s);
	set_quality(&s);
	view_set(&p->view, "range", use_range_text(p, a->from, a->to));
	return set_labels(&s, at, n, e) && chart_set(p, bars, n, "kWh", e);
}
