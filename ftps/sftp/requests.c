/* The requests, as a table, and how they are answered. */
#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "rt/log.h"
#include "session.h"

enum {
	T_INIT = 1,
	T_VERSION = 2,
	T_STATUS = 101,
	T_HANDLE = 102,
	T_EXTENDED = 200,
	T_EXTENDED_REPLY = 201,
	VERSION = 3
};

static request_fn do_refuse, do_extended, do_statvfs, do_limits;

static const struct {
	uint8_t type;
	request_fn *fn;
} requests[] = {
	{ 3, do_open },
	{ 4, do_close },
	{ 5, do_read },
	{ 6, do_write },
	{ 7, do_stat }, /* LSTAT: there are no links */
	{ 8, do_fstat },
	{ 9, do_setstat },
	{ 10, do_fsetstat },
	{ 11, do_opendir },
	{ 12, do_readdir },
	{ 13, do_remove },
	{ 14, do_refuse }, /* MKDIR */
	{ 15, do_refuse }, /* RMDIR */
	{ 16, do_realpath },
	{ 17, do_stat },
	{ 18, do_rename },
	{ 19, do_refuse }, /* READLINK */
	{ 20, do_refuse }, /* SYMLINK */
	{ T_EXTENDED, do_extended },
};

static const struct {
	const char *name, *version;
	request_fn *fn;
} extensions[] = {
	{ "posix-rename@openssh.com", "1", do_rename },
	{ "fsync@openssh.com", "1", do_fsync },
	{ "statvfs@openssh.com", "2", do_statvfs },
	{ "limits@openssh.com", "1", do_limits },
};

size_t
reply_begin(struct sftp *s, uint32_t id, int type)
{
	size_t begun = s->out.len;

	put_u32(&s->out, 0);
	buf_byte(&s->out, (char)type);
	put_u32(&s->out, id);
	return begun;
}

void
reply_end(struct sftp *s, size_t begun)
{
	if (buf_ok(&s->out))
		put_be32(
		    (unsigned char *)s->out.at + begun, (uint32_t)(s->out.len - begun - 4));
}

void
say_status(struct sftp *s, uint32_t id, enum sftp_status status, const char *words)
{
	size_t begun = reply_begin(s, id, T_STATUS);

	put_u32(&s->out, status);
	put_str(&s->out, str_of(words));
	put_str(&s->out, STR("en"));
	reply_end(s, begun);
}

void
say_ok(struct sftp *s, uint32_t id)
{
	say_status(s, id, FX_OK, "Done.");
}

/* What a stranger may read of it: of our own troubles, only that there are some. */
void
say_err(struct sftp *s, uint32_t id, const struct err *e)
{
	static const enum sftp_status of[ERR_CODES] = {
		[ERR_NOT_FOUND] = FX_NO_SUCH_FILE,
		[ERR_FORBIDDEN] = FX_PERMISSION_DENIED,
		[ERR_LOGIN] = FX_PERMISSION_DENIED,
	};
	static const bool ours[ERR_CODES] = {
		[ERR_UNAVAILABLE] = true,
		[ERR_UNCERTAIN] = true,
		[ERR_IO] = true,
		[ERR_CONF] = true,
		[ERR_BUG] = true,
	};
	char words[sizeof e->text + 100], why[LOG_TEXT_SIZE];

	if (ours[e->code])
		log_error(NULL, "sftp.failed", "code=%s says=%s", err_rows[e->code].name,
		    log_text(why, str_of(e->text)));
	snprintf(words, sizeof words, "%s%s%s", err_rows[e->code].say, ours[e->code] ? "" : " ",
	    ours[e->code] ? "" : e->text);
	say_status(s, id, of[e->code] == FX_OK ? FX_FAILURE : of[e->code], words);
}

void
say_done(struct sftp *s, uint32_t id, bool ok, const struct err *e)
{
	if (ok)
		say_ok(s, id);
	else
		say_err(s, id, e);
}

void
say_handle(struct sftp *s, uint32_t id, const struct file *f)
{
	size_t begun = reply_begin(s, id, T_HANDLE);

	put_str(&s->out, (struct str){ (const char *)f->id, ID_BYTES });
	reply_end(s, begun);
}

