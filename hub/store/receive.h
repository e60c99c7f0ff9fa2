/*
 * The one receive path of every door (spool, busbar submit; FTPS, SFTP and HTTPS after them).
 * When receive_part() has returned true the bytes are on disk, the ledger row is committed, and
 * the sender may be told so. The same bytes from the same party again give the first receipt
 * again.
 */
#ifndef STORE_RECEIVE_H
#define STORE_RECEIVE_H

#include "store/objects.h"
#include "sys/db.h"

enum { FILE_NAME_MOST = 200 };

struct sender {
	int32_t party;
	const char *door;  /* "spool", "submit", "ftps" … */
	const char *actor; /* who at the party or the hub, for the audit event */
};

struct receipt {
	int64_t file;
	int32_t revision; /* of that name from that party: 1, 2, … */
	bool repeated;	  /* these bytes were here already: this is the first receipt */
	int64_t received_s;
	struct object_name object;
	char state[16];
};

/* One plain name: UTF-8, no control characters, no '/', not beginning with '.', at most 200
 * bytes. */
bool file_name_ok(struct str name, struct err *e);
/* Keeps the part and writes the ledger row; sure of the outcome even when the connection is
 * lost in between, since asking again is harmless. */
bool receive_part(struct task *t, struct db *db, struct part *p, const struct sender *from,
    struct str name, struct receipt *r, struct err *e);
/* A whole file from a descriptor. */
bool receive_fd(struct task *t, struct db *db, struct objects *o, int fd, int64_t most_bytes,
    const struct sender *from, struct str name, struct receipt *r, struct err *e);

#endif
