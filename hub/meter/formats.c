/* The table of formats in, recognising one by its first bytes, and the reader around each. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "meter/format_csv.h"
#include "meter/format_espi.h"
#include "meter/lse.h"

const struct format *const formats[] = {
	&format_lse,
	&format_espi,
	&format_premise,
	&format_meter,
	&format_rep,
	&format_occupancy,
	&format_customer,
	&format_register,
	&format_billing,
	&format_rate,
	NULL,
};

const struct format *
format_named(const char *name)
{
	for (size_t i = 0; formats[i] != NULL; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

static const struct {
	const char *name, *magic;
	size_t len;
} compressions[] = {
	{ "gzip", "\x1f\x8b", 2 },
	{ "zip", "PK\x03\x04", 4 },
	{ "zip", "PK\x05\x06", 4 }, /* a zip without members */
	{ "zstd", "\x28\xb5\x2f\xfd", 4 },
};

const char *
format_compression(struct str head)
{
	for (size_t i = 0; i < nitems(compressions); i++)
		if (head.len >= compressions[i].len &&
		    memcmp(head.at, compressions[i].magic, compressions[i].len) == 0)
			return compressions[i].name;
	return NULL;
}

static bool
unknown_content(struct str head, struct err *e)
{
	AUTO(buf) names = BUF(512);
	struct str line, word, name;

	if (head.len == 0)
		return err(e, ERR_BAD_FILE, "the file is empty");
	if (format_compression(head) != NULL)
		return err(e, ERR_BAD_FILE, "the file is %s, expected its plain content",
		    format_compression(head));
	for (size_t i = 0; formats[i] != NULL; i++)
		buf_fmt(&names, "%s%s", i == 0 ? "" : ", ", formats[i]->name);
	str_cut(head, '\n', &line, &head);
	line = str_first(str_trim(line), 40);
	if (str_cut(line, ',', &word, &name) && str_is(str_trim(word), "busbar"))
		return err(e, ERR_BAD_FILE,
		    "line 1 begins \"" STR_FMT "\", which names no format; there are " STR_FMT,
		    STR_ARG(line), STR_ARG(buf_view(&names)));
	return err(e, ERR_BAD_FILE,
	    "the content begins \"" STR_FMT "\", which is none of " STR_FMT, STR_ARG(line),
	    STR_ARG(buf_view(&names)));
}

const struct format *
format_sniff(struct str head, struct err *e)
{
	for (size_t i = 0; formats[i] != NULL; i++)
		if (formats[i]->sniff(head))
			return formats[i];
	unknown_content(head, e);
	return NULL;
}

struct reader {
	const struct format *format;
	struct reading reading;
	struct sink sink;
	bool ended;
	_Alignas(16) unsigned char state[];
};

struct reader *
reader_new(const struct format *f, const struct reading *r, const struct sink *s, struct err *e)
{
	struct reader *reader = calloc(1, sizeof(*reader) + f->state_bytes);

	if (reader == NULL) {
		err(e, ERR_BUG, "no memory for a reader of %s", f->name);
		return NULL;
	}
	reader->format = f;
	reader->reading = *r;
	reader->sink = *s;
	f->open(reader->state, &reader->reading, &reader->sink);
	return reader;
}

void
reader_free(struct reader **r)
{
	if (*r == NULL)
		return;
	(*r)->format->close((*r)->state);
	free(*r);
	*r = NULL;
}

void
reader_feed(struct reader *r, struct str bytes, bool last)
{
	assert(!r->ended);
	r->ended = last;
	r->format->feed(r->state, bytes, last);
}