bool
take_path(struct sftp *s, struct request *r, char to[BOX_PATH_MOST])
{
	struct str path = wire_str(&r->in);
	struct err e = { 0 };

	if (r->in.bad)
		say_status(s, r->id, FX_BAD_MESSAGE, "The request has no path.");
	else if (path.len > REQUEST_PATH_MOST)
		say_status(s, r->id, FX_FAILURE, "The path is too long.");
	else if (!box_path(to, "/", path, &e))
		say_err(s, r->id, &e);
	else
		return true;
	return false;
}

static void
do_refuse(struct task *t, struct sftp *s, struct request *r)
{
	(void)t;
	say_status(s, r->id, FX_OP_UNSUPPORTED,
	    "Folders are fixed and there are no links: this request is not answered here.");
}

/* The quota is told when it is reached; until then there is room. */
static void
do_statvfs(struct task *t, struct sftp *s, struct request *r)
{
	enum { BLOCK_BYTES = 4096, BLOCKS = 1 << 28, NAMES = 1 << 20, NAME_MOST = 255 };
	static const uint64_t fields[] = { BLOCK_BYTES, BLOCK_BYTES, BLOCKS, BLOCKS, BLOCKS,
		NAMES, NAMES, NAMES, 0, 0, NAME_MOST };
	char path[BOX_PATH_MOST];
	size_t begun;

	(void)t;
	if (!take_path(s, r, path))
		return;
	begun = reply_begin(s, r->id, T_EXTENDED_REPLY);
	for (size_t i = 0; i < nitems(fields); i++)
		put_u64(&s->out, fields[i]);
	reply_end(s, begun);
}

static void
do_limits(struct task *t, struct sftp *s, struct request *r)
{
	size_t begun = reply_begin(s, r->id, T_EXTENDED_REPLY);

	(void)t;
	put_u64(&s->out, PACKET_MOST);
	put_u64(&s->out, BLOCK_MOST);
	put_u64(&s->out, BLOCK_MOST);
	put_u64(&s->out, FILES_MOST);
	reply_end(s, begun);
}

static void
do_extended(struct task *t, struct sftp *s, struct request *r)
{
	struct str name = wire_str(&r->in);

	for (size_t i = 0; i < nitems(extensions); i++) {
		if (str_is(name, extensions[i].name)) {
			extensions[i].fn(t, s, r);
			return;
		}
	}
	say_status(s, r->id, FX_OP_UNSUPPORTED, "This extension is not known here.");
}

static bool
greet(struct sftp *s, struct str packet, struct err *e)
{
	struct wire w = { .left = packet };
	size_t begun = s->out.len;

	if (wire_u8(&w) != T_INIT || wire_u32(&w) < VERSION || w.bad)
		return err(e, ERR_BAD_INPUT,
		    "the client does not begin with SFTP version %d or later", VERSION);
	put_u32(&s->out, 0);
	buf_byte(&s->out, T_VERSION);
	put_u32(&s->out, VERSION);
	for (size_t i = 0; i < nitems(extensions); i++) {
		put_str(&s->out, str_of(extensions[i].name));
		put_str(&s->out, str_of(extensions[i].version));
	}
	reply_end(s, begun);
	s->greeted = true;
	return true;
}

bool
sftp_take(struct task *t, struct sftp *s, struct str packet, struct err *e)
{
	struct request r = { .in = { .left = packet } };
	uint8_t type;

	if (!s->greeted)
		return greet(s, packet, e);
	type = wire_u8(&r.in);
	r.id = wire_u32(&r.in);
	if (r.in.bad)
		return err(e, ERR_BAD_INPUT, "a packet of %zu bytes has no request number",
		    packet.len);
	for (size_t i = 0; i < nitems(requests); i++) {
		if (requests[i].type == type) {
			requests[i].fn(t, s, &r);
			return buf_ok(&s->out) ||
			       err(e, ERR_TOO_BIG, "replies do not fit %d bytes", REPLIES_MOST);
		}
	}
	say_status(s, r.id, FX_OP_UNSUPPORTED, "This request is not known here.");
	return true;
}

void
sftp_end(struct task *t, struct sftp *s)
{
	for (size_t i = 0; i < FILES_MOST; i++) {
		struct file *f = &s->files[i];

		if (f->put != NULL)
			upload_leave(t, f);
		else if (f->kind == FILE_READ) /* cut in the middle: what went is on record */
			read_end(t, s, f);
		else if (f->kind != FILE_FREE)
			file_free(f);
	}
	buf_auto(&s->out);
}
