#include "dsn.h"

#include <stdio.h>
#include <string.h>

enum { VERP_DIGITS = DSN_VERP_SIZE - 1, STATUS_MOST = 12, DIAGNOSTIC_SIZE = 240 };

/* ---- whose it was ---- */

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* local+CODE@domain at the front of s. */
static bool
code_here(struct str s, struct str local, struct str domain, char verp[DSN_VERP_SIZE])
{
	size_t need = local.len + 1 + VERP_DIGITS + 1 + domain.len;
	struct str at;

	if (s.len < need || !str_ieq((struct str){ s.at, local.len }, local) ||
	    s.at[local.len] != '+')
		return false;
	at = (struct str){ s.at + local.len + 1, VERP_DIGITS };
	for (size_t i = 0; i < at.len; i++)
		if (!is_hex(at.at[i]))
			return false;
	if (at.at[VERP_DIGITS] != '@' ||
	    !str_ieq((struct str){ at.at + VERP_DIGITS + 1, domain.len }, domain))
		return false;
	for (size_t i = 0; i < at.len; i++)
		verp[i] = at.at[i] >= 'A' && at.at[i] <= 'F' ? (char)(at.at[i] - 'A' + 'a')
							     : at.at[i];
	verp[at.len] = '\0';
	return true;
}

static bool
find_code(struct str text, const char *bounce, char verp[DSN_VERP_SIZE])
{
	struct str local, domain;

	if (!str_cut(str_of(bounce), '@', &local, &domain) || local.len == 0)
		return false;
	for (size_t i = 0; i + local.len < text.len; i++) {
		if (text.at[i + local.len] != '+')
			continue;
		if (code_here((struct str){ text.at + i, text.len - i }, local, domain, verp))
			return true;
	}
	return false;
}

/* ---- what became of it ---- */

static bool
field_is(struct str line, const char *name, struct str *value)
{
	struct str before, after;

	if (!str_cut(line, ':', &before, &after) || !str_ieq(str_trim(before), str_of(name)))
		return false;
	*value = str_trim(after);
	return true;
}

/* "5.1.1", whatever stands behind it. */
static bool
status_read(struct str s, char to[STATUS_MOST], size_t *len)
{
	size_t n = 0, dots = 0;

	while (n < s.len && n + 1 < STATUS_MOST &&
	       ((s.at[n] >= '0' && s.at[n] <= '9') || s.at[n] == '.')) {
		dots += s.at[n] == '.';
		n++;
	}
	*len = n;
	if (dots != 2 || n < 5 || s.at[1] != '.')
		return false;
	return str_copy(to, STATUS_MOST, (struct str){ s.at, n });
}

struct status {
	bool failed, delayed;
	char code[STATUS_MOST], diagnostic[DIAGNOSTIC_SIZE];
};

/* What the server said may name the mailbox: words with an @ are left out. */
static void
diagnostic_read(struct status *s, struct str value)
{
	char plain[DIAGNOSTIC_SIZE];
	AUTO(buf) b = BUF(4 * DIAGNOSTIC_SIZE);
	struct str word, rest;
	bool more = true;

	str_plain(plain, sizeof plain, value);
	rest = str_of(plain);
	while (more) {
		more = str_cut(rest, ' ', &word, &rest);
		buf_c(&b, b.len > 0 ? " " : "");
		buf_str(&b, memchr(word.at, '@', word.len) != NULL ? STR("<…>") : word);
	}
	str_copy(s->diagnostic, sizeof s->diagnostic, buf_view(&b));
}

static void
line_read(struct status *s, struct str line)
{
	struct str value;
	size_t len;

	if (field_is(line, "action", &value)) {
		s->failed = s->failed || str_ieq(value, STR("failed"));
		s->delayed = s->delayed || str_ieq(value, STR("delayed"));
	} else if (s->code[0] == '\0' && field_is(line, "status", &value)) {
		if (!status_read(value, s->code, &len))
			s->code[0] = '\0';
	} else if (s->diagnostic[0] == '\0' && field_is(line, "diagnostic-code", &value)) {
		diagnostic_read(s, value);
	}
}

/* The fields of the part "message/delivery-status": from its head to the next boundary. */
static bool
status_part(struct str message, struct status *s)
{
	struct str line, rest = message, value;
	bool more = true, inside = false;

	while (more) {
		more = str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (!inside && field_is(line, "content-type", &value) && value.len >= 23 &&
		    str_ieq((struct str){ value.at, 23 }, STR("message/delivery-status")))
			inside = true;
		else if (inside && str_starts(line, "--"))
			break;
		else if (inside)
			line_read(s, line);
	}
	return inside && s->code[0] != '\0' && (s->failed || s->delayed);
}

void
dsn_read(struct dsn *d, struct str message, const char *bounce, struct str to)
{
	struct status s = { .failed = false };

	memset(d, 0, sizeof *d);
	if (!find_code(to, bounce, d->verp) && !find_code(message, bounce, d->verp))
		d->verp[0] = '\0';
	if (!status_part(message, &s))
		return;
	d->found = true;
	d->permanent = s.failed;
	snprintf(d->says, sizeof d->says, "%s %s", s.code, s.diagnostic);
}
