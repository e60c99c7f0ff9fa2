/* Reading and comparing the scripts of sql/: see migrate.h. */
#include "cli/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

static bool
read_text(int fd, struct buf *b, const char *name, struct err *e)
{
	for (;;) {
		char *to = buf_room(b, 16 * 1024);
		ssize_t got;

		if (to == NULL)
			return err(e, ERR_TOO_BIG, "%s has more than %d bytes", name,
			    SCRIPT_MOST_BYTES);
		got = read(fd, to, 16 * 1024);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "reading %s", name);
		if (got == 0)
			break;
		buf_grew(b, (size_t)got);
	}
	return true;
}

static bool
read_script(struct script *s, int folder, const char *file, struct err *e)
{
	AUTO_FD fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
	struct str name = str_of(file);

	s->text = (struct buf)BUF(SCRIPT_MOST_BYTES);
	if (fd < 0)
		return err_errno(e, ERR_BAD_INPUT, "opening %s", file);
	if (!read_text(fd, &s->text, file, e))
		return false;
	digest_of(s->text.at, s->text.len, s->sha256);
	s->alone = str_ends(name, ".auto.sql");
	name.len -= strlen(s->alone ? ".auto.sql" : ".sql");
	if (!str_copy(s->name, sizeof s->name, name))
		return err(e, ERR_BAD_INPUT, "the name %s is longer than %d bytes", file,
		    SCRIPT_NAME_MOST);
	buf_byte(&s->text, '\0');
	s->text.len--;
	return buf_ok(&s->text) || err(e, ERR_TOO_BIG, "%s is too large", file);
}

static bool
take_number(struct script *s, size_t place, const char *folder, struct err *e)
{
	struct str head, tail;
	int64_t number;

	if (!str_cut(str_of(s->name), '_', &head, &tail) || head.len != 4 || tail.len == 0 ||
	    !str_int64(head, &number))
		return err(e, ERR_BAD_INPUT, "%s/%s.sql: expected a name as 0001_schema.sql",
		    folder, s->name);
	if (number != (int64_t)place + 1)
		return err(e, ERR_BAD_INPUT, "%s/%s.sql: expected number %04zu here", folder,
		    s->name, place + 1);
	s->number = (int32_t)number;
	return true;
}

static int
is_script(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_of(d->d_name), ".sql");
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

bool
scripts_read(struct scripts *s, const char *folder, bool numbered, struct err *e)
{
	AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **found = NULL;
	bool ok = true;
	int n;

	*s = (struct scripts){ 0 };
	if (fd < 0 || (n = scandirat(fd, ".", &found, is_script, by_bytes)) < 0)
		return err_errno(e, ERR_BAD_INPUT, "looking for scripts in %s", folder);
	if (n > SCRIPTS_MOST)
		ok = err(e, ERR_TOO_BIG, "%s has more than %d scripts", folder, SCRIPTS_MOST);
	s->at = calloc((size_t)n + 1, sizeof *s->at);
	if (s->at == NULL)
		ok = err(e, ERR_BUSY, "there is no memory left");
	for (int i = 0; i < n; i++) {
		if (ok) {
			struct script *one = &s->at[s->n++];

			ok = read_script(one, fd, found[i]->d_name, e) &&
			     (!numbered || take_number(one, (size_t)i, folder, e));
		}
		free(found[i]);
	}
	free(found);
	return ok;
}

void
scripts_auto(struct scripts *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_auto(&s->at[i].text);
	free(s->at);
	*s = (struct scripts){ 0 };
}

void
scripts_digest(const struct scripts *a, const struct scripts *b, char hex[DIGEST_HEX])
{
	const struct scripts *const sets[] = { a, b };
	unsigned char sha256[DIGEST_BYTES];
	AUTO_PTR(digest) d = digest_new();

	for (size_t k = 0; k < nitems(sets); k++)
		for (size_t i = 0; i < sets[k]->n; i++)
			digest_add(d, sets[k]->at[i].sha256, DIGEST_BYTES);
	digest_end(d, sha256);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", sha256[i]);
}

