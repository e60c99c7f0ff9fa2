/*
 * The lines of busbar-unpack come sorted: a meter reading ("series") and behind it its interval
 * readings in the order of time, which espi_day.c puts into local days. So one open day is all
 * that is kept. What is wrong with a series costs the series, with one fault.
 */
#include <string.h>

#include "base/field.h"
#include "meter/espi_state.h"

/* The text is not what busbar-unpack writes: nothing behind it can be trusted. */
static void
give_up(struct espi_state *s, struct str found, const char *expected)
{
	struct fault f = espi_fault(s, RULE_STRUCTURE, 0, false);

	s->at = ESPI_GIVEN_UP;
	espi_tell(s, &f, found, expected);
}

/* ---- readings ---- */

/* A whole number, perhaps below zero. */
static bool
str_number(struct str s, int64_t *n)
{
	bool below = s.len > 1 && s.at[0] == '-';

	if (!str_int64(below ? (struct str){ s.at + 1, s.len - 1 } : s, n))
		return false;
	*n = below ? -*n : *n;
	return true;
}

static bool
line_read(struct espi_state *s, struct fields *f, struct err *e)
{
	const int64_t far = INT64_C(1) << 50;
	struct espi_read r = { .has_start = true };
	struct str quality;

	if (!field_int(f, "start", -far, far, &r.start_s, e) ||
	    !field_int(f, "duration", 0, UINT32_MAX, &r.duration_s, e) ||
	    !field_int(f, "value", -far, far, &r.value, e) ||
	    !field_next(f, "quality", &quality, e) ||
	    !field_int(f, "line", 0, UINT32_MAX, &r.line, e) ||
	    !field_int(f, "updated", -far, far, &r.updated_s, e) || !fields_end(f, e))
		return false;
	r.quality = s->series.quality;
	if (quality.len > 0 && (!str_int64(quality, &r.quality) || r.quality > UINT8_MAX))
		return field_bad(f, "quality", quality, "0 to 255", e);
	s->readings++;
	if (s->series_ok)
		espi_day_take(s, &r);
	return true;
}

static const struct {
	const char *what, *expected;
	bool reading; /* of a reading, else of a whole block */
} bads[] = {
	{ "start", "a start in whole seconds", true },
	{ "duration", "a duration in whole seconds", true },
	{ "value", "a value that is a whole number", true },
	{ "quality", "a quality code from 0 to 255", true },
	{ "link", "an up link that is a related link of a MeterReading", false },
	{ "updated", "an updated time such as 2026-11-22T07:08:09Z", false },
};

/* Which row of bads[]; nitems(bads) when there is none. */
static size_t
bad_named(struct str what)
{
	size_t i = 0;

	while (i < nitems(bads) && !str_is(what, bads[i].what))
		i++;
	return i;
}

static bool
line_bad(struct espi_state *s, struct fields *f, struct err *e)
{
	struct espi_read r = { 0 };
	struct str start, what, found;
	struct fault fault;
	enum rule rule;
	size_t i;

	if (!field_next(f, "start", &start, e) ||
	    !field_int(f, "line", 0, UINT32_MAX, &r.line, e) ||
	    !field_next(f, "what", &what, e) || !field_next(f, "found", &found, e) ||
	    !fields_end(f, e))
		return false;
	i = bad_named(what);
	if (i == nitems(bads))
		return field_bad(f, "what", what, "a kind of fault", e);
	s->readings += bads[i].reading;
	if (bads[i].reading && !s->series_ok)
		return true;
	r.has_start = start.len > 0 && str_number(start, &r.start_s);
	rule = found.len == 0 && str_is(what, "value") ? RULE_NULL : RULE_FIELD;
	if (bads[i].reading) {
		espi_day_refuse(s, &r, rule, found, bads[i].expected);
		return true;
	}
	fault = espi_fault(s, rule, (uint64_t)r.line, false);
	espi_tell(s, &fault, found, bads[i].expected);
	return true;
}

/* ---- series ---- */

