/*
 * Settings, read by inih. inih tells neither line numbers nor lines that are too long, so it is
 * fed by next_line(), which counts, trims (an indented line is a setting, not a continuation)
 * and refuses what does not fit.
 */
#include "sys/conf.h"

#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* clang-format off */
const struct conf_row conf_rows[] = {
#define X(name, type, member, preset, least, most, reload, help)                               \
	{ name, preset, help, CONF_##type, offsetof(struct conf, member), least, most, reload },
#include "sys/conf_table.h"
#undef X
};
/* clang-format on */
const size_t conf_count = nitems(conf_rows);

/* How a number may end, largest first, so that limits are told in the largest fitting unit. */
struct unit {
	const char *name;
	int64_t times;
};
static const struct unit sizes[] = {
	{ "G", INT64_C(1) << 30 },
	{ "M", INT64_C(1) << 20 },
	{ "K", INT64_C(1) << 10 },
	{ "", 1 },
};
static const struct unit times[] = {
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

static const struct {
	const char *word;
	bool means;
} words[] = {
	{ "yes", true },
	{ "no", false },
	{ "true", true },
	{ "false", false },
	{ "on", true },
	{ "off", false },
};

enum { NUMBER_SIZE = 32 };

static const char *
number_text(char to[NUMBER_SIZE], const struct conf_row *row, int64_t n)
{
	const struct unit *u = row->type == CONF_MS ? times : sizes;
	size_t units = row->type == CONF_MS ? nitems(times) : nitems(sizes);

	if (row->type == CONF_INT) {
		snprintf(to, NUMBER_SIZE, "%" PRId64, n);
		return to;
	}
	while (units > 1 && (n == 0 || n % u->times != 0))
		u++, units--;
	snprintf(to, NUMBER_SIZE, "%" PRId64 "%s", n / u->times, u->name);
	return to;
}

static bool
bad(const struct conf_row *row, struct str found, struct err *e)
{
	static const char *const kinds[] = {
		[CONF_INT] = "a whole number",
		[CONF_BYTES] = "a size",
		[CONF_MS] = "a time with its unit (ms, s, m, h, d)",
	};
	char least[NUMBER_SIZE], most[NUMBER_SIZE];
	int shown = found.len < 60 ? (int)found.len : 60;

	return err(e, ERR_CONF, "%s is \"%.*s\", expected %s from %s to %s", row->name, shown,
	    found.at, kinds[row->type], number_text(least, row, row->least),
	    number_text(most, row, row->most));
}

static bool
read_units(struct str text, const struct unit *u, size_t units, int64_t *n)
{
	size_t digits = 0;
	struct str unit;

	while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9')
		digits++;
	unit = str_trim((struct str){ text.at + digits, text.len - digits });
	if (!str_int64((struct str){ text.at, digits }, n))
		return false;
	for (; units > 0; u++, units--)
		if (str_is(unit, u->name))
			return !__builtin_mul_overflow(*n, u->times, n);
	return false;
}

static bool
read_number(const struct conf_row *row, struct str text, int64_t *to, struct err *e)
{
	int64_t n;
	bool ok;

	if (row->type == CONF_INT)
		ok = str_int64(text, &n);
	else if (row->type == CONF_BYTES)
		ok = read_units(text, sizes, nitems(sizes), &n);
	else
		ok = read_units(text, times, nitems(times), &n);
	if (!ok || n < row->least || n > row->most)
		return bad(row, text, e);
	*to = n;
	return true;
}

static bool
read_bool(const struct conf_row *row, struct str text, bool *to, struct err *e)
{
	for (size_t i = 0; i < nitems(words); i++)
		if (str_ieq(text, str_of(words[i].word))) {
			*to = words[i].means;
			return true;
		}
	return err(
	    e, ERR_CONF, "%s is \"" STR_FMT "\", expected yes or no", row->name, STR_ARG(text));
}

/* Text is never shown: a connection string may hold a password. */
static bool
read_text(const struct conf_row *row, struct str text, char *to, struct err *e)
{
	if (row->type == CONF_PATH && text.len == 0)
		return err(e, ERR_CONF, "%s is empty, expected a path", row->name);
	if (text.len >= CONF_TEXT_SIZE)
		return err(e, ERR_CONF, "%s has %zu bytes, expected at most %d", row->name,
		    text.len, CONF_TEXT_SIZE - 1);
	return str_copy(to, CONF_TEXT_SIZE, text);
}

bool
conf_value(const struct conf_row *row, struct str text, void *to, struct err *e)
{
	switch (row->type) {
	case CONF_TEXT:
	case CONF_PATH:
		return read_text(row, text, to, e);
	case CONF_BOOL:
		return read_bool(row, text, to, e);
	case CONF_INT:
	case CONF_BYTES:
	case CONF_MS:
		break;
	}
	return read_number(row, text, to, e);
}

static void *
member(struct conf *c, const struct conf_row *row)
{
	return (char *)c + row->offset;
}

void
conf_presets(struct conf *c)
{
	memset(c, 0, sizeof *c);
	for (size_t i = 0; i < conf_count; i++) {
		struct err e;

		if (!conf_value(&conf_rows[i], str_of(conf_rows[i].preset),
			member(c, &conf_rows[i]), &e)) {
			fprintf(stderr, "preset: %s\n", e.text);
			abort();
		}
	}
}

bool
conf_find(const char *given, char *path, size_t size, struct err *e)
{
	static const char local[] = "var/busbar.conf", global[] = "/etc/busbar/busbar.conf";
	const char *named = given != NULL ? given : getenv("BUSBAR_CONF");
	const char *found = named;

	if (named != NULL && access(named, R_OK) != 0)
		return err_errno(e, ERR_CONF, "cannot read the settings %s (%s)", named,
		    given != NULL ? "as given" : "from BUSBAR_CONF");
	if (found == NULL && access(local, R_OK) == 0)
		found = local;
	if (found == NULL && access(global, R_OK) == 0)
		found = global;
	if (found == NULL)
		return err(e, ERR_CONF,
		    "no settings: neither -c FILE nor BUSBAR_CONF is given, and neither %s nor "
		    "%s can be read",
		    local, global);
	if (!str_copy(path, size, str_of(found)))
		return err(e, ERR_CONF, "the path of the settings is too long: %s", found);
	return true;
}

/* ---- the file ---- */

struct reading {
	FILE *file;
	const char *path;
	unsigned line;
	struct conf *c;
	unsigned *given; /* by row: the line, 0 before */
	struct err *e;
	bool failed;
};

static void
give_up(struct reading *r)
{
	err_at(r->e, "%s:%u", r->path, r->line);
	r->failed = true;
}

/* inih would only tell the number of a line that has none. */
static bool
has_form(struct str s)
{
	if (s.len == 0 || s.at[0] == ';' || s.at[0] == '#')
		return true;
	return s.at[0] == '[' ? memchr(s.at, ']', s.len) != NULL
			      : memchr(s.at, '=', s.len) != NULL;
}

/* For inih, in the manner of fgets. NULL ends the reading, also after a failure. */
static char *
next_line(char *to, int size, void *arg)
{
	struct reading *r = arg;
	struct str s;

	if (r->failed || fgets(to, size, r->file) == NULL)
		return NULL;
	r->line++;
	s = str_of(to);
	if (s.len == (size_t)size - 1 && !str_ends(s, "\n")) {
		err(r->e, ERR_CONF, "the line is longer than %d bytes", CONF_LINE_MOST);
		give_up(r);
		return NULL;
	}
	if (r->line == 1 && str_starts(s, "\xEF\xBB\xBF")) /* a byte order mark */
		s.at += 3, s.len -= 3;
	s = str_trim(s);
	if (!has_form(s)) {
		err(r->e, ERR_CONF,
		    "found \"%.*s\", expected \"name = value\" or \"[section]\"",
		    s.len < 60 ? (int)s.len : 60, s.at);
		give_up(r);
		return NULL;
	}
	memmove(to, s.at, s.len);
	to[s.len] = '\0';
	return to;
}

static const struct conf_row *
row_named(const char *section, const char *name)
{
	char whole[128];

	snprintf(whole, sizeof whole, "%s.%s", section, name);
	for (size_t i = 0; i < conf_count; i++)
		if (strcmp(conf_rows[i].name, whole) == 0)
			return &conf_rows[i];
	return NULL;
}

/* For inih: 0 is failure. */
static int
on_setting(void *arg, const char *section, const char *name, const char *value)
{
	struct reading *r = arg;
	const struct conf_row *row = row_named(section, name);
	unsigned *given;

	if (r->failed)
		return 0;
	if (row == NULL) {
		err(r->e, ERR_CONF,
		    "there is no setting %.60s.%.60s (docs/settings.md lists all)", section,
		    name);
		give_up(r);
		return 0;
	}
	given = &r->given[row - conf_rows];
	if (*given != 0) {
		err(r->e, ERR_CONF, "%s is set in line %u already", row->name, *given);
		give_up(r);
		return 0;
	}
	*given = r->line;
	if (!conf_value(row, str_of(value), member(r->c, row), r->e))
		give_up(r);
	return !r->failed;
}

static bool
read_file(struct reading *r)
{
	int got;

	ini_max_line = CONF_LINE_MOST + 2;
	ini_allow_multiline = false;
	got = ini_parse_stream(next_line, r, on_setting, r);
	if (r->failed)
		return false;
	if (ferror(r->file))
		return err_errno(r->e, ERR_CONF, "cannot read the settings %s", r->path);
	if (got != 0)
		return err(r->e, ERR_CONF, "%s:%d: not a setting", r->path, got);
	return true;
}

bool
conf_read(struct conf *c, const char *path, struct err *e)
{
	unsigned given[nitems(conf_rows)] = { 0 };
	struct conf *made = malloc(sizeof *made); /* more than a frame may have */
	struct reading r = { .path = path, .c = made, .given = given, .e = e };
	bool ok;

	if (made == NULL)
		return err(e, ERR_BUSY, "out of memory");
	conf_presets(made);
	ok = str_copy(made->file, sizeof made->file, str_of(path)) ||
	     err(e, ERR_CONF, "the path of the settings is too long: %s", path);
	r.file = ok ? fopen(path, "re") : NULL;
	if (ok && r.file == NULL)
		ok = err_errno(e, ERR_CONF, "cannot read the settings %s", path);
	if (r.file != NULL) {
		ok = read_file(&r);
		fclose(r.file);
	}
	if (ok)
		*c = *made;
	free(made);
	return ok;
}

static size_t
member_size(const struct conf_row *row)
{
	switch (row->type) {
	case CONF_TEXT:
	case CONF_PATH:
		return CONF_TEXT_SIZE;
	case CONF_BOOL:
		return sizeof(bool);
	case CONF_INT:
	case CONF_BYTES:
	case CONF_MS:
		break;
	}
	return sizeof(int64_t);
}

bool
conf_reload(struct conf *c, unsigned *others, struct err *e)
{
	struct conf *now = malloc(sizeof *now);

	if (now == NULL)
		return err(e, ERR_BUSY, "out of memory");
	if (!conf_read(now, c->file, e)) {
		free(now);
		return false;
	}
	*others = 0;
	for (size_t i = 0; i < conf_count; i++) {
		const struct conf_row *row = &conf_rows[i];
		size_t size = member_size(row);

		if (row->reload)
			memcpy(member(c, row), member(now, row), size);
		else if (memcmp(member(c, row), member(now, row), size) != 0)
			++*others;
	}
	free(now);
	return true;
}

/* ---- the page ---- */

static const char *const type_names[] = {
	[CONF_TEXT] = "text",
	[CONF_PATH] = "path",
	[CONF_INT] = "number",
	[CONF_BYTES] = "size",
	[CONF_MS] = "time",
	[CONF_BOOL] = "yes or no",
};

static void
write_row(struct buf *b, const struct conf_row *row)
{
	char least[NUMBER_SIZE], most[NUMBER_SIZE];

	buf_fmt(b, "| `%s` | %s | ", row->name, type_names[row->type]);
	if (row->preset[0] == '\0')
		buf_c(b, "(empty) | ");
	else
		buf_fmt(b, "`%s` | ", row->preset);
	if (row->type == CONF_INT || row->type == CONF_BYTES || row->type == CONF_MS)
		buf_fmt(b, "%s to %s", number_text(least, row, row->least),
		    number_text(most, row, row->most));
	buf_fmt(b, " | %s | %s |\n", row->reload ? "reload" : "restart", row->help);
}

void
conf_write_docs(struct buf *b)
{
	struct str section = { 0 };

	buf_c(b,
	    "# Settings\n\n"
	    "An INI file: `[section]`, then `name = value`; `;` or `#` begins a comment. It "
	    "is looked for as\n`-c FILE`, then in `$BUSBAR_CONF`, then as `var/busbar.conf`, "
	    "then as `/etc/busbar/busbar.conf`.\nSizes end in K, M or G (powers of 1024), "
	    "times in ms, s, m, h or d. A name that is not listed\nhere, or a value outside "
	    "its limits, stops the program with file and line.\n");
	for (size_t i = 0; i < conf_count; i++) {
		struct str head, rest;

		str_cut(str_of(conf_rows[i].name), '.', &head, &rest);
		if (!str_eq(head, section))
			buf_fmt(b,
			    "\n## [" STR_FMT "]\n\n"
			    "| name | type | default | limits | a change needs | meaning |\n"
			    "|---|---|---|---|---|---|\n",
			    STR_ARG(head));
		section = head;
		write_row(b, &conf_rows[i]);
	}
}
