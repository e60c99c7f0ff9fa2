/*
 * Who calls. What is shown is one of
 *
 *	Authorization: Bearer bbX_…	a token that the hub made: its class is in the database
 *	Authorization: Bearer …		a static token of an account
 *	Authorization: Basic …		name and password of an account
 *	a client certificate		of an account, proven by TLS
 *	the cookie of the portal	of who is signed in there: GET and HEAD below /v1 and
 * /box alone
 *
 * or, where a route says so (API_TOKEN_ASKED), a token in the address. All but the first open a
 * session of the box; a session a request would be a row a request, so each process keeps the
 * sessions it has opened for some minutes. Who shows a token of the hub is kept for a moment.
 * Both are safe because what is kept gives no right by itself: every SQL function is shown the
 * session's handle, or the token's SHA-256, and asks anew.
 */
#ifndef API_CALLER_H
#define API_CALLER_H

#include "store/box.h"
#include "store/shown.h"
#include "sys/http.h"

enum {
	CALLERS_MOST = 1024,
	CALLER_KEY_BYTES = 32,
	CALLER_IDLE_MS = 300000,
	CALLER_TOKEN_MS = 5000
};

/* What a caller is, for the masks of routes. */
enum {
	API_BOX = 1,   /* a session of the box: static token, password, certificate */
	API_LOGIN = 2, /* the same, or a token that a login of its account gave (SESSION) */
	API_PERSONAL = 4,
	API_ACCESS = 8,
	API_CLIENT = 16,
	API_REGISTRATION = 32,
	API_CUSTODIAN = 64 /* the hub's own staff, for Green Button alone */
};

struct caller {
	unsigned char key[CALLER_KEY_BYTES]; /* SHA-256 of what was shown, and from where */
	unsigned char shown[SHOWN_BYTES];
	struct box box; /* door NULL: a token of the hub */
	int is;		/* mask of the above */
	char class_[16], kind[12], code[40], login[72];
	int32_t party, account, client;
	uint64_t until_ms; /* of a token: then it is asked for again; 0: none */
	unsigned users;	   /* requests under way */
	bool kept;	   /* in the table */
	uint64_t used_ms;
};

struct callers {
	struct caller *at[CALLERS_MOST];
	size_t n;
};

/* The caller of a request; give it back by caller_leave(). asked: a token that stood in the
 * address: it counts where there is no Authorization, before a certificate. ERR_LOGIN for all
 * that is wrong with what was shown, or when nothing was; ERR_WAIT with the seconds in *wait_s.
 */
struct caller *caller_enter(struct task *t, struct callers *all, const struct box_door *door,
    const struct http *r, struct str asked, int *wait_s, struct err *e);
void caller_leave(struct task *t, struct callers *all, struct caller **c);
/* After ERR_FORBIDDEN or ERR_LOGIN: whether what was shown does not hold any more, rather than
 * that this may not be done. It is then not given to anybody again. */
bool caller_over(struct task *t, struct callers *all, struct caller *c);

/* Task: ends sessions that nobody used for CALLER_IDLE_MS. */
void callers_run(struct task *t, void *callers);

/* The SHA-256 of a certificate as nginx passes it on: PEM, escaped. Does not wait. */
bool caller_certificate(struct str escaped, unsigned char sha256[32]);
/* Whether the text looks like a token that the hub made. Does not wait. */
bool caller_made_token(struct str token);

#endif
