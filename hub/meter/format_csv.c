/*
 * The engine reads in three stages: the version line, the header line, then records until the
 * end. A fault in the first two ends the reading (CSV_GIVEN_UP). Each record is one pass over
 * its fields through column_of[], the header's answer to "which column is field i"; columns
 * that the header does not name stay null.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "meter/csv_value.h"

#define CSV_WORD	"busbar"
#define CSV_VERSION_NOW "1"
#define UTF8_MARK	"\xef\xbb\xbf"

bool
csv_format_sniff(struct str head, const char *name)
{
	struct str line, word;

	if (str_starts(head, UTF8_MARK))
		head = (struct str){ head.at + 3, head.len - 3 };
	str_cut(head, '\n', &line, &head);
	return str_cut(line, ',', &word, &line) && str_is(str_trim(word), CSV_WORD) &&
	       (str_cut(line, ',', &word, &line), str_is(str_trim(word), name));
}

bool
list_next(struct str *rest, struct str *item)
{
	if (rest->at == NULL)
		return false;
	if (!str_cut(*rest, ';', item, rest))
		*rest = (struct str){ NULL, 0 };
	*item = str_trim(*item);
	return true;
}

/* ---- faults ---- */

/* The file cannot be read: one fault, and nothing after it. */
static void PRINTF_LIKE(5, 6) give_up(struct csv_format *c, uint64_t line, uint32_t column,
    struct str found, const char *expected, ...)
{
	struct fault f = fault_at(RULE_STRUCTURE, c->reading.rules, line, column);
	va_list ap;

	f.severity = SEV_REJECT;
	fault_found(&f, STR_FMT, STR_ARG(found));
	va_start(ap, expected);
	vsnprintf(f.expected, sizeof(f.expected), expected, ap);
	va_end(ap);
	c->at = CSV_GIVEN_UP;
	c->sink.fault(c->sink.self, &f);
}

/* Whose record it is, as far as the fields tell: read again, since the bad one may come first.
 */
static void
fault_names(const struct csv_format *c, struct fault *f)
{
	for (size_t i = 0; i < c->record.n && i < c->fields; i++) {
		const struct column *col = &c->format->columns[c->column_of[i]];
		struct str s = str_trim(c->record.field[i]);

		if (col->type == COL_ESIID)
			esiid_read(s, &f->esiid);
		else if (col->type == COL_DATE && f->day == DAY_NONE && col->required)
			civil_read_date(s, &f->day);
		else if (strcmp(col->name, "channel") == 0)
			f->channel = str_ieq(s, STR("LOAD"))	     ? CHANNEL_LOAD
				     : str_ieq(s, STR("GENERATION")) ? CHANNEL_GENERATION
								     : -1;
	}
}

static struct fault
record_fault(const struct csv_format *c, enum rule rule, uint32_t column)
{
	struct fault f = fault_at(rule, c->reading.rules, c->record.line, column);

	if (f.severity < SEV_QUARANTINE)
		f.severity = SEV_REJECT; /* what has no value cannot be let through */
	fault_names(c, &f);
	return f;
}

static void
tell(struct csv_format *c, const struct fault *f)
{
	c->sink.fault(c->sink.self, f);
}

bool
csv_format_refuse(struct csv_format *c, size_t column, enum rule rule, const char *found,
    const char *expected)
{
	size_t i = 0;
	struct fault f;

	while (i < c->fields && c->column_of[i] != column)
		i++;
	f = record_fault(c, rule, i < c->fields ? c->record.column[i] : 0);
	if (found != NULL)
		fault_found(&f, "%s", found);
	else if (i < c->fields)
		fault_found(&f, STR_FMT, STR_ARG(str_trim(c->record.field[i])));
	fault_expected(&f, "%s", expected);
	tell(c, &f);
	return false;
}

/* ---- line 1 ---- */

static void
read_version(struct csv_format *c)
{
	static const char *const names[] = { "the word", "the format", "version" };
	const char *const wants[] = { CSV_WORD, c->format->name, CSV_VERSION_NOW };
	const struct csv_record *r = &c->record;

	for (size_t i = 0; i < nitems(wants); i++) {
		struct str s = i < r->n ? str_trim(r->field[i]) : STR("");
		if (str_is(s, wants[i]))
			continue;
		give_up(c, r->line, i < r->n ? r->column[i] : 1, s, "%s %s; line 1 is %s,%s,%s",
		    names[i], wants[i], wants[0], wants[1], wants[2]);
		return;
	}
	/* a spreadsheet fills short lines with empty fields */
	for (size_t i = nitems(wants); i < r->n; i++)
		if (str_trim(r->field[i]).len > 0) {
			give_up(c, r->line, r->column[i], r->field[i],
			    "nothing behind the version");
			return;
		}
	c->at = CSV_HEADER;
}

