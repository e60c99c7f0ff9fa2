#include "texts.h"

#include <stdio.h>

const struct text_row text_rows[] = {
#include "mail_texts.inc" /* made by hub/tools/text_embed.awk */
};
const size_t text_row_count = nitems(text_rows);

struct str
text_of(const char *language, const char *name)
{
	char wanted[64];

	snprintf(wanted, sizeof wanted, "%s/%s", language, name);
	for (size_t i = 0; i < nitems(text_rows); i++)
		if (str_is(str_of(text_rows[i].name), wanted))
			return str_of(text_rows[i].text);
	return (struct str){ NULL, 0 };
}

struct str
word_of(const char *language, const char *name)
{
	struct str rest = text_of(language, "words"), line, key, value;
	bool more = rest.at != NULL;

	while (more) {
		more = str_cut(rest, '\n', &line, &rest);
		if (str_cut(line, '=', &key, &value) && str_is(str_trim(key), name))
			return str_trim(value);
	}
	return (struct str){ NULL, 0 };
}
