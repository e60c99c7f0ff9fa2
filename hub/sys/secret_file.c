/*
 * Key files: one key a line, in hex. The first is the one that seals or signs, all open; one
 * that was added and is not used yet stands last, with a '+' before it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code.h"
#include "sys/secret_in.h"

enum { PATH_SIZE = 512 };

/* ---- key files ---- */

static bool
may_be_key_file(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(e, ERR_CONF, "cannot look at the key file %s", path);
	if (!S_ISREG(st.st_mode))
		return err(e, ERR_CONF, "the key file %s is not a regular file", path);
	if ((st.st_mode & 07137) != 0)
		return err(e, ERR_CONF, "the key file %s has mode %04o, expected 0600 or 0640",
		    path, (unsigned)st.st_mode & 07777);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err(e, ERR_CONF,
		    "the key file %s belongs to user %u, expected root or %u", path,
		    (unsigned)st.st_uid, (unsigned)geteuid());
	return true;
}

/* The whole file into *text, which the caller wipes. */
static bool
read_key_file(const char *path, char *text, size_t size, struct str *s, struct err *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got;

	if (fd < 0)
		return err_errno(e, ERR_CONF, "cannot open the key file %s", path);
	if (!may_be_key_file(fd, path, e))
		return false;
	got = read(fd, text, size);
	if (got < 0)
		return err_errno(e, ERR_CONF, "cannot read the key file %s", path);
	*s = (struct str){ text, (size_t)got };
	return true;
}

/* Keys of 64 hex digits, one a line; with a '+' before it one that was added and is not used
 * yet, which is the last. The text is never shown. */
static bool
parse_keys(struct key_file *f, const char *path, struct str text, struct err *e)
{
	struct str line;

	f->n = f->used = 0;
	while (text.len > 0) {
		str_cut(text, '\n', &line, &text);
		line = str_trim(line);
		if (f->n == KEYS_MOST)
			return err(e, ERR_CONF, "the key file %s has more than %d lines", path,
			    KEYS_MOST);
		if (line.len > 0 && line.at[0] == '+' && f->n > 0 && text.len == 0)
			line = (struct str){ line.at + 1, line.len - 1 };
		else
			f->used++;
		if (!code_unhex(f->key[f->n], KEY_BYTES, line))
			return err(e, ERR_CONF,
			    "line %u of the key file %s is not a key: expected %d hex digits",
			    f->n + 1, path, 2 * KEY_BYTES);
		f->n++;
	}
	return f->n > 0 || err(e, ERR_CONF, "the key file %s is empty", path);
}

static bool
path_of(char to[PATH_SIZE], const char *folder, const char *name, struct err *e)
{
	return (size_t)snprintf(to, PATH_SIZE, "%s/%s", folder, name) < PATH_SIZE ||
	       err(e, ERR_CONF, "the path of the key folder is too long: %s", folder);
}

bool
key_file_read(struct key_file *f, const char *folder, const char *name, struct err *e)
{
	char path[PATH_SIZE], text[KEYS_MOST * KEY_LINE + 1];
	struct str s;
	bool ok;

	ok = path_of(path, folder, name, e) && read_key_file(path, text, sizeof text, &s, e) &&
	     parse_keys(f, path, s, e);
	secret_wipe(text, sizeof text);
	return ok;
}

unsigned char
key_id(const unsigned char key[KEY_BYTES])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, key, KEY_BYTES, NULL, 0);
	return hash[0];
}

/* ---- new ones ---- */

static bool
write_key(const char *path, struct err *e)
{
	unsigned char key[KEY_BYTES];
	char line[2 * KEY_BYTES + 1];
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return err_errno(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO,
		    "cannot make the key file %s", path);
	secret_random(key, sizeof key);
	code_hex(line, key, sizeof key);
	line[2 * KEY_BYTES] = '\n';
	ok = write(fd, line, sizeof line) == sizeof line && fsync(fd) == 0;
	if (!ok)
		err_errno(e, ERR_IO, "cannot write the key file %s", path);
	secret_wipe(key, sizeof key);
	secret_wipe(line, sizeof line);
	return ok;
}

/* A folder of an earlier version lacks the last ones, which are then made. Of the first two one
 * without its fellow is a mistake that a new key would hide. */
bool
keys_make(const char *folder, struct err *e)
{
	static const char *const names[] = { "pii.key", "index.key", "push.key", "audit.key",
		"link.key", "portal.key", "hook.key", "consent.key" };
	char path[nitems(names)][PATH_SIZE];
	bool there[nitems(names)], all = true;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return err_errno(e, ERR_IO, "cannot make the key folder %s", folder);
	for (size_t i = 0; i < nitems(names); i++) {
		if (!path_of(path[i], folder, names[i], e))
			return false;
		there[i] = access(path[i], F_OK) == 0;
		all = all && there[i];
	}
	for (size_t i = all ? nitems(names) - 1 : 0; i < nitems(names); i++)
		if (there[i] && (all || !there[0] || !there[1]))
			return err(
			    e, ERR_CONFLICT, "the key file %s is there already", path[i]);
	for (size_t i = 0; i < nitems(names); i++)
		if (!there[i] && !write_key(path[i], e))
			return false;
	return true;
}

