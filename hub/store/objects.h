/*
 * The file store: every file in or out, named by the SHA-256 of its bytes. store/part/ holds
 * what is still being written, store/in/ and store/out/ whole objects in 256 folders each. The
 * order makes a receipt true: part → fsync → rename into place → fsync of the folder → ledger
 * row → receipt. An object without a row is swept; a row without an object cannot be.
 */
#ifndef STORE_OBJECTS_H
#define STORE_OBJECTS_H

#include "rt/work.h"
#include "sys/digest.h"

struct objects;
struct part;

enum object_side { OBJECT_IN, OBJECT_OUT };

struct object_name {
	unsigned char sha256[DIGEST_BYTES];
	int64_t size;
};

struct objects *objects_open(const char *path, struct err *e); /* makes the folders */
void objects_free(struct objects **o);

/* A new part. part_add() only fills the page cache and does not wait; over `most` it is
 * ERR_TOO_BIG, on a full disk ERR_NO_SPACE. */
struct part *part_new(struct objects *o, int64_t most_bytes, struct err *e);
bool part_add(struct part *p, const void *bytes, size_t len, struct err *e);
int64_t part_size(const struct part *p);
void part_free(struct part **p); /* drops it unless it was kept */
/* Makes the part an object: after true it survives power loss. An error from fsync is final for
 * this part (its pages may be lost): it is dropped, and the sender sends again. Waits (work
 * pool). */
bool part_keep(struct task *t, struct part *p, enum object_side side, struct object_name *name,
    struct err *e);
/* A part under a name of the caller's (32 hex digits), which stays when the process ends: made
 * anew, or with `again` the one that is there, hashed as far as it goes (waits: work pool).
 * ERR_NOT_FOUND: it is not there. ERR_CONFLICT: somebody is writing it, or another door's
 * process made it. */
struct part *part_named(struct task *t, struct objects *o, const char *name, bool again,
    int64_t most_bytes, struct err *e);
/* Closes a named part and keeps its bytes, to be gone on with. */
void part_leave(struct part **p);
/* How many bytes a named part has, -1 when there is none; whether somebody is writing it. */
int64_t part_there(struct objects *o, const char *name, bool *busy);
void part_forget(struct objects *o, const char *name);
/* All of a descriptor into the part, reading, hashing and writing in the work pool. */
bool part_copy(struct task *t, struct part *p, int fd, struct err *e);

/* Opens an object for reading; ERR_NOT_FOUND when it is not there. */
int object_open(struct objects *o, enum object_side side,
    const unsigned char sha256[DIGEST_BYTES], struct err *e);
/* Before its row is written, when it was kept a while ago: so that no sweep takes it meanwhile.
 * Fails when one has. For who made it. */
bool object_renew(struct objects *o, enum object_side side,
    const unsigned char sha256[DIGEST_BYTES], struct err *e);
/* Reads all of it and compares; for busbar check. */
bool object_verify(
    struct objects *o, enum object_side side, const struct object_name *name, struct err *e);
/* Calls fn for each object; it says whether a row names it. Objects older than an hour without
 * one, and parts older than two days, are removed when `sweep`. Returns how many there were
 * without a row. */
int64_t objects_walk(struct objects *o,
    bool (*known)(void *arg, enum object_side side, const unsigned char sha256[DIGEST_BYTES]),
    void *arg, bool sweep, struct err *e);

#endif
