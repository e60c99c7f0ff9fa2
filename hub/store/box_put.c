/* Uploads: a part that is hidden until it is whole, and resumed when its sender was cut off. */
#include <stdlib.h>
#include <string.h>

#include "rt/log.h"
#include "store/box_in.h"

struct box_put {
	struct box *box;
	struct part *part;
	int64_t number; /* of delivery.part */
	bool expected;
	unsigned char sha256[DIGEST_BYTES];
};

struct begin_row {
	int64_t part, most_bytes;
	struct str part_name, dropped, others;
};
static const struct db_field begin_row[] = {
	DB_INT8(begin_row, part),
	DB_INT8(begin_row, most_bytes),
	DB_TEXT(begin_row, part_name),
	DB_TEXT(begin_row, dropped),
	DB_TEXT(begin_row, others),
};

struct name_row {
	struct str part_name;
};
static const struct db_field name_row[] = { DB_TEXT(name_row, part_name) };

enum { PART_NAME_MOST = 40, PART_NAME = 32 };

/* The part that waits under this path: false with ERR_NOT_FOUND when none does. */
static bool
part_waits(
    struct task *t, struct box *b, const char *path, char name[PART_NAME_MOST], struct err *e)
{
	struct box_place p = box_place(path);
	struct name_row row;
	AUTO_PTR(rows) keep = NULL;
	enum db_got got = box_ask(t, b->door, SQL_BOX_PART_FIND,
	    ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(p.folder), P_STR(p.name)),
	    name_row, nitems(name_row), &row, &keep, BOX_TRIES, e);

	if (got == DB_NONE)
		return err(e, ERR_NOT_FOUND, "there is no upload of that name to go on with");
	return got == DB_FOUND && str_copy(name, PART_NAME_MOST, row.part_name);
}

bool
box_part_size(struct task *t, struct box *b, const char *path, int64_t *size, struct err *e)
{
	char name[PART_NAME_MOST];
	bool busy;

	if (!part_waits(t, b, path, name, e))
		return false;
	*size = part_there(b->door->objects, name, &busy);
	return *size >= 0 ||
	       err(e, ERR_NOT_FOUND, "there is no upload of that name to go on with");
}

bool
box_part_drop(struct task *t, struct box *b, const char *path, struct err *e)
{
	struct box_place p = box_place(path);
	char name[PART_NAME_MOST];
	bool busy;

	if (!part_waits(t, b, path, name, e))
		return false;
	part_there(b->door->objects, name, &busy);
	if (busy)
		return err(e, ERR_CONFLICT, "it is being written by another session");
	if (!box_do(t, b, SQL_BOX_PART_DROP,
		ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(p.folder), P_STR(p.name),
		    P_TEXT(name)),
		e))
		return false;
	part_forget(b->door->objects, name);
	return true;
}

/* What is left of the quota when the account's other unfinished uploads have their bytes. */
static int64_t
room_beside(struct objects *o, int64_t most, struct str others)
{
	while (others.len >= PART_NAME && most > 0) {
		char name[PART_NAME_MOST];
		bool busy;

		if (str_copy(name, sizeof name, (struct str){ others.at, PART_NAME })) {
			int64_t size = part_there(o, name, &busy);

			most -= size > 0 ? size : 0;
		}
		others = (struct str){ others.at + PART_NAME, others.len - PART_NAME };
	}
	return most;
}

/* The part's row, and the part that belongs to it. A former part of the name that is in the way
 * is left as it is unless it is the one in `over`: then *in_the_way, and its name in `over`. */
static bool
begin(struct task *t, struct box_put *p, const char *path, bool again,
    char over[PART_NAME_MOST], bool *in_the_way, struct err *e)
{
	struct box *b = p->box;
	struct box_place at = box_place(path);
	char name[PART_NAME_MOST];
	struct begin_row row;
	int64_t room;
	AUTO_PTR(rows) keep = NULL;

	*in_the_way = false;
	if (box_ask(t, b->door, SQL_BOX_PUT_BEGIN,
		ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_STR(at.folder), P_STR(at.name),
		    P_BOOL(again), P_TEXT(over)),
		begin_row, nitems(begin_row), &row, &keep, BOX_TRIES, e) != DB_FOUND)
		return false;
	if (row.part == 0) {
		*in_the_way = true;
		return str_copy(over, PART_NAME_MOST, row.part_name);
	}
	p->number = row.part;
	if (row.dropped.len > 0 && str_copy(name, sizeof name, row.dropped))
		part_forget(b->door->objects, name);
	str_copy(name, sizeof name, row.part_name);
	room = room_beside(b->door->objects, row.most_bytes, row.others);
	if (room <= 0)
		return err(
		    e, ERR_TOO_BIG, "the box is full: unfinished uploads take what is left");
	p->part = part_named(t, b->door->objects, name, again, room, e);
	return p->part != NULL;
}