static bool
begins_bare(const struct csv_format *c)
{
	const struct csv_record *r = &c->record;

	return c->bare && (r->n == 0 || !str_is(str_trim(r->field[0]), CSV_WORD));
}

/* ---- line 2 ---- */

/* "one of a, b, c", as far as the words fit. */
static void
column_names(const struct format *f, char to[EXPECTED_MOST])
{
	AUTO(buf) b = BUF(4096);

	buf_c(&b, "one of ");
	for (size_t i = 0; i < f->column_count; i++) {
		size_t before = b.len;

		buf_fmt(&b, "%s%s", i == 0 ? "" : ", ", f->columns[i].name);
		if (b.len + sizeof(", ...") > EXPECTED_MOST) {
			b.len = before;
			buf_c(&b, ", ...");
			break;
		}
	}
	str_copy(to, EXPECTED_MOST, buf_view(&b));
}

static bool
find_column(const struct format *f, struct str name, size_t *column)
{
	for (*column = 0; *column < f->column_count; ++*column)
		if (str_ieq(name, str_of(f->columns[*column].name)))
			return true;
	return false;
}

static void
read_header(struct csv_format *c)
{
	const struct csv_record *r = &c->record;
	uint64_t seen = 0;
	char expected[EXPECTED_MOST];

	for (size_t i = 0; i < r->n; i++) {
		struct str name = str_trim(r->field[i]);
		size_t column;

		if (!find_column(c->format, name, &column)) {
			column_names(c->format, expected);
			give_up(c, r->line, r->column[i], name, "%s", expected);
			return;
		}
		if (seen & UINT64_C(1) << column) {
			give_up(c, r->line, r->column[i], name, "each column once");
			return;
		}
		seen |= UINT64_C(1) << column;
		c->column_of[i] = (uint8_t)column;
	}
	for (size_t i = 0; i < c->format->column_count; i++)
		if (c->format->columns[i].required && !(seen & UINT64_C(1) << i)) {
			give_up(c, r->line, 1, STR("a header line without it"),
			    "the column %s, which every %s file has",
			    c->format->columns[i].name, c->format->name);
			return;
		}
	c->fields = r->n;
	c->at = CSV_RECORDS;
}

/* ---- records ---- */

static bool
record_has_fields(struct csv_format *c)
{
	const struct csv_record *r = &c->record;
	size_t n = r->n;
	struct fault f;

	while (n > c->fields && str_trim(r->field[n - 1]).len == 0)
		n--;
	if (n == c->fields)
		return true;
	f = record_fault(c, RULE_STRUCTURE, 0);
	fault_found(&f, "%zu fields", n);
	fault_expected(&f, "%zu, as in the header line", c->fields);
	tell(c, &f);
	return false;
}

static void
refuse_field(struct csv_format *c, size_t i)
{
	struct fault f = record_fault(c, c->rule, c->record.column[i]);

	fault_found(&f, "%s", c->found);
	fault_expected(&f, "%s", c->expected);
	tell(c, &f);
}

static void
refuse_empty(struct csv_format *c, size_t i, const struct column *col)
{
	struct fault f = record_fault(c, RULE_FIELD, c->record.column[i]);

	csv_value_wants(col, c->expected);
	fault_expected(&f, "%s; %s must not be empty", c->expected, col->name);
	tell(c, &f);
}

static bool
read_fields(struct csv_format *c)
{
	for (size_t i = 0; i < c->fields; i++) {
		const struct column *col = &c->format->columns[c->column_of[i]];
		struct value *v = &c->row.value[c->column_of[i]];
		struct str s = str_trim(c->record.field[i]);

		*v = (struct value){ .null = s.len == 0 };
		if (v->null && col->required) {
			refuse_empty(c, i, col);
			return false;
		}
		if (!v->null && !csv_value_read(c, col, s, v)) {
			refuse_field(c, i);
			return false;
		}
	}
	return true;
}

/* Every format that utilities send ends with the column "created". */
static bool
has_created(const struct format *f)
{
	return strcmp(f->columns[f->column_count - 1].name, "created") == 0;
}