/* A text is an ESI ID when it is one, or when its last word is ("ESI ID 1044…"). */
static bool
names_esiid(struct str s, struct esiid *id)
{
	size_t from = s.len;

	while (from > 0 && s.at[from - 1] != ' ' && s.at[from - 1] != ':')
		from--;
	return esiid_read((struct str){ s.at + from, s.len - from }, id);
}

enum {
	WANT_UOM,
	WANT_POWER,
	WANT_FLOW,
	WANT_LENGTH,
	WANT_ACCUMULATION,
	WANT_COMMODITY,
	WANT_KIND,
	WANT_QUALITY,
	WANTS
};

/* What a ReadingType must say, in the order of the line; preset -1: must be there. */
static const struct {
	int64_t preset, least, most;
	const char *values; /* where it is not a range */
	const char *expected;
} wants[WANTS] = {
	/* clang-format off */
	[WANT_UOM]          = { -1, 0, 0, "|72|", "uom 72 (Wh)" },
	[WANT_POWER]        = { 0, -3, 6, NULL, "powerOfTenMultiplier -3 to 6" },
	[WANT_FLOW]         = { -1, 0, 0, "|1|19|", "flowDirection 1 (delivered) or 19 (received)" },
	[WANT_LENGTH]       = { -1, 0, 0, "|300|900|1800|3600|",
	                        "intervalLength 300, 900, 1800 or 3600 s" },
	[WANT_ACCUMULATION] = { 4, 0, 0, "|4|", "accumulationBehaviour 4 (delta data)" },
	[WANT_COMMODITY]    = { 1, 0, 0, "|0|1|2|", "commodity 1 or 2 (electricity)" },
	[WANT_KIND]         = { 12, 0, 0, "|0|12|", "kind 12 (energy)" },
	[WANT_QUALITY]      = { 0, 0, UINT8_MAX, NULL, "defaultQuality 0 to 255" },
	/* clang-format on */
};

static bool
type_field(size_t i, struct str s, int64_t *v)
{
	AUTO(buf) b = BUF(32);

	*v = wants[i].preset;
	if (s.len == 0)
		return *v >= 0;
	if (!str_number(s, v))
		return false;
	if (wants[i].values == NULL)
		return *v >= wants[i].least && *v <= wants[i].most;
	buf_fmt(&b, "|" STR_FMT "|", STR_ARG(s));
	return buf_ok(&b) && str_has(str_of(wants[i].values), buf_view(&b));
}

static void
series_fault(struct espi_state *s, enum rule rule, struct str found, const char *expected)
{
	struct fault f = espi_fault(s, rule, s->series.line, s->series.esiid.head != 0);

	s->series_ok = false;
	f.channel = -1;
	espi_tell(s, &f, found, expected);
}

static void
series_begin(struct espi_state *s, const struct str point[3], const struct str type[WANTS],
    int64_t type_line)
{
	int64_t v[WANTS];

	s->series_ok = false;
	if (!names_esiid(point[0], &s->series.esiid) &&
	    !names_esiid(point[1], &s->series.esiid) &&
	    !names_esiid(point[2], &s->series.esiid)) {
		series_fault(s, RULE_ESIID, point[0].len > 0 ? point[0] : point[1],
		    "an ESI ID as name of the ServiceDeliveryPoint or title of the UsagePoint");
		return;
	}
	if (type_line == 0) {
		series_fault(s, RULE_STRUCTURE, STR("none"),
		    "a related link to a ReadingType of the feed");
		return;
	}
	for (size_t i = 0; i < WANTS; i++)
		if (!type_field(i, type[i], &v[i])) {
			s->series.line = (uint64_t)type_line;
			series_fault(s, RULE_FIELD, type[i], wants[i].expected);
			return;
		}
	s->series.power = v[WANT_POWER];
	s->series.length_s = v[WANT_LENGTH];
	s->series.quality = v[WANT_QUALITY];
	s->series.channel = v[WANT_FLOW] == 1 ? CHANNEL_LOAD : CHANNEL_GENERATION;
	s->series_ok = true;
}