static bool
begin_again(struct task *t, struct box_put *p, const char *path, struct err *e)
{
	char over[PART_NAME_MOST] = "";
	bool in_the_way;

	return begin(t, p, path, true, over, &in_the_way, e);
}

/* Anew over a part that somebody is writing would cut that one off. */
static bool
begin_anew(struct task *t, struct box_put *p, const char *path, struct err *e)
{
	char over[PART_NAME_MOST] = "";
	bool in_the_way = true, busy = false;

	for (int i = 0; i < BOX_TRIES && in_the_way && !busy; i++) {
		if (!begin(t, p, path, false, over, &in_the_way, e))
			return false;
		if (in_the_way)
			part_there(p->box->door->objects, over, &busy);
	}
	return !in_the_way || err(e, ERR_CONFLICT, "it is being written by another session");
}

static bool
begin_at(struct task *t, struct box_put *p, const char *path, int64_t offset, struct err *e)
{
	if (offset == 0)
		return begin_anew(t, p, path, e);
	if (!begin_again(t, p, path, e)) {
		/* nothing there: an append begins; also when the disk lost what the row says */
		return offset == BOX_APPEND && e->code == ERR_NOT_FOUND &&
		       begin_anew(t, p, path, e);
	}
	return offset == BOX_APPEND || offset == part_size(p->part) ||
	       err(e, ERR_BAD_INPUT, "%lld bytes of it are here, expected to go on there",
		   (long long)part_size(p->part));
}

struct box_put *
box_put_begin(struct task *t, struct box *b, const char *path, int64_t offset, struct err *e)
{
	struct box_put *p = calloc(1, sizeof *p);

	if (p == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	p->box = b;
	if (!begin_at(t, p, path, offset, e))
		box_put_leave(t, &p);
	return p;
}

bool
box_put_add(struct box_put *p, const void *bytes, size_t len, struct err *e)
{
	return part_add(p->part, bytes, len, e);
}

int64_t
box_put_size(const struct box_put *p)
{
	return part_size(p->part);
}

void
box_put_expect(struct box_put *p, const unsigned char sha256[32])
{
	p->expected = true;
	memcpy(p->sha256, sha256, sizeof p->sha256);
}

struct end_row {
	int64_t entry, ledger_file;
	bool repeated;
};
static const struct db_field end_row[] = {
	DB_INT8(end_row, entry),
	DB_INT8(end_row, ledger_file),
	DB_BOOL(end_row, repeated),
};

/* The row of a part does not wait for the disk, so a database that crashed may not know it; or
 * somebody began anew under the name. Either way it is to be sent again, and "not found" would
 * say that it is not wanted. */
static bool
forgotten(struct err *e)
{
	err_clear(e);
	return err(
	    e, ERR_BUSY, "the beginning of the upload is not known any more: send it again");
}

static bool
end(struct task *t, struct box_put *p, struct box_receipt *r, struct err *e)
{
	struct box *b = p->box;
	struct object_name object;
	struct end_row row;

	if (!part_keep(t, p->part, OBJECT_IN, &object, e))
		return false;
	if (p->expected && memcmp(object.sha256, p->sha256, sizeof p->sha256) != 0)
		return err(e, ERR_BAD_FILE, "its SHA-256 is not the one that was announced");
	/* the answer to the same part is the same: asked until it is sure */
	if (box_ask(t, b->door, SQL_BOX_PUT_END,
		ARGS(P_BYTES(b->handle, BOX_HANDLE_BYTES), P_INT8(p->number),
		    P_BYTES(object.sha256, DIGEST_BYTES), P_INT8(object.size)),
		end_row, nitems(end_row), &row, NULL, BOX_UNCERTAIN_TRIES, e) != DB_FOUND)
		return e->code != ERR_NOT_FOUND ? false : forgotten(e);
	*r = (struct box_receipt){ .entry = row.entry,
		.file = row.ledger_file,
		.repeated = row.repeated,
		.size = object.size };
	memcpy(r->sha256, object.sha256, sizeof r->sha256);
	log_info(t, "box.put", "door=%s account=%d entry=%lld file=%lld bytes=%lld",
	    b->door->name, (int)b->account, (long long)r->entry, (long long)r->file,
	    (long long)r->size);
	return true;
}

bool
box_put_end(struct task *t, struct box_put **pp, struct box_receipt *r, struct err *e)
{
	bool ok = end(t, *pp, r, e);

	box_put_leave(t, pp);
	return ok;
}

void
box_put_leave(struct task *t, struct box_put **pp)
{
	struct box_put *p = *pp;

	(void)t;
	*pp = NULL;
	if (p == NULL)
		return;
	part_leave(&p->part);
	free(p);
}
