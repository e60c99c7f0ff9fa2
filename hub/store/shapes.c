/* A sorted table of the shapes: there are few, and a day names one. */
#include "store/shapes.h"

struct shape {
	int32_t shape;
	struct str text;
};

bool
shapes_read(struct shapes *s, struct task *t, struct conn *c, enum sql q, struct err *e)
{
	static const struct db_field fields[] = { DB_INT4(shape, shape), DB_TEXT(shape, text) };
	struct shape row;

	*s = (struct shapes){ .table = BUF(SHAPES_BYTES_MOST) };
	s->keep = db_rows(t, c, q, NO_ARGS, e);
	if (s->keep == NULL)
		return false;
	for (; ROWS_NEXT(s->keep, fields, &row); s->n++)
		buf_add(&s->table, &row, sizeof row);
	return buf_ok(&s->table) || err(e, ERR_TOO_BIG, "there are too many shapes");
}

void
shapes_auto(struct shapes *s)
{
	rows_free(&s->keep);
	buf_auto(&s->table);
}

static const struct shape *
find(const struct shapes *s, int32_t shape)
{
	const struct shape *at = (const struct shape *)(const void *)s->table.at;
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at[middle].shape < shape)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && at[low].shape == shape ? &at[low] : NULL;
}

bool
shapes_has(const struct shapes *s, int32_t shape)
{
	return find(s, shape) != NULL;
}

struct str
shapes_text(const struct shapes *s, int32_t shape)
{
	const struct shape *found = find(s, shape);

	return found != NULL ? found->text : STR("");
}

bool
space_read(struct uuid *to, struct task *t, struct conn *c, enum sql q, struct err *e)
{
	struct space {
		struct str space;
	} row;
	static const struct db_field fields[] = { DB_TEXT(space, space) };
	AUTO_PTR(rows) keep = NULL;

	return db_one(t, c, q, NO_ARGS, fields, nitems(fields), &row, &keep, e) == DB_FOUND &&
	       (uuid_read(row.space, to) || err(e, ERR_BUG, "the space of ids is none"));
}
