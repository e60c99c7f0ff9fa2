/*
 * Uploads under a temporary name, in folders in which files keep their names: whole, but not
 * received until RNTO gives them the final one; the reply to that is the receipt. The session
 * that ends before leaves them as parts of their final names.
 */
#ifndef FTPSD_HELD_H
#define FTPSD_HELD_H

#include "session.h"

enum { HELD_MOST = 8 };

struct held {
	char *called, *path; /* as it was sent; what it will be. Owned */
	struct box_put *put;
	int64_t modified_s; /* of MFMT; 0: none */
	struct held *next;
};

/* The one that was sent under this name, or NULL. */
struct held *held_called(const struct session *s, const char *called);
/* The one that will have this name, or NULL. */
struct held *held_for(const struct session *s, const char *path);
/* Takes *put over. ERR_BUSY: too many; *put stays the caller's. */
bool held_add(struct session *s, const char *called, const char *path, struct box_put **put,
    struct err *e);
/* It gets its final name: the receipt. h is gone in both cases. */
bool held_end(
    struct task *t, struct session *s, struct held *h, struct box_receipt *r, struct err *e);
/* What came stays a part of its final name. */
void held_leave(struct task *t, struct session *s, struct held *h);
void held_leave_all(struct task *t, struct session *s);

#endif