static bool
line_series(struct espi_state *s, struct fields *f, struct err *e)
{
	struct str point[3], type[WANTS];
	int64_t line, type_line;

	if (!field_int(f, "line", 0, UINT32_MAX, &line, e) ||
	    !field_int(f, "line of the type", 0, UINT32_MAX, &type_line, e))
		return false;
	for (size_t i = 0; i < nitems(point); i++)
		if (!field_next(f, "usage point", &point[i], e))
			return false;
	for (size_t i = 0; i < WANTS; i++)
		if (!field_next(f, "reading type", &type[i], e))
			return false;
	if (!fields_end(f, e))
		return false;
	espi_day_close(s);
	s->series = (struct espi_series){ .line = (uint64_t)line };
	series_begin(s, point, type, type_line);
	return true;
}

static bool
line_end(struct espi_state *s, struct fields *f, struct err *e)
{
	int64_t readings;
	struct fault fault;

	if (!field_int(f, "readings", 0, INT64_MAX, &readings, e) || !fields_end(f, e))
		return false;
	if (readings != s->readings)
		return err(e, ERR_BAD_FILE, "the end line counts other readings");
	espi_day_close(s);
	s->at = ESPI_ENDED;
	if (readings > 0)
		return true;
	fault = espi_fault(s, RULE_STRUCTURE, 0, false);
	espi_tell(s, &fault, STR("a feed without IntervalReading that can be used"),
	    "interval data of Green Button");
	return true;
}

/* ---- lines ---- */

static const struct {
	const char *word;
	bool (*take)(struct espi_state *s, struct fields *f, struct err *e);
} lines[] = {
	{ "read", line_read },
	{ "series", line_series },
	{ "bad", line_bad },
	{ "end", line_end },
};

static void
take_line(struct espi_state *s, struct str line)
{
	struct fields f = fields_of(line, '\t');
	struct str word;
	struct err e;

	if (s->at == ESPI_FIRST && str_is(line, "espi\t1")) {
		s->at = ESPI_BODY;
		return;
	}
	if (s->at == ESPI_BODY && field_next(&f, "word", &word, &e))
		for (size_t i = 0; i < nitems(lines); i++)
			if (str_is(word, lines[i].word) && lines[i].take(s, &f, &e))
				return;
	give_up(s, line, "a line of busbar-unpack espi");
}

static void
espi_feed(void *state, struct str bytes, bool last)
{
	struct espi_state *s = state;
	struct str line;

	while (s->at != ESPI_GIVEN_UP && bytes.len > 0) {
		bool whole = str_cut(bytes, '\n', &line, &bytes);

		if (s->len + line.len > sizeof(s->line)) {
			give_up(
			    s, STR("a line that is too long"), "a line of busbar-unpack espi");
			return;
		}
		memcpy(s->line + s->len, line.at, line.len);
		s->len += line.len;
		if (!whole)
			break;
		take_line(s, (struct str){ s->line, s->len });
		s->len = 0;
	}
	if (last && s->at != ESPI_GIVEN_UP && (s->at != ESPI_ENDED || s->len > 0))
		give_up(s, STR("the end of the text"), "an end line");
}

static void
espi_open(void *state, const struct reading *r, const struct sink *sink)
{
	struct espi_state *s = state;

	s->reading = *r;
	s->sink = *sink;
}

static void
espi_close(void *state)
{
	(void)state;
}

/* XML with one of the two namespaces near its beginning; on the XML, not on the lines. */
static bool
espi_sniff(struct str head)
{
	if (str_starts(head, "\xef\xbb\xbf"))
		head = (struct str){ head.at + 3, head.len - 3 };
	return str_starts(str_trim(head), "<") &&
	       (str_has(head, STR("http://www.w3.org/2005/Atom")) ||
		   str_has(head, STR("http://naesb.org/espi")));
}

const struct format format_espi = {
	.name = "espi",
	.help = "Green Button (ESPI Atom) interval data",
	.gives = GIVES_DAYS,
	.sniff = espi_sniff,
	.unpack = "espi",
	.suffix = ".xml",
	.state_bytes = sizeof(struct espi_state),
	.open = espi_open,
	.feed = espi_feed,
	.close = espi_close,
};
