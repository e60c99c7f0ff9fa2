/* Open files: reading, and uploads from their first byte to their receipt. */
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/code.h"
#include "rt/log.h"
#include "session.h"
#include "sys/secret.h"

enum { T_DATA = 103, T_ATTRS = 105 };
enum {
	OPEN_READ = 1,
	OPEN_WRITE = 2,
	OPEN_APPEND = 4,
	OPEN_CREATE = 8,
	OPEN_ANEW = 16,
	OPEN_NEW = 32
};

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct file *
file_new(
    struct sftp *s, enum file_kind kind, const char *path, const char *called, struct err *e)
{
	for (size_t i = 0; i < FILES_MOST; i++) {
		struct file *f = &s->files[i];

		if (f->kind != FILE_FREE)
			continue;
		*f = (struct file){ .kind = kind, .fd = -1, .begun_ms = now_ms() };
		secret_random(f->id, ID_BYTES);
		str_copy(f->path, sizeof f->path, str_of(path));
		str_copy(f->called, sizeof f->called, str_of(called));
		return f;
	}
	err(e, ERR_BUSY, "%d files are open or wait for their final name, no more may be",
	    FILES_MOST);
	return NULL;
}

void
file_free(struct file *f)
{
	fd_auto(&f->fd);
	window_free(&f->window);
	buf_auto(&f->listing);
	*f = (struct file){ .kind = FILE_FREE, .fd = -1 };
}

struct file *
take_file(struct sftp *s, struct request *r)
{
	struct str id = wire_str(&r->in);

	for (size_t i = 0; i < FILES_MOST && id.len == ID_BYTES; i++) {
		struct file *f = &s->files[i];

		if (f->kind != FILE_FREE && f->kind != FILE_HELD &&
		    code_same(f->id, id.at, ID_BYTES))
			return f;
	}
	say_status(s, r->id, FX_FAILURE, "There is no open file of that handle.");
	return NULL;
}

struct file *
file_called(struct sftp *s, const char *called)
{
	for (size_t i = 0; i < FILES_MOST; i++) {
		struct file *f = &s->files[i];

		if (f->put != NULL && strcmp(f->called, called) == 0)
			return f;
	}
	return NULL;
}

struct file *
file_for(struct sftp *s, const char *path)
{
	for (size_t i = 0; i < FILES_MOST; i++) {
		struct file *f = &s->files[i];

		if (f->put != NULL && strcmp(f->path, path) == 0)
			return f;
	}
	return NULL;
}

void
upload_leave(struct task *t, struct file *f)
{
	box_put_leave(t, &f->put);
	file_free(f);
}

bool
upload_end(struct task *t, struct sftp *s, struct file *f, struct err *e)
{
	struct box_receipt receipt;
	char path[BOX_PATH_MOST], why[LOG_TEXT_SIZE];
	int64_t modified_s = f->modified_s, size = box_put_size(f->put);
	struct err late = { 0 };
	bool ok;

	str_copy(path, sizeof path, str_of(f->path));
	ok = box_put_end(t, &f->put, &receipt, e);
	file_free(f);
	if (!ok)
		return false;
	log_info(t, "sftp.received", "file=%" PRId64 " bytes=%" PRId64, receipt.file, size);
	/* the receipt stands without it */
	if (modified_s > 0 && !box_touch(t, s->box, path, modified_s, &late))
		log_info(t, "sftp.untouched", "says=%s", log_text(why, str_of(late.text)));
	return true;
}

int64_t
upload_cut(struct task *t, struct sftp *s, const char *called)
{
	char path[BOX_PATH_MOST];
	struct err e = { 0 };
	int64_t size = 0;

	if (!temp_final(path, sizeof path, called))
		str_copy(path, sizeof path, str_of(called));
	if (file_for(s, path) != NULL)
		return 0; /* being sent now, under the name that it was opened by */
	return box_part_size(t, s->box, path, &size, &e) ? size : 0;
}

/* ---- open and close ---- */

static void
open_read(struct task *t, struct sftp *s, struct request *r, const char *path)
{
	struct err e = { 0 };
	struct file *f = file_new(s, FILE_READ, path, path, &e);

	if (f != NULL) {
		f->fd = box_open(t, s->box, path, &f->entry, &e);
		if (f->fd >= 0) {
			say_handle(s, r->id, f);
			return;
		}
		file_free(f);
	}
	say_err(s, r->id, &e);
}

