/*
 * HTTPS to servers that others name (libcurl's multi interface, driven by the task that waits):
 * one POST at a time for each struct fetch, many of these beside each other in one loop.
 *
 * What is named is a stranger's: https alone, a port of the rules, every address of the name
 * checked (sys/egress.h) and the connection pinned to the one that was, so that a second
 * look-up cannot lead elsewhere; no redirect, no proxy, no cookie, no login out of a file; the
 * certificate must be for the name; an end to every wait and to every answer. The name is
 * looked up aside (rt/aside.h), anew for each request. Connections are kept for half a minute.
 */
#ifndef SYS_FETCH_H
#define SYS_FETCH_H

#include "rt/task.h"
#include "sys/egress.h"

enum { FETCH_SAYS_SIZE = 300, FETCH_HEADERS_MOST = 16, FETCH_URL_MOST = 400 };

struct fetch_rules {
	struct egress_rules egress;
	const char *ca; /* file of certificates to believe, or a folder as OpenSSL names them */
	uint64_t connect_ms, total_ms;
	size_t answer_most;    /* bytes */
	egress_lookup *lookup; /* NULL: getaddrinfo */
};

struct fetch_ask {
	struct str url;
	const char *type; /* of the body */
	struct str body;
	const char *const *headers; /* "Name: value" */
	size_t header_count;
};

enum fetch_result {
	FETCH_ANSWERED, /* status and answer are in */
	FETCH_ADDRESS,	/* not one that is connected to: nothing left the machine */
	FETCH_NAME,	/* there is no such name now */
	FETCH_CONNECT,
	FETCH_TLS, /* no TLS, or the certificate is not the name's */
	FETCH_TIMEOUT,
	FETCH_RESET,
	FETCH_TOO_BIG, /* the answer */
	FETCH_OURS,
	FETCH_RESULTS
};
struct fetch_got {
	enum fetch_result result;
	int status;
	uint64_t ms;
	char address[64];	    /* that was connected to; "" when it did not come to that */
	char says[FETCH_SAYS_SIZE]; /* why not, in words */
	struct buf answer;	    /* AUTO(fetch_got): the caller frees it */
};
void fetch_got_auto(struct fetch_got *g);
const char *fetch_result_name(enum fetch_result r); /* "ok", "address", … */

bool fetch_start(struct err *e); /* once, in the main thread, before any other */
struct fetch; /* AUTO_PTR(fetch) f = fetch_new(&rules, e); the rules must outlive it */
struct fetch *fetch_new(const struct fetch_rules *r, struct err *e);
void fetch_free(struct fetch **f);
/* False only when the task was cancelled or ran out of time; all else is in *got. */
bool fetch_post(struct task *t, struct fetch *f, const struct fetch_ask *a,
    struct fetch_got *got, struct err *e);

#endif
