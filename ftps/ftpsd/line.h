/*
 * A command as it came in: one line, of which Telnet's sequences are taken out (clients put
 * them before ABOR), cut into verb and argument. What cannot be a command is told by `fault`.
 */
#ifndef FTPSD_LINE_H
#define FTPSD_LINE_H

#include "base/err.h"

enum { LINE_MOST = 4096, VERB_MOST = 12 };

enum line_fault {
	LINE_GOOD,
	LINE_EMPTY,
	LINE_NUL,
	LINE_NOT_UTF8,
	LINE_NO_VERB /* does not begin with a word of letters and digits */
};

struct line {
	char *text; /* owned; verb and arg lie in it */
	size_t len;
	char verb[VERB_MOST + 1]; /* upper case */
	struct str arg;		  /* after one blank; at NULL when there is none */
	enum line_fault fault;
};

/* False only when memory is short. line_free() also wipes: it may be a password. */
bool line_make(struct line *l, struct str raw);
void line_free(struct line *l);

#endif
