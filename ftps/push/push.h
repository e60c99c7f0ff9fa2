/*
 * busbar-push: one delivery to a partner's own server. Blocking code on purpose: one process a
 * delivery, so a library that hangs past all of its own time-outs hangs alone, and whoever
 * asked ends it by hanging up (supervise.c kills it). It has no database and no file of the
 * hub's but the descriptors that come with the job.
 *
 * The job is one line of JSON with the files' descriptors beside it (job.h); answers are lines
 * of words (talk.h). A file goes up under a temporary name, .NAME.part, and is renamed when
 * dropd has said so: between the two it asks the database once more whether the right still
 * holds.
 */
#ifndef PUSH_PUSH_H
#define PUSH_PUSH_H

#include "job.h"
#include "sys/conf.h"
#include "sys/egress.h"

/* Why a delivery failed; the word is what dropd counts. */
enum push_reason {
	PUSH_OURS,    /* our side: a bad job, a file that cannot be read */
	PUSH_ADDRESS, /* the address rules */
	PUSH_CONNECT, /* no name, no connection, no handshake */
	PUSH_PIN,     /* another host key or certificate than the one that was proven */
	PUSH_LOGIN,
	PUSH_SPACE, /* the partner's disk or quota is full */
	PUSH_STALL, /* nothing moved, or too slowly */
	PUSH_RESET, /* the connection broke */
	PUSH_REMOTE /* the server refused something else */
};

/* How fast a partner must be: least_rate over each window of stall_ms. */
struct pace {
	int64_t stall_ms, least_rate;
	int64_t since_ms, bytes;
};

struct push {
	const struct conf *conf;
	struct egress_rules rules;
	struct egress_place place; /* the checked address, after push_find() */
	struct job job;
	enum push_reason reason;
	struct pace pace;
	int64_t moved, told_ms; /* bytes of all files, and when that was last said */
	int talk;		/* to dropd */
	char said[200];		/* what the server said last: the receipt */
};

/* Sets the reason and fills e; false. */
bool fail(struct push *p, enum push_reason why, struct err *e, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* ---- kinds of server, for SFTP and FTPS: names are of the job's folder ---- */
struct peer;
struct peer_kind {
	/* Connects, compares the pin, logs in. NULL with the reason set. */
	struct peer *(*open)(struct push *p, struct err *e);
	void (*close)(struct peer **s);
	/* *size is -1 when there is none. */
	bool (*size)(struct peer *s, const char *name, int64_t *size, struct err *e);
	/* The file from `from` on, which is the size of what is there; 0: anew. */
	bool (*put)(
	    struct peer *s, const char *name, struct job_file *f, int64_t from, struct err *e);
	/* Whether its first `size` bytes are those of f. False with ERR_FORBIDDEN in e: the
	 * server does not give it back. */
	bool (*same)(struct peer *s, const char *name, struct job_file *f, int64_t size,
	    bool *same, struct err *e);
	bool (*rename)(struct peer *s, const char *from, const char *to, struct err *e);
	bool (*remove)(struct peer *s, const char *name, struct err *e);
};
extern const struct peer_kind peer_sftp, peer_ftps;

/* Checks and looks up the address. */
bool push_find(struct push *p, struct err *e);
/* A TCP connection to the checked address, non-blocking; -1. */
int push_connect(struct push *p, struct err *e);
/* The whole delivery; true when it was sent (or withdrawn, as dropd was told). */
bool push_deliver(struct push *p, struct err *e);
bool push_https(struct push *p, struct err *e);
/* "/in" + "x" in `to`. */
bool push_path(const struct push *p, char *to, size_t size, const char *name, struct err *e);

int64_t now_ms(void);
void pace_begin(struct pace *a);
/* n more bytes went; ERR_TIMEOUT when they were too few. */
bool push_moved(struct push *p, int64_t n, struct err *e);
/* pread() of a job's file, all of len or the error. */
bool push_read(
    struct push *p, const struct job_file *f, int64_t at, void *to, size_t len, struct err *e);

#endif
