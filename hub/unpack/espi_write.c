/* The table of a feed as lines of text, fields between tabs; docs/formats/espi.md. */
#include <inttypes.h>

#include "unpack/feed.h"

enum { WRITE_BYTES = 64 * 1024, LINE_BYTES = 4096 };

static const char *const whats[] = {
	[WHAT_START] = "start",
	[WHAT_DURATION] = "duration",
	[WHAT_VALUE] = "value",
	[WHAT_QUALITY] = "quality",
	[WHAT_LINK] = "link",
	[WHAT_UPDATED] = "updated",
};

struct writer {
	struct buf text;
	const struct unpack_sink *to;
};

static bool
flush(struct writer *w, size_t from_bytes, struct err *e)
{
	if (w->text.len < from_bytes || w->text.len == 0)
		return true;
	if (!buf_ok(&w->text))
		return err(e, ERR_BUG, "no memory for lines");
	if (!w->to->piece(w->to->self, buf_view(&w->text), e))
		return false;
	buf_reset(&w->text);
	return true;
}

/* A tab and the text, its control characters as blanks: a line stays a line. */
static void
put_field(struct buf *b, struct str s)
{
	buf_byte(b, '\t');
	for (size_t i = 0; i < s.len; i++)
		buf_byte(b, (unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7f ? ' ' : s.at[i]);
}

static void
put_series(struct buf *b, const struct espi *s, const struct meter *m)
{
	static const struct point no_point;
	static const struct type no_type;
	const struct point *p = feed_point(s, m);
	const struct type *t = feed_type(s, m);

	p = p != NULL ? p : &no_point;
	t = t != NULL ? t : &no_type;
	buf_fmt(b, "series\t%" PRIu32 "\t%" PRIu32, m->line, t->line);
	put_field(b, p->name);
	put_field(b, p->title);
	put_field(b, p->agreement);
	for (size_t i = 0; i < TYPE_FIELDS; i++)
		put_field(b, t->field[i]);
	buf_byte(b, '\n');
}

static void
put_bad(struct buf *b, const struct bad *bad, const struct interval *i)
{
	buf_c(b, "bad\t");
	if (i != NULL && i->has_start)
		buf_fmt(b, "%" PRId64, i->start_s);
	buf_fmt(b, "\t%" PRIu32 "\t%s", bad->line, whats[bad->what]);
	put_field(b, bad->found);
	buf_byte(b, '\n');
}

static void
put_interval(struct buf *b, const struct espi *s, const struct interval *i)
{
	if (i->bad != NONE) {
		put_bad(b, (const struct bad *)s->bads.at + i->bad, i);
		return;
	}
	buf_fmt(b, "read\t%" PRId64 "\t%" PRIu32 "\t%" PRId64 "\t", i->start_s, i->duration_s,
	    i->value);
	if (i->has_quality)
		buf_fmt(b, "%u", i->quality);
	buf_fmt(b, "\t%" PRIu32 "\t%" PRId64 "\n", i->line, i->updated_s);
}

bool
espi_write(struct espi *s, const struct unpack_sink *to, struct err *e)
{
	struct writer w = { BUF(WRITE_BYTES + LINE_BYTES), to };
	const struct interval *all;
	const struct bad *bads;
	bool ok = xml_feed(s->xml, STR(""), true, e) && feed_resolve(s, e);

	all = s->intervals.at;
	bads = s->bads.at;
	buf_c(&w.text, "espi\t1\n");
	for (size_t i = 0; ok && i < s->bads.n; i++) {
		if (bads[i].block)
			put_bad(&w.text, &bads[i], NULL);
		ok = flush(&w, WRITE_BYTES, e);
	}
	for (size_t i = 0; ok && i < s->intervals.n; i++) {
		if (i == 0 || all[i].owner != all[i - 1].owner)
			put_series(
			    &w.text, s, (const struct meter *)s->meters.at + all[i].owner);
		put_interval(&w.text, s, &all[i]);
		ok = flush(&w, WRITE_BYTES, e);
	}
	buf_fmt(&w.text, "end\t%zu\n", s->intervals.n);
	ok = ok && flush(&w, 0, e);
	buf_auto(&w.text);
	return ok;
}
