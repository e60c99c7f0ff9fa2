/*
 * XML from anybody, through the parser and the feed's tables, as busbar-unpack does it but
 * without the sandbox. A feed that is accepted gives lines that the reader of lines
 * understands, and days that our own feed gives back as they are.
 */
#include "meter/format_espi.h"
#include "meter/out_put.h"
#include "meter/xml.h"
#include "unpack/espi.h"

#include "told.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { XML_MOST_BYTES = 1024 * 1024 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	xml_prepare();
	return 0;
}

static bool
take(void *self, struct str bytes, struct err *e)
{
	(void)e;
	buf_str(self, bytes);
	return true;
}

/* False: the feed was refused, *e says why. */
static bool
lines_of(struct buf *lines, struct str xml, size_t piece, struct err *e)
{
	AUTO_PTR(espi) s = espi_new(XML_MOST_BYTES, e);
	struct unpack_sink sink = { lines, take };
	bool ok = s != NULL;

	for (; ok && xml.len > 0; xml = (struct str){ xml.at + piece, xml.len - piece }) {
		piece = piece < xml.len ? piece : xml.len;
		ok = espi_piece(s, (struct str){ xml.at, piece }, e);
	}
	return ok && espi_write(s, &sink, e);
}

static const struct day *written; /* what our feed must give back */

static void
compare(const struct told *t, const struct day *d)
{
	(void)t;
	assert(esiid_same(written->esiid, d->esiid) && written->day == d->day &&
	       written->channel == d->channel && written->created_s == d->created_s);
	assert(day_same(written, d));
}

/* The quality of each value is the source's own, so nothing is lost on the way. */
static void
write_and_read(const struct told *t, const struct day *d)
{
	const int64_t least_s = 1, most_s = INT64_C(253402300799); /* to year 9999 */
	AUTO(buf) xml = BUF(XML_MOST_BYTES);
	AUTO(buf) lines = BUF(TOLD_MOST_BYTES);
	struct out_file f = { .to = &xml, .name = "fuzz" };
	struct out_day o = { .d = d, .zone = t->zone };
	struct told back = { .format = &format_espi, .also = compare };
	struct err e;

	if (d->created_s < least_s || d->created_s > most_s)
		return;
	esiid_write(o.esiid, d->esiid);
	out_espi.begin(&f);
	out_espi.day(&f, &o);
	out_espi.end(&f);
	assert(buf_ok(&xml));
	assert(lines_of(&lines, buf_view(&xml), 1000, &e));
	written = d;
	told_read(&back, buf_view(&lines), 0);
	assert(back.days == 1 && back.faults == 0);
	buf_auto(&back.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str xml = { (const char *)bytes, size };
	AUTO(buf) whole = BUF(TOLD_MOST_BYTES);
	AUTO(buf) pieces = BUF(TOLD_MOST_BYTES);
	struct told t = { .format = &format_espi, .also = write_and_read };
	struct err e = { .text = "" }, again = { .text = "" };

	if (size == 0)
		return 0;
	if (!lines_of(&whole, xml, size, &e)) {
		assert(e.code != ERR_NONE && e.code != ERR_BUG && e.text[0] != '\0');
		/* where it is refused may differ by what the parser has seen; that it is may
		 * not */
		assert(!lines_of(&pieces, xml, 1 + size % 97, &again));
		return 0;
	}
	assert(lines_of(&pieces, xml, 1 + size % 97, &again));
	assert(str_eq(buf_view(&whole), buf_view(&pieces)));
	told_read(&t, buf_view(&whole), 0);
	/* a fault that expects "busbar-unpack" would blame our own lines; what the feed says
	 * itself may be quoted */
	assert(memmem(xml.at, xml.len, "busbar-unpack", 13) != NULL ||
	       memmem(t.text.at, t.text.len, "busbar-unpack", 13) == NULL);
	buf_auto(&t.text);
	return 0;
}
