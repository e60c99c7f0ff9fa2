/* What the files of the box share; doors include store/box.h. */
#ifndef STORE_BOX_IN_H
#define STORE_BOX_IN_H

#include "store/box.h"

enum { BOX_TRIES = 3, BOX_UNCERTAIN_TRIES = 8 };

struct box_place { /* a normal path, cut; at the root both are empty */
	struct str folder, name;
};
struct box_place box_place(const char *path);

/* A statement of at most one row on a connection of its own; a lost connection is tried again,
 * `tries` times, so only for what may be asked twice. */
enum db_got box_ask(struct task *t, const struct box_door *d, enum sql q, struct args a,
    const struct db_field *fields, size_t n, void *out, struct rows **keep, int tries,
    struct err *e);
/* The same without a row. */
bool box_do(struct task *t, const struct box *b, enum sql q, struct args a, struct err *e);
/* After it, nothing of this session is on its way to the database any more. */
void box_sent_all(struct task *t, const struct box *b);

#endif
