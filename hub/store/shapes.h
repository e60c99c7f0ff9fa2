/* The shapes of reads.shape (what LSE says in row 2 beyond the readings), by their number. */
#ifndef STORE_SHAPES_H
#define STORE_SHAPES_H

#include "base/uuid.h"
#include "sys/db.h"

enum { SHAPES_BYTES_MOST = 64 * 1024 * 1024 };

struct shapes {
	struct rows *keep; /* the texts point into it */
	struct buf table;
	size_t n;
};

/* q: the statement that lists them for this process (columns shape, text). */
bool shapes_read(struct shapes *s, struct task *t, struct conn *c, enum sql q, struct err *e);
void shapes_auto(struct shapes *s);
struct str shapes_text(const struct shapes *s, int32_t shape); /* empty when there is none */
bool shapes_has(const struct shapes *s, int32_t shape);

/* What the ids of Green Button are made in; q: the statement for this process (column space).
 */
bool space_read(struct uuid *to, struct task *t, struct conn *c, enum sql q, struct err *e);

#endif
