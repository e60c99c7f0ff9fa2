/*
 * XML from anybody, through the parser and the feed's tables, as busbar-unpack does it but
 * without the sandbox. A feed that is accepted gives lines that the reader of lines
 * understands.
 */
#include "meter/format_espi.h"
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

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct str xml = { (const char *)bytes, size };
	AUTO(buf) whole = BUF(TOLD_MOST_BYTES);
	AUTO(buf) pieces = BUF(TOLD_MOST_BYTES);
	struct told t = { .format = &format_espi };
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