/* Whether the upload may begin as asked; what this session holds under the name is let go. */
static bool
may_write(struct task *t, struct sftp *s, uint32_t flags, const char *path, const char *called,
    struct err *e)
{
	struct file *held = file_for(s, path);
	struct box_entry x;
	struct err none = { 0 };

	if (held != NULL && held->kind == FILE_HELD)
		upload_leave(t, held);
	if ((flags & OPEN_NEW) != 0 && box_find(t, s->box, path, &x, &none))
		return err(e, ERR_CONFLICT, "there is a file of that name already");
	if ((flags & OPEN_CREATE) == 0 && upload_cut(t, s, called) == 0)
		return err(e, ERR_NOT_FOUND, "no part of that file is here");
	return true;
}

static void
open_write(
    struct task *t, struct sftp *s, struct request *r, uint32_t flags, const char *called)
{
	bool anew = (flags & OPEN_ANEW) != 0 && (flags & OPEN_APPEND) == 0;
	char path[BOX_PATH_MOST];
	struct file *f = NULL;
	struct err e = { 0 };

	if (!temp_final(path, sizeof path, called))
		str_copy(path, sizeof path, str_of(called));
	if (may_write(t, s, flags, path, called, &e) &&
	    (f = file_new(s, FILE_WRITE, path, called, &e)) != NULL) {
		f->put = box_put_begin(t, s->box, path, anew ? 0 : BOX_APPEND, &e);
		if (f->put != NULL) {
			say_handle(s, r->id, f);
			return;
		}
		file_free(f);
	}
	say_err(s, r->id, &e);
}

void
do_open(struct task *t, struct sftp *s, struct request *r)
{
	char path[BOX_PATH_MOST];
	uint32_t flags;

	if (!take_path(s, r, path))
		return;
	flags = wire_u32(&r->in);
	wire_attrs(&r->in);
	if (r->in.bad)
		say_status(s, r->id, FX_BAD_MESSAGE, "The request to open is cut short.");
	else if ((flags & (OPEN_WRITE | OPEN_APPEND)) != 0)
		open_write(t, s, r, flags, path);
	else if ((flags & OPEN_READ) != 0)
		open_read(t, s, r, path);
	else
		say_status(s, r->id, FX_BAD_MESSAGE, "Open for reading or for writing.");
}

void
read_end(struct task *t, struct sftp *s, struct file *f)
{
	box_sent(t, s->box, &f->entry, f->sent, f->sent >= f->entry.size,
	    (int64_t)(now_ms() - f->begun_ms));
	file_free(f);
}

static void
close_write(struct task *t, struct sftp *s, struct request *r, struct file *f)
{
	struct err e = { 0 };
	uint64_t gap = window_gap(&f->window);

	if (f->spoiled || gap != 0) {
		err(&e, ERR_SEQUENCE,
		    "the upload is not whole: %" PRId64 " bytes in order; go on from there",
		    box_put_size(f->put));
		upload_leave(t, f);
		say_err(s, r->id, &e);
	} else if (strcmp(f->path, f->called) != 0) {
		f->kind = FILE_HELD;
		say_status(s, r->id, FX_OK, "Kept until it gets its final name.");
	} else {
		say_done(s, r->id, upload_end(t, s, f, &e), &e);
	}
}

void
do_close(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);

	if (f == NULL)
		return;
	if (f->kind == FILE_WRITE) {
		close_write(t, s, r, f);
	} else if (f->kind == FILE_READ) {
		read_end(t, s, f);
		say_ok(s, r->id);
	} else {
		file_free(f);
		say_ok(s, r->id);
	}
}

/* ---- bytes ---- */

