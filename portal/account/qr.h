/*
 * A text as a QR code (ISO/IEC 18004): version 5, level L, bytes, one mask. That is what the
 * address of a second factor needs, and no more.
 */
#ifndef PORTAL_QR_H
#define PORTAL_QR_H

#include "base/str.h"

enum { QR_SIZE = 37, QR_TEXT_MOST = 106, QR_QUIET = 4 };

struct qr {
	bool dark[QR_SIZE][QR_SIZE]; /* row, column */
};

/* False: the text is too long. */
bool qr_make(struct qr *to, struct str text);
/* The dark ones as a path of SVG, in a box of QR_SIZE + 2 * QR_QUIET. */
void qr_path(struct buf *to, const struct qr *qr);

#endif
