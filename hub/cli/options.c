/* Command lines by table: see options.h. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

enum { DAY_SECONDS = 86400, SPAN_MOST_DAYS = 3650 };

bool
option_is_positional(const struct option *o)
{
	return o->name[0] != '-';
}

bool
span_read(struct str s, int64_t *seconds)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY_SECONDS },
		{ 'w', 7 * DAY_SECONDS } };
	const int64_t most = (int64_t)SPAN_MOST_DAYS * DAY_SECONDS;
	bool minus = s.len > 0 && s.at[0] == '-';
	int64_t total = 0;

	if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = (struct str){ s.at + 1, s.len - 1 };
	if (s.len == 0)
		return false;
	while (s.len > 0) {
		size_t digits = 0, unit = 0;
		int64_t n;

		while (digits < s.len && s.at[digits] >= '0' && s.at[digits] <= '9')
			digits++;
		if (!str_int64((struct str){ s.at, digits }, &n) || digits == s.len)
			return false;
		while (unit < nitems(units) && units[unit].unit != s.at[digits])
			unit++;
		if (unit == nitems(units) || n > (most - total) / units[unit].seconds)
			return false;
		total += n * units[unit].seconds;
		s = (struct str){ s.at + digits + 1, s.len - digits - 1 };
	}
	*seconds = minus ? -total : total;
	return true;
}

/* "csv|json|lse" holds "json". */
static bool
word_in(const char *words, struct str s)
{
	struct str rest = str_of(words), word;
	bool more = true;

	while (more) {
		more = str_cut(rest, '|', &word, &rest);
		if (str_eq(word, s))
			return true;
	}
	return false;
}

/* "csv, json or lse" */
static void
words_list(const char *words, struct buf *b)
{
	struct str rest = str_of(words), word;
	bool more = str_cut(rest, '|', &word, &rest);

	buf_str(b, word);
	while (more) {
		more = str_cut(rest, '|', &word, &rest);
		buf_c(b, more ? ", " : " or ");
		buf_str(b, word);
	}
}

static bool
wrong(const struct option *o, struct str found, const char *expected, struct err *e)
{
	return err(e, ERR_USAGE, "%s is \"" STR_FMT "\", expected %s", o->name, STR_ARG(found),
	    expected);
}

static bool
read_int(const struct option *o, struct str s, int64_t *to, struct err *e)
{
	bool minus = s.len > 0 && s.at[0] == '-';
	bool limits = o->least != 0 || o->most != 0;
	char expected[96];

	if (minus)
		s = (struct str){ s.at + 1, s.len - 1 };
	if (str_int64(s, to)) {
		*to = minus ? -*to : *to;
		if (!limits || (*to >= o->least && *to <= o->most))
			return true;
	}
	snprintf(expected, sizeof expected, "a whole number");
	if (limits)
		snprintf(expected, sizeof expected, "a whole number from %lld to %lld",
		    (long long)o->least, (long long)o->most);
	return wrong(o, minus ? (struct str){ s.at - 1, s.len + 1 } : s, expected, e);
}

static bool
read_word(const struct option *o, struct str s, struct str *to, struct err *e)
{
	AUTO(buf) b = BUF(512);

	if (word_in(o->words, s)) {
		*to = s;
		return true;
	}
	words_list(o->words, &b);
	buf_byte(&b, '\0');
	return wrong(o, s, b.at, e);
}

static bool
read_more(const struct option *o, struct str s, struct texts *to, struct err *e)
{
	if (to->n == OPTION_TEXTS_MOST)
		return err(
		    e, ERR_USAGE, "%s is given more than %d times", o->name, OPTION_TEXTS_MOST);
	to->at[to->n++] = s;
	return true;
}

/* Sets the member from the text of the value. */
static bool
read_value(const struct option *o, struct str s, void *member, struct err *e)
{
	int64_t instant_s;

	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
		if (s.len == 0)
			return wrong(o, s, "some text", e);
		*(struct str *)member = s;
		return true;
	case OPTION_INT:
		return read_int(o, s, member, e);
	case OPTION_DATE:
		return civil_read_date(s, member) || wrong(o, s, "a date as 2026-11-01", e);
	case OPTION_STAMP:
		*(struct str *)member = s;
		return civil_read_stamp(s, &instant_s) ||
		       wrong(o, s, "a time as 2026-11-01T06:00:00Z", e);
	case OPTION_SPAN:
		return span_read(s, member) || wrong(o, s, "a span as 9d, 36h or 1d12h", e);
	case OPTION_WORD:
		return read_word(o, s, member, e);
	case OPTION_TEXTS:
		return read_more(o, s, member, e);
	}
	return err(e, ERR_BUG, "option %s has no type", o->name);
}

