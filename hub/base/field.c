/* The cursor over one delimited line; see field.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/field.h"

enum { FOUND_MOST = 40, EXPECTED_SIZE = 256 };

struct fields
fields_of(struct str line, char sep)
{
	return (struct fields){ .line = line, .sep = sep };
}

bool
field_bad(
    struct fields *f, const char *what, struct str found, const char *expected, struct err *e)
{
	struct str cut = str_first(found, FOUND_MOST);
	size_t used;

	(void)str_plain(f->found, sizeof(f->found), cut);
	(void)str_plain(f->expected, sizeof(f->expected), str_of(expected));
	if (found.len == 0)
		return err(e, ERR_BAD_FILE, "column %zu: %s is missing", f->column, what);
	used = strlen(f->found);
	if (cut.len < found.len)
		(void)str_copy(f->found + used, sizeof(f->found) - used, STR("..."));
	return err(e, ERR_BAD_FILE, "column %zu: %s is \"%s\", expected %s", f->column, what,
	    f->found, expected);
}

/*
 * The next field as it stands, perhaps empty. False when the line has no more; then the column
 * is the end of the line, and what the caller has in *s is empty, which field_bad calls
 * missing.
 */
static bool
take(struct fields *f, struct str *s)
{
	struct str rest;
	const char *sep;

	*s = STR("");
	if (f->done) {
		f->column = f->line.len > 0 ? f->line.len : 1;
		return false;
	}
	f->column = f->at + 1;
	f->done = true;
	if (f->at == f->line.len)
		return true;
	rest = (struct str){ f->line.at + f->at, f->line.len - f->at };
	sep = memchr(rest.at, f->sep, rest.len);
	if (sep != NULL) {
		rest.len = (size_t)(sep - rest.at);
		f->at++;
		f->done = false;
	}
	f->at += rest.len;
	*s = str_trim(rest);
	return true;
}

bool
field_next(struct fields *f, const char *what, struct str *s, struct err *e)
{
	return take(f, s) || field_bad(f, what, *s, "one more field", e);
}

bool
field_skip(struct fields *f, const char *what, struct err *e)
{
	struct str s;

	return field_next(f, what, &s, e);
}

bool
field_is(struct fields *f, const char *text, const char *what, struct err *e)
{
	struct str s;

	return (take(f, &s) && str_is(s, text)) || field_bad(f, what, s, text, e);
}

bool
field_text(struct fields *f, const char *what, size_t most, struct str *s, struct err *e)
{
	char expected[EXPECTED_SIZE];

	if (take(f, s) && s->len > 0 && s->len <= most)
		return true;
	(void)snprintf(expected, sizeof(expected), "at most %zu bytes", most);
	return field_bad(f, what, *s, expected, e);
}

static bool
all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return true;
}

bool
field_digits(
    struct fields *f, const char *what, size_t least, size_t most, struct str *s, struct err *e)
{
	char expected[EXPECTED_SIZE];

	if (take(f, s) && s->len > 0 && s->len >= least && s->len <= most && all_digits(*s))
		return true;
	if (least == most)
		(void)snprintf(
		    expected, sizeof(expected), "%zu digit%s", most, most == 1 ? "" : "s");
	else
		(void)snprintf(expected, sizeof(expected), "%zu to %zu digits", least, most);
	return field_bad(f, what, *s, expected, e);
}

/* A minus sign is a sign; a plus sign is not, nothing that we read writes one. */
static bool
read_int(struct str s, int64_t *n)
{
	bool below = s.len > 1 && s.at[0] == '-';

	if (!str_int64(below ? (struct str){ s.at + 1, s.len - 1 } : s, n))
		return false;
	*n = below ? -*n : *n;
	return true;
}

bool
field_int(
    struct fields *f, const char *what, int64_t least, int64_t most, int64_t *n, struct err *e)
{
	char expected[EXPECTED_SIZE];
	struct str s;
	int64_t v;

	if (take(f, &s) && read_int(s, &v) && v >= least && v <= most) {
		*n = v;
		return true;
	}
	(void)snprintf(expected, sizeof(expected),
	    "a whole number from %" PRId64 " to %" PRId64, least, most);
	return field_bad(f, what, s, expected, e);
}

/* "1 (generation) or 4 (load)" */
static void
list_choices(char *to, size_t size, const struct choice *c, size_t n)
{
	struct buf b = {
		.at = to, .cap = size - 1, .max = size - 1
	}; /* never grows: max is cap */

	for (size_t i = 0; i < n; i++) {
		buf_c(&b, i == 0 ? "" : i + 1 < n ? ", " : " or ");
		buf_c(&b, c[i].text);
		if (c[i].means != NULL)
			buf_fmt(&b, " (%s)", c[i].means);
	}
	to[b.len] = '\0';
}

bool
field_choice(struct fields *f, const char *what, const struct choice *c, size_t n,
    int64_t *value, struct err *e)
{
	char expected[EXPECTED_SIZE];
	struct str s;

	if (take(f, &s))
		for (size_t i = 0; i < n; i++)
			if (str_is(s, c[i].text)) {
				*value = c[i].value;
				return true;
			}
	list_choices(expected, sizeof(expected), c, n);
	return field_bad(f, what, s, expected, e);
}

bool
field_local_s(struct fields *f, const char *what, int64_t *local_s, struct err *e)
{
	struct str s;

	return (take(f, &s) && civil_read_14(s, local_s)) ||
	       field_bad(f, what, s, "YYYYMMDDHHMMSS", e);
}

bool
fields_end(struct fields *f, struct err *e)
{
	struct str s;

	while (!f->done) {
		(void)take(f, &s);
		if (s.len > 0)
			return field_bad(f, "an extra field", s, "the end of the line", e);
	}
	return true;
}
