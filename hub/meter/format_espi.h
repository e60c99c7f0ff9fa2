/*
 * Green Button (ESPI Atom) uploads. XML is only ever parsed in busbar-unpack, a child without
 * rights; what reaches this reader is the line text that the child writes. docs/formats/espi.md
 * has the text's layout and which parts of a feed count.
 */
#ifndef METER_FORMAT_ESPI_H
#define METER_FORMAT_ESPI_H

#include "meter/format.h"

extern const struct format format_espi;

#endif
