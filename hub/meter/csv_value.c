/* The types of columns: one reader and one wording each. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/kwh.h"
#include "meter/csv_value.h"

/* A text is not quoted back, only measured: it may be somebody's name. */
static bool PRINTF_LIKE(3, 4)
    refuse_text(struct csv_format *c, const struct column *col, const char *found, ...)
{
	va_list ap;

	va_start(ap, found);
	vsnprintf(c->found, sizeof(c->found), found, ap);
	va_end(ap);
	c->rule = RULE_FIELD;
	csv_value_wants(col, c->expected);
	return false;
}

static bool
refuse(struct csv_format *c, enum rule rule, struct str s, const char *expected)
{
	c->rule = rule;
	str_copy(c->found, sizeof(c->found), s);
	str_copy(c->expected, sizeof(c->expected), str_of(expected));
	return false;
}

static bool
refuse_type(struct csv_format *c, enum rule rule, const struct column *col, struct str s)
{
	csv_value_wants(col, c->expected);
	c->rule = rule;
	str_copy(c->found, sizeof(c->found), s);
	return false;
}

/* Index of the first byte of a control character (C0, DEL, C1), or s.len. */
static size_t
control_at(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char b = (unsigned char)s.at[i];

		if (b < 0x20 || b == 0x7f)
			return i;
		if (b == 0xc2 && i + 1 < s.len && (unsigned char)s.at[i + 1] < 0xa0)
			return i;
	}
	return s.len;
}

/* A writer of CSV puts an apostrophe before a text that a spreadsheet would run; off with it.
 */
static struct str
unguarded(struct str s)
{
	if (s.len >= 2 && s.at[0] == '\'' && memchr("=+-@", s.at[1], 4) != NULL)
		return (struct str){ s.at + 1, s.len - 1 };
	return s;
}

static bool
text_ok(struct csv_format *c, const struct column *col, struct str s)
{
	size_t bad = control_at(s);

	if (bad < s.len)
		return refuse_text(
		    c, col, "a control character at byte %zu of the field", bad + 1);
	if (!str_utf8(s))
		return refuse_text(c, col, "%zu bytes that are not UTF-8", s.len);
	if (s.len > (size_t)col->most)
		return refuse_text(c, col, "%zu bytes", s.len);
	return true;
}

static bool
read_text(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	v->text = unguarded(s);
	return text_ok(c, col, v->text);
}

static bool
read_list(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	struct str rest, item;
	size_t n = 0, bad;

	v->text = rest = unguarded(s);
	bad = control_at(rest); /* of the whole: the blanks around an item may be tabs */
	if (bad < rest.len)
		return refuse_text(
		    c, col, "a control character at byte %zu of the field", bad + 1);
	while (list_next(&rest, &item)) {
		n++;
		if (item.len == 0)
			return refuse_text(c, col, "nothing as item %zu", n);
		if (n > LIST_ITEMS_MOST)
			return refuse_text(c, col, "more than %d items", LIST_ITEMS_MOST);
		if (!text_ok(c, col, item))
			return false;
	}
	return true;
}

static bool
read_esiid(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	struct esiid id;

	/* an apostrophe keeps a spreadsheet from making 1.04437E+16 of it */
	v->text = s.len > 0 && s.at[0] == '\'' ? (struct str){ s.at + 1, s.len - 1 } : s;
	return esiid_read(v->text, &id) || refuse_type(c, RULE_ESIID, col, s);
}

static bool
read_meter(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	if (!meter_number_normal(s, c->meter_number))
		return refuse_type(c, RULE_FIELD, col, s);
	v->text = str_of(c->meter_number);
	return true;
}

static bool
read_digits(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	bool ok = s.len <= (size_t)col->most;

	for (size_t i = 0; ok && i < s.len; i++)
		ok = s.at[i] >= '0' && s.at[i] <= '9';
	v->text = s;
	return ok || refuse_type(c, RULE_FIELD, col, s);
}

static bool
read_choice(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	struct str rest = str_of(col->choices), choice;
	bool more;

	do {
		more = str_cut(rest, '|', &choice, &rest);
		if (str_ieq(choice, s)) {
			v->text = choice; /* upper case and never freed */
			return true;
		}
	} while (more);
	return refuse_type(c, RULE_FIELD, col, s);
}

static bool
read_date(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	int32_t day;

	if (!civil_read_date(s, &day))
		return refuse_type(c, RULE_FIELD, col, s);
	v->number = day;
	return true;
}

static bool
read_stamp(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	return civil_read_stamp(s, &v->number) || refuse_type(c, RULE_FIELD, col, s);
}

