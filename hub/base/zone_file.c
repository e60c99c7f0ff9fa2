/*
 * TZif files (RFC 8536, 2019-02): instants at which the offset changes, and behind them the
 * rule for later years. The rule is written out as further rows of the same table, for a little
 * more than 400 years; the Gregorian calendar repeats itself after 400 years, weekdays
 * included.
 *
 * The files are the system's own; still nothing in one is believed: sizes are checked against
 * the bytes that are there, instants must rise, offsets must be within about a day.
 */
#include <stdlib.h>
#include <string.h>

#include "base/code.h"
#include "base/zone_parts.h"

enum {
	TIMES_MOST = 4096,
	TYPES_MOST = 256,
	HEADER_BYTES = 44,
	TYPE_BYTES = 6,
	RULE_YEARS = 404,
	RULE_FROM_YEAR = 1900, /* where there is no table, or it ends before */
	RULE_FROM_YEAR_MOST = 9000
};

/* What a header counts; `bytes` is the length of the block behind it. */
struct counts {
	uint32_t isut, isstd, leap, time, type, name;
	uint64_t bytes;
};

static bool
damaged(const struct zone *z, const char *what, struct err *e)
{
	return err(e, ERR_CONF, "zone \"%s\": the file is damaged: %s", z->name, what);
}

/* Takes a header; time_bytes is 4 for the first block and 8 for the second. */
static bool
take_header(struct str *s, size_t time_bytes, struct counts *c)
{
	if (s->len < HEADER_BYTES || memcmp(s->at, "TZif", 4) != 0 || s->at[4] < '2')
		return false;
	*c = (struct counts){ get_be32(s->at + 20), get_be32(s->at + 24), get_be32(s->at + 28),
		get_be32(s->at + 32), get_be32(s->at + 36), get_be32(s->at + 40), 0 };
	c->bytes = (uint64_t)c->time * (time_bytes + 1) + (uint64_t)c->type * TYPE_BYTES +
		   c->name + (uint64_t)c->leap * (time_bytes + 4) + c->isstd + c->isut;
	s->at += HEADER_BYTES;
	s->len -= HEADER_BYTES;
	return c->bytes <= s->len;
}

static void
skip(struct str *s, uint64_t bytes)
{
	s->at += bytes;
	s->len -= (size_t)bytes;
}

/* Appends a change. One at the same instant replaces the last; an earlier one is refused. */
static bool
push(struct zone *z, int64_t at, int32_t offset_s)
{
	struct change *last = &z->change[z->n - 1];

	if (at < last->at)
		return false;
	if (at == last->at)
		last->offset_s = offset_s;
	else if (last->offset_s != offset_s)
		z->change[z->n++] = (struct change){ at, offset_s };
	return true;
}

/* The 64-bit block: instants, for each the number of a type, then the types. */
static bool
read_table(struct zone *z, const char *block, const struct counts *c, struct err *e)
{
	const char *index = block + (size_t)c->time * 8, *types = index + c->time;
	int64_t at, last = INT64_MIN;

	for (uint32_t i = 0; i < c->type; i++) {
		int32_t offset_s = (int32_t)get_be32(types + i * TYPE_BYTES);

		if (offset_s <= OFFSET_LEAST_S || offset_s >= OFFSET_MOST_S)
			return damaged(z, "an offset is more than a day", e);
	}
	z->change[0] = (struct change){ INT64_MIN, (int32_t)get_be32(types) };
	z->n = 1;
	for (uint32_t i = 0; i < c->time; i++, last = at) {
		unsigned type = (unsigned char)index[i];

		at = (int64_t)get_be64(block + (size_t)i * 8);
		if (at <= last)
			return damaged(z, "its instants do not rise", e);
		if (type >= c->type)
			return damaged(z, "it names a type that is not there", e);
		(void)push(z, at, (int32_t)get_be32(types + type * TYPE_BYTES));
	}
	return true;
}

/* Both changes of a year, the earlier first; those of the table's own time are left out. */
static bool
push_year(struct zone *z, const struct zone_rule *r, int year, int64_t after)
{
	struct change first = { zone_rule_start(r, year), r->summer_s };
	struct change second = { zone_rule_end(r, year), r->standard_s };

	if (second.at < first.at) {
		struct change swap = first;

		first = second;
		second = swap;
	}
	return (first.at <= after || push(z, first.at, first.offset_s)) &&
	       (second.at <= after || push(z, second.at, second.offset_s));
}

