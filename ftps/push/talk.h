/*
 * What a delivery says to dropd, a line each, and what it waits for.
 *
 *	moved BYTES		of all its files, from time to time
 *	uploaded		all is there under temporary names: wait for the word
 *	sent BYTES TEXT		done; what the server said last
 *	withdrawn		told to, the temporary names are gone
 *	failed REASON TEXT	REASON: ours address connect pin login space stall reset remote
 */
#ifndef PUSH_TALK_H
#define PUSH_TALK_H

#include "push.h"

enum talk_word { TALK_PUBLISH, TALK_WITHDRAW, TALK_GONE };

/* Dropd that is gone is no error: this process is killed then. */
void talk_say(int fd, const char *fmt, ...) PRINTF_LIKE(2, 3);
void talk_failed(int fd, enum push_reason why, const char *text);
/* Says "uploaded" and waits: "publish" or "withdraw". */
enum talk_word talk_ask(int fd);

#endif
