/*
 * Another program as a child: bytes in by a pipe, out by another, its words by a third. It gets
 * no environment but PATH and LC_ALL, no descriptor but those named, and is killed when it is
 * freed early; when this process ends, its pipes end.
 *
 * All calls block for as long as the child takes, at most CHILD_STALL_S without progress: they
 * are for the work pool (rt/work.h).
 */
#ifndef SYS_CHILD_H
#define SYS_CHILD_H

#include "base/err.h"

enum { CHILD_STALL_S = 60, CHILD_FILES_MOST = 2 };

/* Takes what comes out; false with e ends it. */
typedef bool child_out(void *self, const void *bytes, size_t len, struct err *e);

struct child; /* AUTO_PTR(child) c = child_begin(…); */
/* argv[0] is the path of the program. files: -1 or what it can read as /proc/self/fd/3 and 4
 * (child_file); they stay the caller's. */
struct child *child_begin(const char *const *argv, const int files[CHILD_FILES_MOST],
    child_out *out, void *self, struct err *e);
/* ERR_BAD_INPUT with its last words when it ended before its input did. */
bool child_add(struct child *c, const void *bytes, size_t len, struct err *e);
/* No more input; takes what comes out to its end. ERR_BAD_INPUT with its last words unless it
 * ends with status 0. */
bool child_end(struct child *c, struct err *e);
void child_free(struct child **c);

/* A descriptor with these bytes, in memory; -1 with e. */
int child_file(struct str bytes, struct err *e);

#endif