static void
preset(const struct option *o, void *member)
{
	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)member = false;
		break;
	case OPTION_TEXT:
	case OPTION_STAMP:
	case OPTION_WORD:
		*(struct str *)member = (struct str){ NULL, 0 };
		break;
	case OPTION_INT:
	case OPTION_SPAN:
		*(int64_t *)member = INT64_MIN;
		break;
	case OPTION_DATE:
		*(int32_t *)member = DAY_NONE;
		break;
	case OPTION_TEXTS:
		((struct texts *)member)->n = 0;
		break;
	}
}

enum { OPTIONS_MOST = 32 };

struct parse {
	const struct option *o;
	size_t n;
	char *args;
	uint32_t given; /* a bit for each row of the table */
};

static bool
take(struct parse *p, size_t i, struct str value, struct err *e)
{
	const struct option *o = &p->o[i];

	if ((p->given & (uint32_t)1 << i) != 0 && o->type != OPTION_TEXTS)
		return err(e, ERR_USAGE, "%s is given twice", o->name);
	p->given |= (uint32_t)1 << i;
	return read_value(o, value, p->args + o->offset, e);
}

/* "--name", "--name value" or "--name=value"; *used tells how many words it took. */
static bool
take_named(struct parse *p, int argc, char *const *argv, int *used, struct err *e)
{
	struct str name, value;
	bool joined = str_cut(str_of(argv[0]), '=', &name, &value);
	size_t i = 0;

	while (i < p->n && !str_is(name, p->o[i].name))
		i++;
	if (i == p->n)
		return err(e, ERR_USAGE, "there is no option " STR_FMT, STR_ARG(name));
	*used = 1;
	if (p->o[i].type == OPTION_FLAG) {
		if (joined)
			return err(e, ERR_USAGE, "%s takes no value", p->o[i].name);
		return take(p, i, (struct str){ NULL, 0 }, e);
	}
	if (!joined) {
		if (argc < 2)
			return err(
			    e, ERR_USAGE, "%s needs a value: %s", p->o[i].name, p->o[i].value);
		value = str_of(argv[1]);
		*used = 2;
	}
	return take(p, i, value, e);
}

static bool
take_positional(struct parse *p, const char *word, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!option_is_positional(&p->o[i]))
			continue;
		if ((p->given & (uint32_t)1 << i) == 0 || p->o[i].type == OPTION_TEXTS)
			return take(p, i, str_of(word), e);
	}
	return err(e, ERR_USAGE, "\"%s\" is one argument too many", word);
}

/* "-1d" is a value; "-x" and "--x" are options; "-" is a value. */
static bool
looks_named(const char *word)
{
	return word[0] == '-' && word[1] != '\0' && !(word[1] >= '0' && word[1] <= '9');
}

static bool
all_required(const struct parse *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->o[i].need == OPTION_REQUIRED && (p->given & (uint32_t)1 << i) == 0)
			return err(e, ERR_USAGE, "%s%s%s is missing: %s", p->o[i].name,
			    option_is_positional(&p->o[i]) ? "" : " ",
			    option_is_positional(&p->o[i]) ? "" : p->o[i].value, p->o[i].help);
	return true;
}

bool
options_read(
    const struct option *o, size_t n, int argc, char *const *argv, void *args, struct err *e)
{
	struct parse p = { .o = o, .n = n, .args = args };
	bool names_ended = false;

	if (n > OPTIONS_MOST)
		return err(e, ERR_BUG, "more than %d options", OPTIONS_MOST);
	for (size_t i = 0; i < n; i++)
		preset(&o[i], p.args + o[i].offset);
	for (int at = 0; at < argc;) {
		int used = 1;
		bool ok;

		if (!names_ended && strcmp(argv[at], "--") == 0) {
			names_ended = true;
			at++;
			continue;
		}
		if (!names_ended && looks_named(argv[at]))
			ok = take_named(&p, argc - at, argv + at, &used, e);
		else
			ok = take_positional(&p, argv[at], e);
		if (!ok)
			return false;
		at += used;
	}
	return all_required(&p, e);
}
