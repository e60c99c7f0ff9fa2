/*
 * One SFTP session: packets in, replies out, and the open files between them. The task that
 * reads the packets answers each before it looks at the next, so replies are in order and
 * nothing here is shared.
 *
 * An upload is a box_put. It ends, and is published, when its handle is closed; under a name
 * that stands for "not whole yet" (temp.h) it is kept as HELD instead, until the client renames
 * it. A session that ends in any other way leaves it as a part.
 */
#ifndef SFTP_SESSION_H
#define SFTP_SESSION_H

#include "store/box.h"
#include "store/temp_name.h"
#include "window.h"
#include "wire.h"

enum {
	PACKET_MOST = 256 * 1024,
	BLOCK_MOST = 255 * 1024, /* of a read or write */
	REPLIES_MOST = 1 << 20,	 /* that wait to be sent */
	FILES_MOST = 64,	 /* open or held */
	ID_BYTES = 16,
	PAGE_ENTRIES = 256, /* of a READDIR, and about PAGE_BYTES */
	PAGE_BYTES = 128 * 1024,
	LISTING_MOST = 64 << 20,
	REQUEST_PATH_MOST = 4096
};

enum sftp_status {
	FX_OK,
	FX_EOF,
	FX_NO_SUCH_FILE,
	FX_PERMISSION_DENIED,
	FX_FAILURE,
	FX_BAD_MESSAGE,
	FX_NO_CONNECTION,
	FX_CONNECTION_LOST,
	FX_OP_UNSUPPORTED
};

enum file_kind { FILE_FREE, FILE_READ, FILE_WRITE, FILE_HELD, FILE_FOLDER };

struct file {
	enum file_kind kind;
	unsigned char id[ID_BYTES]; /* random: the handle that the client shows */
	char path[BOX_PATH_MOST];   /* of the box */
	char called[BOX_PATH_MOST]; /* by the client; another than path: a temporary name */
	struct box_entry entry;	    /* READ, FOLDER */
	int fd;			    /* READ */
	int64_t sent;
	uint64_t begun_ms;
	struct box_put *put; /* WRITE, HELD */
	struct window window;
	bool spoiled;	    /* a write failed: it cannot become whole in this session */
	int64_t modified_s; /* to be set when it is whole, or 0 */
	struct buf listing; /* FOLDER: entries as READDIR gives them, each behind its length */
	size_t listed;
};

struct sftp { /* begins as { .box = …, .out = BUF(REPLIES_MOST) } */
	struct box *box;
	struct buf out;
	bool greeted;
	struct file files[FILES_MOST];
};

struct request { /* being answered */
	uint32_t id;
	struct wire in;
};

/* Answers one packet (without its length); false, with e, when the session must end. */
bool sftp_take(struct task *t, struct sftp *s, struct str packet, struct err *e);
/* Closes what is open: uploads stay as parts. */
void sftp_end(struct task *t, struct sftp *s);

/* ---- between the files of this program ---- */

typedef void request_fn(struct task *t, struct sftp *s, struct request *r);

void say_status(struct sftp *s, uint32_t id, enum sftp_status status, const char *words);
void say_ok(struct sftp *s, uint32_t id);
void say_err(struct sftp *s, uint32_t id, const struct err *e); /* logs what is our fault */
void say_done(struct sftp *s, uint32_t id, bool ok, const struct err *e);
/* A reply of `type` with the request's id: where its fields go is s->out; reply_end() puts the
 * length. */
size_t reply_begin(struct sftp *s, uint32_t id, int type);
void reply_end(struct sftp *s, size_t begun);

/* Reads a path of the request and makes it normal; otherwise has answered, and is false. */
bool take_path(struct sftp *s, struct request *r, char to[BOX_PATH_MOST]);
/* The file of the handle in the request; otherwise has answered, and is NULL. */
struct file *take_file(struct sftp *s, struct request *r);
struct file *file_new(
    struct sftp *s, enum file_kind kind, const char *path, const char *called, struct err *e);
void file_free(struct file *f); /* put and fd must be gone, or are closed without the box */
void say_handle(struct sftp *s, uint32_t id, const struct file *f);
/* What is being sent under that name in this session, or NULL. */
struct file *file_called(struct sftp *s, const char *called);
/* What is being sent that will have that path, or NULL. */
struct file *file_for(struct sftp *s, const char *path);
/* Gives an upload up: what arrived stays as a part. */
void upload_leave(struct task *t, struct file *f);
void read_end(struct task *t, struct sftp *s, struct file *f);
/* The upload is whole: durable and published when true. f is free in both cases. */
bool upload_end(struct task *t, struct sftp *s, struct file *f, struct err *e);
/* How much is here of an upload that was cut, under its own or a temporary name; 0: nothing. */
int64_t upload_cut(struct task *t, struct sftp *s, const char *called);
struct attrs attrs_of(const struct box_entry *x);
struct attrs attrs_of_part(int64_t size);

request_fn do_open, do_close, do_read, do_write; /* files.c */
request_fn do_fstat, do_fsetstat, do_fsync;
request_fn do_stat, do_setstat, do_opendir, do_readdir; /* names.c */
request_fn do_remove, do_rename, do_realpath;

#endif
