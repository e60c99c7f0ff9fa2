/* Sealing anew; see reseal.h. ops.sealed_columns() says what there is. */
#include "cli/reseal.h"

#include "base/arena.h"
#include "base/code.h"

enum {
	BATCH = 200,
	SEALED_MOST = 64 * 1024,
	PLACE_MOST = 255,
	ARENA_MOST = BATCH * (4 * SEALED_MOST + 1024)
};

struct left_row {
	struct str name;
	int64_t rows;
};
static const struct db_field left_fields[] = { DB_TEXT(left_row, name),
	DB_INT8(left_row, rows) };

struct sealed_row {
	struct str at, sealed, place;
};
static const struct db_field sealed_fields[] = { DB_TEXT(sealed_row, at),
	DB_BYTES(sealed_row, sealed), DB_BYTES(sealed_row, place) };

struct batch {
	size_t n;
	struct str places[BATCH], was[BATCH], now[BATCH]; /* the latter two in hex */
};

static struct str
hex(struct arena *a, const void *bytes, size_t len)
{
	char *at = arena_get(a, 2 * len + 1);

	if (at == NULL)
		return (struct str){ NULL, 0 };
	code_hex(at, bytes, len);
	return (struct str){ at, 2 * len };
}

/* False when no key opens it. */
static bool
seal_anew(struct batch *b, struct arena *a, const struct keys *k, const struct sealed_row *row)
{
	unsigned char *room = arena_get(a, row->sealed.len);
	unsigned char *sealed = arena_get(a, row->sealed.len);
	bool ok = row->sealed.len <= SEALED_MOST && row->place.len > 0 &&
		  row->place.len <= PLACE_MOST && room != NULL && sealed != NULL;
	size_t len = 0;

	ok = ok && unseal(k, room, &len, row->sealed, row->place);
	if (ok) {
		len = seal(k, sealed, (struct str){ (char *)room, len }, row->place);
		b->places[b->n] = arena_str(a, row->at);
		b->was[b->n] = hex(a, row->sealed.at, row->sealed.len);
		b->now[b->n] = hex(a, sealed, len);
		ok = b->places[b->n].at != NULL && b->was[b->n].at != NULL &&
		     b->now[b->n].at != NULL;
		b->n += ok;
	}
	if (room != NULL)
		secret_wipe(room, row->sealed.len);
	return ok;
}

static bool
put(struct task *t, struct conn *c, struct reseal *r, struct str name, const struct batch *b,
    struct err *e)
{
	struct put_row {
		int64_t rows;
	} row;
	static const struct db_field fields[] = { DB_INT8(put_row, rows) };

	if (b->n == 0)
		return true;
	if (db_one(t, c, SQL_SEALED_PUT,
		ARGS(P_STR(name), P_INT4(r->id), P_TEXTS(b->places, b->n),
		    P_TEXTS(b->was, b->n), P_TEXTS(b->now, b->n)),
		fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	r->resealed += row.rows;
	return true;
}

/* The next of one column behind *after; *taken 0: that was all. */
static bool
next_batch(struct task *t, struct conn *c, const struct keys *k, struct reseal *r,
    struct str name, char after[32], size_t *taken, struct err *e)
{
	int64_t most = r->most - r->resealed < BATCH ? r->most - r->resealed : BATCH;
	AUTO_PTR(arena) a = arena_new(ARENA_MOST);
	AUTO_PTR(rows) rows = NULL;
	struct batch *b = arena_get(a, sizeof *b);
	struct sealed_row row;

	rows = db_rows(t, c, SQL_SEALED_TAKE,
	    ARGS(P_STR(name), P_INT4(r->id), P_TEXT(after), P_INT4((int32_t)most)), e);
	if (rows == NULL)
		return false;
	*taken = rows_count(rows);
	while (ROWS_NEXT(rows, sealed_fields, &row)) {
		str_copy(after, 32, row.at);
		if (!seal_anew(b, a, k, &row))
			r->unopened++;
	}
	return put(t, c, r, name, b, e);
}

static bool
count_left(struct task *t, struct conn *c, struct reseal *r, struct err *e)
{
	struct left_row row;
	AUTO_PTR(rows)
	rows = db_rows(t, c, SQL_SEALED_LEFT, ARGS(P_TEXT(r->key), P_INT4(r->id)), e);

	r->left = 0;
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, left_fields, &row))
		r->left += row.rows;
	return true;
}

bool
reseal_run(struct task *t, struct cli *cli, struct conn *c, const struct keys *k,
    struct reseal *r, struct err *e)
{
	AUTO_PTR(rows) columns = NULL;
	struct progress p;
	struct left_row column;
	bool ok = true;

	if (!count_left(t, c, r, e))
		return false;
	columns = db_rows(t, c, SQL_SEALED_LEFT, ARGS(P_TEXT(r->key), P_INT4(r->id)), e);
	if (columns == NULL)
		return false;
	p = progress_start(cli, "sealed anew", "fields", r->left);
	while (ok && ROWS_NEXT(columns, left_fields, &column)) {
		char after[32] = "(0,0)";
		size_t taken = 1;

		while (ok && column.rows > 0 && taken > 0 && r->resealed < r->most) {
			ok = next_batch(t, c, k, r, column.name, after, &taken, e);
			progress_tell(&p, r->resealed);
		}
	}
	progress_end(&p);
	return ok && count_left(t, c, r, e);
}
