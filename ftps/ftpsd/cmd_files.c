/* Where one is, and what is asked of a file without moving it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "commands.h"
#include "held.h"
#include "rt/log.h"
#include "rt/work.h"
#include "transfer.h"

/* A quote is doubled (RFC 959 appendix II). */
bool
cmd_pwd(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 257, "\"%s\" is where you are.", s->at); /* no folder has a quote */
}

static bool
go(struct task *t, struct session *s, struct str to, struct err *e)
{
	char path[BOX_PATH_MOST];
	struct box_entry x;

	if (!session_path(s, to, path, e))
		return false;
	if (strcmp(path, "/") != 0 &&
	    (!box_find(t, &s->box, path, &x, e) ||
		(!x.folder && !err(e, ERR_NOT_FOUND, "%s is a file", path))))
		return false;
	str_copy(s->at, sizeof s->at, str_of(path));
	return say(t, s, 250, "You are in %s.", path);
}

bool
cmd_cwd(struct task *t, struct session *s, struct str arg, struct err *e)
{
	return go(t, s, arg, e);
}

bool
cmd_cdup(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg;
	return go(t, s, STR(".."), e);
}

/* ---- facts ---- */

static bool
find_file(struct task *t, struct session *s, struct str arg, char path[BOX_PATH_MOST],
    struct box_entry *x, struct err *e)
{
	return session_path(s, arg, path, e) && box_find(t, &s->box, path, x, e) &&
	       (!x->folder || err(e, ERR_NOT_FOUND, "%s is a folder", path));
}

/* An upload that is not whole is told of to its sender, and before a file of that name that is
 * there from an earlier time: a client asks in order to go on. */
static bool
arrived(struct task *t, struct session *s, const char *called, int64_t *size, struct err *e)
{
	const struct held *h = held_called(s, called);
	char path[BOX_PATH_MOST];

	if (h != NULL) {
		*size = box_put_size(h->put);
		return true;
	}
	return upload_path(t, s, called, path, e) &&
	       (held_for(s, path) == NULL || err(e, ERR_NOT_FOUND, "it has another name")) &&
	       box_part_size(t, &s->box, path, size, e);
}

bool
cmd_size(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST];
	struct err none = { 0 };
	struct box_entry x;
	int64_t part;

	if (!session_path(s, arg, path, e))
		return false;
	if (arrived(t, s, path, &part, &none))
		return say(t, s, 213, "%" PRId64, part);
	return find_file(t, s, arg, path, &x, e) && say(t, s, 213, "%" PRId64, x.size);
}

static void
only_digits(char to[CIVIL_STAMP_SIZE], int64_t utc_s)
{
	char text[CIVIL_STAMP_SIZE];
	size_t n = 0;

	civil_stamp(text, utc_s);
	for (const char *c = text; *c != '\0'; c++)
		if (*c >= '0' && *c <= '9')
			to[n++] = *c;
	to[n] = '\0';
}

bool
cmd_mdtm(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST], text[CIVIL_STAMP_SIZE];
	struct box_entry x;

	if (!find_file(t, s, arg, path, &x, e))
		return false;
	only_digits(text, x.modified_s);
	return say(t, s, 213, "%s", text);
}

bool
cmd_mfmt(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST], text[CIVIL_STAMP_SIZE];
	struct str stamp, name;
	int64_t modified_s;
	struct held *h;

	if (!str_cut(arg, ' ', &stamp, &name) || stamp.len < 14 ||
	    !civil_read_14(str_first(stamp, 14), &modified_s))
		return say(t, s, 501, "Expected MFMT YYYYMMDDHHMMSS <path>.");
	if (!session_path(s, name, path, e))
		return false;
	h = held_called(s, path);
	if (h != NULL)
		h->modified_s = modified_s;
	else if (!box_touch(t, &s->box, path, modified_s, e))
		return false;
	only_digits(text, modified_s);
	return say(t, s, 213, "Modify=%s; %s", text, path);
}

/* ---- changes ---- */

/* What arrived of an upload. e may say already that there is no such file. */
static bool
drop_part(struct task *t, struct session *s, const char *called, struct err *e)
{
	struct held *h = held_called(s, called);
	char path[BOX_PATH_MOST];
	struct err why = { 0 };

	if (!upload_path(t, s, called, path, &why))
		return false;
	if (h != NULL)
		held_leave(t, s, h);
	if (box_part_drop(t, &s->box, path, &why)) {
		err_clear(e);
		return true;
	}
	if (why.code != ERR_NOT_FOUND)
		*e = why;
	return false;
}

bool
cmd_dele(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST];
	bool ok;

	if (!session_path(s, arg, path, e))
		return false;
	if (held_called(s, path) != NULL)
		ok = drop_part(t, s, path, e);
	else
		ok = box_remove(t, &s->box, path, e) ||
		     (e->code == ERR_NOT_FOUND && drop_part(t, s, path, e));
	return ok && say(t, s, 250, "Removed.");
}

