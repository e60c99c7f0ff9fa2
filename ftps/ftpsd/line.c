/* Reading of commands; see line.h. Telnet: RFC 854, FTP's use of it RFC 959 section 4.1.3. */
#include "line.h"

#include <stdlib.h>
#include <string.h>

enum { WILL = 251, DONT = 254, IAC = 255 };

/* Where the Telnet command that begins at raw.at[i] ends. */
static size_t
behind_telnet(struct str raw, size_t i)
{
	unsigned char what = i + 1 < raw.len ? (unsigned char)raw.at[i + 1] : 0;

	return i + (what >= WILL && what <= DONT ? 3 : 2);
}

static void
without_telnet(struct line *l, struct str raw)
{
	for (size_t i = 0; i < raw.len;) {
		unsigned char c = (unsigned char)raw.at[i];
		bool doubled =
		    c == IAC && i + 1 < raw.len && (unsigned char)raw.at[i + 1] == IAC;

		if (c == IAC && !doubled) {
			i = behind_telnet(raw, i);
			continue;
		}
		l->text[l->len++] = raw.at[i];
		i += doubled ? 2 : 1;
	}
}

static bool
verb_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static enum line_fault
cut(struct line *l)
{
	struct str all = { l->text, l->len };
	size_t n = 0;

	if (all.len == 0)
		return LINE_EMPTY;
	if (memchr(all.at, '\0', all.len) != NULL)
		return LINE_NUL;
	if (!str_utf8(all))
		return LINE_NOT_UTF8;
	for (; n < all.len && n < VERB_MOST && verb_char(all.at[n]); n++)
		l->verb[n] =
		    (char)(all.at[n] >= 'a' && all.at[n] <= 'z' ? all.at[n] - 32 : all.at[n]);
	if (n == 0 || (n < all.len && all.at[n] != ' '))
		return LINE_NO_VERB;
	if (n + 1 < all.len)
		l->arg = (struct str){ all.at + n + 1, all.len - n - 1 };
	return LINE_GOOD;
}

bool
line_make(struct line *l, struct str raw)
{
	*l = (struct line){ .text = malloc(raw.len + 1) };
	if (l->text == NULL)
		return false;
	without_telnet(l, raw);
	l->text[l->len] = '\0';
	l->fault = cut(l);
	return true;
}

void
line_free(struct line *l)
{
	if (l->text != NULL)
		explicit_bzero(l->text, l->len);
	free(l->text);
	*l = (struct line){ 0 };
}