static void
fill_created(struct csv_format *c)
{
	struct value *created = &c->row.value[c->format->column_count - 1];

	if (created->null && has_created(c->format))
		*created = (struct value){ .number = c->reading.received_s };
}

static void
read_record(struct csv_format *c)
{
	/* a finish function may have filled a preset into a column that the file does not have
	 */
	for (size_t i = 0; i < c->format->column_count; i++)
		c->row.value[i] = (struct value){ .null = true };
	c->row.line = c->record.line;
	if (!record_has_fields(c) || !read_fields(c))
		return;
	fill_created(c);
	if (c->finish == NULL || c->finish(c, &c->row))
		c->sink.row(c->sink.self, &c->row);
}

/* Moves what is between `before` and `behind` out of the front of *text, as a number. */
static int64_t
front_number(struct str *text, const char *before, const char *behind)
{
	size_t skip = strlen(before);
	const char *end;
	int64_t n;

	if (!str_starts(*text, before))
		return 0;
	end = memmem(text->at, text->len, behind, strlen(behind));
	if (end == NULL ||
	    !str_int64((struct str){ text->at + skip, (size_t)(end - text->at) - skip }, &n))
		return 0;
	skip = (size_t)(end - text->at) + strlen(behind);
	*text = (struct str){ text->at + skip, text->len - skip };
	return n;
}

/* The CSV reader skipped a record: too long, too many fields, or quotes that are not in order.
 * Its words are "line 7: column 3: found, expected something". */
static void
skipped_record(struct csv_format *c, const struct err *e)
{
	enum rule rule = e->code == ERR_TOO_BIG ? RULE_TOO_LONG : RULE_STRUCTURE;
	struct str words = str_of(e->text), expected = STR("a CSV record (RFC 4180)");
	const char *comma = strstr(e->text, ", expected ");
	struct fault f;
	uint32_t column;

	if (comma != NULL)
		expected = str_of(comma + sizeof(", expected ") - 1);
	if (comma != NULL)
		words.len = (size_t)(comma - e->text);
	(void)front_number(&words, "line ", ": ");
	column = (uint32_t)front_number(&words, "column ", ": ");
	if (c->at != CSV_RECORDS) {
		give_up(c, c->record.line, column, words, STR_FMT, STR_ARG(expected));
		return;
	}
	c->record.n = 0; /* whatever it holds is not the record's */
	f = record_fault(c, rule, column);
	fault_found(&f, STR_FMT, STR_ARG(words));
	fault_expected(&f, STR_FMT, STR_ARG(expected));
	tell(c, &f);
}

static void
ended(struct csv_format *c)
{
	if (c->at == CSV_VERSION)
		give_up(c, 1, 0, STR("the end of the file"), "line 1: " CSV_WORD ",%s,%s",
		    c->format->name, CSV_VERSION_NOW);
	else if (c->at == CSV_HEADER)
		give_up(c, 2, 0, STR("the end of the file"), "a line of column names");
	c->at = CSV_GIVEN_UP; /* the end was seen; nothing may follow */
}

/* ---- what the table of formats calls ---- */

void
csv_format_open(struct csv_format *c, const struct format *f, csv_format_finish *finish,
    const struct reading *r, const struct sink *s)
{
	assert(f->column_count <= COLUMNS_MOST && COLUMNS_MOST <= 64);
	*c = (struct csv_format){ .format = f, .finish = finish, .reading = *r, .sink = *s };
	c->row.n = f->column_count;
	c->csv = csv_new(LINE_MOST_BYTES);
	assert(c->csv !=
	       NULL); /* no memory: the process starts again rather than blame the file */
}

void
csv_format_feed(void *state, struct str bytes, bool last)
{
	struct csv_format *c = state;
	struct err e;

	if (c->at == CSV_GIVEN_UP)
		return;
	csv_feed(c->csv, bytes, last);
	while (c->at != CSV_GIVEN_UP) {
		switch (csv_next(c->csv, &c->record, &e)) {
		case CSV_MORE:
			return;
		case CSV_END:
			ended(c);
			return;
		case CSV_FAULT:
			skipped_record(c, &e);
			continue;
		case CSV_RECORD:
			break;
		}
		if (c->at == CSV_VERSION && begins_bare(c))
			c->at = CSV_HEADER;
		if (c->at == CSV_VERSION)
			read_version(c);
		else if (c->at == CSV_HEADER)
			read_header(c);
		else
			read_record(c);
	}
}

void
csv_format_close(void *state)
{
	struct csv_format *c = state;

	csv_free(&c->csv);
}
