/*
 * Streams over non-blocking descriptors. A stream is a descriptor plus a read buffer of fixed
 * size; TLS (sys/tls.c) is another set of the same four functions, so callers never know. No
 * call returns a partial result in silence: the end of input is a result of its own.
 */
#ifndef RT_IO_H
#define RT_IO_H

#include "base/code.h"
#include "rt/task.h"

struct stream;

enum io_got { IO_OK, IO_END, IO_FAIL };

struct stream_ops {
	/* -1: *want says what to wait for, or e is filled when *want is 0; 0: orderly end */
	ssize_t (*read)(void *self, void *to, size_t len, unsigned *want, struct err *e);
	ssize_t (*write)(
	    void *self, const void *from, size_t len, unsigned *want, struct err *e);
	/* Says goodbye (TLS close_notify, or shutdown of the write side). true when done. */
	bool (*finish)(void *self, unsigned *want, struct err *e);
	void (*free)(void *self); /* does not close the descriptor */
};

enum { STREAM_BUFFER_BYTES = 32 * 1024, STREAM_LINE_MOST = STREAM_BUFFER_BYTES - 2 };

/* Both take fd over, and make it non-blocking; when they fail, they have closed it (and freed
 * self). */
struct stream *stream_fd(int fd, struct err *e);
struct stream *stream_over(int fd, const struct stream_ops *ops, void *self, struct err *e);
/* The same with a read buffer of other size: a line then has at most size - 2 bytes. 0: none;
 * stream_read() goes to the caller's memory, and there is no stream_line(). */
struct stream *stream_fd_sized(int fd, size_t size, struct err *e);
struct stream *stream_over_sized(
    int fd, size_t size, const struct stream_ops *ops, void *self, struct err *e);
size_t stream_size(const struct stream *s);
void stream_free(struct stream **s); /* closes at once, without goodbye */
void stream_auto(struct stream **s);
int stream_take(struct stream **s); /* frees it but gives the descriptor, open, to the caller */
int stream_descriptor(const struct stream *s);
void *stream_self(const struct stream *s);

/* Up to and without the line end (LF or CRLF); ERR_TOO_BIG over `most` (at most
 * STREAM_LINE_MOST): the line stays unread, so the caller can only give up. The slice lives
 * until the next read. IO_END only when nothing was left; a last line without an end is given
 * as a line. */
enum io_got stream_line(
    struct task *t, struct stream *s, size_t most, struct str *line, struct err *e);
/* Whether the line given last had its end: a command without one is what a dying client left.
 */
bool stream_whole(const struct stream *s);
/* At least one byte, as many as are there. */
enum io_got stream_read(
    struct task *t, struct stream *s, void *to, size_t len, size_t *got, struct err *e);
/* All of len; IO_END when the input ended before the first byte, ERR_GONE when later. */
enum io_got stream_exactly(
    struct task *t, struct stream *s, void *to, size_t len, struct err *e);
bool stream_write(
    struct task *t, struct stream *s, const void *from, size_t len, struct err *e);
/* At least one byte, as many as go without waiting. */
bool stream_write_some(
    struct task *t, struct stream *s, const void *from, size_t len, size_t *put, struct err *e);
/* Goodbye to the peer, who then reads to an orderly end; reading goes on being possible. */
bool stream_finish(struct task *t, struct stream *s, struct err *e);
size_t stream_unread(
    const struct stream *s); /* bytes read ahead: must be 0 before TLS starts */

/* One task may read and another write the same stream; a peer that went away is ERR_GONE. A
 * stream that never makes its task wait lets others run from time to time, and honours the
 * deadline. */

/* Sockets. Addresses are "unix:/path" or "tcp:host:port" (host: a number address, or
 * localhost). A Unix socket is made with `mode`; a stale one is removed first, one that answers
 * is ERR_CONF. */
int io_listen(const char *address, unsigned mode, int backlog, struct err *e);
/* The next connection, non-blocking; -1 only by deadline, cancel, or a broken listener. Pauses
 * 100 ms when out of descriptors or memory, and logs it at most once a second. */
int io_accept(struct task *t, int listener, struct err *e);
/* One that waits already; -1: none, or it is for io_accept() to find out why. Does not wait. */
int io_accept_now(int listener);
int io_connect(
    struct task *t, const char *address, struct err *e); /* ERR_UNAVAILABLE when refused */
int io_port(int fd);					 /* local TCP port, or -1 */
bool io_nonblock(int fd, struct err *e);

/* Folders to which files come (by rename, or by close after writing; not subfolders). */
struct watch;
struct watch *watch_new(struct err *e);
void watch_free(struct watch **w);
int watch_folder(struct watch *w, const char *path, struct err *e); /* an id, or -1 */
/* Waits for the next file: *id of the folder, name copied. An empty name means "look at all of
 * the folder": the name did not fit, or the folder is watched no more; with *id -1, at all
 * folders, since the kernel's queue ran over. */
bool watch_next(
    struct task *t, struct watch *w, int *id, char *name, size_t size, struct err *e);

#endif
