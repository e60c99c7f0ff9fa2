/* One delivery: what its row says, and the job that busbar-push is given. */
#ifndef DROPD_PUSH_JOB_H
#define DROPD_PUSH_JOB_H

#include "pushes.h"

enum { PUSH_FILES_MOST = 64, PUSH_TEXT_SIZE = 256, PUSH_TOKEN_SIZE = 40 };

struct push_row { /* of delivery.push_take() */
	int64_t push, drop, endpoint, bytes, files;
	int32_t port, attempts;
	bool implicit, publishing, resume;
	struct str token, action, kind, host, path, login, secret_kind, secret, pin, challenge;
};
extern const struct db_field push_fields[];
extern const size_t push_field_count;

struct push_job {
	int64_t push, bytes;
	char token[PUSH_TOKEN_SIZE];
	bool challenge;
	struct buf line; /* has the secret: push_job_free() wipes it */
	size_t fds;
	int fd[PUSH_FILES_MOST];
};

/* Unseals the secret, opens the files, writes the line. Waits. ERR_BUG: it was sealed for
 * another server, or by another key. */
bool push_job_make(struct task *t, struct push_job *j, struct pushes *p, struct conn *c,
    const struct push_row *row, struct err *e);
void push_job_free(struct push_job *j);
/* Sends the line, the descriptors with its first bytes. */
bool push_job_send(struct task *t, const struct push_job *j, int to, struct err *e);

/* push_notice.c: tells partners of deliveries that were given up, once. */
bool push_notices(struct task *t, struct pushes *p, struct conn *c, struct err *e);

#endif
