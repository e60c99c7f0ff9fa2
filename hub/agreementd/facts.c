#include "facts.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "sys/json_in.h"
#include "texts.h"

enum { WORDS_MOST = 2000 };

/* A pattern of the words with what stands for its names: "{month} {day}, {year}". */
static struct str
pattern(struct arena *a, const char *language, const char *name, const struct fields *f)
{
	struct str p = word_of(language, name), before, field;
	AUTO(buf) b = BUF(WORDS_MOST);

	if (p.at == NULL)
		return p;
	while (str_cut(p, '{', &before, &p)) {
		buf_str(&b, before);
		str_cut(p, '}', &field, &p);
		for (size_t i = 0; i < f->n; i++)
			if (str_is(field, f->at[i].name))
				buf_str(&b, f->at[i].value);
	}
	buf_str(&b, before);
	return arena_str(a, buf_view(&b));
}

struct str
facts_day(struct arena *a, const char *language, struct str date)
{
	struct fields f = { .n = 0 };
	char day[16], year[16], name[32];
	int32_t n;
	int y, m, d;

	if (!civil_read_date(date, &n))
		return (struct str){ NULL, 0 };
	civil_ymd(n, &y, &m, &d);
	snprintf(day, sizeof day, "%d", d);
	snprintf(year, sizeof year, "%d", y);
	fields_add(&f, "day", str_of(day));
	fields_add(&f, "year", str_of(year));
	snprintf(name, sizeof name, "month.%d", m);
	fields_add(&f, "month", word_of(language, name));
	snprintf(name, sizeof name, "weekday.%d", civil_weekday(n));
	fields_add(&f, "weekday", word_of(language, name));
	return pattern(a, language, "date", &f);
}

/* "1 month", "12 months". */
static struct str
months(struct arena *a, const char *language, struct str n)
{
	struct fields f = { .n = 0 };

	if (n.len == 0)
		return n;
	fields_add(&f, "n", n);
	return pattern(a, language, str_is(n, "1") ? "months.one" : "months.many", &f);
}

/* A code's words: "why.move-out". A code without words is nothing. */
static struct str
code_words(struct arena *a, const char *language, const char *group, struct str code)
{
	char name[80], text[48];

	(void)a;
	str_copy(text, sizeof text, code);
	snprintf(name, sizeof name, "%s.%s", group, text);
	return word_of(language, name);
}

/* "interval,billing" as "15-minute readings, monthly bills". */
static struct str
kinds(struct arena *a, const char *language, struct str list)
{
	AUTO(buf) b = BUF(WORDS_MOST);
	struct str one, word, rest = list;
	bool more = list.len > 0;

	while (more) {
		more = str_cut(rest, ',', &one, &rest);
		word = code_words(a, language, "kind", one);
		if (word.at == NULL)
			word = one;
		buf_c(&b, b.len > 0 ? ", " : "");
		buf_str(&b, word);
	}
	return arena_str(a, buf_view(&b));
}

static struct str
as_it_is(struct arena *a, const char *language, struct str value)
{
	(void)language;
	return arena_str(a, value);
}

static struct str
why(struct arena *a, const char *language, struct str code)
{
	return code_words(a, language, "why", code);
}

static struct str
cause(struct arena *a, const char *language, struct str code)
{
	return code_words(a, language, "cause", code);
}

/* clang-format off */
static const struct fact {
	const char *field, *member;
	bool of_args;
	struct str (*as)(struct arena *a, const char *language, struct str value);
} rows[] = {
	/* field       member            of args */
	{ "csp",       "csp",            false, as_it_is },
	{ "number",    "number",         false, as_it_is },
	{ "reference", "reference",      false, as_it_is },
	{ "premises",  "premises",       false, as_it_is },
	{ "more",      "more",           false, as_it_is },
	{ "kinds",     "kinds",          false, kinds },
	{ "term",      "months",         false, months },
	{ "history",   "history_months", false, months },
	{ "last_day",  "last_day",       false, facts_day },
	{ "start_day", "start_day",      false, facts_day },
	{ "end_day",   "end_day",        false, facts_day },
	{ "ended_day", "ended_day",      false, facts_day },
	{ "why",       "why",            true,  why },
	{ "reason",    "reason",         true,  as_it_is },
	{ "days",      "days",           true,  as_it_is },
	{ "position",  "position",       true,  as_it_is },
	{ "until",     "until",          true,  facts_day },
	{ "masked",    "masked",         true,  as_it_is },
	{ "report",    "report",         true,  as_it_is },
	{ "cause",     "cause",          true,  cause },
	{ "held",      "held",           true,  as_it_is },
	{ "goes_on",   "goes_on",        true,  as_it_is },
	{ "organisation", "organisation", true, as_it_is },
	{ "from",      "from",           true,  as_it_is },
	{ "case",      "case",           true,  as_it_is },
	{ "first",     "first",          true,  facts_day },
	{ "last",      "last",           true,  facts_day },
};
/* clang-format on */

/* A text, or a whole number as text, or "yes"; without a value when there is none. */
static bool
member(const struct json_value *v, const char *name, struct arena *a, struct str *to,
    struct err *e)
{
	struct err ignored = { 0 };
	char number[24];
	bool is = false;
	int64_t n;

	if (json_in_int(v, name, 0, INT64_MAX, &n, &ignored)) {
		snprintf(number, sizeof number, "%lld", (long long)n);
		*to = arena_str(a, str_of(number));
		return true;
	}
	if (json_in_bool_or(v, name, false, &is, &ignored)) {
		*to = is ? STR("yes") : STR("");
		return true;
	}
	return json_in_text_or(v, name, "", to, e);
}

bool
facts_read(struct fields *to, struct arena *a, const char *language, struct str facts,
    struct str args, struct err *e)
{
	AUTO_PTR(json_in) of_facts = json_in_read(facts, e);
	AUTO_PTR(json_in) of_args = of_facts == NULL ? NULL : json_in_read(args, e);
	struct str value;

	if (of_args == NULL)
		return false;
	for (size_t i = 0; i < nitems(rows); i++) {
		if (!member(json_in_root(rows[i].of_args ? of_args : of_facts), rows[i].member,
			a, &value, e))
			return false;
		fields_add(to, rows[i].field,
		    value.len > 0 ? rows[i].as(a, language, value) : (struct str){ NULL, 0 });
	}
	return true;
}
