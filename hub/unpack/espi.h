/*
 * A Green Button feed as a table of readings: what busbar-unpack makes of ESPI Atom XML.
 *
 * Entries of a feed come in any order and only links tie them together: interval block to meter
 * reading, meter reading to reading type and usage point. So everything is taken into memory in
 * a compact form (a reading is 48 bytes, in XML it is 130 or more), resolved at the end of the
 * feed, sorted, and written as lines (docs/formats/espi.md). What the numbers mean is left to
 * hub/meter/format_espi, which also tells the faults: here nothing is judged but the shape.
 */
#ifndef UNPACK_ESPI_H
#define UNPACK_ESPI_H

#include "unpack/unpack.h"

enum {
	ESPI_READINGS_MOST = 1000 * 1000,
	ESPI_ENTRIES_MOST = 100 * 1000, /* of each kind */
	ESPI_LINKS_MOST = 400 * 1000,
	ESPI_RELATED_MOST = 1024,  /* related links of one entry */
	ESPI_BAD_MOST = 10 * 1000, /* damaged readings; with more the feed is refused */
	ESPI_TEXT_BYTES = 48 * 1024 * 1024, /* links, names and titles together */
	ESPI_XML_PRESET_BYTES = 64 * 1024 * 1024,
};

struct espi; /* AUTO_PTR(espi) s = espi_new(…); */
struct espi *espi_new(int64_t xml_most_bytes, struct err *e);
void espi_free(struct espi **s);
/* The next bytes of the XML; an unpack_sink's piece with the struct espi as self. */
bool espi_piece(void *self, struct str bytes, struct err *e);
/* The XML has ended: the lines go to `to`. Once. */
bool espi_write(struct espi *s, const struct unpack_sink *to, struct err *e);

#endif
