/*
 * Entries of a log that was verified. Rows have one form (docs/audit.md), so their fields are
 * cut from left to right; what is in `detail` is found by its text.
 */
#include <string.h>

#include "verify.h"

enum { ROW_AT = 2 * TREE_HASH + 1 + 2 * TREE_SALT + 1 };

struct row {
	struct str text, at, kind;
	int64_t entry, event, party, premise; /* -1: null */
};

/* Behind `name`, up to `end`. */
static bool
field(struct str *rest, const char *name, char end, struct str *to)
{
	size_t len = strlen(name);

	if (!str_starts(*rest, name))
		return false;
	return str_cut((struct str){ rest->at + len, rest->len - len }, end, to, rest);
}

static int64_t
number(struct str s)
{
	int64_t n;

	return str_int64(s, &n) ? n : -1;
}

/* Over a JSON string whose first quote has been read. */
static bool
skip_text(struct str *rest)
{
	for (size_t i = 0; i < rest->len; i++) {
		if (rest->at[i] == '\\') {
			i++;
		} else if (rest->at[i] == '"') {
			*rest = (struct str){ rest->at + i + 1, rest->len - i - 1 };
			return true;
		}
	}
	return false;
}

static bool
row_read(struct row *r, struct str text)
{
	static const char actor[] = ",\"actor\":\"";
	struct str rest = text, entry, event, party, premise;

	*r = (struct row){ .text = text };
	if (!field(&rest, "{\"entry\":", ',', &entry) ||
	    !field(&rest, "\"event\":", ',', &event) ||
	    !field(&rest, "\"at\":\"", '"', &r->at) ||
	    !field(&rest, ",\"kind\":\"", '"', &r->kind) || !str_starts(rest, actor))
		return false;
	rest.at += sizeof actor - 1;
	rest.len -= sizeof actor - 1;
	if (!skip_text(&rest) || !field(&rest, ",\"party\":", ',', &party) ||
	    !field(&rest, "\"premise\":", ',', &premise))
		return false;
	r->entry = number(entry);
	r->event = number(event);
	r->party = number(party);
	r->premise = number(premise);
	return true;
}

static bool
has(struct str row, struct str word)
{
	return word.len == 0 || memmem(row.at, row.len, word.at, word.len) != NULL;
}

/* Texts of one form, or beginnings of it: -1, 0, 1. */
static int
compared(struct str a, struct str b)
{
	int sign = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return sign != 0 ? sign : (a.len > b.len) - (a.len < b.len);
}

static bool
kind_fits(const struct find *f, struct str kind)
{
	if (f->kind.len == 0)
		return true;
	if (f->kind.at[f->kind.len - 1] != '.')
		return str_eq(kind, f->kind);
	return kind.len > f->kind.len && memcmp(kind.at, f->kind.at, f->kind.len) == 0;
}

static bool
wanted(const struct find *f, const struct row *r)
{
	if (!kind_fits(f, r->kind) || (f->event >= 0 && f->event != r->event) ||
	    (f->entry >= 0 && f->entry != r->entry) ||
	    (f->party >= 0 && f->party != r->party) ||
	    (f->premise >= 0 && f->premise != r->premise) ||
	    (f->from.len > 0 && compared(r->at, f->from) < 0) ||
	    (f->before.len > 0 && compared(r->at, f->before) >= 0) ||
	    !has(r->text, str_of(f->file)))
		return false;
	for (size_t i = 0; i < f->word_n; i++)
		if (!has(r->text, f->word[i]))
			return false;
	return true;
}

bool
find_run(struct verify *v, const char *folder, FILE *to, struct err *e)
{
	AUTO(text) entries = { 0 };
	struct find *f = &v->find;
	struct str line, rest;
	struct row r;

	if (!text_open(&entries, folder, "entries", e))
		return false;
	f->found = 0;
	rest = entries.s;
	while (rest.len > 0 && str_cut(rest, '\n', &line, &rest)) {
		struct str row = { line.at + ROW_AT, line.len - ROW_AT };

		if (line.len <= ROW_AT || !row_read(&r, row))
			return err(e, ERR_FINDINGS, "a row is none: " STR_FMT,
			    STR_ARG(str_first(line, 200)));
		if (!wanted(f, &r))
			continue;
		f->found++;
		if (to != NULL)
			fprintf(to, STR_FMT "\n", STR_ARG(row));
	}
	return f->found > 0 || f->file[0] == '\0' ||
	       err(e, ERR_FINDINGS, "no entry names a file with the SHA-256 %s", f->file);
}
