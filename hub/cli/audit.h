/* What the commands of `busbar audit` share. */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "cli/cli.h"
#include "tree/note.h"

enum { SIGN_WAIT_S = 10 };

struct signed_tree {
	uint64_t size;
	struct str note;
	struct rows *keep; /* note points into it */
};
void signed_tree_auto(struct signed_tree *s);

/* Has busbar-auditd sign all that was committed until now, and waits for it; `what` is what the
 * audit event says: "checkpoint_asked", "exported". ERR_UNAVAILABLE when it does not. */
bool audit_sign_now(struct task *t, struct cli *cli, struct conn *c, const char *what,
    struct signed_tree *s, struct err *e);
/* The same of an event that names the key which signs next. */
bool audit_sign_next(
    struct task *t, struct conn *c, struct str known_as, struct signed_tree *s, struct err *e);
/* The last checkpoint as it is; or the one of exactly `size` entries. ERR_NOT_FOUND. */
bool audit_last(struct task *t, struct conn *c, struct signed_tree *s, struct err *e);
bool audit_of_size(
    struct task *t, struct conn *c, uint64_t size, struct signed_tree *s, struct err *e);

/* The path of a program that lies where this one does. */
bool audit_beside(char *path, size_t size, const char *program, struct err *e);

#endif
