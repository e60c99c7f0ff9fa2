/*
 * busbar-verify: checks what a hub gave out, offline, with its public key. Stand-alone: it
 * reads files and computes, and links neither a database nor a network library.
 *
 *   main.c    the command line, which key, which kind of file
 *   bundle.c  an exported log: every entry, every checkpoint
 *   single.c  one file: receipt, proof of an entry, proof between two checkpoints, checkpoint
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "tree/note.h"

enum { KEYS_MOST = 16, OLD_MOST = 64 };

struct text { /* a whole file, mapped; AUTO(text) */
	struct str s;
};
void text_auto(struct text *t);
/* ERR_NOT_FOUND when it is not there. An empty one is an empty text. */
bool text_open(struct text *t, const char *folder, const char *name, struct err *e);

struct verify {
	struct note_key keys[KEYS_MOST];
	size_t key_count;
	struct text old[OLD_MOST]; /* checkpoints that were kept */
	struct checkpoint kept[OLD_MOST];
	const char *kept_name[OLD_MOST];
	size_t kept_count;
	bool json;
	/* what was found */
	int64_t entry; /* the first bad one; -1: none, or it is no entry that is bad */
	struct buf says;
};

/* False with ERR_FINDINGS and the reason; v->says tells what was verified. */
bool bundle_verify(struct verify *v, const char *folder, struct err *e);
bool single_verify(struct verify *v, struct str text, struct err *e);

#endif
