/* How rows of the table of desks are written. */
#ifndef PORTAL_DESK_ROWS_H
#define PORTAL_DESK_ROWS_H

#include "desk.h"

/* clang-format off */
#define COLUMNS(c)   .columns = (c), .n = nitems(c)
#define FILTERS(f)   .filters = (f), .n_filters = nitems(f)
#define PARTS(p)     .parts = (p), .n_parts = nitems(p)
#define FIELDS(f)    .fields = (f), .n_fields = nitems(f)
#define CHOICES(c)   .choices = (c), .n_choices = nitems(c)
#define BUTTONS(b)   .buttons = (b), .n_buttons = nitems(b)
#define UP_TO_HOME   .up = "/operator", .up_text = TEXT_OP_HOME
#define UP(to, text) .up = (to), .up_text = (text)

/* clang-format on */

enum { REASON_MOST = 500, SAYS_MOST = 1000, NAME_MOST = 120, FIRST = 1 };

/* The one field of most forms. */
extern const struct field desk_reason[1];

#endif
