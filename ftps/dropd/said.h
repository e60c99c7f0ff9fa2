/* A line of busbar-push, which speaks with strangers: read as if it were one. */
#ifndef DROPD_SAID_H
#define DROPD_SAID_H

#include "base/str.h"

enum said_what {
	SAID_NONSENSE,
	SAID_MOVED,   /* number: bytes */
	SAID_RESUMED, /* number: the offset */
	SAID_UPLOADED,
	SAID_SENT, /* number: bytes; text: what the server said */
	SAID_WITHDRAWN,
	SAID_FAILED, /* reason, text */
};
enum { SAID_LINE_MOST = 600, SAID_REASON_SIZE = 16, SAID_TEXT_SIZE = 401 };

struct said {
	enum said_what what;
	int64_t number;
	char reason[SAID_REASON_SIZE];
	char text[SAID_TEXT_SIZE];
};
/* Without its end; what is none of these is SAID_NONSENSE. Texts come out fit to be shown. */
void said_read(struct said *s, struct str line);

#endif