bool
cmd_rnfr(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST];
	struct err none = { 0 };
	struct box_entry x;
	int64_t size;

	if (!session_path(s, arg, path, e))
		return false;
	if (held_called(s, path) == NULL && !find_file(t, s, arg, path, &x, e)) {
		if (e->code != ERR_NOT_FOUND || !arrived(t, s, path, &size, &none))
			return false;
		return say(t, s, 550,
		    "It was not sent to its end in this session: go on with it first.");
	}
	free(s->renames);
	s->renames = strdup(path);
	return s->renames == NULL ? err(e, ERR_BUSY, "no memory for a name")
				  : say(t, s, 350, "And its new name: RNTO.");
}

/* The end of an upload under a temporary name: the receipt. */
static bool
name_held(struct task *t, struct session *s, struct held *h, const char *to, struct err *e)
{
	struct box_receipt r;
	char words[240];

	if (strcmp(h->path, to) != 0)
		return say(t, s, 553, "This upload can become %s only.", h->path);
	task_deadline(t, 0); /* making it durable may take its time */
	if (!held_end(t, s, h, &r, e))
		return false;
	s->door->counts->files_received++;
	log_info(t, "ftps.received", "entry=%" PRId64 " file=%" PRId64 " bytes=%" PRId64,
	    r.entry, r.file, r.size);
	upload_words(words, sizeof words, &r);
	return say(t, s, 250, "%s", words);
}

bool
cmd_rnto(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST];
	struct held *h;

	if (s->renames == NULL)
		return say(t, s, 503, "RNFR comes first.");
	if (!session_path(s, arg, path, e))
		return false;
	h = held_called(s, s->renames);
	if (h != NULL)
		return name_held(t, s, h, path, e);
	return box_rename(t, &s->box, s->renames, path, e) && say(t, s, 250, "Renamed.");
}

/* ---- sums ---- */

static bool
hash_of(struct task *t, struct session *s, struct str arg, char hex[2 * DIGEST_BYTES + 1],
    char path[BOX_PATH_MOST], int64_t *size, struct err *e)
{
	struct box_entry x;

	if (!find_file(t, s, arg, path, &x, e))
		return false;
	code_hex(hex, x.sha256, sizeof x.sha256);
	*size = x.size;
	return true;
}

/* draft-bryan-ftpext-hash-02: algorithm, range, hash, name */
bool
cmd_hash(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST], hex[2 * DIGEST_BYTES + 1];
	int64_t size;

	return hash_of(t, s, arg, hex, path, &size, e) &&
	       say(t, s, 213, "SHA-256 0-%" PRId64 " %s " STR_FMT, size, hex, STR_ARG(arg));
}

bool
cmd_xsha256(struct task *t, struct session *s, struct str arg, struct err *e)
{
	char path[BOX_PATH_MOST], hex[2 * DIGEST_BYTES + 1];
	int64_t size;

	return hash_of(t, s, arg, hex, path, &size, e) && say(t, s, 250, "%s", hex);
}

/* The CRC-32 of a file takes a pass over it: in the work pool, a piece at a time, so that
 * others get their turn there. */
struct crc {
	int fd;
	uint32_t sum;
	int64_t offset;
	bool done;
	int why; /* errno, 0 */
};

static uint32_t
crc_add(uint32_t sum, const unsigned char *at, size_t len)
{
	static const uint32_t nibble[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344,
		0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };

	sum = ~sum;
	for (size_t i = 0; i < len; i++) {
		sum ^= at[i];
		sum = sum >> 4 ^ nibble[sum & 15];
		sum = sum >> 4 ^ nibble[sum & 15];
	}
	return ~sum;
}

static void
crc_work(void *arg)
{
	enum { PIECES = 64, PIECE = 64 * 1024 };
	struct crc *c = arg;
	unsigned char *piece = malloc(PIECE);

	c->why = piece == NULL ? ENOMEM : 0;
	for (int i = 0; i < PIECES && !c->done && c->why == 0; i++) {
		ssize_t n = pread(c->fd, piece, PIECE, c->offset);

		if (n < 0 && errno != EINTR)
			c->why = errno;
		c->done = n == 0;
		if (n > 0) {
			c->sum = crc_add(c->sum, piece, (size_t)n);
			c->offset += n;
		}
	}
	free(piece);
}

bool
cmd_xcrc(struct task *t, struct session *s, struct str arg, struct err *e)
{
	struct crc c = { .fd = -1 };
	char path[BOX_PATH_MOST];
	struct box_entry x;
	bool ok = true;

	if (!session_path(s, arg, path, e) || (c.fd = box_open(t, &s->box, path, &x, e)) < 0)
		return false;
	task_deadline(t, 0); /* a large file may take its time */
	while (ok && !c.done && c.why == 0)
		ok = work_run(t, crc_work, &c, e) && task_yield(t, e);
	fd_auto(&c.fd);
	if (ok && c.why != 0) {
		errno = c.why;
		return err_errno(e, ERR_IO, "cannot read a file");
	}
	return ok && say(t, s, 250, "%08" PRIX32, c.sum);
}
