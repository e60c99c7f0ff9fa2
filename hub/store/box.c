/* The box: paths, and what lies in it. */
#include <string.h>

#include "rt/log.h"
#include "rt/loop.h"
#include "store/box_in.h"

enum { NAME_MOST = 255, DEPTH_MOST = 2, STILL_ASK_MS = 5000 };

/* ---- paths ---- */

static bool
name_ok(struct str name, struct err *e)
{
	if (name.len > NAME_MOST)
		return err(e, ERR_BAD_INPUT, "a name of %zu bytes, expected at most %d",
		    name.len, NAME_MOST);
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.at[i] < ' ' || name.at[i] == 127)
			return err(e, ERR_BAD_INPUT, "a control character in a name");
	return str_utf8(name) || err(e, ERR_BAD_INPUT, "a name that is not UTF-8");
}

/* The names of `path` go behind those that are there; ".." takes one away. */
static bool
walk(struct str names[DEPTH_MOST], size_t *n, struct str path, struct err *e)
{
	bool more = path.len > 0;

	while (more) {
		struct str name;

		more = str_cut(path, '/', &name, &path);
		if (name.len == 0 || str_is(name, "."))
			continue;
		if (str_is(name, "..")) {
			*n -= *n > 0;
			continue;
		}
		if (!name_ok(name, e))
			return false;
		if (*n == DEPTH_MOST)
			return err(e, ERR_NOT_FOUND, "folders have no folders in them");
		names[(*n)++] = name;
	}
	return true;
}

bool
box_path(char to[BOX_PATH_MOST], const char *at, struct str path, struct err *e)
{
	struct str names[DEPTH_MOST];
	char room[BOX_PATH_MOST]; /* `to` may be where `at` or path lies */
	size_t n = 0, len = 0;

	if (path.len > 0 && memchr(path.at, '\0', path.len) != NULL)
		return err(e, ERR_BAD_INPUT, "a NUL in a path");
	if ((!str_starts(path, "/") && !walk(names, &n, str_of(at), e)) ||
	    !walk(names, &n, path, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (len + 1 + names[i].len >= sizeof room)
			return err(e, ERR_BAD_INPUT, "a path of more than %d bytes",
			    BOX_PATH_MOST - 1);
		room[len++] = '/';
		memcpy(room + len, names[i].at, names[i].len);
		len += names[i].len;
	}
	if (n == 0)
		room[len++] = '/';
	memcpy(to, room, len);
	to[len] = '\0';
	return true;
}

struct box_place
box_place(const char *path)
{
	struct box_place p = { 0 };
	struct str all = str_of(path);

	if (all.len > 0 && all.at[0] == '/')
		all = (struct str){ all.at + 1, all.len - 1 };
	str_cut(all, '/', &p.folder, &p.name);
	return p;
}

/* ---- asking ---- */

enum db_got
box_ask(struct task *t, const struct box_door *d, enum sql q, struct args a,
    const struct db_field *fields, size_t n, void *out, struct rows **keep, int tries,
    struct err *e)
{
	enum db_got got = DB_RETRY;

	for (int i = 0; i < tries && (got == DB_RETRY || got == DB_UNCERTAIN); i++) {
		AUTO_PTR(conn) c = db_lease(t, d->db, e);

		if (c == NULL)
			return DB_FAILED;
		if (keep != NULL)
			rows_free(keep);
		got = db_one(t, c, q, a, fields, n, out, keep, e);
	}
	return got;
}

bool
box_do(struct task *t, const struct box *b, enum sql q, struct args a, struct err *e)
{
	enum db_got got = DB_RETRY;

	for (int i = 0; i < BOX_TRIES && got == DB_RETRY; i++) {
		AUTO_PTR(conn) c = db_lease(t, b->door->db, e);

		if (c == NULL)
			return false;
		got = db_exec(t, c, q, a, NULL, e);
	}
	return got == DB_FOUND || got == DB_NONE;
}

/* ---- entries ---- */

struct entry_row {
	struct str name, sha256, side;
	bool folder, can_put, can_remove;
	int64_t size, modified_at, entry;
};
static const struct db_field entry_row[] = {
	DB_TEXT(entry_row, name),
	DB_BYTES(entry_row, sha256),
	DB_TEXT(entry_row, side),
	DB_BOOL(entry_row, folder),
	DB_BOOL(entry_row, can_put),
	DB_BOOL(entry_row, can_remove),
	DB_INT8(entry_row, size),
	DB_STAMP(entry_row, modified_at),
	DB_INT8(entry_row, entry),
};

static void
entry_of(struct box_entry *to, const struct entry_row *row)
{
	*to = (struct box_entry){
		.folder = row->folder,
		.can_put = row->can_put,
		.can_remove = row->can_remove,
		.size = row->size,
		.modified_s = row->modified_at,
		.entry = row->entry,
		.side = str_is(row->side, "out") ? OBJECT_OUT : OBJECT_IN,
	};
	str_copy(to->name, sizeof to->name, row->name);
	if (row->sha256.len == sizeof to->sha256)
		memcpy(to->sha256, row->sha256.at, sizeof to->sha256);
}

static bool
one_entry(struct task *t, struct box *b, enum sql q, const char *path, struct box_entry *to,
    struct err *e)
{
	struct box_place p = box_place(path);
	struct entry_row row;
	AUTO_PTR(rows) keep = NULL;
	enum db_got got = box_ask(t, b->door, q,
	    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(p.folder), P_STR(p.name)),
	    entry_row, nitems(entry_row), &row, &keep, BOX_TRIES, e);

	if (got == DB_NONE)
		return err(e, ERR_NOT_FOUND, "there is no such file or folder");
	if (got == DB_FOUND)
		entry_of(to, &row);
	return got == DB_FOUND;
}

