/*
 * The supervisor: accepts connections of dropd's user, starts a process of this program for
 * each, which reads its job from the connection, and kills it when dropd hangs up.
 */
#ifndef PUSH_SUPERVISE_H
#define PUSH_SUPERVISE_H

#include <sys/types.h>

#include "sys/conf.h"

enum { SUPERVISE_CHILDREN_MOST = 256 };

/* Serves `listener` until SIGTERM or SIGINT, then ends what runs. `argv` begins each child,
 * with its connection as standard input; it is this program's own. */
bool supervise(int listener, uid_t who, int children_most, char *const *argv, struct err *e);

#endif