void
do_read(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);
	uint64_t offset = wire_u64(&r->in);
	uint32_t len = wire_u32(&r->in);
	size_t begun;
	ssize_t n = -1;
	struct err e = { 0 };
	char *to;

	if (f == NULL)
		return;
	if (f->kind != FILE_READ || r->in.bad) {
		say_status(s, r->id, FX_FAILURE, "The file is not open for reading.");
		return;
	}
	if (!box_still(t, s->box, &f->entry, &e)) {
		say_err(s, r->id, &e);
		return;
	}
	len = len < BLOCK_MOST ? len : BLOCK_MOST;
	begun = reply_begin(s, r->id, T_DATA);
	put_u32(&s->out, 0);
	to = buf_room(&s->out, len);
	if (to != NULL && offset <= INT64_MAX)
		n = pread(f->fd, to, len, (off_t)offset);
	if (n > 0) {
		put_be32((unsigned char *)to - 4, (uint32_t)n);
		buf_grew(&s->out, (size_t)n);
		f->sent += n;
		reply_end(s, begun);
		return;
	}
	if (to != NULL)
		s->out.len = begun;
	if (n == 0 || offset > INT64_MAX)
		say_status(s, r->id, FX_EOF, "The file ends here.");
	else
		say_status(s, r->id, FX_FAILURE, err_rows[ERR_IO].say);
}

static bool
put_add(void *to, struct str bytes, struct err *e)
{
	return box_put_add(to, bytes.at, bytes.len, e);
}

void
do_write(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);
	uint64_t offset = wire_u64(&r->in);
	struct str bytes = wire_str(&r->in);
	struct err e = { 0 };
	bool ok;

	(void)t;
	if (f == NULL)
		return;
	if (f->kind != FILE_WRITE || r->in.bad) {
		say_status(s, r->id, FX_FAILURE, "The file is not open for writing.");
		return;
	}
	if (f->spoiled) {
		say_status(s, r->id, FX_FAILURE, "A write before this one failed; close it.");
		return;
	}
	ok = window_add(
	    &f->window, (uint64_t)box_put_size(f->put), offset, bytes, put_add, f->put, &e);
	f->spoiled = !ok;
	say_done(s, r->id, ok, &e);
}

/* ---- what is known of an open file ---- */

struct attrs
attrs_of(const struct box_entry *x)
{
	enum { FOLDER = 0040550, FOLDER_IN = 0040770, PLAIN = 0100440 };

	return (struct attrs){
		.flags = ATTR_SIZE | ATTR_PERMISSIONS | ATTR_TIMES,
		.size = (uint64_t)x->size,
		.permissions = !x->folder   ? PLAIN
			       : x->can_put ? FOLDER_IN
					    : FOLDER,
		.modified_s = x->modified_s < 0 || x->modified_s > UINT32_MAX
				  ? 0
				  : (uint32_t)x->modified_s,
	};
}

struct attrs
attrs_of_part(int64_t size)
{
	enum { GROWING = 0100660 };

	return (struct attrs){ .flags = ATTR_SIZE | ATTR_PERMISSIONS,
		.size = (uint64_t)size,
		.permissions = GROWING };
}

void
do_fstat(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);
	struct attrs a;
	size_t begun;

	(void)t;
	if (f == NULL)
		return;
	a = f->kind == FILE_WRITE ? attrs_of_part(box_put_size(f->put)) : attrs_of(&f->entry);
	begun = reply_begin(s, r->id, T_ATTRS);
	put_attrs(&s->out, &a);
	reply_end(s, begun);
}

void
do_fsetstat(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);
	struct attrs a = wire_attrs(&r->in);
	struct err e = { 0 };
	bool ok = true;

	if (f == NULL)
		return;
	if (r->in.bad) {
		say_status(s, r->id, FX_BAD_MESSAGE, "The attributes are cut short.");
		return;
	}
	if ((a.flags & ATTR_SIZE) != 0 &&
	    (f->kind != FILE_WRITE || a.size != (uint64_t)box_put_size(f->put)))
		ok = err(&e, ERR_FORBIDDEN, "a file has the size of what was sent");
	else if ((a.flags & ATTR_TIMES) != 0 && f->kind == FILE_WRITE)
		f->modified_s = a.modified_s;
	else if ((a.flags & ATTR_TIMES) != 0)
		ok = box_touch(t, s->box, f->path, a.modified_s, &e);
	say_done(s, r->id, ok, &e);
}

/* What is promised is promised by the reply to CLOSE: there everything is made durable. */
void
do_fsync(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);

	(void)t;
	if (f == NULL)
		return;
	if (f->kind == FILE_WRITE && (f->spoiled || window_gap(&f->window) != 0))
		say_status(s, r->id, FX_FAILURE, "Bytes are missing before the last ones.");
	else
		say_ok(s, r->id);
}
