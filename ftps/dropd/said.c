#include "said.h"

#include <string.h>

static const struct {
	const char *word;
	enum said_what what;
	bool number, reason, text;
} words[] = {
	{ "moved", SAID_MOVED, true, false, false },
	{ "resumed", SAID_RESUMED, true, false, false },
	{ "uploaded", SAID_UPLOADED, false, false, false },
	{ "sent", SAID_SENT, true, false, true },
	{ "withdrawn", SAID_WITHDRAWN, false, false, false },
	{ "failed", SAID_FAILED, false, true, true },
};

static bool
reason_ok(struct str reason)
{
	for (size_t i = 0; i < reason.len; i++)
		if (reason.at[i] < 'a' || reason.at[i] > 'z')
			return false;
	return reason.len > 0 && reason.len < SAID_REASON_SIZE;
}

void
said_read(struct said *s, struct str line)
{
	struct str word, rest, part;
	size_t i = 0;

	memset(s, 0, sizeof *s);
	if (line.len > SAID_LINE_MOST)
		return;
	str_cut(line, ' ', &word, &rest);
	while (i < nitems(words) && !str_is(word, words[i].word))
		i++;
	if (i == nitems(words))
		return;
	if (words[i].number || words[i].reason) {
		str_cut(rest, ' ', &part, &rest);
		if (words[i].number && !str_int64(part, &s->number))
			return;
		if (words[i].reason && !reason_ok(part))
			return;
		if (words[i].reason)
			str_copy(s->reason, sizeof s->reason, part);
	}
	if (!words[i].text && rest.len > 0)
		return;
	str_plain(s->text, sizeof s->text, rest);
	s->what = words[i].what;
}
