/*
 * Requests as nginx hands them on (SCGI, python.ca/scgi/protocol.txt): a netstring of names and
 * values, CONTENT_LENGTH first, then the body. nginx is the only one that speaks to us and the
 * only one that parses HTTP, so everything here is strict: a name that is not in scgi_table.h,
 * a name twice, a length that does not fit, and it is refused. deploy/nginx/scgi.conf passes
 * the same names, and no header that is not among them reaches a process.
 */
#ifndef SYS_SCGI_H
#define SYS_SCGI_H

#include <sys/types.h>

#include "rt/io.h"

enum { SCGI_HEAD_MOST = 64 * 1024 };

enum scgi_var {
#define X(name, id) id,
#include "sys/scgi_table.h"
#undef X
	SCGI_VARS
};

struct scgi {
	char *head;	    /* what the slices point into */
	int64_t body_bytes; /* CONTENT_LENGTH: 0 also where nginx does not gather the body */
	struct str var[SCGI_VARS]; /* at == NULL: not there */
};

/* Of the netstring's inside; the slices point into `head`. Does not wait. ERR_BAD_INPUT. */
bool scgi_parse(struct str head, struct scgi *to, struct err *e);
/* The head of a request; the body is what follows in s. IO_END: the peer said nothing. */
enum io_got scgi_read(struct task *t, struct stream *s, struct scgi *to, struct err *e);
void scgi_auto(struct scgi *s);

/* Whether the process at the other end of a Unix socket runs as `uid`, or as root, who could
 * anyway. ERR_FORBIDDEN. */
bool scgi_peer(int fd, uid_t uid, struct err *e);

#endif
