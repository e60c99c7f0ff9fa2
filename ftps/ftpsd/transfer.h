/* Transfers: what happens between "150" and the reply that ends it. */
#ifndef FTPSD_TRANSFER_H
#define FTPSD_TRANSFER_H

#include "session.h"

enum transfer_stage { AT_ACCEPT, AT_SECURE, AT_BEGIN, AT_MOVE, AT_KEEP };

struct transfer;
/* Moves what there is to move, once the data connection is secured; fills x->done. */
typedef bool transfer_fn(struct task *t, struct session *s, struct transfer *x, struct err *e);

struct transfer {
	const char *verb, *path;
	transfer_fn *run;
	void *arg;
	char opening[160]; /* the text of 150 */
	char done[240];	   /* of the reply when it went well */
	int code;	   /* ... 0: 226 */
	char kept[120];	   /* of what became of it when it failed; "" nothing */
	enum transfer_stage stage;
	bool file; /* not a listing */
	/* of the ear */
	bool listening, deaf;
	unsigned aborts;
	/* afterwards */
	bool ok;
	int64_t bytes, ms;
};

/* With the session's data connection, which ends. Has replied when it returns; x->ok. */
void transfer_run(struct task *t, struct session *s, struct transfer *x);
/* The path under which an upload waits and will be found: another than its client calls it when
 * that is a temporary name, in a folder in which files keep theirs. ERR_FORBIDDEN where nothing
 * may be put. */
bool upload_path(struct task *t, struct session *s, const char *called,
    char path[BOX_PATH_MOST], struct err *e);
/* A receipt in words. */
void upload_words(char *to, size_t size, const struct box_receipt *r);
/* The code that a failure at this stage is told by. */
int transfer_code(enum transfer_stage stage, enum err_code code);

#endif
