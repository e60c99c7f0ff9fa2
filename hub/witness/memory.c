/* The witness's key, and what it signed last. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/code.h"
#include "witness.h"

enum { PATH_SIZE = 4096, KEY_MOST = 512, TYPED = 1 + SIGN_SEED_BYTES };

static const char key_head[] = "PRIVATE+KEY+";

/* ---- files ---- */

static bool
write_new(const char *path, struct str text, struct err *e)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, ERR_BAD_INPUT, "cannot make %s", path);
	return (write(fd, text.at, text.len) == (ssize_t)text.len && fsync(fd) == 0) ||
	       err_errno(e, ERR_IO, "cannot write %s", path);
}

static bool
read_all(const char *path, char *to, size_t size, struct str *text, struct err *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, to, size);

	if (got < 0)
		return err_errno(e, ERR_NOT_FOUND, "cannot read %s", path);
	*text = (struct str){ to, (size_t)got };
	return (size_t)got < size || err(e, ERR_TOO_BIG, "%s is too long", path);
}

/* A name is on the disk when its folder is. */
static bool
sync_folder(const char *path, struct err *e)
{
	char folder[PATH_SIZE];
	char *slash;
	AUTO_FD fd = -1;

	snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[1] = '\0';
	fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (fd >= 0 && fsync(fd) == 0) || err_errno(e, ERR_IO, "keeping %s", path);
}

/* ---- the key: PRIVATE+KEY+name+id+base64 of type and seed, a line ---- */

bool
key_make(const char *path, const char *name, struct buf *public_key, struct err *e)
{
	unsigned char typed[TYPED] = { NOTE_WITNESS }, public_bytes[SIGN_PUBLIC_BYTES];
	char b64[code_b64_size(TYPED)], id[2 * NOTE_ID + 1];
	AUTO(buf) text = BUF(KEY_MOST);
	struct note_key k;

	if (getrandom(typed + 1, SIGN_SEED_BYTES, 0) != SIGN_SEED_BYTES)
		return err_errno(e, ERR_IO, "no random bytes");
	sign_public(public_bytes, typed + 1);
	if (!note_key_make(&k, NOTE_WITNESS, name, public_bytes, e))
		return false;
	code_b64(b64, typed, sizeof typed);
	code_hex(id, k.id, NOTE_ID);
	buf_fmt(&text, "%s%s+%s+%s\n", key_head, k.name, id, b64);
	note_key_write(public_key, &k);
	return write_new(path, buf_view(&text), e) && sync_folder(path, e);
}

bool
key_read(struct witness *w, const char *path, struct err *e)
{
	unsigned char typed[TYPED], public_bytes[SIGN_PUBLIC_BYTES];
	struct str text, name, id, b64, rest;
	char bytes[KEY_MOST], name_c[NOTE_NAME_SIZE], known[2 * NOTE_ID + 1];
	size_t len;

	if (!read_all(path, bytes, sizeof bytes, &text, e))
		return false;
	if (!str_starts(text, key_head))
		return err(e, ERR_BAD_INPUT, "%s is no key of a witness", path);
	rest = (struct str){ text.at + sizeof key_head - 1, text.len - (sizeof key_head - 1) };
	if (!str_cut(rest, '+', &name, &rest) || !str_cut(rest, '+', &id, &b64) ||
	    !str_cut(b64, '\n', &b64, &rest) || !code_unb64(typed, sizeof typed, &len, b64) ||
	    len != sizeof typed || typed[0] != NOTE_WITNESS || name.len >= sizeof name_c)
		return err(e, ERR_BAD_INPUT, "%s is no key of a witness", path);
	str_copy(name_c, sizeof name_c, name);
	memcpy(w->seed, typed + 1, sizeof w->seed);
	sign_public(public_bytes, w->seed);
	if (!note_key_make(&w->key, NOTE_WITNESS, name_c, public_bytes, e))
		return false;
	code_hex(known, w->key.id, NOTE_ID);
	return str_is(id, known) ||
	       err(e, ERR_BAD_INPUT, "%s: key and id do not belong together", path);
}

/* ---- the last checkpoint ---- */

bool
memory_begin(const char *path, struct err *e)
{
	return write_new(path, STR(""), e) && sync_folder(path, e);
}

bool
memory_open(struct witness *w, struct err *e)
{
	static char bytes[NOTE_BYTES_MOST + 1];
	struct checkpoint c;
	char path[PATH_SIZE];
	struct str text, note;

	snprintf(path, sizeof path, "%s.lock", w->memory);
	w->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (w->lock < 0 || flock(w->lock, LOCK_EX) != 0)
		return err_errno(e, ERR_IO, "cannot lock %s", path);
	if (!read_all(w->memory, bytes, sizeof bytes, &note, e))
		return err_at(e, "whoever has forgotten what it signed signs nothing");
	w->size = 0;
	if (note.len == 0)
		return true;
	if (!note_open(note, w->log, w->log_count, &text, e) || !checkpoint_read(&c, text, e))
		return err_at(e, "%s", w->memory);
	w->size = c.size;
	w->root = c.root;
	str_copy(w->origin, sizeof w->origin, c.origin);
	return true;
}

bool
memory_keep(const struct witness *w, struct str note, struct err *e)
{
	char new[PATH_SIZE];

	snprintf(new, sizeof new, "%s.new", w->memory);
	if (unlink(new) != 0 && errno != ENOENT)
		return err_errno(e, ERR_IO, "cannot remove %s", new);
	if (!write_new(new, note, e))
		return false;
	return (rename(new, w->memory) == 0 && sync_folder(w->memory, e)) ||
	       err_errno(e, ERR_IO, "cannot write %s", w->memory);
}