static bool
read_time(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	int64_t hour, minute;

	if (s.len != 5 || s.at[2] != ':' || !str_int64((struct str){ s.at, 2 }, &hour) ||
	    !str_int64((struct str){ s.at + 3, 2 }, &minute) || minute > 59 ||
	    hour * 60 + minute > 24 * 60)
		return refuse_type(c, RULE_FIELD, col, s);
	v->number = hour * 60 + minute;
	return true;
}

static bool
read_int(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	return (str_int64(s, &v->number) && v->number <= col->most) ||
	       refuse_type(c, RULE_FIELD, col, s);
}

static bool
read_kwh(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	switch (kwh_read(s, &v->number)) {
	case KWH_OK:
		return true;
	case KWH_NEGATIVE:
		return refuse(c, RULE_NEGATIVE, s, "kWh of 0 or more");
	case KWH_PRECISE:
		return refuse(c, RULE_PRECISION, s, "kWh with at most three decimals");
	case KWH_TOO_LARGE:
		return refuse(c, RULE_FIELD, s, "kWh of at most 1000000000");
	case KWH_EMPTY:
	case KWH_NOT_NUMBER:
		break;
	}
	return refuse_type(c, RULE_FIELD, col, s);
}

static bool
read_milli(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	if (!decimal_read(s, 3, &v->number))
		return refuse_type(c, RULE_FIELD, col, s);
	return v->number >= 0 || refuse_type(c, RULE_NEGATIVE, col, s);
}

static bool
read_money(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	return decimal_read(s, 4, &v->number) || refuse_type(c, RULE_FIELD, col, s);
}

static bool
read_price(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	return decimal_read(s, 6, &v->number) || refuse_type(c, RULE_FIELD, col, s);
}

typedef bool value_reader(
    struct csv_format *, const struct column *, struct str, struct value *);

/* "%lld" takes column.most. */
static const struct {
	value_reader *read;
	const char *wants;
} types[] = {
	/* clang-format off */
	[COL_TEXT]   = { read_text,   "at most %lld bytes of UTF-8 without control characters" },
	[COL_ESIID]  = { read_esiid,  "17 or 22 digits that begin with 10" },
	[COL_METER]  = { read_meter,  "a meter number of at most 32 letters, digits and hyphens" },
	[COL_DIGITS] = { read_digits, "at most %lld digits" },
	[COL_CHOICE] = { read_choice, NULL },
	[COL_DATE]   = { read_date,   "a date YYYY-MM-DD" },
	[COL_STAMP]  = { read_stamp,  "a time such as 2026-11-22T07:08:09Z" },
	[COL_TIME]   = { read_time,   "a time of day from 00:00 to 24:00" },
	[COL_INT]    = { read_int,    "a whole number from 0 to %lld" },
	[COL_KWH]    = { read_kwh,    "a number of kWh" },
	[COL_MILLI]  = { read_milli,  "a number of 0 or more with at most three decimals" },
	[COL_MONEY]  = { read_money,  "an amount with at most four decimals" },
	[COL_PRICE]  = { read_price,  "a price with at most six decimals" },
	[COL_LIST]   = { read_list,   "items of at most %lld bytes of UTF-8 between semicolons" },
	/* clang-format on */
};

/* "A|B|C" as "A, B or C". */
static void
choices_in_words(const char *choices, char to[EXPECTED_MOST])
{
	AUTO(buf) b = BUF(EXPECTED_MOST - 1);
	struct str rest = str_of(choices), choice;
	bool more = str_cut(rest, '|', &choice, &rest);

	buf_str(&b, choice);
	while (more) {
		more = str_cut(rest, '|', &choice, &rest);
		buf_c(&b, more ? ", " : " or ");
		buf_str(&b, choice);
	}
	str_copy(to, EXPECTED_MOST, buf_view(&b));
}

void
csv_value_wants(const struct column *col, char to[EXPECTED_MOST])
{
	const char *wants = types[col->type].wants;
	char *mark;

	if (col->type == COL_CHOICE) {
		choices_in_words(col->choices, to);
		return;
	}
	str_copy(to, EXPECTED_MOST, str_of(wants));
	mark = strstr(to, "%lld");
	if (mark != NULL) {
		size_t before = (size_t)(mark - to);

		snprintf(mark, EXPECTED_MOST - before, "%" PRId64 "%s", col->most,
		    wants + before + 4);
	}
}

bool
csv_value_read(struct csv_format *c, const struct column *col, struct str s, struct value *v)
{
	return types[col->type].read(c, col, s, v);
}