/* ---- a key is changed ----
 * Each step is one rename, so a file is the old one or the new one; owner and mode stay. */

static bool
sync_folder(const char *folder, struct err *e)
{
	AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return (fd >= 0 && fsync(fd) == 0) || err_errno(e, ERR_IO, "keeping %s", folder);
}

static bool
write_lines(const struct key_file *f, const char *path, int like, int fd, struct err *e)
{
	char text[KEYS_MOST * KEY_LINE + 1], *at = text;
	struct stat st;
	bool ok;

	for (unsigned i = 0; i < f->n; i++) {
		if (i >= f->used)
			*at++ = '+';
		code_hex(at, f->key[i], KEY_BYTES);
		at += 2 * KEY_BYTES;
		*at++ = '\n';
	}
	ok = fstat(like, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0 &&
	     fchmod(fd, st.st_mode & 07777) == 0 &&
	     write(fd, text, (size_t)(at - text)) == at - text && fsync(fd) == 0;
	if (!ok)
		err_errno(e, ERR_IO, "cannot write the key file %s", path);
	secret_wipe(text, sizeof text);
	return ok;
}

static bool
key_file_write(const struct key_file *f, const char *folder, const char *name, struct err *e)
{
	char path[PATH_SIZE], new[PATH_SIZE + 8];
	AUTO_FD like = -1;
	AUTO_FD fd = -1;

	if (!path_of(path, folder, name, e))
		return false;
	snprintf(new, sizeof new, "%s.new", path);
	like = open(path, O_RDONLY | O_CLOEXEC);
	/* one that a crash left behind has a key that nobody uses */
	if (unlink(new) != 0 && errno != ENOENT)
		return err_errno(e, ERR_IO, "cannot remove %s", new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (like < 0 || fd < 0)
		return err_errno(e, ERR_IO, "cannot make the key file %s", new);
	if (!write_lines(f, new, like, fd, e))
		return false;
	if (rename(new, path) != 0)
		return err_errno(e, ERR_IO, "cannot put %s in its place", new);
	return sync_folder(folder, e);
}

/* One that no other of the file can be taken for. */
static bool
fresh_key(struct key_file *f, const char *name, struct err *e)
{
	unsigned i;

	if (f->n == KEYS_MOST)
		return err(e, ERR_SEQUENCE, "%s has %d keys already", name, KEYS_MOST);
	do {
		secret_random(f->key[f->n], KEY_BYTES);
		for (i = 0; i < f->n && key_id(f->key[i]) != key_id(f->key[f->n]); i++)
			;
	} while (i < f->n);
	f->n++;
	return true;
}

static void
use_last(struct key_file *f)
{
	unsigned char newest[KEY_BYTES];

	memcpy(newest, f->key[f->n - 1], KEY_BYTES);
	memmove(f->key[1], f->key[0], (f->n - 1) * sizeof f->key[0]);
	memcpy(f->key[0], newest, KEY_BYTES);
	f->used = f->n;
	secret_wipe(newest, sizeof newest);
}

static const char *const state_words[] = {
	[KEY_ONE] = "has one key",
	[KEY_ADDED] = "has a key that is not used yet",
	[KEY_USED] = "has older keys too",
};

static enum key_state
state_of(const struct key_file *f)
{
	return f->n > f->used ? KEY_ADDED : f->n > 1 ? KEY_USED : KEY_ONE;
}

bool
keys_look(const char *folder, const char *name, struct key_look *to, struct err *e)
{
	struct key_file f;
	bool ok = key_file_read(&f, folder, name, e);

	if (ok)
		*to = (struct key_look){ .state = state_of(&f),
			.keys = f.n,
			.newest = key_id(f.key[f.n > f.used ? f.n - 1 : 0]) };
	secret_wipe(&f, sizeof f);
	return ok;
}

bool
keys_step(const char *folder, const char *name, enum key_step step, struct err *e)
{
	static const enum key_state from[] = { [KEY_ADD] = KEY_ONE,
		[KEY_USE] = KEY_ADDED,
		[KEY_REPLACE] = KEY_ADDED,
		[KEY_RETIRE] = KEY_USED };
	struct key_file f;
	bool ok = key_file_read(&f, folder, name, e);

	if (ok && state_of(&f) != from[step])
		ok = err(e, ERR_SEQUENCE, "%s %s", name, state_words[state_of(&f)]);
	if (ok && step == KEY_ADD)
		ok = fresh_key(&f, name, e);
	else if (ok && step != KEY_RETIRE)
		use_last(&f);
	if (step == KEY_REPLACE || step == KEY_RETIRE)
		f.n = f.used = 1;
	ok = ok && key_file_write(&f, folder, name, e);
	secret_wipe(&f, sizeof f);
	return ok;
}
