/*
 * busbar-verify: checks what a hub gave out, offline, with its public key. Stand-alone: it
 * reads files and computes, and links neither a database nor a network library.
 *
 *   main.c    the command line, which key, which kind of file
 *   bundle.c  an exported log: every entry, every checkpoint
 *   single.c  one file: receipt, proof of an entry, proof between two checkpoints, checkpoint
 *   witness.c who else signed the checkpoints
 *   find.c    entries of a log that was verified: the events behind a figure
 */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include <stdio.h>

#include "tree/note.h"

enum { KEYS_MOST = 16, OLD_MOST = 64, WORDS_MOST = 16 };

struct text { /* a whole file, mapped; AUTO(text) */
	struct str s;
};
void text_auto(struct text *t);
/* ERR_NOT_FOUND when it is not there. An empty one is an empty text. */
bool text_open(struct text *t, const char *folder, const char *name, struct err *e);

/* Which entries are wanted; what is "" or -1 does not narrow it. */
struct find {
	bool any, count; /* count: only how many */
	struct str
	    kind; /* "reads.released", or with a dot at its end the beginning: "agreement." */
	struct str from, before; /* texts that times are compared with: 2026-11-01 */
	int64_t event, entry, party, premise;
	struct str word[WORDS_MOST]; /* what its row must contain, as it is written there */
	size_t word_n;
	char file[DIGEST_HEX]; /* SHA-256 of a file that the row must name */
	int64_t found;
};

/* The largest checkpoint that a witness signed. */
struct seen {
	uint64_t size, time;
};

struct verify {
	struct note_key keys[KEYS_MOST];
	size_t key_count;
	struct text old[OLD_MOST]; /* checkpoints that were kept */
	struct checkpoint kept[OLD_MOST];
	const char *kept_name[OLD_MOST];
	size_t kept_count;
	struct note_key witness[KEYS_MOST];
	struct seen seen[KEYS_MOST];
	size_t witness_count;
	int64_t quorum; /* so many of them; 0: all */
	struct find find;
	bool json;
	/* what was found */
	int64_t entry; /* the first bad one; -1: none, or it is no entry that is bad */
	struct buf says;
};

/* False with ERR_FINDINGS and the reason; v->says tells what was verified. */
bool bundle_verify(struct verify *v, const char *folder, struct err *e);
bool single_verify(struct verify *v, struct str text, struct err *e);

/* witness.c: whose signatures a note has, and whether they are enough. */
bool witnesses_look(struct verify *v, struct str note, uint64_t size, struct err *e);
bool witnesses_say(struct verify *v, struct err *e);

/* find.c: writes the rows that are wanted to `to` (NULL: only counts them). */
bool find_run(struct verify *v, const char *folder, FILE *to, struct err *e);

#endif
