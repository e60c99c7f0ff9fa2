/* Writing CSV; see csv.h. */
#include <string.h>

#include "base/csv.h"

/* What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"). */
static bool
is_formula(struct str text)
{
	return text.len > 0 && memchr("=+-@\t\r", text.at[0], 6) != NULL;
}

static void
put_quoted(struct buf *b, struct str text, const char *before)
{
	struct str part;
	bool more = true;

	buf_c(b, before);
	while (more) {
		more = str_cut(text, '"', &part, &text);
		buf_str(b, part);
		if (more)
			buf_c(b, "\"\"");
	}
	buf_byte(b, '"');
}

static bool
needs_quotes(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == ',' || text.at[i] == '"' || text.at[i] == '\n' ||
		    text.at[i] == '\r')
			return true;
	return false;
}

void
csv_put_plain(struct buf *b, struct str text)
{
	if (needs_quotes(text))
		put_quoted(b, text, "\"");
	else
		buf_str(b, text);
}

void
csv_put(struct buf *b, struct str text)
{
	if (is_formula(text))
		put_quoted(b, text, "\"'");
	else
		csv_put_plain(b, text);
}
