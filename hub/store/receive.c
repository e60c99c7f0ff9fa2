/* The one receive path: bytes durable, row committed, then the receipt. */
#include "store/receive.h"

#include <string.h>

#include "rt/log.h"

enum { UNCERTAIN_TRIES = 8 };

struct received {
	int64_t file;
	int32_t revision;
	bool repeated;
	int64_t received_at;
	struct str state;
};

static const struct db_field received_row[] = {
	DB_INT8(received, file),
	DB_INT4(received, revision),
	DB_BOOL(received, repeated),
	DB_STAMP(received, received_at),
	DB_TEXT(received, state),
};

bool
file_name_ok(struct str name, struct err *e)
{
	if (name.len == 0)
		return err(e, ERR_BAD_INPUT, "the file has no name");
	if (name.len > FILE_NAME_MOST)
		return err(e, ERR_BAD_INPUT, "the file name has %zu bytes, expected at most %d",
		    name.len, FILE_NAME_MOST);
	if (name.at[0] == '.')
		return err(e, ERR_BAD_INPUT, "the file name begins with a dot");
	if (!str_utf8(name))
		return err(e, ERR_BAD_INPUT, "the file name is not UTF-8");
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.at[i] < ' ' || name.at[i] == 127 || name.at[i] == '/')
			return err(e, ERR_BAD_INPUT,
			    "the file name has a control character or a slash at byte %zu",
			    i + 1);
	return true;
}

/* Asks until the answer is sure: ledger.receive() gives the same row for the same bytes. */
static bool
ledger_row(struct task *t, struct db *db, const struct sender *from, struct str name,
    struct receipt *r, struct err *e)
{
	enum db_got got = DB_UNCERTAIN;

	for (int i = 0; i < UNCERTAIN_TRIES && (got == DB_UNCERTAIN || got == DB_RETRY); i++) {
		AUTO_PTR(rows) keep = NULL;
		AUTO_PTR(conn) c = db_lease(t, db, e);
		struct received row;

		if (c == NULL)
			return false;
		got = db_one(t, c, SQL_LEDGER_RECEIVE,
		    ARGS(P_INT4(from->party), P_STR(name),
			P_BYTES(r->object.sha256, DIGEST_BYTES), P_INT8(r->object.size),
			P_TEXT(from->door), P_TEXT(from->actor)),
		    received_row, nitems(received_row), &row, &keep, e);
		if (got != DB_FOUND)
			continue;
		r->file = row.file;
		r->revision = row.revision;
		r->repeated = row.repeated;
		r->received_s = row.received_at;
		str_copy(r->state, sizeof r->state, row.state);
	}
	return got == DB_FOUND;
}

bool
receive_part(struct task *t, struct db *db, struct part *p, const struct sender *from,
    struct str name, struct receipt *r, struct err *e)
{
	if (!file_name_ok(name, e) || !part_keep(t, p, OBJECT_IN, &r->object, e) ||
	    !ledger_row(t, db, from, name, r, e))
		return false;
	log_info(t, "file.received", "file=%lld party=%d door=%s bytes=%lld repeated=%d",
	    (long long)r->file, (int)from->party, from->door, (long long)r->object.size,
	    (int)r->repeated);
	return true;
}

bool
receive_fd(struct task *t, struct db *db, struct objects *o, int fd, int64_t most_bytes,
    const struct sender *from, struct str name, struct receipt *r, struct err *e)
{
	AUTO_PTR(part) p = part_new(o, most_bytes, e);

	return p != NULL && part_copy(t, p, fd, e) && receive_part(t, db, p, from, name, r, e);
}
