/*
 * Rows 1 to 4 of an LSE block. They hardly differ between the blocks of a file: what they said
 * last is remembered as text, and only a row that differs is read field by field.
 */
#include <string.h>

#include "base/kwh.h"
#include "meter/lse_state.h"
#include "meter/out_put.h"

enum { INTERVAL_S = 900, DAY_S = 86400 };

static bool
refuse(
    struct lse *l, enum rule rule, const struct fields *f, struct str s, const char *expected)
{
	/* an empty field has no place of its own */
	const char *at = s.len > 0 ? s.at : f->line.at + f->column - 1;
	struct fault fault = lse_fault(l, rule, at);

	fault_quote(&fault, s);
	fault_expected(&fault, "%s", expected);
	return lse_reject(l, &fault, f->done);
}

static bool
next(struct lse *l, struct fields *f, const char *what, struct str *s)
{
	struct fault fault;

	if (field_next(f, what, s, NULL))
		return true;
	fault = lse_fault(l, RULE_STRUCTURE, f->line.at + f->line.len);
	fault_found(&fault, "the end of the row");
	fault_expected(&fault, "%s", what);
	return lse_reject(l, &fault, true);
}

/* Only empty fields may follow. */
static bool
over(struct lse *l, struct fields *f)
{
	struct str s;

	while (!f->done) {
		if (!next(l, f, "nothing", &s))
			return false;
		if (s.len > 0)
			return refuse(l, RULE_STRUCTURE, f, s, "the end of the row");
	}
	return true;
}

static bool
is(struct lse *l, struct fields *f, const char *text, const char *expected)
{
	struct str s;

	if (!next(l, f, expected, &s))
		return false;
	return str_is(s, text) || refuse(l, RULE_FIELD, f, s, expected);
}

/* A text that goes into the database as it is. */
static bool
kept(struct lse *l, struct fields *f, const char *what, struct str *s)
{
	bool plain = true;

	if (!next(l, f, what, s))
		return false;
	for (size_t i = 0; i < s->len; i++)
		plain &= (unsigned char)s->at[i] >= ' ' && s->at[i] != 0x7f;
	return (plain && str_utf8(*s)) ||
	       refuse(l, RULE_FIELD, f, *s, "UTF-8 text without control characters");
}

static bool
number(struct lse *l, struct fields *f, const char *what, struct str *s)
{
	int64_t v;

	return next(l, f, what, s) && (s->len == 0 || decimal_read(*s, 6, &v) ||
					  refuse(l, RULE_FIELD, f, *s, "a number"));
}

/* ---- row 1 ---- */

static bool
channel(struct lse *l, struct fields *f)
{
	struct str s;

	if (!next(l, f, "channel", &s))
		return false;
	if (!str_is(s, "1") && !str_is(s, "4"))
		return refuse(l, RULE_FIELD, f, s, "1 (generation) or 4 (load)");
	l->channel = s.at[0] == '1' ? CHANNEL_GENERATION : CHANNEL_LOAD;
	return true;
}

static bool
not_whole(struct lse *l, const struct fields *f, struct str s, int64_t want_s)
{
	char expected[LOCAL14_SIZE];

	*put_local14(expected, want_s) = '\0';
	return refuse(l, RULE_WHOLE_DAY, f, s, expected);
}

/* Start and stop: one local day. */
static bool
span(struct lse *l, struct fields *f, struct str *start)
{
	static const char form[] = "a time as YYYYMMDDHHMMSS";
	struct str stop;
	int64_t start_s, stop_s;
	unsigned left_s;

	if (!next(l, f, "start time", start))
		return false;
	if (!civil_read_14(*start, &start_s))
		return refuse(l, RULE_FIELD, f, *start, form);
	l->date = split_days(start_s, &left_s);
	if (left_s != 0)
		return not_whole(l, f, *start, start_s - left_s);
	if (!next(l, f, "stop time", &stop))
		return false;
	if (!civil_read_14(stop, &stop_s))
		return refuse(l, RULE_FIELD, f, stop, form);
	return stop_s == start_s + DAY_S - 1 || stop_s == start_s + DAY_S ||
	       not_whole(l, f, stop, start_s + DAY_S - 1);
}

