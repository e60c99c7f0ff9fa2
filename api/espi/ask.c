/* Query parameters of Green Button's resources. */
#include <string.h>

#include "espi.h"

enum { NAME_MOST = 32, ENTRIES_MOST = 1000000000 };

enum param_is { IS_TIME, IS_COUNT, IS_WISH, IS_DAY };

/* clang-format off */
static const struct {
	const char *name; /* without what may stand between words */
	enum param_is is;
	size_t at;
} params[] = {
	{ "publishedmin",  IS_TIME,  offsetof(struct espi_ask, published_min) },
	{ "publishedmax",  IS_TIME,  offsetof(struct espi_ask, published_max) },
	{ "updatedmin",    IS_TIME,  offsetof(struct espi_ask, updated_min) },
	{ "updatedmax",    IS_TIME,  offsetof(struct espi_ask, updated_max) },
	{ "asof",          IS_TIME,  offsetof(struct espi_ask, as_of) },
	{ "startindex",    IS_COUNT, offsetof(struct espi_ask, start) },
	{ "maxresults",    IS_COUNT, offsetof(struct espi_ask, most) },
	{ "depth",         IS_COUNT, offsetof(struct espi_ask, most) },
	{ "from",          IS_DAY,   offsetof(struct espi_ask, from) },
	{ "to",            IS_DAY,   offsetof(struct espi_ask, to) },
	/* by which others' programs ask for an answer of its own */
	{ "correlationid", IS_WISH,  0 },
	{ "xtransaction",  IS_WISH,  0 },
};
/* clang-format on */

/* "Published-Min" and "publishedMin" are one. */
static void
plain_name(char to[NAME_MOST], struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n + 1 < NAME_MOST; i++) {
		char c = name.at[i];

		if (c != '-' && c != '_')
			to[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	to[n] = '\0';
}

static bool
value_read(struct espi_ask *a, size_t i, struct str name, struct str value, struct err *e)
{
	char *at = (char *)a + params[i].at;
	int64_t *to = (int64_t *)at, n;

	switch (params[i].is) {
	case IS_WISH:
		a->apart = true;
		return true;
	case IS_TIME:
		if (civil_read_stamp(value, to))
			return true;
		return err(e, ERR_USAGE,
		    STR_FMT " is \"" STR_FMT "\", expected a time as 2026-11-22T06:00:00Z",
		    STR_ARG(str_first(name, NAME_MOST)), STR_ARG(str_first(value, 40)));
	case IS_DAY:
		if (civil_read_date(value, (int32_t *)at))
			return true;
		return err(e, ERR_USAGE,
		    STR_FMT " is \"" STR_FMT "\", expected a date as 2026-11-22",
		    STR_ARG(str_first(name, NAME_MOST)), STR_ARG(str_first(value, 40)));
	case IS_COUNT:
		break;
	}
	if (!str_int64(value, &n) || n < 1 || n > ENTRIES_MOST)
		return err(e, ERR_USAGE,
		    STR_FMT " is \"" STR_FMT "\", expected a whole number from 1 to %d",
		    STR_ARG(str_first(name, NAME_MOST)), STR_ARG(str_first(value, 40)),
		    ENTRIES_MOST);
	/* of max-results and depth the smaller counts */
	if (to != &a->most || n < a->most)
		*to = n;
	return true;
}

bool
espi_ask_read(const struct form *query, struct espi_ask *a, struct err *e)
{
	unsigned seen = 0;

	*a = (struct espi_ask){ .published_min = DB_STAMP_NONE,
		.published_max = DB_STAMP_NONE,
		.updated_min = DB_STAMP_NONE,
		.updated_max = DB_STAMP_NONE,
		.as_of = DB_STAMP_NONE,
		.from = DAY_NONE,
		.to = DAY_NONE,
		.start = 1,
		.most = ESPI_ENTRIES_ALL };
	for (size_t i = 0; i < query->n; i++) {
		char name[NAME_MOST];

		plain_name(name, query->at[i].name);
		for (size_t k = 0; k < nitems(params); k++) {
			if (strcmp(name, params[k].name) != 0)
				continue;
			if ((seen & 1u << k) != 0)
				return err(e, ERR_USAGE, "%s is asked twice", name);
			seen |= 1u << k;
			if (!value_read(a, k, query->at[i].name, query->at[i].value, e))
				return false;
		}
	}
	return true;
}

bool
espi_ask_filters(struct str name)
{
	char plain[NAME_MOST];

	plain_name(plain, name);
	for (size_t k = 0; k < nitems(params); k++)
		if (strcmp(plain, params[k].name) == 0)
			return params[k].is == IS_DAY ||
			       (params[k].is == IS_TIME &&
				   params[k].at != offsetof(struct espi_ask, as_of));
	return false;
}

void
espi_ask_days(const struct espi_ask *a, const struct zone *z, int32_t *first, int32_t *last)
{
	*first = civil_day(1970, 1, 1);
	*last = civil_day(9000, 1, 1);
	if (a->published_min != DB_STAMP_NONE) {
		*first = zone_day_of(z, a->published_min);
		if (zone_day_start(z, *first) < a->published_min)
			(*first)++;
	}
	/* the last block that has ended by then is of the day before */
	if (a->published_max != DB_STAMP_NONE)
		*last = zone_day_of(z, a->published_max) - 1;
	if (a->from != DAY_NONE && a->from > *first)
		*first = a->from;
	if (a->to != DAY_NONE && a->to < *last)
		*last = a->to;
}

bool
espi_asked(const struct espi_ask *a, const struct espi_stamps *s)
{
	return (a->published_min == DB_STAMP_NONE || s->published >= a->published_min) &&
	       (a->published_max == DB_STAMP_NONE || s->published <= a->published_max) &&
	       (a->updated_min == DB_STAMP_NONE || s->updated >= a->updated_min) &&
	       (a->updated_max == DB_STAMP_NONE || s->updated <= a->updated_max);
}
