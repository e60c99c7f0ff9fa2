/*
 * Who calls. A bearer token, or a client certificate that TLS has proven, opens a session of
 * the box; a session a request would be a row a request, so each process keeps the sessions it
 * has opened for some minutes. That is safe because the session's handle gives no right by
 * itself: every call of the box asks the database whether it still holds.
 */
#ifndef API_CALLER_H
#define API_CALLER_H

#include "store/box.h"
#include "sys/http.h"

enum { CALLERS_MOST = 512, CALLER_KEY_BYTES = 32, CALLER_IDLE_MS = 300000 };

struct caller {
	unsigned char key[CALLER_KEY_BYTES]; /* SHA-256 of what was shown, and from where */
	struct box box;
	unsigned users; /* requests under way */
	bool kept;	/* in the table */
	uint64_t used_ms;
};

struct callers {
	struct caller *at[CALLERS_MOST];
	size_t n;
};

/* The caller of a request; give it back by caller_leave(). ERR_LOGIN for all that is wrong with
 * what was shown, or when nothing was; ERR_WAIT with the seconds in *wait_s. */
struct caller *caller_enter(struct task *t, struct callers *all, const struct box_door *door,
    const struct http *r, int *wait_s, struct err *e);
void caller_leave(struct task *t, struct callers *all, struct caller **c);
/* After ERR_FORBIDDEN: whether the session has ended, rather than that this may not be done. It
 * is then not given to anybody again. */
bool caller_over(struct task *t, struct callers *all, struct caller *c);

/* Task: ends sessions that nobody used for CALLER_IDLE_MS. */
void callers_run(struct task *t, void *callers);

/* The SHA-256 of a certificate as nginx passes it on: PEM, escaped. Does not wait. */
bool caller_certificate(struct str escaped, unsigned char sha256[32]);

#endif
