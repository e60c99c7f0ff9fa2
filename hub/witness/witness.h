/*
 * busbar-witness: signs checkpoints of a log that somebody else runs, as a C2SP witness does
 * ("tlog-witness", "tlog-cosignature", c2sp.org, read 2026-11), each only if it continues the
 * one that it signed last. It belongs to whoever does not want to take the hub's word: it reads
 * a request from its input, has no network, no database, and one file of its own.
 *
 *	old 20852014		entries of the checkpoint that it signed last
 *	PlRNCrwHpqhG…		the proof from there, a hash a line
 *				an empty line
 *	hub.example/audit	the checkpoint
 *	…
 *
 *   main.c    the command line
 *   sign.c    what is asked, whether it may be signed
 *   memory.c  its key, and the last checkpoint: on the disk before the signature leaves
 */
#ifndef WITNESS_WITNESS_H
#define WITNESS_WITNESS_H

#include "tree/note.h"

enum { LOGS_MOST = 16, REQUEST_MOST = NOTE_BYTES_MOST + 8 * 1024 };

struct witness {
	struct note_key key;
	unsigned char seed[SIGN_SEED_BYTES];
	struct note_key log[LOGS_MOST]; /* keys that may have signed what is asked */
	size_t log_count;
	const char *memory; /* path */
	int lock;	    /* held from memory_open() on */
	uint64_t size;	    /* of the last one; 0: it has signed none yet */
	struct hash root;
	char origin[NOTE_NAME_SIZE];
};

/* memory.c */
bool key_make(const char *path, const char *name, struct buf *public_key, struct err *e);
bool key_read(struct witness *w, const char *path, struct err *e);
bool memory_begin(const char *path, struct err *e); /* of one that has signed nothing */
bool memory_open(
    struct witness *w, struct err *e); /* and no other one until the process ends */
bool memory_keep(const struct witness *w, struct str note, struct err *e);

/* sign.c: *line is the signature. ERR_CONFLICT: the question begins at another size than the
 * one that was signed last (w->size). ERR_FINDINGS: the log contradicts what was signed, or it
 * is not the log's word. */
bool witness_sign(struct witness *w, struct str request, struct buf *line, struct err *e);

#endif
