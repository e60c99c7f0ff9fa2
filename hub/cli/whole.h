/* What a command reads as a whole: small files, and secrets from standard input. */
#ifndef CLI_WHOLE_H
#define CLI_WHOLE_H

#include "base/err.h"

/* As much as `to` may hold; ERR_BAD_INPUT names the file that cannot be opened, ERR_TOO_BIG. */
bool whole_file(struct buf *to, struct str path, struct err *e);
/* The first line of standard input, without its end; what it was read into is `keep`'s. */
bool whole_line(struct buf *keep, struct str *line, struct err *e);

#endif
