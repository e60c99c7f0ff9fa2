/*
 * LSE interval files: pieces into lines, lines into the rows of blocks. A block's life is in
 * lse_block.c, its rows 1 to 4 in lse_rows.c, its intervals in lse_detail.c.
 *
 * A block begins with its row 00000001 and is told when the next one begins or the file ends. A
 * block in which something is wrong gives one fault and is skipped up to the next such row, so
 * a bad block never costs a good one: also not the one before it, when a broken first row looks
 * like one row more of a block that is complete.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "meter/lse_state.h"
#include "meter/swar.h"

enum { CODE_LEN = 8, CODE_HEADER = 1, CODE_DETAIL = 10000000 };

/* The eight digits that a row begins with. */
static bool
sort_code(struct str row, uint32_t *code)
{
	return row.len >= CODE_LEN && swar_digits8(row.at, code) &&
	       (row.len == CODE_LEN || row.at[CODE_LEN] < '0' || row.at[CODE_LEN] > '9');
}

static void
misplaced(struct lse *l, struct str found, const char *expected)
{
	struct fault f = lse_fault(l, RULE_STRUCTURE, found.at);

	fault_quote(&f, found);
	fault_expected(&f, "%s", expected);
	(void)lse_reject(l, &f, true);
}

/* What is behind the sort code and its comma. */
static bool
behind_code(struct lse *l, struct str row, struct str *rest)
{
	size_t at = CODE_LEN;

	while (at < row.len && lse_blank(row.at[at]))
		at++;
	*rest = (struct str){ row.at + at, row.len - at };
	if (at == row.len || *rest->at != ',') {
		misplaced(l, *rest, "a comma behind the sort code");
		return false;
	}
	rest->at++;
	rest->len--;
	return true;
}

static void
block_row(struct lse *l, struct str row, uint32_t code)
{
	static void (*const rows[])(struct lse *, struct str) = {
		[2] = lse_registers,
		[3] = lse_descriptor,
		[4] = lse_creation,
	};
	struct str rest;
	char expected[64];

	if (code <= l->code) {
		(void)snprintf(expected, sizeof(expected), "a sort code above %08u", l->code);
		misplaced(l, str_first(row, CODE_LEN), expected);
	} else if (code < CODE_DETAIL && code >= nitems(rows)) {
		misplaced(l, str_first(row, CODE_LEN),
		    "a row 00000001 to 00000004 or from 10000000 on");
	} else if (behind_code(l, row, &rest)) {
		l->code = code;
		if (code >= CODE_DETAIL) {
			lse_detail(l, rest);
		} else {
			l->seen |= 1U << code;
			rows[code](l, rest);
		}
	}
}

static void
take_row(struct lse *l, struct str row)
{
	uint32_t code = 0;
	bool known = sort_code(row, &code);
	struct str rest;

	if (known && code == CODE_HEADER) {
		lse_finish(l, false);
		lse_forget(l);
		if (behind_code(l, row, &rest))
			lse_header(l, rest);
		return;
	}
	if (l->where == LSE_LOST)
		return;
	if (l->where == LSE_BETWEEN) {
		lse_stray(l);
		return;
	}
	l->complete = l->got == l->want && l->want > 0;
	if (known)
		block_row(l, row, code);
	else
		misplaced(l, row, "a row that begins with a sort code of eight digits");
}

