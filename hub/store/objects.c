/* The file store. Only this file knows where bytes lie. */
#include "store/objects.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/code.h"

enum {
	COPY_BYTES = 1024 * 1024,
	COPY_PIECES_A_WORK = 16,
	ORPHAN_AGE_S = 3600,
	PART_AGE_S = 2 * 86400, /* uploads are resumed within one */
	/* group may write into the folders but not list them; what is made there is the group's
	 */
	FOLDER_MODE = 02730,
	OTHERS_MS = 5000,
	OTHERS_STEP_MS = 20,
	OBJECT_MODE = 0440,
	NAMED_MODE = 0640 /* its maker may go on with it, nobody else */
};

struct objects {
	int root, part, side[2];
	uint64_t counter;
};

struct part {
	struct objects *store;
	struct digest *digest;
	char name[48];
	int fd;
	int64_t size, most;
	bool named;
};

static const char *const side_name[2] = { [OBJECT_IN] = "in", [OBJECT_OUT] = "out" };

/* ---- folders ---- */

/* Root makes folders and files for the one who owns the store, or its daemon could not read
 * them. */
static bool
give_to_owner(int at, int fd, struct err *e)
{
	struct stat st;

	if (geteuid() != 0 || at == AT_FDCWD)
		return true;
	if (fstat(at, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0)
		return true;
	return err_errno(e, ERR_IO, "cannot give a part of the store to its owner");
}

/* A door may make no folder of the store. When all start together, who may is about to: waits
 * up to OTHERS_MS. At the start alone, before there is a loop to hold up. */
static bool
others_make(int at, const char *name)
{
	static const struct timespec pause = { 0, OTHERS_STEP_MS * 1000000L };

	for (int ms = 0; ms < OTHERS_MS; ms += OTHERS_STEP_MS) {
		nanosleep(&pause, NULL);
		if (faccessat(at, name, F_OK, 0) == 0)
			return true;
	}
	errno = EACCES;
	return false;
}

static int
folder_open(int at, const char *name, struct err *e)
{
	/* without the set-group bit, which it leaves out: units may not even ask for it */
	bool made = mkdirat(at, name, FOLDER_MODE & 0777) == 0;
	int fd;

	if (!made && errno != EEXIST && !(errno == EACCES && others_make(at, name))) {
		err_errno(e, ERR_IO, "cannot make the folder %s of the file store", name);
		return -1;
	}
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == EACCES) /* a door, which may not list */
		fd = openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		err_errno(e, ERR_IO, "cannot open the folder %s of the file store", name);
		return -1;
	}
	/* mkdir leaves the set-group bit out */
	if (made && (!give_to_owner(at, fd, e) || fchmod(fd, FOLDER_MODE) != 0)) {
		err_errno(e, ERR_IO, "cannot set the rights of the folder %s", name);
		fd_auto(&fd);
	}
	return fd;
}

static bool
fan_out(int side, struct err *e)
{
	char name[3];
	bool made = false;

	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;

		code_hex(name, &byte, 1);
		if (faccessat(side, name, F_OK, 0) == 0)
			continue;
		AUTO_FD fd = folder_open(side, name, e);
		if (fd < 0)
			return false;
		made = true;
	}
	/* EBADF: a door, which may not list (docs/decisions/0010-doors-cannot-list.md) */
	return !made || fsync(side) == 0 || errno == EBADF ||
	       err_errno(e, ERR_IO, "cannot make the store's folders durable");
}

