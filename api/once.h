/*
 * What is to be done once, however often it is asked for: the first answer is kept for a day
 * under a key of the caller's, and given again for the same request. Requests of /v1
 * that change something and have an Idempotency-Key are done so by serve.c; a handler that has
 *a key of another kind (SMT: trans_id) does it itself:
 *
 *	struct once o;
 *	if (!once_begin(t, c, key, &o, e) || o.answered)
 *		return o.answered;
 *	return once_end(t, c, &o, work(t, c, e), e);
 *
 * Kept is what the answer's function sent (http_reply, answer_json: not files), but for answers
 * that say to come again (5xx, 401, 409, 429).
 */
#ifndef API_ONCE_H
#define API_ONCE_H

#include "sys/route.h"

enum { ONCE_KEY_MOST = 200, ONCE_ANSWER_MOST = 256 * 1024 };

struct once {
	char key[ONCE_KEY_MOST + 1];
	bool answered; /* it was done before, and that answer is sent */
	size_t headers_at;
	struct buf copy;
};

/* Reads the body, if that was not done before. ERR_CONFLICT: the key stands for another
 * request, or for this one, which is still being done. ERR_USAGE: no key of 1 to 200 visible
 * characters. */
bool once_begin(struct task *t, struct call *c, struct str key, struct once *o, struct err *e);
/* `done`: what the work gave; returned. In any case after a once_begin() that did not answer.
 */
bool once_end(struct task *t, struct call *c, struct once *o, bool done, struct err *e);

#endif