/* One line without its line end. */
static void
take_line(struct lse *l, const char *p, const char *end, bool cut)
{
	l->line++;
	l->row = (struct str){ p, (size_t)(end - p) };
	l->cut = cut;
	if (l->line == 1 && l->row.len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	while (end > p && lse_blank(end[-1]))
		end--;
	while (p < end && lse_blank(*p))
		p++;
	if (p < end)
		take_row(l, (struct str){ p, (size_t)(end - p) });
}

/* A line longer than any real one; of it only the beginning is known. */
static void
take_too_long(struct lse *l, const char *p)
{
	struct fault f;
	uint32_t code;

	l->line++;
	l->row = (struct str){ p, LINE_MOST_BYTES };
	l->cut = false;
	if (sort_code(l->row, &code) && code == CODE_HEADER) {
		lse_finish(l, false);
		lse_forget(l);
	} else if (l->where == LSE_LOST) {
		return;
	}
	l->complete = l->where == LSE_INSIDE && l->got == l->want && l->want > 0;
	f = lse_fault(l, RULE_TOO_LONG, NULL);
	fault_found(&f, "a line of more than %d bytes", LINE_MOST_BYTES);
	fault_expected(&f, "shorter lines");
	lse_reject(l, &f, false);
}

/* Keeps the start of a line whose end is in a later piece; what is too long is not kept. */
static void
keep(struct lse *l, const char *p, size_t len)
{
	if (len > LINE_MOST_BYTES - l->kept) {
		l->too_long = true;
		len = LINE_MOST_BYTES - l->kept;
	}
	memcpy(l->keep + l->kept, p, len);
	l->kept += len;
}

static void
take_kept(struct lse *l, bool cut)
{
	if (l->too_long)
		take_too_long(l, l->keep);
	else
		take_line(l, l->keep, l->keep + l->kept, cut);
	l->kept = 0;
	l->too_long = false;
}

static void
lse_feed(void *state, struct str bytes, bool last)
{
	struct lse *l = state;
	const char *p = bytes.at, *end = p + bytes.len, *stop;

	for (; p < end; p = stop + 1) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL) {
			keep(l, p, (size_t)(end - p));
			break;
		}
		if (l->kept > 0) {
			keep(l, p, (size_t)(stop - p));
			take_kept(l, false);
		} else if (stop - p > LINE_MOST_BYTES) {
			take_too_long(l, p);
		} else {
			take_line(l, p, stop, false);
		}
	}
	if (!last)
		return;
	if (l->kept > 0)
		take_kept(l, true);
	lse_finish(l, true);
}

static void
lse_open(void *state, const struct reading *r, const struct sink *s)
{
	struct lse *l = state;

	memset(l, 0, offsetof(struct lse, keep));
	l->r = *r;
	l->s = *s;
	l->where = LSE_BETWEEN;
	l->slots_day = DAY_NONE;
	l->part3 = STR("");
	l->span.len = l->row2.len = l->row3.len = l->row4.len = MEMO_NONE;
	l->shape_stale = true;
	lse_forget(l);
}

static void
lse_close(void *state)
{
	(void)state;
}

/* Rows with sort codes; the first may be a broken one. */
static bool
lse_sniff(struct str head)
{
	uint32_t code;

	if (str_starts(head, "\xef\xbb\xbf"))
		head = (struct str){ head.at + 3, head.len - 3 };
	head = str_trim(head);
	return head.len > CODE_LEN && head.at[CODE_LEN] == ',' && sort_code(head, &code) &&
	       ((code >= CODE_HEADER && code <= 4) || code >= CODE_DETAIL);
}

const struct format format_lse = {
	.name = "lse",
	.help = "LodeStar Enhanced interval file",
	.gives = GIVES_DAYS,
	.sniff = lse_sniff,
	.suffix = ".lse",
	.state_bytes = sizeof(struct lse),
	.open = lse_open,
	.feed = lse_feed,
	.close = lse_close,
};

static bool
letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool
has_csv(struct str name)
{
	for (; name.len >= 4; name.at++, name.len--)
		if (str_ieq(str_first(name, 4), STR(".csv")))
			return true;
	return false;
}

bool
lse_name(struct str name, struct str *duns)
{
	size_t i = 0, from;
	int64_t local_s;

	*duns = STR("");
	while (i < name.len && name.at[i] >= '0' && name.at[i] <= '9')
		i++;
	if (duns_ok(str_first(name, i)))
		*duns = str_first(name, i);
	for (from = i; i < name.len && letter(name.at[i]); i++)
		;
	if (duns->len == 0 || i == from || name.len < i + 14 + 3 + 4)
		return false;
	if (!civil_read_14((struct str){ name.at + i, 14 }, &local_s))
		return false;
	for (from = i + 14; from < i + 17; from++)
		if (name.at[from] < '0' || name.at[from] > '9')
			return false;
	return str_ieq((struct str){ name.at + from, 4 }, STR(".lse")) && !has_csv(name);
}