/* ---- comparing ---- */

bool
migrate_plan(const struct scripts *s, const struct applied *a, size_t n, const char *version,
    size_t *first, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct script *file = &s->at[i];

		if (i >= s->n)
			return err(e, ERR_SEQUENCE,
			    "the database has migration " STR_FMT " of busbar " STR_FMT
			    "; this is busbar %s, which ends at %04zu",
			    STR_ARG(a[i].name), STR_ARG(a[i].version), version, s->n);
		if (!str_is(a[i].name, file->name))
			return err(e, ERR_BAD_INPUT,
			    "migration %04d was " STR_FMT
			    " when it was applied, the file is %s",
			    a[i].number, STR_ARG(a[i].name), file->name);
		if (!str_eq(
			a[i].sha256, (struct str){ (const char *)file->sha256, DIGEST_BYTES }))
			return err(e, ERR_BAD_INPUT,
			    "%s has changed since it was applied; put the change into a new "
			    "migration",
			    file->name);
	}
	*first = n;
	return true;
}

/* ---- cutting a script into statements ---- */

/* Past a quoted text that begins at `at`; doubled quotes are two texts in a row, which is as
 * good. */
static size_t
skip_quoted(struct str s, size_t at)
{
	char quote = s.at[at++];

	while (at < s.len && s.at[at] != quote)
		at++;
	return at < s.len ? at + 1 : at;
}

static size_t
skip_line(struct str s, size_t at)
{
	while (at < s.len && s.at[at] != '\n')
		at++;
	return at;
}

/* Comments nest in PostgreSQL. */
static size_t
skip_comment(struct str s, size_t at)
{
	unsigned depth = 0;

	for (; at < s.len; at++) {
		bool two = at + 1 < s.len;

		if (two && s.at[at] == '/' && s.at[at + 1] == '*') {
			depth++;
			at++;
		} else if (two && s.at[at] == '*' && s.at[at + 1] == '/') {
			at++;
			if (--depth == 0)
				return at + 1;
		}
	}
	return at;
}

static bool
is_tag_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* $tag$ … $tag$; a lone dollar ($1) is just passed. */
static size_t
skip_dollar(struct str s, size_t at)
{
	size_t end = at + 1, tag;

	while (end < s.len && is_tag_byte(s.at[end]))
		end++;
	if (end >= s.len || s.at[end] != '$')
		return at + 1;
	tag = end + 1 - at;
	for (size_t i = end + 1; i + tag <= s.len; i++)
		if (memcmp(s.at + i, s.at + at, tag) == 0)
			return i + tag;
	return s.len;
}

/* Past whatever begins at `at`: one byte, or a whole text or comment. */
static size_t
skip_one(struct str s, size_t at)
{
	char next = at + 1 < s.len ? s.at[at + 1] : '\0';

	switch (s.at[at]) {
	case '\'':
	case '"':
		return skip_quoted(s, at);
	case '$':
		return skip_dollar(s, at);
	case '-':
		return next == '-' ? skip_line(s, at) : at + 1;
	case '/':
		return next == '*' ? skip_comment(s, at) : at + 1;
	default:
		return at + 1;
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
script_next(struct str *rest, struct str *statement)
{
	size_t at = 0, begin;

	/* comments before a statement are not part of it: alone they would be an empty one */
	while (at < rest->len) {
		size_t next = skip_one(*rest, at);

		if (!is_blank(rest->at[at]) && rest->at[at] != ';' &&
		    !(next > at + 1 && (rest->at[at] == '-' || rest->at[at] == '/')))
			break;
		at = next;
	}
	begin = at;
	while (at < rest->len && rest->at[at] != ';')
		at = skip_one(*rest, at);
	at += at < rest->len;
	*statement = str_trim((struct str){ rest->at + begin, at - begin });
	*rest = (struct str){ rest->at + at, rest->len - at };
	return statement->len > 0;
}
