/*
 * The spool: one folder a utility, <spool>/<code>/in/. A file is complete when it appears under
 * a name that does not begin with a dot (write elsewhere or hidden, then rename). It is
 * received, then moved to taking/ and removed from there if it is the same file still: another
 * one may have replaced it under its name meanwhile. A crash in between receives the same bytes
 * again, which gives the first receipt. What cannot be received goes to refused/.
 * Acknowledgements and reject files appear in ack/ and rejects/.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest.h"
#include "rt/log.h"

enum {
	RETRY_MS = 2000,
	SAME_NAME_MOST = 999,
	AGAIN_MS = 500,
	RESCAN_MS = 60 * 1000 /* for utilities added meanwhile, and what was never told */
};

struct spool {
	struct ingest *in;
	struct watch *watch;
};

static const char *const folders[] = { "", "/in", "/taking", "/ack", "/rejects", "/refused" };

static bool
make_folders(const struct ingest *in, const struct tdu *u, struct err *e)
{
	char path[PATH_MOST];

	for (size_t i = 0; i < nitems(folders); i++) {
		snprintf(
		    path, sizeof path, "%s/%s%s", in->conf.spool_path, u->code, folders[i]);
		if (mkdir(path, 0770) != 0 && errno != EEXIST)
			return err_errno(e, ERR_IO, "cannot make %s", path);
	}
	return true;
}

static void
path_of(char to[PATH_MOST], const struct ingest *in, const struct tdu *u, const char *folder,
    const char *name)
{
	snprintf(to, PATH_MOST, "%s/%s/%s/%s", in->conf.spool_path, u->code, folder, name);
}

/* What is refused stays on the disk, beside others of its name: nobody has a receipt for it. */
static void
refuse(struct task *t, const struct ingest *in, const struct tdu *u, const char *folder,
    const char *name, const struct err *why)
{
	char from[PATH_MOST], to[PATH_MOST], other[NAME_MAX + 1];
	int rc;

	path_of(from, in, u, folder, name);
	path_of(to, in, u, "refused", name);
	log_warn(t, "spool.refused", "tdu=%s says=\"%s\"", u->code, why->text);
	rc = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
	for (int n = 2; rc != 0 && errno == EEXIST && n <= SAME_NAME_MOST; n++) {
		snprintf(other, sizeof other, "%.240s.%d", name, n);
		path_of(to, in, u, "refused", other);
		rc = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
	}
	if (rc != 0)
		log_warn(t, "spool.stuck", "tdu=%s says=\"cannot move it to refused/: %s\"",
		    u->code, strerror(errno));
}

/* -1 with ERR_NOT_FOUND: it is gone; with ERR_BAD_INPUT: it can never be received. */
static int
open_plain(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool never = fd < 0 && (errno == ELOOP || errno == ENXIO || errno == EACCES);
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		err(e, ERR_NOT_FOUND, "the file is gone");
		return -1;
	}
	if (fd < 0 && !never) {
		err_errno(e, ERR_IO, "cannot open a file of the spool");
		return -1;
	}
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	fd_auto(&fd);
	err(e, ERR_BAD_INPUT, "only plain files that the hub may read belong into the spool");
	return -1;
}

/* Whether what lies there is the file that was received, whole. */
static bool
is_same(const char *path, int fd, const struct receipt *r)
{
	struct stat named, got;

	return stat(path, &named) == 0 && fstat(fd, &got) == 0 && named.st_dev == got.st_dev &&
	       named.st_ino == got.st_ino && named.st_size == r->object.size;
}

/* Receives the file once. True with *again: another one took its place, or it grew, and lies in
 * taking/ now. */
