/*
 * A cursor over one delimited line. Each call takes the next field; a failure names the column
 * (1-based byte position of the field in the line), what the field is, what was found (cut to
 * 40 bytes) and what was expected, for instance column 28: channel is "7", expected 1
 * (generation) or 4 (load) column 60: invalid record flag is missing so that a reader of a
 * format is a chain of && that reads like the specification. Blanks around a field are ignored.
 * No quoting: see csv.h for that.
 */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include "base/err.h"

struct fields {
	struct str line;
	size_t at;     /* where the next field begins */
	size_t column; /* 1-based column of the field taken last */
	char sep;
	bool done; /* the last field has been taken */
	/* of the failure, for a reject record */
	char found[48], expected[96];
};

struct choice {
	int64_t value;
	const char *text, *means;
};

struct fields fields_of(struct str line, char sep);
bool field_next(struct fields *f, const char *what, struct str *s, struct err *e);
bool field_is(struct fields *f, const char *text, const char *what, struct err *e);
bool field_text(struct fields *f, const char *what, size_t most, struct str *s, struct err *e);
bool field_digits(struct fields *f, const char *what, size_t least, size_t most, struct str *s,
    struct err *e);
bool field_int(
    struct fields *f, const char *what, int64_t least, int64_t most, int64_t *n, struct err *e);
bool field_choice(struct fields *f, const char *what, const struct choice *c, size_t n,
    int64_t *value, struct err *e);
/* YYYYMMDDHHMMSS in a zone's wall time, as seconds since 1970-01-01 of a clock without zone. */
bool field_local_s(struct fields *f, const char *what, int64_t *local_s, struct err *e);
bool field_skip(struct fields *f, const char *what, struct err *e); /* any content */
bool fields_end(struct fields *f, struct err *e); /* only empty fields may follow */
/* A failure of the caller's own about the field taken last, in the same words. */
bool field_bad(
    struct fields *f, const char *what, struct str found, const char *expected, struct err *e);

#endif