static bool
header_fields(struct lse *l, struct str rest)
{
	struct fields f = fields_of(rest, ',');
	struct str esiid, start, tail;

	if (!next(l, &f, "ESI ID", &esiid))
		return false;
	if (!esiid_read(esiid, &l->esiid))
		return refuse(l, RULE_ESIID, &f, esiid, "10 and 15 or 20 more digits");
	if (!channel(l, &f) || !span(l, &f, &start) ||
	    !is(l, &f, "Y", "Y: the times have daylight saving time") ||
	    !is(l, &f, "N", "N: the record is validated") || !over(l, &f))
		return false;
	tail = (struct str){ start.at, (size_t)(rest.at + rest.len - start.at) };
	if (tail.len <= SHAPE_MOST) {
		memo_set(&l->span, tail);
		l->span_day = l->date;
	}
	return true;
}

/* The same for a row that differs from the last one in ESI ID and channel only. */
static bool
header_again(struct lse *l, struct str rest)
{
	struct str esiid = { rest.at, 17 }, tail;
	const char *comma;

	if (rest.len < ESIID_MOST + 3)
		return false;
	if (rest.at[esiid.len] != ',')
		esiid.len = ESIID_MOST;
	comma = rest.at + esiid.len;
	if (comma[0] != ',' || (comma[1] != '4' && comma[1] != '1') || comma[2] != ',')
		return false;
	tail = (struct str){ comma + 3, rest.len - esiid.len - 3 };
	if (!memo_is(&l->span, tail) || !esiid_read(esiid, &l->esiid))
		return false;
	l->date = l->span_day;
	l->channel = comma[1] == '1' ? CHANNEL_GENERATION : CHANNEL_LOAD;
	return true;
}

void
lse_header(struct lse *l, struct str rest)
{
	struct day *d = &l->day;

	if (!header_again(l, rest) && !header_fields(l, rest))
		return;
	l->where = LSE_INSIDE;
	l->code = 1;
	d->esiid = l->esiid;
	d->day = l->date;
	d->channel = (uint8_t)l->channel;
	d->line = l->line;
	d->has_start = d->has_stop = false;
	d->start_wh = d->stop_wh = 0;
	lse_set_interval(l, INTERVAL_S);
}

/* ---- rows 2 to 4 ---- */

static bool
fits(struct lse *l, struct str s)
{
	struct fault f;

	if (s.len <= SHAPE_MOST)
		return true;
	f = lse_fault(l, RULE_TOO_LONG, s.at);
	fault_found(&f, "%zu bytes", s.len);
	fault_expected(&f, "at most %d bytes in this row", SHAPE_MOST);
	return lse_reject(l, &f, false);
}

static bool
reading(struct lse *l, struct fields *f, const char *what, bool *has, int64_t *wh)
{
	struct str s;

	if (!next(l, f, what, &s))
		return false;
	*has = s.len > 0;
	switch (kwh_read(s, wh)) {
	case KWH_OK:
	case KWH_EMPTY:
		return true;
	case KWH_NEGATIVE:
		return refuse(l, RULE_NEGATIVE, f, s, "a register reading of 0 or more");
	case KWH_PRECISE:
		return refuse(l, RULE_PRECISION, f, s, "three decimals at most");
	case KWH_TOO_LARGE:
	case KWH_NOT_NUMBER:
		break;
	}
	return refuse(l, RULE_FIELD, f, s, "a register reading, for instance 1036.492");
}

static bool
interval(struct lse *l, struct fields *f, uint32_t *interval_s)
{
	static const uint16_t allowed[] = { 900, 300, 1800, 3600 };
	struct str s;
	int64_t n;

	if (!next(l, f, "seconds per interval", &s))
		return false;
	*interval_s = INTERVAL_S;
	if (s.len == 0)
		return true;
	for (unsigned i = 0; i < nitems(allowed); i++)
		if (str_int64(s, &n) && n == allowed[i]) {
			*interval_s = allowed[i];
			return true;
		}
	return refuse(l, RULE_FIELD, f, s, "300, 900, 1800 or 3600 seconds");
}