/* last: the table's last instant, INT64_MIN when it is empty. */
static bool
write_out(struct zone *z, const struct zone_rule *r, int64_t last, struct err *e)
{
	int from = RULE_FROM_YEAR, month, dom;

	if (!r->changes)
		return z->change[z->n - 1].offset_s == r->standard_s ||
		       damaged(z, "its rule does not follow from its table", e);
	if (last > -FARTHEST_S && last < FARTHEST_S)
		civil_ymd((int32_t)(last / DAY_S), &from, &month, &dom);
	from = from < RULE_FROM_YEAR ? RULE_FROM_YEAR : from;
	if (last >= FARTHEST_S || from > RULE_FROM_YEAR_MOST)
		return damaged(z, "its table goes too far", e);
	for (int y = from; y < from + RULE_YEARS; y++)
		if (!push_year(z, r, y, last))
			return damaged(z, "its rule has changes that overlap", e);
	/* the first whole year of the rule is from + 1; allow one more for what hangs over */
	z->repeat_s = (int64_t)civil_day(from + 402, 1, 1) * DAY_S;
	return true;
}

static void
make_steps(struct zone *z)
{
	size_t i = 0;

	z->change[z->n] = (struct change){ INT64_MAX, 0 };
	for (size_t k = 0; k < STEPS; k++) {
		while (z->change[i + 1].at <= (int64_t)k << STEP_BITS)
			i++;
		z->step[k] = (uint16_t)i;
	}
}

/* "\nRULE\n" and nothing behind; an empty one means that nothing is known of later years. */
static bool
read_footer(struct zone *z, struct str s, int64_t last, struct err *e)
{
	struct zone_rule *r = &z->rule;

	if (s.len < 2 || s.at[0] != '\n' || s.at[s.len - 1] != '\n')
		return damaged(z, "its last line is not there", e);
	s = (struct str){ s.at + 1, s.len - 2 };
	if (s.len == 0)
		return true;
	if (!zone_rule_read(s, r))
		return damaged(z, "its rule is not understood", e);
	z->has_rule = true;
	return write_out(z, r, last, e);
}

static bool
read_file(struct zone *z, struct str s, struct err *e)
{
	struct counts c;
	int64_t last;

	if (s.len > ZONE_FILE_MOST_BYTES)
		return damaged(z, "it is too long", e);
	if (!take_header(&s, 4, &c))
		return damaged(z, "it is not TZif of version 2 or later", e);
	skip(&s, c.bytes);
	if (!take_header(&s, 8, &c))
		return damaged(z, "its second part is not whole", e);
	if (c.leap != 0)
		return err(e, ERR_CONF,
		    "zone \"%s\" counts leap seconds, expected one that does not", z->name);
	if (c.time > TIMES_MOST || c.type == 0 || c.type > TYPES_MOST)
		return damaged(z, "its counts are out of range", e);
	z->change = calloc((size_t)c.time + 2 * RULE_YEARS + 2, sizeof(*z->change));
	if (z->change == NULL)
		return err(e, ERR_BUSY, "no memory for zone \"%s\"", z->name);
	last = c.time == 0 ? INT64_MIN : (int64_t)get_be64(s.at + (size_t)(c.time - 1) * 8);
	if (!read_table(z, s.at, &c, e))
		return false;
	skip(&s, c.bytes);
	if (!read_footer(z, s, last, e))
		return false;
	make_steps(z);
	return true;
}

struct zone *
zone_parse(const char *name, struct str tzif, struct err *e)
{
	struct zone *z = calloc(1, sizeof(*z));

	if (z == NULL) {
		err(e, ERR_BUSY, "no memory for zone \"%s\"", name);
		return NULL;
	}
	(void)str_copy(z->name, sizeof(z->name), str_of(name));
	z->repeat_s = INT64_MAX;
	if (!read_file(z, tzif, e))
		zone_free(&z);
	return z;
}

void
zone_free(struct zone **z)
{
	if (*z == NULL)
		return;
	free((*z)->change);
	free(*z);
	*z = NULL;
}
