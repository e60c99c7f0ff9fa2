/*
 * The file that goes with a mail: a report, out of the store. The database is asked for it just
 * before the mail goes, and says no when a right that it was made under is over. A file that
 * cannot be read stays behind: the mail has a link to it.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "letter.h"
#include "rt/log.h"
#include "store/objects.h"

enum { FILE_MOST = 5 * 1024 * 1024 };

struct file_row {
	struct str name, sha256;
	int64_t size;
};
static const struct db_field fields[] = {
	DB_TEXT(file_row, name),
	DB_BYTES(file_row, sha256),
	DB_INT8(file_row, size),
};

static bool
read_all(int fd, size_t size, struct buf *to, struct err *e)
{
	char *room = buf_room(to, size);

	if (room == NULL)
		return err(e, ERR_BUSY, "no memory for a file of %zu bytes", size);
	while (to->len < size) {
		ssize_t n = read(fd, to->at + to->len, size - to->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(e, ERR_IO, "reading a file of the store");
		buf_grew(to, (size_t)n);
	}
	return true;
}

static bool
fetch(struct agreementd *d, const struct file_row *row, struct letter *l, struct err *e)
{
	AUTO_FD fd = -1;

	if (row->sha256.len != DIGEST_BYTES || row->size > FILE_MOST)
		return err(e, ERR_BUG, "a file of %lld bytes", (long long)row->size);
	if (d->objects == NULL)
		d->objects = objects_open(d->conf.store_path, e);
	if (d->objects == NULL)
		return false;
	fd = object_open(d->objects, OBJECT_OUT, (const unsigned char *)row->sha256.at, e);
	if (fd < 0)
		return false;
	l->file = (struct buf)BUF(FILE_MOST + 1);
	return read_all(fd, (size_t)row->size, &l->file, e);
}

bool
letter_enclose(struct task *t, struct agreementd *d, const struct claimed *c, struct letter *l,
    struct err *e)
{
	AUTO_PTR(conn) conn = NULL;
	AUTO_PTR(rows) keep = NULL;
	struct err why = { 0 };
	struct file_row row;
	enum db_got got;

	if (!str_is(c->kind, "report"))
		return true;
	conn = db_lease(t, d->db, e);
	if (conn == NULL)
		return false;
	got = db_one(t, conn, SQL_MAIL_ATTACHMENT, ARGS(P_INT8(c->mail), P_STR(c->token)),
	    fields, nitems(fields), &row, &keep, e);
	if (got == DB_NONE)
		return true;
	if (got != DB_FOUND)
		return false;
	if (!fetch(d, &row, l, &why)) {
		log_warn(t, "mail.unenclosed", "mail=%lld says=\"%s\"", (long long)c->mail,
		    why.text);
		return true;
	}
	str_copy(l->file_name, sizeof l->file_name, row.name);
	l->mail.file_name = l->file_name;
	l->mail.file = buf_view(&l->file);
	return true;
}