/* What is behind the readings: everything of it but the interval becomes part of the shape. */
static bool
registers_tail(struct lse *l, struct fields *f)
{
	static const char *const before[] = { "meter multiplier", "meter offset",
		"pulse multiplier", "pulse offset" };
	static const char *const behind[] = { "basic unit code", "time zones", "population",
		"weight" };
	struct str s[9];
	uint32_t interval_s;
	unsigned n = 0;

	for (unsigned i = 0; i < nitems(before); i++)
		if (!number(l, f, before[i], &s[n++]))
			return false;
	if (!interval(l, f, &interval_s) || !next(l, f, "unit code", &s[n]))
		return false;
	if (s[n].len > 0 && !str_is(s[n], "01") && !str_is(s[n], "1"))
		return refuse(l, RULE_FIELD, f, s[n], "01 (kWh)");
	n++;
	for (unsigned i = 0; i < nitems(behind); i++) {
		s[n] = (struct str){ "", 0 };
		if (!f->done && !kept(l, f, behind[i], &s[n]))
			return false;
		n++;
	}
	if (!over(l, f))
		return false;
	l->part2.len = 0;
	for (unsigned i = 0; i < n; i++) {
		char *to = l->part2.text + l->part2.len;

		if (i > 0)
			*to++ = ',';
		l->part2.len = (size_t)(put_str(to, s[i]) - l->part2.text);
	}
	l->row2_interval_s = interval_s;
	return true;
}

/* "1036.492," or ","; false, and nothing taken, when it looks different. */
static bool
reading_again(const char **at, const char *end, bool *has, int64_t *wh)
{
	const char *p = *at;
	int64_t kwh = 0;

	*has = p < end && *p != ',';
	*wh = 0;
	for (; p < end && *p >= '0' && *p <= '9' && p - *at < 9; p++)
		kwh = kwh * 10 + (*p - '0');
	if (*has) {
		if (p == *at || end - p < 5 || p[0] != '.')
			return false;
		for (unsigned i = 1; i <= 3; i++) {
			if (p[i] < '0' || p[i] > '9')
				return false;
			kwh = kwh * 10 + (p[i] - '0');
		}
		*wh = kwh;
		p += 4;
	}
	if (p == end || *p != ',')
		return false;
	*at = p + 1;
	return true;
}

void
lse_registers(struct lse *l, struct str rest)
{
	struct day *d = &l->day;
	const char *p = rest.at, *end = p + rest.len;
	struct fields f = fields_of(rest, ',');
	struct str tail = { end, 0 };

	if (reading_again(&p, end, &d->has_start, &d->start_wh) &&
	    reading_again(&p, end, &d->has_stop, &d->stop_wh) &&
	    memo_is(&l->row2, (struct str){ p, (size_t)(end - p) })) {
		lse_set_interval(l, l->row2_interval_s);
		return;
	}
	if (!reading(l, &f, "meter start reading", &d->has_start, &d->start_wh) ||
	    !reading(l, &f, "meter stop reading", &d->has_stop, &d->stop_wh))
		return;
	if (!f.done)
		tail = (struct str){ rest.at + f.at, rest.len - f.at };
	if (!fits(l, tail) || !registers_tail(l, &f))
		return;
	memo_set(&l->row2, tail);
	l->shape_stale = true;
	lse_set_interval(l, l->row2_interval_s);
}

void
lse_descriptor(struct lse *l, struct str rest)
{
	struct fields f = fields_of(rest, '\n');
	struct str text;
	size_t from = 0;

	if (memo_is(&l->row3, rest))
		return;
	if (!fits(l, rest) || !kept(l, &f, "descriptor", &text))
		return;
	while (text.len > 0 && strchr(", \t", text.at[text.len - 1]) != NULL)
		text.len--;
	if (text.len > 0)
		from = (size_t)(text.at - rest.at);
	memo_set(&l->row3, rest);
	l->part3 = (struct str){ l->row3.text + from, text.len };
	l->shape_stale = true;
}

void
lse_creation(struct lse *l, struct str rest)
{
	struct fields f = fields_of(rest, ',');
	struct str s, origin = STR("");
	int64_t local_s, created_s = l->r.received_s;

	if (memo_is(&l->row4, rest)) {
		l->day.created_s = l->row4_created_s;
		return;
	}
	if (!fits(l, rest) || !next(l, &f, "creation time", &s))
		return;
	if (s.len > 0) {
		if (!civil_read_14(s, &local_s)) {
			(void)refuse(l, RULE_FIELD, &f, s, "a time as YYYYMMDDHHMMSS");
			return;
		}
		created_s = zone_utc_s(l->r.zone, local_s, NULL);
	}
	if ((!f.done && !kept(l, &f, "origin", &origin)) || !over(l, &f))
		return;
	memo_set(&l->row4, rest);
	l->row4_created_s = l->day.created_s = created_s;
	/* files whose blocks differ only in when they were made keep their shape */
	if (!memo_is(&l->part4, origin)) {
		memo_set(&l->part4, origin);
		l->shape_stale = true;
	}
}
