/*
 * A box that is a folder on disk ($BOX_FOLDER): for trying the SFTP door without a database.
 * in/ and test/ take files, ack/ does not; parts/ holds uploads that are not whole. Any handle
 * opens it but one of zeros.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/box.h"

struct box_put {
	char path[BOX_PATH_MOST], part[BOX_PATH_MOST * 2];
	int fd;
	int64_t size;
};

static const char *
on_disk(char to[BOX_PATH_MOST * 2], const char *path)
{
	snprintf(to, BOX_PATH_MOST * 2, "%s%s", getenv("BOX_FOLDER"), path);
	return to;
}

static const char *
part_of(char to[BOX_PATH_MOST * 2], const char *path)
{
	snprintf(to, BOX_PATH_MOST * 2, "%s/parts%s", getenv("BOX_FOLDER"), path);
	return to;
}

static bool
takes(const char *path)
{
	return strncmp(path, "/in", 3) == 0 || strncmp(path, "/test", 5) == 0;
}

bool
box_login_once(struct task *t, const struct box_door *d, struct str hex, const char *from,
    struct box *b, struct err *e)
{
	(void)t, (void)from;
	*b = (struct box){ .door = d, .code = "ONCOR", .kind = "TDU" };
	return hex.at[0] != '0' || err(e, ERR_LOGIN, "the handle was used before");
}

void
box_beat(struct task *t, void *door)
{
	struct err e;

	(void)door;
	while (task_park(t, &e))
		;
}

void
box_end(struct task *t, struct box *b)
{
	(void)t, (void)b;
}

bool
box_path(char to[BOX_PATH_MOST], const char *at, struct str path, struct err *e)
{
	size_t len = 0, names = 0;
	struct str name, rest = path;

	(void)at;
	if (path.len >= BOX_PATH_MOST || memchr(path.at, 0, path.len) != NULL)
		return err(e, ERR_BAD_INPUT, "no path");
	while (rest.len > 0) {
		if (!str_cut(rest, '/', &name, &rest))
			rest = STR("");
		if (name.len == 0 || str_is(name, "."))
			continue;
		if (str_is(name, "..")) {
			while (len > 0 && to[--len] != '/')
				;
			names -= names > 0;
			continue;
		}
		if (++names > 2)
			return err(e, ERR_BAD_INPUT, "too deep");
		to[len++] = '/';
		memcpy(to + len, name.at, name.len);
		len += name.len;
	}
	if (len == 0)
		to[len++] = '/';
	to[len] = '\0';
	return true;
}

bool
box_find(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	char at[BOX_PATH_MOST * 2];
	struct stat st;

	(void)t, (void)b;
	if (strncmp(path, "/parts", 6) == 0 || stat(on_disk(at, path), &st) != 0)
		return err(e, ERR_NOT_FOUND, "nothing");
	*to = (struct box_entry){ .folder = S_ISDIR(st.st_mode),
		.size = S_ISDIR(st.st_mode) ? 0 : st.st_size,
		.modified_s = st.st_mtime,
		.can_put = takes(path) };
	str_copy(to->name, sizeof to->name, str_of(strrchr(path, '/') + 1));
	return true;
}

bool
box_list(struct task *t, struct box *b, const char *folder,
    bool (*each)(struct task *t, void *arg, const struct box_entry *x, struct err *e),
    void *arg, struct err *e)
{
	char at[BOX_PATH_MOST * 2], path[BOX_PATH_MOST * 2];
	DIR *d = opendir(on_disk(at, folder));
	struct box_entry x;
	bool ok = d != NULL || err_errno(e, ERR_NOT_FOUND, "nothing");

	for (struct dirent *is; ok && (is = readdir(d)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder,
		    is->d_name);
		if (is->d_name[0] != '.' && box_find(t, b, path, &x, NULL))
			ok = each(t, arg, &x, e);
	}
	if (d != NULL)
		closedir(d);
	return ok;
}

int
box_open(struct task *t, struct box *b, const char *path, struct box_entry *to, struct err *e)
{
	char at[BOX_PATH_MOST * 2];
	int fd;

	if (!box_find(t, b, path, to, e))
		return -1;
	fd = open(on_disk(at, path), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err_errno(e, ERR_IO, "cannot open");
	return fd;
}

bool
box_still(struct task *t, struct box *b, struct box_entry *x, struct err *e)
{
	(void)t, (void)b, (void)x, (void)e;
	return true;
}

void
box_sent(struct task *t, struct box *b, const struct box_entry *x, int64_t bytes, bool whole,
    int64_t ms)
{
	(void)t, (void)b, (void)x, (void)bytes, (void)whole, (void)ms;
}

struct box_put *
box_put_begin(struct task *t, struct box *b, const char *path, int64_t offset, struct err *e)
{
	struct box_put *p = calloc(1, sizeof *p);
	const char *name = strrchr(path, '/') + 1;

	(void)t, (void)b;
	str_copy(p->path, sizeof p->path, str_of(path));
	part_of(p->part, path);
	if (!takes(path) || name[0] == '.')
		err(e, ERR_FORBIDDEN, "nothing may be put there");
	else if ((p->fd = open(
		      p->part, O_WRONLY | O_CREAT | (offset == 0 ? O_TRUNC : 0), 0600)) >= 0) {
		p->size = lseek(p->fd, 0, SEEK_END);
		return p;
	} else
		err_errno(e, ERR_IO, "cannot make the part");
	free(p);
	return NULL;
}

bool
box_put_add(struct box_put *p, const void *bytes, size_t len, struct err *e)
{
	if (write(p->fd, bytes, len) != (ssize_t)len)
		return err_errno(e, ERR_IO, "cannot write");
	p->size += (int64_t)len;
	return true;
}

int64_t
box_put_size(const struct box_put *p)
{
	return p->size;
}

bool
box_put_end(struct task *t, struct box_put **pp, struct box_receipt *r, struct err *e)
{
	struct box_put *p = *pp;
	char to[BOX_PATH_MOST * 2];
	bool ok = rename(p->part, on_disk(to, p->path)) == 0;

	*r = (struct box_receipt){ .entry = 1 };
	box_put_leave(t, pp);
	return ok || err_errno(e, ERR_IO, "cannot rename");
}

void
box_put_leave(struct task *t, struct box_put **p)
{
	(void)t;
	close((*p)->fd);
	free(*p);
	*p = NULL;
}

bool
box_part_size(struct task *t, struct box *b, const char *path, int64_t *size, struct err *e)
{
	char at[BOX_PATH_MOST * 2];
	struct stat st;

	(void)t, (void)b;
	if (stat(part_of(at, path), &st) != 0 || !S_ISREG(st.st_mode))
		return err(e, ERR_NOT_FOUND, "no part");
	*size = st.st_size;
	return true;
}

bool
box_part_drop(struct task *t, struct box *b, const char *path, struct err *e)
{
	char at[BOX_PATH_MOST * 2];

	(void)t, (void)b;
	return unlink(part_of(at, path)) == 0 || err(e, ERR_NOT_FOUND, "no part");
}

static bool
may_change(const char *path, struct err *e)
{
	return strncmp(path, "/test/", 6) == 0 || err(e, ERR_FORBIDDEN, "not there");
}

bool
box_remove(struct task *t, struct box *b, const char *path, struct err *e)
{
	struct box_entry x;
	char at[BOX_PATH_MOST * 2];

	return box_find(t, b, path, &x, e) && may_change(path, e) &&
	       (unlink(on_disk(at, path)) == 0 || err_errno(e, ERR_IO, "cannot remove"));
}

bool
box_rename(struct task *t, struct box *b, const char *from, const char *to, struct err *e)
{
	struct box_entry x;
	char a[BOX_PATH_MOST * 2], z[BOX_PATH_MOST * 2];

	return box_find(t, b, from, &x, e) && may_change(from, e) && may_change(to, e) &&
	       (rename(on_disk(a, from), on_disk(z, to)) == 0 ||
		   err_errno(e, ERR_IO, "cannot rename"));
}

bool
box_touch(struct task *t, struct box *b, const char *path, int64_t modified_s, struct err *e)
{
	const struct timespec times[2] = { { modified_s, 0 }, { modified_s, 0 } };
	struct box_entry x;
	char at[BOX_PATH_MOST * 2];

	return box_find(t, b, path, &x, e) &&
	       (utimensat(AT_FDCWD, on_disk(at, path), times, 0) == 0 ||
		   err_errno(e, ERR_IO, "cannot touch"));
}