struct objects *
objects_open(const char *path, struct err *e)
{
	struct objects *o = calloc(1, sizeof *o);

	if (o == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	o->part = o->side[0] = o->side[1] = -1;
	o->root = folder_open(AT_FDCWD, path, e);
	if (o->root < 0 || (o->part = folder_open(o->root, "part", e)) < 0 ||
	    (o->side[OBJECT_IN] = folder_open(o->root, "in", e)) < 0 ||
	    (o->side[OBJECT_OUT] = folder_open(o->root, "out", e)) < 0 ||
	    !fan_out(o->side[OBJECT_IN], e) || !fan_out(o->side[OBJECT_OUT], e))
		objects_free(&o);
	return o;
}

void
objects_free(struct objects **po)
{
	struct objects *o = *po;

	*po = NULL;
	if (o == NULL)
		return;
	fd_auto(&o->root);
	fd_auto(&o->part);
	fd_auto(&o->side[0]);
	fd_auto(&o->side[1]);
	free(o);
}

/* ---- writing ---- */

struct part *
part_new(struct objects *o, int64_t most_bytes, struct err *e)
{
	struct part *p = calloc(1, sizeof *p);
	struct timespec now;

	if (p == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	p->store = o;
	p->most = most_bytes;
	p->digest = digest_new();
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(p->name, sizeof p->name, "%x-%llx-%llx", (unsigned)getpid(),
	    (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec,
	    (unsigned long long)o->counter++);
	p->fd = openat(o->part, p->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    OBJECT_MODE);
	if (p->fd < 0 || p->digest == NULL) {
		err_errno(e, ERR_IO, "cannot begin a file in the store");
		part_free(&p);
	} else if (!give_to_owner(o->part, p->fd, e)) {
		part_free(&p);
	}
	return p;
}

/* ---- parts that stay ---- */

struct again {
	struct part *part;
	struct err e;
	bool ok, end;
};

/* A slice of what is there already. */
static void
again_work(void *arg)
{
	struct again *a = arg;
	char *room = malloc(COPY_BYTES);
	ssize_t n = 1;

	if (room == NULL) {
		err(&a->e, ERR_BUSY, "out of memory");
		return;
	}
	for (int i = 0; i < COPY_PIECES_A_WORK && n > 0; i++) {
		n = pread(a->part->fd, room, COPY_BYTES, a->part->size);
		if (n > 0) {
			digest_add(a->part->digest, room, (size_t)n);
			a->part->size += n;
		}
	}
	free(room);
	if (n < 0)
		err_errno(&a->e, ERR_IO, "cannot read a part of the store");
	a->ok = n >= 0;
	a->end = n == 0;
}

/* Its writer may have made an object of it and let go, between our opening and our lock: what
 * is open then is that object. */
static bool
still_named(const struct part *p)
{
	struct stat mine, named;

	return fstat(p->fd, &mine) == 0 &&
	       fstatat(p->store->part, p->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

static bool
named_open(struct part *p, bool again, struct err *e)
{
	int flags =
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | (again ? O_APPEND : O_CREAT | O_EXCL | O_APPEND);

	p->fd = openat(p->store->part, p->name, flags, NAMED_MODE);
	if (p->fd < 0 && errno == ENOENT)
		return err(e, ERR_NOT_FOUND, "nothing of it is here");
	if (p->fd < 0 && errno == EACCES)
		return err(e, ERR_CONFLICT, "it was begun through another door");
	if (p->fd < 0)
		return err_errno(e, ERR_IO, "cannot open a part of the store");
	/* the process that dies lets go of it */
	if (flock(p->fd, LOCK_EX | LOCK_NB) != 0 || !still_named(p))
		return err(e, ERR_CONFLICT, "it is being written by another session");
	return true;
}

struct part *
part_named(struct task *t, struct objects *o, const char *name, bool again, int64_t most_bytes,
    struct err *e)
{
	struct part *p = calloc(1, sizeof *p);
	struct again a = { .part = p, .ok = true, .end = !again };

	if (p == NULL) {
		err(e, ERR_BUSY, "out of memory");
		return NULL;
	}
	*p = (struct part){ .store = o, .fd = -1, .most = most_bytes, .named = true };
	str_copy(p->name, sizeof p->name, str_of(name));
	p->digest = digest_new();
	if (p->digest == NULL) {
		err(e, ERR_BUSY, "out of memory");
		part_free(&p);
		return NULL;
	}
	if (!named_open(p, again, e)) {
		part_free(&p);
		return NULL;
	}
	while (a.ok && !a.end) {
		a.ok = false;
		if (!work_run(t, again_work, &a, &a.e))
			break;
	}
	if (!a.ok) {
		if (e != NULL)
			*e = a.e;
		part_free(&p);
	}
	return p;
}

void
part_leave(struct part **pp)
{
	part_free(pp); /* that of a named part leaves its bytes */
}

int64_t
part_there(struct objects *o, const char *name, bool *busy)
{
	AUTO_FD fd = openat(o->part, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	*busy = false;
	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	*busy = flock(fd, LOCK_EX | LOCK_NB) != 0;
	return st.st_size;
}

void
part_forget(struct objects *o, const char *name)
{
	unlinkat(o->part, name, 0);
}

bool
part_add(struct part *p, const void *bytes, size_t len, struct err *e)
{
	const char *at = bytes;

	if ((int64_t)len > p->most - p->size)
		return err(
		    e, ERR_TOO_BIG, "the file is larger than %lld bytes", (long long)p->most);
	while (len > 0) {
		ssize_t n = write(p->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, "cannot write into the file store");
		/* what the file has, also when the disk is full half way */
		digest_add(p->digest, at, (size_t)n);
		p->size += n;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

int64_t
part_size(const struct part *p)
{
	return p->size;
}

void
part_free(struct part **pp)
{
	struct part *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	if (p->name[0] != '\0' && !p->named)
		unlinkat(p->store->part, p->name, 0);
	fd_auto(&p->fd);
	digest_free(&p->digest);
	free(p);
}

static void
object_path(char to[68], const unsigned char sha256[DIGEST_BYTES])
{
	code_hex(to, sha256, 1);
	to[2] = '/';
	code_hex(to + 3, sha256, DIGEST_BYTES);
}

struct keep {
	struct part *part;
	enum object_side side;
	struct object_name *name;
	struct err e;
	bool ok;
};

/* Whoever may not list a folder cannot open it for fsync either; fsync of the file that was
 * renamed makes its new name durable too (docs/decisions/0010-doors-cannot-list.md). */
static bool
folder_sync(int side, const char *path, int file, struct err *e)
{
	char folder[3] = { path[0], path[1], '\0' };
	AUTO_FD fd = openat(side, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno != EACCES)
		return err_errno(e, ERR_IO, "cannot open the store's folder");
	if (fsync(fd < 0 ? file : fd) != 0)
		return err_errno(e, ERR_IO, "cannot make the store's folder durable");
	return true;
}

/* In the pool: the file's bytes first, then its name, each durable before the next. */
static void
keep_work(void *arg)
{
	struct keep *k = arg;
	struct part *p = k->part;
	int side = p->store->side[k->side];
	char path[68];

	digest_end(p->digest, k->name->sha256);
	k->name->size = p->size;
	object_path(path, k->name->sha256);
	/* its last byte may have come long ago, its row comes only after this: until then a
	 * sweep goes by its time */
	if (futimens(p->fd, NULL) != 0) {
		err_errno(&k->e, ERR_IO, "cannot set the time of the file");
		return;
	}
	if (fsync(p->fd) != 0) {
		err_errno(&k->e, ERR_IO, "the disk did not take the file");
		/* read again from memory, it would look whole, and the next fsync say yes */
		p->named = false;
		return;
	}
	if (renameat(p->store->part, p->name, side, path) != 0) {
		err_errno(&k->e, ERR_IO, "cannot put the file into the store");
		return;
	}
	p->name[0] = '\0';
	/* not before: a part without the right to write could not be gone on with, had the
	 * process died meanwhile */
	if (p->named && fchmod(p->fd, OBJECT_MODE) != 0) {
		err_errno(&k->e, ERR_IO, "cannot set the rights of the file");
		return;
	}
	k->ok = folder_sync(side, path, p->fd, &k->e);
}

bool
part_keep(struct task *t, struct part *p, enum object_side side, struct object_name *name,
    struct err *e)
{
	struct keep k = { .part = p, .side = side, .name = name };

	if (!work_run(t, keep_work, &k, e))
		return false;
	if (!k.ok && e != NULL)
		*e = k.e;
	return k.ok;
}

struct copy {
	struct part *part;
	int fd;
	char *room;
	struct err e;
	bool ok, end;
};

/* A slice of the file: the pool's two threads are for all. */
static void
copy_work(void *arg)
{
	struct copy *c = arg;
	ssize_t n = 1;

	for (int i = 0; i < COPY_PIECES_A_WORK && n > 0; i++) {
		do
			n = read(c->fd, c->room, COPY_BYTES);
		while (n < 0 && errno == EINTR);
		if (n > 0 && !part_add(c->part, c->room, (size_t)n, &c->e))
			n = -1;
		else if (n < 0)
			err_errno(&c->e, ERR_IO, "cannot read the file");
	}
	c->ok = n >= 0;
	c->end = n <= 0;
}

bool
part_copy(struct task *t, struct part *p, int fd, struct err *e)
{
	struct copy c = { .part = p, .fd = fd, .room = malloc(COPY_BYTES) };
	bool ran = c.room != NULL || err(e, ERR_BUSY, "out of memory");

	while (ran && !c.end)
		ran = work_run(t, copy_work, &c, e);
	free(c.room);
	if (ran && !c.ok && e != NULL)
		*e = c.e;
	return ran && c.ok;
}

/* ---- reading ---- */

int
object_open(struct objects *o, enum object_side side, const unsigned char sha256[DIGEST_BYTES],
    struct err *e)
{
	char path[68];
	int fd;

	object_path(path, sha256);
	fd = openat(o->side[side], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		err(e, ERR_NOT_FOUND, "the store has no object %.12s… in %s", path + 3,
		    side_name[side]);
	else if (fd < 0)
		err_errno(e, ERR_IO, "cannot open an object of the store");
	return fd;
}

/* Whoever sweeps puts an object aside before looking at its time: one that is in its place
 * after the time was set stays there. */
bool
object_renew(struct objects *o, enum object_side side, const unsigned char sha256[DIGEST_BYTES],
    struct err *e)
{
	AUTO_FD fd = object_open(o, side, sha256, e);
	char path[68];

	object_path(path, sha256);
	if (fd < 0)
		return false;
	return (futimens(fd, NULL) == 0 && faccessat(o->side[side], path, F_OK, 0) == 0) ||
	       err_errno(e, ERR_IO, "an object went while it had no row yet");
}

bool
object_verify(
    struct objects *o, enum object_side side, const struct object_name *name, struct err *e)
{
	unsigned char found[DIGEST_BYTES];
	char room[4096];
	AUTO_PTR(digest) d = digest_new();
	AUTO_FD fd = object_open(o, side, name->sha256, e);
	int64_t size = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, room, sizeof room)) > 0) {
		digest_add(d, room, (size_t)n);
		size += n;
	}
	if (n < 0)
		return err_errno(e, ERR_IO, "cannot read an object of the store");
	digest_end(d, found);
	if (size != name->size)
		return err(e, ERR_FINDINGS, "an object has %lld bytes, expected %lld",
		    (long long)size, (long long)name->size);
	if (memcmp(found, name->sha256, DIGEST_BYTES) != 0)
		return err(
		    e, ERR_FINDINGS, "the bytes of an object are not those it is named by");
	return true;
}

/* ---- walking ---- */

struct walk {
	bool (*known)(
	    void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES]);
	void *arg;
	bool sweep;
	int part; /* folder of parts */
	int64_t orphans;
};

static bool
old_enough(int folder, const char *name, time_t age_s)
{
	struct stat st;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.tv_sec - st.st_mtim.tv_sec > age_s;
}

/* Aside first, then gone: the same bytes may have come again since they were looked at, and
 * what was put there a moment ago goes back to its place. */
static void
sweep_entry(const struct walk *w, int folder, const char *name)
{
	if (renameat(folder, name, w->part, name) != 0)
		return;
	if (old_enough(w->part, name, ORPHAN_AGE_S))
		unlinkat(w->part, name, 0);
	else
		renameat(w->part, name, folder, name);
}

static void
walk_entry(struct walk *w, int folder, enum object_side side, const char *name)
{
	unsigned char sha256[DIGEST_BYTES];
	bool named = code_unhex(sha256, sizeof sha256, str_of(name));

	if ((named && w->known(w->arg, side, sha256)) ||
	    !old_enough(folder, name, ORPHAN_AGE_S))
		return;
	w->orphans++;
	if (w->sweep)
		sweep_entry(w, folder, name);
}

static bool
walk_folder(struct walk *w, int at, const char *folder, int side, struct err *e)
{
	int fd = openat(at, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (d == NULL) {
		fd_auto(&fd);
		return err_errno(e, ERR_IO, "cannot list a folder of the store");
	}
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (side >= 0)
			walk_entry(w, dirfd(d), (enum object_side)side, entry->d_name);
		else if (w->sweep && old_enough(dirfd(d), entry->d_name, PART_AGE_S))
			unlinkat(dirfd(d), entry->d_name, 0);
	}
	closedir(d);
	return true;
}

int64_t
objects_walk(struct objects *o,
    bool (*known)(void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES]),
    void *arg, bool sweep, struct err *e)
{
	struct walk w = { .known = known, .arg = arg, .sweep = sweep, .part = o->part };
	char name[3];

	for (int side = 0; side < 2; side++)
		for (unsigned i = 0; i < 256; i++) {
			unsigned char byte = (unsigned char)i;

			code_hex(name, &byte, 1);
			if (!walk_folder(&w, o->side[side], name, side, e))
				return -1;
		}
	return walk_folder(&w, o->root, "part", -1, e) ? w.orphans : -1;
}
