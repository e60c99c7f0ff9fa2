/* Names: what is there, and what becomes of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/code.h"
#include "session.h"

enum { T_NAME = 104, T_ATTRS = 105, DAY_S = 86400, RECORD_MOST = 1024 };

static void
say_attrs(struct sftp *s, uint32_t id, const struct attrs *a)
{
	size_t begun = reply_begin(s, id, T_ATTRS);

	put_attrs(&s->out, a);
	reply_end(s, begun);
}

/* An upload that is not whole is shown to its sender only, and comes before a file of that name
 * that is there from an earlier time: a client asks in order to go on. */
void
do_stat(struct task *t, struct sftp *s, struct request *r)
{
	enum { NOTHING = 0100000 }; /* a file that nobody may read */
	char path[BOX_PATH_MOST];
	const struct file *f;
	struct box_entry x;
	struct err e = { 0 };
	struct attrs a;
	int64_t part = 0;
	bool found;

	if (!take_path(s, r, path))
		return;
	f = file_called(s, path);
	if (f != NULL) {
		a = attrs_of_part(box_put_size(f->put));
		say_attrs(s, r->id, &a);
		return;
	}
	found = box_find(t, s->box, path, &x, &e);
	/* one that may not be given out now: there is something, and no more is told; clients
	 * that look first go on to open it, and learn that it is refused */
	if (!found && e.code == ERR_FORBIDDEN && strchr(path + 1, '/') != NULL) {
		a = (struct attrs){ .flags = ATTR_PERMISSIONS, .permissions = NOTHING };
		say_attrs(s, r->id, &a);
		return;
	}
	if (!found && e.code != ERR_NOT_FOUND) {
		say_err(s, r->id, &e);
		return;
	}
	if (!found || (!x.folder && x.can_put))
		part = upload_cut(t, s, path);
	if (!found && part == 0) {
		say_err(s, r->id, &e);
		return;
	}
	a = part > 0 ? attrs_of_part(part) : attrs_of(&x);
	say_attrs(s, r->id, &a);
}

/* Permissions and owners are fixed: asking for others is accepted and changes nothing, since
 * clients ask after every upload. */
void
do_setstat(struct task *t, struct sftp *s, struct request *r)
{
	char path[BOX_PATH_MOST];
	struct file *f;
	struct attrs a;
	struct err e = { 0 };
	bool ok = true;

	if (!take_path(s, r, path))
		return;
	a = wire_attrs(&r->in);
	if (r->in.bad) {
		say_status(s, r->id, FX_BAD_MESSAGE, "The attributes are cut short.");
		return;
	}
	f = file_called(s, path);
	if ((a.flags & ATTR_SIZE) != 0 &&
	    (f == NULL || a.size != (uint64_t)box_put_size(f->put)))
		ok = err(&e, ERR_FORBIDDEN, "a file has the size of what was sent");
	else if ((a.flags & ATTR_TIMES) != 0 && f != NULL)
		f->modified_s = a.modified_s;
	else if ((a.flags & ATTR_TIMES) != 0)
		ok = box_touch(t, s->box, path, a.modified_s, &e);
	say_done(s, r->id, ok, &e);
}

/* ---- folders ---- */

/* As `ls -l` would show it: some clients read nothing else. */
static void
long_name(char *to, size_t size, const struct box_entry *x)
{
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t at_s = x->modified_s > 0 ? x->modified_s : 0;
	int y, m, d;

	civil_ymd((int32_t)(at_s / DAY_S), &y, &m, &d);
	snprintf(to, size, "%s 1 busbar busbar %12" PRId64 " %s %2d  %4d %s",
	    !x->folder	 ? "-r--r-----"
	    : x->can_put ? "drwxrwx---"
			 : "dr-xr-x---",
	    x->size, m >= 1 && m <= 12 ? month[m - 1] : "Jan", d, y, x->name);
}

static bool
list_one(struct task *t, void *arg, const struct box_entry *x, struct err *e)
{
	struct file *f = arg;
	char words[RECORD_MOST];
	struct attrs a = attrs_of(x);
	size_t begun = f->listing.len;

	(void)t;
	long_name(words, sizeof words, x);
	put_u32(&f->listing, 0);
	put_str(&f->listing, str_of(x->name));
	put_str(&f->listing, str_of(words));
	put_attrs(&f->listing, &a);
	if (!buf_ok(&f->listing))
		return err(e, ERR_TOO_BIG, "the list is longer than %d bytes", LISTING_MOST);
	put_be32((unsigned char *)f->listing.at + begun,
	    (uint32_t)(f->listing.len - begun - sizeof(uint32_t)));
	return true;
}