bool
box_find(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	return one_entry(t, b, SQL_BOX_FIND, path, to, e);
}

bool
box_list(struct task *t, struct box *b, const char *folder,
    bool (*each)(struct task *t, void *arg, const struct box_entry *x, struct err *e),
    void *arg, struct err *e)
{
	struct box_place p = box_place(folder);
	AUTO_PTR(conn) c = NULL;
	AUTO_PTR(rows) rows = NULL;
	struct entry_row row;
	int given = 0;

	if (p.name.len > 0)
		return err(e, ERR_NOT_FOUND, "there is no such folder");
	for (int i = 0; i < BOX_TRIES && rows == NULL; i++) {
		db_release(&c);
		c = db_lease(t, b->door->db, e);
		if (c == NULL)
			return false;
		rows = db_rows(t, c, SQL_BOX_LIST,
		    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(p.folder)), e);
		if (rows == NULL && e->code != ERR_BUSY && e->code != ERR_UNCERTAIN)
			return false;
	}
	db_release(&c); /* whoever lists slowly holds none */
	if (rows == NULL)
		return false;
	while (ROWS_NEXT(rows, entry_row, &row)) {
		struct box_entry x;

		if (given++ == BOX_LIST_MOST)
			return err(e, ERR_TOO_BIG, "more than %d files", BOX_LIST_MOST);
		entry_of(&x, &row);
		if (!each(t, arg, &x, e))
			return false;
	}
	return true;
}

int
box_open(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	if (!one_entry(t, b, SQL_BOX_OPEN, path, to, e))
		return -1;
	to->asked_ms = loop_now_ms(task_loop(t));
	return object_open(b->door->objects, to->side, to->sha256, e);
}

bool
box_still(struct task *t, struct box *b, struct box_entry *x, struct err *e)
{
	struct err why = { 0 };
	uint64_t was;
	bool may;

	if (loop_now_ms(task_loop(t)) < x->asked_ms + BOX_STILL_MS)
		return true;
	was = task_deadline(t, STILL_ASK_MS);
	may = box_do(t, b, SQL_BOX_STILL,
	    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_INT8(x->entry)), &why);
	task_deadline(t, was);
	x->asked_ms = loop_now_ms(task_loop(t));
	if (!may && why.code == ERR_FORBIDDEN)
		return err(e, why.code, "%s", why.text);
	if (!may)
		log_warn(
		    t, "box.unasked", "entry=%lld says=\"%s\"", (long long)x->entry, why.text);
	return true;
}

bool
box_remove(struct task *t, struct box *b, const char *path, struct err *e)
{
	struct box_place p = box_place(path);

	return box_do(t, b, SQL_BOX_REMOVE,
	    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(p.folder), P_STR(p.name)), e);
}

bool
box_rename(struct task *t, struct box *b, const char *from, const char *to, struct err *e)
{
	struct box_place f = box_place(from), g = box_place(to);

	return box_do(t, b, SQL_BOX_RENAME,
	    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(f.folder), P_STR(f.name),
		P_STR(g.folder), P_STR(g.name)),
	    e);
}

bool
box_touch(struct task *t, struct box *b, const char *path, int64_t modified_s, struct err *e)
{
	struct box_place p = box_place(path);

	return box_do(t, b, SQL_BOX_TOUCH,
	    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(p.folder), P_STR(p.name),
		P_STAMP(modified_s)),
	    e);
}
