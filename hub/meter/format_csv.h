/*
 * The engine of the CSVs that we define (docs/formats/): line 1 is "busbar,<format>,<version>",
 * line 2 names the columns in any order, records follow. A format is a table of columns and,
 * where fields must agree with each other, one function that looks at the finished row. The
 * engine checks each field against its column and says line, column, what was found, what was
 * expected.
 *
 * A fault in line 1 or 2 concerns the whole file: it is told once and nothing else is read. A
 * fault in a record is that record's only one, the first from the left; reading goes on behind
 * it. Texts of people are never quoted in a fault, since customer files hold names and
 * telephone numbers.
 */
#ifndef METER_FORMAT_CSV_H
#define METER_FORMAT_CSV_H

#include "base/csv.h"
#include "meter/format.h"

enum { LIST_ITEMS_MOST = 64, EXPECTED_MOST = FAULT_EXPECTED };

struct csv_format;

/* Looks at a row whose fields are all well-formed: fills presets, and refuses with
 * csv_format_refuse what contradicts itself. */
typedef bool csv_format_finish(struct csv_format *c, struct row *r);

struct csv_format { /* state of one reader; private to the engine but for `finish` functions */
	const struct format *format;
	csv_format_finish *finish;
	bool bare; /* the names of the columns may stand in line 1 */
	struct reading reading;
	struct sink sink;
	struct csv *csv;
	enum { CSV_VERSION, CSV_HEADER, CSV_RECORDS, CSV_GIVEN_UP } at;
	size_t fields;		       /* named in the header line */
	uint8_t column_of[CSV_FIELDS]; /* of each field: index in format->columns */
	struct csv_record record;
	struct row row;
	char meter_number[METER_NUMBER_MOST + 1]; /* of the row, in normal form */
	/* why a field was refused */
	enum rule rule;
	char found[FAULT_FOUND], expected[EXPECTED_MOST];
};

/* True when the bytes begin with "busbar,NAME" and a comma or the end of the line. */
bool csv_format_sniff(struct str head, const char *name);
void csv_format_open(struct csv_format *c, const struct format *f, csv_format_finish *finish,
    const struct reading *r, const struct sink *s);
void csv_format_feed(void *state, struct str bytes, bool last);
void csv_format_close(void *state);

/* For finish functions: the row is refused because of one column; returns false. `found` NULL:
 * the field as it stands in the file. */
bool csv_format_refuse(struct csv_format *c, size_t column, enum rule rule, const char *found,
    const char *expected);
/* The next item of a COL_LIST value, without the blanks around it; false at the end. */
bool list_next(struct str *rest, struct str *item);

/* Defines `const struct format format_ID` from the array `columns` of the file. */
#define CSV_FORMAT(id, words, finish_row)                                                 \
	static bool id##_sniff(struct str head)                                           \
	{                                                                                 \
		return csv_format_sniff(head, #id);                                       \
	}                                                                                 \
	static void id##_open(void *state, const struct reading *r, const struct sink *s) \
	{                                                                                 \
		csv_format_open(state, &format_##id, finish_row, r, s);                   \
	}                                                                                 \
	const struct format format_##id = {                                               \
		.name = #id,                                                              \
		.help = words,                                                            \
		.gives = GIVES_ROWS,                                                      \
		.sniff = id##_sniff,                                                      \
		.suffix = ".csv",                                                         \
		.columns = columns,                                                       \
		.column_count = nitems(columns),                                          \
		.state_bytes = sizeof(struct csv_format),                                 \
		.open = id##_open,                                                        \
		.feed = csv_format_feed,                                                  \
		.close = csv_format_close,                                                \
	}

/* Not in the table of formats, for no utility sends them: see invitation.h, roster.h. */
extern const struct format format_invitation, format_roster;
extern const struct format format_premise, format_meter, format_rep, format_occupancy,
    format_customer, format_register, format_billing, format_rate;

#endif