static bool
list_all(struct task *t, struct sftp *s, struct file *f, struct err *e)
{
	struct box_entry self;

	f->listing = (struct buf)BUF(LISTING_MOST);
	if (!box_find(t, s->box, f->path, &f->entry, e))
		return false;
	if (!f->entry.folder)
		return err(e, ERR_BAD_INPUT, "that is a file, not a folder");
	self = f->entry;
	str_copy(self.name, sizeof self.name, STR("."));
	if (!list_one(t, f, &self, e))
		return false;
	str_copy(self.name, sizeof self.name, STR(".."));
	return list_one(t, f, &self, e) && box_list(t, s->box, f->path, list_one, f, e);
}

void
do_opendir(struct task *t, struct sftp *s, struct request *r)
{
	char path[BOX_PATH_MOST];
	struct err e = { 0 };
	struct file *f;

	if (!take_path(s, r, path))
		return;
	f = file_new(s, FILE_FOLDER, path, path, &e);
	if (f != NULL && list_all(t, s, f, &e)) {
		say_handle(s, r->id, f);
		return;
	}
	if (f != NULL)
		file_free(f);
	say_err(s, r->id, &e);
}

void
do_readdir(struct task *t, struct sftp *s, struct request *r)
{
	struct file *f = take_file(s, r);
	size_t begun;
	uint32_t n = 0;

	(void)t;
	if (f == NULL)
		return;
	if (f->kind != FILE_FOLDER) {
		say_status(s, r->id, FX_FAILURE, "That is not a folder.");
		return;
	}
	if (f->listed == f->listing.len) {
		say_status(s, r->id, FX_EOF, "The folder ends here.");
		return;
	}
	begun = reply_begin(s, r->id, T_NAME);
	put_u32(&s->out, 0);
	while (
	    f->listed < f->listing.len && n < PAGE_ENTRIES && s->out.len < begun + PAGE_BYTES) {
		const char *at = f->listing.at + f->listed;
		uint32_t len = get_be32(at);

		buf_add(&s->out, at + sizeof len, len);
		f->listed += sizeof len + len;
		n++;
	}
	if (buf_ok(&s->out))
		put_be32((unsigned char *)s->out.at + begun + 9, n);
	reply_end(s, begun);
}

void
do_realpath(struct task *t, struct sftp *s, struct request *r)
{
	static const struct attrs none;
	char path[BOX_PATH_MOST];
	size_t begun;

	(void)t;
	if (!take_path(s, r, path))
		return;
	begun = reply_begin(s, r->id, T_NAME);
	put_u32(&s->out, 1);
	put_str(&s->out, str_of(path));
	put_str(&s->out, str_of(path));
	put_attrs(&s->out, &none);
	reply_end(s, begun);
}

/* ---- changes ---- */

/* What arrived of an upload. */
static bool
drop_part(struct task *t, struct sftp *s, const char *called, struct err *e)
{
	struct file *f = file_called(s, called);
	char path[BOX_PATH_MOST];

	if (f != NULL)
		upload_leave(t, f);
	if (!temp_final(path, sizeof path, called))
		str_copy(path, sizeof path, str_of(called));
	return box_part_drop(t, s->box, path, e);
}

void
do_remove(struct task *t, struct sftp *s, struct request *r)
{
	char path[BOX_PATH_MOST];
	struct err e = { 0 };
	bool ok;

	if (!take_path(s, r, path))
		return;
	if (file_called(s, path) != NULL) {
		ok = drop_part(t, s, path, &e);
	} else {
		ok = box_remove(t, s->box, path, &e);
		if (!ok && e.code == ERR_NOT_FOUND && upload_cut(t, s, path) > 0)
			ok = drop_part(t, s, path, &e);
	}
	say_done(s, r->id, ok, &e);
}

/* A name for what is being sent becomes the final one: that is the end of the upload. */
static bool
rename_upload(struct task *t, struct sftp *s, struct file *f, const char *to, struct err *e)
{
	if (f->kind != FILE_HELD)
		return err(e, ERR_SEQUENCE, "the file is still open: close it, then rename it");
	if (strcmp(f->path, to) != 0)
		return err(e, ERR_FORBIDDEN, "this upload can become \"%s\" only", f->path);
	return upload_end(t, s, f, e);
}

void
do_rename(struct task *t, struct sftp *s, struct request *r)
{
	char from[BOX_PATH_MOST], to[BOX_PATH_MOST];
	struct err e = { 0 };
	struct file *f;
	bool ok;

	if (!take_path(s, r, from) || !take_path(s, r, to))
		return;
	f = file_called(s, from);
	if (f != NULL) {
		ok = rename_upload(t, s, f, to, &e);
	} else {
		ok = box_rename(t, s->box, from, to, &e);
		if (!ok && e.code == ERR_NOT_FOUND && upload_cut(t, s, from) > 0)
			err(&e, ERR_SEQUENCE,
			    "it was not sent to its end in this session: go on with it first");
	}
	say_done(s, r->id, ok, &e);
}
