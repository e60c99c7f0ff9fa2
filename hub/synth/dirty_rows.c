/* Interval files with one block, between two good ones, in which a field or a row is wrong. */
#include "synth/dirt.h"

#include <stdio.h>
#include <string.h>

/* What stands in a row's field (from 0) instead of what should. NULL: the comma behind the
 * field is missing. "@": the block's first quarter-hour as YYYYMMDDHHMMSS. In an interval row
 * field 1 + 3t is the value of triple t, then come its status and its time. */
static const struct edit {
	const char *folder;
	unsigned row, field;
	const char *text;
	enum rule rule;
} edits[] = {
	{ "esiid-shape", 0, 1, "1044372000000001", RULE_ESIID },
	{ "channel", 0, 2, "7", RULE_FIELD },
	{ "bad-date", 0, 3, "2026-09-01", RULE_FIELD },
	{ "impossible-date", 0, 3, "20260230000000", RULE_FIELD },
	{ "half-a-day", 0, 4, "20200101115959", RULE_WHOLE_DAY },
	{ "missing-comma", 0, 5, NULL, RULE_FIELD },
	{ "not-validated", 0, 6, "Y", RULE_FIELD },
	{ "negative-register", 1, 1, "-1.000", RULE_NEGATIVE },
	{ "sort-code", 2, 0, "00000009", RULE_STRUCTURE },
	{ "creation-time", 3, 1, "202609010620", RULE_FIELD },
	{ "negative", 4, 4, "-0.155", RULE_NEGATIVE },
	{ "not-a-number", 4, 10, "O.155", RULE_FIELD },
	{ "duplicate-interval", 4, 6, "@", RULE_DUPLICATE },
	{ "null-interval", 5, 16, "", RULE_NULL },
	{ "missing-status", 5, 17, "", RULE_FIELD },
	{ "unknown-status", 6, 8, "X", RULE_STATUS },
	{ "four-decimals", 6, 7, "0.1234", RULE_PRECISION },
};

struct place {
	size_t row, field; /* in the block */
	size_t len;
};

static struct place
find(struct str block, unsigned row, unsigned field)
{
	struct place p = { 0, 0, 0 };

	for (; row > 0; row--)
		p.row +=
		    (size_t)((const char *)memchr(block.at + p.row, '\n', block.len - p.row) -
			     (block.at + p.row)) +
		    1;
	for (p.field = p.row; field > 0; field--)
		while (block.at[p.field++] != ',')
			;
	p.len = strcspn(block.at + p.field, ",\r\n");
	return p;
}

/* Block with the edit made; returns the column of what is wrong. */
static unsigned
apply(const struct edit *ed, struct str block, struct buf *to)
{
	struct place p = find(block, ed->row, ed->field);
	size_t behind = p.field + p.len;

	buf_add(to, block.at, p.field);
	if (ed->text == NULL) {
		buf_add(to, block.at + p.field, p.len);
		behind++;
	} else if (strcmp(ed->text, "@") == 0) {
		struct place start = find(block, 0, 3);

		buf_add(to, block.at + start.field, start.len);
	} else {
		buf_c(to, ed->text);
	}
	buf_add(to, block.at + behind, block.len - behind);
	return (unsigned)(p.field - p.row) + 1;
}

static bool
spoil_field(struct dirt *d, const struct edit *ed, struct err *e)
{
	char room[BLOCK_MOST];
	struct day day;
	AUTO(buf) bad = BUF(2 * BLOCK_MOST);
	unsigned line, column;

	dirt_case(d, ed->folder);
	dirt_good(d, 0, d->day);
	dirt_day(d, 1, d->day, &day);
	line = d->lines + 1 + ed->row;
	column = apply(ed, dirt_block(d, &d->home[1], &day, room), &bad);
	dirt_fault(d, line, column, ed->rule);
	d->accepted += rule_rows[ed->rule].severity == SEV_FLAG;
	dirt_text(d, buf_view(&bad));
	dirt_good(d, 2, d->day);
	return dirt_lse(d, "LOADED", RULES, e);
}

/* ---- whole rows ---- */

/* A row instead of row `at` of the block. */
static void
replace_row(struct str block, unsigned at, struct str row, struct buf *to)
{
	size_t from = find(block, at, 0).row, behind = find(block, at + 1, 0).row;

	buf_add(to, block.at, from);
	buf_str(to, row);
	buf_byte(to, '\n');
	buf_add(to, block.at + behind, block.len - behind);
}

static bool
spoil_row(struct dirt *d, const char *folder, unsigned at, struct str row, unsigned column,
    enum rule rule, struct err *e)
{
	char room[BLOCK_MOST];
	struct day day;
	AUTO(buf) bad = BUF(256 * 1024);

	dirt_case(d, folder);
	dirt_good(d, 0, d->day);
	dirt_day(d, 1, d->day, &day);
	replace_row(dirt_block(d, &d->home[1], &day, room), at, row, &bad);
	dirt_fault(d, d->lines + 1 + at, column, rule);
	dirt_text(d, buf_view(&bad));
	dirt_good(d, 2, d->day);
	return dirt_lse(d, "LOADED", RULES, e);
}

/* The file ends in the middle of the last block's fifth row, behind a value. */
static bool
cut_file(struct dirt *d, struct err *e)
{
	char room[BLOCK_MOST];
	struct day day;
	struct str block;
	struct place p;

	dirt_case(d, "cut");
	dirt_good(d, 0, d->day);
	dirt_good(d, 2, d->day);
	dirt_day(d, 1, d->day, &day);
	block = dirt_block(d, &d->home[1], &day, room);
	p = find(block, 4, 31);
	block.len = p.field + p.len;
	dirt_fault(d, d->lines + 5, (unsigned)(block.len - p.row) + 1, RULE_STRUCTURE);
	dirt_text(d, block);
	return dirt_lse(d, "LOADED", RULES, e);
}

bool
dirty_lse_rows(struct dirt *d, struct err *e)
{
	static const char garbage[] = "\x01\x80\xff\xfe;\x1b[31m\x00\xc0\xaf garbage";
	AUTO(buf) row = BUF(LINE_MOST_BYTES * 2);

	for (size_t i = 0; i < nitems(edits); i++)
		if (!spoil_field(d, &edits[i], e))
			return false;
	if (!spoil_row(d, "garbage", 5, (struct str){ garbage, sizeof garbage - 1 }, 1,
		RULE_STRUCTURE, e))
		return false;
	buf_c(&row, "00000003,");
	while (row.len < LINE_MOST_BYTES + 100)
		buf_c(&row, "a descriptor without an end ");
	return spoil_row(d, "long-line", 2, buf_view(&row), 0, RULE_TOO_LONG, e) &&
	       cut_file(d, e);
}