static bool
take_one(struct task *t, struct ingest *in, const struct tdu *u, const char *folder,
    const char *name, bool *again, struct err *e)
{
	struct sender from = { .party = u->party, .door = "spool", .actor = u->code };
	char path[PATH_MOST], taking[PATH_MOST];
	struct receipt receipt;
	AUTO_FD fd = -1;

	*again = false;
	path_of(path, in, u, folder, name);
	path_of(taking, in, u, "taking", name);
	fd = open_plain(path, e);
	if (fd < 0 && e->code == ERR_NOT_FOUND)
		return true;
	if (fd < 0 || !receive_fd(t, in->db, in->objects, fd, in->conf.ingest_file_max_bytes,
			  &from, str_of(name), &receipt, e)) {
		if (e->code != ERR_BAD_INPUT && e->code != ERR_TOO_BIG)
			return false;
		refuse(t, in, u, folder, name, e);
		return true;
	}
	loaders_wake(in);
	if (rename(path, taking) != 0)
		return errno == ENOENT ||
		       err_errno(e, ERR_IO, "cannot take a file out of the spool");
	*again = !is_same(taking, fd, &receipt);
	if (!*again)
		unlink(taking);
	return true;
}

/* True: done with the name, whatever became of it. */
static bool
take(struct task *t, struct ingest *in, const struct tdu *u, const char *folder,
    const char *name, struct err *e)
{
	bool again;

	if (!take_one(t, in, u, folder, name, &again, e))
		return false;
	while (again)
		if (!task_sleep(t, AGAIN_MS, e) ||
		    !take_one(t, in, u, "taking", name, &again, e))
			return false;
	return true;
}

/* All that lies in the folder now, in order of name: senders number their files. */
static bool
scan(struct task *t, struct ingest *in, const struct tdu *u, const char *folder, struct err *e)
{
	char path[PATH_MOST];
	struct dirent **names;
	bool ok = true;
	int n;

	path_of(path, in, u, folder, "");
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return err_errno(e, ERR_IO, "cannot list %s", path);
	for (int i = 0; i < n; i++) {
		if (ok && names[i]->d_name[0] != '.')
			ok = take(t, in, u, folder, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool
watch_all(struct task *t, struct spool *s, struct err *e)
{
	char path[PATH_MOST];

	for (size_t i = 0; i < s->in->tdus; i++) {
		struct tdu *u = &s->in->tdu[i];

		if (u->spool_watch < 0) {
			snprintf(
			    path, sizeof path, "%s/%s/in", s->in->conf.spool_path, u->code);
			if (!make_folders(s->in, u, e))
				return false;
			u->spool_watch = watch_folder(s->watch, path, e);
			if (u->spool_watch < 0)
				return false;
		}
		/* what a crash left comes first */
		if (!scan(t, s->in, u, "taking", e) || !scan(t, s->in, u, "in", e))
			return false;
	}
	return true;
}

/* Watches anew: a folder may have been removed and made again. */
static bool
watch_again(struct task *t, struct spool *s, struct err *e)
{
	for (size_t i = 0; i < s->in->tdus; i++)
		s->in->tdu[i].spool_watch = -1;
	return watch_all(t, s, e);
}

/* One change; an empty name says that some were missed, and so may a long silence. */
static bool
next_change(struct task *t, struct spool *s, struct err *e)
{
	uint64_t was = task_deadline(t, RESCAN_MS);
	char name[256];
	int id;
	bool ok = watch_next(t, s->watch, &id, name, sizeof name, e);

	task_deadline(t, was);
	if (!ok && (task_cancelled(t) || e->code != ERR_TIMEOUT))
		return false;
	if (!ok)
		return tdus_read(t, s->in, e) && watch_again(t, s, e);
	if (name[0] == '\0')
		return watch_again(t, s, e);
	for (size_t i = 0; i < s->in->tdus; i++)
		if (s->in->tdu[i].spool_watch == id && name[0] != '.')
			return take(t, s->in, &s->in->tdu[i], "in", name, e);
	return true;
}

void
spool_run(struct task *t, void *arg)
{
	struct spool s = { .in = arg };
	struct err e = { 0 };

	s.watch = watch_new(&e);
	while (s.watch != NULL && !task_cancelled(t)) {
		bool ok = watch_all(t, &s, &e);

		while (ok)
			ok = next_change(t, &s, &e);
		if (task_cancelled(t))
			break;
		/* the database or the disk: look at everything again when it is back */
		log_warn(t, "spool.retry", "says=\"%s\"", e.text);
		if (!task_sleep(t, RETRY_MS, &e))
			break;
	}
	watch_free(&s.watch);
}
